"""What a database says when it fails, turned here alone into a sentence for a person.

No such sentence, nor the text of any error, shows what stands in a row: it may be a name.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from claimbatch.errors import ClaimbatchError, Exit


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Say in a person's words what the database could not do. A fault of our own stays a traceback."""
    try:
        yield
    except IntegrityError:
        raise
    except NoneFree:
        raise busy(where(url)) from None  # more threads at once than the pool has connections
    except (DBAPIError, sqlite3.Error) as error:
        for words, explain in _FAULTS:
            if any(word in str(getattr(error, "orig", error)).lower() for word in words):
                raise explain(where(url)) from None
        # A server's own trouble; in SQLite such an error may also be a faulty statement of ours.
        if isinstance(error, OperationalError) and url.get_backend_name() != "sqlite":
            raise unfinished(where(url)) from None
        raise


def where(url: URL) -> str:
    """The store as a person knows it: a file's path, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.difference_update_query(["password"]).render_as_string()


def busy(store: str) -> ClaimbatchError:
    """Another run writes to the store."""
    return ClaimbatchError(
        f"Another run is writing to the store {store}.",
        "Wait until it has finished, then try again.",
        Exit.LOCKED,
    )


def damaged(store: str) -> ClaimbatchError:
    """The store cannot be trusted."""
    return ClaimbatchError(
        f"{store} is damaged, or it is not a claimbatch store.",
        "Put it aside and bring back a backup; nothing in it was changed now.",
        Exit.WRONG_SETUP,
    )


def unfinished(store: str) -> ClaimbatchError:
    """The store, or its server, could not do it."""
    return ClaimbatchError(
        f"The store {store} could not be read or written; nothing half-done is left.",
        "See that it can be reached: its folder is there, may be written to and has room; its server runs.",
        Exit.NOT_FINISHED,
    )


def unknown(store: str) -> ClaimbatchError:
    """Whether the last step was done is not known: the server went away with its answer, and did not come back."""
    return ClaimbatchError(
        f"The connection to the store {store} was lost at the very end; it is not known whether this was done.",
        "When the server runs again, look first (claimbatch claims), and do it once more only where it was not. A "
        "workbook that was taken is not taken twice.",
        Exit.NOT_FINISHED,
    )


def not_allowed(store: str) -> ClaimbatchError:
    """The store is opened with a role that may not do that."""
    return ClaimbatchError(
        f"The role with which the store {store} is opened may not do that; nothing was done.",
        "The role of a centre reads and changes what is its centre's, and no more. For anything else ask whoever looks "
        "after the store.",
    )


# What SQLite and PostgreSQL say, in small letters, and what it comes to. The first that fits.
_FAULTS: tuple[tuple[tuple[str, ...], Callable[[str], ClaimbatchError]], ...] = (
    (("permission denied for", "row-level security", "invalid role oid"), not_allowed),
    (("is locked", "lock timeout", "deadlock"), busy),
    (("connect", "terminat", "full", "space", "disk i/o", "unable to open"), unfinished),
    (("readonly", "read-only", "permission"), unfinished),
    (("not a database", "malformed", "no such", "does not exist"), damaged),
)


# SQLSTATEs after which a transaction may be done anew: it could not be serialised, it was one of a deadlock, the server
# is stopping, was stopped or is starting, or has too many connections just now. Class 08 is the connection itself.
_PASSING = {"40001", "40P01", "57P01", "57P02", "57P03", "53300"}
_CONNECTION = "08"
_LOCK_TIMEOUT = "55P03"
_IDLE = "25P03"  # somebody has set a limit for idle transactions: it would be met again


def is_passing(error: DBAPIError) -> bool:
    """Whether a server broke off what it would do if asked again: not what is wrong, and nothing of SQLite."""
    if not hasattr(error.orig, "sqlstate"):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # said by the driver, not by the server: there is no connection, or no more
        return isinstance(error, OperationalError)
    return (
        state in _PASSING
        or state.startswith(_CONNECTION)
        or (error.connection_invalidated and state != _IDLE)
    )


def is_waiting(error: DBAPIError) -> bool:
    """Whether it has waited for another writer for as long as it may."""
    return getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT


def without_rows(context: ExceptionContext) -> None:
    """Keep of what PostgreSQL says the sentence alone: what follows it (DETAIL, CONTEXT) quotes the row.

    For SQLAlchemy's ``handle_error``.
    """
    error, shown = context.original_exception, context.sqlalchemy_exception
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence and shown:
        error.args = (sentence,)
        shown.args = (f"({type(error).__name__}) {sentence}",)
