"""What people wrote on the cells of a workbook and beside them: comments, threads of comments, text boxes.

None of it is read as a claim, and all of it may matter ("not yet", "do not claim"). What claimbatch itself wrote into
the comments of a marked copy is taken out first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from claimbatch.a1 import a1
from claimbatch.intake.guard import Package
from claimbatch.intake.guard.beside import Comment
from claimbatch.intake.own_words import without_ours

COMMENT = "a comment"
# What Excel puts before the words of a thread in the comment that it keeps for older programs.
_FOR_OLDER_PROGRAMS = re.compile(r"\[Threaded comment\].*?\bComment:\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its place (row and column 0: nowhere in particular), its *kind* in plain words, and what it says.

    *text* is in one line, and empty for a picture. *settled* is whether somebody has resolved it.
    """

    sheet: str
    row: int
    column: int
    kind: str
    text: str
    author: str = ""
    settled: bool = False

    @property
    def cell(self) -> str:
        """The cell it is on, or begins at; empty where it has none."""
        return a1(self.row, self.column) if self.row and self.column else ""

    @property
    def says(self) -> str:
        """What it says, and who wrote it where that is known."""
        return f"{self.text} ({self.author})" if self.author else self.text


def remarks(package: Package) -> Iterator[Remark]:
    """Everything that people wrote or drew on the sheets of a workbook, sheet by sheet."""
    for scan in package.sheets:
        for comment in scan.beside.comments:
            if text := _text(comment):
                place = scan.name, comment.row, comment.column
                yield Remark(*place, COMMENT, text, comment.author, comment.settled)
        for drawing in scan.beside.drawings:
            yield Remark(scan.name, drawing.row, drawing.column, drawing.kind, " ".join(drawing.text.split()))


def _text(comment: Comment) -> str:
    """What people wrote into a comment, in one line."""
    return " ".join(_FOR_OLDER_PROGRAMS.sub("", without_ours(comment.text)).split())
