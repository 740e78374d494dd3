"""What somebody is in the middle of: files that were dropped, changes that were filled in. It is theirs alone.

It lies on the shelf of their session: the newest few of each kind, each by a key that nobody guesses.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from claimbatch.errors import ClaimbatchError
from claimbatch.web.sessions import Session


class Kept(Protocol):
    """Whatever has a key by which an address names it."""

    @property
    def key(self) -> str:
        """The key."""


Thing = TypeVar("Thing", bound=Kept)


def new_key() -> str:
    """A key that nobody guesses."""
    return secrets.token_urlsafe(8)


@dataclass(frozen=True)
class Shelf(Generic[Thing]):
    """The newest *most* things of a kind, called *name*, of one person.

    *gone* and *hint* are what is said of one that is not there any more. *let_go* is told of each that is taken off,
    makes room for another, or is left when the session ends.
    """

    name: str
    most: int
    gone: str
    hint: str
    let_go: Callable[[Thing], None] = lambda _: None

    def keep(self, session: Session, made: Thing) -> Thing:
        """Put it there; the oldest make room."""
        kept = self._kept(session)
        kept[made.key] = made
        for key in list(kept)[: -self.most]:
            self.leave(session, key)
        return made

    def all(self, session: Session) -> list[Thing]:
        """All of them, the oldest first."""
        return list(self._kept(session).values())

    def find(self, session: Session, key: str) -> Thing:
        """The one with that *key*; :class:`ClaimbatchError` where it is not there any more."""
        found = self._kept(session).get(key)
        if found is None:
            raise ClaimbatchError(self.gone, self.hint)
        return found

    def leave(self, session: Session, key: str) -> None:
        """Take it off, if it is there."""
        found = self._kept(session).pop(key, None)
        if found is not None:
            self.let_go(found)

    def _leave_all(self, session: Session) -> None:
        for one in self.all(session):
            self.leave(session, one.key)

    def _kept(self, session: Session) -> dict[str, Thing]:
        if self.name not in session.shelf:
            session.leaving.append(lambda: self._leave_all(session))
        kept: dict[str, Thing] = session.shelf.setdefault(self.name, {})
        return kept
