"""Every line of a claim judged again by the rules of today.

A line was allowed when it came into the claim. Since then the register may have moved on (an entry withdrawn, unit
entries narrowed, an assessor removed), or the qualification's file (a unit that turned out to be examined). What the
awarding body would refuse is better known before submission than after it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from claimbatch.claims.claim import OTHER, Line
from claimbatch.claims.register import Assessor, Entry
from claimbatch.form.qualification import Qualification

# The rules for workbooks that a line may fail, by their codes.
CANDIDATE, NOT_OFFERED, UNIT_ENTRY, EXTERNAL, BODY, ASSESSOR = (
    "CB203", "CB204", "CB205", "CB206", "CB208", "CB106",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unfit:
    """A line that could not be claimed today: the code of the rule that it fails, and why, in a sentence."""

    line: Line
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Today:
    """What a claim's lines are judged by: the qualification, its entries by candidate number, and its assessors.

    *assessors* are the initials of those who assess the qualification.
    """

    qualification: Qualification
    entries: Mapping[str, Entry]
    assessors: frozenset[str]

    @classmethod
    def of(
        cls, qualification: Qualification, entries: Iterable[Entry], assessors: Iterable[Assessor]
    ) -> "Today":
        """From the *entries* for the *qualification* and the *assessors* of the centre."""
        code = qualification.entry_code
        assessing = frozenset(who.initials for who in assessors if code in who.entry_codes)
        return cls(qualification, {entry.candidate.number: entry for entry in entries}, assessing)

    def unfit(self, lines: Iterable[Line]) -> tuple[Unfit, ...]:
        """What the *lines* fail, line by line: whom it is for, the unit, who assessed it."""
        return tuple(found for line in lines for judged in _JUDGES for found in judged(line, self))


def _candidate(line: Line, today: Today) -> Iterator[Unfit]:
    if line.candidate not in today.entries:
        yield Unfit(line, CANDIDATE, "The candidate is no longer entered for this qualification.")


def _unit(line: Line, today: Today) -> Iterator[Unfit]:
    if line.unit.startswith(OTHER):
        if not today.qualification.other_units_possible:
            yield Unfit(line, BODY, "This qualification does not take units of another awarding body.")
        return
    unit, entry = today.qualification.unit(int(line.unit)), today.entries.get(line.candidate)
    if unit is None:
        yield Unfit(line, NOT_OFFERED, "The unit is none of this qualification's.")
    elif unit.external:
        yield Unfit(line, EXTERNAL, "The unit is assessed by examination and is never claimed.")
    elif entry and entry.units and unit.number not in entry.units:
        yield Unfit(line, UNIT_ENTRY, "The candidate is not entered for this unit.")


def _assessor(line: Line, today: Today) -> Iterator[Unfit]:
    if line.assessor not in today.assessors:
        yield Unfit(line, ASSESSOR, f"{line.assessor} does not assess this qualification any more.")


_JUDGES: tuple[Callable[[Line, Today], Iterator[Unfit]], ...] = (_candidate, _unit, _assessor)
