"""What is known of the qualifications and their units, and what of it is not verified."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification import Catalogue, Qualification, Unit
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.identifiers import urn_is_valid
from claimbatch.workspace import Workspace

NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class QualificationRow:
    """A qualification in words. *units* says how many can be claimed, *verified* whether its facts are."""

    entry_code: str
    title: str
    suite: str
    level: str
    size: str
    units: str
    unit_list: str
    qan: str
    verified: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in words. *assessment* says whether the centre claims it, *remarks* what is not verified."""

    unit: str
    title: str
    reference: str
    size: str
    assessment: str
    remarks: str


def catalogue_of(folder: Path | None = None, *, named: bool = False) -> Catalogue:
    """The qualifications of the workspace in *folder*, else of the nearest; and the shipped ones where there is none.

    For looking up a code is of use before there is a workspace. Where one was *named*, there must be one.
    """
    try:
        workspace = Workspace.find(folder)
    except ClaimbatchError:
        if named:
            raise
        return load_catalogue()
    return workspace.catalogue()


def qualification_row(qualification: Qualification) -> QualificationRow:
    """What is known of a qualification."""
    return QualificationRow(
        entry_code=qualification.entry_code,
        title=qualification.short_title,
        suite=str(qualification.suite),
        level=str(qualification.level),
        size=str(qualification.size or NOT_KNOWN),
        units=str(len(qualification.offered) or NOT_KNOWN),
        unit_list=qualification.unit_list.value,
        qan=str(qualification.qan or ""),
        verified=_verified(qualification),
    )


def unit_row(unit: Unit) -> UnitRow:
    """What is known of a unit."""
    claimed = "external: an exam, never claimed" if unit.external else unit.assessment or NOT_KNOWN
    return UnitRow(
        unit=unit.label,
        title=unit.title or "",
        reference=unit.reference or "",
        size=unit.size,
        assessment=claimed,
        remarks="; ".join(_remarks(unit)),
    )


def _verified(qualification: Qualification) -> str:
    if not qualification.verified:
        return f"no: {qualification.why}" if qualification.why else "no"
    return "yes" if not qualification.size or qualification.size.verified else "yes, but not its size"


def _remarks(unit: Unit) -> Iterator[str]:
    if not unit.verified:
        yield f"not verified{': ' + unit.why if unit.why else ''}"
    if unit.assessment and not unit.assessment_verified:
        yield "assessment not verified"
    if unit.size and not unit.size_verified:
        yield "size not verified"
    if unit.mandatory:
        yield "mandatory" if unit.mandatory is True else f"mandatory: {unit.mandatory}"
    if unit.reference and not urn_is_valid(unit.reference):
        yield "the reference's letter does not fit its digits"
