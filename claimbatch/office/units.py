"""Units that a centre knows and claimbatch does not: added to the workspace's own file, or taken off it again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.form.added_units import ADDED, BY_CENTRE, add, new_unit, put, read_added, remove
from claimbatch.form.handwritten import make
from claimbatch.form.qualification import Qualification, Unit
from claimbatch.form.qualification_file import read_qualifications, read_sources
from claimbatch.intake.unit_list import Fault, read_unit_list, typed_rows
from claimbatch.problems import Problem
from claimbatch.workspace import Workspace

FACTS = ("title", "reference", "glh", "credits", "assessment")
CORRECTED = "corrected by the centre"


@dataclass(frozen=True, slots=True)
class Added:
    """The *units* that were added to, or taken off, *entry_code* and the *others* that share its units; and where."""

    entry_code: str
    others: tuple[str, ...]
    units: tuple[Unit, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that would be *new*, or of which something would differ: the fact, what is known, and what would be."""

    number: int
    title: str
    is_new: bool
    differences: tuple[tuple[str, Any, Any], ...]


@dataclass(frozen=True, slots=True)
class UnitList:
    """A list of units that was read and not stored: those that are *new*, those *known* already, and its problems."""

    new: tuple[Unit, ...] = ()
    known: tuple[Unit, ...] = ()
    problems: tuple[Problem, ...] = ()


def add_unit(workspace: Workspace, entry_code: str, facts: Mapping[str, Any], source: str = "") -> Added:
    """Add a unit by the *facts* that are known of it.

    They are ``number``, ``title``, ``reference``, ``glh``, ``credits`` and ``assessment`` (internal or external).
    With a *source*, where it was seen, it counts as verified. Raises :class:`ClaimbatchError` where the qualification
    has that unit already, or one of the facts cannot be.
    """
    qualification = workspace.catalogue().get(entry_code)
    number = int(facts["number"])
    if known := qualification.unit(number):
        raise ClaimbatchError(
            f"{qualification.entry_code} has that unit already: {known.full_title}.",
            _how_to_correct(workspace, qualification, number),
        )
    stated = {key: fact for key, fact in facts.items() if fact}
    return add_units(workspace, entry_code, [new_unit(stated, source)])


def read_units(workspace: Workspace, entry_code: str, path: Path, source: str = "") -> UnitList:
    """Read the units that the file at *path* lists, a workbook or CSV; with a problem in any row, none is new."""
    qualification = workspace.catalogue().get(entry_code)
    listed = read_unit_list(path, source)
    if listed.problems:
        return UnitList(problems=listed.problems)
    known = [qualification.unit(unit.number) is not None for unit in listed.units]
    pairs = list(zip(listed.units, known, strict=True))
    return UnitList(
        tuple(unit for unit, is_known in pairs if not is_known),
        tuple(unit for unit, is_known in pairs if is_known),
    )


