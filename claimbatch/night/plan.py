"""What is to become of the files of a night: made before anything is taken, and kept until all of it is done.

A night prepares everything (marked copies, lists of errors, where each file goes), keeps that as its plan, takes what
is clean into the claims in one transaction, and then only moves files. Killed before the transaction, it has changed
nothing; killed after it, the next night goes on by the plan and ends where this one would have ended.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import write_atomic
from claimbatch.night.account import Fate, File

PLAN = "plan.json"


class Kind(StrEnum):
    """How a file goes from one path to another."""

    ORIGINAL = "original"  # it came in: moved, its bytes unchanged
    ANSWER = "answer"  # we have made it: written over what stood there
    ASIDE = "aside"  # it was answered, or is an answer, and is settled: moved, where it still is there


@dataclass(frozen=True, slots=True)
class Put:
    """A file that goes from *source* to *target*.

    *look* is how an original looked when it was copied: if it looks otherwise by then, somebody has saved it anew, and
    what is put away is the *staged* copy; so is that of a file which *stays* where it is.
    """

    kind: Kind
    source: str
    target: str
    sha256: str = ""
    look: tuple[int, ...] = ()
    staged: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """What is remembered of a file that went to *rejected*: enough to know a later copy of the same workbook by.

    *since* is the revision of its claim when that night had taken what it took, *issued_to* whose workbook it is, where
    it was made for somebody. *files* are the paths of its group: itself, its marked copy, its lists.
    """

    sha256: str
    name: str
    template_id: str
    issued_to: str
    since: int
    files: tuple[str, ...]

    @property
    def original(self) -> str:
        """Where the file itself lies: what tells it from all others."""
        return self.files[0]


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the night with what becomes of it: its *puts* in their order, and what is remembered of it."""

    file: File
    puts: tuple[Put, ...] = ()
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Retired:
    """An earlier faulty copy (its path), the SHA-256 of what puts an end to it, and where its group goes."""

    original: str
    by: str
    puts: tuple[Put, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be done once what is clean has been taken.

    *whole* and *part* are the SHA-256 of the workbooks to be taken, *since* the revisions of their claims before that.
    """

    at: str
    items: tuple[Item, ...] = ()
    retired: tuple[Retired, ...] = ()
    whole: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Keep the plan in a run's *folder*."""
        write_atomic(folder / PLAN, json.dumps(asdict(self)))  # ASCII: a name may hold what is no UTF-8


def read_plan(folder: Path) -> Plan | None:
    """The plan in a run's *folder*; None where it has not come so far."""
    try:
        kept: dict[str, Any] = json.loads((folder / PLAN).read_text("ascii"))
        return _plan(kept)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise ClaimbatchError(
            f"The run {folder.name} came to no end, and another version of claimbatch made its plan.",
            f"Let that version finish it (claimbatch nightly), or delete {folder}: what is still in the inbox is then "
            "looked at anew.",
            Exit.WRONG_SETUP,
        ) from None


def _plan(kept: dict[str, Any]) -> Plan:
    return Plan(
        kept["at"],
        tuple(_item(**item) for item in kept["items"]),
        tuple(Retired(one["original"], one["by"], _puts(one["puts"])) for one in kept["retired"]),
        tuple(kept["whole"]),
        tuple(kept["part"]),
        kept["since"],
    )


def _item(file: Any, puts: Any, fact: Any) -> Item:
    lists = {name: tuple(file[name]) for name in ("error_sheets", "retired")}
    return Item(
        File(**(file | lists | {"fate": Fate(file["fate"])})), _puts(puts), fact_of(fact) if fact else None
    )


def fact_of(kept: Any) -> Fact:
    """A fact as it was kept in JSON."""
    return Fact(**(kept | {"files": tuple(kept["files"])}))


def _puts(kept: Any) -> tuple[Put, ...]:
    return tuple(Put(**(put | {"kind": Kind(put["kind"]), "look": tuple(put["look"])})) for put in kept)
