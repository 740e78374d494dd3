"""How a register file is laid out: which sheets hold rows, where their headings stand, which rows are candidates.

What systems write and people make is more than a table: a title and a date above the headings, a sheet of
instructions in front, a row of guidance under the headings, totals at the end. All of that is passed over, and told.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from claimbatch.claims.register.cells import tidy
from claimbatch.claims.register.file import Table
from claimbatch.claims.register.headings import ASSESSORS, Kind, find_columns, plain
from claimbatch.claims.register.sheet import Known, Left, Part, Row, Sheet, read_rows, settle_names
from claimbatch.errors import ClaimbatchError
from claimbatch.problems import Place

HEADING_WITHIN = 200  # rows
SHOWN = 40  # characters of a row that is told of
_TOTAL = re.compile(
    r"(?:grand |sub-?|overall )?totals?(?:[\s:=].*)?|(?:count|sum)[\s:=]*\d*|(?:number|no\.?) of \w+.*",
    re.IGNORECASE,
)
_MASK = re.compile(r"(?:e\.?g\.?|dd?|mm?|yyyy|yy|[/.\-\s#0n]|or|format|example)+", re.IGNORECASE)
_FIVE = re.compile(r"\d{4,5}")
_ONCE = ("centre_number", "entry_code")  # what may be said once for all rows
_PERSON = ("candidate_number", "candidate_name", "initials", "name")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said of how to read a file: what headings mean, which sheets, and whether hidden rows count.

    *entry_code* is that of all rows, where the file has no column for it.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    hidden: bool = False
    entry_code: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A table whose headings were looked for: the *part* that they make, and the position of their row."""

    part: Part
    position: int
    lacks: tuple[str, ...]

    @property
    def fields(self) -> int:
        return len(self.part.columns.fields)


def lay_out(
    tables: Sequence[Table], kinds: Mapping[str, Kind], kind: Kind, known: Known, asked: Asked
) -> Sheet:
    """Read the rows of every table that has the headings of *kind*; the other tables are named."""
    unread = next((table for table in tables if table.fault), tables[0])
    found = [_find(table, kind, asked.said, asked.entry_code) for table in tables if table.rows]
    if not found:
        return Sheet(unread, kind, known)
    chosen = _choose(found, asked)
    rest = [item for item in found if item not in chosen]
    left = tuple(_left(item, seems=_seems(item, kinds, kind)) for item in rest)
    parts, rows = [], []
    for item in chosen:
        part, read = _read(item, kind, asked)
        parts.append(part)
        rows += read
    seems = _seems(chosen[0], kinds, kind) if chosen[0].lacks else ""
    sheet = Sheet(chosen[0].part.table, kind, known, tuple(parts), tuple(rows), left, seems)
    settle_names(sheet)
    return sheet


def kind_of(tables: Sequence[Table], kinds: Mapping[str, Kind]) -> str:
    """Which of *kinds* the *tables* of a file seem to be: one of which no needed heading is lacking; blank for none."""
    filled = [table for table in tables if table.rows and not table.fault]
    seems = (
        name for name, kind in kinds.items() if any(not _find(table, kind, {}).lacks for table in filled)
    )
    return next(seems, "")


def known_headings(kind: Kind, said: Iterable[str], cells: Sequence[Any]) -> int:
    """How many of *cells* are headings that mean something."""
    told = {plain(heading) for heading in said}
    texts = {plain(tidy(cell)) for cell in cells if cell}
    return sum(text in kind.known or text in told for text in texts)


def _find(table: Table, kind: Kind, said: Mapping[str, str], entry_code: str = "") -> _Found:
    """The row of *table* with the most known headings, and which column is which; the first where none has two."""
    best, most = 0, 1
    for position, (_, cells) in enumerate(table.rows[:HEADING_WITHIN]):
        count = known_headings(kind, said, cells)
        if count > most and len(find_columns(kind, [tidy(cell) for cell in cells], said).fields) > 1:
            best, most = position, count
    number, cells = table.rows[best]
    headings = tuple(tidy(cell) for cell in cells)
    columns = find_columns(kind, headings, said)
    stated = {"entry_code": (Place(table.name, table.sheet), entry_code)} if entry_code else {}
    stated = {
        name: said_once
        for name, said_once in (_stated(table, kind, best) | stated).items()
        if name not in columns.fields
    }
    has = {*columns.fields, *stated}
    lacks = tuple(name for name, needed in kind.wanted.items() if needed and name not in has)
    return _Found(Part(table, number, headings, columns, stated), best, lacks)


def _stated(table: Table, kind: Kind, position: int) -> dict[str, tuple[Place, str]]:
    """The centre and the entry code where the block above the headings says them: ``Entry code`` | ``05349``."""
    found: dict[str, tuple[Place, str]] = {}
    for row, cells in table.rows[:position]:
        texts = [tidy(cell) for cell in cells]
        for column, text in enumerate(texts):
            label, _, value = text.rpartition(":")
            where = column
            if not label:
                label, value = text, next(filter(None, texts[column + 1 :]), "")
                where = texts.index(value, column + 1) if value else column
            for name in _ONCE:
                if plain(label) in kind.fields[name].headings and _FIVE.fullmatch(value.strip()):
                    found.setdefault(name, (table.place(row, where, label), value.strip()))
    return found


