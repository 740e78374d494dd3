"""Qualifications and their units: which entry codes there are, and what each offers to claim.

One TOML file in ``schemas/`` holds a set of units and the qualifications that share it. Files in a
workspace's own ``schemas`` folder win over the shipped ones: a centre may know what we could not find.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.qualification_file import read_qualification_file

NOT_QUALIFICATIONS = ("form.toml", "sampling.toml")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a qualification is: *value* in GLH (2016 suite) or credits (2012 suite)."""

    value: int
    unit: str
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.value} {'GLH' if self.unit == 'glh' else self.unit}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a qualification. What is ``None`` is not known.

    *assessment* is ``internal`` (claimed by the centre) or ``external`` (an exam entry, never claimed).
    *mandatory* may name the pathway in which the unit is mandatory. *why* says why a value is not verified.
    """

    number: int
    title: str | None = None
    reference: str | None = None
    glh: int | None = None
    credits: int | None = None
    assessment: str | None = None
    mandatory: bool | str | None = None
    verified: bool = False
    assessment_verified: bool = True
    size_verified: bool = True
    source: tuple[str, ...] = ()
    why: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """``Unit 3``."""
        return f"Unit {self.number}"

    @property
    def full_title(self) -> str:
        """``Unit 3: Cyber security``, or ``Unit 12`` where the title is not known."""
        return f"{self.label}: {self.title}" if self.title else self.label

    @property
    def external(self) -> bool:
        """Whether it is examined: entered as an exam, and never claimed."""
        return self.assessment == "external"

    @property
    def unverified(self) -> bool:
        """Whether the unit, or how it is assessed, still wants checking against OCR's handbook."""
        return not (self.verified and self.assessment and self.assessment_verified)

    @property
    def size(self) -> str:
        """``60 GLH``, ``10 credits``, or empty where it is not known."""
        if self.glh:
            return f"{self.glh} GLH"
        return f"{self.credits} credits" if self.credits else ""


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification by its entry code (empty where that is not known), with the units of its unit set.

    *rules* holds what is known of the combination of units for the full award, as it stands in the file.
    *file* is the name of that file.
    """

    entry_code: str
    title: str
    suite: int
    level: int
    subject: str
    units: tuple[Unit, ...] = ()
    unit_set: str | None = None
    size: Size | None = None
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()
    other_awarding_body_units: bool | None = None
    rules: Mapping[str, Any] = field(default_factory=dict, hash=False)
    file: str = ""
    note: str = ""
    titles_without_number: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[Unit, ...]:
        """The units that can be claimed: all that are not known to be external."""
        return tuple(unit for unit in self.units if not unit.external)

    @property
    def has_units(self) -> bool:
        """Whether any unit can be claimed, as far as is known."""
        return bool(self.offered)

    @property
    def other_units_possible(self) -> bool:
        """Whether another awarding body's units may be claimed: in some of the 2012 suite; which is not known."""
        return self.suite == 2012 and self.other_awarding_body_units is not False

    def unit(self, number: int) -> Unit | None:
        """The unit *number*, external ones too."""
        return next((unit for unit in self.units if unit.number == number), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All qualifications known, in entry-code order; *uncoded* are those whose entry code is not known."""

    qualifications: tuple[Qualification, ...]
    uncoded: tuple[Qualification, ...] = ()

    def __contains__(self, entry_code: object) -> bool:
        return any(found.entry_code == entry_code for found in self.qualifications)

    def find(self, entry_code: str) -> Qualification | None:
        """The qualification *entry_code*, if it is known."""
        return next((found for found in self.qualifications if found.entry_code == entry_code), None)

    def get(self, entry_code: str) -> Qualification:
        """The qualification *entry_code*; an unknown one is refused with the nearest that are known."""
        found = self.find(entry_code)
        if found:
            return found
        near = get_close_matches(entry_code, [known.entry_code for known in self.qualifications], n=3)
        raise ClaimbatchError(
            f'There is no qualification with the entry code "{entry_code}".',
            (f"Did you mean {' or '.join(near)}? " if near else "")
            + 'To look one up: claimbatch qualifications --search "part of the title".',
        )

    def search(self, text: str) -> list[Qualification]:
        """Those whose code or title has *text*: as whole words, else as beginnings of words, else anywhere.

        So ``it`` finds the IT qualifications, and not every *Digital* or *Activity*.
        """
        wanted = text.casefold().split()
        everything = [*self.qualifications, *self.uncoded]
        for matches in (_has_word, _has_beginning, _has_part):
            found = [known for known in everything if all(matches(word, _words(known)) for word in wanted)]
            if found:
                return found
        return []


def load_catalogue(*folders: Path) -> Catalogue:
    """The qualifications of *folders* (without any: the shipped ones), the later folder winning.

    A file replaces the whole file of the same name; an entry code in a file of another name replaces that one
    qualification. A broken file, or an entry code in two files of one folder, is a :class:`ClaimbatchError`.
    """
    kept: dict[str, list[Qualification]] = {}
    for folder in folders or (schema_folder(),):
        paths = sorted(path for path in folder.glob("*.toml") if path.name not in NOT_QUALIFICATIONS)
        read = {path.name: _qualifications(path) for path in paths}
        codes = _entry_codes(folder, read)
        earlier = {name: found for name, found in kept.items() if name not in read}
        kept = {
            name: [q for q in found if q.entry_code not in codes] for name, found in earlier.items()
        } | read
    everything = [qualification for _, found in sorted(kept.items()) for qualification in found]
    return Catalogue(
        tuple(sorted((q for q in everything if q.entry_code), key=lambda q: q.entry_code)),
        tuple(q for q in everything if not q.entry_code),
    )


def require_units(qualification: Qualification) -> None:
    """Refuse a *qualification* of which no unit can be claimed, and say which file to complete."""
    if qualification.has_units:
        return
    raise ClaimbatchError(
        f"{qualification.entry_code} {qualification.title} is known, but its units are not.",
        f"Complete schemas/{qualification.file} in the workspace's schemas folder "
        "(see docs/adding-a-qualification.md).",
    )


def _qualifications(path: Path) -> list[Qualification]:
    file = read_qualification_file(path)
    units = tuple(sorted((_unit(table) for table in file["unit"]), key=lambda unit: unit.number))
    return [_qualification(path, file, table, units) for table in file["qualification"]]


def _unit(table: Mapping[str, Any]) -> Unit:
    return Unit(**{**table, "source": tuple(table.get("source", ()))})


def _qualification(
    path: Path, file: Mapping[str, Any], table: Mapping[str, Any], units: tuple[Unit, ...]
) -> Qualification:
    known = {
        "entry_code": "",
        "unit_set": path.stem if units else None,
        "note": file.get("note", ""),
        **table,
        "units": units,
        "file": path.name,
        "size": _size(table["size"]) if "size" in table else None,
        "source": tuple(table.get("source", ())),
        "titles_without_number": tuple(file.get("titles_without_number", ())),
    }
    return Qualification(**known)


def _size(table: Mapping[str, Any]) -> Size:
    return Size(**{**table, "source": tuple(table.get("source", ()))})


def _entry_codes(folder: Path, read: Mapping[str, Iterable[Qualification]]) -> set[str]:
    where: dict[str, str] = {}
    for name, found in read.items():
        for code in (q.entry_code for q in found if q.entry_code):
            if code in where:
                raise ClaimbatchError(
                    f"The entry code {code} stands in two files of {folder}: {where[code]} and {name}.",
                    "Remove it from one of the two.",
                    Exit.WRONG_SETUP,
                )
            where[code] = name
    return set(where)


def _words(qualification: Qualification) -> list[str]:
    text = (
        f"{qualification.entry_code} {qualification.title} {Path(qualification.file).stem.replace('-', ' ')}"
    )
    return text.casefold().split()


def _has_word(word: str, words: Iterable[str]) -> bool:
    return word in words


def _has_beginning(word: str, words: Iterable[str]) -> bool:
    return any(known.startswith(word) for known in words)


def _has_part(word: str, words: Iterable[str]) -> bool:
    return any(word in known for known in words)
