"""Hostile, damaged and unlucky workbooks through the commands: a clean outcome in time, and no value another."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile, copytree
from tempfile import TemporaryDirectory

import openpyxl

from benchmarks.faults.classes import Case, cases
from benchmarks.faults.lanes import lanes
from benchmarks.faults.parts import CLAIMED, Base
from benchmarks.faults.process import Done, forked
from claimbatch.workspace import Workspace
from tests.plain_reading import plain_by_title
from tests.workbooks import Mark, claimed, mark_at, spots

DAMAGES = 200  # places of a real workbook at which a byte is another
TENTHS = range(10)
BY_HAND = "what people do by hand"
Marks = Mapping[tuple[str, str], Mark]
COMMANDS = ("check", "check --mark", "template refresh", "doctor", "merge", "nightly")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one workbook in one command; *wrong* says in words what should not have been."""

    name: str
    kind: str
    command: str
    done: Done
    wrong: tuple[str, ...]
    codes: tuple[str, ...] = ()


def all_cases(bases: Sequence[Base], every: int = 1, damages: int = DAMAGES) -> list[Case]:
    """*Every* which of each kind: each class done to each base, each base cut short at every tenth; and bytes changed.

    The bytes are those of the first base, *damages* of them in places spread over all of it.
    """
    found = [case for base in bases for case in cases(base)]
    for base in bases:
        found += (
            Case(f"cut short at {n}0 % ({base.name})", "cut short", "CB001|CB003", base, partial(cut, tenth=n))
            for n in TENTHS
        )  # fmt: skip
    of: dict[str, list[Case]] = {}
    for case in found:
        of.setdefault(case.kind, []).append(case)
    some = [case for kind in of.values() for case in kind[(min(every, len(kind)) - 1) // 2 :: every]]
    return [*some, *(byte_changed(bases[0], at) for at in range(0, DAMAGES, DAMAGES // damages))]


def cut(base: Base, tenth: int) -> bytes:
    return base.data[: len(base.data) * tenth // 10]


def byte_changed(base: Base, seed: int) -> Case:
    """One byte of the workbook is another; the places are spread over all of it."""
    dice = random.Random(seed)
    each = len(base.data) // DAMAGES
    at = seed * each + dice.randrange(each)
    other = base.data[at] ^ dice.randrange(1, 256)
    data = base.data[:at] + bytes([other]) + base.data[at + 1 :]
    return Case(f"byte {at} changed", "a byte changed", "any", base, lambda _: data)


def try_all(folder: Path, every: Sequence[Case], jobs: int = 1) -> Iterator[Outcome]:
    """Each workbook through each command, on a copy of the workspace in *folder*; so many *jobs* at a time."""
    for outcomes in lanes(lambda number: _try(folder, every[number]), len(every), jobs):
        yield from outcomes


def _try(folder: Path, case: Case) -> list[Outcome]:
    data = case.make(case.base)
    if data is None:  # nothing in this workbook to which that could be done
        return []
    with TemporaryDirectory(prefix="claimbatch-fault-") as name:
        path = Path(name) / "returned.xlsx"
        path.write_bytes(data)
        centre = Path(copytree(folder, Path(name) / "centre"))
        return [_TRIALS[command](centre, case, path) for command in COMMANDS]


def _outcome(case: Case, command: str, done: Done, *wrong: str, codes: Iterable[str] = ()) -> Outcome:
    found = [*_unclean(done), *(text for text in wrong if text)]
    return Outcome(case.name, case.kind, command, done, tuple(found), tuple(codes))


def _unclean(done: Done) -> Iterator[str]:
    """What no command may do, whatever it was given."""
    if done.code not in range(6):
        yield f"ended with {done.code}"
    if "Traceback" in done.err or "Exception" in done.err:
        yield f"a traceback: {done.err.strip().splitlines()[-1]}"
    if "Traceback" in done.out:
        yield "a traceback in what is printed"


def _check(folder: Path, case: Case, path: Path) -> Outcome:
    done = forked(["check", path, "--format", "json", "-w", folder])
    found = read_json(done.out)
    problems = found.get("problems", [])
    codes = {problem["rule"] for problem in problems}
    errors = any(problem["severity"] == "error" for problem in problems)
    return _outcome(
        case, "check", done,
        "" if found else "no JSON",
        "" if done.code == int(errors) else f"exit code {done.code} with{'' if errors else 'out'} errors",
        _unexpected(case.expected, codes, errors=errors),
        codes=sorted(codes),
    )  # fmt: skip


def _unexpected(expected: str, codes: set[str], *, errors: bool) -> str:
    """What is not as the class says; empty where it is."""
    if expected == "read":
        return f"not read: {', '.join(sorted(codes))}" if errors else ""
    if expected == "any" or codes & set(expected.split("|")):
        return ""
    return f"{expected} expected, found {', '.join(sorted(codes)) or 'nothing'}"


def _mark(folder: Path, case: Case, path: Path) -> Outcome:
    target = path.with_name("marked")
    done = forked(["check", path, "--mark", target, "-w", folder])
    wrong = [f"exit code {done.code}"] if done.code > 1 else []
    for copy in target.glob("*"):
        wrong += _marks_change(path.read_bytes(), copy.read_bytes())
    return _outcome(case, "check --mark", done, *wrong)


def _marks_change(before: bytes, after: bytes) -> Iterator[str]:
    """What a marked copy says otherwise than the workbook did, as far as that can be read plainly."""
    with suppress(Exception):  # who cannot read it cannot hold it against anything
        was = plain_by_title(before)
        now = plain_by_title(after)
        for title, cells in was.items():
            if title in now and repr(now[title]) != repr(cells) and not title.startswith("Problems"):
                yield f"the marked copy has other values on {title}"


def _refresh(folder: Path, case: Case, path: Path) -> Outcome:
    target = path.with_name("fresh")
    done = forked(["template", "refresh", path, "-o", target, "-w", folder])
    wrong = [f"exit code {done.code}"] if done.code > 2 else []
    made = list(target.glob("*.xlsx"))
    if bool(made) != (done.code in {0, 1}):
        wrong.append(f"exit code {done.code}, and {len(made)} files")
    for new in made:
        book = openpyxl.load_workbook(new)
        marks = {(spot.candidate, spot.unit): mark_at(book, spot) for spot in spots(book)}
        carried = {target: mark for target, mark in marks.items() if mark[0] in CLAIMED}
        held = sum(mark[0] not in ("", *CLAIMED) for mark in marks.values())  # to be put right on the new one
        wrong += _other_values(
            case, path, carried, told=done.code == 1 or len(carried) + held >= len(case.base.truth)
        )
    return _outcome(case, "template refresh", done, *wrong)


def _doctor(folder: Path, case: Case, path: Path) -> Outcome:
    done = forked(["doctor", path, "-w", folder])
    wrong = f"exit code {done.code}" if done.code > 1 else "" if done.out else "nothing said"
    return _outcome(case, "doctor", done, wrong)


def _merge(folder: Path, case: Case, path: Path) -> Outcome:
    done = forked(["merge", path, "--dry-run", "--partial", "--format", "json", "-w", folder])
    found = read_json(done.out)
    taken = {}
    for change in found.get("changes", ()):
        grade, _, initials = change["new"].partition(" by ")
        taken[change["candidate"], change["unit"]] = (grade, initials)
    told = any(problem["severity"] == "error" for problem in found.get("problems", ()))
    return _outcome(
        case, "merge", done, "" if found else "no JSON", *_other_values(case, path, taken, told=told)
    )  # fmt: skip


def _other_values(case: Case, path: Path, taken: Marks, *, told: bool) -> Iterator[str]:
    """Where *taken* is not what the workbook said before anything was done to it; *told*: something was said.

    What people did by hand is their word: there the workbook as it stands counts too, as openpyxl reads it.
    """
    truth = case.base.truth
    now = _as_it_stands(path) if case.kind == BY_HAND else truth
    for target, mark in taken.items():
        if told and mark == (truth.get(target, ("", ""))[0], ""):
            continue  # whoever assessed it stood on a sheet that is gone, and checking will ask who it was
        if mark not in (truth.get(target), now.get(target)):
            yield f"another value: {target} is {mark}, not {truth.get(target)}"
    if len(now.keys() & taken.keys()) < len(now.keys() & truth.keys()) and not told:
        yield f"lost without a word: {len(now) - len(taken)} values"


def _as_it_stands(path: Path) -> Marks:
    with suppress(Exception):  # who cannot read it cannot hold it against anything
        return claimed(path)
    return {}


def _night(folder: Path, case: Case, path: Path) -> Outcome:
    """A night with this file alone, in a folder of the inbox."""
    arrived = folder / "inbox" / "12A" / path.name
    arrived.parent.mkdir(parents=True)
    copyfile(path, arrived)
    done = forked(["nightly", "-w", folder])
    wrong = [f"exit code {done.code}: {done.err.strip()[-200:]}"] if done.code > 1 else []
    places = [at for at in ("done", "rejected", "quarantine") if (folder / at / "12A" / path.name).exists()]
    if arrived.exists() and not path.read_bytes().strip(b"\0"):
        pass  # it has not arrived completely, and waits
    elif arrived.exists() or len(places) != 1:
        wrong.append(f"the file is in {', '.join(places) or 'the inbox'}")
    elif (folder / places[0] / "12A" / path.name).read_bytes() != path.read_bytes():
        wrong.append("the file has other bytes")
    taken = _claimed_in(folder)
    wrong += _other_values(case, path, taken, told=places != ["done"])
    if taken and places != ["done"]:
        wrong.append(f"{len(taken)} lines taken of a file that went to {places}")
    return _outcome(case, "nightly", done, *wrong)


def _claimed_in(folder: Path) -> Marks:
    with Workspace(folder).store() as store:
        return {target: mark for row in store.claims() for target, mark in store.lines_at(row.key).items()}


_TRIALS: dict[str, Callable[[Path, Case, Path], Outcome]] = {
    "check": _check,
    "check --mark": _mark,
    "template refresh": _refresh,
    "doctor": _doctor,
    "merge": _merge,
    "nightly": _night,
}


def read_json(text: str) -> dict:
    try:
        return json.loads(text)
    except ValueError:
        return {}
