"""Who is in: sessions, the tokens that begin one, and what a page still has to tell.

All of it is in memory and gone with the program: nobody who finds a file gets in with it.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from claimbatch.web.roles import MAY, Right, Role

TOKEN_LIFE = 120  # seconds in which the address that opens the page works, once
MOST = 200  # sessions at a time; the one unused for longest makes room


@dataclass
class Session:
    """One person in one browser: *who* of the history, as what, and the *csrf* token of their forms.

    *notices* are sentences for the next page. *shelf* is where pages keep what one person is in the middle of, and
    *leaving* what is to be done with that when the session ends.
    """

    who: str
    role: Role
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    seen: float = 0.0
    notices: list[str] = field(default_factory=list, repr=False)
    shelf: dict[str, Any] = field(default_factory=dict, repr=False)
    leaving: list[Callable[[], None]] = field(default_factory=list, repr=False)

    def may(self, right: Right) -> bool:
        """Whether they may do that."""
        return right in MAY[self.role]


@dataclass
class Sessions:
    """All sessions by the value of their cookie; one ends *idle* seconds after its last request."""

    idle: int
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, Session] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self, who: str, role: Role) -> str:
        """Begin one; the value of its cookie."""
        value = secrets.token_urlsafe(32)
        session = Session(who, role, seen=self.clock())
        with self._lock:
            ended = self._idle()
            if len(self._open) >= MOST:
                ended.append(min(self._open, key=lambda one: self._open[one].seen))
            gone = [self._open.pop(one) for one in ended]
            self._open[value] = session
        _leave(gone)
        return value

    def find(self, value: str) -> Session | None:
        """The session with this cookie, if it is open."""
        with self._lock:
            gone = [self._open.pop(one) for one in self._idle()]
            session = self._open.get(value)
            if session:
                session.seen = self.clock()
        _leave(gone)
        return session

    def end(self, value: str) -> None:
        """End one."""
        with self._lock:
            gone = self._open.pop(value, None)
        _leave([gone] if gone else [])

    def _idle(self) -> list[str]:
        now = self.clock()
        return [value for value, session in self._open.items() if now - session.seen > self.idle]


def _leave(sessions: Iterable[Session]) -> None:
    for session in sessions:
        while session.leaving:
            session.leaving.pop()()


@dataclass
class Tokens:
    """The tokens that open the page: each works once and for a short time.

    They are made from the *secret*, so that a second ``claimbatch serve`` can open the page of the first.
    """

    secret: bytes = field(repr=False)
    clock: Callable[[], float] = time.time
    _used: dict[str, float] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def make(self) -> str:
        """A new token."""
        words = f"{int(self.clock())}-{secrets.token_hex(16)}"
        return f"{words}-{self._seal(words)}"

    def use(self, token: str) -> bool:
        """Whether *token* opens the page now; it does not again."""
        words, _, seal = token.rpartition("-")
        if not hmac.compare_digest(seal.encode(), self._seal(words).encode()):
            return False
        made = int(words.partition("-")[0])
        with self._lock:
            now = self.clock()
            self._used = {one: at for one, at in self._used.items() if now - at <= TOKEN_LIFE}
            if words in self._used or now - made > TOKEN_LIFE:
                return False
            self._used[words] = now
            return True

    def _seal(self, words: str) -> str:
        return hmac.new(self.secret, b"open " + words.encode(), sha256).hexdigest()
