"""Cells as people name them, ``B7``, and as programs count them: row and column, both from 1."""

import re
from functools import cache

Address = tuple[int, int]

_ADDRESS = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


def address(text: str) -> Address:
    """Row and column of ``B7``; ``ValueError`` where it is none.

    >>> address("B7")
    (7, 2)
    """
    match = _ADDRESS.fullmatch(text)
    if not match:
        raise ValueError(text)
    return int(match[2]), column_number(match[1])


def a1(row: int, column: int) -> str:
    """The address as people know it.

    >>> a1(7, 28)
    'AB7'
    """
    return f"{column_letters(column)}{row}"


@cache
def column_letters(column: int) -> str:
    """The letters of a column: ``AB`` for 28, none for 0."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """The number of a column: 28 for ``AB``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
