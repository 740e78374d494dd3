"""The form in which grades and their assessors are corrected in place: a row for each line, saved together.

Each row says what it said when it was shown, so that nobody undoes unseen what somebody else has changed meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from claimbatch.claims.claim import GRADES
from claimbatch.claims.correcting import Target
from claimbatch.claims.merge import UNCLAIMED, Mark, in_words
from claimbatch.office.opened import OpenClaim
from claimbatch.web.forms import Form
from claimbatch.web.page import Fault

CHOICES = (("", "Not claiming"), *((grade, grade) for grade in GRADES))


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One line of the form: its *name* in the fields, whose and which it is, and what is told beside it.

    *mark* is what the fields are set to, *was* what the claim says; *note* says why something is to be seen to.
    """

    name: str
    target: Target
    title: str
    more: str
    mark: Mark
    was: Mark
    sampled: bool = False
    agreed: str = ""
    note: str = ""

    @property
    def stood(self) -> str:
        """What the claim says, as the form brings it back."""
        return " ".join(self.was).strip()


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form brought, by the names of its rows: the mark of each that was *changed*, and what all had *seen*."""

    changed: Mapping[str, Mark]
    seen: Mapping[str, Mark]

    @classmethod
    def of(cls, form: Form) -> "Filled":
        """What *form* brought."""
        seen = {name: _mark(text) for name, text in form.starting("was:")}
        now = {
            name: (grade, form[f"assessor:{name}"]) if grade else UNCLAIMED
            for name, grade in form.starting("grade:")
        }
        return cls({name: mark for name, mark in now.items() if mark != seen.get(name, UNCLAIMED)}, seen)


def rows_of(
    opened: OpenClaim, named: Iterable[tuple[str, Target, str, str]], filled: Filled | None = None
) -> list[GradeRow]:
    """The rows of lines that are *named*: name, candidate and unit, title, and a small word after it.

    What was *filled* in and not saved stands there still.
    """
    stands = opened.standing
    marks = {(line.candidate, line.unit): (line.grade, line.assessor) for line in opened.claim.lines}
    unfit = {(one.line.candidate, one.line.unit): one.why for one in stands.unfit}
    agreed, changed = stands.agreed, filled.changed if filled else {}
    seen = filled.seen if filled else {}

    def note(name: str, target: Target, was: Mark) -> str:
        if name in changed and was != seen.get(name, was):
            return f"It is {in_words(was)} now: somebody has changed it since."
        return unfit.get(target, "")

    return [
        GradeRow(
            name, target, title, more, changed.get(name, was), was, target in stands.sampled, agreed.get(target, ""),
            note(name, target, was),
        )
        for name, target, title, more in named
        for was in [marks.get(target, UNCLAIMED)]
    ]  # fmt: skip


def assessors_of(opened: OpenClaim) -> list[tuple[str, str]]:
    """Who can be chosen as an assessor: those of the qualification, and who stands on the claim."""
    code, claim = opened.claim.entry_code, opened.claim
    found = {
        one.initials: one.name
        for one in opened.store.assessors(claim.centre_number)
        if code in one.entry_codes
    }
    found |= {
        line.assessor: claim.assessors.get(line.assessor, "")
        for line in claim.lines
        if line.assessor not in found
    }
    return [("", "–"), *((who, f"{who} {name}") for who, name in sorted(found.items()))]  # fmt: skip


def faults_of(filled: Filled, assessors: Sequence[tuple[str, str]]) -> list[Fault]:
    """What is wrong with a form before the claim is asked."""
    several = len(assessors) > 2
    return [
        Fault(f"assessor:{name}", f"Choose who assessed it: {grade} has no assessor")
        for name, (grade, initials) in filled.changed.items()
        if grade and not initials and several
    ]


def _mark(text: str) -> Mark:
    grade, _, initials = text.partition(" ")
    return grade, initials
