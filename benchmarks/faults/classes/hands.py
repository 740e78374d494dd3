"""What people do to workbooks by hand: mistakes that are found at their cells, and what they may do."""

import random
from collections.abc import Callable
from functools import cache
from io import BytesIO

import openpyxl
from openpyxl.workbook import Workbook

from benchmarks.faults.parts import Base
from claimbatch.form.qualification_file import load_catalogue
from tests.centre import IT
from tests.damages import ALLOWED, ANY_FORM, CANDIDATE_FORM, Change, Damage, first


def by_hand(change: Callable[[Workbook, Base], object]) -> Callable[[Base], bytes]:
    """The workbook opened, changed and saved."""

    def make(base: Base) -> bytes:
        book = openpyxl.load_workbook(BytesIO(base.data))
        change(book, base)
        file = BytesIO()
        book.save(file)
        return file.getvalue()

    return make


def damaged(name: str, damage: Damage) -> Callable[[Base], bytes | None]:
    """One of the damages of the tests: each is found at its cell."""

    def make(base: Base) -> bytes | None:
        if name in CANDIDATE_FORM and base.filled.sheet != "Grades":
            return None
        return by_hand(lambda book, _: damage(book, random.Random(name), _catalogue().get(IT)))(base)

    return make


@cache
def _catalogue():
    return load_catalogue()


def allowed(change: Change) -> Callable[[Base], bytes]:
    return by_hand(lambda book, _: change(book, random.Random(7)))


def says(value: object) -> Callable[[Base], bytes]:
    return by_hand(
        lambda book, base: book[base.filled.sheet].cell(base.filled.row, base.filled.column, value)
    )


def copied_beside(book: Workbook, base: Base) -> None:
    """The sheet with the grades is there twice: *Grades (2)*."""
    copy = book.copy_worksheet(first(book))
    copy.title = f"{first(book).title} (2)"


def second_table(book: Workbook, _: Base) -> None:
    """A table of the teacher's own beside the form's."""
    sheet = first(book)
    column = sheet.max_column + 2
    for row in range(4, 10):
        sheet.cell(row, column, "P" if row > 4 else "My marks")


def pasted_over(book: Workbook, _: Base) -> None:
    """Drop-downs and protection gone, as pasting leaves it."""
    for sheet in book:
        sheet.data_validations.dataValidation.clear()
        sheet.protection.sheet = False


CLASSES = {
    **{f"{name} by hand": (name.split()[0], damaged(name, damage))
       for name, damage in {**ANY_FORM, **CANDIDATE_FORM}.items()},
    **{change.__name__.replace("_", " "): ("any", allowed(change)) for change in ALLOWED},
    **{f"grade {value!r}": ("CB104", says(value)) for value in ("P/M", "P?", "Pass*", "M (see Jo)", 2, 0.5, "A*")},
    "sheet copied": ("any", by_hand(copied_beside)),
    "a second table beside the form": ("CB019", by_hand(second_table)),
    "drop-downs pasted over": ("read", by_hand(pasted_over)),
    "number as 6.43E+09": ("CB207|CB101", by_hand(
        lambda book, base: first(book).cell(base.filled.row, 4, 6.43e9))),
    "only saved again": ("read", by_hand(lambda book, base: None)),
}  # fmt: skip
