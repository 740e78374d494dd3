"""How far a long command is: told at a terminal alone, and only to who waits."""

import io
import re
from contextlib import redirect_stderr

import pytest

from claimbatch.cli import progress
from tests.centre import Centre, fill, put


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything takes long, at a terminal of 80 columns."""
    monkeypatch.setattr(progress, "AFTER", 0.0)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")


def lines(terminal: Terminal) -> list[str]:
    """What stood on the screen for a moment, without colours and without the bar."""
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.getvalue())
    return [
        " ".join(re.sub("[━╸╺]+", "", line).split()) for line in re.split(r"[\r\n]+", plain) if line.strip()
    ]


def test_it_says_how_many_of_how_many_and_how_many_with_errors() -> None:
    with redirect_stderr(Terminal()) as terminal, progress.watch("Checking", 20_000) as advance:
        advance(256, 0)
        advance(256, 31)
    assert re.fullmatch(r"Checking 512 of 20,000, 31 with errors [-:0-9]+ left", lines(terminal)[-1])


def test_what_is_done_in_a_moment_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER", 60.0)
    with redirect_stderr(Terminal()) as terminal:
        assert list(progress.progress(["a", "b"], "Making templates")) == ["a", "b"]
    assert terminal.getvalue() == ""


def test_it_is_told_at_a_terminal_alone() -> None:
    with redirect_stderr(io.StringIO()) as file:
        assert list(progress.progress(["a", "b"], "Making templates")) == ["a", "b"]
    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("options", "told"),
    [([], True), (["-q"], False), (["--format", "json"], False), (["--format", "csv"], True)],
)
def test_commands_over_many_workbooks_tell_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, options: list[str], told: bool
) -> None:
    """Not with ``--quiet``, nor where a program reads."""
    first = fill(centre.issue())
    put(first, {"Grades!E5": "X"}, "second.xlsx")
    said: list[str] = []

    class Line:
        def __init__(self, what: str, total: int) -> None:
            said.append(f"{what} {total}")

        def advance(self, done: int, faulty: int) -> None:
            said.append(f"{done} more, {faulty} with errors")

        def close(self) -> None:
            said.append("gone")

    monkeypatch.setattr(progress, "_Line", Line)
    monkeypatch.setattr(progress, "at_terminal", lambda: True)
    for command in ("check", "merge"):
        centre.run(command, first.parent, *options)
    checking = ["Checking 2", "2 more, 1 with errors", "gone"]
    taking = ["Taking 2", "2 more, 0 with errors", "gone"]
    assert said == ([*checking, *checking, *taking] if told else [])
