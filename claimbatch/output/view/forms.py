"""The forms that go with a claim: candidates' declarations to sign, lists to sign on, and unit recording sheets."""

from collections.abc import Iterable, Iterator

from claimbatch.claims.claim import OTHER, Candidate, Claim, Line, unit_order
from claimbatch.clock import school_year
from claimbatch.output.view.brief import CANDIDATE, Brief, document_of, name_of, unit_name
from claimbatch.output.view.document import (
    Block,
    Column,
    Document,
    Fact,
    Facts,
    Point,
    Points,
    Row,
    Section,
    Signatures,
    Signer,
    Table,
    text,
)

LINES_TO_WRITE = 14  # of a recording sheet


def declaration_forms(brief: Brief) -> Document:
    """A declaration for each candidate, ready to sign: a page each, with the units that it is for."""
    forms = (
        _form(brief, who, lines, first=not at)
        for at, (who, lines) in enumerate(brief.by_person(brief.chosen))
    )
    return document_of(brief.claim, "Candidate declarations", forms, stamp="Declaration", upright=True)


def _form(brief: Brief, who: Candidate, lines: Iterable[Line], *, first: bool) -> Section:
    claim = brief.claim
    units = Table(
        f"Units of candidate {who.number}",
        (
            Column("Unit", width=24),
            Column("Title", share=2),
            Column("Reference", width=26),
            Column("Assessor"),
        ),
        tuple(Row(_unit(claim, line)) for line in lines),
    )
    points = Points(tuple(Point(statement, "box") for statement in brief.wording.candidate.statements))
    signers = Signatures((Signer("Candidate", who.name), Signer("For the centre")))
    blocks = (
        _whose(who),
        units,
        text("I declare that", lead=True),
        points,
        signers,
        _note(brief.wording.candidate.note),
    )
    return Section(f"Declaration of {_called(who)}", blocks, fresh=not first)


def _unit(claim: Claim, line: Line) -> tuple[str, ...]:
    title, reference = claim.unit_title(line.unit), claim.unit_reference(line.unit)
    return (
        unit_name(claim, line.unit),
        title,
        reference or "–",
        claim.assessors.get(line.assessor) or line.assessor,
    )


def _whose(who: Candidate, *more: Fact) -> Facts:
    known = (Fact("OCR candidate number", who.ocr_number),) if who.ocr_number else ()
    return Facts(
        (Fact("Candidate number", who.number), Fact("Name", who.name or "name removed"), *known, *more)
    )


def _called(who: Candidate) -> str:
    return f"{who.name} ({who.number})" if who.name else who.number


def _note(words: str) -> Block:
    return text(words, soft=True)


def signing_list(brief: Brief) -> Document:
    """One list for all candidates to sign on; or one for each unit, or each assessor, on a page of its own."""
    groups = list(_groups(brief))
    sections = (
        Section(title, _signing(brief, title, lines), fresh=bool(at))
        for at, (title, lines) in enumerate(groups)
    )
    return document_of(brief.claim, "Signing list", sections, stamp="Declarations")


def _groups(brief: Brief) -> Iterator[tuple[str, list[Line]]]:
    claim, lines = brief.claim, brief.chosen
    if brief.per == "unit":
        for unit in sorted({line.unit for line in lines}, key=unit_order):
            title = f"{claim.unit_label(unit)} {claim.unit_title(unit) if unit.isdigit() else ''}".strip()
            yield title, [line for line in lines if line.unit == unit]
    elif brief.per == "assessor":
        for initials in sorted({line.assessor for line in lines}):
            yield (
                f"{initials} {claim.assessors.get(initials, '')}".strip(),
                [x for x in lines if x.assessor == initials],
            )
    else:
        yield "All candidates", list(lines)


def _signing(brief: Brief, title: str, lines: Iterable[Line]) -> tuple[Block, ...]:
    columns = (
        CANDIDATE,
        Column("Name", share=1.2),
        Column("Units", share=1.2),
        Column("Signature", share=1.6),
        Column("Date", width=34),
    )
    rows = tuple(
        Row((who.number, name_of(who), ", ".join(_short(line.unit) for line in theirs), "", ""))
        for who, theirs in brief.by_person(lines)
    )
    said = " ".join(brief.wording.candidate.statements)
    declared = text(f"With my signature I declare: {said}", lead=True)
    return (
        declared,
        Table(f"Signatures: {title}", columns, rows, grid=True, room=9),
        _note(brief.wording.candidate.note),
    )


def _short(unit: str) -> str:
    return unit if not unit.startswith(OTHER) else unit.split(":", 2)[2]


def recording_sheets(brief: Brief) -> Document:
    """A sheet for each candidate and unit, on which the assessor writes where the evidence is."""
    pieces = [(who, line) for who, lines in brief.by_person(brief.chosen) for line in lines]
    sheets = (_sheet(brief, who, line, first=not at) for at, (who, line) in enumerate(pieces))
    return document_of(brief.claim, "Unit recording sheets", sheets, stamp="Recording sheet", upright=True)


def _sheet(brief: Brief, who: Candidate, line: Line, *, first: bool) -> Section:
    claim = brief.claim
    assessor = claim.assessors.get(line.assessor, "")
    facts = _whose(
        who,
        Fact("Year", school_year(claim.updated_at) if claim.updated_at else ""),
        Fact("Unit", unit_name(claim, line.unit)),
        Fact("Unit title", claim.unit_title(line.unit) or "–"),
        Fact("Unit reference", claim.unit_reference(line.unit) or "–"),
        Fact("Grade claimed", line.grade),
        Fact("Centre assessor", line.assessor, assessor),
    )
    columns = (
        Column("Criterion", width=28),
        Column("Where the evidence is", share=1),
        Column("Comment", share=1.3),
    )
    empty = tuple(Row(("", "", "")) for _ in range(LINES_TO_WRITE))
    table = Table(
        f"Evidence of {_called(who)}, {claim.unit_label(line.unit)}",
        columns,
        empty,
        heads=0,
        grid=True,
        room=9,
    )
    signers = Signatures((Signer("Centre assessor", assessor),))
    title = f"Unit recording sheet: {claim.unit_label(line.unit)}, {_called(who)}"
    return Section(title, (facts, table, signers, _note(brief.wording.recording_sheet.note)), fresh=not first)
