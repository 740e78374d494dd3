"""The log of a night: what was done and when, for whoever keeps the computer, and never a word about a person.

One line of JSON for each event, in ``log.jsonl`` of the run's folder, and at the terminal as people read it for who
asks. What may stand in it is a closed list of facts, each with the look that it must have; there is none for a
sentence, a name or a value of a cell. What is not on the list is not written, and the line says so: a log is read by
people and programs that have nothing to do with candidates.
"""

import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypedDict, Unpack

from claimbatch import clock
from claimbatch.errors import ClaimbatchError
from claimbatch.files import appending
from claimbatch.night.file_names import LOG

ALOUD: ContextVar[bool] = ContextVar("aloud", default=False)  # whether events are said at the terminal, too


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


_RUN = "[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}"
_WORD = r"[a-z][a-z0-9-]{0,40}"
_PATH = r"[^\x00-\x1f\x7f]{0,1000}"
# How a text must look; all others are numbers.
_LOOKS: Mapping[str, str] = {
    "run": _RUN, "took_over": f"({_RUN} ?)*", "file": _PATH, "folder": _PATH,
    "fate": _WORD, "what": _WORD, "kind": _WORD, "state": _WORD,
    "error": "[A-Za-z]{0,50}(Error|Exception|Disconnected|Refused|Expired)",
    "sha256": "[0-9a-f]{0,64}", "head": "[0-9a-f]{0,64}", "template": "[0-9a-f]{0,64}",
    "claim": "[0-9]{5}-[0-9]{5}-[0-9]+", "centre": "[0-9]{0,5}", "entry_code": "[0-9]{0,5}", "rule": "CB[0-9]{3}",
    "version": r"[0-9]{1,3}(\.[0-9]{1,3}){1,3}([.+-]?[a-z]{1,6}[0-9]{0,3})*",
}  # fmt: skip
_EVENT = r"[a-z]+( [a-z]+){0,5}"
REFUSED = "not_logged"


class Log:
    """Takes note of the events of a run: ``log("file put away", file="12A/Jones.xlsx", fate="merged", lines=40)``."""

    def __init__(self, note: Callable[..., Any] = lambda _event, **_facts: None) -> None:
        self._note = note

    def __call__(self, event: str, **facts: Unpack[Facts]) -> None:
        """Note the *event*, in a few plain words that are the same every night, and its *facts*."""
        with suppress(
            OSError, ClaimbatchError
        ):  # a full disk stops the night where it writes what counts, not here
            self._note(event, **facts)


def log_of(folder: Path) -> Log:
    """The log of the run with this *folder*, gone on with where it was begun."""

    def write(line: str) -> None:
        with appending(folder / LOG) as add:
            add(line)

    def note(event: str, **facts: Any) -> None:
        _logger(write).info(event, **facts)

    return Log(note)


def _logger(write: Callable[[str], None]) -> Any:
    import structlog  # noqa: PLC0415 - only a night needs it

    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    processors: list[Any] = [_fit, _stamped, *([_told()] if ALOUD.get() else []), renderer]
    return structlog.wrap_logger(
        SimpleNamespace(info=write), processors=processors, wrapper_class=structlog.BoundLogger
    )


def _told() -> Callable[..., Any]:
    """What says an event at the terminal, as people read it."""
    import structlog  # noqa: PLC0415

    aloud = structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)

    def tell(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        print(aloud(logger, method, dict(event)), file=sys.stderr)  # noqa: T201
        return event

    return tell


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
