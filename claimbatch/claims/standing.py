"""How a claim stands: what its history says of declarations, queries, the sample and the steps so far.

Everything here is a function of a claim's events; :mod:`claimbatch.claims.claim_rules` looks at the result.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from claimbatch.claims.claim import Claim, Line, line_order
from claimbatch.claims.decisions import UNCLASSIFIED, Decided, decided_of
from claimbatch.claims.history import STATEMENTS, Event, Kind, facts, last_said, recorded
from claimbatch.claims.steps import Step, steps_of
from claimbatch.claims.today import Unfit

CLAIMED_BEFORE = "CB306"  # the rule that a grade stated anew does not settle


@dataclass(frozen=True, slots=True)
class Query:
    """A query that came with a workbook: the rule, where it stands, and the answer once there is one.

    *number* is what people call it and ``claim answer`` takes: 1 for the first query of the claim, whatever became of
    it; the same query in a later workbook has the same number. *revision* is where it stands in the claim's history,
    *answered* where its answer does (0: there is none).
    """

    number: int
    revision: int
    rule: str
    candidate: str
    unit: str
    workbook: str
    sheet: str
    cell: str
    template_id: str
    answered: int = 0
    sha256: str = ""

    @property
    def what(self) -> tuple[str, ...]:
        """What is queried: the same again in a later workbook is the same query, and its answer still holds."""
        if self.rule == CLAIMED_BEFORE:  # wherever it is said
            return (self.rule, self.candidate, self.unit)
        return (self.rule, self.candidate, self.unit, self.sheet, self.cell, self.template_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim, who has signed a declaration, the queries of the workbooks that it was made from, and its sample.

    *sampled* are the candidate × unit pairs that the moderator chose, *decided* what was decided of them, *withdrawn*
    the lines that went with their group, as they were claimed; *reasons* says where in the history the reason for a
    group stands. *steps* are what has become of the claim so far.
    Not told by the history, and None where nobody asked: *entered*, the candidates whom the register holds for the
    qualification, and *centre_declared*, whether the centre makes its declaration. *unfit* are the lines that could not
    be claimed today; of a claim that was submitted nobody asks.
    """

    claim: Claim
    declared: frozenset[str] = frozenset()
    queries: tuple[Query, ...] = ()
    sampled: frozenset[tuple[str, str]] = frozenset()
    steps: tuple[Step, ...] = ()
    entered: frozenset[str] | None = None
    centre_declared: bool | None = None
    unfit: tuple[Unfit, ...] = ()
    withdrawn: tuple[Line, ...] = ()
    decided: Mapping[tuple[str, str], Decided] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str, str], int] = field(default_factory=dict)

    @property
    def agreed(self) -> dict[tuple[str, str], str]:
        """The grades that the moderator agreed, by candidate and unit, of the lines that are still on the claim."""
        here = {(line.candidate, line.unit) for line in self.claim.lines}
        return {target: decided.grade for target, decided in self.decided.items() if target in here}

    @property
    def moderated(self) -> Claim:
        """The claim with the grades that the moderator agreed, without what does not reach a pass."""
        grades = self.agreed
        lines = [
            replace(line, grade=grades[target]) if (target := (line.candidate, line.unit)) in grades else line
            for line in self.claim.lines
        ]
        return replace(self.claim, lines=tuple(line for line in lines if line.grade != UNCLASSIFIED))

    @property
    def people(self) -> list[str]:
        """The candidates on the claim."""
        return sorted({line.candidate for line in self.claim.lines})

    @property
    def undeclared(self) -> list[str]:
        """The candidates on the claim of whom no signed declaration is recorded."""
        return [number for number in self.people if number not in self.declared]

    @property
    def open_queries(self) -> list[Query]:
        """The queries that nobody has answered yet."""
        return [query for query in self.queries if not query.answered]


def standing(claim: Claim, events: Iterable[Event]) -> Standing:
    """Read a claim's standing from its history."""
    listed = list(events)
    declared = frozenset(candidate for candidate, _ in recorded(listed, Kind.DECLARED, Kind.UNDECLARED))
    sampled = frozenset(recorded(listed, Kind.IN_SAMPLE, Kind.NOT_IN_SAMPLE))
    gone = withdrawn_of(listed)
    return Standing(
        claim,
        declared,
        queries_of(listed),
        sampled,
        tuple(steps_of(listed)),
        withdrawn=tuple(gone),
        decided=decided_of(listed),
        reasons={line.cell: revision for line, revision in reversed(gone.items())},
    )


