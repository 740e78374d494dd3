"""How far each candidate is from the full award: compact, because a claim may hold some of the units only."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from claimbatch.claims.award import Award, notes_of
from claimbatch.output.view.brief import CANDIDATE, Brief, name_of
from claimbatch.output.view.document import Column, Row, Section, Table, Text, sentences, text
from claimbatch.output.view.grid import FEW, KEPT

TITLE = "Towards the full award"
NAMED = 40  # so many candidates are named in a sentence; for more there is a column
BEST = "At best"
# What is told of each candidate; a column in which nothing would stand is left out.
_COLUMNS: tuple[tuple[Column, Callable[[Award], str]], ...] = (
    (Column("Points", width=16, align="center"), lambda one: "" if one.points is None else str(one.points)),
    (Column("Size", width=33), lambda one: one.size),
    (Column("Award", width=15, align="center"), lambda one: one.reached),
    (Column(BEST, width=17, align="center"), lambda one: one.in_reach),
)
_MISSING: tuple[Column, Callable[[Award], str]] = (
    Column("Missing", share=2),
    lambda one: "; ".join(one.needed),
)


def towards_the_award(brief: Brief) -> Section:
    """Points and size of each candidate, and below the table what is missing, not known or not verified."""
    found = brief.awards or {}
    people = [who for who in brief.people() if who.number in found]
    lacking = _lacking(found)
    in_words = sum(map(len, lacking.values())) <= NAMED
    told = [(column, shown) for column, shown in _COLUMNS if any(map(shown, found.values()))]
    told += [] if in_words else [_MISSING]
    columns = (CANDIDATE, Column("Name"), *(column for column, _ in told))
    rows = tuple(
        Row((who.number, name_of(who), *(shown(found[who.number]) or "–" for _, shown in told)))
        for who in people
    )
    panels = 2 if in_words and len(people) > FEW else 1
    table = [Table(TITLE, columns, rows, panels=panels)] if told else []
    notes = sentences(
        *(_who_lacks(lacking) if in_words else ()), *_unsized(found.values()), *notes_of(found.values())
    )
    after = [text(notes, soft=True)] if notes else []
    return Section(TITLE, (_lead(columns), *table, *after), kept=len(rows) <= KEPT)


def _lead(columns: Sequence[Column]) -> Text:
    best = (
        "" if BEST not in {column.head for column in columns} else f"{BEST}: with a D in all that is missing."
    )
    some = "For information: a claim may hold some or all of the units of an award,"
    return text(sentences(some, "and OCR alone works out overall grades.", best), soft=True, lead=True)


def _lacking(found: Mapping[str, Award]) -> dict[str, list[str]]:
    """Who lacks each mandatory unit that is not claimed; nobody is named where all lack it."""
    units = dict.fromkeys(unit for one in found.values() for unit in one.needed)
    who = {unit: [number for number, one in found.items() if unit in one.needed] for unit in units}
    return {unit: numbers if len(numbers) < len(found) else [] for unit, numbers in who.items()}


def _who_lacks(lacking: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for unit, numbers in lacking.items():
        yield f"{unit[0].upper()}{unit[1:]} is not claimed for {', '.join(numbers) or 'anybody'}."


def _unsized(found: Iterable[Award]) -> Iterator[str]:
    units = sorted({unit for one in found for unit in one.unsized}, key=int)
    if units:
        yield f"Not counted, because the size is not known: {', '.join(f'Unit {unit}' for unit in units)}."
