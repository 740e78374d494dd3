"""Refuses what there is not, where a program asks for it; a command and a page offer no such thing."""

from collections.abc import Iterable
from pathlib import Path

from claimbatch.errors import ClaimbatchError


def one_of(what: str, given: str, known: Iterable[str]) -> str:
    """*given*, which must be one of those that are *known*; *what* it is says the :class:`ClaimbatchError`."""
    choices = list(known)
    if given not in choices:
        raise ClaimbatchError(f'"{given}" is no {what}.', f"It is one of: {', '.join(choices)}.")
    return given


def in_words(what: str, given: str) -> str:
    """*given*, which must say something: it is kept for good; *what* it is says the :class:`ClaimbatchError`."""
    if not given.strip():
        raise ClaimbatchError(f"{what} is blank.", "Say it in words: it is kept with the claim.")
    return given


def a_file(path: Path) -> Path:
    """*path*, where there must be a file."""
    if not path.is_file():
        raise ClaimbatchError(f"There is no file {path}.", "Check the name, and where you are.")
    return path
