"""Submitting a claim: what stands in the way, then the submission; its number; and a moderator's withdrawal."""

from collections.abc import Iterable
from dataclasses import dataclass

from claimbatch.claims import life, submitted
from claimbatch.claims.claim import Line
from claimbatch.claims.life import Submission
from claimbatch.claims.standing import Standing
from claimbatch.intake.values import read_grade
from claimbatch.office.asked_for import in_words
from claimbatch.office.opened import OpenClaim
from claimbatch.problems import Problem

Group = tuple[str, str, str]  # unit, assessor's initials, grade


@dataclass(frozen=True, slots=True)
class Checklist:
    """What is found before a claim is submitted; *revision* is that of the claim that was looked at."""

    problems: tuple[Problem, ...]
    revision: int

    @property
    def in_the_way(self) -> bool:
        """Whether anything keeps it from submission: else the problems are only there to be remembered."""
        return any(problem.is_error for problem in self.problems)


def checklist(
    opened: OpenClaim, *, centre_declared: bool | None = None, stands: Standing | None = None
) -> Checklist:
    """What still keeps a claim from submission, and what to remember.

    *centre_declared* is whether the centre makes its declaration; None: that is not asked yet. How the claim *stands*
    is looked up, unless whoever asks knows it. Raises
    :class:`~claimbatch.errors.ClaimbatchError` where the claim is submitted already.
    """
    found = life.missing(opened.store, opened.claim, centre_declared=centre_declared, stands=stands)
    return Checklist(tuple(found), opened.claim.revision)


def submit(opened: OpenClaim, submission: Submission, *, seen: int | None = None) -> str:
    """Submit a claim; its claim number, which is claimbatch's own where the submission names none.

    *seen* is the revision of the checklist that somebody agreed to. Raises :class:`ClaimbatchError` where the claim has
    changed since it was opened or seen, or something stands in the way.
    """
    opened.refuse_unless_seen(seen)
    in_words("Who submits", submission.by)
    return life.submit(opened.store, opened.claim, submission)


def give_number(
    opened: OpenClaim, claim_number: str = "", reference: str = "", *, results_email: str = "", who: str
) -> bool:
    """Give a submitted claim the awarding body's claim number, its reference, or another address for its results.

    Whether any of it is new; what is empty stays as it is.
    """
    return submitted.number(
        opened.store, opened.claim, claim_number, reference, who, results_email=results_email
    )


def group_named(
    opened: OpenClaim, unit: str, assessor: str, grade: str, *, also: Iterable[str] = ()
) -> Group:
    """The group of a unit, an assessor and a grade, as people write them; *also* are units that are claimed no more."""
    return opened.claim.unit_named(unit, also), assessor, read_grade(grade).value


def lines_to_withdraw(opened: OpenClaim, group: Group | None = None) -> list[Line]:
    """The lines that go when the moderator withdraws a *group*, or the whole claim.

    Raises :class:`~claimbatch.errors.ClaimbatchError` where there are none, or the claim is not with the moderator.
    """
    return submitted.to_withdraw(opened.claim, group)


def withdraw(
    opened: OpenClaim, reason: str, group: Group | None = None, *, who: str, seen: int | None = None
) -> int:
    """Record that the moderator withdrew a *group* of a claim, or the whole of it; how many lines went.

    They may be claimed again in a new claim. *seen* is as in :func:`submit`. Raises
    :class:`~claimbatch.errors.ClaimbatchError` as :func:`lines_to_withdraw` does, or where the claim has changed since
    it was opened or seen.
    """
    opened.refuse_unless_seen(seen)
    return submitted.withdraw(opened.store, opened.claim, who, in_words("The reason", reason), group)
