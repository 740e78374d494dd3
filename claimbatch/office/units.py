"""Units that a centre knows and claimbatch does not: added to the workspace's own file, or taken off it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimbatch.errors import ClaimbatchError
from claimbatch.form.added_units import ADDED, add, new_unit, read_added, remove
from claimbatch.form.qualification import Qualification, Unit
from claimbatch.intake.unit_list import read_unit_list
from claimbatch.problems import Problem
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Added:
    """The *units* that were added to, or taken off, *entry_code* and the *others* that share its units; and where."""

    entry_code: str
    others: tuple[str, ...]
    units: tuple[Unit, ...]
    path: Path


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


def add_units(workspace: Workspace, entry_code: str, units: Iterable[Unit]) -> Added:
    """Add *units* to a qualification, and to all that share its units."""
    listed = tuple(units)
    qualification = workspace.catalogue().get(entry_code)
    path = add(workspace.folder / "schemas", qualification.file, listed)
    return Added(qualification.entry_code, _sharing(workspace, qualification), listed, path)


def remove_unit(workspace: Workspace, entry_code: str, number: int) -> Added:
    """Take the unit *number*, which was added here, off a qualification and all that share its units.

    Raises :class:`ClaimbatchError` where it was not added here, or a claim has it: such a unit must stay known.
    """
    qualification = workspace.catalogue().get(entry_code)
    others = _sharing(workspace, qualification)
    with workspace.store() as store:
        for claim in store.claims():
            if claim.entry_code in (qualification.entry_code, *others) and any(
                unit == str(number) for _, unit in store.lines_at(claim.key)
            ):
                raise ClaimbatchError(
                    f"Unit {number} is on the claim {claim.key}.",
                    "A unit that a claim has must stay known; take it off the claim first.",
                )
    folder = workspace.folder / "schemas"
    unit = qualification.unit(number)
    if not remove(folder, qualification.file, number) or unit is None:
        raise ClaimbatchError(
            f"Unit {number} of {qualification.entry_code} was not added here.",
            "Only units of the workspace's schemas/added-units.toml can be taken off.",
        )
    return Added(qualification.entry_code, others, (unit,), folder / ADDED)


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
