"""Moving a workspace's store elsewhere, to SQLite or PostgreSQL: copied, proved, and named by the settings."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from claimbatch.claims.store.engine import connect, file_of, open_engine, resolved
from claimbatch.claims.store.faults import where
from claimbatch.claims.store.moving import Account, gone_on, move_rows, see_that_it_is_a_store
from claimbatch.claims.store.transactions import writing
from claimbatch.errors import ClaimbatchError
from claimbatch.files import remove, shown
from claimbatch.settings import set_store
from claimbatch.workspace import CONFIG, Workspace

_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite's files are called after the first


@dataclass(frozen=True, slots=True)
class Way:
    """From which address (a file's path from *folder*) to which; and the *workspace* whose store it is, where known."""

    source: str
    folder: Path
    target: str
    workspace: Workspace | None


@dataclass(frozen=True, slots=True)
class Copied:
    """A store that was copied: from where to where, without passwords, and the *account* of what is in both.

    *gone_on* is the number of claims that went on meanwhile, or began: what was done then is not in the copy.
    *setting* is the address that the workspace's settings have to name from now on, *before* the one that they named;
    *used*: they name it already.
    """

    source: str
    target: str
    account: Account
    gone_on: int
    setting: str
    before: str
    used: bool


def way(source: str, target: str) -> Way:
    """Understand what was named: addresses, files of SQLite, and for the *source* the folder of a workspace.

    Raises :class:`ClaimbatchError` where one of them is nothing of that.
    """
    if "://" not in target and Path(target).is_dir():
        raise ClaimbatchError(
            f"{target} is a folder; a store is copied into a file or a database.",
            "Name that: sqlite:///new.db or postgresql+psycopg://user@host/database",
        )
    named = _workspace(source)
    address, folder = (named.config.store, named.folder) if named else (_address(source), Path())
    path = file_of(address, folder)
    if path and not path.is_file():
        raise ClaimbatchError(
            f"There is no store at {shown(path)}.", "Name the workspace's folder, or a store."
        )
    found = Way(address, folder, _address(target), named or _whose(address))
    if resolved(found.target) == resolved(address, folder):
        raise ClaimbatchError("Both are the same store.", "Name another one to copy it to.")
    return found


def copy(way: Way, *, use: bool = False) -> Copied:
    """Copy the store and prove that nothing changed; and let the workspace *use* the copy from now on.

    With *use* nobody can write to the store until that is done. Where a claim's history was altered before, the copy
    has that too, and is not put to use.
    """
    if use and not way.workspace:
        raise ClaimbatchError(
            "No workspace is known that has this store, so none can be told to use the copy.",
            "Name the workspace's folder in place of the store's address.",
        )
    source = connect(way.source, way.folder, new=False)
    try:
        see_that_it_is_a_store(source)
        open_engine(way.source, way.folder, new=False).dispose()  # brought up to date, or refused
        with _new_or_nothing(file_of(way.target)), writing(source) if use else nullcontext():
            target = connect(way.target)
            try:
                account = move_rows(source, target)
            finally:
                target.dispose()
            used = use and not account.altered
            if used and way.workspace:
                set_store(way.workspace.folder / CONFIG, _setting(way))
        return Copied(
            where(source.url),
            where(target.url),
            account,
            0 if use else gone_on(source, account),
            _setting(way),
            way.workspace.config.store if way.workspace else "",
            used,
        )
    finally:
        source.dispose()


def _workspace(text: str) -> Workspace | None:
    """The workspace whose folder was named; None for an address or a file."""
    if "://" in text or not Path(text).is_dir():
        return None
    return Workspace.find(Path(text))


def _whose(address: str) -> Workspace | None:
    """The workspace that people are in, where *address* is its store."""
    try:
        here = Workspace.find()
        mine = resolved(address) == resolved(here.config.store, here.folder)
    except ClaimbatchError:
        return None
    return here if mine else None


def _address(text: str) -> str:
    return text if "://" in text else f"sqlite:///{quote(Path(text).absolute().as_posix(), safe='/: ')}"


def _setting(way: Way) -> str:
    """The address of the copy as settings name it: a file within the workspace by its path from there."""
    path = file_of(way.target)
    if path is None:
        return way.target
    home = way.workspace.folder.absolute() if way.workspace else None
    inner = path.relative_to(home) if home and path.is_relative_to(home) else path
    return f"sqlite:///{quote(inner.as_posix(), safe='/: ')}"


@contextmanager
def _new_or_nothing(path: Path | None) -> Iterator[None]:
    """Where the file *path* is new, it is gone again when it could not be finished."""
    new = path and not path.exists()
    try:
        yield
    except BaseException:
        if path and new:
            for ending in _BESIDE:
                remove(path.with_name(f"{path.name}{ending}"))
        raise
