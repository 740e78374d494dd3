"""The store: register, issued templates, claims and their history, in SQLite or PostgreSQL.

Plain values go in and come out; connections, transactions and SQL stay in the modules of this package.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine

from claimbatch.claims.claim import Candidate, Claim, Line, Status
from claimbatch.claims.history import Event
from claimbatch.claims.holder import Holder
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.register.changes import (
    Change,
    Counts,
    Plan,
    Register,
    of_assessors,
    of_entries,
    of_undo,
)
from claimbatch.claims.store.background import Background, read_background
from claimbatch.claims.store.centres import read_centres, write_centre
from claimbatch.claims.store.claims import (
    ClaimRow,
    Lines,
    current_key,
    find_claim,
    find_key,
    list_claims,
    read_claim,
    read_claimed_before,
    read_explanations,
    read_heads,
    read_history,
    read_latest,
    read_lines_at,
    read_record,
    read_withdrawn,
)
from claimbatch.claims.store.copying import look_through
from claimbatch.claims.store.counting import Counting
from claimbatch.claims.store.engine import open_engine, scrub, state_of
from claimbatch.claims.store.imports import (
    Import,
    Source,
    old_imports,
    read_changes,
    read_imports,
    read_made_by,
    record_import,
)
from claimbatch.claims.store.night import Held, hold
from claimbatch.claims.store.purge import Old, old_claims
from claimbatch.claims.store.register import (
    read_assessors,
    read_claimed_people,
    read_entries,
    read_register,
    remove_assessor,
    rename_assessor,
    write_changes,
)
from claimbatch.claims.store.templates import (
    Issued,
    is_issued,
    read_received,
    read_sent,
    read_templates,
    save_template,
)
from claimbatch.claims.store.transactions import read, reading, write, writing
from claimbatch.claims.store.writer import Writer
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.identity import Identity
from claimbatch.form.qualification import Catalogue

__all__ = ["ClaimRow", "Counting", "Counts", "Import", "Issued", "Lines", "Source", "Store", "Writer"]

Given = ParamSpec("Given")
Value = TypeVar("Value")


class Store:
    """Everything that a workspace remembers. Close it, or use it in a ``with`` block."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(
        cls, address: str, folder: Path = Path(), *, new: bool = True, looked_over: bool = False
    ) -> Self:
        """Open ``sqlite:///claims.db`` (in *folder*) or ``postgresql+psycopg://…``, brought up to date first.

        A SQLite file that is not there is made, unless *new* is False. It is looked over, unless another process of
        the run has done so.
        """
        return cls(open_engine(address, folder, new=new, looked_over=looked_over))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def centres(self) -> dict[str, str]:
        """The centres of the workspace, in order: number to name."""
        return self._read(read_centres)

    def add_centre(self, number: str, name: str) -> None:
        """Add a centre, or give one that is there another name."""
        self._write(write_centre, number, name)

    def save_register(
        self, register: RegisterFile, *, replacing: bool = False, dry_run: bool = False
    ) -> Counts:
        """Take in the clean rows of a register file, unseen and without a place in the history of imports.

        For a store that nobody else has open: who keeps what the register said goes by that history.
        A column that the file has not keeps what is stored. With *replacing*, entries of the file's entry
        codes that it does not hold are removed.
        """
        return self._save(lambda stored: of_entries(register, stored, replacing=replacing), dry_run=dry_run)

    def save_assessors(self, assessors: Iterable[Assessor], *, dry_run: bool = False) -> Counts:
        """Add assessors, or entry codes to those that are there."""
        listed = tuple(assessors)
        return self._save(lambda stored: of_assessors(listed, stored), dry_run=dry_run)

    def register(self) -> Register:
        """The register as it stands, to plan changes of it."""
        return self._read(read_register)

    def change_register(self, plan: Callable[[Register], Plan], expected: Plan, source: Source) -> int:
        """Carry out what *plan* makes of the register, and keep it in the history of imports; the import's number.

        *expected* is the plan that somebody has seen; where another run has changed the register since,
        :class:`ClaimbatchError`, and nothing is done.
        """
        return self._write(lambda c: _carry_out(c, plan(read_register(c)), expected, source))

    def imports(self, kind: str) -> list[Import]:
        """The imports of this *kind*, ``entries`` or ``assessors``, first things first."""
        return self._read(read_imports, kind)

    def made_by(self, kind: str, number: int | None) -> tuple[Import, list[Change]]:
        """An import (None: the last that can be undone), and what is still stored of what it changed."""
        return self._read(read_made_by, kind, number)

    def undo_import(self, number: int, expected: Plan, source: Source) -> int:
        """Take back what the import *number* changed, as :meth:`change_register` changes; the undo's own number."""

        def undo(connection: Connection) -> int:
            made = read_changes(connection, number)  # anew: a purge may have removed some of it
            return _carry_out(connection, of_undo(made, read_register(connection)), expected, source)

        return self._write(undo)

    def old_imports(self, before: str) -> int:
        """How many imports from *before* this moment still keep what they changed."""
        return self._read(old_imports, before)

    def rename_assessor(self, centre: str, initials: str, name: str) -> Assessor | None:
        """Give an assessor another name; the one as it was before, None where there is none."""
        return self._write(rename_assessor, centre, initials, name)

    def remove_assessor(self, centre: str, initials: str, entry_code: str) -> Assessor | None:
        """Take *entry_code* from an assessor; the one as it was before, None where nobody had it."""
        return self._write(remove_assessor, centre, initials, entry_code)

    def entries(self, centre: str | None = None, entry_code: str | None = None) -> list[Entry]:
        """The entries, in order of centre, entry code and candidate number."""
        return self._read(read_entries, centre, entry_code)

    def claimed_people(self) -> dict[tuple[str, str], Candidate]:
        """The candidates whom a claim names, by centre and number."""
        return self._read(read_claimed_people)

    def assessors(self, centre: str | None = None) -> list[Assessor]:
        """The centre assessors, in order of centre and initials."""
        return self._read(read_assessors, centre)

    def issue(
        self,
        identity: Identity,
        claim_key: str,
        digests: Mapping[str, str],
        *,
        made_with: Mapping[str, Any] = MappingProxyType({}),
        sha256: str = "",
        due: str = "",
    ) -> None:
        """Remember a template that goes out for a claim, with the digest of each candidate's locked values."""
        self._write(save_template, identity, claim_key, digests, made_with=made_with, sha256=sha256, due=due)

    def is_issued(self, sha256: str) -> bool:
        """Whether a file is a template as it was issued, to the last byte."""
        return self._read(is_issued, sha256)

    def templates(self, ids: Iterable[str]) -> dict[str, Issued]:
        """Those of the templates *ids* that were issued here."""
        return self._read(read_templates, set(ids))

    def background(self, ids: Iterable[str]) -> Background:
        """The same, with all that checking workbooks made from them has to know, as it stands at one moment."""
        return self._read(read_background, set(ids))

    def sent(self, centre: str | None = None, entry_code: str | None = None) -> list[tuple[Issued, int]]:
        """The templates that went out, first things first, each with the number of candidates on it."""
        return self._read(read_sent, centre, entry_code)

    def received(self, sha256s: Iterable[str]) -> set[str]:
        """Those of these files, named by their SHA-256, that were taken before."""
        return self._read(read_received, set(sha256s))

    def claims(
        self,
        centre: str | None = None,
        entry_code: str | None = None,
        status: Status | None = None,
        *,
        counted: Mapping[str, ClaimRow] = MappingProxyType({}),
    ) -> list[ClaimRow]:
        """The claims that fit (None: any), newest first.

        What was *counted* before, by key, is not counted anew where the claim stands as it did.
        """
        return self._read(list_claims, centre, entry_code, status, counted)

    def current_key(self, centre: str, entry_code: str) -> tuple[str, bool]:
        """The key of the unsubmitted claim, and True; or the key that the next claim will have, and False."""
        return self._read(current_key, centre, entry_code)

    def claimed_before(
        self, centre: str, entry_code: str, *, besides: str = ""
    ) -> dict[tuple[str, str], tuple[Line, str, Status]]:
        """What submitted claims *besides* one hold, by candidate and unit: the line, the claim's key and status."""
        found = self._read(read_claimed_before, {centre}, {entry_code}, besides)
        return found.get((centre, entry_code), {})

    def withdrawn(self, centre: str, entry_code: str) -> dict[tuple[str, str], tuple[Line, str]]:
        """What moderators withdrew, by candidate and unit: the line, the claim; another claim may hold it since."""
        return self._read(read_withdrawn, centre, entry_code)

    def claim_key(self, text: str) -> str:
        """The key of the claim that people call *text*: by its key, its claim number, or a code that one claim has."""
        return self._read(find_key, text)

    def claim(self, key: str, catalogue: Catalogue) -> Claim:
        """The claim *key* as it stands, with the names that its documents need."""
        return self._read(read_claim, key, catalogue)

    def history(self, key: str, known: Sequence[Event] = ()) -> list[Event]:
        """All that happened to the claim *key*, first things first; read is only what comes after what is *known*."""
        return self._read(read_history, key, known)

    def latest(
        self, key: str, candidate: str = "", *, skip: int = 0, most: int = 100
    ) -> tuple[list[Event], int, list[Event]]:
        """Some of what happened, last things first: the next *most* after *skip*; how many there are; all queries.

        With a *candidate*, only what names them.
        """
        return self._read(read_latest, key, candidate, skip, most)

    def record(self, key: str) -> tuple[Mapping[str, Any], list[Event], dict[int, str], Lines]:
        """All that is kept of the claim *key*, at one moment: its own columns, its history, words, lines."""
        return self._read(read_record, key)

    def heads(self) -> dict[str, tuple[int, str]]:
        """The revision and the hash with which the history of each claim ends: what tells whether it has changed."""
        return self._read(read_heads)

    def state(self) -> str:
        """A word for the state of all that the store holds: another one after whatever was written."""
        return state_of(self._engine)

    def results_email(self, key: str) -> str:
        """Where the results of the claim *key* go, as it was said on submission; empty where nothing was said."""
        return str(self._read(find_claim, key).results_email)

    def explanations(self, key: str) -> dict[int, str]:
        """The words of the answers to a claim's queries, by the answer's revision; purged ones are gone."""
        return self._read(read_explanations, key)

    def lines_at(self, key: str, revision: int | None = None) -> Lines:
        """The claim's lines as they stood at *revision* (None: now): the base of a three-way merge."""
        return self._read(read_lines_at, key, revision)

    def old_claims(self, before: str) -> list[Old]:
        """The claims that ended *before* this moment and still name people whom nothing else needs."""
        return self._read(old_claims, before)

    @contextmanager
    def night(self, mine: Holder, patience: float = 0) -> Iterator[Held | None]:
        """Hold the lock of the nightly run, for which this waits so many seconds at most; None: SQLite has none.

        Raises :class:`ClaimbatchError` where another night has it.
        """
        if self._engine.dialect.name == "sqlite":
            yield None
            return
        with hold(self._engine, mine, patience) as held:
            yield held

    def look_through(self) -> None:
        """See that the database is in order throughout; raises :class:`ClaimbatchError` where it is not."""
        look_through(self._engine)

    def scrub(self) -> bool:
        """Make what was deleted unreadable in the database's files too; False: that is for the store's owner to do."""
        return scrub(self._engine)

    def write(self, work: Callable[[Writer], Value], *, dry_run: bool = False) -> Value:
        """Do *work* in one transaction, as a whole or not at all; what it gives back.

        It is done anew where a server broke it off, and never twice, so *work* changes nothing but by its
        :class:`Writer`. With *dry_run* nothing of it stays: what is shown is what would happen.
        """
        return write(self._engine, lambda connection: work(Writer(connection)), stays=not dry_run)

    @contextmanager
    def counting(self) -> Iterator[Counting]:
        """How far all claims are, counted at one moment."""
        with reading(self._engine) as connection:
            yield Counting(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Like :meth:`write`, but once: a block cannot be run again."""
        with writing(self._engine) as connection:
            yield Writer(connection)

    def _read(
        self, work: Callable[Concatenate[Connection, Given], Value], *args: Given.args, **more: Given.kwargs
    ) -> Value:
        return read(self._engine, lambda connection: work(connection, *args, **more))

    def _write(
        self, work: Callable[Concatenate[Connection, Given], Value], *args: Given.args, **more: Given.kwargs
    ) -> Value:
        return write(self._engine, lambda connection: work(connection, *args, **more))

    def _save(self, plan: Callable[[Register], Plan], *, dry_run: bool) -> Counts:
        def save(connection: Connection) -> Counts:
            made = plan(read_register(connection))
            if not dry_run:
                write_changes(connection, made.changes)
            return made.counts

        return self._write(save)


def _carry_out(connection: Connection, plan: Plan, expected: Plan, source: Source) -> int:
    if plan != expected:
        raise ClaimbatchError(
            "Another run has just changed the register; nothing was done.",
            "Run it again, and see what it would change now.",
            Exit.LOCKED,
        )
    write_changes(connection, plan.changes)
    return record_import(connection, source, plan)
