"""A centre for tests: a real workspace on disk, its register, its templates, and what checking them finds."""

import io
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.claims.claim import Candidate
from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.store import Store
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.form.contents import Addressee
from claimbatch.form.layout import BY_CANDIDATE
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.check import Checked, check
from claimbatch.intake.known import Known, load
from claimbatch.workspace import CONFIG, Workspace

CENTRE = "68199"
IT = "05349"  # 2012 suite: 40 units, all claimed
MEDIA = "05844"  # 2016 suite: examined units beside claimed ones
PEOPLE = (
    ("0042", "Ahmed, Sana", date(2008, 1, 2)),
    ("0043", "Brown, Tom", date(2008, 3, 4)),
    ("0044", "Clark, Zoë", date(2008, 5, 6)),
    ("0051", "O'Neill, Fay", date(2007, 11, 30)),
)
ASSESSORS = (("JH", "Jo Hughes"), ("SA", "Sam Adeyemi"))


@dataclass
class Centre:
    """A workspace with one centre, candidates entered for some qualifications, and two assessors."""

    workspace: Workspace
    catalogue: Catalogue = field(init=False)
    issued: dict[tuple[str, str, int], int] = field(default_factory=dict, init=False)  # and in which second

    def __post_init__(self) -> None:
        self.catalogue = self.workspace.catalogue()

    @classmethod
    def make(
        cls,
        folder: Path,
        codes: Iterable[str] = (IT, MEDIA),
        *,
        people: Sequence[tuple[str, str, date]] = PEOPLE,
        assessors: Sequence[tuple[str, str]] = ASSESSORS,
        units: Mapping[str, frozenset[int]] | None = None,
        address: str = "",
    ) -> "Centre":
        """Make it in *folder*; *units* are unit entries by candidate number, *address* is that of a store elsewhere."""
        Workspace.create(folder)
        if address:
            Store.open(address).close()
            (folder / CONFIG).write_text(f'store = "{address}"\n', "utf-8")
        centre = cls(Workspace(folder))
        with centre.workspace.store() as store:
            store.add_centre(CENTRE, "Example College")
            store.save_register(
                RegisterFile(
                    tuple(
                        Entry(
                            CENTRE,
                            code,
                            Candidate(number, name, born),
                            (units or {}).get(number, frozenset()),
                        )
                        for code in codes
                        for number, name, born in people
                    ),
                    columns=frozenset({"candidate_name", "date_of_birth", "units"}),
                )
            )
            store.save_assessors(
                [Assessor(CENTRE, initials, name, frozenset(codes)) for initials, name in assessors]
            )
        return centre

    def issue(
        self,
        code: str = IT,
        form: str = BY_CANDIDATE,
        unit: int = 0,
        *,
        into: Path | None = None,
        addressee: str = "",
    ) -> Path:
        """Issue a template and write it to a file; each of one form in a second of its own, or they would be one."""
        self.wait(code, form, unit)
        with self.workspace.store() as store:
            order = Order(CENTRE, code, form, unit, addressee=Addressee(addressee))
            name, content = issue_template(store, self.catalogue, self.workspace.key(), order)
        self.issued[code, form, unit] = int(time.time())  # a second may have passed since the wait
        path = (into or self.workspace.folder / "outbox") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def wait(self, code: str, form: str, unit: int) -> None:
        """Wait until a template made now would not have the moment of issue of the last one of its form."""
        while int(time.time()) == self.issued.get((code, form, unit)):
            time.sleep(0.02)
        self.issued[code, form, unit] = int(time.time())

    def run(self, *args: object) -> tuple[int, str]:
        """Run a command on the workspace: its exit code, and all that it prints."""
        with io.StringIO() as out, redirect_stdout(out), redirect_stderr(out):
            code = run(cli, [*map(str, args), "--workspace", str(self.workspace.folder)])
            return code, out.getvalue()

    def done(self, *args: object) -> str:
        """Run a command that must succeed; all that it prints."""
        code, text = self.run(*args)
        assert code == 0, text
        return text

    def check(self, *paths: Path, overrule: bool = False) -> Checked:
        """Check workbooks, called by their file names."""
        with self.workspace.store() as store:
            named = [(path, path.name) for path in paths]
            return check(named, lambda ids: self.known(store, ids), overruling=overrule)

    def known(self, store: Any, ids: set[str]) -> Known:
        return load(store, self.workspace.key(), self.catalogue, ids)

    def finds(self, *paths: Path) -> list[tuple[str, str]]:
        """The small picture of what checking finds: place and code."""
        return [problem.brief for problem in self.check(*paths).problems]


def edit(path: Path, change: Callable[[openpyxl.Workbook], None], name: str = "") -> Path:
    """Open a workbook as Excel would, *change* it, and save it (under another *name*)."""
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    target = path.with_name(name) if name else path
    workbook.save(target)
    return target


def put(path: Path, cells: Mapping[str, Any], name: str = "") -> Path:
    """Put values into cells: ``{"Grades!E5": "P"}``."""

    def change(workbook: openpyxl.Workbook) -> None:
        for place, value in cells.items():
            sheet, cell = place.split("!")
            workbook[sheet][cell] = value

    return edit(path, change, name)


def column_of(sheet: Worksheet, heading: str) -> int:
    """The column of a heading in row 4; ``KeyError`` where there is none."""
    return {cell.value: cell.column for cell in reversed(sheet[4])}[heading]


def fill(path: Path, seed: int = 0, share: float = 0.7) -> Path:
    """Fill in a by-candidate or by-unit template at random with legal values, as a careful teacher would."""
    dice = random.Random(seed)
    return edit(path, lambda workbook: _fill(workbook, dice, share))


def _fill(workbook: openpyxl.Workbook, dice: random.Random, share: float) -> None:
    people = [
        row[0] for row in workbook["Assessors"].iter_rows(min_row=5, max_col=1, values_only=True) if row[0]
    ]
    if "Claim" in workbook.sheetnames:
        sheet = workbook["Claim"]
        grade, assessor = column_of(sheet, "Grade"), column_of(sheet, "Assessor")
        for row in _rows(sheet):
            if dice.random() < share and not sheet.cell(row, grade).protection.locked:
                sheet.cell(row, grade, _grade(dice))
                sheet.cell(row, assessor, dice.choice(people))
        return
    units, grades, assessed = workbook["Units"], workbook["Grades"], workbook["Assessed by"]
    default = column_of(units, "Default assessor")
    for row in _rows(units):
        units.cell(row, default, dice.choice(people))
    for column in range(5, grades.max_column + 1):
        for row in _rows(grades):
            if grades.cell(row, column).protection.locked or dice.random() >= share:
                continue
            grades.cell(row, column, _grade(dice))
            if dice.random() < 0.2 and str(grades.cell(row, column).value) in "PMD":
                assessed.cell(row, column, dice.choice(people))


def _rows(sheet: Worksheet) -> list[int]:
    return [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value]


def _grade(dice: random.Random) -> str:
    return dice.choice(["P", "M", "D", "P", "M", "Not claiming"])
