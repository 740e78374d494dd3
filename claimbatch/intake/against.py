"""What speaks against a row of a short list: a column that says No, a tick that is missing, a row that nobody sees.

A list of candidates who have signed often is a list of all, with a column that says who has. To record each row of it
would record declarations that nobody saw. So a list is taken only where every row says the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from claimbatch.claims.register.cells import tidy
from claimbatch.claims.register.dates import is_date_text

_MARKS = frozenset(("x", "✓", "✔", "☑", "☒"))
_WORDS = frozenset((
    "yes", "tick", "ticked", "signed", "held", "received", "returned", "present", "done", "ok", "complete", "completed",
    "agreed", "confirmed", "seen",
))  # fmt: skip
_NO_MARKS = frozenset(("no", "false", "☐", "□", "✗", "✘", "✖", "❌"))
_NO_WORDS = frozenset(
    ("absent", "missing", "unsigned", "outstanding", "left", "withdrawn", "refused", "late")
)
_PERHAPS = frozenset(
    ("n", "0", "-", "–", "—", "?", "n/a", "na", "none", "nil", "tbc", "tba")
)  # in a column of yes
# In any text beside a number, however long.
_REFUSAL = re.compile(
    r"\b(?:not|never|unsigned|missing|absent|outstanding|await\w*|refus\w*|declin\w*|withdr[ae]w\w*|pending|cancel\w*|"
    r"no longer|no (?:signature|declaration)|ha(?:s|ve) left|left (?:the |us|college|school|centre|course))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(  # headings that ask for a yes: "Declaration signed", "In sample?"
    r"\b(?:sign|declar|receiv|held|hand|return|tick|present|consent|authentic|agree|confirm|sampl|chose|select|includ|"
    r"want|complete|done|seen|checked|yes)|\?$|^ok$",
    re.IGNORECASE,
)
_ASKS_FOR_NO = re.compile(
    r"\b(?:not|unsigned|missing|absent|absence|withdrawn|outstanding|refused|left|leavers?|late)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column beside the numbers: its heading (or ``column 3``), and the cells of the rows that are listed.

    In *remarks* people write what they like: nobody is missing there who has none.
    """

    heading: str
    cells: Sequence[Any]
    remarks: bool = False


def against(column: Column) -> Iterator[tuple[int, str]]:
    """The rows, counted from 0, that *column* speaks against, and what it says there.

    >>> list(against(Column("signed", ["Yes", "No", "", "12/10/2026"])))
    [(1, 'signed is "No"'), (2, 'signed is blank')]
    >>> list(against(Column("Class", ["12A", "12B", ""])))
    []
    """
    texts = [tidy(cell).casefold() for cell in column.cells]
    if _ASKS_FOR_NO.search(column.heading):
        yield from _filled(column, texts)
        return
    filled = {text for text in texts if text}
    ticks = bool(filled) and filled <= {"0", "1"} and len(filled) > 1
    says_yes = not column.remarks and (ticks or any(map(_is_yes, texts)))
    asks = not column.remarks and (says_yes or bool(_ASKS.search(column.heading)))
    for row, (cell, text) in enumerate(zip(column.cells, texts, strict=True)):
        if text in _NO_MARKS | _NO_WORDS or (asks and text in _PERHAPS):
            yield row, f'{column.heading} is "{tidy(cell)}"'
        elif refusal := _REFUSAL.search(text):
            yield row, f'{column.heading} says "{refusal[0]}"'
        elif asks and not text:
            yield row, f"{column.heading} is blank"
        elif says_yes and not (_is_yes(text) or _is_day(cell) or (ticks and text == "1")):
            yield row, f"{column.heading} does not say yes"


def _filled(column: Column, texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Of a column for those who have *not*, such as *Withdrawn*: every row where it says so."""
    for row, text in enumerate(texts):
        if text and text not in _NO_MARKS | _PERHAPS:
            yield row, f"{column.heading} is not blank"


def _is_yes(text: str) -> bool:
    word = re.split(r"[\s,;:.(]", text, maxsplit=1)[0]
    return text in _MARKS | {"y", "true"} or (word in _WORDS and not _REFUSAL.search(text))


def _is_day(cell: Any) -> bool:
    return isinstance(cell, date) or is_date_text(tidy(cell))
