"""What is to be done on claims that are open, counted for many of them at once: the same as their standing says.

:mod:`claimbatch.claims.life` tells of one claim which lines, queries and candidates these are.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from claimbatch.claims.claim import Candidate, Line
from claimbatch.claims.history import STATEMENTS
from claimbatch.claims.register import Entry
from claimbatch.claims.standing import CLAIMED_BEFORE, Query, queries_of
from claimbatch.claims.store.counting import Begun, Counting, Progress
from claimbatch.claims.today import UNIT_ENTRY, Today
from claimbatch.form.qualification import Qualification


@dataclass(frozen=True, slots=True)
class ToDo:
    """How many lines could not be claimed today, queries have no answer, and declarations are not recorded."""

    unfit: int
    queries: int
    undeclared: int


class Open(NamedTuple):
    """An open claim: how far it is, and whose word counts for its *qualification*."""

    claim: Begun
    progress: Progress
    qualification: Qualification
    assessing: Collection[str]


def to_do(counting: Counting, claims: Iterable[Open]) -> dict[str, ToDo]:
    """What is to be done on these *claims*, by key."""
    asked = [(one, _unanswered(one.progress)) for one in claims]
    doubtful = {
        (one.claim.centre_number, one.claim.entry_code)
        for one, queries in asked
        if any(query.rule == CLAIMED_BEFORE for query in queries)
    }
    held = counting.held(doubtful) if doubtful else {}
    found = {}
    for one, queries in asked:
        before = held.get((one.claim.centre_number, one.claim.entry_code), {})
        open_queries = [
            query
            for query in queries
            if query.rule != CLAIMED_BEFORE or (query.candidate, query.unit) in before
        ]
        unfit = _unfit(one.progress, one.qualification, one.assessing)
        undeclared = one.progress.people - one.progress.declared
        found[one.claim.key] = ToDo(unfit, len(open_queries), undeclared)
    return found


def _unanswered(progress: Progress) -> list[Query]:
    asking = [event for event in progress.events if event.kind not in STATEMENTS]
    events = sorted((*asking, *progress.said), key=lambda event: event.revision)
    return [query for query in queries_of(events) if not query.answered]


def _unfit(progress: Progress, qualification: Qualification, assessing: Collection[str]) -> int:
    """How much the lines fail of the rules of today: each that is alike as somebody's who is entered, then the rest."""
    somebody = Entry("", qualification.entry_code, Candidate("", ""))
    today = Today(qualification, {"": somebody}, frozenset(assessing))
    alike = sum(
        lines * len(today.unfit([Line("", unit, "", assessor)]))
        for (unit, assessor, _), lines in progress.alike.items()
    )
    entered_for_none = Today(
        qualification, {"": Entry("", "", somebody.candidate, frozenset({0}))}, frozenset()
    )
    besides = sum(
        lines
        for unit, lines in progress.besides.items()
        if any(found.rule == UNIT_ENTRY for found in entered_for_none.unfit([Line("", unit, "", "")]))
    )
    return alike + besides + progress.strangers