def signed_by(events: Iterable[Event]) -> dict[str, tuple[str, str]]:
    """Who recorded the signed declaration of each candidate, and when; without those that were taken back."""
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.kind == Kind.DECLARED:
            found[event.candidate] = (event.who, event.at)
        elif event.kind == Kind.UNDECLARED:
            found.pop(event.candidate, None)
    return found


def withdrawn_of(events: Iterable[Event]) -> dict[Line, int]:
    """The lines that were withdrawn with their group, as they were claimed, by candidate and unit; and where."""
    gone = [e for e in last_said(events).values() if e.kind == Kind.WITHDRAWN_LINE]
    lines = {Line(e.candidate, e.unit, e.old_grade, e.old_assessor): e.revision for e in gone}
    return dict(sorted(lines.items(), key=lambda one: line_order(one[0])))


def queries_of(events: Iterable[Event]) -> tuple[Query, ...]:
    """The queries that are still to be looked at, each with its answer if it has one.

    A workbook that comes again under its name, or as its marked copy, replaces its earlier queries: what it no longer
    raises is settled. So does one under another name that still says something of every line that the earlier one did.
    (Not so any other workbook made from the same template: a colleague's copy says nothing of it.)
    So is a query about a grade that has been stated anew since, in any workbook or by hand, and one about a candidate
    of whom nothing is left on the claim. But that a unit was claimed before holds as long as it is claimed.
    """
    listed = list(events)
    numbers = query_numbers(listed)
    queries: dict[int, Query] = {}  # by revision
    about: set[str] = set()  # the candidates whom any query was about
    claimed: dict[str, set[str]] = {}  # the units on the claim by candidate
    answers: dict[tuple[str, ...], int] = {}
    for event in listed:
        if event.kind == Kind.RECEIVED:
            again = (event.template_id, plain_workbook(event.workbook))
            follows = set(facts(event).get("follows", ()))
            queries = {
                n: q
                for n, q in queries.items()
                if (q.template_id, plain_workbook(q.workbook)) != again and q.sha256 not in follows
            }
        elif event.kind in STATEMENTS:
            units = claimed.setdefault(event.candidate, set())
            (units.add if event.grade else units.discard)(event.unit)
            if event.candidate not in about:
                continue
            settled = {event.unit} if units else {event.unit, ""}
            queries = {
                n: q
                for n, q in queries.items()
                if q.candidate != event.candidate
                or q.unit not in settled
                or (event.grade and q.rule == CLAIMED_BEFORE)
            }
        elif event.kind == Kind.QUERY:
            asked = _query(event)
            about.add(asked.candidate)
            queries = {n: q for n, q in queries.items() if q.what != asked.what}
            number, answered = numbers[event.revision], answers.get(asked.what, 0)
            queries[event.revision] = replace(asked, number=number, answered=answered)
        elif event.kind == Kind.ANSWERED and (asked_at := int(facts(event)["query"])) in queries:
            queries[asked_at] = replace(queries[asked_at], answered=event.revision)
            answers[queries[asked_at].what] = event.revision
    return tuple(sorted(queries.values(), key=lambda query: query.number))


def plain_workbook(name: str) -> str:
    """A workbook's name without what a marked copy, a download or a mail program adds to it.

    >>> plain_workbook("Jones_marked2.xlsx"), plain_workbook("Jones (1).xlsx"), plain_workbook("JONES.xlsx")
    ('jones', 'jones', 'jones')
    """
    stem = PurePath(name).stem.casefold()
    return re.sub(r"(?:_marked\d*|\s*\(\d+\)|\s*- copy)+$", "", stem)


def query_numbers(events: Iterable[Event]) -> dict[int, int]:
    """The number of each query by its revision: 1, 2, 3 as they were first asked; the same again keeps its number."""
    numbers: dict[tuple[str, ...], int] = {}
    asked = (_query(event) for event in events if event.kind == Kind.QUERY)
    return {query.revision: numbers.setdefault(query.what, len(numbers) + 1) for query in asked}


def _query(event: Event) -> Query:
    return Query(
        0,
        event.revision,
        str(facts(event).get("rule", "")),
        event.candidate,
        event.unit,
        event.workbook,
        event.sheet,
        event.cell,
        event.template_id,
        sha256=event.sha256,
    )
