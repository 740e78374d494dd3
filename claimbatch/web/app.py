"""The whole site: the door, the entrance and the pages, as one ASGI application."""

import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route as At

from claimbatch import __version__
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.web.door import Door, dress
from claimbatch.web.draw import STATIC, draw, static
from claimbatch.web.entrance import Entrance
from claimbatch.web.forms import Form, read_form
from claimbatch.web.guide import guided
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.page import Page, Route, Visit
from claimbatch.web.pages import PAGES
from claimbatch.web.sessions import Session, Sessions
from claimbatch.web.settings import Settings
from claimbatch.workspace import Workspace

_STATUS: Mapping[Exit, int] = {
    Exit.WRONG_REQUEST: 400,
    Exit.ERRORS_FOUND: 400,
    Exit.LOCKED: 409,
    Exit.WRONG_SETUP: 500,
    Exit.NOT_FINISHED: 503,
}
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
Answer = Callable[[Request], Awaitable[Response]]


def app(
    workspace: Workspace,
    settings: Settings,
    *,
    close: Callable[[], None] = lambda: None,
    pages: tuple[Page, ...] = PAGES,
) -> Starlette:
    """The site over *workspace*; *close* ends the server."""
    site = _Site(workspace, settings, pages)
    entrance = Entrance(settings, site.sessions, close)
    routes = [At("/static/{name}", _static)]
    routes += [At(path, act, methods=[method]) for method, path, act in entrance.routes()]
    routes += [
        At(route.path, site.answering(page, route), methods=[route.method])
        for page in pages
        for route in page.routes
    ]
    made = Starlette(
        routes=routes,
        middleware=[Middleware(Door, settings=settings)],
        exception_handlers={HTTPException: site.lost, ClaimbatchError: site.refused, Exception: site.broken},
    )
    made.state.workspace = site.workspace
    return made


class _Site:
    """What every answer hangs on: the workspace, the settings, who is in, and how an error looks."""

    def __init__(self, workspace: Workspace, settings: Settings, pages: tuple[Page, ...]) -> None:
        self.workspace = KeptWorkspace(workspace.folder)
        self.settings = settings
        self.pages = pages
        self.sessions = Sessions(settings.idle)

    def session(self, request: Request) -> Session | None:
        """Whose request it is; None for nobody we know."""
        return self.sessions.find(request.cookies.get(self.settings.cookie, ""))

    def answering(self, page: Page, route: Route) -> Answer:
        """What answers a request to *route*: first who asks and whether they may, then the form, then the page."""

        async def answer(request: Request) -> Response:
            session = self.session(request)
            if session is None:
                return self.sign(request)
            visit = Visit(request, self.workspace, session, Form(), self._shared(session, page))
            if not session.may(route.right):
                return self._error(
                    request,
                    403,
                    "That is for a centre administrator",
                    f"You work here as: {session.role.label.lower()}.",
                )
            if request.method == "POST":
                form = await read_form(request, self.settings.limits)
                if not form.is_from(session.csrf):
                    return self._error(
                        request,
                        403,
                        "This form is out of date",
                        "Go back, load the page anew, and send it again.",
                    )
                visit = Visit(request, self.workspace, session, form, visit.shared)
            return await run_in_threadpool(_acted, route, visit, self)

        return answer

    def sign(self, request: Request) -> Response:
        """What somebody gets who is not in."""
        if self.settings.accounts:
            return _page(self._bare(request), "sign_in.html.j2", 401, faults=(), name="")
        return _page(self._bare(request), "shut.html.j2", 401)

    def _shared(self, session: Session | None, page: Page | None) -> dict[str, Any]:
        shown = [one for one in self.pages if one.title and session and session.may(one.right)]
        return {
            "navigation": shown,
            "here": page.name if page else "",
            "version": __version__,
            "local": not self.settings.accounts,
            "guide": guided,
        }

    def _bare(self, request: Request) -> dict[str, Any]:
        session = self.session(request)
        nothing: dict[str, Any] = {"notices": (), "faults": (), "fault_of": {}}
        return {**self._shared(session, None), "session": session, **nothing}

    def _error(self, request: Request, status: int, title: str, *words: str) -> Response:
        claim = request.path_params.get("key", "") if status == HTTPStatus.CONFLICT else ""
        return _page(self._bare(request), "error.html.j2", status, title=title, words=words, claim=claim)

    async def lost(self, request: Request, error: Exception) -> Response:
        """There is no such page."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status == HTTPStatus.NOT_FOUND:
            return self._error(
                request, 404, "There is no such page", "Begin again from the list of pages above."
            )
        return self._error(request, status, "That cannot be done here", "Go back, and try another way.")

    async def refused(self, request: Request, error: Exception) -> Response:
        """What was asked cannot be done; it says why."""
        return self.refusal(request, error)

    def refusal(self, request: Request, error: Exception) -> Response:
        """The page that says why something cannot be done."""
        assert isinstance(error, ClaimbatchError)  # noqa: S101 - it was registered for that
        title = "That could not be done"
        return self._error(request, _STATUS.get(error.exit_code, 400), title, error.message, error.hint)

    def failure(self, request: Request, error: OSError) -> Response:
        """The page that says that the disk or the network did not do what it should."""
        why = error.strerror or "a file could not be read or written"
        return self._error(request, 503, "That could not be finished", f"{why}.", "Try again in a moment.")

    async def broken(self, request: Request, error: Exception) -> Response:
        """We are at fault. Where is told at the terminal, without what may name somebody."""
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}, line {at.lineno}"
        print(f"claimbatch: a page failed: {type(error).__name__} in {where}", file=sys.stderr)  # noqa: T201
        answer = self._error(
            request,
            500,
            "Something went wrong here",
            "It is a mistake in claimbatch, not in what you did. Nothing half-done is left.",
            "Go back, and try another way.",
        )
        dress(answer.headers, self.settings)  # it is drawn outside the door
        return answer


def _acted(route: Route, visit: Visit, site: _Site) -> Response:
    """Carry it out, in a thread of its own: the store and the workbooks make one wait."""
    try:
        return route.act(visit)
    except ClaimbatchError as error:
        return site.refusal(visit.request, error)
    except OSError as error:
        return site.failure(visit.request, error)


def _page(values: Mapping[str, Any], template: str, status: int, **more: Any) -> HTMLResponse:
    return HTMLResponse(draw(f"web/{template}", {**values, **more}), status)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(static(name), headers={**_FOR_EVER, "content-type": STATIC[name]})
