"""The door: what is checked of every request before anything else, and the headers that every answer carries.

A page of another site that the same browser has open must not be able to read from here, or have anything done here:
the name that the request was sent to is checked (against DNS rebinding), and of whatever changes something where it
comes from (against forged requests; the session's cookie and a token in each form say the same again).
"""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from claimbatch.web.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS: Mapping[str, str] = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer a form would not say where it comes from, either
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex",
}
METHODS = ("GET", "HEAD", "POST")
LONGEST = 2000  # characters of an address: every entry code there is, and more
KEPT = "cache-control"  # pages show names: nothing keeps them, unless the answer says it may be kept


class TooMuchError(Exception):
    """More was sent than a form may bring."""


class Door:
    """Lets requests through to *app* that were meant for it, and sees to the headers of what it answers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, and answer it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nobody here speaks over a socket

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(MutableHeaders(scope=message), self.settings)
            await send(message)

        if refusal := self._refusal(scope["method"], scope["path"], Headers(scope=scope)):
            status, words = refusal
            await PlainTextResponse(f"{words}\n", status)(scope, receive, answer)
            return
        await self.app(scope, _counted(receive, self.settings.limits.total), answer)

    def _refusal(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        """Why a request is not let in, with the status that says so."""
        host = headers.get("host", "").lower()
        if host not in self.settings.hosts:
            return 421, "This page is not reached under that name."
        if len(path) > LONGEST:
            return 414, "That address is too long."
        if method not in METHODS:
            return 405, "That cannot be done here."
        if method == "POST" and not self._is_from_here(headers, host):
            return 403, "This form was not sent from a page of claimbatch."
        length = headers.get("content-length", "0")
        if (
            not (length.isascii() and length.isdigit())
            or len(length) > 15
            or int(length) > self.settings.limits.total
        ):
            return 413, "That is more than can be taken at once. Send fewer files at a time."
        return None

    def _is_from_here(self, headers: Headers, host: str) -> bool:
        return (
            headers.get("origin", "") == f"{self.settings.scheme}://{host}"
            and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )


def dress(headers: MutableHeaders, settings: Settings) -> None:
    """Give an answer the *headers* that every answer carries."""
    for name, value in ALWAYS.items():
        headers[name] = value
    headers.setdefault(KEPT, "no-store")
    if settings.secure:
        headers["strict-transport-security"] = "max-age=31536000"


def _counted(receive: Receive, most: int) -> Receive:
    """*receive* until more than *most* bytes came, whatever the headers said."""
    came = 0

    async def next_part() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > most:
            raise TooMuchError
        return message

    return next_part
