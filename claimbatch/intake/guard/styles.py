"""The formats of cells: which put a line through the text, and which tell a date from a number.

The reader gets the second and nothing else, so that fonts and colours cost it nothing.
"""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from claimbatch.intake.guard.markup import MAIN, visit
from claimbatch.intake.guard.remembered import remembered
from claimbatch.intake.guard.walk import is_struck, number


class Styles(NamedTuple):
    """The cell formats with a line through, by their number, and the part with styles that the reader gets."""

    struck: frozenset[int] = frozenset()
    readable: bytes | None = None


NO_STYLES = Styles()


@remembered
def read_styles(part: bytes) -> Styles:
    """What is to be known of a part with styles, which is known to be well-formed."""
    fonts: list[bool] = []
    formats: list[tuple[str, str]] = []  # by number: its font, and how it shows numbers
    shown: list[str] = []

    def start(path: list[str], attributes: Mapping[str, str]) -> None:
        match path[1:]:
            case ["numFmts", "numFmt"]:
                stated = (f'{key}="{escape(attributes.get(key, ""))}"' for key in ("numFmtId", "formatCode"))
                shown.append(f"<numFmt {' '.join(stated)}/>")
            case ["fonts", "font"]:
                fonts.append(False)
            case ["fonts", "font", "strike"]:
                fonts[-1] = is_struck(attributes)
            case ["cellXfs", "xf"]:
                formats.append((attributes.get("fontId", "0"), attributes.get("numFmtId", "0")))

    visit(part, start)
    struck = (n for n, (font, _) in enumerate(formats) if fonts[number(font) :][:1] == [True])
    numbers = "".join(f'<xf numFmtId="{escape(shows)}"/>' for _, shows in formats)
    text = f'<styleSheet xmlns="{MAIN}"><numFmts>{"".join(shown)}</numFmts><cellXfs>{numbers}</cellXfs></styleSheet>'
    return Styles(frozenset(struck), text.encode())
