"""The two workbooks that a moderator fills in: one to tick the sample in, one to decide in. One function a sheet.

They are made like a template, by the same layout, looks and seal, and come back through the same guard.
"""

from typing import Any

from claimbatch.a1 import column_letters
from claimbatch.form import choices
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW, MODERATION, Sheet, form_file
from claimbatch.form.paper import finish
from claimbatch.form.start import MEANINGS, WORDS, write_heading, write_line, write_steps
from claimbatch.form.table import FIRST, write_head, write_table
from claimbatch.form.wording import wording, words_of
from claimbatch.form.worksheet import Highlight, Width, Worksheet

_GIVEN = 6  # columns that come from the claim


def moderator(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """The sheet that a moderator sees first: steps, the words that can be chosen, whom to ask."""
    write_head(worksheet, sheet, contents)
    worksheet.columns = {1: Width(WORDS), 2: Width(MEANINGS)}
    row = write_steps(worksheet, contents, HEADER_ROW) + 1
    words, decides = wording()["moderators"], contents.layout.form == MODERATION
    write_heading(worksheet, row, wording()["choices"]["heading"])
    row = (_decisions if decides else _ticks)(worksheet, sheet, row + 1) + 1
    write_heading(worksheet, row, wording()["legend"]["heading"])
    write_line(worksheet, row + 1, "white", "Sample choice", "Yours to fill in.")
    write_line(worksheet, row + 2, "grey", "Given", words["locked" if decides else "sample_locked"])
    contact = wording()["contact"]
    write_heading(worksheet, row + 4, contact["heading"])
    write_line(worksheet, row + 5, contact["whom"], "Given", words["contact"].format_map(words_of(contents)))
    finish(worksheet, sheet.key, contents)


def ticks(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Every line of the claim, and a cell to tick."""
    _lines(worksheet, sheet, contents)
    _colour(worksheet, sheet, "wanted", "Yes", "M")


def decisions(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Every line of the sample, with the moderator's grade, decision and comment."""
    _lines(worksheet, sheet, contents)
    looks = ("M", "Some without", "Refused")
    for word, look in zip(form_file()["decisions"]["offered"], looks, strict=True):
        _colour(worksheet, sheet, "decision", word, look)


def _lines(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    rows: list[dict[str, Any]] = [
        {column.key: getattr(line, column.key) for column in sheet.columns} for line in contents.listed
    ]
    write_table(worksheet, sheet, contents, rows)
    worksheet.filtered = f"A{HEADER_ROW}:{worksheet.corner}"
    first = f"{column_letters(_GIVEN + 1)}{FIRST}"
    finish(worksheet, sheet.key, contents, first_input=first, freeze=2)


def _ticks(worksheet: Worksheet, sheet: Sheet, row: int) -> int:
    """The one word of the list *Yes*; the row after it."""
    write_line(worksheet, row, "Yes", "Sample grade", wording()["moderators"]["wanted"])
    worksheet.names[choices.LISTS["yes"]] = f"'{sheet.name}'!$A${row}"
    return row + 1


def _decisions(worksheet: Worksheet, sheet: Sheet, row: int) -> int:
    """The grades that can be agreed, and the decisions, with their meanings; the row after them."""
    meanings = wording()["choices"] | wording()["moderators"]
    for kind, words in (
        ("agreed", form_file()["grades"]["agreed"]),
        ("decision", form_file()["decisions"]["offered"]),
    ):
        for number, word in enumerate(words, row):
            write_line(worksheet, number, word, "Sample grade", meanings[word])
        last = row + len(words) - 1
        worksheet.names[choices.LISTS[kind]] = f"'{sheet.name}'!$A${row}:$A${last}"
        row = last + 1
    return row


def _colour(worksheet: Worksheet, sheet: Sheet, key: str, word: str, look: str) -> None:
    """Tint the cells of a column that say *word*."""
    letter = choices.letter(sheet, key)
    area, formula = worksheet.below_headings(letter), f'{letter}{FIRST}="{word}"'
    worksheet.highlights.append(Highlight(area, formula, look))
