"""The folders into which a sample's work is put: one for each candidate, and in it one for each unit.

So OCR asks for work that goes to a moderator by e-mail, for its other vocational qualifications (ocr.org.uk, *Remote
moderation: email*: a folder for each candidate, in it one for each unit with that unit's checklist). What the folders
are called is not said there, nor was it found for Cambridge Technicals: centre number, candidate number, unit is
claimbatch's way, in the order in which Cambridge International and Pearson have files named. Pearson adds letters of
the name; here no name of a person stands in a path.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from unicodedata import normalize

from claimbatch.claims.claim import Claim, Line, line_order, unit_label, unit_order
from claimbatch.errors import ClaimbatchError
from claimbatch.files import plain_name
from claimbatch.output.many import Order
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.choice import Choice
from claimbatch.output.view.forms import recording_sheets


@dataclass(frozen=True, slots=True)
class Place:
    """Where the work of one *line* is put; *folder* lies below the claim's own, *sheet* is its recording sheet."""

    line: Line
    folder: Path
    sheet: Path


def main_folder(claim: Claim) -> str:
    """The folder of one claim: what goes to the moderator is of one claim at a time (OCR)."""
    return f"{claim.key}_work"


def places(brief: Brief, root: Path) -> list[Place]:
    """A place for each line of the moderator's sample, below *root*; :class:`ClaimbatchError` where there is no sample.

    What was withdrawn since is no longer claimed, and has none.
    """
    claim, sampled = brief.claim, brief.standing.sampled
    lines = [line for line in claim.lines if (line.candidate, line.unit) in sampled]
    if not lines:
        raise ClaimbatchError(
            f"No sample of claim {claim.key} is recorded, or all of it was withdrawn.",
            "Record the moderator's with: claimbatch sample record.",
        )
    called = unit_folders({line.unit for line in (*claim.lines, *brief.standing.withdrawn)})
    in_order = sorted(lines, key=line_order)
    return [
        _place(root, f"{claim.centre_number}_{line.candidate}", called[line.unit], line) for line in in_order
    ]


def sheets_wanted(brief: Brief, wanted: Sequence[Place]) -> Iterator[Order]:
    """The recording sheets of the places *wanted*, to be drawn."""
    for place in wanted:
        choice = Choice(frozenset({place.line.candidate}), frozenset({place.line.unit}))
        yield Order(recording_sheets(replace(brief, choice=choice)), "pdf", place.sheet)


def no_longer_asked(claim: Claim, wanted: Sequence[Place], root: Path) -> list[Path]:
    """Folders below *root* made for work that is not in the sample any more; they are left as they are."""
    asked = {place.folder for place in wanted}
    made = {
        root / place.parent.name / place.name: place for place in root.glob(f"{claim.centre_number}_*/*/")
    }
    return sorted(folder for folder in made if folder not in asked and _has_sheet(folder))


def _has_sheet(folder: Path) -> bool:
    return (folder / _sheet_name(folder.parent.name, folder.name)).exists()


def _place(root: Path, candidate: str, unit: str, line: Line) -> Place:
    folder = root / candidate / unit
    return Place(line, folder, folder / _sheet_name(candidate, unit))


def _sheet_name(candidate: str, unit: str) -> str:
    return f"{candidate}_{unit}_recording-sheet.pdf"


def unit_folders(units: Iterable[str]) -> dict[str, str]:
    """What the folder of each unit is called: ``Unit-3``, ``First-Aid-NCFE``.

    Two that come out alike, on a disk that knows no capitals, are numbered in the order of all units ever claimed: the
    same on every run, whichever of them is in the sample.
    """
    called: dict[str, str] = {}
    for unit in sorted(units, key=unit_order):
        name = plain_name(normalize("NFC", unit_label(unit))) or "Other-unit"
        taken = {known.casefold() for known in called.values()}
        numbered = (f"{name}_{number}" for number in count(2))
        called[unit] = next(free for free in chain([name], numbered) if free.casefold() not in taken)
    return called
