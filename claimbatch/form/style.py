"""How a template looks: every colour, font and border, as named styles of the workbook.

Named styles are made once for all templates (a style object per cell costs many times as much) and show up in
Excel by name. What a colour says is always said by a word, a sign or a pattern too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

INK = "1B2733"
NAVY = "1F3A5F"
GREY = "EDF0F4"
PALE = "E3EAF3"
LINE = "BCC6D2"
STRUCK = "9AA7B6"
AMBER = "FFE08A"
WHITE = "FFFFFF"

TEXT = "@"  # keeps 0042 and 05838 as they are
DATE = "dd/mm/yyyy"
QUESTION = '@" ?"'  # shows P as "P ?", and leaves the value alone
STAR = '@" *"'
WARNING = '@" !"'
AGAIN = '@" again"'
SAND = "FFF6DD"
ROSE, MAROON = "FBE3E1", "7A1F1A"


@dataclass(frozen=True, slots=True)
class Look:
    """One style. *fill* and *ink* are RRGGBB.

    *struck* draws a line across the cell, *crossed* two: LibreOffice shows a hatched fill as plain grey.
    """

    fill: str = ""
    ink: str = INK
    size: int = 10
    bold: bool = False
    across: str = "left"
    number_format: str = TEXT
    locked: bool = True
    boxed: bool = True
    struck: bool = False
    crossed: bool = False
    wrap: bool = False
    shrink: bool = False


_HEADING = Look(NAVY, WHITE, bold=True, across="center", wrap=True)
LOOKS: Mapping[str, Look] = {
    "Sheet title": Look(ink=NAVY, size=16, bold=True, boxed=False),
    "Sheet description": Look(ink="45556A", boxed=False),
    "Heading": _HEADING,
    "Heading text": replace(_HEADING, across="left"),
    "Heading unconfirmed": replace(_HEADING, number_format=STAR),
    "Unit titles": Look(ink="45556A", size=8, boxed=False),
    "Unit title": Look(PALE, NAVY, size=8, across="center", wrap=True),
    "Given": Look(GREY, wrap=True),
    "Given text": Look(GREY, wrap=True),
    "Given date": Look(GREY, across="center", number_format=DATE),
    "Count": Look(GREY, across="center", number_format="0"),
    "Count without": Look(GREY, across="center", number_format='[=0]"none";0'),
    "Choice": Look(WHITE, across="center", locked=False, shrink=True),
    "Entry": Look(WHITE, locked=False, wrap=True),
    "Refused choice": Look(ROSE, MAROON, bold=True, across="center", number_format=WARNING, locked=False),
    "Refused initials": Look(ROSE, MAROON, across="center"),
    "Claim again": Look(SAND, across="center", number_format=AGAIN, locked=False, shrink=True),
    "Claimed before": Look("D5DBE3", across="center", locked=False, crossed=True, shrink=True),
    "Not entered": Look("F4F6F8", across="center", struck=True),
    "Step": Look(NAVY, WHITE, size=12, bold=True, across="center", number_format="0"),
    "Reading": Look(WHITE, size=11, wrap=True),
    "Sample without assessor": Look(AMBER, "5C3B00", bold=True, across="center", number_format=QUESTION),
    "Sample choice": Look(WHITE, across="center"),
    "Sample grade": Look(WHITE, bold=True, across="center"),
    "Subheading": Look(ink=NAVY, size=12, bold=True, boxed=False),
}

WITHOUT_ASSESSOR = DifferentialStyle(
    font=Font(bold=True, color="5C3B00"),
    fill=PatternFill(bgColor=AMBER),
    numFmt=NumberFormat(numFmtId=180, formatCode=QUESTION),
)
SOME_WITHOUT = DifferentialStyle(font=Font(bold=True, color="5C3B00"), fill=PatternFill(bgColor=AMBER))
REFUSED = DifferentialStyle(
    font=Font(bold=True, color=MAROON),
    fill=PatternFill(bgColor=ROSE),
    numFmt=NumberFormat(numFmtId=181, formatCode=WARNING),
)
TINTS: Mapping[str, DifferentialStyle] = {
    grade: DifferentialStyle(font=Font(color=ink), fill=PatternFill(bgColor=tint))
    for grade, tint, ink in (
        ("P", "DCEAF9", "123A66"),
        ("M", "DDF1E2", "17472A"),
        ("D", "E9DFF6", "43246E"),
        ("Not claiming", "E4E7EB", "45505C"),
    )
}
HIGHLIGHTS: Mapping[str, DifferentialStyle] = {
    "Without assessor": WITHOUT_ASSESSOR,
    "Some without": SOME_WITHOUT,
    "Refused": REFUSED,
    **TINTS,
}


def add_styles(workbook: Workbook) -> None:
    """Give *workbook* every style of :data:`LOOKS`, so that ``cell.style = "Given"`` works."""
    for name, look in LOOKS.items():
        workbook.add_named_style(_named(name, look))


def _named(name: str, look: Look) -> NamedStyle:
    return NamedStyle(
        name,
        font=Font("Arial", look.size, look.bold, color=look.ink),
        fill=PatternFill("solid", look.fill) if look.fill else PatternFill(),
        border=_border(look),
        alignment=Alignment(
            look.across, "center", wrap_text=look.wrap, shrink_to_fit=look.shrink,
            indent=1 if look.boxed and look.across == "left" else 0,
        ),
        number_format=look.number_format,
        protection=Protection(locked=look.locked),
    )  # fmt: skip


def _border(look: Look) -> Border:
    if not look.boxed:
        return Border()
    side = Side("thin", LINE)
    across = Side("thin", STRUCK) if look.struck or look.crossed else None
    up = look.struck or look.crossed
    return Border(side, side, side, side, diagonal=across, diagonalUp=up, diagonalDown=look.crossed)
