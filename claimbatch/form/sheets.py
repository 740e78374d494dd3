"""What stands on each sheet of the template, one function a sheet."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from claimbatch.a1 import column_letters
from claimbatch.form import choices
from claimbatch.form.contents import Contents, Row, default_assessors
from claimbatch.form.identity import TOKEN_ITEM
from claimbatch.form.layout import HEADER_ROW, TITLES_ROW, Sheet, limit, unit_key
from claimbatch.form.moderators import decisions, moderator, ticks
from claimbatch.form.paper import finish
from claimbatch.form.start import start
from claimbatch.form.style import TINTS
from claimbatch.form.table import FIRST, Before, Closed, write_table
from claimbatch.form.unit_columns import write_unit_titles
from claimbatch.form.wording import doubts, unit_title, wording
from claimbatch.form.worksheet import Formula, Highlight, Worksheet


def sheets_of(contents: Contents) -> Iterator[Worksheet]:
    """Every sheet of the layout, in its order."""
    for sheet in contents.layout.sheets:
        worksheet = Worksheet(sheet.name)
        WRITERS[sheet.key](worksheet, sheet, contents)
        yield worksheet


def grades(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Candidates down, units across, grades inside."""
    refused = _grid(worksheet, sheet, contents, lambda _, grade, __: grade, _before(contents))
    worksheet.filtered = f"A{HEADER_ROW}:{worksheet.corner}"
    first = choices.letter(sheet, unit_key(contents.qualification.offered[0].number))
    heading = f"{first}${HEADER_ROW}"
    # Looked up by candidate number and heading, so that sorting and moving columns do no harm.
    row, column = f"MATCH($A{FIRST},INDEX(assessed_by,0,1),0)", f"MATCH({heading},INDEX(assessed_by,1,0),0)"
    default = f"INDEX(default_assessors,MATCH({heading},unit_names,0))"
    nobody = f"LEN({default}&INDEX(assessed_by,{row},{column}))=0"
    _colour_refused(worksheet, sheet, refused)
    _colour_grades(worksheet, first, column_letters(worksheet.last_column), nobody)
    worksheet.names[choices.LISTS["number"]] = choices.reference(sheet, "number", len(contents.rows))


