"""Qualifications and their units: which entry codes there are, and what each offers to claim.

The fields are also the keys of a qualification file (:mod:`claimbatch.form.qualification_file`), and their
types say what each key may hold.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import groupby
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from claimbatch.errors import ClaimbatchError
from claimbatch.form.handwritten import STRICT
from claimbatch.identifiers import entry_code as as_entry_code
from claimbatch.identifiers import is_entry_code, is_urn, qan_is_valid


def _entry_code(text: str) -> str:
    if text and not is_entry_code(text):
        raise ValueError('is not five digits, like "05838"')
    return text


def _reference(text: str) -> str:
    if not is_urn(text):
        raise ValueError('is not a unit reference, like "M/507/4999"')
    return text


def _qan(text: str) -> str:
    if not qan_is_valid(text):
        raise ValueError('is not a qualification number, like "601/7097/9"')
    return text


def _positive(number: int) -> int:
    if not 1 <= number <= 9999:
        raise ValueError("is not between 1 and 9999")
    return number


NAMED = 8  # qualifications that an error names one by one
Number = Annotated[int, AfterValidator(_positive)]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a qualification is: *value* in GLH (2016 suite) or credits (2012 suite)."""

    __pydantic_config__: ClassVar = STRICT

    value: Number
    unit: Literal["glh", "credits"]
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.value} {'GLH' if self.unit == 'glh' else self.unit}"