def _choose(found: Sequence[_Found], asked: Asked) -> list[_Found]:
    """The tables to read: those that a person named, else all whole ones in sight, else the one that is nearest."""
    if asked.sheets:
        by_name = {item.part.table.sheet.casefold(): item for item in found}
        for name in asked.sheets:
            if name.strip().casefold() not in by_name:
                sheets = ", ".join(item.part.table.sheet for item in found if item.part.table.sheet)
                raise ClaimbatchError(
                    f"There is no sheet {name} with anything on it.",
                    f"Its sheets are: {sheets}." if sheets else "The file is CSV and has no sheets.",
                )
        wanted = {name.strip().casefold() for name in asked.sheets}
        return [item for item in found if item.part.table.sheet.casefold() in wanted]
    seen = [item for item in found if asked.hidden or not item.part.table.veiled] or list(found)
    return [item for item in seen if not item.lacks] or [max(seen, key=lambda item: item.fields)]


def _seems(item: _Found, kinds: Mapping[str, Kind], kind: Kind) -> str:
    """The other kind of file that a table has all headings of, if there is one."""
    others = (other for other in kinds.values() if other is not kind)
    return next((other.name for other in others if not _find(item.part.table, other, {}).lacks), "")


def _left(item: _Found, seems: str) -> Left:
    title = item.part.table.title
    if not item.lacks:
        why = "it is hidden" if item.part.table.veiled else "another sheet was asked for"
        return Left(title, why, matters=True)
    has = [name for name in _PERSON if name in item.part.columns.fields]
    if seems or not has or item.fields < 2:
        return Left(title, "it has other headings", matters=False)
    return Left(title, f"it lacks {' and '.join(item.lacks)}", matters=True)


def _read(item: _Found, kind: Kind, asked: Asked) -> tuple[Part, list[Row]]:
    part, table = item.part, item.part.table
    heading = table.rows[item.position][1]
    below = [row for row in table.rows[item.position + 1 :] if row[1] != heading]  # each page may repeat them
    seen = [row for row in below if asked.hidden or row[0] not in table.hidden]
    remarks = dict(_remarks(part, kind, seen))
    rows = [row for row in seen if row[0] not in remarks]
    hidden = tuple(
        (number, _gist(cells)) for number, cells in below if number in table.hidden and not asked.hidden
    )
    return read_rows(replace(part, hidden=hidden, passed_over=tuple(remarks.items())), kind, rows)


def _remarks(
    part: Part, kind: Kind, rows: Sequence[tuple[int, tuple[Any, ...]]]
) -> Iterator[tuple[int, str]]:
    """The rows that are nobody's: guidance under the headings, totals, remarks and lines between groups."""
    fields = part.columns.fields
    number = fields.get("initials" if kind.name == ASSESSORS else "candidate_number", (-1,))[0]
    among_people = False
    for row, cells in rows:
        texts = {i: text for i, cell in enumerate(cells) if (text := tidy(cell))}
        guides = not among_people and kind.name != ASSESSORS and _guides(part, texts, number)
        if guides or _totals(texts, number, len(part.headings)) or _alone(part, texts, number):
            yield row, _gist(cells)
        else:
            among_people = True


def _guides(part: Part, texts: Mapping[int, str], number: int) -> bool:
    """Whether a row says how to fill in the columns, as ``4 digits`` or ``dd/mm/yyyy``: nobody's number or date."""
    fields = part.columns.fields
    code = texts.get(fields.get("entry_code", (-1,))[0], "")
    born = texts.get(fields.get("date_of_birth", (-1,))[0], "")
    said = texts.get(number, "")
    if _FIVE.fullmatch(code) or re.match(r"\d{2,4}\b", said) or any(map(str.isdigit, born)):
        return False
    wordy = len(said.split()) > 1 and any(map(str.isalpha, said))
    return wordy or bool(born and _MASK.fullmatch(born))


def _totals(texts: Mapping[int, str], number: int, width: int) -> bool:
    """Whether a row counts or sums up: few cells are filled, nobody's number is in it, and it says so."""
    said = texts.get(number, "")
    somebody = any(map(str.isdigit, said)) and not _TOTAL.fullmatch(said)
    return len(texts) <= max(2, width // 2) and not somebody and any(map(_TOTAL.fullmatch, texts.values()))


def _alone(part: Part, texts: Mapping[int, str], number: int) -> bool:
    """Whether the only thing in a row is no number and no name: a remark, or the heading of a group."""
    if len(texts) != 1 or len(part.columns.fields) < 3:
        return False
    (column, text), *_ = texts.items()
    names = [i for name in ("candidate_name", "name") for i in part.columns.fields.get(name, ())]
    if column == number:
        return not any(map(str.isdigit, text)) or len(text.split()) > 1
    return column not in names or any(map(str.isdigit, text))


def _gist(cells: Iterable[Any]) -> str:
    """What stands in a row, short."""
    text = " ".join(filter(None, map(tidy, cells)))
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
