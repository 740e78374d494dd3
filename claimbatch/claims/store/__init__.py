"""The store: register, issued templates, claims and their history, in SQLite or PostgreSQL.

Plain values go in and come out; connections, transactions and SQL stay in the modules of this package.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, insert, select, update

from claimbatch.claims.claim import Candidate, Claim, Line, Status
from claimbatch.claims.history import Event
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
    read_withdrawn,
)
from claimbatch.claims.store.copying import look_through
from claimbatch.claims.store.counting import Counting
from claimbatch.claims.store.engine import open_engine, scrub, state_of
from claimbatch.claims.store.faults import explained
from claimbatch.claims.store.imports import (
    Import,
    Source,
    find_import,
    old_imports,
    read_changes,
    read_imports,
    record_import,
)
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
from claimbatch.claims.store.tables import centre as centre_table
from claimbatch.claims.store.templates import (
    Issued,
    is_issued,
    read_received,
    read_sent,
    read_templates,
    save_template,
)
from claimbatch.claims.store.writer import Writer
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.identity import Identity
from claimbatch.form.qualification import Catalogue

__all__ = ["ClaimRow", "Counting", "Counts", "Import", "Issued", "Lines", "Source", "Store", "Writer"]


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
        with self._reading() as connection:
            rows = connection.execute(select(centre_table).order_by(centre_table.c.number))
            return {row.number: row.name for row in rows}

    def add_centre(self, number: str, name: str) -> None:
        """Add a centre, or give one that is there another name."""
        known = centre_table.c.number == number
        with self._transaction() as connection:
            if not connection.execute(update(centre_table).where(known).values(name=name)).rowcount:
                connection.execute(insert(centre_table), {"number": number, "name": name})

    def save_register(
        self, register: RegisterFile, *, replacing: bool = False, dry_run: bool = False
    ) -> Counts:
        """Take in the clean rows of a register file, unseen and without a place in the history of imports.

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
        with self._reading() as connection:
            return read_register(connection)

    def change_register(self, plan: Callable[[Register], Plan], expected: Plan, source: Source) -> int:
        """Carry out what *plan* makes of the register, and keep it in the history of imports; the import's number.

        *expected* is the plan that somebody has seen; where another run has changed the register since,
        :class:`ClaimbatchError`, and nothing is done.
        """
        with self._transaction() as connection:
            return _carry_out(connection, plan(read_register(connection)), expected, source)

    def imports(self, kind: str) -> list[Import]:
        """The imports of this *kind*, ``entries`` or ``assessors``, first things first."""
        with self._reading() as connection:
            return read_imports(connection, kind)

    def made_by(self, kind: str, number: int | None) -> tuple[Import, list[Change]]:
        """An import (None: the last that can be undone), and what is still stored of what it changed."""
        with self._reading() as connection:
            found = find_import(connection, kind, number)
            return found, read_changes(connection, found.number)

    def undo_import(self, number: int, expected: Plan, source: Source) -> int:
        """Take back what the import *number* changed, as :meth:`change_register` changes; the undo's own number."""
        with self._transaction() as connection:
            made = read_changes(connection, number)  # anew: a purge may have removed some of it
            return _carry_out(connection, of_undo(made, read_register(connection)), expected, source)

    def old_imports(self, before: str) -> int:
        """How many imports from *before* this moment still keep what they changed."""
        with self._reading() as connection:
            return old_imports(connection, before)

    def rename_assessor(self, centre: str, initials: str, name: str) -> Assessor | None:
        """Give an assessor another name; the one as it was before, None where there is none."""
        with self._transaction() as connection:
            return rename_assessor(connection, centre, initials, name)

    def remove_assessor(self, centre: str, initials: str, entry_code: str) -> Assessor | None:
        """Take *entry_code* from an assessor; the one as it was before, None where nobody had it."""
        with self._transaction() as connection:
            return remove_assessor(connection, centre, initials, entry_code)

    def entries(self, centre: str | None = None, entry_code: str | None = None) -> list[Entry]:
        """The entries, in order of centre, entry code and candidate number."""
        with self._reading() as connection:
            return read_entries(connection, centre, entry_code)

    def claimed_people(self) -> dict[tuple[str, str], Candidate]:
        """The candidates whom a claim names, by centre and number."""
        with self._reading() as connection:
            return read_claimed_people(connection)

    def assessors(self, centre: str | None = None) -> list[Assessor]:
        """The centre assessors, in order of centre and initials."""
        with self._reading() as connection:
            return read_assessors(connection, centre)

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
        with self._transaction() as connection:
            save_template(
                connection, identity, claim_key, digests, made_with=made_with, sha256=sha256, due=due
            )

    def is_issued(self, sha256: str) -> bool:
        """Whether a file is a template as it was issued, to the last byte."""
        with self._reading() as connection:
            return is_issued(connection, sha256)

    def templates(self, ids: Iterable[str]) -> dict[str, Issued]:
        """Those of the templates *ids* that were issued here."""
        with self._reading() as connection:
            return read_templates(connection, ids)

    def background(self, ids: Iterable[str]) -> Background:
        """The same, with all that checking workbooks made from them has to know, as it stands at one moment."""
        with self._reading() as connection:
            return read_background(connection, ids)

    def sent(self, centre: str | None = None, entry_code: str | None = None) -> list[tuple[Issued, int]]:
        """The templates that went out, first things first, each with the number of candidates on it."""
        with self._reading() as connection:
            return read_sent(connection, centre, entry_code)

    def received(self, sha256s: Iterable[str]) -> set[str]:
        """Those of these files, named by their SHA-256, that were taken before."""
        with self._reading() as connection:
            return read_received(connection, sha256s)

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
        with self._reading() as connection:
            return list_claims(connection, centre, entry_code, status, counted)

    def current_key(self, centre: str, entry_code: str) -> tuple[str, bool]:
        """The key of the unsubmitted claim, and True; or the key that the next claim will have, and False."""
        with self._reading() as connection:
            return current_key(connection, centre, entry_code)

    def claimed_before(
        self, centre: str, entry_code: str, *, besides: str = ""
    ) -> dict[tuple[str, str], tuple[Line, str, Status]]:
        """What submitted claims *besides* one hold, by candidate and unit: the line, the claim's key and status."""
        with self._reading() as connection:
            found = read_claimed_before(connection, {centre}, {entry_code}, besides)
            return found.get((centre, entry_code), {})

    def withdrawn(self, centre: str, entry_code: str) -> dict[tuple[str, str], tuple[Line, str]]:
        """What moderators withdrew, by candidate and unit: the line, the claim; another claim may hold it since."""
        with self._reading() as connection:
            return read_withdrawn(connection, centre, entry_code)

    def claim_key(self, text: str) -> str:
        """The key of the claim that people call *text*: by its key, its claim number, or a code that one claim has."""
        with self._reading() as connection:
            return find_key(connection, text)

    def claim(self, key: str, catalogue: Catalogue) -> Claim:
        """The claim *key* as it stands, with the names that its documents need."""
        with self._reading() as connection:
            return read_claim(connection, key, catalogue)

    def history(self, key: str) -> list[Event]:
        """All that ever happened to the claim *key*, first things first."""
        with self._reading() as connection:
            return read_history(connection, key)

    def latest(
        self, key: str, candidate: str = "", *, skip: int = 0, most: int = 100
    ) -> tuple[list[Event], int, list[Event]]:
        """Some of what happened, last things first: the next *most* after *skip*; how many there are; all queries.

        With a *candidate*, only what names them.
        """
        with self._reading() as connection:
            return read_latest(connection, key, candidate, skip, most)

    def heads(self) -> dict[str, tuple[int, str]]:
        """The revision and the hash with which the history of each claim ends: what tells whether it has changed."""
        with self._reading() as connection:
            return read_heads(connection)

    def state(self) -> str:
        """A word for the state of all that the store holds: another one after whatever was written."""
        return state_of(self._engine)

    def results_email(self, key: str) -> str:
        """Where the results of the claim *key* go, as it was said on submission; empty where nothing was said."""
        with self._reading() as connection:
            return str(find_claim(connection, key).results_email)

    def explanations(self, key: str) -> dict[int, str]:
        """The words of the answers to a claim's queries, by the answer's revision; purged ones are gone."""
        with self._reading() as connection:
            return read_explanations(connection, key)

    def lines_at(self, key: str, revision: int | None = None) -> Lines:
        """The claim's lines as they stood at *revision* (None: now): the base of a three-way merge."""
        with self._reading() as connection:
            return read_lines_at(connection, key, revision)

    def old_claims(self, before: str) -> list[Old]:
        """The claims that ended *before* this moment and still name people whom nothing else needs."""
        with self._reading() as connection:
            return old_claims(connection, before)

    def look_through(self) -> None:
        """See that the database is in order throughout; raises :class:`ClaimbatchError` where it is not."""
        look_through(self._engine)

    def scrub(self) -> None:
        """Make what was deleted unreadable in the database's files too."""
        scrub(self._engine)

    @contextmanager
    def counting(self) -> Iterator[Counting]:
        """How far all claims are, counted at one moment."""
        with self._reading() as connection:
            yield Counting(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: what the block does with its :class:`Writer` happens as a whole or not at all."""
        with self._transaction() as connection:
            yield Writer(connection)

    @contextmanager
    def trial(self) -> Iterator[Writer]:
        """Like :meth:`writing`, but in the end nothing of it stays: what is shown is what would happen."""
        with explained(self._engine.url), self._engine.connect() as connection:
            writer = connection.execution_options(writing=True)
            transaction = writer.begin()
            try:
                yield Writer(writer)
            finally:
                transaction.rollback()

    def _save(self, plan: Callable[[Register], Plan], *, dry_run: bool) -> Counts:
        with self._transaction() as connection:
            made = plan(read_register(connection))
            if not dry_run:
                write_changes(connection, made.changes)
            return made.counts

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._engine.url), self._engine.connect() as connection:
            if self._engine.dialect.name == "postgresql":  # SQLite reads one moment's state by itself
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained(self._engine.url), self._engine.connect() as connection:
            writer = connection.execution_options(writing=True)
            with writer.begin():
                yield writer


def _carry_out(connection: Connection, plan: Plan, expected: Plan, source: Source) -> int:
    if plan != expected:
        raise ClaimbatchError(
            "Another run has just changed the register; nothing was done.",
            "Run it again, and see what it would change now.",
            Exit.LOCKED,
        )
    write_changes(connection, plan.changes)
    return record_import(connection, source, plan)
