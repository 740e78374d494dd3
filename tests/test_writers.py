"""Eight writers at once on one PostgreSQL store: what they leave is what they would have left one after the other."""

import random
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from claimbatch.claims.claim import Candidate, Status
from claimbatch.claims.correcting import set_lines
from claimbatch.claims.history import Event
from claimbatch.claims.life import declare
from claimbatch.claims.proof import examine
from claimbatch.claims.register import Entry, RegisterFile
from claimbatch.claims.register.changes import Plan, Register, of_entries
from claimbatch.claims.store import Source, Store, transactions
from claimbatch.claims.store.engine import open_engine
from claimbatch.claims.store.moving import move_rows
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.receiving import How, receive
from claimbatch.workspace import CONFIG, Workspace
from tests.centre import CENTRE, IT, MEDIA, PEOPLE, Centre, put
from tests.servers import database, programs, restart, server

WRITERS = 8
CODES = (IT, MEDIA)
COLUMNS = "EFGHIJKL"  # of the sheet Grades: one unit for each writer
CUTS = 80  # fewer than the tries: on a slow machine, too, each step comes to its end
MOST = 60  # times that a writer is told that another was quicker
Work = Callable[[Workspace, Store, str], object]
Told = tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """What somebody does, under a name of its own by which the histories tell it apart."""

    who: str
    work: Work


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of its own, that may be stopped, and that keeps what it said it has kept."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed")
    with server(folder) as made:
        yield f"{made}&options=-c%20synchronous_commit%3Don"


@pytest.fixture
def centre(address: str, tmp_path: Path) -> Iterator[Centre]:
    with database(address) as store:
        yield Centre.make(tmp_path / "centre", CODES, address=store)


# --- what they do -------------------------------------------------------------------------------------------------


def steps_of(centre: Centre) -> list[list[Step]]:
    """What each of the writers does, one step after the other: merge, correct, declare, import. They share much."""
    books = {code: centre.issue(code) for code in CODES}
    same = [
        put(path, {"Grades!M5": "P", "Assessed by!M5": "SA"}, f"same {path.name}") for path in books.values()
    ]

    def of(number: int) -> list[Step]:
        column = COLUMNS[number]
        own = [
            put(
                path,
                {f"Grades!{column}{row}": "M", f"Assessed by!{column}{row}": "JH"},
                f"{number} {path.name}",
            )
            for row, path in enumerate(books.values(), 5)
        ]
        works: list[Work] = [
            *(merging(path) for path in (own[0], same[number % 2], own[1], same[1 - number % 2])),
            setting("PMD"[number % 3]),
            declaring(PEOPLE[number % len(PEOPLE)][0]),
            importing(f"9{number:03}"),
        ]
        return [Step(f"writer {number}, step {place}", work) for place, work in enumerate(works)]

    return [of(number) for number in range(WRITERS)]


def merging(path: Path) -> Work:
    return lambda workspace, store, who: receive(
        store, [(path, path.name)], How(who), lambda: workspace.known(store)
    )


def setting(grade: str) -> Work:
    """All set the same line, to one of three grades."""

    def work(workspace: Workspace, store: Store, who: str) -> None:
        claim = store.claim(f"{CENTRE}-{IT}-1", workspace.catalogue())
        set_lines(store, claim, {(PEOPLE[3][0], "1"): (grade, "JH")}, who)

    return work


def declaring(candidate: str) -> Work:
    """Two writers record the same declaration."""

    def work(workspace: Workspace, store: Store, who: str) -> None:
        claim = store.claim(f"{CENTRE}-{IT}-1", workspace.catalogue())
        if candidate in {line.candidate for line in claim.lines}:
            declare(store, claim, [candidate], who)

    return work


def importing(number: str) -> Work:
    """A candidate of one's own, and one whose name all of them change."""

    def work(_: Workspace, store: Store, who: str) -> None:
        people = [Candidate(number, f"New, {number}"), Candidate("9999", f"Everyone, {number}")]
        file = RegisterFile(
            tuple(Entry(CENTRE, IT, person) for person in people), columns=frozenset({"candidate_name"})
        )

        def plan(register: Register) -> Plan:
            return of_entries(file, register)

        store.change_register(plan, plan(store.register()), Source("entries", who, f"{number}.csv"))

    return work


# --- all at once, and one after the other -------------------------------------------------------------------------


def all_at_once(
    centre: Centre, steps: Sequence[Sequence[Step]], begun: Callable[[], object] = lambda: None
) -> int:
    """Let all writers begin at one moment; how often one was told that another had been quicker."""
    begin, again = threading.Barrier(len(steps), begun, timeout=60), [0] * len(steps)

    def write(number: int) -> None:
        workspace = Workspace(centre.workspace.folder)
        with workspace.store() as store:
            begin.wait()
            for step in steps[number]:
                again[number] += until_done(lambda step=step: step.work(workspace, store, step.who))  # type: ignore[misc]

    with ThreadPoolExecutor(len(steps)) as threads:
        for done in [threads.submit(write, number) for number in range(len(steps))]:
            done.result()
    return sum(again)


def until_done(work: Callable[[], object]) -> int:
    """What a person does who is told that another run was quicker: the same again; how often it was needed."""
    for told in range(MOST):
        try:
            work()
        except ClaimbatchError as error:
            if error.exit_code is not Exit.LOCKED:
                raise
        else:
            return told
    raise AssertionError("nobody is kept waiting for ever")


