"""What a template shows of the open claim: what is claimed already, and what of that may no longer be claimed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from claimbatch.claims import today
from claimbatch.claims.claim import OTHER, Claim, Line, unit_label
from claimbatch.claims.register import Assessor, Entry
from claimbatch.claims.today import Today, Unfit
from claimbatch.form.contents import Other

_IN_ITS_CELL = (today.UNIT_ENTRY, today.ASSESSOR)  # what fails these has a cell of its own on the template


@dataclass(frozen=True, slots=True)
class Prefill:
    """What stands on a template before anybody types.

    *claimed* and *other* are what is claimed of its candidates, *refused* those cells of them that may no longer be
    claimed, each with the reason. *unshown* are lines that have no cell here: what they are, and why.
    """

    claimed: Mapping[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    other: tuple[Other, ...] = ()
    refused: Mapping[tuple[str, int], str] = field(default_factory=dict)
    unshown: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls, claim: Claim, entries: Iterable[Entry], assessors: Iterable[Assessor], shown: set[str], unit: int
    ) -> "Prefill":
        """From *claim* and all *entries* for it; *shown* are the template's candidates, *unit* its unit, 0 for all."""
        unfit = Today.of(claim.qualification, entries, assessors).unfit(claim.lines)
        lost = {found.line: found.why for found in unfit if found.rule not in _IN_ITS_CELL}
        why: dict[Line, str] = {}
        for found in unfit:
            why[found.line] = " ".join(filter(None, (why.get(found.line), found.why)))
        here = [line for line in claim.lines if line.candidate in shown and line not in lost]
        return cls(
            {_cell(line): (line.grade, line.assessor) for line in here if line.unit.isdigit()},
            tuple(_other(line, why.get(line, "")) for line in here if line.unit.startswith(OTHER)),
            {_cell(line): why[line] for line in here if line.unit.isdigit() and line in why},
            tuple(_unshown(found) for found in unfit if found.line in lost and _is_of(found, shown, unit)),
        )


def _cell(line: Line) -> tuple[str, int]:
    return line.candidate, int(line.unit)


def _other(line: Line, why: str) -> Other:
    _, body, title = line.unit.split(":", 2)
    return Other(line.candidate, title, body, line.grade, line.assessor, refused=why)


def _is_of(found: Unfit, shown: set[str], unit: int) -> bool:
    """Whether a line without a cell is told of on this template, and not on one for others or for another unit."""
    if unit:
        return found.rule == today.CANDIDATE and found.line.unit == str(unit)
    return found.rule == today.CANDIDATE or (found.rule not in _IN_ITS_CELL and found.line.candidate in shown)


def _unshown(found: Unfit) -> tuple[str, str]:
    line = found.line
    return line.candidate, f"{unit_label(line.unit)}, {line.grade} by {line.assessor}. {found.why}"
