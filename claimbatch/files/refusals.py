"""What a server's refusal means, in a person's words. None of a library's own words are in it, but for short codes."""

import re
from collections.abc import Iterator

from claimbatch.errors import ClaimbatchError, Exit

_NOT_LET_IN = re.compile(
    "Credential|Auth|Permission|HostKey|Token|AccessDenied|InvalidAccessKey|Signature|Forbidden"
)
_NO_ANSWER = re.compile(
    "Connect|Time[Oo]ut|TimedOut|EOFError|gaierror|SSHException|ServiceRequest|IncompleteRead"
)
_CODE = re.compile("[A-Za-z0-9]{1,40}")


class Silent(ClaimbatchError):  # noqa: N818 - it is what the server is
    """A server that does not answer; *again*: it was not even asked, as it was silent before."""

    def __init__(self, what: str, done: str, *, again: bool = False) -> None:
        self.again = again
        why = "has not answered before, and was not asked again" if again else "does not answer"
        super().__init__(
            f"{what} could not be {done}: the server {why}.",
            "See that it is up and can be reached from this computer.",
            Exit.NOT_FINISHED,
        )


def refusal(error: BaseException, what: str, done: str) -> ClaimbatchError:
    """Say that *what* could not be *done*, and as far as *error* tells, why."""
    names = [type(one).__name__ for one in _chain(error)]
    if isinstance(error, PermissionError) or any(map(_NOT_LET_IN.search, (*names, _code(error)))):
        return ClaimbatchError(
            f"{what} could not be {done}: the server does not allow it ({_code(error)}).",
            "See that the credentials are there, for the user who starts this, and that with them files may be listed, "
            "read, written and deleted there.",
            Exit.NOT_FINISHED,
        )
    if isinstance(error, ConnectionError | TimeoutError) or any(map(_NO_ANSWER.search, names)):
        return Silent(what, done)
    return ClaimbatchError(
        f"{what} could not be {done}: the server did not do it ({_code(error)}).",
        "Try again later; if it stays so, ask whoever looks after the server.",
        Exit.NOT_FINISHED,
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__


def _code(error: BaseException) -> str:
    """The server's short code for it, ``NoSuchBucket``; else what kind of error it is."""
    for one in _chain(error):
        response = getattr(one, "response", None)
        told = response.get("Error", {}) if isinstance(response, dict) else {}
        for code in (told.get("Code"), getattr(one, "error_code", None)):
            found = _CODE.fullmatch(str(getattr(code, "value", code) or ""))
            if found:
                return found[0]
    return type(error).__name__