def one_after_the_other(centre: Centre, folder: Path, before: str, steps: Sequence[Step]) -> "Left":
    """What these *steps*, in this order, leave of the store as it was *before*, in a workspace of their own."""
    shutil.copytree(centre.workspace.folder, folder)
    (folder / CONFIG).write_text(f'store = "{before}"\n')
    workspace = Workspace(folder)
    with workspace.store() as store:
        for step in steps:
            step.work(workspace, store, step.who)
        return Left.of(store)


def copied(centre: Centre, to: Path) -> str:
    """The address of a copy of the store as it is now, in SQLite."""
    address = f"sqlite:///{to}"
    source, target = open_engine(centre.workspace.config.store), open_engine(address)
    with source.begin() as connection:
        connection.execute(text("DELETE FROM written"))
    move_rows(source, target)
    source.dispose()
    target.dispose()
    return address


@dataclass(frozen=True)
class Left:
    """What a store holds in the end, without the moments at which it came."""

    histories: dict[str, list[Told]]
    lines: dict[str, dict[tuple[str, str], tuple[str, str]]]
    imports: list[Told]
    entries: list[Entry]

    @classmethod
    def of(cls, store: Store) -> "Left":
        """All that *store* holds; each claim is open, alone, and its record whole."""
        claims = store.claims()
        assert sorted(row.key for row in claims) == [f"{CENTRE}-{code}-1" for code in sorted(CODES)]
        assert {row.status for row in claims} == {Status.NOT_SUBMITTED}
        keys = [row.key for row in claims]
        assert all(examine(store, key).is_whole for key in keys)
        return cls(
            {key: [told(event) for event in store.history(key)] for key in keys},
            {key: store.lines_at(key) for key in keys},
            [told_import(item) for item in store.imports("entries")],
            store.entries(),
        )

    @property
    def order(self) -> list[str]:
        """Who did something, in the order in which it was done."""
        who = [event[1] for key in sorted(self.histories) for event in self.histories[key]]
        return list(dict.fromkeys([*who, *(item[1] for item in self.imports)]))


def told(event: Event) -> Told:
    moments = {"at": "", "previous": "", "hash": ""}
    return tuple(str(value) for value in event._replace(**moments))


def told_import(item: Any) -> Told:
    return str(item.number), item.source.who, str((item.new, item.changed, item.gone, item.kept))


def in_order(steps: Sequence[Sequence[Step]], left: Left) -> list[Step]:
    """The steps in the order in which they were done; not those that found all as they would have it."""
    named = {step.who: step for mine in steps for step in mine}
    return [named[who] for who in left.order]


def prove(centre: Centre, steps: Sequence[Sequence[Step]], before: str, folder: Path) -> Left:
    """The store holds what these steps leave one after the other: nothing is lost, and nothing is there twice."""
    with centre.workspace.store() as store:
        left = Left.of(store)
    serial = one_after_the_other(centre, folder, before, in_order(steps, left))
    for key, history in left.histories.items():
        assert history == serial.histories[key]
    assert left == serial
    return left


# --- the laws -----------------------------------------------------------------------------------------------------


def test_eight_writers_at_once_leave_what_they_would_leave_one_after_the_other(
    centre: Centre, tmp_path: Path
) -> None:
    """Of different workbooks and the same ones, of imports, corrections and declarations."""
    steps = steps_of(centre)
    before = copied(centre, tmp_path / "before.db")
    all_at_once(centre, steps)
    left = prove(centre, steps, before, tmp_path / "after")
    assert {key: len(lines) for key, lines in left.lines.items()} == {
        f"{CENTRE}-{IT}-1": WRITERS + 2,
        f"{CENTRE}-{MEDIA}-1": 6,  # as many columns has its sheet; what stands beside is asked about
    }
    assert len(left.imports) == WRITERS


def test_so_they_do_while_the_server_cuts_them_off_and_is_started_again(
    centre: Centre, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to look whether a step was done: it was, once."""
    for name, value in (("TRIES", 500), ("FIRST", 0.02), ("LONGEST", 0.3)):
        monkeypatch.setattr(transactions, name, value)
    steps = steps_of(centre)
    before = copied(centre, tmp_path / "before.db")
    with trouble(centre, address) as (begin, cut):
        all_at_once(centre, steps, begin.set)
    prove(centre, steps, before, tmp_path / "after")
    assert sum(cut) > WRITERS


@contextmanager
def trouble(centre: Centre, address: str) -> Iterator[tuple[threading.Event, list[int]]]:
    """From a moment on cut a connection now and then, and kill the server and start it again; how many were cut."""
    begin, over, cut, dice = threading.Event(), threading.Event(), [0], random.Random(7)
    one = text(
        "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND application_name LIKE 'claimbatch on%' AND state <> 'idle' ORDER BY random() LIMIT 1) AS found"
    )

    def make() -> None:
        killer = open_engine(centre.workspace.config.store)
        begin.wait()
        for number in range(CUTS):
            if over.wait(dice.uniform(0.01, 0.1)):
                break
            if number == 20:
                restart(address)
            cut.append(transactions.read(killer, lambda connection: connection.execute(one).scalar_one()))
        killer.dispose()

    thread = threading.Thread(target=make)
    thread.start()
    try:
        yield begin, cut
    finally:
        over.set()
        begin.set()
        thread.join()
