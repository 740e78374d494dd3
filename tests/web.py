"""The web page, for tests: a client that is let in, a real browser, axe, and pictures to look at.

def test_...(centre):
    client = opened(centre)                      # as the exam officer; opened(centre, Role.TUTOR) as a tutor
    assert "Ahmed, Sana" in client.page("/claims/68199-05349-1")
    answer = client.send("/claims/…/set", {"grade": "M"}, back="/claims/…")

def test_...(centre, browser):
    with served(centre) as address, browser.visit(address) as tab:
        tab.get_by_role("link", name="Claims").click()
        assert findings(tab) == []
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from claimbatch.cli.demo import ISSUED_AT, ISSUING
from claimbatch.data import sample_folder
from claimbatch.web.app import app
from claimbatch.web.page import Page
from claimbatch.web.pages import PAGES
from claimbatch.web.roles import Role
from claimbatch.web.run import opening
from claimbatch.web.settings import Settings
from claimbatch.workspace import Workspace
from tests.centre import Centre
from tests.conftest import installed

HOST = "127.0.0.1:8459"
HERE = f"http://{HOST}"
WHO = "Pat Lee"
Files = Sequence[tuple[str, tuple[str, bytes]]]
PHONE, DESK = {"width": 375, "height": 740}, {"width": 1280, "height": 860}


@dataclass
class Client:
    """A browser without a screen: it keeps its cookie and sends forms as pages of ours do."""

    http: TestClient
    settings: Settings

    def get(self, path: str) -> Any:
        """The answer to a request for *path*."""
        return self.http.get(path)

    def page(self, path: str, status: int = 200) -> str:
        """The words of a page, tags and all that is between them in one blank."""
        answer = self.get(path)
        assert answer.status_code == status, words(answer.text)
        return words(answer.text)

    def csrf(self, back: str = "/") -> str:
        """The token of the forms on the page *back*."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(back).text)
        return found[1] if found else ""

    def send(
        self,
        path: str,
        fields: Mapping[str, str | list[str]] | None = None,
        files: Files = (),
        *,
        back: str = "/",
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a form from the page *back*: the answer, or the page that it leads to."""
        given = {"csrf": self.csrf(back), **(fields or {})}
        return self.http.post(
            path,
            data=given,
            files=[(name, (called, content)) for name, (called, content) in files] or None,
            headers={"origin": HERE, **(headers or {})},
            follow_redirects=follow,
        )

    def says(self, path: str, fields: Mapping[str, str | list[str]] | None = None, **more: Any) -> str:
        """The words of the page that a form leads to."""
        return words(self.send(path, fields, **more).text)


def college(folder: Path) -> Centre:
    """The sample college: its register is in, its templates are out, and nothing is merged yet."""
    samples = sample_folder() / "college"
    Workspace.create(folder, {"68199": "Example College"})
    (folder / "claimbatch.key").write_bytes((samples / "claimbatch.key").read_bytes())
    centre = Centre(Workspace(folder))
    for kind in ("entries", "assessors"):
        centre.done(kind, "import", samples / f"{kind}.csv")
    with pytest.MonkeyPatch.context() as patch:  # the moment at which the samples' templates were issued
        patch.setenv("SOURCE_DATE_EPOCH", str(ISSUED_AT))
        for command in ISSUING:
            centre.done(*command)
    return centre


def returned(which: str = "returned") -> list[Path]:
    """The workbooks that came back to the sample college, or those that came back ``corrected``."""
    return sorted((sample_folder() / "college" / which).glob("*.xlsx"))


def strange(
    centre: Centre,
    *,
    pages: tuple[Page, ...] = PAGES,
    close: Callable[[], None] = lambda: None,
    **settings: Any,
) -> Client:
    """Somebody who has not been let in."""
    made = Settings(8459, who=WHO, **settings)
    site = app(centre.workspace, made, pages=pages, close=close)
    return Client(TestClient(site, HERE, raise_server_exceptions=False, follow_redirects=False), made)


def opened(centre: Centre, role: Role = Role.ADMINISTRATOR, **how: Any) -> Client:
    """Whoever opened the page with the address that was made for them; *how* as for :func:`strange`."""
    client = strange(centre, role=role, **how)
    assert client.get(opening(client.settings).removeprefix(client.settings.address)).status_code == 303
    return client


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        self._skipping += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.found.append(data)


def words(page: str) -> str:
    """What a page says, without its tags."""
    reader = _Words()
    reader.feed(page)
    return " ".join(" ".join(reader.found).split())


@contextmanager
def served(centre: Centre, role: Role = Role.ADMINISTRATOR, **settings: Any) -> Iterator[str]:
    """A real server: the address that opens the page, once."""
    import socket  # noqa: PLC0415

    listening = socket.create_server(("127.0.0.1", 0))
    made = Settings(listening.getsockname()[1], who=WHO, role=role, **settings)
    config = uvicorn.Config(app(centre.workspace, made), log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield opening(made)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@dataclass
class Browser:
    """Chromium, and whatever a page complained of."""

    chromium: Chromium
    complaints: list[str] = field(default_factory=list)

    @contextmanager
    def visit(
        self,
        address: str,
        *,
        scheme: str = "light",
        size: Mapping[str, int] | None = None,
        script: bool = True,
        zoom: float = 1,
    ) -> Iterator[Tab]:
        """A tab at *address*, in the colour *scheme*, of a *size*, with or without JavaScript.

        What the console shows at the end (a refused script, an error of ours) is a fault.
        """
        size = size or DESK
        view = {key: int(value / zoom) for key, value in size.items()}
        context = self.chromium.new_context(
            color_scheme=scheme, viewport=view, java_script_enabled=script, device_scale_factor=zoom
        )
        context.set_default_timeout(20000)
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        try:
            tab.goto(address)
            yield tab
            assert [text for text in said if "status of 4" not in text] == []
        finally:
            context.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    path = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield Browser(chromium)
        chromium.close()


def findings(tab: Tab) -> list[tuple[str, str]]:
    """What axe finds wrong with the page in *tab*: its rule, and where."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    tab.evaluate(axe)  # not as a script of the page, which its policy would refuse
    done = tab.evaluate("axe.run({resultTypes: ['violations']}).then(done => done.violations)")
    return [(one["id"], ", ".join(node["target"][0] for node in one["nodes"][:3])) for one in done]


def overflows(tab: Tab) -> bool:
    """Whether one has to scroll sideways to read the page."""
    return bool(tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def picture(tab: Tab, path: Path, *, whole: bool = True) -> Path:
    """A picture of the page, to be looked at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=path, full_page=whole)
    return path
