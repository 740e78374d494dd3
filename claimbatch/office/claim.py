"""One claim, to be looked at: by candidate, by unit, by award, and what keeps it from submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from claimbatch.claims.award import Award, awards
from claimbatch.claims.claim import Claim, Line, candidate_named, unit_order
from claimbatch.claims.claim_rules import award_incomplete, not_allowed
from claimbatch.claims.standing import Standing
from claimbatch.office.opened import OpenClaim
from claimbatch.problems import Problem


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A unit by an assessor at a grade, which a moderator agrees or withdraws as one, and whom it stands for."""

    unit: str
    assessor: str
    grade: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class ClaimSeen:
    """How a claim stands, and of its lines those that were asked for (*claim*), with the *awards* of whose they are."""

    standing: Standing
    claim: Claim
    awards: Mapping[str, Award]

    @property
    def grid(self) -> dict[str, dict[str, Line]]:
        """The lines by candidate, in order, and by unit."""
        grid: dict[str, dict[str, Line]] = {}
        for line in self.claim.lines:
            grid.setdefault(line.candidate, {})[line.unit] = line
        return dict(sorted(grid.items()))

    @property
    def groups(self) -> list[GroupRow]:
        """The lines by unit, assessor and grade."""
        return groups_of(self.claim)

    @cached_property
    def not_allowed(self) -> list[Problem]:
        """The lines that keep it from submission as the register and the qualification stand today."""
        return not_allowed(self.standing)

    @cached_property
    def incomplete(self) -> list[Problem]:
        """For information: the candidates whose award is not complete in this claim."""
        return list(award_incomplete.find(self.awards))


def groups_of(claim: Claim) -> list[GroupRow]:
    """The lines of a *claim* by unit, assessor and grade."""
    cells: dict[tuple[str, str, str], list[str]] = {}
    for line in claim.lines:
        cells.setdefault(line.cell, []).append(line.candidate)
    ordered = sorted(cells.items(), key=lambda cell: (unit_order(cell[0][0]), cell[0]))
    return [GroupRow(*cell, tuple(numbers)) for cell, numbers in ordered]


def look_at(opened: OpenClaim, candidate: str = "", unit: str = "") -> ClaimSeen:
    """How a claim stands; with a *candidate* or a *unit*, as people call them, only these lines of it.

    Raises :class:`~claimbatch.errors.ClaimbatchError` where it holds nothing for them.
    """
    number = candidate_named(candidate) if candidate else ""
    found = opened.claim.only(number, opened.claim.unit_named(unit) if unit else "")
    people = {line.candidate for line in found.lines}
    every = awards_of(opened)
    return ClaimSeen(opened.standing, found, {who: award for who, award in every.items() if who in people})


def awards_of(opened: OpenClaim) -> Mapping[str, Award]:
    """What each candidate has towards the award, with the grades that the moderator agreed."""
    return awards(opened.standing.moderated, opened.workspace.scales())
