"""What is taken at a glance: leaving a line, or a row, out of the tables changes nothing of what is found or said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.claims.claim import Status
from claimbatch.claims.history import Event
from claimbatch.form.identity import read_token
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT, NOT_CLAIMING
from claimbatch.intake.chunk import judged
from claimbatch.intake.guard import Package, admit_file, read_sheets
from claimbatch.intake.known import Known
from claimbatch.intake.lines import tabulate
from claimbatch.intake.said import Doubts
from claimbatch.intake.sheet import Grid
from claimbatch.intake.spoken import hear
from claimbatch.intake.stance import Measure
from claimbatch.intake.submission import Forms, Submission, read
from claimbatch.intake.tables import Rows, join
from claimbatch.problems import Problem
from tests.centre import IT, PEOPLE, Centre, fill, put

TWIN = ("0099", "Ahmed, Sana", date(2008, 1, 2))
KEY = f"68199-{IT}-2"
FORMS = ((BY_CANDIDATE, 0), (BY_UNIT, 3))
VALUES: tuple[Any, ...] = (
    "", "", "P", "M", "D", NOT_CLAIMING, "p", " D ", "U", "X", "\u0420", True, 1.0, "JH", "jh", "SA", "KM", "QQ",
    "Jo Hughes", "Zoe Zed", "ZZ", "0042", "0043", "0099", "9999", 42.0, "Ahmed, Sana", "ahmed,  sana",
    date(2008, 1, 2), "02/01/2008", "Unit 3", "Unit 4", "First Aid", "NCFE", "Yes", "#N/A", "\u00ad",
)  # fmt: skip
Edit = tuple[
    int, int, int, Any
]  # sheet, row and column (from 0), value; column -1 is the whole row, and whose copy
Book = tuple[Package, list[Grid]]


@dataclass
class World:
    """A centre with a past, and workbooks made from its templates at three times, each as it was read."""

    known: Known
    books: list[Book]

    def submission(self, book: Book, edits: Iterable[Edit] = ()) -> Submission:
        """A workbook as it is after these *edits*."""
        package, sheets = book
        grids = [[list(row) for row in grid] for grid in sheets]
        for sheet, row, column, value in edits:
            grid = grids[sheet % len(grids)]
            if column < 0 and max(row, value) < len(grid):
                grid[row] = [*grid[value]]
            elif column >= 0 and row < len(grid) and column < len(grid[row]):
                grid[row][column] = value
        identity = read_token(package.token)
        assert identity
        qualification = self.known.catalogue.get(identity.entry_code)
        issued = self.known.issued[identity.template_id]
        layout = Forms().as_issued(identity, qualification, issued, package, grids)
        return read(package, grids, identity, qualification, layout)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Unit entries, twins, an earlier claim, copies taken, a grade set by hand, an assessor removed since."""
    units = {"0043": frozenset({1, 2, 3})}
    assessors = (("JH", "Jo Hughes"), ("SA", "Sam Adeyemi"), ("KM", "Kit Moss"))
    centre = Centre.make(
        tmp_path_factory.mktemp("plain") / "c", people=(*PEOPLE, TWIN), assessors=assessors, units=units
    )
    paths: list[Path] = []
    for time in range(3):
        folder = centre.workspace.folder / f"at-{time}"
        made = [fill(centre.issue(IT, *form, into=folder), seed=time, share=0.3) for form in FORMS]
        paths += [*made, *(put(path, {"Notes!E5": "later"}, f"later-{path.name}") for path in made)]
        for path in made:
            centre.run("merge", path, "--yes")
        if time == 0:
            with centre.workspace.store() as store, store.writing() as writer:
                claim = store.claim(f"68199-{IT}-1", centre.catalogue)
                writer.move(claim.key, Status.SUBMITTED, Event("submitted"), expected=claim)
        else:
            centre.done("claim", "set", KEY, "0044", "3", "D", "SA")
    centre.done("assessors", "remove", IT, "KM")
    books = [opened(path) for path in paths[2:]]
    ids = {identity.template_id for package, _ in books if (identity := read_token(package.token))}
    with centre.workspace.store() as store:
        return World(centre.known(store, ids), books)


def edits(dice: Random) -> Iterator[Edit]:
    """What somebody may have typed: grades and initials in the grids, rows copied, and anything anywhere."""
    for _ in range(dice.randrange(16)):
        place, kind = (dice.randint(1, 3), dice.randint(4, 9)), dice.random()
        if kind < 0.6:
            yield *place, dice.randint(4, 16), dice.choice(("P", "M", "JH", "jh", "KM", NOT_CLAIMING, ""))
        elif kind < 0.8:
            yield *place, -1, dice.randint(4, 9)
        else:
            yield dice.randint(0, 6), dice.randint(4, 11), dice.randint(0, 11), dice.choice(VALUES)


def opened(path: Path) -> Book:
    package = admit_file(path)
    assert isinstance(package, Package)
    sheets = read_sheets(package)
    assert not isinstance(sheets, Problem)
    return package, list[Grid](sheets)


def told(submission: Submission, known: Known, rows: Rows) -> tuple[list[str], str]:
    """All that is found in a workbook with these *rows*, and all that it says."""
    findings = list(judged(join([rows]), [submission]))
    issued = known.issued[submission.identity.template_id]
    measure = Measure.of(issued, rows.lines) if rows.said == {} else Measure.of_said(issued, rows.said)
    heard = hear(0, rows, submission, measure, Doubts.of(findings, [rows]))
    problems = [repr((finding.cell, sorted(finding.problem.row().items()))) for finding in findings]
    return sorted(problems), repr((heard.said, sorted(heard.filled), heard.lines, heard.held, heard.new))


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_what_is_left_out_of_the_tables_changes_nothing(world: World, seed: int) -> None:
    """With rows for all that a workbook says, the same is found at the same cells, and the same is said."""
    dice = Random(seed)
    submission = world.submission(dice.choice(world.books), edits(dice))
    lean, every = (tabulate(0, submission, world.known, every=every) for every in (False, True))
    assert not every.plain.lines
    assert told(submission, world.known, lean) == told(submission, world.known, every)


def test_all_lines_of_a_workbook_filled_in_as_asked_are_plain(tmp_path: Path) -> None:
    """Or all of this would be for nothing: no table has a row."""
    centre = Centre.make(tmp_path)
    books = [opened(fill(centre.issue(IT, *form), seed=1)) for form in FORMS]
    with centre.workspace.store() as store:
        ids = {identity.template_id for package, _ in books if (identity := read_token(package.token))}
        world = World(centre.known(store, ids), books)
    for book in world.books:
        submission = world.submission(book)
        lean, every = (tabulate(0, submission, world.known, every=every) for every in (False, True))
        assert join([lean]) == {}
        assert len(lean.plain.lines) == len(every.lines) > 0
