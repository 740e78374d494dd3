"""Which workbooks are meant: files as they are named, folders searched for workbooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown
from claimbatch.files.far import meant_by

NOT_LOOKED_AT = ("~$", ".~lock", "._", ".")  # what Office and macOS leave beside an open workbook
WORKBOOKS = (
    ".xlsx",
    ".xlsm",
    ".xls",
    ".ods",
)  # all but the first so that they are refused by name, not passed over
SUPERSEDED = "superseded"  # a folder of earlier faulty copies, which the nightly run has put aside

Paths = str | Path | Iterable[str | Path]


@dataclass(frozen=True, slots=True)
class Given:
    """The workbooks that are meant, each with the name to call it by; and what a folder holds besides.

    What was passed over is to be told: grades may stand in a file of another kind. *superseded* are earlier copies that
    were put aside because a corrected one was taken: they would only speak against that.
    """

    files: tuple[tuple[Path, str], ...]
    passed_over: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()


def workbooks(paths: Paths) -> Given:
    """The workbooks at *paths* (or one path), without repeats, in their order.

    A folder stands for those in it and below it, by name, but for a folder ``superseded`` in it, which has to be named
    itself. A file that is named is taken whatever it is called. Raises
    :class:`ClaimbatchError` where there is no such file or folder.
    """
    found: dict[Path, str] = {}
    others: list[str] = []
    aside: list[str] = []
    for path in that_are_there([paths] if isinstance(paths, str | Path) else paths):
        below = _below(path) if path.is_dir() else [path]
        for file in below:
            if SUPERSEDED in file.relative_to(path).parts[:-1]:
                aside.append(shown(file))
            elif file is path or file.suffix.lower() in WORKBOOKS:
                found.setdefault(file, shown(file))
            else:
                others.append(shown(file))
    return Given(tuple(found.items()), tuple(others), tuple(aside))


def that_are_there(paths: Iterable[str | Path]) -> list[Path]:
    """All of *paths*; :class:`ClaimbatchError` where one of them is no file and no folder."""
    named = [*map(Path, paths)]
    for path in named:
        if far := meant_by(path):
            raise ClaimbatchError(
                f"{far} lies on a server, and this command reads files of this computer.",
                "Fetch it first; or let the nightly run say what it would take: "
                f"claimbatch nightly --dry-run --once {far}",
            )
        if not path.exists():
            raise ClaimbatchError(f"There is no file or folder {path}.", "Check the name, and where you are.")
    return named


def given_by(paths: Given | Paths) -> Given:
    """The workbooks at *paths*, unless they were looked for already."""
    return paths if isinstance(paths, Given) else workbooks(paths)


def _below(folder: Path) -> list[Path]:
    files = (file for file in folder.rglob("*") if not file.is_dir())
    return sorted(file for file in files if not file.name.startswith(NOT_LOOKED_AT))
