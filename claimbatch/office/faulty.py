"""Workbooks that came back with errors and wait for a correction, as the nightly run remembers them.

The store keeps nothing of what was not taken; the nightly run does, as long as it waits (:mod:`claimbatch.night`).
"""

import json
from contextlib import suppress
from pathlib import Path

FILE = "remembered.json"


def faulty_templates(runs: Path) -> frozenset[str]:
    """The ids of the templates of which a faulty copy waits; none where the folder *runs* remembers nothing."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        kept = json.loads((runs / FILE).read_text("ascii"))
        return frozenset(str(fact["template_id"]) for fact in kept["rejected"].values()) - {""}
    return frozenset()
