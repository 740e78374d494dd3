"""The grades of a claim, candidates × units, in as few tables as paper allows.

Everything here is in millimetres of A4 landscape. A table takes as many units as fit beside the names, and where there
are too many they are shared out evenly; where so few that the table would fill less than half the width, the table is
set in two or three panels side by side. Other awarding bodies' units have a table of their own: a title does not fit
above a grade.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from claimbatch.claims.claim import Claim, Line
from claimbatch.output.view.brief import CANDIDATE, NUMBER, Brief, name_of
from claimbatch.output.view.document import Block, Cell, Column, Row, Section, Table, Text, text

PAPER = 273.0  # between the margins
GUTTER = 8.0  # between panels
HALF = (PAPER - GUTTER) / 2
NAME, NAME_IN_PANEL, WIDEST_NAME = 48.0, 40.0, 80.0
PLAIN, LETTER, TICK, WIDEST = 10.0, 2.4, 3.6, 21.0  # of a column of grades
FEW = 12  # so few candidates are never split over panels
KEPT = 24  # a table of so many rows is kept on one page
NOTHING = "·"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the units are shared out over tables, in how many panels each is set, and how wide a column of grades is.

    *name* is the width of the names, 0 if they take what is left.
    """

    parts: tuple[tuple[str, ...], ...]
    panels: int
    grade: float
    name: float


def lay_out(units: Sequence[str], candidates: int, narrowest: float, paper: float = PAPER) -> Layout:
    """Where *units* go for so many *candidates*, if a column of grades is at least so wide as *narrowest*."""
    across = int((paper - NUMBER - NAME) // narrowest)
    count = max(1, math.ceil(len(units) / across))
    ends = [len(units) * part // count for part in range(count + 1)]
    parts = tuple(tuple(units[start:end]) for start, end in pairwise(ends))
    most = max(map(len, parts))
    panel = NUMBER + NAME_IN_PANEL + most * narrowest
    fit = int((paper + GUTTER) // (panel + GUTTER))
    panels = max(1, min(3, fit, math.ceil(candidates / FEW)))
    wide = (paper - (panels - 1) * GUTTER) / panels
    grade = min(WIDEST, (wide - NUMBER - (NAME if panels == 1 else NAME_IN_PANEL)) / most)
    left = wide - NUMBER - most * grade
    return Layout(parts, panels, grade, 0 if left <= WIDEST_NAME or paper < PAPER else WIDEST_NAME)


def grades_by_candidate(brief: Brief, paper: float = PAPER) -> list[Block]:
    """The tables of grades on *paper* so wide, and what their signs mean."""
    claim = brief.claim
    units = [unit for unit in claim.units if unit.isdigit()]
    if not units:
        return []
    several = len({line.assessor for line in claim.lines}) > 1
    layout = lay_out(units, len(brief.people()), _narrowest(brief, several), paper)
    tables = [_part(brief, part, layout, several) for part in layout.parts]
    if len(tables) == 1:
        return [_key(brief, several), *tables[0]]
    kept = len(brief.people()) <= KEPT
    parts = zip(layout.parts, tables, strict=True)
    return [_key(brief, several), *(Section(_span(units), part, kept=kept) for units, part in parts)]


def _part(brief: Brief, units: Sequence[str], layout: Layout, several: bool) -> tuple[Block, ...]:
    """The table of some *units*, under their titles where the list of units may be on another page."""
    at = {(line.candidate, line.unit): line for line in brief.claim.lines}
    rows = tuple(
        Row(
            (who.number, name_of(who), *(_cell(brief, at.get((who.number, unit)), several) for unit in units))
        )
        for who in brief.people()
    )
    name = "Grades by candidate" if len(layout.parts) == 1 else f"Grades by candidate, {_span(units).lower()}"
    table = Table(name, _columns(units, layout), rows, grid=True, panels=layout.panels)
    far = len(layout.parts) > 1 or len(brief.people()) > FEW
    titles = _titles(brief.claim, units) if far else None
    return (titles, table) if titles else (table,)


def _columns(units: Sequence[str], layout: Layout) -> tuple[Column, ...]:
    name = Column("Name", width=layout.name)
    grades = (Column(unit, over="Unit", width=round(layout.grade, 2), align="center") for unit in units)
    return (CANDIDATE, name, *grades)


def _narrowest(brief: Brief, several: bool) -> float:
    letters = max((len(line.assessor) for line in brief.claim.lines), default=0) if several else 0
    ticks = TICK if brief.standing.sampled else 0
    return max(PLAIN, 6.2 + letters * LETTER + ticks)


def _cell(brief: Brief, line: Line | None, several: bool) -> str | Cell:
    if line is None:
        return Cell(NOTHING, soft=True)
    sampled = (line.candidate, line.unit) in brief.standing.sampled
    return Cell(line.grade, line.assessor if several else "", strong=True, mark="tick" if sampled else "")


def _key(brief: Brief, several: bool) -> Text:
    said = ["P pass, M merit, D distinction; a dot where nothing is claimed."]
    if several:
        said.append("The letters after a grade are the initials of the centre assessor.")
    if brief.standing.sampled:
        said.append("✓ sampled: the moderator asks to see this work.")
    if any(not line.unit.isdigit() for line in brief.claim.lines):
        said.append("Units of other awarding bodies stand in a table of their own.")
    return text(" ".join(said), soft=True, lead=True)


def _titles(claim: Claim, units: Sequence[str]) -> Text | None:
    """The key of titles, as far as titles are known."""
    known = [(unit, title) for unit in units if (title := claim.unit_title(unit))]
    said = "; ".join(f"{unit} {title}" for unit, title in known)
    return text(f"Units: {said}.", soft=True, lead=True) if known else None


def _span(units: Sequence[str]) -> str:
    return f"Units {units[0]} to {units[-1]}"
