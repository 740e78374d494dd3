"""Is this file safe to open, and what does it hold that the reader would lose?

Readers of workbooks crash on some files of a few kilobytes, and are silently wrong about many ordinary ones. So a
file that arrives is first looked through here, without any of them. What passes is a :class:`Package`; what does
not is a :class:`~claimbatch.problems.Problem` of one of the rules CB001 to CB006. After reading, the values that
the reader gave are held to the count made here.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from claimbatch.a1 import a1
from claimbatch.files import sha256
from claimbatch.intake.guard import kinds
from claimbatch.intake.guard.archive import (
    DAMAGED,
    MACROS,
    MIB,
    TOO_LARGE,
    UNSAFE,
    Member,
    Refusal,
    list_members,
    unpack,
)
from claimbatch.intake.guard.package import Package, SheetScan, inspect, may_be_read
from claimbatch.problems import Place, Problem, Rule, error

__all__ = [
    "LARGEST_FILE",
    "RULES",
    "Package",
    "SheetScan",
    "admit",
    "admit_file",
    "beyond_limits",
    "fetch",
    "fingerprint",
    "read_sheets",
    "reconcile",
]

LARGEST_FILE = 16 * MIB
_READABLE_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}

Sheet = list[list[Any]]


@dataclass(frozen=True)
class Upload:
    """A file that has arrived, looked into no further than a rule asks."""

    name: str
    data: bytes

    @cached_property
    def listed(self) -> list[Member] | Refusal:
        """What the archive lists, or why it cannot be told."""
        try:
            return list_members(self.data)
        except Refusal as refusal:
            return refusal

    @property
    def members(self) -> list[Member]:
        """What the archive lists; nothing where it is no archive or a broken one."""
        return [] if isinstance(self.listed, Refusal) else self.listed

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the members."""
        return tuple([member.name for member in self.members])

    @cached_property
    def verdict(self) -> Package | Refusal:
        """The workbook, looked through to the last part, or the first thing that speaks against it."""
        if len(self.data) > LARGEST_FILE:
            return Refusal(TOO_LARGE, f"the file has more than {LARGEST_FILE // MIB} MiB")
        if isinstance(self.listed, Refusal):
            return self.listed
        try:
            return inspect(self.name, self.data, unpack(self.data, self.listed, may_be_read))
        except Refusal as refusal:
            return refusal

    def refused_as(self, code: str) -> str:
        """What speaks against the file under the rule *code*, or an empty text."""
        return self.verdict.detail if isinstance(self.verdict, Refusal) and self.verdict.code == code else ""


@error(
    "CB001",
    "not-a-workbook",
    message="This is not an Excel workbook (.xlsx): {detail}.",
    hint="{advice}",
)
def not_a_workbook(upload: Upload) -> kinds.Kind | None:
    """A file that is something other than an .xlsx workbook.

    Why: the name of a file says little; what it really is decides which program can save it as a workbook.
    Wrong: an old .xls, an .ods, a CSV or a PDF under the name claim.xlsx; a file that has not finished syncing.
    Right: the template, saved as Excel Workbook (.xlsx).
    """
    return kinds.recognise(upload.name, upload.data, upload.names)


@error(
    "CB002",
    "password-protected",
    message="This workbook cannot be opened without a password.",
    hint="Open it in Excel, remove the password (File, Info, Protect Workbook, Encrypt with Password), save it and "
    "send it again. A protected sheet is no hindrance, only a password for opening.",
)
def password_protected(upload: Upload) -> str:
    """A workbook that needs a password to be opened.

    Why: its content is encrypted, so nothing in it can be read.
    Wrong: saved with Encrypt with Password, or by a program that encrypts everything it saves.
    Right: saved without; send it over a channel that is itself protected.
    """
    if kinds.is_encrypted(upload.data) or any(member.encrypted for member in upload.members):
        return "its content is encrypted"
    return ""


@error(
    "CB003",
    "damaged-workbook",
    message="This workbook is damaged: {detail}.",
    hint="Open it in Excel, save it under a new name and send that file. If Excel cannot open it, send it once more "
    "from where it was last saved: a copy may have been cut short on the way.",
)
def damaged_workbook(upload: Upload) -> str:
    """A workbook that is broken, or that two programs would read differently.

    Why: a reader that guesses what a damaged file meant gives wrong grades without a word.
    Wrong: half an upload; a cell that is there twice; a sheet that is listed but missing.
    Right: the workbook as Excel, LibreOffice, Google Sheets or Numbers saves it.
    """
    return upload.refused_as(DAMAGED)


@error(
    "CB004",
    "unsafe-workbook",
    message="This file is not safe to open: {detail}.",
    hint="No spreadsheet program saves a workbook like this. Fill in a fresh template and send that; if you do not "
    "know where the file came from, show it to whoever looks after your computers.",
)
def unsafe_workbook(upload: Upload) -> str:
    """A file built, or mangled, in a way that can harm the program that opens it.

    Why: files come in by e-mail; one that is made to mislead a reader must not reach it.
    Wrong: an XML document type with entities; parts with names that lead outside; a sheet in another file;
    a file at which the program that reads it hangs, breaks down or runs out of memory, twice.
    Right: the workbook as a spreadsheet program saves it.
    """
    return upload.refused_as(UNSAFE)


@error(
    "CB005",
    "macro-workbook",
    message="This workbook contains macros.",
    hint="Save it as Excel Workbook (.xlsx), which leaves the macros out, and send that file. The form needs none.",
)
def macro_workbook(upload: Upload) -> str:
    """A workbook that carries macros.

    Why: a macro is a program. The template has none, so it came from somewhere else.
    Wrong: an .xlsm, under its own name or under another.
    Right: saved as Excel Workbook (.xlsx).
    """
    return kinds.macros(upload.names) or upload.refused_as(MACROS)


