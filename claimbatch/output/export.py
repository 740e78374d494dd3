"""A claim as a table: CSV, JSON or .xlsx, one row for each claimed unit of each candidate.

OCR keeps a claim on Interchange for twelve months; after that, the centre's own copy is the only record.
The same claim gives the same bytes: rows are sorted, and no clock gets in.
"""

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.claims.claim import OTHER, Claim, Line, Status, line_order
from claimbatch.claims.standing import Standing
from claimbatch.form.template import save
from claimbatch.output.disarm import disarmed

Row = dict[str, str]

COLUMNS = (
    "claim_number", "reference", "status", "centre_number", "entry_code", "qualification",
    "candidate_number", "ocr_candidate_number", "candidate_name", "date_of_birth",
    "unit", "unit_reference", "unit_title", "awarding_body",
    "grade", "assessor_initials", "assessor_name", "sampled", "agreed_grade",
)  # fmt: skip
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # or Excel takes UTF-8 for the code page of the day
_NO_CLOCK = datetime(1980, 1, 1)  # noqa: DTZ001 - openpyxl takes UTC without saying so
_WIDEST = 48


def claim_rows(
    claim: Claim,
    sampled: Collection[tuple[str, str]] = frozenset(),
    agreed: Mapping[tuple[str, str], str] | None = None,
    withdrawn: Collection[Line] = (),
) -> list[Row]:
    """The rows of *claim* with the keys of :data:`COLUMNS`, by candidate number, then unit.

    *sampled* are the candidate × unit pairs in the sample, *agreed* the moderator's grades by such pairs. The lines
    that were *withdrawn* with their group have a row, too; its status says so, whatever the claim's is.
    For another awarding body's unit *unit* is empty, and *unit_title* and *awarding_body* say what it is.
    """
    lines = sorted((*claim.lines, *withdrawn), key=line_order)
    gone = {"status": Status.WITHDRAWN.value}
    return [_row(claim, line, sampled, agreed or {}) | (gone if line in withdrawn else {}) for line in lines]


def rows_of(stands: Standing) -> list[Row]:
    """The rows of a claim as it stands: what was sampled, what the moderator agreed, what was withdrawn."""
    return claim_rows(stands.claim, stands.sampled, stands.agreed, stands.withdrawn)


def to_csv(rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """*rows* as RFC 4180 CSV in UTF-8 with a byte order mark; what a spreadsheet would run is disarmed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([disarmed(row[column]) for column in columns] for row in rows)
    return (BOM + text.getvalue()).encode("utf-8")


def to_json(rows: Sequence[Mapping[str, str]]) -> bytes:
    """*rows* as a JSON array of objects in UTF-8."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def to_xlsx(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS, title: str = "Claim"
) -> bytes:
    """*rows* as a workbook of one sheet: text stays text (``0042``, ``=1+1``), dates of birth are dates."""
    workbook = Workbook()
    sheet = workbook.create_sheet(title, 0)
    workbook.remove(workbook.worksheets[1])
    sheet.append([_head(sheet, name) for name in columns])
    for row in rows:
        sheet.append([_cell(sheet, name, row[name]) for name in columns])
    for number, name in enumerate(columns, 1):
        widest = max(len(name), *(len(row[name]) for row in rows), 0)
        sheet.column_dimensions[get_column_letter(number)].width = min(widest, _WIDEST) + 3
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _for_paper(sheet)
    workbook.properties.created = workbook.properties.modified = _NO_CLOCK
    return save(workbook)


def _row(
    claim: Claim, line: Line, sampled: Collection[tuple[str, str]], agreed: Mapping[tuple[str, str], str]
) -> Row:
    candidate = claim.candidate(line.candidate)
    pair = (line.candidate, line.unit)
    return {
        "claim_number": claim.claim_number,
        "reference": claim.reference,
        "status": claim.status.value,
        "centre_number": claim.centre_number,
        "entry_code": claim.entry_code,
        "qualification": claim.qualification.title,
        "candidate_number": line.candidate,
        "ocr_candidate_number": candidate.ocr_number,
        "candidate_name": candidate.name,
        "date_of_birth": candidate.born.isoformat() if candidate.born else "",
        "unit": "" if line.unit.startswith(OTHER) else line.unit,
        "unit_reference": claim.unit_reference(line.unit),
        "unit_title": claim.unit_title(line.unit),
        "awarding_body": claim.awarding_body(line.unit),
        "grade": line.grade,
        "assessor_initials": line.assessor,
        "assessor_name": claim.assessors.get(line.assessor, ""),
        "sampled": "yes" if pair in sampled else "no",
        "agreed_grade": agreed.get(pair, ""),
    }


# The kinds of file, and who writes each of the rows.
WRITERS: Mapping[str, Callable[[Sequence[Row]], bytes]] = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}


def _head(sheet: Worksheet, name: str) -> Cell:
    cell = WriteOnlyCell(sheet, name)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E7EEF1")
    cell.border = Border(bottom=Side("thin", color="1B4B5A"))
    return cell


def _cell(sheet: Worksheet, name: str, text: str) -> Cell:
    if name == "date_of_birth" and text:
        cell = WriteOnlyCell(sheet, datetime.fromisoformat(text))
        cell.number_format = "dd/mm/yyyy"
        return cell
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text) or None)
    cell.number_format = "@"
    if text:
        cell.data_type = "s"  # openpyxl takes "=1+1" for a formula and "#N/A" for an error
    return cell


def _for_paper(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
