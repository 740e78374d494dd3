"""Make ``samples/college``: a register of sixty invented candidates, and what ten teachers sent back.

Half of the workbooks are filled in by openpyxl, half in a real LibreOffice (see ``libreoffice.py``), which is needed
to run this. Each story is told twice: as it was returned, and as it came back after the errors were put right.
The templates are the very ones that ``claimbatch demo`` issues: same key, same register, same moment.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import people

from claimbatch.cli.demo import ISSUED_AT, ISSUING, KEY, REGISTER, starting
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.data import schema_file

HERE = Path(__file__).parent
COLLEGE = HERE / "college"
KEY_TEXT = "5a" * 32 + "\n"
LAST_YEAR = 1759737600  # 2025-10-06T08:00:00Z
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that knows LibreOffice
Step = tuple[str | int, ...]


# --- templates ---------------------------------------------------------------------------------------------------


@dataclass
class Form:
    """A template as issued, and where a candidate's unit stands on it."""

    path: Path
    cells: dict[tuple[str, str, str], str] = field(default_factory=dict)  # sheet, candidate or unit, heading
    locked: set[str] = field(default_factory=set)  # candidate and heading of closed cells

    def __post_init__(self) -> None:
        book = openpyxl.load_workbook(self.path)
        for sheet in book.worksheets:
            headings = {cell.column: str(cell.value) for cell in sheet[4] if cell.value}
            for row in sheet.iter_rows(min_row=5):
                for cell in row:
                    if row[0].value and cell.column in headings:
                        self.cells[sheet.title, str(row[0].value), headings[cell.column]] = cell.coordinate
                        if cell.protection.locked:
                            self.locked.add(f"{row[0].value} {headings[cell.column]}")

    def put(self, sheet: str, row: str, heading: str, text: str) -> Step:
        """Type *text* for a candidate (or a unit) under a heading."""
        return ("put", sheet, self.cells[sheet, row, heading], text)

    def candidates(self, heading: str) -> list[str]:
        """The candidates whose cell under *heading* is open, in their order."""
        found = [row for sheet, row, h in self.cells if sheet in ("Grades", "Claim") and h == heading]
        return sorted(row for row in found if f"{row} {heading}" not in self.locked)

    def by_candidate(self, unit: int, grades: Mapping[str, str], assessor: str) -> list[Step]:
        """Fill in a unit's column on *Grades*, and its default assessor on *Units*."""
        heading = f"Unit {unit}"
        steps = [self.put("Grades", number, heading, grade) for number, grade in grades.items()]
        return [*steps, self.put("Units", heading, "Default assessor", assessor)]

    def by_unit(self, grades: Mapping[str, str], assessor: str) -> list[Step]:
        """Fill in a form for one unit."""
        steps = [self.put("Claim", number, "Grade", grade) for number, grade in grades.items()]
        return [*steps, *(self.put("Claim", number, "Assessor", assessor) for number in grades)]


def issue(folder: Path, moment: int, schemas: Iterable[Path] = ()) -> dict[str, Form]:
    """The templates that the demo issues, from a workspace like the demo's in *folder*, by their file names."""
    (folder / "schemas").mkdir(parents=True)
    for file in ("claimbatch.key", "entries.csv", "assessors.csv"):
        shutil.copy(COLLEGE / file, folder / file)
    for file in schemas:
        shutil.copy(file, folder / "schemas" / file.name)
    os.environ["SOURCE_DATE_EPOCH"] = str(moment)
    with chdir(folder):
        for command in (starting(Path()), *REGISTER, *ISSUING):
            if run(cli, list(command)):
                sys.exit(f"This failed: claimbatch {' '.join(command)}")
    return {path.name: Form(path) for path in sorted((folder / "outbox").glob("*.xlsx"))}


def last_years_units(folder: Path) -> Path:
    """The Business units as they were last year: one fewer."""
    text = schema_file("business-l3-2016.toml").read_text("utf-8")
    start = text.index("[[unit]]\nnumber = 18\n")
    path = folder / "business-l3-2016.toml"
    path.write_text(text[:start] + text[text.index("[[unit]]", start + 1) :], "utf-8")
    return path


# --- what teachers send ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """A workbook as a teacher sent it: made from which form, in which program, by which steps."""

    name: str
    form: Form
    steps: list[Step]
    libreoffice: bool = False


def some(form: Form, heading: str, share: float = 0.8) -> dict[str, str]:
    """Grades for most of the candidates, the same every time."""
    dice = random.Random(f"{form.path.name} {heading}")
    chosen = {number: dice.choice("PPMMD") for number in form.candidates(heading)}
    return {number: grade for number, grade in chosen.items() if dice.random() < share}


