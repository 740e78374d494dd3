"""What a moderator may ask for, on paper: how many folders, which work, and what a sample would find.

Every field that is coloured says in a number what its colour says, and the words for the colours stand above.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from claimbatch.claims.claim import OTHER
from claimbatch.moderation.simulation import WRONG, CellChance, Simulation, in_100
from claimbatch.output.view.brief import CANDIDATE, Brief, document_of, name_of, origin, unit_name
from claimbatch.output.view.document import (
    Block,
    Bold,
    Cell,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Table,
    sentences,
    text,
)
from claimbatch.output.view.grid import FEW, NOTHING, PLAIN, lay_out

FOLDER = 32.0  # millimetres of the column that says how likely a candidate's folder is asked for
# From how many of 100 samples on a piece of work is said to come so often; its shade is its place in this list.
OFTEN = ((0.0, "seldom"), (0.1, "now and then"), (0.4, "often"), (0.8, "mostly"))
NEVER, ALWAYS = "never", "always"


def simulation_report(brief: Brief, made: Simulation) -> Document:
    """The page about the simulation *made* of a claim."""
    folders = made.folders
    facts = (
        Fact("Folders to have ready", str(folders.p95), f"or {folders.median} for half of the samples"),
        Fact("Simulated samples", f"{made.draws:,}"),
        Fact("Strategy", made.strategy.key, "first part" if made.first_part else ""),
    )
    title = "What a moderator may ask for"
    return document_of(brief.claim, title, _blocks(brief, made), facts=facts, stamp="Simulation")


def shade_of(share: float) -> int:
    """How strongly a chance (0 to 1) is coloured, 0 to 4."""
    return sum(share >= least for least, _ in OFTEN) if share else 0


def word_of(share: float) -> str:
    """The word for a chance (0 to 1)."""
    if share == 1:
        return ALWAYS
    return OFTEN[shade_of(share) - 1][1] if share else NEVER


def of_100(share: float) -> str:
    """A chance in samples of 100, never 0 or 100 for what may happen or fail: ``<1``, ``34``, ``>99``."""
    side, number = in_100(share)
    return f"{side}{number}"


def _blocks(brief: Brief, made: Simulation) -> Iterator[Block]:
    part = " Here only what is looked at first counts." if made.first_part else ""
    yield text(
        Bold("This is a simulation."),
        " claimbatch drew these samples; OCR's moderator did not. OCR publishes no sample size for Cambridge "
        f"Technicals, and the moderator may ask for other work.{part}",
        framed=True,
    )
    yield _folders(made)
    yield from _work(brief, made)
    yield from _others(brief, made)
    yield _found(brief, made)
    first = f"claimbatch sample draw {brief.claim.key} --strategy {made.strategy.key} --seed 1"
    how = f"The samples are those of the seeds 1 to {made.draws:,}; the first can be had with: {first}"
    sizes = sentences(f"Sizes: {made.strategy.source}.", made.strategy.note)
    yield Section(
        "Where this comes from", (text(how), text(sizes), origin(brief.claim, brief.made_by)), kept=True
    )


def _folders(made: Simulation) -> Section:
    columns = (
        Column("Folders", width=20, align="right"),
        Column("Of 100 samples", width=30, align="right"),
        Column("As a bar"),
        Column("Enough for", width=28, align="right"),
    )
    most = max(made.folders.draws.values(), default=1)
    rows = [
        Row(
            (
                str(folders),
                of_100(draws / made.draws),
                Cell(bar=(0, 0, draws), of=most),
                f"{of_100(share)} of 100",
            )
        )
        for folders, draws, share in made.folders.enough
    ]
    why = text("How many candidates' folders a sample asks for.", soft=True, lead=True)
    table = Table("Folders that samples ask for", columns, tuple(rows))
    return Section("How many folders", (why, table), kept=len(rows) <= FEW)


def _work(brief: Brief, made: Simulation) -> Iterator[Section]:
    """The heat map: candidates × OCR's units, in as few tables as paper allows."""
    units = [unit for unit in brief.claim.units if not unit.startswith(OTHER)]
    if not units:
        return
    chance = {(one.line.candidate, one.line.unit): one.probability for one in made.exposures}
    layout = lay_out(units, len(brief.people()), PLAIN, paper=273.0 - FOLDER)
    for part in layout.parts:
        columns = (
            CANDIDATE,
            Column("Name"),
            Column("Folder", width=FOLDER),
            *(Column(unit, over="Unit", width=PLAIN + 1, align="center") for unit in part),
        )
        rows = tuple(
            Row(
                (
                    who.number,
                    name_of(who),
                    _folder(made.people[who.number]) if who.number in made.people else "",
                    *(_field(chance.get((who.number, unit))) for unit in part),
                )
            )
            for who in brief.people()
        )
        span = "" if len(layout.parts) == 1 else f", units {part[0]} to {part[-1]}"
        name = f"In how many of 100 samples each piece of work is{span}"
        heat = Table(name, columns, rows, grid=True)
        yield Section(
            f"How likely each piece of work is asked for{span}", (*_legend(), heat), kept=len(rows) <= FEW
        )