def assessed(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """The same grid for initials, filled only where somebody else than the default assessed."""
    defaults = default_assessors(contents)

    def exception(cell: tuple[str, int], _: str, assessor: str) -> str:
        if cell in contents.refused:  # whatever the default becomes
            return assessor
        return "" if assessor == defaults.get(cell[1]) else assessor

    _grid(worksheet, sheet, contents, exception)
    grid = f"$A${HEADER_ROW}:${column_letters(worksheet.last_column)}${worksheet.last_row}"
    worksheet.names["assessed_by"] = f"'{sheet.name}'!{grid}"


def units(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """The units with their default assessors, and counts that keep up with the grades."""
    offered, defaults = contents.qualification.offered, default_assessors(contents)
    rows: list[dict[str, Any]] = []
    for row, unit in enumerate(offered, FIRST):
        title = " ".join(filter(None, (unit_title(unit), doubts(unit) and f"({doubts(unit)})")))
        values = {
            "unit": unit.label,
            "title": title,
            "size": unit.size,
            "default": defaults.get(unit.number, ""),
        }
        rows.append({**values, **_counts(contents, unit.number, row)})
    spare = limit("spare_units") if contents.qualification.units_missing else 0
    write_table(worksheet, sheet, contents, rows, spare=spare)
    _room_for_units(worksheet, FIRST + len(rows))
    finish(worksheet, sheet.key, contents, first_input=f"D{FIRST}", freeze=2)
    without = choices.letter(sheet, "without")
    _colour(worksheet, worksheet.below_headings(without), f"{without}{FIRST}>0", "Some without")
    for name, key in (("unit_names", "unit"), ("default_assessors", "default")):
        worksheet.names[name] = choices.reference(sheet, key, len(offered) + spare)


def _room_for_units(worksheet: Worksheet, first: int) -> None:
    """Open the spare rows from *first* on for units that are missing."""
    last = worksheet.last_row
    if first > last:
        return
    for row in range(first, last + 1):
        worksheet.rows[row] = {1: ("", "Entry"), 2: ("", "Entry")}
    prompts = wording()["missing"]["prompts"]
    for letter, key in (("A", "number"), ("B", "title")):
        choices.explain(worksheet, f"{letter}{first}:{letter}{last}", prompts[key], key.capitalize())


def claim(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """One unit: grade and assessor of each candidate."""
    unit = contents.layout.unit
    rows, closed = [], []
    refused: dict[tuple[int, str], str] = {}
    for index, row in enumerate(contents.rows):
        is_open = contents.offers(row, unit)
        held = (row.number, unit) in contents.held
        assessor = contents.assessor(row, unit) or ("" if held else contents.prefilled)
        rows.append(
            {**_given(row), "grade": contents.grade(row, unit), "assessor": assessor if is_open else ""}
        )
        if not is_open:
            closed.append(index)
        if why := contents.refused.get((row.number, unit)):
            refused |= {(index, "grade"): why, (index, "assessor"): why}
    not_entered = {"grade": closed, "assessor": closed}
    before = _open(_before(contents), not_entered)
    write_table(worksheet, sheet, contents, rows, closed=not_entered, refused=refused, before=before)
    finish(worksheet, sheet.key, contents, first_input=f"E{FIRST}", freeze=2)
    worksheet.filtered = f"A{HEADER_ROW}:{worksheet.corner}"
    grade, assessor = choices.letter(sheet, "grade"), choices.letter(sheet, "assessor")
    _colour_refused(worksheet, sheet, refused)
    _colour_grades(worksheet, grade, grade, f"LEN({assessor}{FIRST})=0")


def assessors(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Who may be named: those of the register, and room for more."""
    rows = [{"initials": initials, "name": name} for initials, name in contents.assessors]
    spare = limit("spare_rows")
    write_table(worksheet, sheet, contents, rows, spare=spare, unruled="initials")
    for row in range(FIRST, FIRST + len(rows)):
        worksheet.rows[row] = {column: (value, "Given") for column, (value, _) in worksheet.row(row).items()}
    all_initials = choices.reference(sheet, "initials", len(rows) + spare)
    first, last = all_initials.split("!")[1].split(":")
    # The list ends with the last initials typed, whatever rows were left out: blanks at its end would be offered too.
    top = all_initials.split(":")[0]
    last_row = f"SUMPRODUCT(MAX(ISTEXT({all_initials})*(ROW({all_initials})-ROW({top})+1)))"
    named = f"{top}:INDEX({all_initials},MAX(1,{last_row}))"
    worksheet.names[choices.LISTS["initials"]] = named
    start = FIRST + len(rows)
    choices.accept(
        worksheet,
        f"A{start}:A{worksheet.last_row}",
        f"AND(LEN(A{start})<={limit('initials')},COUNTIF({first}:{last},A{start})<2)",
        wording()["refusals"]["new_initials"],
        prompt=sheet.column("initials").prompt,
        title="Initials",
    )
    finish(worksheet, sheet.key, contents, first_input=f"A{start}", freeze=0)


def other(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Units that another awarding body awarded."""
    rows = [
        {
            "number": unit.number, "title": unit.title, "body": unit.body,
            "grade": unit.grade, "assessor": unit.assessor, "evidence": unit.evidence,
        }
        for unit in contents.other
    ]  # fmt: skip
    refused = {
        (index, key): unit.refused
        for index, unit in enumerate(contents.other)
        for key in ("grade", "assessor")
        if unit.refused
    }
    spare = limit("spare_rows")
    write_table(worksheet, sheet, contents, rows, spare=spare, refused=refused, unruled="number")
    choices.offer(worksheet, worksheet.below_headings("A"), "number")
    finish(worksheet, sheet.key, contents, first_input=f"A{FIRST + len(rows)}", freeze=0)


def notes(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Room for answers to queries."""
    write_table(worksheet, sheet, contents, [], spare=limit("spare_rows"))
    finish(worksheet, sheet.key, contents, first_input=f"A{FIRST}", freeze=0)


def about(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Who this workbook is, in words, and the token that claimbatch knows it by."""
    identity, unit = contents.identity, contents.qualification.unit(contents.layout.unit)
    items = {
        "Centre number": identity.centre_number,
        "Centre name": contents.centre_name,
        "Entry code": identity.entry_code,
        "Qualification": contents.qualification.title,
        "Form": contents.layout.title,
        **({"Claim": contents.claim} if contents.claim else {}),
        **({} if contents.claim else {"Unit": unit.full_title if unit else "All units offered"}),
        **({"Made for": contents.addressee.name} if contents.addressee.name else {}),
        "Template id": identity.template_id,
        "Issued at": identity.issued_at,
        "Claim revision": str(identity.revision),
        "Form fingerprint": identity.fingerprint,
        TOKEN_ITEM: contents.token,
    }
    write_table(worksheet, sheet, contents, [{"item": item, "value": value} for item, value in items.items()])
    finish(worksheet, sheet.key, contents)


def _before(contents: Contents) -> Before:
    """What an earlier claim has to do with the cells for grades: their looks, and the words beside them."""
    unit, rows = contents.layout.unit, {row.number: index for index, row in enumerate(contents.rows)}
    looks = (("Claim again", contents.again), ("Claimed before", contents.held))
    return {
        (rows[number], "grade" if unit else unit_key(of)): (look, words)
        for look, cells in looks
        for (number, of), words in cells.items()
        if unit in (0, of)
    }


def _open(before: Before, closed: Closed) -> Before:
    """Those cells of *before* that the candidate is entered for."""
    taken = {(index, key) for key, indexes in closed.items() for index in indexes} if before else ()
    return {cell: look for cell, look in before.items() if cell not in taken}


def _grid(
    worksheet: Worksheet,
    sheet: Sheet,
    contents: Contents,
    value: Callable[[tuple[str, int], str, str], str],
    before: Before = MappingProxyType({}),
) -> Mapping[tuple[int, str], str]:
    """Candidates by units, with *value* of what is claimed (place, grade, assessor); what is not offered is closed.

    Returns why some may no longer be claimed.
    """
    keys = {unit.number: unit_key(unit.number) for unit in contents.qualification.offered}
    claimed: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for cell, mark in contents.claimed.items():
        number, unit = cell
        if unit in keys:
            claimed[number][keys[unit]] = value(cell, *mark)
    rows = [{**_given(row), **claimed[row.number]} for row in contents.rows]
    limited = [(index, row) for index, row in enumerate(contents.rows) if row.units is not None]
    closed = {
        key: [index for index, row in limited if not contents.offers(row, unit)] for unit, key in keys.items()
    }
    places = {row.number: index for index, row in enumerate(contents.rows)}
    refused = {
        (places[number], keys[unit]): why
        for (number, unit), why in contents.refused.items()
        if unit in keys and number in places
    }
    write_table(
        worksheet, sheet, contents, rows, closed=closed, refused=refused, before=_open(before, closed)
    )
    write_unit_titles(worksheet, sheet, contents)
    shown = next((unit for unit in keys if not contents.hides(unit)), next(iter(keys)))
    first = f"{choices.letter(sheet, unit_key(shown))}{FIRST}"
    finish(worksheet, sheet.key, contents, first_input=first, freeze=2, head=TITLES_ROW)
    return refused


def _given(row: Row) -> dict[str, Any]:
    born = row.born if row.born else ""
    return {"number": row.number, "name": row.name, "born": born, "ocr_number": row.ocr_number}


def _counts(contents: Contents, unit: int, row: int) -> Mapping[str, Formula]:
    """The formulas of one row of the sheet Units.

    Without assessor: graded, no default, and no initials on *Assessed by* in the row of the same candidate
    number (the two sheets may be sorted differently).
    """
    layout, key, count = contents.layout, unit_key(unit), len(contents.rows)
    default = choices.letter(layout.sheet("units"), "default")
    cells = choices.reference(layout.sheet("grades"), key, count)
    numbers = choices.reference(layout.sheet("grades"), "number", count)
    other_cells = choices.reference(layout.sheet("assessed"), key, count)
    other_numbers = choices.reference(layout.sheet("assessed"), "number", count)
    graded = "+".join(f'({cells}="{grade}")' for grade in "PMD")
    unnamed = f'ISNA(MATCH({numbers}&"|1",{other_numbers}&"|"&(LEN({other_cells})>0)*1,0))'
    return {
        **{f"count_{grade.lower()}": Formula(f'COUNTIF({cells},"{grade}")') for grade in "PMD"},
        "without": Formula(f"IF(LEN({default}{row})>0,0,SUMPRODUCT(({graded})*{unnamed}))"),
    }


def _colour_grades(worksheet: Worksheet, first: str, last: str, nobody: str) -> None:
    """Amber and a question mark where *nobody* holds for a grade; else a calm tint for each grade."""
    area, cell = worksheet.below_headings(first, last), f"{first}{FIRST}"
    graded = ",".join(f'{cell}="{grade}"' for grade in "PMD")
    _colour(worksheet, area, f"AND(OR({graded}),{nobody})", "Without assessor")
    for grade in TINTS:
        _colour(worksheet, area, f'{cell}="{grade}"', grade)


def _colour_refused(worksheet: Worksheet, sheet: Sheet, refused: Mapping[tuple[int, str], str]) -> None:
    """Rose and an exclamation mark on a grade that may no longer be claimed, as long as it stands there."""
    for index, key in sorted(refused):
        cell = f"{choices.letter(sheet, key)}{FIRST + index}"
        if key != "assessor":
            graded = " + ".join(f'({cell}="{grade}")' for grade in "PMD")
            _colour(worksheet, cell, f"{graded}>0", "Refused")


def _colour(worksheet: Worksheet, area: str, formula: str, look: str) -> None:
    worksheet.highlights.append(Highlight(area, formula, look))


WRITERS: Mapping[str, Callable[[Worksheet, Sheet, Contents], None]] = {
    "start": start,
    "grades": grades,
    "assessed": assessed,
    "units": units,
    "claim": claim,
    "assessors": assessors,
    "other": other,
    "notes": notes,
    "moderator": moderator,
    "ticks": ticks,
    "decisions": decisions,
    "about": about,
}
