"""What was read of a register file, in words: so that a person sees at once that it was understood."""

from collections.abc import Iterable, Iterator, Mapping

from claimbatch.claims.register.cells import understood
from claimbatch.claims.register.characters import LABELS
from claimbatch.claims.register.dates import DAY_FIRST
from claimbatch.claims.register.headings import plain
from claimbatch.claims.register.sheet import BORN, NAMES, Part, Sheet

_LISTED = 8  # rows, columns or names that are named
_ACCENTED = 3
_FIELDS: Mapping[str, str] = {
    "candidate_name": "name",
    "ocr_candidate_number": "OCR candidate number",
    "uci": "UCI",
    "uln": "ULN",
}


def described(sheet: Sheet, fate: str) -> tuple[str, ...]:
    """What was read and how, and what was left; *fate* is what became of columns that nobody knows."""
    lines = [line for part in sheet.parts for line in _of_part(sheet, part, fate)]
    lines += [f"The sheet {left.title} was not read: {left.why}." for left in sheet.left]
    zeros = sum(len(row.restored) for row in sheet.rows)
    if zeros:
        lines.append(f"Leading zeros were put back in {'1 cell' if zeros == 1 else f'{zeros} cells'}.")
    return tuple(lines)


def _of_part(sheet: Sheet, part: Part, fate: str) -> Iterator[str]:
    rows = [row for row in sheet.rows if row.part.table is part.table]
    where = "row" if part.table.sheet else "line"
    how = [f"headings in {where} {part.header}", "1 row" if len(rows) == 1 else f"{len(rows)} rows"]
    how += [part.table.delimiter] * bool(part.table.delimiter)
    encoding = part.table.text.encoding
    how += [LABELS[encoding]] if encoding else []
    fields = ", ".join([*_stated(part), *(_source(part, name) for name in part.columns.fields)])
    fields = fields or "no heading that claimbatch knows"
    yield f"Read {part.table.title}, {', '.join(how)}: {fields.rstrip('.')}."
    if part.columns.others:
        yield f"Columns that claimbatch does not know were {fate}: {_listed(part.columns.others.values())}."
    if part.columns.passed_over:
        yield f"Columns passed over: {_listed(part.columns.passed_over.values())}."
    if part.passed_over:
        told = (f'{where} {number} "{gist}"' for number, gist in part.passed_over)
        yield f"Rows passed over, as they are nobody's: {_listed(told)}."
    if (
        BORN in part.columns.fields
        and part.order.order
        and (part.order.order != DAY_FIRST or not part.order.proved)
    ):
        yield _order(part)
    if encoding and not encoding.startswith("utf"):
        accented = [row.text[name] for row in rows for name in NAMES if not row.text.get(name, "").isascii()]
        if accented:
            yield f"Accented names, as they were read: {'; '.join(dict.fromkeys(accented[:_ACCENTED]))}."


def _stated(part: Part) -> Iterator[str]:
    """What is said once for all rows: ``entry code 05349 from line 1``."""
    for name, (place, text) in part.stated.items():
        where = f"from {place.cell}" if place.cell else "as you said"
        yield f"{name.replace('_', ' ')} {understood(name, text)} {where}"


def _source(part: Part, name: str) -> str:
    """``candidate number from Exam No``; a field under its own heading needs no more than its name."""
    word = _FIELDS.get(name, name.replace("_", " "))
    headings = part.named(name)
    return word if plain(headings) in (plain(word), plain(name)) else f"{word} from {headings}"


def _order(part: Part) -> str:
    if part.order.proved:
        return f"Dates in figures were read {part.order.order}, as the column {part.named(BORN)} proves."
    return f"Dates in figures were read day first (dd/mm/yyyy): nothing in {part.named(BORN)} proves another order."


def _listed(items: Iterable[str]) -> str:
    named = list(items)
    more = f" and {len(named) - _LISTED} more" if len(named) > _LISTED else ""
    return ", ".join(named[:_LISTED]) + more
