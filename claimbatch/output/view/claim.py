"""The claim report: counts, every grade, what is to be said about them, and the declarations to sign."""

from collections.abc import Iterator
from itertools import chain

from claimbatch.claims.claim import GRADES, OTHER, Claim, Line, unit_label
from claimbatch.claims.claim_rules import not_allowed
from claimbatch.claims.standing import Query
from claimbatch.claims.steps import Step
from claimbatch.clock import zoned
from claimbatch.intake.rules import fault_of
from claimbatch.output.view.award import towards_the_award
from claimbatch.output.view.brief import CANDIDATE, Brief, document_of, name_of, origin, unit_name
from claimbatch.output.view.counts import Tally, by_unit, grades_of
from claimbatch.output.view.declared import declarations
from claimbatch.output.view.document import (
    Beside,
    Block,
    Cell,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Table,
    text,
)
from claimbatch.output.view.grid import FEW, HALF, KEPT, PAPER, grades_by_candidate

BESIDE = 4  # units, so few that their grades take half of the paper's width
GRADE_NAMES = {"P": "Pass", "M": "Merit", "D": "Distinction"}


def claim_report(brief: Brief) -> Document:
    """The whole claim on paper."""
    return document_of(brief.claim, "Claim report", _blocks(brief), facts=_facts(brief))


def _blocks(brief: Brief) -> Iterator[Block]:
    yield from _not_allowed(brief)
    yield Section("Units claimed", (units_claimed(brief.claim),))
    yield from _by_candidate(brief)
    yield from _other_bodies(brief)
    yield from _queries(brief)
    yield Section("", (_so_far(brief), declarations(brief)), kept=True)  # so no page holds signatures alone


def _by_candidate(brief: Brief) -> Iterator[Block]:
    """Grades, and what they come to: side by side where both are small, so that a small claim is one page."""
    people = len(brief.people())
    small = bool(brief.awards) and people <= FEW and len(brief.claim.units) <= BESIDE
    grid = grades_by_candidate(brief, HALF if small else PAPER)
    grades = (
        [Section("Grades by candidate", tuple(grid), kept=people * (len(grid) - 1) <= KEPT)] if grid else []
    )
    award = [towards_the_award(brief)] if brief.awards else []
    if small and grades:
        yield Beside((*grades, *award))
    else:
        yield from (*grades, *award)


def _facts(brief: Brief) -> list[Fact]:
    claim = brief.claim
    totals = zip(GRADES, grades_of(claim.lines), strict=True)
    facts = [
        Fact("Candidates", str(len(brief.people()))),
        Fact("Units", str(len(claim.units))),
        Fact("Grades claimed", str(len(claim.lines))),
        *(Fact(GRADE_NAMES[grade], str(number), grade) for grade, number in totals),
    ]
    if claim.results_email:
        facts.append(Fact("Results to", claim.results_email))
    return facts


def _not_allowed(brief: Brief) -> Iterator[Section]:
    found = not_allowed(brief.standing)
    if not found:
        return
    rows = tuple(
        Row((one.candidate, name_of(brief.claim.candidate(one.candidate)), one.unit or "all", one.message))
        for one in found
    )
    why = text(
        "Judged again by the register and the rules of today. The claim cannot be submitted before these are put right "
        "or taken off.",
        lead=True,
    )
    columns = (
        CANDIDATE,
        Column("Name"),
        Column("Unit", width=24),
        Column("Why", share=3),
    )
    yield Section("Not allowed as things stand today", (why, Table("What is not allowed", columns, rows)))


def units_claimed(claim: Claim) -> Block:
    """How many of each grade every centre assessor gave, unit by unit, as numbers and drawn beside them."""
    if not claim.lines:
        return text("Nothing is claimed yet.")
    tallies = by_unit(claim.lines)
    most = max(tally.total for tally in chain.from_iterable(tallies))
    columns = (
        Column("Unit", width=22),
        Column("Title", share=2),
        Column("Assessor", share=1),
        *(Column(grade, width=11, align="center") for grade in GRADES),
        Column("All", width=11, align="center"),
        Column("", width=58, legend=tuple(GRADE_NAMES.values())),
    )
    rows = tuple(
        Row(
            (
                *unit_cells(claim, tally, first=not at),
                *_numbers(tally.grades),
                Cell(bar=tally.grades, of=most),
            ),
            starts=not at,
        )
        for group in tallies
        for at, tally in enumerate(group)
    )
    foot = Row(("All units", "", "", *_numbers(grades_of(claim.lines)), ""))
    return Table("Grades of each centre assessor, by unit", columns, rows, (foot,))


