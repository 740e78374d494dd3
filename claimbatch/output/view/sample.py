"""The sample list that a moderator ticks, folder by folder, what it covers, and room for both signatures."""

from collections import Counter
from collections.abc import Iterator

from claimbatch.claims.claim import GRADES, Claim, Line
from claimbatch.moderation.plan import canonical_key
from claimbatch.moderation.sampling import Sample
from claimbatch.moderation.strategies import Strategy
from claimbatch.moderation.tickets import check, ticket
from claimbatch.output.shortfalls import group_label, shortfalls
from claimbatch.output.view.brief import CANDIDATE, Brief, document_of, name_of, origin, unit_name
from claimbatch.output.view.claim import unit_cells
from claimbatch.output.view.counts import by_unit
from claimbatch.output.view.document import (
    Block,
    Bold,
    Cell,
    Code,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Signatures,
    Signer,
    Table,
    sentences,
    text,
)
from claimbatch.output.view.grid import FEW

ROWS_KEPT = 10  # a list of so few rows stays on one page with its signatures


def sample_list(brief: Brief, sample: Sample) -> Document:
    """The list of *sample*, drawn here or chosen by the moderator."""
    stamp = "Simulation" if sample.simulated else "Sample"
    facts = _facts(brief, sample)
    return document_of(brief.claim, "Sample list", _blocks(brief, sample), facts=facts, stamp=stamp)


def _facts(brief: Brief, sample: Sample) -> list[Fact]:
    folders = Fact("Folders", str(len(sample.candidates)), f"of {len(brief.people())}")
    work = Fact("Pieces of work", str(len(sample.lines)), f"of {len(brief.claim.lines)}")
    if sample.strategy is None:
        return [folders, work, Fact("Chosen by", "the moderator")]
    return [folders, work, Fact("Strategy", sample.strategy.key), Fact("Seed", sample.seed)]


def _blocks(brief: Brief, sample: Sample) -> Iterator[Block]:
    if sample.simulated:
        yield text(
            Bold("This is a simulation."),
            " claimbatch drew this sample; OCR's moderator did not. OCR publishes no sample size for Cambridge "
            "Technicals, and the moderator may ask for other work.",
            framed=True,
        )
    work, signed = _work(brief, sample), _signatures()
    if len(sample.lines) <= ROWS_KEPT:
        yield Section("Work to be seen", (*work, signed), kept=True)
    else:
        yield Section("Work to be seen", work)
        yield signed
    yield _coverage(brief, sample)
    if sample.strategy and sample.lines:
        yield _check(brief, sample, sample.strategy)
    else:
        yield Section("", (origin(brief.claim, brief.made_by),))


def _work(brief: Brief, sample: Sample) -> tuple[Block, ...]:
    columns = (
        CANDIDATE,
        Column("Name", share=1.1),
        Column("Unit", width=24),
        Column("Title", share=1.5),
        Column("Grade", width=14, align="center"),
        Column("Assessor", width=18, align="center"),
        *([Column("Part", width=12, align="center")] if sample.first else []),
        Column("Seen", width=13, align="center"),
        Column("Agreed", width=15, align="center"),
        Column("Comment", share=1.1),
    )
    rows = tuple(
        Row(_piece(brief.claim, line, _part(sample, line), first=not at), starts=not at)
        for _, lines in brief.by_person(sample.lines)
        for at, line in enumerate(lines)
    )
    stages = (
        " The first part is looked at first; the rest only if that is not agreed." if sample.first else ""
    )
    why = text(
        f"One row for each candidate and unit. A heavy line starts the next candidate's folder.{stages}",
        soft=True,
        lead=True,
    )
    return why, Table("Work to be seen", columns, rows, room=6.6)


def _part(sample: Sample, line: Line) -> tuple[str, ...]:
    """Which part of a sample in stages *line* is of; nothing where there are none."""
    return (("first" if line in sample.first else "rest"),) if sample.first else ()


def _piece(claim: Claim, line: Line, part: tuple[str, ...], *, first: bool) -> tuple[str | Cell, ...]:
    number, name = line.candidate, name_of(claim.candidate(line.candidate))
    who = (
        (number, name)
        if first
        else (Cell(number, soft=True), name if isinstance(name, Cell) else Cell(name, soft=True))
    )
    small = "" if line.unit.isdigit() else "(certificate or results slip)"
    work = (
        unit_name(claim, line.unit),
        Cell(claim.unit_title(line.unit), small),
        Cell(line.grade, strong=True),
        line.assessor,
        *part,
    )
    return (*who, *work, Cell(mark="box"), Cell(mark="box"), "")


def _coverage(brief: Brief, sample: Sample) -> Section:
    claim = brief.claim
    counts = Counter(line.cell for line in sample.lines)
    columns = (
        Column("Unit", width=24),
        Column("Title", share=2),
        Column("Assessor"),
        *(Column(grade, width=20, align="center") for grade in GRADES),
    )
    rows = tuple(
        Row(
            (
                *unit_cells(claim, tally, first=not at),
                *(
                    Cell(str(counts[tally.unit, tally.assessor, grade]), f"of {claimed}", strong=True)
                    if claimed
                    else "–"
                    for grade, claimed in zip(GRADES, tally.grades, strict=True)
                ),
            ),
            starts=not at,
        )
        for group in by_unit(claim.lines)
        for at, tally in enumerate(group)
    )
    why = text(
        "A moderator agrees or withdraws work by unit, assessor and grade together. ",
        *_uncovered(claim, sample),
        _above(sample),
        lead=True,
    )
    name = "Pieces of work in the sample, of those claimed, by unit, assessor and grade"
    return Section(
        "What the sample covers",
        (why, *map(text, shortfalls(sample)), Table(name, columns, rows, shown=True)),
        kept=len(rows) <= FEW,
    )


def _uncovered(claim: Claim, sample: Sample) -> tuple[str | Bold, ...]:
    if not sample.uncovered:
        return ("Every one of these on the claim has work in the sample.",)
    cells = (f"{claim.unit_label(unit)} {assessor} {grade}" for unit, assessor, grade in sample.uncovered)
    return Bold("Not covered:"), f" {', '.join(cells)}."


def _above(sample: Sample) -> str:
    above = [
        f"{group_label(group)} ({group.taken} for {group.size})" for group in sample.groups if group.above
    ]
    return (
        f" Covering them took more candidates than the strategy's size in {', '.join(above)}."
        if above
        else ""
    )


def _check(brief: Brief, sample: Sample, strategy: Strategy) -> Section:
    """How anybody can check the draw: lines that print the ticket of the first line, and what they must print."""
    key = canonical_key(brief.claim, sample.lines[0])
    how = (
        "Each piece of work has a ticket, made from the seed and from centre number, entry code, candidate number and "
        "unit. Of each unit, assessor and grade the smallest tickets in the folders asked for are taken, and the "
        "folders have tickets, too, without the unit. So nobody chose, and anybody can check. For the first row these "
        "lines of Python"
    )
    lines = Code(check(sample.seed, key).rstrip())
    sizes = text(sentences(f"Sizes: {strategy.source}.", strategy.note))
    made = origin(brief.claim, brief.made_by)
    blocks = (text(how), lines, text("print"), Code(ticket(sample.seed, key)), sizes, made)
    return Section("How to check this draw", blocks, kept=True)


def _signatures() -> Section:
    safe = "The centre keeps this work safe for three months or more: a review of moderation needs the original sample."
    signers = Signatures((Signer("Moderator"), Signer("For the centre")))
    return Section("Signatures", (text(safe), signers), kept=True)
