"""The workspace as a server has it open: what costs time and seldom changes is kept between requests.

The store is opened anew for each request, so that two officers, a command and the nightly run lose nothing to each
other; only that its file is in order is looked over once. Qualifications and settings are read again when a file of
theirs changes.
"""

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from claimbatch.claims.scale import Scales
from claimbatch.claims.store import ClaimRow, Counting, Store
from claimbatch.claims.term import Kept
from claimbatch.clock import today
from claimbatch.data import schema_folder
from claimbatch.form.qualification import Catalogue
from claimbatch.settings import Config
from claimbatch.workspace import AWARD, CONFIG, Workspace

Made = TypeVar("Made")
MOST = 12  # things that are kept at a time
Stamps = tuple[tuple[str, int, int], ...]


class _Kept(NamedTuple):
    """What was made, and of what: the whole store as it was, and what of it is of account."""

    state: str
    catalogue: Catalogue
    rest: Hashable
    part: Hashable
    made: Any


@dataclass(frozen=True)
class KeptWorkspace(Workspace):
    """The workspace at *folder*, for a program that has it open for hours."""

    _kept: dict[str, tuple[Stamps, Any]] = field(default_factory=dict, repr=False, compare=False)
    _made: dict[str, _Kept] = field(default_factory=dict, repr=False, compare=False)
    counted: dict[str, ClaimRow] = field(
        default_factory=dict, repr=False, compare=False
    )  # as the list last showed them
    courses: Kept = field(default_factory=Kept, repr=False, compare=False)  # as the term last stood
    _locks: dict[str, threading.Lock] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def config(self) -> Config:
        """The settings, as they stand in the file now."""
        read: Config = self._unless_changed([self.folder / CONFIG], lambda: Workspace(self.folder).config)
        return read

    def catalogue(self) -> Catalogue:
        """The qualifications, as they stand in their files now."""
        files = (
            path for folder in (schema_folder(), self.folder / "schemas") for path in folder.glob("*.toml")
        )
        read: Catalogue = self._unless_changed(files, lambda: Workspace(self.folder).catalogue())
        return read

    def scales(self) -> Scales:
        """How unit grades become awards, as its file stands now."""
        read: Scales = self._unless_changed([self._schema(AWARD)], lambda: Workspace(self.folder).scales())
        return read

    def store(self) -> Store:
        """The store, opened."""
        address = self.config.store
        with self._lock:
            looked_over = self._kept.get("store", ((), ""))[1] == address
            store = Store.open(address, self.folder, new=False, looked_over=looked_over)
            self._kept["store"] = (), address
        return store

    def while_unchanged(
        self,
        name: str,
        make: Callable[[], Made],
        besides: Hashable = None,
        *,
        of: Callable[[Counting], Hashable] | None = None,
    ) -> Made:
        """What *make* makes of the store, kept under *name* until anything in the store or a qualification changes.

        Or until it is another day: what is awaited is a day later then. Or until what else it is made from, *besides*,
        is another. Where only some *of* the store is of account, what was made stays as long as that is the same.
        """
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock, self.store() as store:
            state, catalogue, rest = store.state(), self.catalogue(), (today(), besides)
            kept = self._made.get(name)
            fits = kept is not None and kept.catalogue is catalogue and kept.rest == rest
            if not (kept and fits and kept.state == state):
                # both are asked before anything is made: what comes in between is seen the next time
                with store.counting() as counting:
                    part = of(counting) if of else state
                made = kept.made if kept and fits and kept.part == part else make()
                kept = _Kept(state, catalogue, rest, part, made)
            self._made.pop(name, None)
            self._made[name] = kept  # last, so that what nobody has asked for longest goes first
            for old in list(self._made)[:-MOST]:
                self._made.pop(old, None)
        return cast("Made", kept.made)

    def last_made(self, name: str) -> Any:
        """What was made last under *name*, however old; None where nothing is kept."""
        kept = self._made.get(name)
        return kept and kept.made

    def _unless_changed(self, files: Iterable[Path], read: Callable[[], Any]) -> Any:
        stamps = tuple(sorted((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in _stats(files)))
        name = read.__qualname__
        with self._lock:
            if self._kept.get(name, (None, None))[0] != stamps:
                self._kept[name] = stamps, read()
            return self._kept[name][1]


def _stats(files: Iterable[Path]) -> Iterable[tuple[Path, Any]]:
    for path in files:
        try:
            yield path, path.stat()
        except OSError:  # gone, or not to be read: reading it will say so
            continue
