"""What may be said in a message of a file whose name may be somebody's: workbooks are often called after people."""

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from claimbatch.claims.store import Store

SHORTEST = 2  # letters of a word that is taken for part of a name
INSIDE = 5  # letters of one that is looked for within longer words, too: SanaAhmed
LONGEST = 30
_FIGURES = re.compile(r"[0-9]+(?:[-._ ][0-9]+)*")


def words_of_names(store: Store) -> frozenset[str]:
    """Every word of every name in the register, candidates' and assessors', former ones, too; and dates of birth."""
    candidates = {entry.candidate for entry in store.entries()}
    people = {candidate.name for candidate in candidates}
    for assessor in store.assessors():
        people |= {assessor.name, *assessor.former}
    born = {candidate.born for candidate in candidates if candidate.born}
    dates = {f"{day:{form}}" for day in born for form in ("%Y%m%d", "%d%m%Y", "%d%m%y")}
    return frozenset({word for name in people for word in _words(name)} | dates)


def names_somebody(text: str, words: AbstractSet[str]) -> bool:
    """Whether *text* may name somebody, of whose names and dates of birth these are the *words*.

    >>> names_somebody("IT_O'Neill (2).xlsx", {"neill"}), names_somebody("unit-03.xlsx", {"neill"})
    (True, False)
    """
    return not words.isdisjoint(_parts(text))


def _parts(text: str) -> Iterator[str]:
    """Whatever in *text* may be a part of a name, or a date."""
    yield from _words(text)
    joined = "".join(re.findall(r"[^\W\d_]", _plain(text)))
    for start in range(len(joined)):
        yield from (joined[start:end] for end in range(start + INSIDE, min(start + LONGEST, len(joined)) + 1))
    for found in _FIGURES.findall(text):
        figures = re.sub(r"[^0-9]", "", found)
        yield from (figures[start : start + 8] for start in range(len(figures) - 7))
        yield figures


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", _plain(text)) if len(word) >= SHORTEST]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
