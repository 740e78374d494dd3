"""Writes documents as files: one, one for each of several claims, or several in one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import write_atomic
from claimbatch.intake.results import Watch, each, unwatched
from claimbatch.office.asked_for import one_of
from claimbatch.output.drawing import STYLES
from claimbatch.output.many import Order, draw_file, draw_files
from claimbatch.output.view.document import Document
from claimbatch.workspace import Workspace

# Makes the document of the claim with this key, or of the workbook with this name.
Maker = Callable[[str], Document]


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a run of documents; and what was *passed_over*, with the reason why there is no such document.

    *documents* is how many documents are in the files: a bundle is one file.
    """

    paths: tuple[Path, ...] = ()
    documents: int = 0
    passed_over: Mapping[str, ClaimbatchError] = field(default_factory=dict)


def write_document(document: Document, stem: Path, styles: Sequence[str] = ()) -> list[Path]:
    """Write *document* as a file of each of *styles* (of all, if none is named): *stem* and the style's ending."""
    return [draw_file(Order(document, style, with_ending(stem, style))) for style in wanted(styles)]


def write_many(
    workspace: Workspace,
    names: Sequence[str],
    made: Maker,
    stem: Callable[[str], Path],
    styles: Sequence[str] = (),
    *,
    watch: Watch = unwatched,
) -> Written:
    """Write the documents that are *made* of *names*, several at once; one that cannot be made is passed over."""
    some = wanted(styles)
    passed: dict[str, ClaimbatchError] = {}
    orders = (
        Order(document, style, with_ending(stem(name), style))
        for name, document in _those_that_are(names, made, passed)
        for style in some
    )
    drawn = draw_files(orders, workspace.config.workers)
    paths = tuple(each(drawn, watch, "Drawing documents", len(names) * len(some)))
    return Written(paths, len(names) - len(passed), passed)


def write_bundle(names: Sequence[str], made: Maker, stem: Path, watch: Watch = unwatched) -> Written:
    """Write the documents that are *made* of *names* into one PDF, each with pages of its own."""
    from claimbatch.output.pdf import to_pdf  # noqa: PLC0415 - typst, for who wants a bundle

    passed: dict[str, ClaimbatchError] = {}
    watched = each(names, watch, "Reading claims", len(names))
    documents = [document for _, document in _those_that_are(watched, made, passed)]
    paths = (write_atomic(with_ending(stem, "pdf"), to_pdf(*documents)),) if documents else ()
    return Written(paths, len(documents), passed)


def wanted(styles: Sequence[str]) -> list[str]:
    """Those of all styles that were named, in their own order; all, if none was."""
    for style in styles:
        one_of("kind of file", style, STYLES)
    return [style for style in STYLES if not styles or style in styles]


def with_ending(stem: Path, style: str) -> Path:
    """The file *stem* with the ending of its *style*; a dot in its name stays."""
    return stem.with_name(f"{stem.name}.{style}")


def _those_that_are(
    names: Iterable[str], made: Maker, passed: dict[str, ClaimbatchError]
) -> Iterator[tuple[str, Document]]:
    """The documents of *names*; why one cannot be made goes into *passed*."""
    for name in names:
        try:
            yield name, made(name)
        except ClaimbatchError as error:
            passed[name] = error
