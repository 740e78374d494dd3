"""A claim as CSV, JSON and .xlsx."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.claim import Candidate, Line
from claimbatch.output.export import BOM, COLUMNS, claim_rows, to_csv, to_json, to_xlsx
from tests.centre import CENTRE, IT, Centre, put
from tests.claims_made import claim_of

HEAD = (
    "claim_number,reference,status,centre_number,entry_code,qualification,"
    "candidate_number,ocr_candidate_number,candidate_name,date_of_birth,"
    "unit,unit_reference,unit_title,awarding_body,grade,assessor_initials,assessor_name,sampled,agreed_grade"
)
TITLE = "OCR Level 3 Cambridge Technical Certificate in IT"
FIRST = f'2600417,,submitted,68199,05347,{TITLE},0007,,"Okafor, Chidi",2008-04-03'
UNIT_1 = "1,Y/601/3246,Communication and employability skills for IT,OCR,P,JH,Jo Hughes,yes,P"
UNIT_3 = "3,H/601/7254,Computer systems,OCR,M,JH,Jo Hughes,no,"
FORMULA = '=HYPERLINK("http://example.org","x")'

rows_of_anything = st.lists(
    st.fixed_dictionaries({name: st.text(st.characters(exclude_categories=["Cs"])) for name in ("a", "b")}),
    max_size=5,
)
rows_that_run = st.lists(
    st.fixed_dictionaries(
        {name: st.text("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20a,\"", max_size=4) for name in ("a", "b")}
    ),
    max_size=5,
)


def read_back(data: bytes) -> list[dict[str, str]]:
    """What a program reads from the CSV when it takes off the ' that disarms a field."""
    text = io.StringIO(data.decode("utf-8").removeprefix(BOM), newline="")
    return [
        {k: re.sub("^'('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])", r"\1", v) for k, v in row.items()}
        for row in csv.DictReader(text)
    ]


def test_csv_is_one_row_for_each_claimed_unit():
    claim = claim_of("0007 Okafor, Chidi 3:M:JH 1:P:JH")
    made = to_csv(claim_rows(claim, sampled={("0007", "1")}, agreed={("0007", "1"): "P"}))
    assert made.decode("utf-8") == BOM + "".join(
        f"{line}\r\n" for line in (HEAD, f"{FIRST},{UNIT_1}", f"{FIRST},{UNIT_3}")
    )


def test_the_head_of_the_csv_stands_without_rows_too():
    assert to_csv([]).decode("utf-8-sig") == HEAD + "\r\n"


def test_rows_come_by_candidate_number_then_unit_number_then_other_bodies():
    lines = [
        Line("0042", "10", "P", "JH"),
        Line("0042", "other:Pearson:Impact", "M", "JH"),
        Line("0042", "9", "P", "JH"),
        Line("0007", "12", "D", "JH"),
    ]
    rows = claim_rows(claim_of(lines=tuple(lines)))
    assert [(r["candidate_number"], r["unit"], r["awarding_body"], r["unit_title"]) for r in rows] == [
        ("0007", "12", "OCR", ""),
        ("0042", "9", "OCR", ""),
        ("0042", "10", "OCR", ""),
        ("0042", "", "Pearson", "Impact"),
    ]


def test_a_purged_candidate_keeps_the_number_and_loses_the_name():
    row = claim_rows(claim_of("0007 Okafor, Chidi 1:P:JH", candidates={}))[0]
    assert (row["candidate_number"], row["candidate_name"], row["date_of_birth"]) == ("0007", "", "")


@given(rows_of_anything | rows_that_run)
def test_csv_read_back_gives_the_rows(rows):
    assert read_back(to_csv(rows, ("a", "b"))) == rows


@given(rows_that_run)
def test_no_field_of_a_csv_starts_with_what_a_spreadsheet_runs(rows):
    text = io.StringIO(to_csv(rows, ("a", "b")).decode("utf-8-sig"), newline="")
    assert not [
        field
        for row in csv.reader(text)
        for field in row
        if field and field[0] in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
    ]


def test_json_is_the_rows():
    rows = claim_rows(claim_of())
    assert json.loads(to_json(rows)) == rows
    assert "Adeyemi-Clarke" in to_json(rows).decode("utf-8")


def sheet_of(claim):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(claim_rows(claim))))["Claim"]


def test_a_workbook_keeps_zeros_and_has_real_dates():
    sheet = sheet_of(claim_of("0042 Adeyemi-Clarke, Bo 1:M:JH"))
    cells = {name: sheet.cell(2, column) for column, name in enumerate(COLUMNS, 1)}
    pictures = {
        k: (cells[k].value, cells[k].number_format) for k in ("entry_code", "candidate_number", "unit")
    }
    assert pictures == {"entry_code": ("05347", "@"), "candidate_number": ("0042", "@"), "unit": ("1", "@")}
    assert cells["date_of_birth"].is_date
    assert f"{cells['date_of_birth'].value:%d/%m/%Y}" == "03/04/2008"


def test_a_workbook_holds_formulas_errors_and_controls_as_plain_text():
    claim = claim_of("0042 X 1:M:JH 2:M:#N/A")
    sheet = sheet_of(replace(claim, candidates={"0042": Candidate("0042", FORMULA + "\x07")}))
    name, initials = sheet.cell(2, COLUMNS.index("candidate_name") + 1), sheet["P3"]
    assert [(c.value, c.data_type) for c in (name, initials)] == [(FORMULA, "s"), ("#N/A", "s")]


def test_the_clock_does_not_get_into_a_workbook():
    """The same claim gives the same bytes on any day: all that a workbook dates is dated alike."""
    with zipfile.ZipFile(io.BytesIO(to_xlsx(claim_rows(claim_of())))) as parts:
        assert {entry.date_time[0] for entry in parts.infolist()} == {1980}
        stamps = re.findall(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T", parts.read("docProps/core.xml"))
    assert set(stamps) == {b"1980-01-01T"}


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def merged(centre: Centre) -> Centre:
    centre.done("merge", put(centre.issue(IT), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    return centre


@pytest.mark.parametrize(
    ("name", "start"), [("c.xlsx", b"PK"), ("c.json", b"["), ("c.csv", b"\xef\xbb\xbf"), ("c", b"\xef")]
)
def test_the_name_says_what_kind_of_file(merged: Centre, tmp_path: Path, name: str, start: bytes) -> None:
    assert "1 row." in merged.done("export", f"{CENTRE}-{IT}-1", "-o", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_file_that_is_there_is_written_over_only_by_force(merged: Centre) -> None:
    """Least of all the store."""
    store = merged.workspace.folder / "claims.db"
    code, said = merged.run("export", f"{CENTRE}-{IT}-1", "-o", store)
    assert (code, "is there already" in said) == (2, True)
    merged.done("export", f"{CENTRE}-{IT}-1")
    merged.done("export", f"{CENTRE}-{IT}-1")  # the same again is there already, and is no question
    path = merged.workspace.folder / "outbox" / f"{CENTRE}-{IT}-1.csv"
    merged.done("export", f"{CENTRE}-{IT}-1", "-o", path, "--force")


def test_an_export_goes_to_the_standard_output(merged: Centre) -> None:
    command = [
        sys.executable,
        "-m",
        "claimbatch",
        "export",
        f"{CENTRE}-{IT}-1",
        "-o",
        "-",
        "--format",
        "json",
    ]
    done = subprocess.run(command, cwd=merged.workspace.folder, capture_output=True, check=True)
    assert [row["grade"] for row in json.loads(done.stdout)] == ["P"]
