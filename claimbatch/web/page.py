"""A page: its place in the navigation, its routes, and who may call them. And a visit: one request to it.

A route is a plain function of a :class:`Visit` that gives an answer. By then it is certain who asks, that they may, and
that a form was sent from a page of theirs; what the function cannot do it says with a ``ClaimbatchError``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from claimbatch.web.draw import draw
from claimbatch.web.forms import Form, whole
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.roles import Right
from claimbatch.web.sessions import Session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # what a download of a workbook is


class Fault(NamedTuple):
    """What is wrong with a field of a form: the id of the field, and what to do about it."""

    field: str
    message: str


class Crumb(NamedTuple):
    """A step on the way to a page: its title and its address."""

    title: str
    path: str


@dataclass(frozen=True)
class Visit:
    """One request to a page: by whom, with what, in which workspace."""

    request: Request
    workspace: KeptWorkspace
    session: Session
    form: Form = field(default_factory=Form)
    shared: Mapping[str, Any] = field(default_factory=dict)  # what every page needs to be drawn

    @property
    def who(self) -> str:
        """Who does it, for the history."""
        return self.session.who

    @property
    def path(self) -> str:
        """The address without its query, as it is written: a unit of another awarding body may be called "C#?"."""
        return quote(self.request.scope["path"], safe="/:")

    @property
    def is_part(self) -> bool:
        """Whether only a part of the page was asked for, by the script that saves loading the whole of it."""
        return self.request.headers.get("hx-request") == "true"

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The query of the address; what is not there is not in it."""
        return {key: value.strip() for key, value in self.request.query_params.items()}

    @property
    def part(self) -> int:
        """Which page of a long list the address asks for: the first, unless it says another."""
        return max(1, whole(self.query.get("page", "")) or 1)

    def __getitem__(self, name: str) -> str:
        """A part of the address: ``visit["key"]`` of ``/claims/{key}``."""
        return str(self.request.path_params[name])

    def may(self, right: Right) -> bool:
        """Whether whoever asks may do that."""
        return self.session.may(right)

    def show(
        self, template: str, *, faults: Sequence[Fault] = (), status: int = 0, **values: Any
    ) -> HTMLResponse:
        """The page ``templates/web/TEMPLATE``; with *faults* it is a form to put right, and says so."""
        given = {
            **self.shared,
            "visit": self,
            "session": self.session,
            "form": self.form,
            "faults": faults,
            "fault_of": {one.field: one.message for one in faults},
        }
        notices = [] if self.is_part else list(self.session.notices)
        page = draw(f"web/{template}", {**given, "notices": notices, **values})
        del self.session.notices[: len(notices)]
        return HTMLResponse(page, status or (422 if faults else 200))

    def go(self, path: str, notice: str = "") -> Response:
        """Lead on to *path*, which shows *notice*: after whatever changed something."""
        if notice:
            self.session.notices.append(notice)
        return RedirectResponse(path, 303)

    def download(self, name: str, content: bytes | str, kind: str) -> Response:
        """A file to be saved as *name*."""
        return Response(content, media_type=kind, headers={"content-disposition": disposition(name)})


Act = Callable[[Visit], Response]


class Route(NamedTuple):
    """What answers a *method* at a *path*, and the right that it takes."""

    method: str
    path: str
    right: Right
    act: Act


@dataclass(frozen=True)
class Page:
    """One page of the site: *name* and *title*, where it begins, and the right without which it is not shown.

    Only what has a *title* stands in the navigation.
    """

    name: str
    title: str
    path: str
    right: Right = Right.LOOK
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str = "", right: Right | None = None) -> Callable[[Act], Act]:
        """Make the decorated function what shows *path* (without one, that of the page)."""
        return self._route("GET", path, right)

    def post(self, path: str = "", right: Right | None = None) -> Callable[[Act], Act]:
        """Make the decorated function what takes a form at *path*."""
        return self._route("POST", path, right)

    def _route(self, method: str, path: str, right: Right | None) -> Callable[[Act], Act]:
        def keep(act: Act) -> Act:
            self.routes.append(Route(method, path or self.path, right or self.right, act))
            return act

        return keep


def disposition(name: str) -> str:
    """The header that has a file saved as *name*, whatever is in that."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in name)
    plain = plain.replace('"', "_").replace("\\", "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(Path(name).name, safe='')}"
