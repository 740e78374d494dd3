"""What all commands share: how much they say, and how they refuse what cannot be done."""

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest

from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from tests.centre import CENTRE, IT, Centre, put

KEY = f"{CENTRE}-{IT}-1"


@pytest.fixture
def claim(centre: Centre) -> Centre:
    """A centre with an open claim of one grade."""
    centre.done("merge", put(centre.issue(IT), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    return centre


def for_real(centre: Centre, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run claimbatch as the operating system does, in the workspace."""
    command = [sys.executable, "-m", "claimbatch", *args]
    env = {**os.environ, "PYTHONPATH": str(Path.cwd()), **variables}
    return subprocess.run(
        command, cwd=centre.workspace.folder, capture_output=True, text=True, env=env, check=False
    )


def test_quiet_leaves_the_data_and_the_errors(claim: Centre) -> None:
    """--quiet says nothing beside the data; what went wrong is said all the same."""
    told = for_real(claim, "claims", "--format", "csv", "--quiet")
    assert (told.stderr, len(told.stdout.splitlines())) == ("", 2)
    assert "There is no claim X" in for_real(claim, "claim", "show", "X", "--quiet").stderr


def test_verbose_says_where_things_are(claim: Centre) -> None:
    assert f"The workspace is {claim.workspace.folder}" in for_real(claim, "claims", "--verbose").stderr


def test_no_colour_where_nobody_wants_it(claim: Centre) -> None:
    """NO_COLOR is honoured, and so is a pipe."""
    path = put(claim.issue(IT), {"Grades!E5": "U"})
    for variables in ({"NO_COLOR": "1"}, {}):
        assert "\x1b[" not in for_real(claim, "check", str(path), **variables).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="time zones are not told by TZ there")
def test_people_read_their_own_time_and_programs_utc(claim: Centre) -> None:
    """Five hours ahead of UTC: in tables, not in JSON and CSV."""
    zone = {"TZ": "XYZ-5", "SOURCE_DATE_EPOCH": "1791187200"}
    assert for_real(claim, "claim", "set", IT, "0043", "3", "M", "JH", **zone).returncode == 0
    (claim.workspace.folder / "r.csv").write_text(REGISTER, "utf-8")
    assert for_real(claim, "entries", "import", "r.csv", **zone).returncode == 0
    for words in (("claims",), ("claim", "history", IT), ("entries", "history")):
        assert "2026-10-05 13:00" in for_real(claim, *words, **zone).stdout
        for style in ("csv", "json"):
            assert "2026-10-05T08:00:00Z" in for_real(claim, *words, "--format", style, **zone).stdout


REGISTER = f"entry_code,candidate_number,candidate_name,date_of_birth\n{IT},0099,Jo Li,\n"


def at_a_terminal(centre: Centre, columns: int, *args: str, **variables: str) -> list[str]:
    """What a terminal so many *columns* wide shows of a command, line by line."""
    import pty  # noqa: PLC0415 - not on Windows

    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(Path.cwd()), "COLUMNS": str(columns), "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "claimbatch", *args]
    with subprocess.Popen(
        command, cwd=centre.workspace.folder, stdout=theirs, stderr=theirs, env=env
    ) as running:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so that nobody writes any more
            while part := os.read(ours, 65536):
                shown += part
        running.wait()
    os.close(ours)
    return shown.decode().splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_tables_fit_the_terminal(claim: Centre, columns: int) -> None:
    """Nothing is cut off: what has no room beside is wrapped, or goes below; piped it is one line a row."""
    claim.done("claim", "set", IT, "--unit", "3", "--grade", "M", "--assessor", "SA", "--all")
    whole = claim.done("claim", "history", IT)
    lines = [re.sub("\x1b[^m]*m", "", line) for line in at_a_terminal(claim, columns, "claim", "history", IT)]
    assert max(map(len, lines)) <= columns < max(map(len, whole.splitlines()))
    told = "".join(lines)
    assert [word for word in ("68199_05349_by-candidate", "Grades!E5", "0051") if word not in told] == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_what_was_read_of_a_register_is_wrapped_at_words(claim: Centre) -> None:
    """Where it is piped it is one line."""
    (claim.workspace.folder / "r.csv").write_text(REGISTER, "utf-8")
    words = ("entries", "import", "r.csv", "--dry-run")
    assert at_a_terminal(claim, 60, *words)[:2] == [
        "Read r.csv, headings in line 1, 1 row, commas, UTF-8: entry",
        "  code, candidate number, name, date of birth.",
    ]
    assert (
        for_real(claim, *words)
        .stderr.splitlines()[0]
        .endswith("entry code, candidate number, name, date of birth.")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_a_terminal_without_colour_gets_none(claim: Centre) -> None:
    path = put(claim.issue(IT), {"Grades!E5": "U"})
    coloured = "\n".join(at_a_terminal(claim, 80, "check", str(path)))
    plain = "\n".join(at_a_terminal(claim, 80, "check", str(path), NO_COLOR="1"))
    assert ("\x1b[31m" in coloured, "\x1b[31m" in plain) == (True, False)


def test_a_reader_that_goes_away_is_no_error(claim: Centre) -> None:
    """As after ``| head``."""
    command = f"{sys.executable} -m claimbatch rules --format markdown | head -n 1; exit ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_shell_can_complete_the_commands(claim: Centre) -> None:
    variables = {"_CLAIMBATCH_COMPLETE": "bash_complete", "COMP_WORDS": "claimbatch clai", "COMP_CWORD": "1"}
    assert for_real(claim, **variables).stdout.split() == ["plain,claims", "plain,claim"]
    assert "_CLAIMBATCH_COMPLETE=fish_complete" in for_real(claim, "completion", "fish").stdout


ODD = [
    ("claim", "show", ""),
    ("claim", "set", KEY, "x", "3", "P", "JH"),
    ("claim", "set", KEY, "0042", "", "P", "JH"),
    ("claim", "set", KEY, "0042", "3", "", "JH"),
    ("claim", "answer", KEY, "99", "--because", "x"),
    ("claim", "answer", KEY, "1", "--because", " "),
    ("claim", "restore", KEY, "--revision", "-1"),
    ("claim", "history", KEY, "--head", "abc"),
    ("claims", "--status", "lost"),
    ("export", KEY, "-o", "."),
    ("report", KEY, "-o", "claims.db"),
    ("sample", "draw", KEY, "--strategy", "best"),
    ("sample", "record", KEY, "claims.db"),
    ("moderation", "complete", KEY, "--reference", " "),
    ("template", "05349", "--unit", "99999"),
    ("template", "refresh", "claims.db"),
    ("entries", "import", "."),
    ("entries", "import", "no.csv"),
    ("assessors", "add", "05349", "", ""),
    ("check", "nothing.xlsx"),
    ("merge", "nothing.xlsx"),
    ("purge", "--months", "999999999"),
    ("purge", "--months", "-1"),
    ("rules", "CB999"),
    ("doctor", "."),
    ("qualifications", "99999"),
    ("centre", "add", "1", "Name"),
    ("completion", "dos"),
]


@pytest.mark.parametrize("words", ODD, ids=" ".join)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    claim: Centre, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exit code of the contract, few lines, no traceback, and nothing has changed."""
    before = claim.done("claim", "history", KEY, "--format", "csv")
    monkeypatch.chdir(claim.workspace.folder)
    with io.StringIO() as out, redirect_stdout(out), redirect_stderr(out):
        code = run(cli, list(words))
        said = out.getvalue().splitlines()
    assert code in (2, 3, 5)
    assert 1 <= len(said) <= 6
    assert claim.done("claim", "history", KEY, "--format", "csv") == before


@pytest.mark.skipif(sys.platform != "linux", reason="only here may a file's name be no text")
def test_a_file_whose_name_is_no_text_is_taken_like_any(claim: Centre) -> None:
    """Old zip programs leave such names behind."""
    path = put(claim.issue(IT), {"Grades!F5": "P", "Assessed by!F5": "JH"})
    odd = Path(os.fsdecode(os.fsencode(path.parent) + b"/Zo\xeb.xlsx"))
    path.rename(odd)
    assert "1 added" in claim.done("merge", path.parent)


@pytest.mark.parametrize("epoch", ["²", "soon", "99999999999999999", "-99999999999999999"])
def test_a_clock_that_is_none_is_said_so(claim: Centre, epoch: str) -> None:
    done = for_real(claim, "template", "05349", SOURCE_DATE_EPOCH=epoch)
    assert (done.returncode, "SOURCE_DATE_EPOCH" in done.stderr) == (3, True)
