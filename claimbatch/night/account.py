"""What a night accounts for: every file that lay in the inbox, every line in it, every claim that changed.

Plain values, filled in by the run and read by all that tell of it: the manifest, the page, the metrics, the messages.
No name and no date of birth is in any of them; candidates are numbers here, assessors initials.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from claimbatch.spool import Stream

if TYPE_CHECKING:
    from claimbatch.claims.merge import Change
    from claimbatch.claims.term import Course
    from claimbatch.problems import Problem


class Fate(StrEnum):
    """What became of a file."""

    MERGED = "merged"  # taken whole
    PART = "merged-in-part"  # its clean lines were taken, where the settings say so
    AGAIN = "already-received"  # its very bytes were taken before, or came twice tonight
    REJECTED = "rejected"  # it has errors, or clashes with another
    QUARANTINED = "quarantined"  # it could do harm, or cannot be read
    LEFT = "left"  # it stays in the inbox for the next night


@dataclass(frozen=True, slots=True)
class File:
    """A file of the inbox, and what became of it.

    *name* is its path from the inbox, with slashes; *why* says in a sentence why it was left, quarantined or passed
    over. *moved_to*, *marked* and *error_sheets* are paths from the workspace's folder, or addresses; *retired* are
    those of earlier faulty copies that this one puts an end to. Every one of its *lines* is *added*, *changed*,
    *removed*, *unchanged* or *held* back. *codes* counts its problems by rule.
    """

    name: str
    fate: Fate
    why: str = ""
    sha256: str = ""
    size: int = 0
    moved_to: str = ""
    marked: str = ""
    error_sheets: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    centre_number: str = ""
    entry_code: str = ""
    template_id: str = ""
    issued_to: str = ""
    lines: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    held: int = 0
    errors: int = 0
    queries: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimChanged:
    """A claim that the night changed, or wrote anew: how it stands now, and the files *written* of it."""

    key: str
    centre_number: str
    entry_code: str
    title: str
    status: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    head: str = ""  # the hash at the head of its history
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """What could not be done tonight and is tried again: *what* (``mail``, ``move``, ``export`` …), and a sentence."""

    what: str
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message of the night: the *kind* (``summary``, ``workbooks``, ``reminder``), whom for, and what came of it.

    *whom* is a folder of the inbox or a role, never an address.
    """

    kind: str
    whom: str
    state: str  # sent, waiting, uncertain, dropped; planned by a dry run; not made
    why: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The whole account of one run.

    *id* is its moment and a few letters, ``20261126T020000Z-3f2a``, the name of its folder under ``runs/``. *started*
    and *ended* are UTC; *seconds* are by a clock that does not jump. *took_over* are the ids of runs that were killed
    and finished by this one, *finished_by* the id of the run that did so with this one. *retired* are earlier faulty
    copies that no file of tonight puts an end to, but a workbook that was merged by hand since. *changes* are the lines
    that changed, each with the key of its claim, and *problems* all that was found; both are read anew whenever
    somebody goes through them. *term* is how the term stands now.
    """

    id: str
    who: str
    started: str
    ended: str = ""
    seconds: float = 0.0
    dry_run: bool = False
    took_over: tuple[str, ...] = ()
    finished_by: str = ""
    retired: tuple[str, ...] = ()
    files: Sequence[File] = ()
    claims: Sequence[ClaimChanged] = ()
    changes: "Sequence[tuple[str, Change]]" = field(default_factory=Stream)
    problems: "Sequence[Problem]" = field(default_factory=Stream)
    term: "Sequence[Course]" = ()
    mails: Sequence[Mailed] = ()
    undone: Sequence[Undone] = ()

    def count(self, fate: Fate) -> int:
        """How many files came to this *fate*."""
        return sum(file.fate is fate for file in self.files)

    @property
    def changed_anything(self) -> bool:
        """Whether the night changed a claim, or moved or wrote a file of anybody's."""
        return bool(self.claims) or any(file.fate is not Fate.LEFT for file in self.files)
