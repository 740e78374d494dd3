"""How a claim stands: what its history says of declarations, queries, the sample and the steps so far.

Everything here is a function of a claim's events; :mod:`claimbatch.claims.claim_rules` looks at the result.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import PurePath

from claimbatch.claims.claim import Claim, unit_label
from claimbatch.claims.history import STATEMENTS, STATES, Event, Kind, facts, lines_after
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
class Step:
    """One step of a claim's life, in words and by its *kind*; *revision* is where it stands, with its reason."""

    at: str
    who: str
    what: str
    revision: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim, who has signed a declaration, the queries of the workbooks that it was made from, and its sample.

    *sampled* are the candidate × unit pairs that the moderator chose, *steps* what has become of the claim so far.
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
    declared = frozenset(candidate for candidate, _ in _recorded(listed, Kind.DECLARED, Kind.UNDECLARED))
    sampled = frozenset(_recorded(listed, Kind.IN_SAMPLE, Kind.NOT_IN_SAMPLE))
    return Standing(claim, declared, queries_of(listed), sampled, tuple(steps_of(listed)))


def signed_by(events: Iterable[Event]) -> dict[str, tuple[str, str]]:
    """Who recorded the signed declaration of each candidate, and when; without those that were taken back."""
    found: dict[str, tuple[str, str]] = {}
    for event in events:
        if event.kind == Kind.DECLARED:
            found[event.candidate] = (event.who, event.at)
        elif event.kind == Kind.UNDECLARED:
            found.pop(event.candidate, None)
    return found


def _recorded(events: Iterable[Event], record: Kind, take_back: Kind) -> set[tuple[str, str]]:
    """The candidates (and units) that were recorded and not taken back since."""
    found: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == record:
            found.add((event.candidate, event.unit))
        elif event.kind == take_back:
            found.discard((event.candidate, event.unit))
    return found


def steps_of(events: Iterable[Event]) -> Iterator[Step]:
    """The steps of a claim's life; the lines of a group that was withdrawn are one."""

    def one(event: Event) -> tuple[str, ...]:
        return event.kind, event.at, event.who, event.unit, event.old_assessor, event.old_grade

    listed = list(events)
    steps = (*STATES, Kind.WITHDRAWN_LINE, Kind.NUMBERED)
    carried = [event for event in listed if event.kind in steps]
    for _, group in groupby(carried, key=one):
        first, *more = group
        if first.kind == Kind.WITHDRAWN:
            said = _whole([event for event in listed if event.revision < first.revision])
        elif first.kind == Kind.SAMPLED:
            said = _sampled(first, listed)
        else:
            said = _step(first, 1 + len(more))
        yield Step(first.at, first.who, said, first.revision, first.kind)


def _whole(before: Sequence[Event]) -> str:
    """That the whole claim was withdrawn; where groups of it were withdrawn *before*, how much that was."""
    left, gone = len(lines_after(before)), sum(event.kind == Kind.WITHDRAWN_LINE for event in before)
    if not gone:
        return "Withdrawn, the whole claim"
    rest = f"the rest of the claim: {_lines(left)}" if left else "the claim, of which no line was left"
    return f"Withdrawn, {rest}; {_lines(gone)} had been withdrawn before, by group"


def _lines(number: int) -> str:
    return f"{number} {'line' if number == 1 else 'lines'}"


def _step(event: Event, lines: int) -> str:
    if event.kind == Kind.WITHDRAWN_LINE:
        group = f"{unit_label(event.unit)}, {event.old_assessor}, {event.old_grade}"
        return f"Withdrawn: {group} ({_lines(lines)})"
    said = facts(event)
    if event.kind == Kind.NUMBERED:
        return _numbered(said)
    more = {
        Kind.CREATED: "Started",
        Kind.SUBMITTED: f"Submitted, claim number {said.get('claim_number')}",
        Kind.COMPLETED: f"Completed, reference {said.get('reference')}",
    }
    return more[Kind(event.kind)]


def _sampled(event: Event, listed: Sequence[Event]) -> str:
    """How many lines the sample has now; a moderator may ask for more later, and what was mistyped is taken back."""
    first = int(facts(event).get("lines", 0))
    now = len(_recorded(listed, Kind.IN_SAMPLE, Kind.NOT_IN_SAMPLE))
    return f"Sampled: {_lines(now)}" + (f" ({first} at first)" if now != first else "")


def _numbered(said: Mapping[str, str]) -> str:
    """``Claim number 123456 (was C000001), reference R1``."""
    told = (
        f"{words} {said[name]}" + (f" (was {was})" if (was := said.get(f"{name}_was")) else "")
        for name, words in (("claim_number", "claim number"), ("reference", "reference"))
        if name in said
    )
    text = ", ".join(told)
    return text[:1].upper() + text[1:]


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