def units_filled_in(
    rows: Iterable[tuple[int, Mapping[str, str]]],
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The facts of units that stand in the *rows* of a table as texts; and what is wrong, each with its row and key."""
    return typed_rows(rows)


def add_units(workspace: Workspace, entry_code: str, units: Iterable[Unit]) -> Added:
    """Add *units* to a qualification, and to all that share its units."""
    listed = tuple(units)
    qualification = workspace.catalogue().get(entry_code)
    path = add(workspace.folder / "schemas", qualification.file, listed)
    return Added(qualification.entry_code, _sharing(workspace, qualification), listed, path)


def unit_changes(qualification: Qualification, units: Iterable[Mapping[str, Any]]) -> list[UnitChange]:
    """What storing *units*, each by its facts, would change in what is known; those that say nothing new are left out.

    A fact that is not given stays as it is known.
    """
    changes = []
    for facts in units:
        known = qualification.unit(int(facts["number"]))
        was = {key: getattr(known, key) if known else None for key in FACTS}
        differ = tuple((key, was[key], facts[key]) for key in FACTS if facts.get(key) not in (None, was[key]))
        if differ or known is None:
            title = facts.get("title") or (known.title if known else "") or ""
            changes.append(UnitChange(int(facts["number"]), title, known is None, differ))
    return changes


def store_units(
    workspace: Workspace, entry_code: str, units: Iterable[Mapping[str, Any]], source: str = ""
) -> Added:
    """Add *units*, each by its facts, or correct those that are known: in the workspace's own file.

    With a *source*, where they were seen, what they say counts as verified. Raises :class:`ClaimbatchError` where one
    of the facts cannot be; then nothing is stored.
    """
    qualification = workspace.catalogue().get(entry_code)
    folder = workspace.folder / "schemas"
    own = {
        (file, unit.number): {key: getattr(unit, key) for key in stated}
        for file, unit, stated in read_added(folder / ADDED)
    }
    tables = []
    for facts in units:
        number = int(facts["number"])
        known = qualification.unit(number)
        said = {key: facts[key] for key in FACTS if facts.get(key)}
        if known:
            said = {key: value for key, value in said.items() if value != getattr(known, key)}
        before = own.get((qualification.file, number), {})
        tables.append(
            {**before, "number": number, **said, **_seen(source, facts, corrected=known is not None)}
        )
    stored = tuple(make(Unit, table, f"Unit {table['number']}") for table in tables)
    path = put(folder, qualification.file, tables)
    return Added(qualification.entry_code, _sharing(workspace, qualification), stored, path)


def _seen(source: str, facts: Mapping[str, Any], *, corrected: bool) -> dict[str, Any]:
    """What is said of how certain a unit is that the centre gives."""
    if not source:
        return {"verified": False, "why": CORRECTED if corrected else BY_CENTRE}
    sure: dict[str, Any] = {"verified": True, "source": [source], "why": ""}
    sized = facts.get("glh") or facts.get("credits")
    sure |= {"assessment_verified": True} if facts.get("assessment") else {}
    return sure | ({"size_verified": True} if sized else {})


def file_of(workspace: Workspace, qualification: Qualification) -> Path:
    """The file that a qualification stands in: the workspace's own where it has one, else the shipped one."""
    own = workspace.folder / "schemas" / qualification.file
    return own if own.is_file() else schema_folder() / qualification.file


def sources_of(workspace: Workspace, qualification: Qualification) -> Mapping[str, str]:
    """Where its facts were seen, by the key that they name it by."""
    return read_sources(file_of(workspace, qualification))


def added_here(workspace: Workspace, qualification: Qualification) -> frozenset[int]:
    """The numbers of the units that this centre added or corrected."""
    added = read_added(workspace.folder / "schemas" / ADDED)
    return frozenset(unit.number for file, unit, _ in added if file == qualification.file)


def remove_unit(workspace: Workspace, entry_code: str, number: int) -> Added:
    """Take the unit *number*, which was added here, off a qualification and all that share its units.

    One that was corrected here is then as it ships.

    Raises :class:`ClaimbatchError` where it was not added here, or a claim has it: such a unit must stay known.
    """
    qualification = workspace.catalogue().get(entry_code)
    others = _sharing(workspace, qualification)
    if not _ships(workspace, qualification, number):
        _refuse_claimed(workspace, (qualification.entry_code, *others), number)
    folder = workspace.folder / "schemas"
    unit = qualification.unit(number)
    if not remove(folder, qualification.file, number) or unit is None:
        raise ClaimbatchError(
            f"Unit {number} of {qualification.entry_code} was not added here.",
            "Only units of the workspace's schemas/added-units.toml can be taken off.",
        )
    return Added(qualification.entry_code, others, (unit,), folder / ADDED)


def _ships(workspace: Workspace, qualification: Qualification, number: int) -> bool:
    """Whether the unit is known without what this centre added, which then only corrects it."""
    return any(one.unit(number) for one in read_qualifications(file_of(workspace, qualification)))


def _refuse_claimed(workspace: Workspace, codes: Collection[str], number: int) -> None:
    with workspace.store() as store:
        for claim in store.claims():
            if claim.entry_code in codes and any(
                unit == str(number) for _, unit in store.lines_at(claim.key)
            ):
                raise ClaimbatchError(
                    f"Unit {number} is on the claim {claim.key}.",
                    "A unit that a claim has must stay known; take it off the claim first.",
                )


def _how_to_correct(workspace: Workspace, qualification: Qualification, number: int) -> str:
    """Where the unit *number* that is known already stands, and so what to do where it is wrong."""
    added = ((file, unit.number) for file, unit, _ in read_added(workspace.folder / "schemas" / ADDED))
    if (qualification.file, number) in added:
        return (
            f"It was added here. To correct it, take it off and add it again: claimbatch qualifications remove-unit "
            f"{qualification.entry_code} {number}"
        )
    return (
        f"To correct it, change {qualification.file} in the workspace's schemas folder "
        "(see docs/adding-a-qualification.md)."
    )


def _sharing(workspace: Workspace, qualification: Qualification) -> tuple[str, ...]:
    """The entry codes of the others that share its units."""
    return tuple(
        other.entry_code
        for other in workspace.catalogue().qualifications
        if other.file == qualification.file and other.entry_code != qualification.entry_code
    )
