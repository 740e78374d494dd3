"""How a line of a workbook stands to the claim: it is silent, it speaks, it continues an earlier copy, it contradicts.

A teacher keeps one file all term and sends it again. A line of it *continues* what an earlier copy of the file said,
and is measured against that, where all of this holds:

- the copy was made from the same template, and this workbook still says something wherever the copy did (a colleague's
  copy of the same template does not);
- it was that copy that last changed the line: nobody else has touched it since;
- the line's new value was never said from this template before (so an old copy, saved again, undoes nothing).

Any other line that says something new of what was touched since the template's issue contradicts the claim (CB303).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from claimbatch.claims.copies import Copy
from claimbatch.claims.merge import UNCLAIMED, Mark, says_something
from claimbatch.claims.standing import plain_workbook
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.known import Issued, Target
from claimbatch.intake.tables import Line


class Stance(NamedTuple):
    """How one line stands to the claim.

    *base* is what it is measured against: what the template said when it was issued, or what an earlier copy of the
    workbook said. *stale* tells, of a line that contradicts, that its author has not touched it since an earlier copy.
    """

    base: Mark
    speaks: bool
    contradicts: bool = False
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What the lines of one workbook are measured against: its template, and the copies of it that were taken.

    *said* is what the workbook says that its template did not, *earlier* are the copies that it is a later copy of, the
    last one first.
    """

    issued: Issued
    said: Mapping[Target, Mark]
    earlier: tuple[Copy, ...] = ()

    @classmethod
    def of(cls, issued: Issued, lines: Iterable[Line]) -> "Measure":
        """The measure of a workbook with these *lines*, made from the template *issued*."""
        return cls.of_said(
            issued, {(line.candidate, line.unit): mark_of(line) for line in lines if says(line)}
        )

    @classmethod
    def of_said(cls, issued: Issued, said: Mapping[Target, Mark]) -> "Measure":
        """The measure of a workbook that says this; where no copy was taken, nothing is measured against *said*."""
        later = (copy for copy in reversed(issued.copies) if copy.said.keys() <= said.keys())
        return cls(issued, said, tuple(later))

    def stance(self, target: Target, mark: Mark) -> Stance:
        """How the workbook's line *target*, which says *mark*, stands to the claim."""
        base, now = self.issued.base.get(target, UNCLAIMED), self.issued.now.get(target, UNCLAIMED)
        speaks = says_something(mark, base, now)
        if not speaks or target not in self.issued.touched:
            return Stance(base, speaks)
        ours = any(copy in self.earlier for copy in self.brought(target))
        if mark == now:
            return Stance(now if ours else base, speaks)
        if ours and self.voiced(target, mark) is None:
            return Stance(now, speaks)
        if not ours and mark == self.issued.again.get(target):
            return Stance(base, speaks=False)  # filled in by us to be claimed again; somebody has seen to it
        return Stance(base, speaks, contradicts=True, stale=self._stale(target, mark))

    def brought(self, target: Target) -> list[Copy]:
        """The copies of the template that brought what the claim says of a line; none where others did."""
        last = self.issued.last.get(target)
        mark = self.issued.now.get(target, UNCLAIMED)
        return [copy for copy in self.issued.copies if last and copy.brought(target, mark, last.revision)]

    def is_from_elsewhere(self, target: Target, mark: Mark) -> bool:
        """Whether the claim says *mark* already, and not from an earlier copy of this workbook."""
        if self.issued.now.get(target, UNCLAIMED) != mark:
            return False
        return not any(copy in self.earlier for copy in self.brought(target))

    def voiced(self, target: Target, mark: Mark) -> Copy | None:
        """The last copy of the template, anybody's, that said *mark* of a line."""
        copies = reversed(self.issued.copies)
        return next((copy for copy in copies if copy.said.get(target) == mark), None)

    def _stale(self, target: Target, mark: Mark) -> bool:
        """Whether a line says what the last copy of this workbook said of it.

        Where no copy can be told for an earlier one of this workbook, any copy of the template counts.
        """
        mine = [copy for copy in self.earlier if target in copy.said]
        last = [copy for copy in mine if copy.run == mine[0].run]
        return any(copy.said[target] == mark for copy in last) if last else bool(self.voiced(target, mark))

    def gone(
        self, workbook: str, made_as: str, initials: Mapping[Target, str]
    ) -> Iterator[tuple[Target, Copy]]:
        """What earlier copies of this *workbook* said, the claim still holds, and it does not say any more.

        *made_as* is the file name of its template, *initials* are those that stand beside blank grades.
        """
        known = set(self.said)
        for copy in reversed(self.issued.copies):
            if self._follows(copy, workbook, made_as, initials):
                for target, mark in copy.said.items():
                    if target not in known and mark == self.issued.now.get(target, UNCLAIMED):
                        known.add(target)
                        yield target, copy

    def _follows(self, copy: Copy, workbook: str, made_as: str, initials: Mapping[Target, str]) -> bool:
        """Whether the workbook is a later copy of *copy* for all that was cleared, and not a colleague's.

        In half of that one's cells or more it still has the same grade or initials; or it comes under the name that
        somebody gave that one.
        """
        name = plain_workbook(copy.workbook)
        own = name == plain_workbook(workbook) and not name.startswith(plain_workbook(made_as))
        still = 0
        for target, mark in copy.said.items():
            here = self.said.get(target, ("", initials.get(target, "")))
            still += here[1] == mark[1] if mark[1] else self.said.get(target) == UNCLAIMED
        return own or 2 * still >= len(copy.said)


def mark_of(line: Line) -> Mark:
    """What a line says: grade and initials, none for *Not claiming*."""
    return UNCLAIMED if line.grade == NOT_CLAIMING else (line.grade, line.assessor)


def says(line: Line) -> bool:
    """Whether a cell for a grade says something that the template did not when it was issued.

    *Not claiming* does, because somebody typed it; so does what cannot be read.
    """
    typed = line.grade in ("", NOT_CLAIMING) or mark_of(line) != (line.base_grade, line.base_assessor)
    return bool(line.grade_shown) and typed
