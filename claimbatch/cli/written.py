"""Says which documents were written, and of what there is none."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.session import count, say
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.drawing import Written


def say_written(paths: Iterable[Path]) -> None:
    """A line for each file that was written."""
    for path in paths:
        say(f"Wrote {shown(path)}.")


def tell_written(written: "Written", *, bundle: bool = False) -> None:
    """Say what was written and what was passed over; nothing at all is an error, one claim without is none."""
    if bundle:
        for path in written.paths:
            say(f"Wrote {shown(path)}: {count(written.documents, 'document')}.")
    else:
        say_written(written.paths)
    for name, error in written.passed_over.items():
        say(f"Passed over {name}: {error}")
    if not written.paths:
        raise ClaimbatchError("No document was written.", "See above, or choose another --kind.")
