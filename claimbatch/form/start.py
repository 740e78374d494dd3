"""The sheet *Start here*: five steps, what can be chosen, what the colours and signs mean, whom to ask.

The words that can be chosen stand here once, and the drop-down lists refer to them.
"""

from claimbatch.clock import long_day
from claimbatch.form import choices
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW, NOT_CLAIMING, Sheet, grades_offered
from claimbatch.form.paper import finish
from claimbatch.form.table import LINE, ROW_HEIGHT, lines_of, write_head
from claimbatch.form.wording import wording, words_of
from claimbatch.form.worksheet import Width, Worksheet, put

WORDS, MEANINGS = 18, 116  # widths of the two columns, in characters
LARGER = 1.1  # times the size of tables' letters is what this sheet is set in


def start(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Write the sheet that a teacher sees first."""
    write_head(worksheet, sheet, contents)
    worksheet.columns = {1: Width(WORDS), 2: Width(MEANINGS)}
    row = _due(worksheet, contents)
    if contents.addressee.name:
        row = _address(worksheet, contents, row)
    row = write_steps(worksheet, contents, max(row, HEADER_ROW))
    row = _before(worksheet, contents, _unshown(worksheet, contents, row))
    row = _choices(worksheet, sheet, contents, row + 1)
    row = _legend(worksheet, contents, row + 1)
    contact = wording()["contact"]
    write_heading(worksheet, row + 1, contact["heading"])
    write_line(worksheet, row + 2, contact["whom"], "Given", contact["text"].format_map(words_of(contents)))
    _missing(worksheet, contents, row + 3)
    finish(worksheet, sheet.key, contents)


def _due(worksheet: Worksheet, contents: Contents) -> int:
    """Say by when it is to come back, below title and description; the row after that."""
    row = HEADER_ROW - 1
    if contents.due is None:
        return row
    put(worksheet, row, 1, wording()["due"]["text"].format(day=long_day(contents.due)), "Subheading")
    worksheet.heights[row] = ROW_HEIGHT + 3
    return row + 1


def _address(worksheet: Worksheet, contents: Contents, row: int) -> int:
    """Say whose workbook it is, and in *row* where their initials stand already; the row after that."""
    words, (name, initials) = wording()["addressee"], contents.addressee
    title = words["title"].format(title=worksheet.rows[1][1][0], name=name)
    put(worksheet, 1, 1, title, "Sheet title")
    if not initials:
        return row
    text = words[contents.layout.form].format(initials=initials)
    put(worksheet, row, 1, text, "Sheet description")
    if row == HEADER_ROW:
        put(worksheet, row, 2, "", "Sheet description")  # the sheet is as wide as this row
    worksheet.heights[row] = ROW_HEIGHT
    return row + 1


def write_steps(worksheet: Worksheet, contents: Contents, row: int) -> int:
    """Write the numbered steps of the form from *row* on; the row after them."""
    put(worksheet, row, 1, "Step", "Heading")
    put(worksheet, row, 2, "What to do", "Heading")
    worksheet.heights[row] = ROW_HEIGHT
    for number, text in enumerate(wording()["steps"][contents.layout.form].values(), 1):
        write_line(worksheet, row + number, number, "Step", text.format_map(words_of(contents)), room=5)
    return row + number + 1


def _unshown(worksheet: Worksheet, contents: Contents, row: int) -> int:
    """What is claimed and has no cell in this workbook, because it may no longer be claimed."""
    if not contents.unshown:
        return row
    words = wording()["unshown"]
    write_heading(worksheet, row + 1, words["heading"])
    lines = [*contents.unshown, (words["whom"], words["text"])]
    for number, (word, text) in enumerate(lines, row + 2):
        write_line(worksheet, number, word, "Given", text)
    return row + 2 + len(lines)


def _before(worksheet: Worksheet, contents: Contents, row: int) -> int:
    """What earlier claims have to do with this one: what can be claimed again, and what is certificated."""
    if not contents.before:
        return row
    write_heading(worksheet, row + 1, wording()["before"]["heading"])
    looks = {wording()["before"]["again"]: "Claim again", wording()["before"]["held"]: "Claimed before"}
    for number, (word, text) in enumerate(contents.before, row + 2):
        write_line(worksheet, number, word, looks.get(word, "Given"), text)
    return row + 2 + len(contents.before)


def _choices(worksheet: Worksheet, sheet: Sheet, contents: Contents, row: int) -> int:
    """The words of the lists with their meanings; the defined names point at them."""
    meanings, first = wording()["choices"], row + 1
    write_heading(worksheet, row, meanings["heading"])
    grades = grades_offered()
    offered = [*grades, "Yes"] if contents.layout.has("other") else list(grades)
    for number, word in enumerate(offered, first):
        write_line(worksheet, number, word, "Sample grade", meanings[word])
    last = first + len(grades) - 1
    worksheet.names[choices.LISTS["grade"]] = f"'{sheet.name}'!$A${first}:$A${last}"
    if contents.has_refused:
        worksheet.names[choices.REMOVAL] = f"'{sheet.name}'!$A${first + grades.index(NOT_CLAIMING)}"
    if contents.layout.has("other"):
        worksheet.names[choices.LISTS["yes"]] = f"'{sheet.name}'!$A${last + 1}"
    return first + len(offered)


def _legend(worksheet: Worksheet, contents: Contents, row: int) -> int:
    """One line for each look that a cell can have on this form."""
    write_heading(worksheet, row, wording()["legend"]["heading"])
    lines = [
        line
        for line in wording()["legend"]["line"]
        if line.get("only", contents.layout.form) == contents.layout.form
        and (contents.has_refused or not line.get("refused"))
    ]
    for number, line in enumerate(lines, row + 1):
        write_line(worksheet, number, line["shown"], line["style"], line["meaning"])
    return row + 1 + len(lines)


def _missing(worksheet: Worksheet, contents: Contents, row: int) -> None:
    """What to do about a unit that is not there, where not all of them are known."""
    words, said = words_of(contents), wording()["missing"]
    if words["not_known"]:
        write_line(worksheet, row, said["word"], "Given", said[contents.layout.form].format_map(words))


def write_heading(worksheet: Worksheet, row: int, text: str) -> None:
    """Write what stands above a few lines."""
    put(worksheet, row, 1, text, "Subheading")
    worksheet.heights[row] = ROW_HEIGHT + 3


def write_line(
    worksheet: Worksheet, row: int, word: str | int, look: str, text: str, *, room: float = 0
) -> None:
    """A word (or a number, or a sample of a cell) and beside it what it means."""
    put(worksheet, row, 1, word, look)
    put(worksheet, row, 2, text, "Reading")
    worksheet.heights[row] = ROW_HEIGHT + LINE * (lines_of(text, MEANINGS / LARGER) - 1) + room
