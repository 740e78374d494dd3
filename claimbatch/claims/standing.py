"""How a claim stands: what its history says of declarations and queries, and what still keeps it from submission.

Everything here is a function of a claim's events; the rules CB401–CB404 look at the :class:`Standing`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from claimbatch.claims.claim import OTHER, Claim, unit_label
from claimbatch.claims.history import STATEMENTS, Event
from claimbatch.problems import Place, Problem, Rule, error, query

RECEIVED, QUERY, ANSWERED = "received", "query", "answered"
DECLARED, UNDECLARED = "declared", "undeclared"
IN_SAMPLE = "in-sample"


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

    @property
    def what(self) -> tuple[str, ...]:
        """What is queried: the same again in a later workbook is the same query, and its answer still holds."""
        return (self.rule, self.candidate, self.unit, self.sheet, self.cell, self.template_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim, who has signed a declaration, the queries of the workbooks that it was made from, and its sample.

    *sampled* are the candidate × unit pairs that the moderator chose, *entered* the candidates whom the register
    holds for the qualification (None: not asked).
    """

    claim: Claim
    declared: frozenset[str] = frozenset()
    queries: tuple[Query, ...] = ()
    sampled: frozenset[tuple[str, str]] = frozenset()
    entered: frozenset[str] | None = None

    @property
    def people(self) -> list[str]:
        """The candidates on the claim."""
        return sorted({line.candidate for line in self.claim.lines})

    @property
    def open_queries(self) -> list[Query]:
        """The queries that nobody has answered yet."""
        return [query for query in self.queries if not query.answered]


def standing(claim: Claim, events: Iterable[Event]) -> Standing:
    """Read a claim's standing from its history."""
    listed = list(events)
    declared: set[str] = set()
    for event in listed:
        if event.kind == DECLARED:
            declared.add(event.candidate)
        elif event.kind == UNDECLARED:
            declared.discard(event.candidate)
    sampled = frozenset((event.candidate, event.unit) for event in listed if event.kind == IN_SAMPLE)
    return Standing(claim, frozenset(declared), queries_of(listed), sampled)


def queries_of(events: Iterable[Event]) -> tuple[Query, ...]:
    """The queries that are still to be looked at, each with its answer if it has one.

    A later workbook from the same template replaces the earlier one's queries: what it no longer raises is settled.
    So is a query about a grade that has been stated anew since, in any workbook or by hand.
    """
    listed = list(events)
    numbers = query_numbers(listed)
    queries: dict[int, Query] = {}  # by revision
    answers: dict[tuple[str, ...], int] = {}
    for event in listed:
        if event.kind == RECEIVED:
            queries = {n: q for n, q in queries.items() if q.template_id != event.template_id}
        elif event.kind in STATEMENTS:
            about = (event.candidate, event.unit)
            queries = {n: q for n, q in queries.items() if (q.candidate, q.unit) != about}
        elif event.kind == QUERY:
            asked = _query(event)
            number, answered = numbers[event.revision], answers.get(asked.what, 0)
            queries[event.revision] = replace(asked, number=number, answered=answered)
        elif event.kind == ANSWERED and (asked_at := int(facts(event)["query"])) in queries:
            queries[asked_at] = replace(queries[asked_at], answered=event.revision)
            answers[queries[asked_at].what] = event.revision
    return tuple(queries.values())


def query_numbers(events: Iterable[Event]) -> dict[int, int]:
    """The number of each query by its revision: 1, 2, 3 as they were first asked; the same again keeps its number."""
    numbers: dict[tuple[str, ...], int] = {}
    asked = (_query(event) for event in events if event.kind == QUERY)
    return {query.revision: numbers.setdefault(query.what, len(numbers) + 1) for query in asked}


def facts(event: Event) -> Mapping[str, Any]:
    """The further facts of an event."""
    found: Mapping[str, Any] = json.loads(event.detail) if event.detail else {}
    return found


