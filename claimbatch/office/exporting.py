"""Exports: a claim as a file for other programs."""

from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.life import look
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown, write_atomic
from claimbatch.office.asked_for import one_of
from claimbatch.output.export import WRITERS, rows_of
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exported:
    """The file of an export, how many *rows* it has, and whether it is *new*: one that says the same stays as it is."""

    path: Path
    rows: int
    new: bool


def export(
    workspace: Workspace, key: str, path: Path | None = None, style: str = "", *, force: bool = False
) -> Exported:
    """Write the claim *key* as ``csv``, ``xlsx`` or ``json``: as the name of *path* ends, unless a *style* is given.

    Without a *path* it goes into the outbox. A file that is there and says something else is never written over, unless
    with *force*: that is a :class:`ClaimbatchError`.
    """
    kind = style or style_of(path)
    content, rows = exported(workspace, key, kind)
    target = path or workspace.outbox() / f"{key}.{kind}"
    if target.is_file() and not force:
        if target.read_bytes() != content:
            raise ClaimbatchError(
                f"{shown(target)} is there already, and says something else.",
                "Name another file with -o, or write over it with --force.",
            )
        return Exported(target, rows, new=False)
    return Exported(write_atomic(target, content), rows, new=True)


def exported(workspace: Workspace, key: str, style: str) -> tuple[bytes, int]:
    """The claim *key* as the bytes of an export, and how many rows it has."""
    one_of("kind of export", style, WRITERS)
    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    rows = rows_of(stands)
    return WRITERS[style](rows), len(rows)


def style_of(path: Path | None) -> str:
    """The kind of export that a file's name asks for; ``csv`` where it does not say."""
    ending = path.suffix.casefold().removeprefix(".") if path else ""
    return ending if ending in WRITERS else "csv"
