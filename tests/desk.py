"""An exam officer's desk, for tests: a workbook that came in, what people do to it, and the hint that is followed.

A *step* is a value for each cell, ``{"Grades!E5": "P"}``, or a function of the desk.
"""

import re
import shlex
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.data import schema_folder
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.intake.check import check
from claimbatch.problems import Problem
from tests.beside import with_box, with_thread
from tests.centre import CENTRE, IT, PEOPLE, Centre, edit, put

GRID, UNIT, OTHER = BY_CANDIDATE, BY_UNIT, "other-units"
BOTH = (GRID, UNIT)
KEY = f"{CENTRE}-{IT}-1"
REGISTER = "entry_code,candidate_number,candidate_name,date_of_birth,units\n"
ROWS = {number: f'{IT},{number},"{name}",{born},\n' for number, name, born in PEOPLE}
FRESH = {GRID: {"Units!D5": "JH", "Grades!E5": "P"}, UNIT: {"Claim!E5": "P", "Claim!F5": "JH"}}
Cells = Mapping[str, Any]


@dataclass
class Desk:
    """The exam officer's desk: a centre, the workbook at hand, others that came with it, and the hint that is read."""

    centre: Centre
    path: Path
    form: str
    entry_code: str = IT
    also: list[Path] = field(default_factory=list)
    says: str = ""
    sent: bytes = b""

    def check(self) -> tuple[Problem, ...]:
        """What checking finds, workbooks called by their paths, as at a terminal."""
        with self.centre.workspace.store() as store:
            named = [(path, str(path)) for path in (self.path, *self.also)]
            return check(named, lambda ids: self.centre.known(store, ids)).problems

    def do(self, *steps: "Step") -> None:
        """Put values into the workbook at hand, or whatever else a step is."""
        for step in steps:
            if callable(step):
                step(self)
            else:
                put(self.path, step)

    def run(self, command: str) -> None:
        """Run a command as it stands in a hint; a workbook that it makes is the one at hand from now on."""
        _, *words = shlex.split(command)
        words += ["--yes"] if words[1:2] == ["import"] else []  # what is put right is asked about
        made = re.search(r"Made (.+\.xlsx)", self.centre.done(*words))
        self.centre.catalogue = self.centre.workspace.catalogue()
        self.path = Path(made[1]) if made else self.path


Step = Cells | Callable[[Desk], None]


# --- steps -------------------------------------------------------------------------------------------------------


def command(**words: str) -> Step:
    """Run the command of the hint, with its words in capitals (``FILE``) replaced."""

    def step(desk: Desk) -> None:
        text = desk.says.format(file=f'"{desk.path}"')
        for word, value in words.items():
            text = text.replace(word, value)
        desk.run(text)

    return step


def importing(*rows: str) -> Step:
    """Run the command of the hint that imports a register file of these *rows*."""

    def step(desk: Desk) -> None:
        file = desk.centre.workspace.folder / "register.csv"
        file.write_text(REGISTER + "".join(rows), "utf-8")
        command(FILE=str(file))(desk)

    return step


def ran(*commands: str) -> Step:
    """What the exam officer did before."""
    return lambda desk: [desk.run(f"claimbatch {text}") for text in commands] and None


def merged(cells: Cells) -> Step:
    """A copy of the workbook with *cells* was merged before."""
    return lambda desk: desk.centre.done("merge", put(desk.path, cells, "earlier.xlsx")) and None


def issued_now(desk: Desk) -> None:
    """The workbook at hand is a template issued now; by candidate with JH for every unit. Its name is two words."""
    unit = ("by-unit", 1) if desk.form == UNIT else ()
    path = desk.centre.issue(desk.entry_code, *unit)
    desk.path = path.rename(path.with_name("Jo Hughes.xlsx"))
    if desk.form != UNIT:
        edit(desk.path, _with_defaults)


def _with_defaults(workbook: openpyxl.Workbook) -> None:
    for row in range(5, workbook["Units"].max_row + 1):
        workbook["Units"].cell(row, 4, "JH")


def in_order(desk: Desk) -> None:
    """A grade is put in, with its assessor."""
    put(desk.path, FRESH[desk.form])


def second(cells: Cells) -> Step:
    """A second workbook from the same template came with it."""
    return lambda desk: desk.also.append(put(desk.path, cells, "second.xlsx"))


def to_second(cells: Cells) -> Step:
    """Put values into the second workbook."""
    return lambda desk: put(desk.also[0], cells) and None