def detail(**found: object) -> str:
    """Further facts as they are kept with an event: JSON with sorted keys."""
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def answer_detail(asked_at: int, explanation: str) -> str:
    """What the history keeps of an answer: where the query stands, and a digest of the words, which may name people."""
    return detail(query=asked_at, sha256=hashlib.sha256(explanation.encode()).hexdigest())


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
    )


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: whom and which unit it is about, where, and the facts for the message."""

    candidate: str = ""
    unit: str = ""
    place: Place = field(default_factory=Place)
    value: str = ""
    facts: Mapping[str, Any] | None = None


@error(
    "CB401",
    "declaration-missing",
    message="No signed declaration is recorded for {who}.",
    hint="Once signed and filed: claimbatch claim declare {claim} --candidate NUMBER, or --all for everyone.",
)
def declaration_missing(standing: Standing) -> Iterator[Lack]:
    """A candidate on the claim without a signed declaration.

    Why: signed candidate declarations are needed for everyone on the claim before it is submitted, and are kept.
    Wrong: a claim of 12 candidates with 11 declarations recorded.
    Right: ``claimbatch claim declare CLAIM --all`` once all are signed.
    """
    without = [number for number in standing.people if number not in standing.declared]
    if len(without) == 1:
        yield Lack(without[0], facts={"who": f"candidate {without[0]}"})
    elif without:
        yield Lack(value=" ".join(without), facts={"who": f"{len(without)} candidates: {', '.join(without)}"})


@error(
    "CB402",
    "nothing-claimed",
    message="The claim holds no grade.",
    hint="Merge returned workbooks into it first: claimbatch merge FILE or FOLDER.",
)
def nothing_claimed(standing: Standing) -> Iterator[Lack]:
    """A claim without a single grade.

    Why: there would be nothing to moderate.
    Wrong: submitting a claim whose grades were all removed.
    Right: at least one unit of one candidate.
    """
    if not standing.claim.lines:
        yield Lack()


@error(
    "CB403",
    "query-unanswered",
    message="Query {number} ({value}) has no answer yet.",
    hint='Answer it with claimbatch claim answer {claim} {number} --because "…", or have it put right in the '
    "workbook, or explained on its sheet Notes, and merge that again.",
)
def query_unanswered(standing: Standing) -> Iterator[Lack]:
    """A query of a workbook that was neither put right nor explained.

    Why: a query is put right or explained; the explanation is kept with the claim.
    Wrong: submitting while an assessor is named for a unit without a grade, and nobody has said why.
    Right: every query answered.
    """
    for found in standing.open_queries:
        place = Place(found.workbook, found.sheet, found.cell)
        yield Lack(found.candidate, found.unit, place, found.rule, {"number": found.number})


@query(
    "CB404",
    "evidence-outstanding",
    message="{unit} of candidate {candidate} was awarded by another body: have its certificate or results slip ready.",
    hint="The moderator will ask for it. The report has a checklist.",
)
def evidence_outstanding(standing: Standing) -> Iterator[Lack]:
    """A unit of another awarding body, whose evidence the moderator will want.

    Why: the certificate or results slip goes to the moderator.
    Wrong: nothing; this is a reminder.
    Right: the certificate in the centre's file.
    """
    for line in standing.claim.lines:
        if line.unit.startswith(OTHER):
            yield Lack(line.candidate, line.unit)


@error(
    "CB406",
    "entry-missing",
    message="Candidate {candidate} is on the claim, but no longer entered for this qualification.",
    hint="Import the entry (claimbatch entries import), or remove the candidate from the claim: "
    "claimbatch claim remove {claim} --candidate {candidate}.",
)
def entry_missing(standing: Standing) -> Iterator[Lack]:
    """A candidate on the claim whom the register no longer holds for the qualification.

    Why: a claim can be made only for candidates with a valid entry.
    Wrong: an entry removed from the register after its grades were merged.
    Right: every candidate on the claim entered.
    """
    for number in standing.people:
        if standing.entered is not None and number not in standing.entered:
            yield Lack(number)


RULES: tuple[Rule, ...] = (
    nothing_claimed,
    entry_missing,
    declaration_missing,
    query_unanswered,
    evidence_outstanding,
)


def lacking(standing: Standing) -> list[Problem]:
    """All that is missing before the claim can be submitted, and the reminders; rule by rule."""
    return [
        Problem(
            rule,
            lack.place,
            lack.value,
            lack.candidate,
            unit_label(lack.unit) if lack.unit else "",
            {"claim": standing.claim.key, **(lack.facts or {})},
        )
        for rule in RULES
        for lack in rule.find(standing)
    ]
