"""Documents as files: which kinds of file there are, and who draws each."""

from collections.abc import Callable, Mapping

from claimbatch.output.view.document import Document

STYLES = ("pdf", "html")


def draw_document(document: Document, style: str) -> bytes:
    """*document* as the bytes of a file of this *style*."""
    return _DRAWN[style](document)


def _html(document: Document) -> bytes:
    from claimbatch.output.html import to_html  # noqa: PLC0415

    return to_html(document).encode("utf-8")


def _pdf(document: Document) -> bytes:
    from claimbatch.output.pdf import to_pdf  # noqa: PLC0415

    return to_pdf(document)


_DRAWN: Mapping[str, Callable[[Document], bytes]] = {"pdf": _pdf, "html": _html}
