"""A night for whoever watches the computers: ``claimbatch.prom``, for the textfile collector of Prometheus.

All are gauges of the last run. There is no label whose values grow: no file, no claim, no candidate.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from claimbatch import __version__
from claimbatch.files import write_pieces
from claimbatch.night.account import Account, Fate
from claimbatch.night.proof import OUT

MODE = 0o644  # the collector is another user; nothing in it is about anybody
PREFIX = "claimbatch_night_"
_SUCCESS = "last_success_timestamp_seconds"
_MAILED = ("sent", "waiting", "refused", "uncertain", "dropped", "not made")
Values = Mapping[str, float]


def write_metrics(path: Path, account: Account) -> None:
    """Write the metrics of the night over those of the last one, which know when all went well for the last time."""
    text = "".join(_metrics(account, _last_success(path)))
    write_pieces(path, [text.encode("utf-8")], MODE)


def _metrics(account: Account, before: float) -> Iterator[str]:
    ended = datetime.fromisoformat(account.ended).timestamp()
    yield _one("last_run_timestamp_seconds", "When the last run ended.", ended)
    yield _one(
        _SUCCESS,
        "When the last run ended that could do all it had to; 0 for none.",
        before if account.undone else ended,
    )
    yield _one("duration_seconds", "How long the last run took.", round(account.seconds, 3))
    yield _one("undone", "What the last run could not do, and the next one tries again.", len(account.undone))
    fates = {fate.value: account.count(fate) for fate in Fate}
    yield _many("files", "Files of the last run, by what became of them.", "fate", fates)
    lines = {kind: sum(getattr(file, kind) for file in account.files) for kind in OUT}
    yield _many("lines", "Lines in the workbooks of the last run, by what became of them.", "kind", lines)
    yield _one("claims_changed", "Claims that the last run changed.", len(account.claims))
    codes: Counter[str] = Counter()
    for file in account.files:
        codes.update(file.codes)
    yield _many(
        "problems", "Problems in the workbooks of the last run, by rule.", "rule", dict(sorted(codes.items()))
    )
    mails = Counter(mail.state for mail in account.mails)
    states = {state: mails[state] for state in _MAILED}
    yield _many("mails", "Messages of the last run, by what became of them.", "state", states)
    out = sum(len(course.outstanding) for course in account.term if course.is_open)
    yield _one("workbooks_outstanding", "Workbooks that went out and are not back, or not in order.", out)
    yield _many("info", "The version of claimbatch that ran.", "version", {__version__: 1})


def _one(name: str, means: str, value: float) -> str:
    return f"{_head(name, means)}{PREFIX}{name} {_number(value)}\n"


def _many(name: str, means: str, label: str, values: Values) -> str:
    rows = (f'{PREFIX}{name}{{{label}="{key}"}} {_number(value)}\n' for key, value in values.items())
    return _head(name, means) + "".join(rows)


def _head(name: str, means: str) -> str:
    return f"# HELP {PREFIX}{name} {means}\n# TYPE {PREFIX}{name} gauge\n"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def _last_success(path: Path) -> float:
    """When all went well for the last time, as the metrics of the last night have it."""
    try:
        found = re.search(rf"^{PREFIX}{_SUCCESS} (\d+(?:\.\d+)?)$", path.read_text("utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return 0
    return float(found[1]) if found else 0