def unit_cells(claim: Claim, tally: Tally, *, first: bool) -> tuple[str | Cell, ...]:
    """Unit, title with reference, and assessor; the title only in the *first* row of a unit."""
    label = unit_name(claim, tally.unit)
    who = Cell(tally.assessor, claim.assessors.get(tally.assessor, ""), strong=True)
    if not first:
        return Cell(label, soft=True), "", who
    return label, Cell(claim.unit_title(tally.unit), claim.unit_reference(tally.unit)), who


def _numbers(grades: tuple[int, ...]) -> tuple[str, ...]:
    return (*(str(number) if number else "–" for number in grades), str(sum(grades)))


def _other_bodies(brief: Brief) -> Iterator[Section]:
    lines = [line for line in brief.claim.lines if line.unit.startswith(OTHER)]
    if not lines:
        return
    columns = (
        CANDIDATE,
        Column("Name", share=1.2),
        Column("Awarding body"),
        Column("Unit", share=2),
        Column("Grade", width=14, align="center"),
        Column("Assessor", width=18, align="center"),
        Column("Certificate", width=22, align="center"),
        Column("Results slip", width=22, align="center"),
    )
    rows = tuple(_other(brief.claim, line) for _, lines in brief.by_person(lines) for line in lines)
    why = text(
        "The moderator asks to see the certificate or the results slip for each of these.",
        soft=True,
        lead=True,
    )
    title = "Units of other awarding bodies"
    yield Section(title, (why, Table(title, columns, rows)), kept=len(rows) <= KEPT)


def _other(claim: Claim, line: Line) -> Row:
    body, unit = claim.awarding_body(line.unit), claim.unit_title(line.unit)
    name, box = name_of(claim.candidate(line.candidate)), Cell(mark="box")
    return Row((line.candidate, name, body, unit, Cell(line.grade, strong=True), line.assessor, box, box))


def _queries(brief: Brief) -> Iterator[Section]:
    if not brief.standing.queries:
        return
    columns = (
        CANDIDATE,
        Column("Unit", width=24),
        Column("Query", share=1.4),
        Column("Where", share=1.2),
        Column("Answer", share=2),
    )
    rows = tuple(_query(brief, query) for query in brief.standing.queries)
    why = text(
        "What checking asked about the workbooks that this claim was made from, and what the centre said.",
        soft=True,
        lead=True,
    )
    yield Section(
        "Queries and answers", (why, Table("Queries and answers", columns, rows)), kept=len(rows) <= 8
    )


def _query(brief: Brief, query: Query) -> Row:
    where = f"{query.workbook} {query.sheet}{'!' if query.cell else ''}{query.cell}".strip()
    answer = brief.words.get(query.answered, "(removed)") if query.answered else "(no answer yet)"
    unit = unit_label(query.unit) if query.unit else "–"
    return Row((query.candidate or "–", unit, f"{fault_of(query.rule)} ({query.rule})", where, answer))


def _so_far(brief: Brief) -> Section:
    steps = brief.standing.steps
    columns = (
        Column("When", width=52),
        Column("What", share=2),
        Column("Who"),
        *([Column("Why", share=2)] if any(step.revision in brief.words for step in steps) else []),
    )
    rows = tuple(Row(_step(brief, step)[: len(columns)]) for step in steps)
    table = [Table("The claim so far", columns, rows, heads=0)] if rows else []
    return Section("The claim so far", (*table, origin(brief.claim, brief.made_by)), kept=len(rows) <= 8)


def _step(brief: Brief, step: Step) -> tuple[str, ...]:
    return zoned(step.at), step.what, step.who or "–", brief.words.get(step.revision, "–")
