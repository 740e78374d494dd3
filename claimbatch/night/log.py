"""The log of a night: what was done and when, for whoever keeps the computer, and never a word about a person.

One line of JSON for each event, in ``log.jsonl`` of the run's folder, and at the terminal as people read it for who
asks. What may stand in it is a closed list of facts, each with the look that it must have; there is none for a
sentence, a name or a value of a cell. What is not on the list is not written, and the line says so: a log is read by
people and programs that have nothing to do with candidates.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, Unpack

from claimbatch import clock
from claimbatch.files import appending, make_folder

LOG = "log.jsonl"


class Facts(TypedDict, total=False):
    """All that an event may say. *file* and *folder* are paths from the inbox or the workspace; counts are numbers."""

    run: str
    took_over: str
    dry_run: bool
    file: str
    folder: str
    fate: str
    sha256: str
    size: int
    claim: str
    revision: int
    head: str
    centre: str
    entry_code: str
    template: str
    rule: str
    what: str  # a word for what was to be done: export, mail, move
    kind: str
    state: str
    error: str  # the kind of an exception, never its words
    exit_code: int
    pid: int
    version: str
    seconds: float
    files: int
    claims: int
    lines: int
    added: int
    changed: int
    removed: int
    unchanged: int
    held: int
    errors: int
    queries: int
    undone: int
    count: int


_WORD = r"[a-z][a-z0-9-]{0,40}"
_PATH = r"[^\x00-\x1f\x7f]{0,1000}"
# How a text must look; all others are numbers.
_LOOKS: Mapping[str, str] = {
    "run": r"[\w-]{0,60}", "took_over": r"[\w-]{0,60}", "file": _PATH, "folder": _PATH,
    "fate": _WORD, "what": _WORD, "kind": _WORD, "state": _WORD, "error": r"[A-Za-z]{1,60}",
    "sha256": "[0-9a-f]{0,64}", "head": "[0-9a-f]{0,64}", "claim": "[0-9]{5}-[0-9]{5}-[0-9]+",
    "centre": "[0-9]{0,5}", "entry_code": "[0-9]{0,5}", "template": r"[\w-]{0,60}",
    "rule": "CB[0-9]{3}", "version": r"[\w.+-]{1,30}",
}  # fmt: skip
_EVENT = r"[a-z]+( [a-z]+){0,5}"
REFUSED = "not_logged"


class Log:
    """Takes note of the events of a run: ``log("file put away", file="12A/Jones.xlsx", fate="merged", lines=40)``."""

    def __init__(self, note: Callable[..., Any] = lambda _event, **_facts: None) -> None:
        self._note = note

    def __call__(self, event: str, **facts: Unpack[Facts]) -> None:
        """Note the *event*, in a few plain words that are the same every night, and its *facts*."""
        with suppress(OSError):  # a full disk stops the night where it writes what counts, not here
            self._note(event, **facts)


@contextmanager
def open_log(folder: Path, *, verbose: bool = False) -> Iterator[Log]:
    """The log of the run with this *folder*, gone on with where it was begun; *verbose*: to standard error, too."""
    with appending(make_folder(folder) / LOG) as write:
        yield Log(_noting(write, verbose=verbose))


def _noting(write: Callable[[str], None], *, verbose: bool) -> Callable[..., Any]:
    import structlog  # noqa: PLC0415 - only a night needs it

    aloud = structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)

    def tell(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if verbose:
            print(aloud(logger, method, dict(event)), file=sys.stderr)  # noqa: T201
        return event

    bound = structlog.wrap_logger(
        SimpleNamespace(info=write),
        processors=[_fit, _stamped, tell, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return bound.info  # type: ignore[no-any-return]


def _stamped(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"timestamp": clock.stamp(), **event}


def _fit(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event with those of its facts that may be logged, and the names of the others."""
    said = event.pop("event")
    fit = {key: value for key, value in event.items() if _fits(key, value)}
    refused = [key if key in Facts.__annotations__ else "?" for key in event if key not in fit]
    words = said if re.fullmatch(_EVENT, str(said)) else "?"
    return {"event": words, **fit} | ({REFUSED: sorted(set(refused))} if refused else {})


def _fits(key: str, value: object) -> bool:
    if key not in Facts.__annotations__:
        return False
    if look := _LOOKS.get(key):
        return isinstance(value, str) and re.fullmatch(look, value) is not None
    return isinstance(value, int | float)
