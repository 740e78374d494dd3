"""Which workbooks a command was given: files as they are named, folders searched for workbooks."""

from collections.abc import Sequence
from pathlib import Path

from claimbatch.cli.session import say
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

NOT_LOOKED_AT = ("~$", ".~lock", "._", ".")  # what Office and macOS leave beside an open workbook
WORKBOOKS = (
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
)  # all but the first so that they are refused by name, not passed over
NAMED = 5  # files that were passed over, by name


def workbooks(given: Sequence[Path]) -> list[tuple[Path, str]]:
    """The workbooks *given*, each with the name to call it by, without repeats, in their order.

    A folder stands for the workbooks in it and below it, by name; what else it holds is passed over and named, because
    grades may stand in a file of another kind.
    """
    found: dict[Path, str] = {}
    others: list[Path] = []
    for path in given:
        if not path.exists():
            raise ClaimbatchError(f"There is no file or folder {path}.", "Check the name, and where you are.")
        below = _below(path) if path.is_dir() else [path]
        for file in below:
            if file is path or file.suffix.lower() in WORKBOOKS:
                found.setdefault(file, shown(file))
            else:
                others.append(file)
    if others:
        more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
        names = ", ".join(map(shown, others[:NAMED]))
        say(f"Passed over, no workbook: {names}{more}.")
    if not found:
        say(f"There is no workbook in {', '.join(str(path) for path in given)}.")
    return list(found.items())


def _below(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if not file.is_dir())
    return sorted(file for file in files if not file.name.startswith(NOT_LOOKED_AT))
