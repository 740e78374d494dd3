"""The laws of templates, whatever happens in the register, the qualification's file and the claim, on both databases.

A template straight from ``claimbatch template`` has no error and no query. One that is still out has none either when
it comes back untouched, and changes nothing: what stands as it was issued is never a contradiction.
"""

import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from tests.centre import CENTRE, Centre, column_of
from tests.centre import PEOPLE as ALL
from tests.servers import database
from tests.small import CODE, UNITS, offer
from tests.test_claim_laws import in_sqlite

HEAD = "entry_code,candidate_number,candidate_name,date_of_birth,units\n"
WHOLE_FILE = {"CB013", "CB014"}  # it was replaced, or its claim was submitted: nothing in it is looked at

PEOPLE = (("0042", "JH"), ("0043", "SA"), ("0044", "JH"))  # and who assessed them

numbers = st.sampled_from(["0042", "0043", "0044", "0051"])
entered = st.sampled_from(["", "1", "1 2", "2 3"])
people = st.tuples(
    numbers,
    st.sampled_from(["Ahmed, Sana", "Brown, Tom", "Clark, Zoë"]),
    st.sampled_from(["2008-01-02", "2008-03-04"]),
    entered,
)
units = st.sampled_from([*map(str, UNITS), "First Aid"])
initials = st.sampled_from(["JH", "SA", "JHU"])
names = st.sampled_from(["Jo Hughes", "Sam Adeyemi", "James Hill"])
grades = st.sampled_from(["P", "M", "D", "Not claiming"])


