"""The rules for what a register file says that may not be what was meant (CB510-CB513), and the judging by all rules.

Letters that were lost on the way, rows that a person does not see, a class that became a date: none of it is a slip of
the person who imports the file, and all of it would be stored without a word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from claimbatch.claims.register import rules, twofold
from claimbatch.claims.register.characters import LABELS, heard
from claimbatch.claims.register.sheet import NAMES, Row, Sheet
from claimbatch.names import is_damaged
from claimbatch.problems import Place, Problem, Rule, error, query

ALIKE = 6  # problems of one kind in one column from which they are told as one
_LISTED = 3  # rivals of an encoding that are shown


def judge(sheet: Sheet) -> list[Problem]:
    """The problems of a register file in the order of its cells: one a cell, by the first rule with any."""
    found: dict[Place, Problem] = {}
    for rule in RULES:
        for problem in rule.find(sheet):
            found.setdefault(problem.place, problem)
    sheets = [part.table.sheet for part in sheet.parts]

    def position(problem: Problem) -> tuple[int, int, int]:
        place = problem.place
        column = next((p.headings.index(place.field) for p in sheet.parts if place.field in p.headings), 0)
        return sheets.index(place.sheet) if place.sheet in sheets else 0, place.address[0], column

    return sorted(found.values(), key=position)


def together(problems: Sequence[Problem]) -> list[Problem]:
    """Many cells of a column that are wrong in the same way as one problem, with the places of the others."""
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault(_fault(problem), []).append(problem)
    told: list[Problem] = []
    for problem in problems:
        first, *more = groups[_fault(problem)]
        if len(more) + 1 < ALIKE:
            told.append(problem)
        elif problem is first:
            told.append(replace(first, candidate="", also=tuple(other.place for other in more)))
    return told


def _fault(problem: Problem) -> tuple[object, ...]:
    """What is the same in cells that are wrong in the same way."""
    return problem.rule.code, problem.place.sheet, problem.place.field, tuple(sorted(problem.facts.items()))


@query(
    "CB510",
    "register-name-damaged",
    message="{value} looks as if letters of it were lost on the way{kept}.",
    hint="{advice}",
)
def register_name_damaged(sheet: Sheet) -> Iterator[Problem]:
    """A name holds a question mark where a letter should be, or letters that another program has mangled.

    Why: A program that does not know a letter writes ``?`` for it, and nobody is called that; certificates go by the
    register. A name that the register has whole is never replaced by a damaged one.
    Wrong: KHAN, Zo? where KHAN, Zoë is meant.
    Right: KHAN, Zoë in a file saved as CSV UTF-8 or as a workbook.
    """
    for row, name, text in sheet.cells("candidate_name"):
        if row.better:
            kept = f"; the register keeps {text}"
            yield _at(register_name_damaged, row, name, kept=kept, advice="Nothing needs to be done.")
        elif is_damaged(text):
            advice = "Put the name right in the system that the file comes from, or in the file, and import it again."
            yield _at(register_name_damaged, row, name, kept="", advice=advice)


@error(
    "CB511",
    "register-characters",
    message="{value} is a guess: the file may have been saved as {label}{others}.",
    hint="Save the file as CSV UTF-8, or say which it is: {options}.",
)
def register_characters(sheet: Sheet) -> Iterator[Problem]:
    """The letters of a name can be read in several ways, and nothing in the file says which is right.

    Why: Old programs write accented letters in sets of their own, and the same bytes are other letters in another set.
    Wrong: A CSV file that Excel on a Mac saved as Macintosh text, where Ñuñez may be read as „u–ez.
    Right: The same file saved as CSV UTF-8; or --encoding mac-roman, once you have seen that the names are right then.
    """
    for row, name, text in sheet.cells(*NAMES):
        how = row.part.table.text
        if not how.guessed or text.isascii():
            continue
        rivals = how.rivals[:_LISTED]
        others = "".join(f", or as {LABELS[rival]}: {heard(text, how.encoding, rival)}" for rival in rivals)
        options = " or ".join(f"--encoding {name}" for name in (how.encoding, *rivals))
        yield _at(
            register_characters,
            row,
            name,
            shown=text,
            label=LABELS[how.encoding],
            others=others,
            options=options,
        )


@query(
    "CB512",
    "register-hidden-row",
    message="This row is hidden and was left out: {value}.",
    hint="Hidden and filtered rows are often people who have left. If they count as well, say --hidden.",
)
def register_hidden_row(sheet: Sheet) -> Iterator[Problem]:
    """A row of the workbook is hidden, by hand or by a filter.

    Why: Who looks at the sheet does not see it, and would not know that it was entered.
    Wrong: A filter on Status that hides those who have withdrawn, left on when the workbook was saved.
    Right: A sheet that shows all its rows and no others; or --hidden, where the hidden ones are meant, too.
    """
    for part in sheet.parts:
        for number, gist in part.hidden:
            yield Problem(register_hidden_row, part.place(number, 0), gist)


@query(
    "CB513",
    "register-group-date",
    message="The column {value} holds dates, such as {example}.",
    hint="If these are classes such as 10/2, a spreadsheet has changed them: type them again into cells formatted as "
    "text. As they are, they name the groups of claimbatch template --group.",
)
def register_group_date(sheet: Sheet) -> Iterator[Problem]:
    """A further column, by which candidates may be grouped, holds dates.

    Why: Excel makes a date of a class such as 10/2, and a template would be named after that date.
    Wrong: 10/02/2026 in a column Class.
    Right: 10/2 in a cell formatted as text.
    """
    for part in sheet.parts:
        for column in part.dated:
            heading = part.headings[column]
            row = next(row for row in sheet.rows if row.part.table is part.table and heading in row.dated)
            place = part.place(row.number, column)
            yield Problem(register_group_date, place, heading, facts={"example": row.details[heading]})


RULES: tuple[Rule, ...] = (
    *rules.RULES,
    *twofold.RULES,
    register_characters,
    register_name_damaged,
    register_hidden_row,
    register_group_date,
)


def _at(rule: Rule, row: Row, name: str, shown: str = "", **facts: str) -> Problem:
    candidate = row.text.get("candidate_number", "")
    return Problem(rule, row.place(name), shown or row.shown[name], candidate, facts=facts)
