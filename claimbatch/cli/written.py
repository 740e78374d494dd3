"""Writes documents as files: one, one for each of several claims, or several in one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, say
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.output.view.document import Document
    from claimbatch.workspace import Workspace

Maker = Callable[[str], "Document"]  # the document of the claim with this key


def write_document(document: "Document", stem: Path, styles: Sequence[str] = ()) -> None:
    """Write *document* as a file of each of *styles* (of all, if none is named): *stem* and the style's ending."""
    from claimbatch.output.many import Order, draw_file  # noqa: PLC0415

    for style in _wanted(styles):
        say(f"Wrote {shown(draw_file(Order(document, style, with_ending(stem, style))))}.")


def _wanted(styles: Sequence[str]) -> list[str]:
    """Those of all styles that were named, in their own order; all, if none was."""
    from claimbatch.output.drawing import STYLES  # noqa: PLC0415

    return [style for style in STYLES if not styles or style in styles]


def with_ending(stem: Path, style: str) -> Path:
    """The file *stem* with the ending of its *style*; a dot in its name stays."""
    return stem.with_name(f"{stem.name}.{style}")


def write_many(
    workspace: "Workspace",
    keys: Sequence[str],
    made: Maker,
    stem: Callable[[str], Path],
    styles: Sequence[str],
) -> None:
    """The documents of several claims; what of them could not be made is told in the end, and none is an error."""
    from claimbatch.output.many import Order, draw_files  # noqa: PLC0415

    wanted = _wanted(styles)
    passed: dict[str, ClaimbatchError] = {}
    orders = (
        Order(document, style, with_ending(stem(key), style))
        for key, document in _those_that_are(keys, made, passed)
        for style in wanted
    )
    drawn = draw_files(orders, workspace.config.workers)
    written = [shown(path) for path in progress(drawn, "Drawing documents", len(keys) * len(wanted))]
    for path in written:
        say(f"Wrote {path}.")
    _tell_passed(passed, len(written))


def write_bundle(keys: Sequence[str], made: Maker, stem: Path) -> None:
    """The documents of several claims in one PDF, each with pages of its own."""
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.pdf import to_pdf  # noqa: PLC0415

    passed: dict[str, ClaimbatchError] = {}
    documents = [document for _, document in _those_that_are(progress(keys, "Reading claims"), made, passed)]
    if documents:
        path = write_atomic(with_ending(stem, "pdf"), to_pdf(*documents))
        say(f"Wrote {shown(path)}: {count(len(documents), 'document')}.")
    _tell_passed(passed, len(documents))


def _those_that_are(
    keys: Iterable[str], made: Maker, passed: dict[str, ClaimbatchError]
) -> Iterator[tuple[str, "Document"]]:
    """The documents of *keys*; why one cannot be made goes into *passed*."""
    for key in keys:
        try:
            yield key, made(key)
        except ClaimbatchError as error:
            passed[key] = error


def _tell_passed(passed: Mapping[str, ClaimbatchError], written: int) -> None:
    for key, error in passed.items():
        say(f"Passed over {key}: {error}")
    if not written:
        raise ClaimbatchError("No document was written.", "See above, or choose another --kind.")