def left_out(desk: Desk) -> None:
    """The second workbook stays out."""
    desk.also.clear()


def book(change: Callable[[openpyxl.Workbook], Any]) -> Step:
    """Change the workbook in Excel."""
    return lambda desk: edit(desk.path, change) and None


def is_now(maker: Callable[..., bytes], *given: Any, **more: Any) -> Step:
    """The file that came is another one, made by tests/hostile.py."""

    def step(desk: Desk) -> None:
        desk.sent = desk.path.read_bytes()
        desk.path.write_bytes(maker(*given, **more))

    return step


def again(desk: Desk) -> None:
    """The workbook is sent as it was meant to be."""
    desk.path.write_bytes(desk.sent)


def saved(desk: Desk) -> None:
    """Opened by a spreadsheet program, and saved as .xlsx without macros."""
    edit(desk.path, lambda _: None)


def with_macros(desk: Desk) -> None:
    with zipfile.ZipFile(desk.path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")


def of_another_workspace(number: str = CENTRE, name: str = "Example College") -> Step:
    """The workbook was made in a workspace of its own."""

    def step(desk: Desk) -> None:
        other = Centre.make(desk.path.parent / "elsewhere", (IT,))
        if number != CENTRE:
            other.done("centre", "add", number, name)
            file = desk.path.parent / "theirs.csv"
            file.write_text(f"centre_number,{REGISTER}" + f"{number},{ROWS['0042']}", "utf-8")
            other.done("entries", "import", file)
        unit = ("--unit", 1) if desk.form == UNIT else ()
        made = other.done("template", IT, "--centre", number, *unit)
        desk.path = Path(re.search(r"Made (.+\.xlsx)", made)[1])
        put(desk.path, FRESH[desk.form])

    return step


def entered_at(number: str) -> Step:
    """The entries and the assessors of another centre are imported."""

    def step(desk: Desk) -> None:
        folder = desk.centre.workspace.folder
        entries, assessors = folder / "entries.csv", folder / "assessors.csv"
        entries.write_text(f"centre_number,{REGISTER}{number},{ROWS['0042']}", "utf-8")
        assessors.write_text(f"centre_number,entry_code,initials,name\n{number},{IT},JH,Jan Hart\n", "utf-8")
        desk.centre.done("entries", "import", entries)
        desk.centre.done("assessors", "import", assessors)

    return step


def of_a_qualification_of_its_own(desk: Desk) -> None:
    """The workbook is of a qualification that the workspace had added, and whose file is gone."""
    shipped = next(f for f in schema_folder().glob("*.toml") if IT in f.read_text("utf-8"))
    _own(desk).write_text(shipped.read_text("utf-8").replace(IT, "09901"), "utf-8")
    entries = _own(desk).with_name("entries.csv")
    entries.write_text(REGISTER + ROWS["0042"].replace(IT, "09901"), "utf-8")
    desk.centre.done("entries", "import", entries)
    unit = ("--unit", "1") if desk.form == UNIT else ()
    desk.run(shlex.join(("claimbatch", "template", "09901", *unit)))
    _own(desk).rename(_own(desk).with_suffix(".gone"))
    desk.centre.catalogue = desk.centre.workspace.catalogue()


def with_its_file(desk: Desk) -> None:
    """It is back."""
    _own(desk).with_suffix(".gone").rename(_own(desk))
    desk.centre.catalogue = desk.centre.workspace.catalogue()


def _own(desk: Desk) -> Path:
    return desk.centre.workspace.folder / "schemas" / "own.toml"


def qualification_file(change: Callable[[str], str]) -> Step:
    """The workspace's own file of the qualification says something else."""

    def step(desk: Desk) -> None:
        own = desk.centre.workspace.folder / "schemas"
        shipped = next(f for f in schema_folder().glob("*.toml") if IT in f.read_text("utf-8"))
        mine = own / shipped.name
        mine.write_text(change((mine if mine.exists() else shipped).read_text("utf-8")), "utf-8")
        desk.centre.catalogue = desk.centre.workspace.catalogue()

    return step


def others_taken(setting: str) -> Step:
    """Whether it takes units of other awarding bodies: ``true``, ``false``, or empty where it is not known."""
    line = f"other_awarding_body_units = {setting}\n" if setting else ""
    pattern = rf'(entry_code = "{IT}"\n)(other_awarding_body_units = \w+\n)?'
    return qualification_file(lambda text: re.sub(pattern, rf"\g<1>{line}", text))


def without_unit_38(text: str) -> str:
    return re.sub(r"\[\[unit\]\]\nnumber = 38\n.*\n", "", text)


def film(row: int = 5, **cells: Any) -> Cells:
    """A row of *Other units* in order, but for *cells* by column."""
    values = {"A": "0042", "B": "Film", "C": "NCFE", "D": "P", "E": "JH", "F": "Yes", **cells}
    return {f"Other units!{column}{row}": value for column, value in values.items()}


def noted(sheet: str, cell: str, words: str = "It is meant so.", row: int = 5) -> Cells:
    """An explanation on *Notes*."""
    return {f"Notes!A{row}": sheet, f"Notes!B{row}": cell, f"Notes!E{row}": words}


def cleared(sheet: str, row: int, columns: str = "ABCDEF") -> Cells:
    """A row without its values."""
    return {f"{sheet}!{column}{row}": None for column in columns}


def copied(sheet: str, row: int, to: int) -> Step:
    """A row copied to another one."""

    def change(workbook: openpyxl.Workbook) -> None:
        for cell in workbook[sheet][row]:
            workbook[sheet].cell(to, cell.column).value = cell.value

    return book(change)


def deleted(sheet: str, row: int) -> Step:
    return book(lambda workbook: workbook[sheet].delete_rows(row))


def without_sheet(name: str) -> Step:
    return book(lambda workbook: workbook.remove(workbook[name]))


def foreign_others(workbook: openpyxl.Workbook) -> None:
    """The sheet *Other units* of another workbook."""
    sheet = workbook.create_sheet("Other units")
    headings = ("Candidate number", "Unit title", "Awarding body", "Grade", "Assessor", "Evidence held")
    for column, heading in enumerate(headings, 1):
        sheet.cell(4, column, heading)


def sorted_with_headings(sheet: str) -> Step:
    """The row of headings has gone below the first candidate."""

    def change(workbook: openpyxl.Workbook) -> None:
        for column in range(1, workbook[sheet].max_column + 1):
            one, other = workbook[sheet].cell(4, column), workbook[sheet].cell(5, column)
            one.value, other.value = other.value, one.value

    return book(change)


def error_in(place: str) -> Step:
    sheet, cell = place.split("!")
    return book(lambda workbook: setattr(workbook[sheet][cell], "value", "#N/A"))


def struck(place: str, *, line: bool = True) -> Step:
    """A cell is crossed out, or its line is taken off."""
    sheet, cell = place.split("!")
    return book(lambda workbook: setattr(workbook[sheet][cell], "font", Font(strike=line)))


def commented(place: str, words: str = "") -> Step:
    """A comment on a cell, or none any more."""
    sheet, cell = place.split("!")
    return book(
        lambda workbook: setattr(workbook[sheet][cell], "comment", Comment(words, "Jo") if words else None)
    )


def threaded(place: str, words: str, *, done: bool = False) -> Step:
    """A thread of comments on a cell. It is lost where the workbook is changed by another step after this."""
    return lambda desk: with_thread(desk.path, place, [words], done=done) and None


def boxed(place: str, words: str) -> Step:
    """A text box over the cells. It is lost where the workbook is changed by another step after this."""
    return lambda desk: with_box(desk.path, place, words) and None


def entered_for(number: str, units: str) -> Step:
    """The unit entries of a candidate are these by now."""

    def step(desk: Desk) -> None:
        file = desk.centre.workspace.folder / "corrected.csv"
        file.write_text(REGISTER + ROWS[number].rstrip("\n") + f"{units}\n", "utf-8")
        desk.centre.done("entries", "import", file)

    return step


def claimed_by_hand(unit: str = "1", mark: str = "P JH") -> tuple[Step, ...]:
    """Since the template went out, the claim was begun by others, and the exam officer has entered a line."""
    begun = {GRID: {"Grades!F8": "P"}, UNIT: {"Claim!E8": "P", "Claim!F8": "JH"}}
    return (
        lambda desk: merged(begun[GRID if desk.form == OTHER else desk.form])(desk),
        ran(f'claim set {KEY} 0042 "{unit}" {mark}'),
    )


def claimed_earlier(cells: Cells) -> tuple[Step, ...]:
    """An earlier claim with *cells* was submitted, and the workbook is of the next one."""
    return (
        merged(cells),
        ran(
            f"claim declare {KEY} --all", f"claim submit {KEY} --centre-declaration --submitted-by Pat --yes"
        ),
        issued_now,
    )
