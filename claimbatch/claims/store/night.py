"""The lock of the nightly run in a PostgreSQL store: however many computers and workspaces use it, one night at a time.

A centre that has a role of its own has nights of its own, too: it sees nothing of the others, nor waits for them.

The server holds it for a connection, and lets it go when that ends, however it ends: nothing of it is left behind by a
computer that lost its power. Who holds it since when stands beside it, in the table ``night``.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from claimbatch.claims.holder import Holder, at_work
from claimbatch.claims.store.faults import explained, is_passing
from claimbatch.claims.store.tables import night
from claimbatch.claims.store.transactions import TRIES, wait
from claimbatch.errors import ClaimbatchError, Exit

NIGHT_LOCK = 68199_05348  # PostgreSQL's advisory lock for the nightly run; any number that stays the same
ASKED_EVERY = 2.0  # seconds


class Held:
    """The lock, held. Make one with :func:`hold`."""

    def __init__(self, engine: Engine, mine: Holder) -> None:
        self._engine, self._mine = engine, mine
        centre = engine.get_execution_options().get(
            "centre", ""
        )  # whose night it is, where centres are kept apart
        self._what, self._lock = f"{centre}:night".lstrip(":"), int(f"{NIGHT_LOCK}{centre}")
        self._connection = _locking(engine)

    def take(self) -> bool:
        """Take the lock, if nobody has it, and say who has it now."""
        asked = self._connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": self._lock})
        if not asked.scalar():
            return False
        self._connection.execute(delete(night).where(night.c.what == self._what))
        mine = {"who": self._mine.user, "host": self._mine.host, "pid": self._mine.pid}
        self._connection.execute(insert(night), {"what": self._what, **mine, "since": self._mine.since})
        return True

    def holder(self) -> Holder | None:
        """Who has the lock, or had it last and came to no end."""
        query = select(night.c.who, night.c.host, night.c.pid, night.c.since)
        row = self._connection.execute(query.where(night.c.what == self._what)).first()
        return Holder(*row) if row else None

    def confirm(self) -> None:
        """See that the lock is still held; take it again where the connection was lost and nobody had it since.

        Raises :class:`ClaimbatchError` where another night has begun meanwhile, or the server does not come back.
        """
        with explained(self._engine.url):
            for number in range(1, TRIES + 1):
                try:
                    if self._is_still_ours():
                        return
                except DBAPIError as error:
                    if number == TRIES or not is_passing(error):
                        raise
                    self._connection.close()
                wait(number)
        raise _lost()

    def release(self) -> None:
        """Let the lock go, and say that nobody has it; where the server cannot be reached it does so itself."""
        with suppress(DBAPIError):
            if not (self._connection.closed or self._connection.invalidated):
                self._connection.execute(delete(night).where(*_is(self._mine)))
        self.abandon()

    def abandon(self) -> None:
        """Close the connection, and with it the lock: in the pool it would go on to hold it."""
        if not self._connection.closed:
            self._connection.invalidate()
            self._connection.close()

    def _is_still_ours(self) -> bool:
        """False where the server has not missed our lost connection yet, and holds the lock for that one."""
        if not self._connection.closed:
            self._connection.exec_driver_sql("SELECT 1")
            return True
        self._connection = _locking(self._engine)
        is_mine = self.holder() == self._mine
        if is_mine and self.take():
            return True
        self._connection.close()
        if not is_mine:
            raise _lost()
        return False


@contextmanager
def hold(engine: Engine, mine: Holder, patience: float = 0) -> Iterator[Held]:
    """Hold the lock; raises :class:`ClaimbatchError` where another night still has it after *patience* seconds."""
    with explained(engine.url):
        held = Held(engine, mine)
        try:
            _wait_for(held, patience)
        except BaseException:
            held.abandon()
            raise
    try:
        yield held
    finally:
        held.release()


def _wait_for(held: Held, patience: float) -> None:
    until = time.monotonic() + patience
    while not held.take():
        left = until - time.monotonic()
        if left <= 0:
            raise at_work(held.holder())
        time.sleep(min(ASKED_EVERY, left))


def _lost() -> ClaimbatchError:
    return ClaimbatchError(
        "The connection to the store was lost, and with it the lock: another night may have begun since.",
        "What this one had not yet done, the next one does.",
        Exit.LOCKED,
    )


def _locking(engine: Engine) -> Connection:
    """A connection for the lock alone, in no transaction: one that is open for hours keeps a server from tidying."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def _is(one: Holder) -> tuple[ColumnElement[bool], ...]:
    return night.c.host == one.host, night.c.pid == one.pid, night.c.since == one.since
