"""A document as one HTML page with its style inside: it opens from an e-mail and prints well from any browser.

It needs no script; with one, long tables can be sorted and filtered on the screen.
"""

from functools import cache
from typing import TYPE_CHECKING

from claimbatch.data import template_folder
from claimbatch.output.view.document import Document, as_data

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "document.html.j2"


def to_html(document: Document) -> str:
    """*document* as a page."""
    return _templates().get_template(TEMPLATE).render(view=as_data(document))


@cache
def _templates() -> "Environment":
    environment = templates()
    environment.filters["css"] = _in_css
    return environment


def templates() -> "Environment":
    """What draws the templates of the project, documents as well as pages: all that is put in is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,  # for every name: select_autoescape() looks at the last ending only, and that is .j2
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )


def _in_css(words: str) -> str:
    """*words* as they stand between quotation marks in a style sheet: nothing in them can end it."""
    return "".join(letter if letter.isalnum() else f"\\{ord(letter):06x}" for letter in words)
