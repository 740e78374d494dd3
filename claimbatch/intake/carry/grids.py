"""*Grades*, *Assessed by* and *Units*, moved as one: every grade keeps the assessor that the old template gave it.

A grade's initials stand beside it, or are its unit's default. So a default is moved together with what relies on it:
where the old one takes the place of a newer one, what the claim says gets the newer one's initials as its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from claimbatch.form.layout import unit_key, unit_number
from claimbatch.intake.carry.added import add, is_added
from claimbatch.intake.carry.move import Filled, Move, cell_of, plain, position_of, rows_by, write
from claimbatch.intake.carry.pair import Pair, absent, goes, rows_of
from claimbatch.intake.values import is_blank, read_text

_DIFFERENT = "two rows of this sheet say different things here"
_NO_GRADES = "its candidate has no row on the sheet Grades"
_UNCLEAR = "nobody can tell which grades it is for"


@dataclass(slots=True)
class Unit:
    """One unit on its way: the pairs that go, by candidate, and the *default* assessor of the old template.

    *told* says whether the old template tells its default at all; *was* is the one that went out.
    """

    number: str
    was: str = ""
    told: bool = False
    default: Filled = field(default_factory=Filled)
    going: dict[str, Pair] = field(default_factory=dict)

    @property
    def relying(self) -> list[Pair]:
        """The grades that go without initials of their own."""
        return [pair for pair in self.going.values() if pair.relies]

    @property
    def typed(self) -> bool:
        """Whether the default is not the one that went out: somebody has typed another, or cleared it."""
        return self.told and plain(self.default.value) != plain(self.was)

    @property
    def unclear(self) -> bool:
        """Whether nobody can tell of a grade that goes if it has initials of its own, or which default."""
        return not all(pair.findable for pair in self.relying)


def in_grids(move: Move) -> None:
    """Move the three sheets."""
    tables = move.old.tables
    people = rows_by(move.sheet("grades"), lambda raw: read_text(raw).value)
    rows = rows_by(move.sheet("units"), lambda raw: str(unit_number(str(raw))))
    units = _units(move, rows)
    for key in ("grades", "assessed"):
        for number, row, _ in rows_of(tables.get(key)):
            move.rows[tables[key].name, row] = people.get(number, 0)
    for pair in _pairs(move):
        number, unit = pair.about
        column = position_of(move.old.layout.sheet("grades"), unit_key(int(unit)))
        target = cell_of(move.sheet("grades"), people.get(number, 0), column)
        why = absent(move, number, there=number in people)
        if goes(move, pair, target, why or ("" if column else _no_unit(unit))):
            units.setdefault(unit, Unit(unit)).going[number] = pair
    _unpaired(move, people)
    for one in units.values():
        _settle(move, one, people, rows.get(one.number, 0))


def _no_unit(unit: str) -> str:
    return f"the current template does not have Unit {unit}"


def _pairs(move: Move) -> Iterator[Pair]:
    """Every grade of the old template with the initials of its candidate and unit."""
    grades, assessed = move.old.tables.get("grades"), move.old.tables.get("assessed")
    named = {number: (row, values) for number, row, values in reversed(list(rows_of(assessed)))}
    for number, row, values in rows_of(grades):
        for key in grades.columns if grades else ():
            if grades and key.startswith("unit:"):
                unit = key.removeprefix("unit:")
                grade = Filled.of(grades, (row, values), key, number, unit)
                there = assessed and number in named
                own = (
                    Filled.of(assessed, named[number], key, number, unit) if assessed and there else Filled()
                )
                was = (
                    move.heard.issued.base.get((number, unit), ("", ""))[0],
                    _own_as_issued(move, number, unit),
                )
                yield Pair(grade, own, was, move.heard.lines.get(grade.spot))


def _unpaired(move: Move, people: Mapping[str, int]) -> None:
    """List the initials in rows of *Assessed by* that belong to no row of *Grades*, or are there twice."""
    assessed, seen = move.old.tables.get("assessed"), set[str]()
    graded = {number for number, _, _ in rows_of(move.old.tables.get("grades"))}
    for number, row, values in rows_of(assessed):
        for key in assessed.columns if assessed and (number in seen or number not in graded) else ():
            if assessed and key.startswith("unit:"):
                unit = key.removeprefix("unit:")
                own = Filled.of(assessed, (row, values), key, number, unit)
                if not own.blank and plain(own.value) != plain(_own_as_issued(move, number, unit)):
                    move.leave(own, absent(move, number, there=number in people) or _NO_GRADES)
        seen.add(number)


def _own_as_issued(move: Move, number: str, unit: str) -> str:
    """The initials that went out on *Assessed by*: those of the claim, where they were not the default."""
    assessor = move.heard.issued.base.get((number, unit), ("", ""))[1]
    return "" if assessor == move.heard.default_as_issued(unit) else assessor


def _units(move: Move, current: Mapping[str, int]) -> dict[str, Unit]:
    """The units of the old template and the *current* one, with the defaults of the old one where it tells them."""
    table, was = move.old.tables.get("units"), move.heard.default_as_issued
    units: dict[str, Unit] = {}
    told = table is not None and not table.misplaced and {"unit", "default"} <= set(table.columns)
    for row, values in table.rows if table else ():
        number = str(unit_number(read_text(table.value(values, "unit")).value) or "") if table else ""
        default = Filled.of(table, (row, values), "default", "", number) if table else Filled()
        move.rows[default.sheet, row] = current.get(number, 0)
        if table and number not in current and is_added(move.heard.issued, number):
            add(move, table, (row, values))
        elif number:
            unit = units.setdefault(number, Unit(number, was(number), told, default))
            _agree(move, unit, default)
    for number in current.keys() - units.keys():  # a row that was deleted names nobody
        units[number] = Unit(number, was(number), told)
    return units


def _agree(move: Move, unit: Unit, default: Filled) -> None:
    """List the default in another row of a unit, where it is another one; then nobody can tell which is meant."""
    if plain(unit.default.value) != plain(default.value):
        for cell in (unit.default, default) if unit.told else (default,):
            move.leave(cell, _DIFFERENT)
        unit.told = False


def _settle(move: Move, unit: Unit, people: Mapping[str, int], row: int) -> None:
    """Write what goes of a unit, and give everybody the assessor that they had; *row* is that of the default."""
    layout = move.old.layout
    cell = cell_of(move.sheet("units"), row, position_of(layout.sheet("units"), "default"))
    if cell is None:
        if unit.typed and not unit.default.blank:
            move.leave(unit.default, "the current template does not have this unit")
        return
    now, new = cell.value, _new_default(move, unit, cell.value)
    column = position_of(layout.sheet("grades"), unit_key(int(unit.number)))
    for number, there in people.items():
        grade, own = move.sheet("grades").cell(there, column), move.sheet("assessed").cell(there, column)
        relies, keeps = not is_blank(grade.value) and is_blank(own.value), now
        if pair := unit.going.get(number):
            write(grade, pair.grade.value)
            write(own, pair.own.value)
            relies, keeps = pair.relies and pair.findable, unit.default.value
        if relies and plain(keeps) != plain(new) and not (pair and unit.default.unreadable):
            write(own, keeps)
    write(cell, new)


def _new_default(move: Move, unit: Unit, now: object) -> object:
    """The default assessor on the current template, which has another one *now*: the old one goes where somebody has
    typed or cleared it, or where grades that go rely on it."""
    why = _UNCLEAR if unit.unclear else unit.default.unreadable
    if not unit.typed and not unit.relying:
        return now
    if not why:
        return unit.default.value
    if unit.told and not unit.default.blank:
        move.leave(unit.default, why)
    return ""
