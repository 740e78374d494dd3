"""The documents of a claim that people print, sign and hold: the claim report and the sample list.

Each is one HTML page with its style inside, made for A4 landscape and for black and white printers;
any browser prints it or saves it as PDF. Centre number, entry code and claim number stand on every printed
page, because OCR asks for all three in any query. No clock gets in unless the caller gives one.
"""

import math
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from claimbatch.claims.award import Award, notes_of
from claimbatch.claims.claim import GRADES, LABELS, OTHER, Candidate, Claim, Line, unit_label, unit_order
from claimbatch.claims.claim_rules import not_allowed
from claimbatch.claims.standing import Standing
from claimbatch.data import template_folder
from claimbatch.intake.rules import fault_of
from claimbatch.moderation.sampling import Group, Sample, canonical_key, ticket

# Columns of grades that stay readable beside a name on A4 landscape, with assessors' initials and without.
UNITS_ACROSS = 14
UNITS_ACROSS_PLAIN = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each grade an assessor gave in a unit; *grades* in the order P, M, D."""

    unit: str
    assessor: str
    grades: tuple[int, ...]

    @property
    def total(self) -> int:
        """All grades together."""
        return sum(self.grades)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of candidates × *units*; a row holds a candidate and a line, or None, for each unit."""

    units: tuple[str, ...]
    rows: tuple[tuple[Candidate, tuple[Line | None, ...]], ...]
    totals: tuple[tuple[int, ...], ...]  # one for each unit, in the order P, M, D


@dataclass(frozen=True, slots=True)
class Answer:
    """A query of the claim and its explanation, in words: what it asks, of whom, of which unit and which cell."""

    rule: str
    what: str
    candidate: str
    unit: str
    place: str
    explanation: str


def answers_of(standing: Standing, explanations: Mapping[int, str]) -> list[Answer]:
    """The claim's queries with their answers, from its *standing* and the words kept beside its history."""
    return [
        Answer(
            query.rule,
            fault_of(query.rule),
            query.candidate,
            unit_label(query.unit) if query.unit else "",
            f"{query.workbook} {query.sheet}{'!' if query.cell else ''}{query.cell}".strip(),
            explanations.get(query.answered, "(removed)") if query.answered else "",
        )
        for query in standing.queries
    ]


def claim_report(
    claim: Claim,
    printed: str = "",
    *,
    awards: Mapping[str, Award] | None = None,
    answers: Sequence[Answer] = (),
    standing: Standing | None = None,
    reasons: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """The whole claim on paper: counts by unit, assessor and grade, every grade, declarations to sign.

    *printed* is the moment to print at the end, as :func:`claimbatch.clock.stamp` gives it; none if empty.
    *awards* adds a table of how far each candidate is from the full award, *answers* one of queries and their
    explanations; *standing* says whose declarations are recorded and what has become of the claim so far, *reasons*
    why, by revision.
    """
    return _render(
        "claim.html.j2",
        claim,
        printed,
        units=_by_unit(_tallies(claim.lines)),
        grids=_grids(claim),
        others=[line for line in _in_order(claim.lines) if line.unit.startswith(OTHER)],
        awards=awards or {},
        award_notes=notes_of((awards or {}).values()),
        answers=answers,
        standing=standing,
        not_allowed=not_allowed(standing) if standing else (),
        reasons=reasons,
    )


def sample_list(claim: Claim, sample: Sample, printed: str = "") -> str:
    """The list that a moderator ticks, folder by folder, what it covers, and room for both signatures."""
    counts = Counter(line.cell for line in sample.lines)
    return _render(
        "sample.html.j2",
        claim,
        printed,
        sample=sample,
        folders=_folders(claim, sample),
        units=_by_unit(_tallies(claim.lines)),
        sampled=lambda tally, grade: counts[(tally.unit, tally.assessor, grade)],
        above=[(_group_label(claim, group), group) for group in sample.groups if group.above],
        check=_ticket_check(claim, sample),
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,  # for every name: select_autoescape() looks at the last ending only, and that is .j2
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, claim: Claim, printed: str, **facts: Any) -> str:
    return (
        _templates()
        .get_template(template)
        .render(
            claim=claim,
            printed=printed,
            status=LABELS[claim.status],
            grades=GRADES,
            totals=_grades(claim.lines),
            people=len({line.candidate for line in claim.lines}),
            several_assessors=_several_assessors(claim),
            **facts,
        )
    )


def _several_assessors(claim: Claim) -> bool:
    return len({line.assessor for line in claim.lines}) > 1


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.candidate, unit_order(line.unit)))


def _grades(lines: Iterable[Line]) -> tuple[int, ...]:
    counts = Counter(line.grade for line in lines)
    return tuple(counts[grade] for grade in GRADES)


def _tallies(lines: Iterable[Line]) -> list[Tally]:
    def key(line: Line) -> tuple[tuple[int, int, str], str]:
        return unit_order(line.unit), line.assessor

    groups = (list(group) for _, group in groupby(sorted(lines, key=key), key=key))
    return [Tally(group[0].unit, group[0].assessor, _grades(group)) for group in groups]


def _by_unit(tallies: Iterable[Tally]) -> list[list[Tally]]:
    return [list(group) for _, group in groupby(tallies, key=lambda tally: tally.unit)]


def _grids(claim: Claim) -> list[Grid]:
    """The claim's candidates × OCR's units, in as few tables as paper allows, about equally wide.

    Other awarding bodies' units have a table of their own: a title does not fit above a grade.
    """
    units = [unit for unit in claim.units if not unit.startswith(OTHER)]
    across = UNITS_ACROSS if _several_assessors(claim) else UNITS_ACROSS_PLAIN
    at = {(line.candidate, line.unit): line for line in claim.lines}
    candidates = sorted({line.candidate for line in claim.lines})
    return [
        Grid(
            part,
            tuple((claim.candidate(c), tuple(at.get((c, unit)) for unit in part)) for c in candidates),
            tuple(_grades(line for line in claim.lines if line.unit == unit) for unit in part),
        )
        for part in _shared_out(units, across)
    ]


def _shared_out(units: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """*units* in as few parts of at most *most* as will do, none more than one longer than another."""
    parts = math.ceil(len(units) / most)
    ends = [len(units) * part // parts for part in range(parts + 1)] if parts else [0]
    return [tuple(units[start:end]) for start, end in pairwise(ends)]


def _folders(claim: Claim, sample: Sample) -> list[tuple[Candidate, list[Line]]]:
    return [
        (claim.candidate(number), list(lines))
        for number, lines in groupby(_in_order(sample.lines), key=lambda line: line.candidate)
    ]


def _group_label(claim: Claim, group: Group) -> str:
    if not group.name:
        return "the whole claim"
    unit, *cell = group.name
    return ", ".join([claim.unit_label(unit), *cell])


def _ticket_check(claim: Claim, sample: Sample) -> tuple[str, str]:
    """A command that shows the ticket of the first line of *sample*, and what it must print."""
    if not sample.lines or not sample.simulated:
        return "", ""
    key = canonical_key(claim, sample.lines[0])
    return f"printf %s {shlex.quote(f'{sample.seed}|{key}')} | sha256sum", ticket(sample.seed, key)
