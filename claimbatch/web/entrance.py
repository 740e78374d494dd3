"""How somebody gets in, and out: by the address with a token, or by name and password."""

import hmac
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from claimbatch.web.accounts import signed_in
from claimbatch.web.draw import draw
from claimbatch.web.forms import read_form
from claimbatch.web.page import Fault
from claimbatch.web.roles import Right, Role
from claimbatch.web.sessions import Session, Sessions, Tokens
from claimbatch.web.settings import Account, Limits, Settings

Answer = Callable[[Request], Awaitable[Response]]
LIMITS = Limits(file=0, files=0, fields=10, field=2000)  # of a form of somebody who is not in yet
TRIES, WITHIN = 10, 300  # wrong passwords for one name, and in how many seconds


class Entrance:
    """The way in to a site whose sessions are *sessions*, and out of it."""

    def __init__(self, settings: Settings, sessions: Sessions, close: Callable[[], None]) -> None:
        self.settings = settings
        self.sessions = sessions
        self.tokens = Tokens(settings.secret)
        self.close = close
        self._wrong = _Wrong()
        self._at_a_time = threading.Semaphore(2)

    def routes(self) -> Iterator[tuple[str, str, Answer]]:
        """Method, path, and what answers there."""
        yield "GET", "/alive", self.alive
        yield "POST", "/sign-out", self.sign_out
        if self.settings.accounts:
            yield "POST", "/sign-in", self.sign_in
        else:
            yield "GET", "/open", self.open
            yield "POST", "/close", self.shut

    async def alive(self, request: Request) -> Response:
        """Prove to another ``claimbatch serve`` of this workspace that this is its server."""
        return PlainTextResponse(proof(self.settings.secret, request.query_params.get("word", "")))

    async def open(self, request: Request) -> Response:
        """Let in whoever has the address that was made for them, once."""
        if self.tokens.use(request.query_params.get("token", "")):
            return self._in(self.settings.who, self.settings.role)
        if self.sessions.find(request.cookies.get(self.settings.cookie, "")):
            return RedirectResponse("/", 303)
        return _page("shut.html.j2", 403)

    async def sign_in(self, request: Request) -> Response:
        """Let in whoever knows their password."""
        form = await read_form(request, LIMITS)
        name = form["name"]
        if self._wrong.too_often(name):
            words = "Too many wrong passwords for that name. Try again in five minutes."
            return _page("sign_in.html.j2", 429, faults=(Fault("name", words),), name=name)
        account = await run_in_threadpool(self._known, name, form["password"])
        if account is None:
            self._wrong.add(name)
            words = "The name or the password is wrong."
            return _page("sign_in.html.j2", 401, faults=(Fault("name", words),), name=name)
        return self._in(account.name, account.role)

    def _known(self, name: str, password: str) -> Account | None:
        """Whose password it is; a few at a time, because each takes 32 MiB for a moment."""
        with self._at_a_time:
            return signed_in(self.settings.accounts, name, password)

    async def sign_out(self, request: Request) -> Response:
        """End a session."""
        if await self._is_theirs(request):
            self.sessions.end(request.cookies[self.settings.cookie])
        answer = _page("sign_in.html.j2" if self.settings.accounts else "shut.html.j2", 200)
        answer.delete_cookie(
            self.settings.cookie, secure=self.settings.secure, httponly=True, samesite="strict"
        )
        return answer

    async def shut(self, request: Request) -> Response:
        """End the program."""
        session = await self._is_theirs(request)
        if session is None or not session.may(Right.CLOSE):
            return _page("shut.html.j2", 403)
        self.close()
        return _page("closed.html.j2", 200)

    async def _is_theirs(self, request: Request) -> Session | None:
        """The session whose form this is."""
        session = self.sessions.find(request.cookies.get(self.settings.cookie, ""))
        form = await read_form(request, LIMITS)
        return session if session and form.is_from(session.csrf) else None

    def _in(self, who: str, role: Role) -> Response:
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self.settings.cookie,
            self.sessions.begin(who, role),
            httponly=True,
            samesite="strict",
            secure=self.settings.secure,
        )
        return answer


class _Wrong:
    """Wrong passwords of the last minutes, by name."""

    def __init__(self) -> None:
        self._at: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        with self._lock:
            if len(self._at) > 1000:
                self._at.clear()
            self._at.setdefault(name, []).append(time.monotonic())

    def too_often(self, name: str) -> bool:
        with self._lock:
            lately = [at for at in self._at.get(name, ()) if time.monotonic() - at < WITHIN]
            self._at[name] = lately
            return len(lately) >= TRIES


def proof(secret: bytes, word: str) -> str:
    """What only the server with that *secret* can answer to *word*."""
    return hmac.new(secret, b"alive " + word.encode(), sha256).hexdigest()


def _page(template: str, status: int, faults: Sequence[Fault] = (), **more: object) -> HTMLResponse:
    """A page for somebody who is not in: without navigation."""
    nobody = {"session": None, "navigation": (), "here": "", "notices": (), "name": ""}
    fault_of = {one.field: one.message for one in faults}
    values = {**nobody, "faults": faults, "fault_of": fault_of, **more}
    return HTMLResponse(draw(f"web/{template}", values), status)
