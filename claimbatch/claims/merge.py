"""What workbooks say, merged into the open claim: three-way, like version control.

For each candidate × unit there is *base* (the claim when the template was issued), *theirs* (the cell) and *ours*
(the claim now). The laws:

- blank says nothing, and so does what equals base; but *Not claiming*, which somebody must have typed, speaks of
  whatever the claim has come to say since;
- a line that nobody has touched since the issue takes theirs;
- ours = theirs is done already;
- theirs against a line that was touched since (changed back again or not) is a conflict, rule CB303, and takes nothing:
  a workbook that comes back late cannot undo what others have said in the meantime.

The order of workbooks never changes the result.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from claimbatch.a1 import a1
from claimbatch.claims.claim import unit_order
from claimbatch.claims.history import Kind

Mark = tuple[str, str]  # grade, assessor initials
UNCLAIMED: Mark = ("", "")
NOT_CLAIMED = "not claimed"


class Statement(NamedTuple):
    """One clean statement of a workbook: this candidate's unit has this grade by this assessor.

    *mark* is :data:`UNCLAIMED` for *Not claiming*. *base* is the claim's mark when the template was issued.
    """

    centre_number: str
    entry_code: str
    claim_key: str
    candidate: str
    unit: str
    mark: Mark
    base: Mark
    workbook: str
    sha256: str
    sheet: str
    row: int
    column: int
    template_id: str

    @property
    def cell(self) -> str:
        """The cell in A1 terms."""
        return a1(self.row, self.column)

    @property
    def target(self) -> tuple[str, str]:
        """The candidate and unit it speaks of."""
        return self.candidate, self.unit


def in_words(mark: Mark) -> str:
    """A mark as people say it: ``M by JH``, ``not claimed``."""
    grade, assessor = mark
    return f"{grade} by {assessor}" if grade and assessor else grade or NOT_CLAIMED


def says_something(theirs: Mark, base: Mark, ours: Mark) -> bool:
    """Whether a filled cell says more than the template said when it was issued."""
    return theirs != base or (theirs == UNCLAIMED != ours)


class Change(NamedTuple):
    """One change of a claim: what stood there, what stands there now, and the statement that did it."""

    old: Mark
    new: Mark
    statement: Statement

    @property
    def kind(self) -> str:
        """``added``, ``changed`` or ``removed``."""
        if self.old == UNCLAIMED:
            return Kind.ADDED
        return Kind.REMOVED if self.new == UNCLAIMED else Kind.CHANGED


def changes(
    ours: Mapping[tuple[str, str], Mark], statements: Iterable[Statement]
) -> tuple[list[Change], int]:
    """What *statements* (clean, and free of conflicts) do to a claim that says *ours*, and how many do nothing.

    Several workbooks may say the same; the first by workbook and cell is the one that the history names.
    """
    wanted: dict[tuple[str, str], Change] = {}
    unchanged = 0
    for statement in sorted(
        statements, key=lambda s: (s.candidate, unit_order(s.unit), s.workbook, s.sheet, s.row, s.column)
    ):
        target, mark = statement.target, statement.mark
        stands = ours.get(target, UNCLAIMED)
        if mark == stands or mark == statement.base or target in wanted:  # noqa: PLR1714 - the quicker way
            unchanged += 1
        else:
            wanted[target] = Change(stands, mark, statement)
    return list(wanted.values()), unchanged
