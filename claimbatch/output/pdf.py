"""A document as PDF, by Typst: tagged for those who listen, and the same bytes on every computer.

Typst reads the document as JSON, so nothing in a name can become markup. The letters come from the package (Liberation
Sans; for Hebrew, Arabic and signs what Typst brings). Only where a name has letters that none of these has are the
computer's own fonts asked; what these lack, too, is named: ``[U+4E2D]``.
"""

import json
import re
from datetime import UTC, datetime
from typing import Literal

from claimbatch.clock import STAMP
from claimbatch.data import template_folder
from claimbatch.output.view.document import Document, as_data

STANDARD: Literal["ua-1"] = "ua-1"  # PDF/UA-1: headings, tables and their heading cells are tagged
TEMPLATE = "document.typ"
_NO_LETTER = "could not be displayed"
# What the fonts in the package have: Latin, Greek, Cyrillic, Hebrew, Arabic, marks and signs.
_HAD = re.compile(r"[^\u0020-\u052f\u0590-\u06ff\u1e00-\u20cf\u2100-\u23ff\u2500-\u27bf\ufb50-\ufefc]")


def to_pdf(document: Document, *more: Document) -> bytes:
    """*document* as PDF/UA-1; with *more* of its kind after it, each with pages of its own."""
    from typst import TypstError  # noqa: PLC0415

    views = json.dumps(as_data((document, *more)), ensure_ascii=False)
    made = max(_moment(one.made) for one in (document, *more))
    try:
        return _compile(views, made, own_fonts=True)
    except TypstError as error:
        if _NO_LETTER not in str(error):
            raise
    try:
        return _compile(views, made, own_fonts=False)
    except TypstError as error:
        if _NO_LETTER not in str(error):
            raise
    return _compile(_HAD.sub(lambda found: f"[U+{ord(found[0]):04X}]", views), made, own_fonts=True)


def _compile(views: str, made: int, *, own_fonts: bool) -> bytes:
    import typst  # noqa: PLC0415

    folder = template_folder()
    return typst.compile(
        str(folder / TEMPLATE),
        root=str(folder),
        font_paths=[str(folder / "fonts")],
        ignore_system_fonts=own_fonts,
        sys_inputs={"views": views},
        pdf_standards=STANDARD,
        timestamp=made,
    )


def _moment(stamp: str) -> int:
    """The document's own time in seconds since 1970; a document without one is of that moment."""
    return int(datetime.strptime(stamp, STAMP).replace(tzinfo=UTC).timestamp()) if stamp else 0
