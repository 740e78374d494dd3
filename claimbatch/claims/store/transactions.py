"""Transactions: reading the state of one moment, and writing as a whole or not at all.

A server may break one off: it is restarted, the network fails, two transactions wait for each other. Then nothing of it
is left, and it is done anew from its beginning. Where only the answer to its commit was lost, nobody knows; so each
leaves a word in the table ``written``, and the next try looks for that first: nothing is done twice.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError

from claimbatch import clock
from claimbatch.claims.store.faults import explained, is_passing, is_waiting, unknown, where
from claimbatch.claims.store.tables import written

Value = TypeVar("Value")

TRIES = 8
FIRST, LONGEST = 0.1, 5.0  # seconds between tries: they double, and vary, so that writers do not meet again
KEPT = timedelta(days=1)  # how long the word of a transaction is kept


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """All that is read here is as it stood at one moment."""
    with explained(engine.url), _reading(engine) as connection:
        yield connection


@contextmanager
def writing(engine: Engine, *, stays: bool = True) -> Iterator[Connection]:
    """What is done here happens as a whole, or not at all; nothing of it where it is not to stay. It is tried once."""
    with explained(engine.url), _writing(engine, stays=stays) as connection:
        yield connection


def read(engine: Engine, work: Callable[[Connection], Value]) -> Value:
    """What *work* reads at one moment, anew where the server broke it off."""
    with explained(engine.url):
        for number in range(1, TRIES + 1):
            try:
                with _reading(engine) as connection:
                    return work(connection)
            except DBAPIError as error:
                if number == TRIES or not is_passing(error):
                    raise
                wait(number)
    raise AssertionError  # the last try has raised


def write(engine: Engine, work: Callable[[Connection], Value], *, stays: bool = True) -> Value:
    """Do *work* in one transaction, anew where the server broke it off; what *work* gives back.

    *work* changes nothing but by its connection. Raises :class:`ClaimbatchError` where the server does not come back;
    it says so where it is not known whether the work was done.
    """
    signs = stays and engine.dialect.name == "postgresql"  # a commit in SQLite has its answer at once
    made: dict[str, Value] = {}  # by the word of a transaction whose commit was asked for and not answered
    with explained(engine.url):
        for number in range(1, TRIES + 1):
            try:
                with _writing(engine, stays=stays) as connection:
                    # Under the writers' lock: the transaction before this one is over by now, one way or the other.
                    if not any(_is_written(connection, word) for word in made):
                        made.clear()
                        word = _sign(connection) if signs else ""
                        made[word] = work(connection)
            except DBAPIError as error:
                may_pass = is_passing(error) or (bool(made) and is_waiting(error))
                if may_pass and number == TRIES and made and signs:
                    raise unknown(where(engine.url)) from None
                if not may_pass or number == TRIES:
                    raise
                wait(number)
            else:
                break
    return next(iter(made.values()))


def wait(number: int) -> None:
    """Wait after the try *number*, longer each time."""
    longest: float = min(LONGEST, FIRST * 2 ** (number - 1))
    time.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - no secret  # nosec B311


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite reads one moment's state by itself
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        yield connection


@contextmanager
def _writing(engine: Engine, *, stays: bool) -> Iterator[Connection]:
    """Under the writers' lock each statement sees all that was written before; more than that nobody needs."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="READ COMMITTED")  # noqa: PLW2901
        with connection.execution_options(writing=True).begin() as transaction:
            yield connection
            if not stays:
                transaction.rollback()


def _sign(connection: Connection) -> str:
    """Leave a word that stands there only if the transaction came to its end; those of days ago go."""
    centre = connection.get_execution_options().get(
        "centre", ""
    )  # whose word it is, where centres are kept apart
    word = f"{centre}:{uuid4().hex}".lstrip(":")
    old = (clock.now() - KEPT).strftime(clock.STAMP)
    connection.execute(delete(written).where(written.c.at < old))
    connection.execute(insert(written), {"word": word, "at": clock.stamp()})
    return word


def _is_written(connection: Connection, word: str) -> bool:
    return connection.execute(select(written.c.word).where(written.c.word == word)).first() is not None
