"""The law of refreshing: a refreshed workbook says what the old one says; nothing is added, undone or dropped.

Merging a workbook and merging its refreshed one make the same claim, find the same problems, ask the same queries and
hear the same answers, whatever was typed, cleared or deleted. Where others have changed the claim in the meantime, what
merging would hold back for that (CB303) is listed instead.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from claimbatch.claims.claim import Candidate, unit_title
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.intake.carry import LeftOver
from claimbatch.intake.carry.whose import UNNAMED
from claimbatch.intake.receiving import How, receive
from claimbatch.intake.refresh import refresh
from tests.centre import CENTRE, IT, PEOPLE, Centre, put
from tests.servers import database

UNITS = (1, 2, 3)
NUMBERS = [number for number, _, _ in PEOPLE]
SOUND = ("0042", "Sound", "NCFE", "P", "JH", "Yes")
DANCE = ("0043", "Dance", "RSL", "M", "SA", None)
# What is claimed when the template goes out: Unit 1 all by JH, Unit 2 by both; units of other awarding bodies.
CLAIMED = {
    "Grades!E5": "P", "Grades!E6": "M", "Units!D5": "JH",
    "Grades!F5": "P", "Grades!F7": "D", "Units!D6": "JH", "Assessed by!F7": "SA",
    **{f"Other units!{column}5": value for column, value in zip("ABCDEF", SOUND, strict=True)},
    **{f"Other units!{column}6": value for column, value in zip("ABCDEF", DANCE, strict=True) if value},
}  # fmt: skip
# What others claim after that: Unit 1 goes to SA, a grade of Unit 2 and one unit of another body change, Unit 3 comes.
SINCE = {
    "Units!D5": "SA", "Grades!F5": "M", "Grades!G6": "P", "Units!D7": "SA", "Grades!F7": "Not claiming",
    "Other units!D5": "D",
}  # fmt: skip

# What an earlier copy of the workbook itself said, by its form.
COPY = {
    "grid": {"Grades!E5": "M", "Grades!E7": "P", "Grades!G5": "P", "Units!D7": "JH"},
    "unit": {"Claim!E5": "M", "Claim!E6": "P", "Claim!F6": "SA"},
}


@dataclass(frozen=True)
class Scene:
    """A centre and a template of it, and what was done to register and claim since it went out."""

    centre: Centre
    template: Path
    form: str

    def refreshed(self, old: Path) -> tuple[Path, list[LeftOver]]:
        with self.centre.workspace.store() as store:
            new = refresh(store, self.centre.catalogue, self.centre.workspace.key(), old)
        path = old.with_name("refreshed.xlsx")
        path.write_bytes(new.content)
        return path, list(new.left)

    def merged(self, path: Path) -> "Merged":
        """What merging all that is clean of a workbook would do; it is not done."""
        with self.centre.workspace.store() as store:
            how = How("test", partial=True, dry_run=True)
            files = [(path, path.name)]
            found = receive(store, files, how, lambda: self.centre.workspace.known(store))
        return Merged(
            sorted((c.statement.target, c.old, c.new) for _, c in found.taken.changes),
            [(f"{p.place}", p.rule.code, p.candidate, p.unit, p.value) for p in found.checked.problems],
            sorted((p.rule.code, p.candidate, p.unit, words) for p, words in found.checked.answers),
            sorted((person.initials, person.name) for _, person in found.checked.people),
        )


@dataclass(frozen=True)
class Merged:
    """A merge: changes of the claim, problems with their places, answered queries, and new assessors."""

    changes: list[Any]
    problems: list[tuple[str, str, str, str, str]]
    answers: list[Any]
    people: list[Any]

    def but(self, listed: Collection[tuple[str, str]]) -> "Merged":
        """Without the problems of *listed* lines, and of the others' places the sheet alone.

        Nor is anything asked of a unit of another body that the claim has come to say already, by somebody else.
        """
        changed = {(candidate, unit_title(unit)) for (candidate, unit), _, _ in self.changes}
        asked = [p for p in self.problems if p[1] not in ("CB210", "CB211") or (p[2], p[3]) in changed]
        kept = [(p[0].split("!")[0], *p[1:]) for p in asked if (p[2], p[3]) not in listed]
        return replace(self, problems=sorted(kept))


# --- the scenes --------------------------------------------------------------------------------------------------


def make_scene(folder: Path, name: str, address: str = "") -> Scene:
    """``grid``, ``unit`` (Unit 2) or ``one`` (Unit 2, one assessor).

    And ``blank``, ``claimed``, changed ``since``, or with an earlier ``copy`` of the workbook merged.
    """
    form, far = name.split(", ")
    assessors = [("JH", "Jo Hughes")] if form == "one" else [("JH", "Jo Hughes"), ("SA", "Sam Adeyemi")]
    centre = Centre.make(folder, (IT,), assessors=assessors, address=address)
    centre.catalogue = _fewer_units(centre)
    claimed = {k: "JH" if v == "SA" and form == "one" else v for k, v in CLAIMED.items()}
    if far != "blank":
        _merge(centre, put(centre.issue(), claimed, "claimed.xlsx"))
    into = folder / "sent"
    form_unit = (BY_CANDIDATE, 0) if form == "grid" else (BY_UNIT, 2)
    template = centre.issue(IT, *form_unit, into=into)
    if far == "copy":
        _merge(centre, put(template, COPY[form], "copy.xlsx"))
    if far == "since":
        if form == "one":
            with centre.workspace.store() as store:
                store.save_assessors([Assessor(CENTRE, "SA", "Sam Adeyemi", frozenset({IT}))])
        _merge(centre, put(centre.issue(addressee="Col League"), SINCE, "since.xlsx"))
        people = [
            ("0001", "Aaron, New", date(2008, 9, 9)),
            ("0042", "Ahmed, Sanaa", PEOPLE[0][2]),
            *PEOPLE[1:],
        ]
        entries = tuple(Entry(CENTRE, IT, Candidate(*person)) for person in people)
        file = RegisterFile(entries, columns=frozenset({"candidate_name", "date_of_birth"}))
        with centre.workspace.store() as store:
            store.save_register(file, replacing=True)
    return Scene(centre, template, form)


def _fewer_units(centre: Centre) -> Any:
    """The catalogue with three units in IT: quick to fill, quick to check."""
    return replace(
        centre.catalogue,
        qualifications=tuple(
            replace(q, units=tuple(u for u in q.units if u.number in UNITS)) if q.entry_code == IT else q
            for q in centre.catalogue.qualifications
        ),
    )


def _merge(centre: Centre, path: Path) -> None:
    with centre.workspace.store() as store:
        found = receive(store, [(path, path.name)], How("test"), lambda: centre.workspace.known(store))
    assert [p for p in found.checked.problems if p.is_error] == []


SCENES = [f"{form}, {far}" for form in ("grid", "unit", "one") for far in ("blank", "claimed", "since")]
SCENES += ["grid, copy", "unit, copy"]


@pytest.fixture(scope="module", params=[*SCENES, "grid, since, postgresql", "unit, copy, postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder, name = tmp_path_factory.mktemp("scene") / "centre", request.param
    if not name.endswith("postgresql"):
        yield make_scene(folder, name)
        return
    with database(request.getfixturevalue("server")) as address:
        yield make_scene(folder, name.removesuffix(", postgresql"), address)


# --- the edits ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edit:
    """Values typed into a row from a column on; without any the row is deleted."""

    sheet: str
    row: int
    column: int = 1
    values: tuple[Any, ...] = ()

    def order(self) -> tuple[bool, int]:
        """Rows are deleted when all is typed, from below: nothing is typed into rows that name nobody."""
        return not self.values, -self.row if not self.values else 0

    def do(self, book: Workbook) -> None:
        if not self.values:
            book[self.sheet].delete_rows(self.row)
        for column, value in enumerate(self.values, self.column):
            book[self.sheet].cell(self.row, column).value = value


Edits = st.SearchStrategy[tuple[Edit, ...]]


def typed(sheet: str, rows: tuple[int, int], column: int, *values: st.SearchStrategy[Any]) -> Edits:
    """A row of cells filled in, from *column* on, in one of the *rows*."""
    return st.builds(
        lambda row, cells: (Edit(sheet, row, column, cells),), st.integers(*rows), st.tuples(*values)
    )


def deleted(sheet: str, *rows: int) -> Edits:
    return st.sampled_from([(Edit(sheet, row),) for row in rows])


PEOPLES, UNIT_ROWS = (5, 8), (5, 7)  # four candidates, three units
grades = st.sampled_from(["P", "M", "D", "Not claiming", None, None, "Pass", " m ", "P?", "U", 7])
initials = st.sampled_from(["JH", "SA", "sa", None, None, "XX", "NN", "Jo Hughes"])
numbers = st.sampled_from([*NUMBERS, "0001", "0999", None])
titles = st.sampled_from(["Sound", "sound ", "Drum", None])
yes = st.sampled_from(["Yes", None])
pointing = st.sampled_from(
    ["E5", "F6", "E5:F6", "Grades!E7", "'Assessed by'!G5", "$E$6, F5", "D5", "here", None]
)
pointed = st.sampled_from(["Grades", "Assessed by", "Claim", "Units", "Other units", None])
words = st.sampled_from(["because", "Second attempt."])
full_names = st.sampled_from(["Nina Novak", None])
newcomers = st.sampled_from(["NN", "XY", "JH", "TOOLONG", None])

LISTS = [
    typed("Assessors", (7, 9), 1, newcomers, full_names),
    typed("Notes", (5, 8), 1, pointed, pointing, numbers, st.sampled_from(["1", "Unit 2", None]), words),
]
GRID = [
    *(typed("Grades", PEOPLES, column, grades) for column in (5, 6, 7)),
    *(typed("Assessed by", PEOPLES, column, initials) for column in (5, 6, 7)),
    *(typed("Units", UNIT_ROWS, 4, initials) for _ in range(2)),
    st.builds(  # a grade and its initials at once
        lambda row, column, grade, own: (
            Edit("Grades", row, column, (grade,)),
            Edit("Assessed by", row, column, (own,)),
        ),
        st.integers(*PEOPLES),
        st.integers(5, 7),
        grades,
        initials,
    ),
    deleted("Grades", *range(5, 9)),
    deleted("Assessed by", *range(5, 9)),
    deleted("Units", *range(5, 8)),
    typed("Other units", (5, 8), 1, numbers, titles, st.sampled_from(["NCFE", "RSL", None]), grades, initials, yes),
    *(typed("Other units", (5, 6), column, values) for column, values in enumerate((titles, grades, initials), 3)),
    typed("Other units", (5, 6), 6, yes),
    deleted("Other units", 5, 6),
]  # fmt: skip
CLAIM = [
    typed("Claim", PEOPLES, 5, grades),
    typed("Claim", PEOPLES, 6, initials),
    typed("Claim", PEOPLES, 5, grades, initials),
    deleted("Claim", *range(5, 9)),
]


def edits(form: str) -> st.SearchStrategy[list[tuple[Edit, ...]]]:
    return st.lists(
        st.one_of(*(GRID if form == "grid" else [*CLAIM, *CLAIM]), *LISTS), min_size=1, max_size=8
    )


def edited(scene: Scene, changes: list[tuple[Edit, ...]]) -> Path:
    book = openpyxl.load_workbook(scene.template)
    for change in sorted((one for several in changes for one in several), key=Edit.order):
        change.do(book)
    path = scene.template.with_name("old.xlsx")
    book.save(path)
    return path


# --- the law -----------------------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=10)
def test_refreshed_then_merged_is_merged(scene: Scene, data: st.DataObject) -> None:
    """The same claim, problems, queries, answers and assessors; what the claim speaks against is listed, all of it."""
    old = edited(scene, data.draw(edits(scene.form), "edits"))
    assert differences(scene, old) == []


def differences(scene: Scene, old: Path) -> list[str]:
    """What merging the refreshed workbook of *old* does otherwise than merging itself, and is not listed."""
    new, left = scene.refreshed(old)
    direct, after = scene.merged(old), scene.merged(new)
    listed = {(item.candidate, item.unit) for item in left}
    found = [
        f"{name}: {theirs}, and now {ours}"
        for name in ("changes", "problems", "answers", "people")
        if (theirs := getattr(direct.but(listed), name)) != (ours := getattr(after.but(listed), name))
    ]
    conflicts = {(candidate, unit) for _, code, candidate, unit, _ in direct.problems if code == "CB303"}
    found += [f"not listed: {line}" for line in sorted(conflicts - listed)]
    reasons = (
        "the claim has changed since",
        "the claim still holds",
        "its candidate has no row on the sheet Grades",
    )
    return found + [
        f"listed: {item}"
        for item in left
        if not item.why.startswith(reasons) and (item.sheet, item.why) != ("Notes", UNNAMED)
    ]


def test_a_note_about_somebody_whose_row_was_deleted_is_listed(tmp_path: Path) -> None:
    """A note gives a number and no name; who has it now is called otherwise than when the template went out."""
    scene = make_scene(tmp_path / "centre", "unit, since")
    note = Edit("Notes", 5, 1, ("Grades", "E5", "0042", "1", "because"))
    old = edited(scene, [(Edit("Claim", 5), note)])
    assert differences(scene, old) == []
    assert {(item.cell, item.value) for item in scene.refreshed(old)[1]} == {
        ("A5", "Grades"), ("B5", "E5"), ("C5", "0042"), ("D5", "1"), ("E5", "because"),
    }  # fmt: skip
