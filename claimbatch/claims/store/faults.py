"""What a database says when it fails, turned here alone into a sentence for a person.

No such sentence, nor the text of any error, shows what stands in a row: it may be a name.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from claimbatch.errors import ClaimbatchError, Exit


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Say in a person's words what the database could not do. A fault of our own stays a traceback."""
    try:
        yield
    except IntegrityError:
        raise
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


# What SQLite and PostgreSQL say, in small letters, and what it comes to. The first that fits.
_FAULTS: tuple[tuple[tuple[str, ...], Callable[[str], ClaimbatchError]], ...] = (
    (("is locked", "lock timeout", "deadlock"), busy),
    (("connect", "terminat", "full", "space", "disk i/o", "unable to open"), unfinished),
    (("readonly", "read-only", "permission"), unfinished),
    (("not a database", "malformed", "no such", "does not exist"), damaged),
)


def without_rows(context: ExceptionContext) -> None:
    """Keep of what PostgreSQL says the sentence alone: what follows it (DETAIL, CONTEXT) quotes the row.

    For SQLAlchemy's ``handle_error``.
    """
    error, shown = context.original_exception, context.sqlalchemy_exception
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence and shown:
        error.args = (sentence,)
        shown.args = (f"({type(error).__name__}) {sentence}",)