def _legend() -> tuple[Block, ...]:
    why = text(
        "The numbers say in how many of 100 samples a piece of work is, and in how many the candidate's folder is "
        "asked for at all. A dot: nothing is claimed.",
        soft=True,
        lead=True,
    )
    marks = [f"{least * 100:.0f}" for least, _ in OFTEN] + ["100"]
    said = [f"{start} to {int(end) - 1}" for start, end in pairwise(marks)]
    said[0] = f"under {marks[1]}"
    columns = tuple(Column(word, align="center") for word in (NEVER, *(word for _, word in OFTEN), ALWAYS))
    fields = [Cell(words, shade=at) for at, words in enumerate(said, 1)]
    row = Row((Cell("0"), *fields, Cell("100", strong=True, shade=len(OFTEN))))
    return why, Table("What the colours say, of 100 samples", columns, (row,), heads=0)


def _field(share: float | None) -> Cell:
    if share is None:
        return Cell(NOTHING, soft=True)
    return Cell(of_100(share), strong=share == 1, shade=shade_of(share))


def _folder(share: float) -> Cell:
    return Cell(of_100(share), word_of(share), strong=share == 1, shade=shade_of(share))


def _others(brief: Brief, made: Simulation) -> Iterator[Section]:
    others = [one for one in made.exposures if one.line.unit.startswith(OTHER)]
    if not others:
        return
    columns = (
        CANDIDATE,
        Column("Name"),
        Column("Awarding body"),
        Column("Unit", share=2),
        Column("Of 100 samples", width=FOLDER),
    )
    rows = tuple(
        Row(
            (
                one.line.candidate,
                name_of(brief.claim.candidate(one.line.candidate)),
                brief.claim.awarding_body(one.line.unit),
                brief.claim.unit_title(one.line.unit),
                _folder(one.probability),
            )
        )
        for one in others
    )
    yield Section(
        "Units of other awarding bodies",
        (Table("Units of other awarding bodies in samples", columns, rows),),
        kept=len(rows) <= FEW,
    )


def _found(brief: Brief, made: Simulation) -> Section:
    columns = (
        Column("Unit", width=24),
        Column("Title", share=2),
        Column("Assessor", share=1.2),
        Column("Grade", width=14, align="center"),
        Column("Claimed", width=17, align="right"),
        Column("In a sample", width=21, align="right"),
        *(Column(f"{wrong} wrong", width=18, align="right") for wrong in WRONG),
        Column("If 2 are wrong", width=34),
    )
    rows = tuple(Row(_chances(brief, one, first=new), starts=new) for one, new in _marked(made.cells))
    why = text(
        "If 1, 2, 3 or 5 of an assessor's grades in a unit were wrong, any of them alike: in how many of 100 samples "
        "at least one of these would be seen. A moderator agrees or withdraws all of them together.",
        soft=True,
        lead=True,
    )
    table = Table("How likely wrong grades are found", columns, rows)
    return Section("What a sample would find", (why, table), kept=len(rows) <= FEW)


def _marked(cells: Sequence[CellChance]) -> list[tuple[CellChance, bool]]:
    """The cells, each with whether it is the first of its unit."""
    before = [None, *(one.cell[0] for one in cells)]
    return [(one, one.cell[0] != last) for one, last in zip(cells, before, strict=False)]


def _chances(brief: Brief, one: CellChance, *, first: bool) -> tuple[str | Cell, ...]:
    unit, assessor, grade = one.cell
    claim, catch = brief.claim, one.catch()
    label = unit_name(claim, unit)
    two = catch[1] if len(catch) > 1 else None
    return (
        label if first else Cell(label, soft=True),
        claim.unit_title(unit) if first else "",
        Cell(assessor, claim.assessors.get(assessor, ""), strong=True),
        Cell(grade, strong=True),
        str(one.lines),
        f"{one.average:.1f}",
        *(of_100(catch[wrong - 1]) if wrong <= one.lines else "–" for wrong in WRONG),
        "" if two is None else Cell(bar=(0, 0, round(two * 1000)), of=1000),
    )