def hughes(forms: Mapping[str, Form], _: bool) -> Sent:
    """Jo Hughes, careful: three units of IT, two of the candidates assessed by her colleague."""
    form = forms["68199_05349_by-candidate.xlsx"]
    steps = [step for unit in (1, 2, 9) for step in form.by_candidate(unit, some(form, f"Unit {unit}"), "JH")]
    steps += [form.put("Assessed by", number, "Unit 9", "SA") for number in list(some(form, "Unit 9"))[:2]]
    return Sent("IT_Hughes.xlsx", form, steps)


def adeyemi(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """Sam Adeyemi types instead of choosing: that is fine. The U is not, nor are the initials he left out."""
    form = forms["68199_05349_unit-19.xlsx"]
    grades = some(form, "Grade", 0.9)
    if corrected:
        del grades[list(grades)[3]]  # a U is not claimed: the cell stays blank
    spoken = {"P": (" p ", "pass", "P"), "M": ("m", "Merit", " M"), "D": ("d", "DISTINCTION", "Dist")}
    typed = {n: spoken[grade][i % 3] for i, (n, grade) in enumerate(grades.items())}
    steps = form.by_unit(typed, "sa")
    if not corrected:
        numbers = list(grades)
        steps.append(form.put("Claim", numbers[3], "Grade", "U"))
        steps += [form.put("Claim", number, "Assessor", "") for number in numbers[6:8]]
    return Sent("IT_unit-19_Adeyemi.xlsx", form, steps, libreoffice=True)


def begum(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """Fatima Begum, new, looks her grades up in a sheet of her own; two candidates are not on it."""
    form = forms["68199_05349_by-candidate.xlsx"]
    grades = some(form, "Unit 7", 0.9)
    steps: list[Step] = [("put", "Assessors", "A7", "FB"), ("put", "Assessors", "B7", "Fatima Begum")]
    steps += form.by_candidate(7, grades, "FB")
    if corrected:
        return Sent("IT_Begum.xlsx", form, steps, libreoffice=True)
    missing = list(grades)[4:6]
    steps.append(("add_sheet", "Marks"))
    for row, (number, grade) in enumerate(((n, g) for n, g in grades.items() if n not in missing), 1):
        steps += [("put", "Marks", f"A{row}", number), ("put", "Marks", f"B{row}", grade)]
    for number in grades:
        row = form.cells["Grades", number, "Unit 7"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        formula = f"=VLOOKUP($A{row};$Marks.$A$1:$B$40;2;0)"
        steps.append(form.put("Grades", number, "Unit 7", formula))
    # She also pastes a grade over a cell with a line across it: that candidate is not entered for Unit 19.
    steps += [("unprotect", "Grades"), form.put("Grades", "0101", "Unit 19", "M")]
    steps.append(form.put("Units", "Unit 19", "Default assessor", "FB"))
    return Sent("IT_Begum.xlsx", form, steps, libreoffice=True)


def novak(forms: Mapping[str, Form], _: bool) -> Sent:
    """Petr Novák sorts the candidates by name, which does no harm; one grade is not what his colleague says."""
    form = forms["68199_05844_by-candidate.xlsx"]
    steps: list[Step] = form.by_candidate(21, some(form, "Unit 21"), "PN")
    steps += form.by_candidate(3, {"0203": "M", "0207": "P"}, "PN")
    last = 4 + len(form.candidates("Unit 21"))
    steps += [("unprotect", "Grades"), ("sort", "Grades", f"A5:I{last}", 1)]
    return Sent("Media_Novak.xlsx", form, steps, libreoffice=True)


def castellanos(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """Rosa Castellanos has Unit 3, and one of Petr Novák's candidates among hers."""
    form = forms["68199_05844_unit-03.xlsx"]
    grades = {n: g for n, g in some(form, "Grade").items() if n not in ("0203", "0207")}
    return Sent(
        "Media_unit-03_Castellanos.xlsx",
        form,
        form.by_unit(grades | ({} if corrected else {"0203": "P"}), "RC"),
    )


def castellanos_profile(forms: Mapping[str, Form], _: bool) -> Sent:
    """Her Unit 23 is fine; beside one name there are initials and no grade yet."""
    form = forms["68199_05844_unit-23.xlsx"]
    steps = form.by_unit(some(form, "Grade"), "RC")
    waiting = next(n for n in form.candidates("Grade") if n not in some(form, "Grade"))
    return Sent(
        "Media_unit-23_Castellanos.xlsx", form, [*steps, form.put("Claim", waiting, "Assessor", "RC")]
    )


def whitfield(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """Maureen Whitfield inserts a row for somebody who is not entered, and pastes over the lists."""
    form = forms["68199_05878_by-candidate.xlsx"]
    grades = some(form, "Unit 7")
    steps = form.by_candidate(7, grades, "MW")
    if not corrected:
        numbers = list(grades)
        steps += [
            form.put("Grades", numbers[1], "Unit 7", "P/M"),
            form.put("Grades", numbers[4], "Unit 7", "see Dele"),
            form.put("Assessed by", numbers[7], "Unit 7", "MWH"),
            ("unprotect", "Grades"),
            ("insert_row", "Grades", 13),
            ("put", "Grades", "A13", "0319"),
            ("put", "Grades", "B13", "Yilmaz, Deniz"),
            ("put", "Grades", form.cells["Grades", numbers[0], "Unit 7"][0] + "13", "P"),
        ]
    return Sent("Business_Whitfield.xlsx", form, steps, libreoffice=True)


def whitfield_copied(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """She copies Unit 5 into a new workbook of her own: nothing says any more whose it is."""
    form = forms["68199_05878_unit-05.xlsx"]
    grades = some(form, "Grade")
    name = "Business_unit-05_Whitfield.xlsx"
    if corrected:
        return Sent(name, form, form.by_unit(grades, "MW"), libreoffice=True)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Candidate", "Grade", "Marked by"])
    for row in grades.items():
        sheet.append([*row, "MW"])
    path = form.path.with_name("copied.xlsx")
    book.save(path)
    return Sent(name, Form(path), [], libreoffice=True)


def okonkwo(forms: Mapping[str, Form], corrected: bool) -> Sent:
    """Dele Okonkwo: a formula that nothing ever worked out, a Cyrillic letter, a name put right in the wrong place."""
    form = forms["68199_05878_unit-14.xlsx"]
    grades = some(form, "Grade", 0.9)
    steps = form.by_unit(grades, "DO")
    if not corrected:
        numbers = list(grades)
        steps += [
            form.put("Claim", numbers[2], "Grade", '=IF(91>=85,"D","M")'),
            form.put("Claim", numbers[5], "Grade", "\N{CYRILLIC CAPITAL LETTER ER}"),
            form.put("Claim", "0310", "Candidate name", "Garcia-Lopez, Lucia"),
        ]
    return Sent("Business_unit-14_Okonkwo.xlsx", form, steps)


def okonkwo_last_year(forms: Mapping[str, Form]) -> Sent:
    """He found last year's template on his disk and filled it in; Unit 18 was not on it yet."""
    form = forms["68199_05878_by-candidate.xlsx"]
    return Sent("Business_Okonkwo.xlsx", form, form.by_candidate(22, some(form, "Unit 22"), "DO"))


RETURNED = (
    hughes, adeyemi, begum, novak, castellanos, castellanos_profile, whitfield, whitfield_copied, okonkwo,
)  # fmt: skip
# What was fine at once does not come again; Petr Novák's was only waiting for Rosa Castellanos.
CORRECTED = (adeyemi, begum, castellanos, whitfield, whitfield_copied, okonkwo)


# --- writing -----------------------------------------------------------------------------------------------------


def write(sent: Iterable[Sent], folder: Path) -> None:
    """Save the workbooks in *folder*, each from the program that it was filled in with."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    jobs = []
    for workbook in sent:
        target = folder / workbook.name
        if workbook.libreoffice:
            jobs.append({"open": str(workbook.form.path), "save": str(target), "steps": workbook.steps})
            continue
        book = openpyxl.load_workbook(workbook.form.path)
        for _, sheet, cell, text in workbook.steps:
            book[sheet][cell] = text or None
        book.save(target)
    here = HERE / "libreoffice.py"
    subprocess.run([SYSTEM_PYTHON, str(here)], input=json.dumps(jobs), text=True, check=True)


def main() -> None:
    """Make everything anew."""
    COLLEGE.mkdir(exist_ok=True)
    (COLLEGE / KEY).write_text(KEY_TEXT, "ascii")
    (COLLEGE / "entries.csv").write_text(people.entries_csv(), "utf-8")
    (COLLEGE / "assessors.csv").write_text(people.assessors_csv(), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        now = issue(Path(folder) / "now", ISSUED_AT)
        old = issue(Path(folder) / "old", LAST_YEAR, [last_years_units(Path(folder))])
        returned = [teacher(now, False) for teacher in RETURNED]
        corrected = [teacher(now, True) for teacher in CORRECTED]
        write([*returned, okonkwo_last_year(old)], COLLEGE / "returned")
        write([*corrected, okonkwo_last_year(now)], COLLEGE / "corrected")


if __name__ == "__main__":
    main()