class Term(RuleBasedStateMachine):
    """The register, the claim and the qualification's file change in any order; templates go out and come back."""

    out = Bundle("out")

    def __init__(self, address: Callable[[ExitStack, Path], str]) -> None:
        super().__init__()
        self.kept = ExitStack()
        self.folder = Path(self.kept.enter_context(tempfile.TemporaryDirectory()))
        store = address(self.kept, self.folder)
        self.centre = Centre.make(self.folder / "centre", (CODE,), address=store)
        offer(self.centre)
        self.numbers = count(1)

    def teardown(self) -> None:
        for unit in (0, *UNITS):
            self.goes_out(unit)
        self.kept.close()

    @initialize(target=out)
    def begin(self) -> Path | None:
        """A claim with grades of everybody, another body's unit among them, and a template that is out from then on."""
        marks = {(number, unit): ("P", by) for number, by in PEOPLE for unit in ("1", "2")}
        self.teach(marks | {("0044", "First Aid"): ("M", "SA")})
        return self.issue(0)

    # what happens meanwhile; what a command refuses it refuses

    @rule(rows=st.lists(people, max_size=4, unique_by=lambda row: row[0]))
    def import_people(self, rows: list[tuple[str, str, str, str]]) -> None:
        """New candidates, corrected names, twins."""
        self.register(rows, "--partial")

    @rule(entered=st.dictionaries(numbers, entered, min_size=1), replace=st.booleans())
    def import_entries(self, entered: dict[str, str], replace: bool) -> None:
        """Unit entries narrowed and widened; with *replace* entries withdrawn."""
        rows = [(n, name, str(born), entered[n]) for n, name, born in ALL if n in entered]
        self.register(rows, *["--replace"] * replace)

    def register(self, rows: list[tuple[str, str, str, str]], *options: str) -> None:
        file = self.folder / "register.csv"
        lines = (f'{CODE},{number},"{name}",{born},{units}\n' for number, name, born, units in rows)
        file.write_text(HEAD + "".join(lines), "utf-8")
        self.centre.run("entries", "import", file, "--yes", *options)

    @rule(initials=initials, name=names)
    def add_assessor(self, initials: str, name: str) -> None:
        self.centre.run("assessors", "add", CODE, name, initials)

    @rule(initials=initials, name=names)
    def rename_assessor(self, initials: str, name: str) -> None:
        self.centre.run("assessors", "rename", initials, name)

    @rule(initials=initials)
    def remove_assessor(self, initials: str) -> None:
        self.centre.run("assessors", "remove", CODE, initials)

    @rule(candidate=numbers, unit=units, grade=grades, initials=initials)
    def set_line(self, candidate: str, unit: str, grade: str, initials: str) -> None:
        self.centre.run("claim", "set", f"{CENTRE}-{CODE}-1", candidate, unit, grade, initials)

    @rule(
        offered=st.sets(st.sampled_from(UNITS), min_size=1),
        examined=st.sets(st.just(2), max_size=1),
        other=st.booleans(),
    )
    def correct_the_file(self, offered: set[int], examined: set[int], other: bool) -> None:
        offer(self.centre, offered - examined or {1}, examined=examined, other=other)

    @rule(
        cells=st.dictionaries(
            st.tuples(numbers, units), st.tuples(st.sampled_from("PMD"), initials), max_size=4
        )
    )
    def teach(self, cells: dict[tuple[str, str], tuple[str, str]]) -> None:
        """A teacher fills in a fresh template, units of another body included, and it is merged."""
        path = self.issue(0)
        if path is None:
            return
        book = openpyxl.load_workbook(path)
        for (number, unit), mark in cells.items():
            _fill(book, number, unit, mark)
        book.save(path)
        self.centre.run("merge", path, "--partial")

    @rule()
    def submit(self) -> None:
        with self.centre.workspace.store() as store:
            key, _ = store.current_key(CENTRE, CODE)
        self.centre.run("claim", "declare", key, "--all")
        self.centre.run("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes")

    # the laws

    @rule(target=out, unit=st.sampled_from([0, 0, *UNITS]))
    def goes_out(self, unit: int) -> Path | None:
        """Straight from the command: no error, no query."""
        path = self.issue(unit)
        if path:
            assert self.centre.finds(path) == []
        return path

    @rule(path=out)
    def comes_back_untouched(self, path: Path | None) -> None:
        """However late: nothing in it is a problem, and nothing changes."""
        if path is None:
            return
        assert [found for found in self.centre.finds(path) if found[1] not in WHOLE_FILE] == []
        _, text = self.centre.run("merge", path, "--dry-run", "--format", "json")
        assert json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])["changes"] == []

    def issue(self, unit: int) -> Path | None:
        """A template, where one can be made: somebody is entered, and the unit is offered."""
        offered = {0, *(u.number for u in self.centre.catalogue.get(CODE).offered)}
        with self.centre.workspace.store() as store:
            entered = store.entries(CENTRE, CODE)
        if unit not in offered or not entered:
            return None
        into = self.folder / f"t{next(self.numbers)}"
        return self.centre.issue(CODE, BY_UNIT if unit else BY_CANDIDATE, unit, into=into)


def _fill(book: openpyxl.Workbook, number: str, unit: str, mark: tuple[str, str]) -> None:
    """Put a grade and initials where a teacher would; what the template does not have is left out."""
    grade, initials = mark
    if unit == "First Aid":
        if "Other units" in book.sheetnames:
            sheet = book["Other units"]
            row = next(row for row in range(5, 30) if sheet.cell(row, 1).value in (None, number))
            for column, value in enumerate((number, "First Aid", "NCFE", grade, initials, "Yes"), 1):
                sheet.cell(row, column, value)
        return
    rows = {cell.value: cell.row for cell in book["Grades"]["A"][4:]}
    headings = {cell.value for cell in book["Grades"][4]}
    if number in rows and f"Unit {unit}" in headings:
        column = column_of(book["Grades"], f"Unit {unit}")
        book["Grades"].cell(rows[number], column, grade)
        book["Assessed by"].cell(rows[number], column, initials)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_our_own_templates_pass_our_own_check(kind: str, request: pytest.FixtureRequest) -> None:
    """Whatever happened before, and whatever happens while they are out."""
    address = in_sqlite
    if kind == "postgresql":
        server = request.getfixturevalue("server")

        def address(kept: ExitStack, _: Path) -> str:
            return kept.enter_context(database(server))

    run_state_machine_as_test(
        lambda: Term(address),
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
