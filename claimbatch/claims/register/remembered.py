"""What people said of the columns of a register file, kept for the next file with the same headings.

Headings name columns and nobody: there is no personal data in this file of the workspace.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.register.headings import Kind, plain
from claimbatch.files import write_atomic


@dataclass(frozen=True, slots=True)
class Remembered:
    """The file that keeps it, a JSON object: the kind of file and its headings -> heading -> field."""

    path: Path

    def of(self, kind: Kind, rows: Iterable[Sequence[str]]) -> Mapping[str, str]:
        """What was said of the first of *rows* that are known headings; where the file is damaged, nothing."""
        kept = self._kept()
        if not kept:
            return {}
        keys = (_key(kind, row) for row in rows)
        said = next((kept[key] for key in keys if key in kept), {})
        return {heading: name for heading, name in said.items() if name in (*kind.fields, "ignore")}

    def keep(self, kind: Kind, headings: Sequence[str], said: Mapping[str, str]) -> None:
        """Remember what was *said* of these *headings*, in place of what was before."""
        kept = {**self._kept(), _key(kind, headings): dict(said)}
        write_atomic(self.path, json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True) + "\n")

    def _kept(self) -> dict[str, dict[str, str]]:
        try:
            kept = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        whole = isinstance(kept, dict) and all(isinstance(said, dict) for said in kept.values())
        return kept if whole else {}


def _key(kind: Kind, headings: Sequence[str]) -> str:
    return f"{kind.name}: {' | '.join(sorted(filter(None, map(plain, headings))))}"
