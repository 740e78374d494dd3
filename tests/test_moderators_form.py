"""The two workbooks that a moderator fills in, as they go out."""

import os
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from claimbatch.form.contents import Contents, Listed
from claimbatch.form.layout import MODERATION, MODERATORS, SAMPLE, lay_out
from claimbatch.form.template import build
from tests.conftest import ResaveBytes
from tests.dump import dump
from tests.test_template import GOLDEN, SHORT, contents

LINES = (
    Listed("0042", "Ahmed, Sana", "Unit 2", "Test plans", "M", "JH", wanted="Yes"),
    Listed("0042", "Ahmed, Sana", "Unit 3", "Test data", "D", "RK", agreed="M", decision="Changed"),
    Listed("0043", "O'Neill, Aoife", "First Aid (NCFE)", "", "P", "JH"),
    Listed("0107", "=1+1", "Unit 12", "", "P", "RK", decision="Agreed"),
)


def made(form: str, **changes: object) -> Contents:
    wanted = contents(rows=(), assessors=(), claimed={})
    layout = lay_out(form, SHORT)
    identity = replace(wanted.identity, form=form, fingerprint=layout.fingerprint)
    of_form = replace(
        wanted, layout=layout, identity=identity, token=identity.token(b"k"), listed=LINES,
        claim="Claim 123456 (68199-05999-2)",
    )  # fmt: skip
    return replace(of_form, **changes)


@pytest.mark.parametrize("form", MODERATORS)
def test_golden(form: str) -> None:
    """A workbook is what was last reviewed. To take a change: make update, and read the diff."""
    found, golden = dump(build(made(form))), GOLDEN / f"{form}.txt"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("form", MODERATORS)
def test_same_contents_same_bytes(form: str) -> None:
    data = build(made(form))
    assert data == build(made(form))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if "vba" in name or "external" in name.casefold()]


def test_what_comes_from_the_claim_is_locked_and_the_rest_is_open() -> None:
    for form, sheet, columns in ((SAMPLE, "Sample", "G"), (MODERATION, "Decisions", "GHI")):
        worksheet = load_workbook(BytesIO(build(made(form))))[sheet]
        row = {cell.column_letter for cell in worksheet[5] if not cell.protection.locked}
        assert ("".join(sorted(row)), worksheet.protection.sheet) == (columns, True)


@pytest.mark.libreoffice
@pytest.mark.parametrize("form", MODERATORS)
def test_libreoffice_keeps_it(form: str, resave_bytes: ResaveBytes) -> None:
    """Values, lists and protection are there after it was opened and saved again; a name is no formula."""
    sent = build(made(form))
    before, after = (load_workbook(BytesIO(data)) for data in (sent, resave_bytes(sent)))
    for one, other in zip(before.worksheets, after.worksheets, strict=True):
        values = [[cell.value for cell in row] for row in one.iter_rows()]
        assert [[cell.value for cell in row][: len(values[0])] for row in other.iter_rows()][
            : len(values)
        ] == values
        rules = [
            {(str(r.sqref), r.formula1) for r in sheet.data_validations.dataValidation if r.type == "list"}
            for sheet in (one, other)
        ]
        assert rules[0] == rules[1]
        assert other.protection.sheet
