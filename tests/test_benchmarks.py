"""The benchmarks run, and say target and measured beside each other. How long anything takes is no matter here."""

import json
import random
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.commands import COMMANDS
from benchmarks.corpus import make
from benchmarks.filling import answers, fill
from benchmarks.forms import FORMS
from benchmarks.measure import FULL, QUICK, ROOT, TINY
from benchmarks.methods import METHODS
from benchmarks.rows import Result, load_rows
from benchmarks.table import END, START, markdown, write_docs
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT, lay_out
from claimbatch.intake.check import check
from claimbatch.workspace import Workspace
from tests.centre import MEDIA, PEOPLE, Centre

ROWS = (
    "guard-read",
    "check",
    "loop-by-unit",
    "loop-by-candidate",
    "merge",
    "help",
    "claims",
    "national-night-time",
)
FEW = ("30x1", "30x10", "small")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


def run(kept: Path, *words: str) -> str:
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--corpus", str(kept), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_every_row_asked_for_is_printed_and_written_with_target_and_measured(kept: Path) -> None:
    asked = [word for name in ROWS for word in ("--row", name)] + [
        word for form in FEW for word in ("--form", form)
    ]
    text = run(kept, *asked, "--json", str(kept / "out.json"))
    records = json.loads((kept / "out.json").read_text("utf-8"))
    assert [(one["row"], one["form"], one["target"]) for one in records] == [
        ("guard-read", "30x1", "≤ 1.5"),
        ("guard-read", "30x10", "≤ 1.5"),
        ("check", "30x1", "≤ 2"),
        ("check", "30x10", "≤ 2"),
        ("loop-by-unit", "30x1", "≥ 12"),
        ("loop-by-candidate", "30x10", "≥ 25"),
        ("merge", "30x1", "≤ 1.3"),
        ("merge", "30x10", "≤ 1.3"),
        ("help", "small", "≤ 1.25"),
        ("claims", "small", "none"),
        ("national-night-time", "night", "≤ 1.1"),
    ]
    assert all({"measured", "unit", "meets", "cause"} <= set(one) for one in records)
    *measured, night = records
    assert all(one["measured"] is not None and one["meets"] in {True, False} for one in measured)
    assert all(one["measured"] > 0 for one in measured if one["row"] != "claims")
    assert night["measured"] is None
    for one in measured:
        shown = f"{one['measured']:.2f} {one['unit']}" if one["row"] != "claims" else "0 libraries"
        line = next(line for line in text.splitlines() if shown in line)
        assert one["target"] in line
    assert "not measured" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--row", "checks"), "There is no row checks; --list names them."),
        (("--row", "check", "--form", "small"), "None of the rows has the form small; --list names them."),
        (("--quick", "--form", "300x25"), "--quick leaves out the form 300x25; use --full."),
    ],
)
def test_what_cannot_be_measured_is_refused(words: tuple[str, ...], told: str) -> None:
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.output.splitlines()[-1]) == (2, f"Error: {told}")


def test_what_another_program_measured_is_taken_from_its_json(kept: Path) -> None:
    night = {"row": "national-night-time", "form": "20,000", "target": "≤ 1.1", "measured": 1.04, "unit": "×"}
    (kept / "night.json").write_text(json.dumps([{**night, "meets": True, "cause": "", "more": 1}]), "utf-8")
    text = run(kept, "--no-run", "--night", str(kept / "night.json"), "--markdown")
    assert "| 20,000 |  | ≤ 1.1 | 1.04 × |  | met |" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_corpus_is_what_the_product_issued_and_takes_back(kept: Path, form: str) -> None:
    """Clean, but for the mixed one, where every tenth is faulty, and for rivals, who contradict each other."""
    place = make(kept, form, TINY.workbooks[form] if form != "mixed" else 20)
    workspace = Workspace(place.folder)
    with workspace.store() as store:
        checked = check(place.workbooks, workspace.known(store))
    bad = [result.workbook[:5] for result in checked.files if result.outcome != "clean"]
    everyone = [name[:5] for _, name in place.workbooks]
    assert bad == {"mixed": ["00009", "00019"], "rivals": everyone}.get(form, [])
    assert len({result.template_id for result in checked.files}) == (1 if form == "rivals" else len(everyone))
    assert form == "rivals" or len(checked.statements) > 10 * len(everyone)


def test_every_row_is_measured_by_something_on_forms_there_are() -> None:
    known = {*METHODS, *COMMANDS}
    for row in load_rows():
        if row.kind != "elsewhere":
            assert {row.measured} <= known
            assert {row.against, row.measured_less, row.against_less} <= known | {""}
            assert set(row.forms) <= set(FULL.workbooks)
    assert set(TINY.workbooks) == set(FULL.workbooks) > set(QUICK.workbooks)


def test_a_row_that_misses_its_target_names_its_cause_in_the_docs(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{START}\nold\n{END}\nafter\n", "utf-8")
    missed = Result(
        "a", "30x1", "≤ 2", 3.456, "×", False, "walks the XML twice", "checking", "reading", 3.1, 3.9
    )
    write_docs([missed], "Measured.", page)
    assert page.read_text("utf-8") == f"before\n{START}\n\nMeasured.\n\n{markdown([missed])}\n{END}\nafter\n"
    assert (
        "| checking (beside: reading) | 30x1 |  | ≤ 2 | 3.46 × | 3.10–3.90 | misses it: walks the XML twice |"
        in markdown([missed])
    )
    assert START in (ROOT / "docs" / "performance.md").read_text("utf-8")


def test_making_templates_is_measured_beside_openpyxl(kept: Path) -> None:
    run(kept, "--row", "templates", "--json", str(kept / "templates.json"))
    (one,) = json.loads((kept / "templates.json").read_text("utf-8"))
    assert (one["form"], one["target"], one["unit"]) == ("100x20", "≥ 15", "× as fast")
    assert one["measured"] > 0


def test_a_profile_says_where_the_time_goes(kept: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.where", "guard_read", "--form", "30x1", "--scale", "tiny"]
    command += ["--corpus", str(kept)]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert "claimbatch/intake/guard/__init__.py: admit_file" in text


@pytest.mark.parametrize("form", [BY_CANDIDATE, BY_UNIT])
def test_a_template_is_filled_in_as_asked_and_stays_as_it_was_elsewhere(tmp_path: Path, form: str) -> None:
    centre = Centre.make(tmp_path / "centre", [MEDIA])
    qualification = centre.catalogue.get(MEDIA)
    unit = qualification.offered[0].number if form == BY_UNIT else 0
    template = centre.issue(MEDIA, form, unit).read_bytes()
    cells = answers(lay_out(form, qualification, unit), len(PEOPLE), ("JH", "SA"), random.Random(1))
    before, after = (values(content) for content in (template, fill(template, cells)))
    entered = {(sheet, cell): text for sheet, put in cells.items() for cell, text in put.items()}
    assert len(entered) > len(PEOPLE)
    assert after == before | entered


def values(content: bytes) -> dict[tuple[str, str], object]:
    """What stands in a workbook, by sheet and cell."""
    book = openpyxl.load_workbook(BytesIO(content))
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