@error(
    "CB006",
    "too-large",
    message="This workbook is larger than a claim can be: {detail}.",
    hint="Press Ctrl+End on each sheet to see how far it reaches; delete what stands outside the form (values, "
    "comments, pictures), save it and send it again.",
)
def too_large(upload: Upload) -> str:
    """A workbook beyond any size that a claim needs.

    Why: a file of a few kilobytes can unpack to gigabytes, and one value in the last cell of a sheet makes
    the reader lay out seventeen thousand million cells.
    Wrong: a value in XFD1048576; a table of texts that claims four thousand million; a photograph on a sheet.
    Right: the form and what it asks for. Whole columns may be formatted.
    """
    return upload.refused_as(TOO_LARGE)


RULES: tuple[Rule, ...] = (
    not_a_workbook,
    password_protected,
    damaged_workbook,
    unsafe_workbook,
    macro_workbook,
    too_large,
)


def admit(name: str, data: bytes) -> Package | Problem:
    """The workbook in *data*, if it may be opened, else the problem that keeps it out."""
    upload = Upload(name, data)
    for rule in RULES:
        if found := rule.find(upload):
            return _problem(rule, name, found)
    if isinstance(upload.verdict, Package):
        return upload.verdict
    raise AssertionError(f"no rule answers for {upload.verdict.code}")


def admit_file(path: Path, name: str | None = None) -> Package | Problem:
    """The workbook at *path*, read once, if it may be opened; *name* is what problems call it."""
    name = path.name if name is None else name
    data = fetch(path, name)
    return admit(name, data) if isinstance(data, bytes) else data


def fetch(path: Path, name: str) -> bytes | Problem:
    """The bytes of the file at *path*, for :func:`admit`, or what keeps it from being read at all.

    Of a file that is larger than any claim no more than one byte beyond that.
    """
    try:
        return _read(path)
    except Refusal as refusal:
        return _problem(next(rule for rule in RULES if rule.code == refusal.code), name, refusal.detail)


def beyond_limits(name: str, why: str) -> Problem:
    """The problem of a workbook that the reader could not come to the end of, and *why*."""
    return _problem(unsafe_workbook, name, f"it could not be read within the limits ({why})")


def fingerprint(path: Path) -> str:
    """The SHA-256 of the file at *path*; empty where it is none that may be read."""
    try:
        return sha256(_read(path))
    except Refusal:
        return ""


def read_sheets(package: Package) -> list[Sheet] | Problem:
    """The values of every sheet, in workbook order, rows and columns from A1; nothing lost, or a problem.

    Each sheet is a list of rows, each row a list of text, float, bool, date, time or empty text.
    """
    try:
        with CalamineWorkbook.from_filelike(BytesIO(package.readable)) as workbook:
            sheets = [
                workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
                for index in range(len(package.sheets))
            ]
    except BaseException as fault:
        # The reader's panic is no Exception; what it says may quote a cell, so it is not passed on.
        if not isinstance(fault, Exception) and type(fault).__name__ != "PanicException":
            raise
        return _problem(damaged_workbook, package.name, _unreadable_error(package))
    for index, scan in enumerate(package.sheets):
        if not reconcile(package, index, sheets[index]):
            return _problem(
                damaged_workbook, package.name, f"some cells of the sheet {scan.name[:31]} cannot be read"
            )
    return sheets


def reconcile(package: Package, sheet_index: int, rows: Sequence[Sequence[Any]]) -> bool:
    """Whether *rows* hold every value that the guard counted on the sheet, errors aside.

    Catches each way in which a reader is silently wrong: a sheet cut short, a cell it did not understand.
    """
    scan = package.sheets[sheet_index]
    expected = scan.filled - len(scan.error_cells)
    given = sum([len(row) - row.count("") for row in rows])
    if given == expected and not package.unusual:  # then none of the texts is blank
        return True
    return (
        given - sum(1 for row in rows for value in row if type(value) is str and value.isspace()) == expected
    )


def _read(path: Path) -> bytes:
    """The bytes of a regular file, read once: what is checked is what is used."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise Refusal(UNSAFE, "it is a link, a folder or a device, not a file")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        file = os.open(path, flags)
        try:
            return _read_open(file, min(found.st_size, LARGEST_FILE) + 1)
        finally:
            os.close(file)
    except OSError as fault:
        raise Refusal(DAMAGED, f"it cannot be opened ({fault.strerror})") from None


def _read_open(file: int, most: int) -> bytes:
    """Up to *most* bytes, one more than there should be: whoever reads them sees that the file has grown."""
    pieces = [os.read(file, most)]
    while pieces[-1] and (left := most - sum(map(len, pieces))) > 1:
        pieces.append(os.read(file, left))
    return b"".join(pieces)


def _unreadable_error(package: Package) -> str:
    for scan in package.sheets:
        for (row, column), text in scan.error_cells.items():
            if text not in _READABLE_ERRORS:
                return f"the cell {a1(row, column)} of the sheet {scan.name[:31]} shows {text[:20]}"
    return "a cell or a part of it cannot be read"


def _problem(rule: Rule, name: str, found: Any) -> Problem:
    """The problem of *rule*, from the sentence or the :class:`~claimbatch.intake.guard.kinds.Kind` that it found."""
    facts = asdict(found) if isinstance(found, kinds.Kind) else {"detail": found}
    return Problem(rule, Place(workbook=name), facts=facts)
