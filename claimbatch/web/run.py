"""Serve the page, and open it in the browser: once for each workspace, by whoever asks first."""

import contextlib
import gc
import importlib
import json
import os
import secrets
import socket
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import remove, write_atomic
from claimbatch.web.app import app
from claimbatch.web.entrance import proof
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.pages.claims import listed
from claimbatch.web.pages.register import held_in
from claimbatch.web.pages.today import now_in
from claimbatch.web.sessions import Tokens
from claimbatch.web.settings import Settings
from claimbatch.workspace import Workspace

RUNNING = "runs/serve.json"
Tell = Callable[[str], None]


def serve(
    workspace: Workspace,
    settings: Settings,
    *,
    tell: Tell,
    browse: bool = True,
    certificate: tuple[Path, Path] | None = None,
    end_after: int | None = None,
) -> None:
    """Serve the page of the *workspace* until Ctrl-C, or until somebody closes it there.

    It ends by itself when *end_after* seconds went by without a request. Where it is served already, only the browser
    is opened.
    """
    if settings.local and (running := open_page(workspace.folder)):
        tell(f"claimbatch is open already at {running.address}.")
        _open(running, tell, browse=browse)
        return
    listening = _listen(settings)
    settings = replace(settings, port=listening.getsockname()[1])
    server = _server(workspace, settings, certificate, end_after)
    left = workspace.folder / RUNNING
    if settings.local:
        write_atomic(left, json.dumps({"port": settings.port, "secret": settings.secret.hex()}))
    try:
        tell(f"claimbatch is open at {settings.address}. To close it, press Ctrl-C.")
        if settings.local:
            opening = threading.Timer(0.2, _open, (settings, tell), {"browse": browse})
            opening.daemon = True
            opening.start()
        _run(server, listening)
    finally:
        listening.close()
        if settings.local:
            remove(left)


def opening(settings: Settings) -> str:
    """An address that opens the page, once."""
    return f"{settings.address}/open?token={Tokens(settings.secret).make()}"


def _open(settings: Settings, tell: Tell, *, browse: bool) -> None:
    address = opening(settings)
    if not (browse and webbrowser.open(address)):
        tell(f"Open this address within two minutes, once:\n  {address}")


def _listen(settings: Settings) -> socket.socket:
    """The port, ours from here on: the one asked for, or the next that is free."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    wanted = range(settings.port, settings.port + 20) if settings.local and settings.port else [settings.port]
    for port in wanted:
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name != "nt":  # on Windows it would share the port with whoever has it
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, port))
            listening.listen(128)  # who comes before the server has started waits
        except OSError:
            listening.close()
        else:
            return listening
    raise ClaimbatchError(
        f"Port {settings.port} of {settings.host} cannot be used: another program has it, or it may not be.",
        "Name another one: --port 8500",
        Exit.NOT_FINISHED,
    )


def _server(
    workspace: Workspace,
    settings: Settings,
    certificate: tuple[Path, Path] | None,
    end_after: int | None,
) -> uvicorn.Server:
    def close() -> None:
        server.should_exit = True

    site = app(workspace, settings, close=close)
    threading.Thread(target=warm, args=(site.state.workspace,), daemon=True).start()
    config = uvicorn.Config(
        _Watched(site, end_after, close) if end_after else site,
        log_config=None,  # a program without a window has no place to write to
        log_level="critical",  # what people do here is nobody's business, and addresses may name claims
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=5,
        limit_concurrency=200,
        h11_max_incomplete_event_size=64 * 1024,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    server = uvicorn.Server(config)
    return server


def warm(workspace: KeptWorkspace) -> None:
    """Work out what the first page needs, and load what checking needs, while the browser opens."""
    with contextlib.suppress(ClaimbatchError, OSError):  # whoever asks for the page is told
        now_in(workspace)
        listed(workspace)
        held_in(workspace)
    importlib.import_module("claimbatch.intake.check")
    gc.collect()
    gc.freeze()  # most of it stays: to look through it again and again took 100 ms of some answers


class _Watched:
    """The *site*, which is closed when *end_after* seconds went by without a request."""

    def __init__(self, site: ASGIApp, end_after: int, close: Callable[[], None]) -> None:
        self.site = site
        self.end_after = end_after
        self.close = close
        self._last = time.monotonic()
        threading.Thread(target=self._watch, daemon=True).start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and remember that there was one."""
        self._last = time.monotonic()
        await self.site(scope, receive, send)

    def _watch(self) -> None:
        while (left := self._last + self.end_after - time.monotonic()) > 0:
            time.sleep(left)
        self.close()


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    with contextlib.suppress(KeyboardInterrupt):  # that is how it is closed
        server.run(sockets=[listening])


def open_page(folder: Path) -> Settings | None:
    """The settings of the server that has the workspace in *folder* open on this computer, if one does."""
    try:
        left = json.loads((folder / RUNNING).read_text("ascii"))
        settings = Settings(port=int(left["port"]), secret=bytes.fromhex(left["secret"]))
        word = secrets.token_hex(16)
        here = build_opener(ProxyHandler({}))  # nothing between us and this computer
        with here.open(f"{settings.address}/alive?word={word}", timeout=2) as answer:
            said = answer.read(200).decode("ascii")
    except (OSError, URLError, ValueError, KeyError, TypeError):
        return None
    return settings if secrets.compare_digest(said, proof(settings.secret, word)) else None