@dataclass(frozen=True, slots=True)
class Qan:
    """The qualification number, by which Ofqual's register has it: it tells apart what has no known entry code."""

    __pydantic_config__: ClassVar = STRICT

    value: Annotated[str, AfterValidator(_qan)]
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a qualification. What is ``None`` is not known.

    *assessment* is ``internal`` (claimed by the centre) or ``external`` (an exam entry, never claimed).
    *mandatory* may name the pathway in which the unit is mandatory. *why* says why a value is not verified.
    """

    __pydantic_config__: ClassVar = STRICT

    number: Number
    title: str | None = None
    reference: Annotated[str, AfterValidator(_reference)] | None = None
    glh: Number | None = None
    credits: Number | None = None
    assessment: Literal["internal", "external"] | None = None
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


class UnitList(StrEnum):
    """How much of a qualification's list of units is known."""

    COMPLETE = "complete"
    INCOMPLETE = "not complete"
    UNSURE = "perhaps not complete"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification by its entry code (empty where that is not known), with the units of its unit set.

    *rules* holds what is known of the combination of units for the full award, as it stands in the file.
    *file* is the name of that file. *note*, *titles_without_number* and *units_complete* (whether its units are all
    that there are) are said of the whole file.
    """

    __pydantic_config__: ClassVar = STRICT

    entry_code: Annotated[str, AfterValidator(_entry_code)]
    title: str
    suite: Literal[2012, 2016]
    level: Number
    subject: str
    units: tuple[Unit, ...] = ()
    unit_set: str | None = None
    qan: Qan | None = None
    size: Size | None = None
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()
    other_awarding_body_units: bool | None = None
    rules: Mapping[str, Any] = field(default_factory=dict, hash=False)
    file: str = ""
    note: str = ""
    titles_without_number: tuple[str, ...] = ()
    units_complete: bool | None = None

    @property
    def short_title(self) -> str:
        """The title without the words that all of them share: ``Certificate in IT``."""
        return self.title.partition("Cambridge Technical ")[2] or self.title

    @property
    def offered(self) -> tuple[Unit, ...]:
        """The units that can be claimed: all that are not known to be external."""
        return tuple(unit for unit in self.units if not unit.external)

    @property
    def gaps(self) -> tuple[int, ...]:
        """The numbers below the highest that no known unit has: units that exist, as far as anyone can tell."""
        known = {unit.number for unit in self.units}
        return tuple(number for number in range(1, max(known, default=0)) if number not in known)

    @property
    def unit_list(self) -> UnitList:
        """How much of the list of units is known."""
        if not self.units:
            return UnitList.NOT_KNOWN
        if self.units_complete:
            return UnitList.COMPLETE
        certain = self.units_complete is False or self.titles_without_number or self.gaps
        return UnitList.INCOMPLETE if certain else UnitList.UNSURE

    @property
    def units_missing(self) -> str:
        """What is not known of the list of units, in a sentence; empty where it is complete."""
        match self.unit_list:
            case UnitList.INCOMPLETE if self.gaps:
                return f"Not all units are known: {_ranges(self.gaps)} and perhaps others are missing."
            case UnitList.INCOMPLETE:
                return "Not all units are known."
            case UnitList.UNSURE:
                return "Whether these are all units is not known."
        return ""

    def limited_to(self, numbers: Collection[int] | None) -> "Qualification":
        """The qualification as it was when only the units *numbers* were offered; None: as it is."""
        if numbers is None:
            return self
        return replace(self, units=tuple(u for u in self.units if u.external or u.number in numbers))

    @property
    def has_units(self) -> bool:
        """Whether any unit can be claimed, as far as is known."""
        return bool(self.offered)

    @property
    def other_units_possible(self) -> bool:
        """Whether another awarding body's units may be claimed: in some of the 2012 suite, unknown which."""
        return self.suite == 2012 and self.other_awarding_body_units is not False

    @property
    def words(self) -> list[str]:
        """The words it is found by, in lower case: entry code, title, suite, ``l3``, QAN, and its file's name."""
        name = PurePath(self.file).stem.replace("-", " ")
        qan = self.qan or ""
        return f"{self.entry_code} {self.title} {self.suite} l{self.level} {qan} {name}".casefold().split()

    def unit(self, number: int) -> Unit | None:
        """The unit *number*, external ones too."""
        return next((unit for unit in self.units if unit.number == number), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All qualifications known, in entry-code order; *uncoded* are those whose entry code is not known."""

    qualifications: tuple[Qualification, ...]
    uncoded: tuple[Qualification, ...] = ()

    def __contains__(self, entry_code: object) -> bool:
        return any(known.entry_code == entry_code for known in self.qualifications)

    def find(self, entry_code: str) -> Qualification | None:
        """The qualification *entry_code*, if it is known."""
        return next((known for known in self.qualifications if known.entry_code == entry_code), None)

    def get(self, entry_code: str) -> Qualification:
        """The qualification *entry_code*, also without its leading zero; an unknown one is refused with the nearest."""
        entry_code = as_entry_code(entry_code)
        found = self.find(entry_code)
        if found:
            return found
        near = get_close_matches(entry_code, [known.entry_code for known in self.qualifications])
        raise ClaimbatchError(
            f'There is no qualification with the entry code "{entry_code}".',
            (f"Did you mean {' or '.join(near)}? " if near else "")
            + 'To look one up: claimbatch qualifications --search "part of the title".',
        )

    def named(self, text: str, entered: Collection[str] = ()) -> Qualification:
        """The qualification that people call *text*: its entry code, or a title where that leaves no doubt.

        Where several have the words in their title, the one that is meant is the only one with that very title, or the
        only one among those that candidates are *entered* for. Else the :class:`ClaimbatchError` names them.
        """
        titled = [] if as_entry_code(text).isdigit() else [q for q in self.search(text) if q.entry_code]
        very = [
            q for q in titled if text.strip().casefold() in (q.title.casefold(), q.short_title.casefold())
        ]
        here = [q for q in titled if q.entry_code in entered]
        for found in (titled, very, here):
            if len(found) == 1:
                return found[0]
        if not titled:
            return self.get(text)
        names = "; ".join(f"{q.entry_code} {q.short_title}" for q in (here or titled)[:NAMED])
        more = " …" if len(here or titled) > NAMED else ""
        raise ClaimbatchError(
            f'"{text}" is the title of more than one qualification.', f"Say which: {names}{more}"
        )

    def search(self, text: str) -> list[Qualification]:
        """Those whose code or title has *text*: as whole words, else as beginnings of words, else anywhere.

        So ``it`` finds the IT qualifications, and not every *Digital* or *Activity*.
        """
        wanted = text.casefold().split()
        everything = [*self.qualifications, *self.uncoded]
        for matches in (str.__eq__, str.startswith, str.__contains__):
            found = [
                known
                for known in everything
                if all(any(matches(word, part) for word in known.words) for part in wanted)
            ]
            if found:
                return found
        return []


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers in words: ``1, 4–6, 9``."""
    runs = [list(run) for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{r[0][1]}–{r[-1][1]}" if len(r) > 2 else ", ".join(str(n) for _, n in r) for r in runs)


def require_units(qualification: Qualification) -> None:
    """Refuse a *qualification* of which no unit can be claimed, and say which file to complete."""
    if not qualification.has_units:
        raise ClaimbatchError(
            f"{qualification.entry_code} {qualification.title} is known, but its units are not.",
            f"Add those that the handbook has: claimbatch qualifications add-unit {qualification.entry_code} "
            '1 "Title", or all from a spreadsheet: '
            f"claimbatch qualifications add-units {qualification.entry_code} FILE.",
        )
