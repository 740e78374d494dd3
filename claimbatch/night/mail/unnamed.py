"""What may be said in a message of a file whose name may be somebody's: workbooks are often called after people."""

import re
import unicodedata
from collections.abc import Iterable

from claimbatch.claims.store import Store

SHORTEST = 2  # letters of a word that is taken for part of a name
INSIDE = 5  # letters of one that is looked for within longer words, too: SanaAhmed


def words_of_names(store: Store) -> frozenset[str]:
    """Every word of every name in the register, candidates' and assessors', former ones, too."""
    people = {entry.candidate.name for entry in store.entries()}
    for assessor in store.assessors():
        people |= {assessor.name, *assessor.former}
    return frozenset(word for name in people for word in _words(name))


def names_somebody(text: str, words: Iterable[str]) -> bool:
    """Whether *text* may name somebody, of whose names these are the *words*.

    >>> names_somebody("IT_O'Neill (2).xlsx", {"neill"}), names_somebody("unit-03.xlsx", {"neill"})
    (True, False)
    """
    found = set(_words(text))
    joined = "".join(re.findall(r"[^\W\d_]", _plain(text)))
    return any(word in found or (len(word) >= INSIDE and word in joined) for word in words)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", _plain(text)) if len(word) >= SHORTEST]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).casefold()
