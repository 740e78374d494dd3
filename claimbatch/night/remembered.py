"""What one night remembers for the next: which faulty workbooks wait for a correction, and which claims were written.

Nothing hangs on it but convenience: without it claims are written once more, and what was rejected stays until somebody
takes it away. No name of a candidate is in it.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from claimbatch.files import write_atomic
from claimbatch.night.plan import Fact, fact_of
from claimbatch.office.faulty import FILE


@dataclass(frozen=True, slots=True)
class Written:
    """A claim as it was written: what tells whether it has changed since, and the files."""

    signature: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """*rejected* by the path of the workbook, *written* by the claim's key."""

    rejected: Mapping[str, Fact] = field(default_factory=dict)
    written: Mapping[str, Written] = field(default_factory=dict)

    @classmethod
    def read(cls, runs: Path) -> "Remembered":
        """What is remembered in the folder *runs*; nothing where that cannot be read."""
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            kept: dict[str, Any] = json.loads((runs / FILE).read_text("ascii"))
            return cls(
                {path: fact_of(fact) for path, fact in kept["rejected"].items()},
                {key: Written(one["signature"], tuple(one["files"])) for key, one in kept["written"].items()},
            )
        return cls()

    def write(self, runs: Path) -> None:
        """Keep it, where it is not kept already."""
        text = json.dumps(asdict(self), sort_keys=True)
        with suppress(OSError, ValueError):
            if (runs / FILE).read_text("ascii") == text:
                return
        write_atomic(runs / FILE, text)

    def with_rejected(self, gone: Iterable[str], more: Iterable[Fact]) -> "Remembered":
        """The same without those that are *gone*, and with *more*."""
        left = set(gone)
        kept = {path: fact for path, fact in self.rejected.items() if path not in left}
        return replace(self, rejected={**kept, **{fact.original: fact for fact in more}})
