"""Which workbooks a command was given: files as they are named, folders searched for workbooks."""

from collections.abc import Sequence
from pathlib import Path

from claimbatch.cli.session import say
from claimbatch.errors import ClaimbatchError

NOT_LOOKED_AT = ("~$", ".~lock", "._", ".")  # what Office and macOS leave beside an open workbook


def workbooks(given: Sequence[Path]) -> list[tuple[Path, str]]:
    """The workbooks *given*, each with the name to call it by, without repeats, in their order.

    A folder stands for the ``.xlsx``, ``.xlsm`` and ``.xls`` files in it and below it, by name (the latter two are
    looked at so that they can be refused by name rather than passed over).
    """
    found: dict[Path, str] = {}
    for path in given:
        if not path.exists():
            raise ClaimbatchError(f"There is no file or folder {path}.", "Check the name, and where you are.")
        for file in _below(path) if path.is_dir() else [path]:
            found.setdefault(file, file.as_posix())
    if not found:
        say(f"There is no workbook in {', '.join(str(path) for path in given)}.")
    return list(found.items())


def _below(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".ods")
        and not file.name.startswith(NOT_LOOKED_AT)
    )
