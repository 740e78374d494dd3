"""The state of the term: of each qualification what was sent out, what came back, and what is to be done next.

Plain values, for a table at the terminal, a printed page, a nightly run or a page on the web. What stands in workbooks
that were not taken yet is not known here: checking them tells it.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum

from claimbatch import clock
from claimbatch.claims.claim import LABELS, Status
from claimbatch.claims.progress import Open, ToDo, to_do
from claimbatch.claims.sent import Sent, State, sent_out
from claimbatch.claims.store import Counting, Issued, Store
from claimbatch.claims.store.claims import numbered
from claimbatch.claims.store.counting import Begun, Entered, Of, Progress
from claimbatch.form.qualification import Catalogue, Qualification

_ENDED = {Status.COMPLETED, Status.WITHDRAWN}
Asked = tuple[str | None, str | None]  # one centre, one entry code; None: all


class Step(StrEnum):
    """What is to be done next for a qualification, in the order in which it is done."""

    ISSUE = "issue"  # send templates out
    PUT_RIGHT = "put-right"  # lines that could not be claimed today
    CHASE = "chase"  # workbooks that have not come back
    FILL_IN = "fill-in"  # all came back, and nothing is claimed
    ANSWER = "answer"  # queries
    DECLARE = "declare"  # candidates' declarations
    SUBMIT = "submit"
    SAMPLE = "sample"  # submitted: the moderator's sample is awaited
    COMPLETE = "complete"  # sampled: the moderator's decisions are awaited
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Course:
    """One claim of a qualification, or the one to come, and how far it is.

    *status* is None where nothing was taken yet. *entered* are the candidates entered, *claimed* those on the claim,
    *unfit* the lines that could not be claimed today, *queries* those without an answer, *undeclared* the candidates
    whose declaration is not recorded; of a claim that was submitted nobody asks these.
    """

    centre_number: str
    entry_code: str
    key: str
    status: Status | None = None
    claim_number: str = ""
    entered: int = 0
    claimed: int = 0
    grades: int = 0
    unfit: int = 0
    queries: int = 0
    undeclared: int = 0
    sent: tuple[Sent, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether grades can still be added."""
        return self.status in (None, Status.NOT_SUBMITTED)

    @property
    def label(self) -> str:
        """Its status in words."""
        return LABELS[self.status] if self.status else "Not begun"

    @property
    def back(self) -> int:
        """How many of those sent came back and were taken whole."""
        return sum(one.state is State.BACK for one in self.sent)

    @property
    def outstanding(self) -> list[Sent]:
        """What has not come back, or not in order, and can still be merged."""
        return [one for one in self.sent if one.state is not State.BACK] if self.is_open else []

    @property
    def late(self) -> list[Sent]:
        """What is outstanding although the day is over by which it was to come back."""
        return [one for one in self.outstanding if one.days_late]

    @property
    def step(self) -> Step:
        """What is to be done next."""
        return next((step for step, due in self._due() if due), Step.NONE)

    def _due(self) -> Iterator[tuple[Step, bool]]:
        if not self.is_open:
            yield Step.SAMPLE, self.status is Status.SUBMITTED
            yield Step.COMPLETE, self.status is Status.SAMPLED
            return
        yield Step.ISSUE, not self.sent and not self.grades
        yield Step.PUT_RIGHT, self.unfit > 0
        yield Step.CHASE, bool(self.outstanding)
        yield Step.FILL_IN, not self.grades
        yield Step.ANSWER, self.queries > 0
        yield Step.DECLARE, self.undeclared > 0
        yield Step.SUBMIT, True


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a qualification's courses at one centre are made of: where it is the same, they are the same.

    What a claim's history says is known by its last hash.
    """

    today: date
    qualification: Qualification | None
    claims: tuple[Begun, ...]
    sent: tuple[tuple[Issued, int], ...]
    entered: Entered
    assessing: frozenset[str]


@dataclass(slots=True)
class Kept:
    """What was found the last time: the *courses* and what they are made of; the rest while the *register* is so."""

    courses: dict[Of, tuple[Basis, Sequence[Course]]] = field(default_factory=dict)
    register: Hashable = None
    entered: Mapping[Of, Entered] = field(default_factory=dict)
    assessing: Mapping[Of, frozenset[str]] = field(default_factory=dict)


def term(
    store: Store,
    catalogue: Catalogue,
    centre: str | None = None,
    entry_code: str | None = None,
    *,
    today: date | None = None,
    kept: Kept | None = None,
) -> list[Course]:
    """How far each qualification is *today*, in order of centre and entry code (None: of all).

    A claim that has ended is told where nothing came after it. Whoever asks again and again has what was found *kept*,
    so that only qualifications in which something has changed since are looked at again.
    """
    kept = kept or Kept()
    known = kept.courses
    with store.counting() as counting:
        asked = (centre, entry_code)
        _look_at_register(counting, asked, kept)
        bases = _bases(counting, catalogue, asked, today or clock.today(), kept)
        changed = {of: basis for of, basis in bases.items() if of not in known or known[of][0] != basis}
        known.update((of, (changed[of], courses)) for of, courses in _courses(counting, changed).items())
    return [course for of in sorted(bases) for course in known[of][1]]


def _look_at_register(counting: Counting, of: Asked, kept: Kept) -> None:
    """Ask anew who is entered and who assesses, where the register says something else, or of others."""
    register = (of, counting.register_state())
    if kept.register != register:
        kept.entered, kept.assessing = counting.entered(*of), counting.assessing(*of)
        kept.register = register


def _bases(counting: Counting, catalogue: Catalogue, of: Asked, today: date, kept: Kept) -> dict[Of, Basis]:
    """What the courses are made of, as it stands now: histories, which are long, aside."""
    claims: dict[Of, list[Begun]] = {}
    for claim in counting.begun(*of):
        claims.setdefault((claim.centre_number, claim.entry_code), []).append(claim)
    sent: dict[Of, list[tuple[Issued, int]]] = {}
    for issued, candidates in counting.sent(*of):
        sent.setdefault((issued.centre_number, issued.entry_code), []).append((issued, candidates))
    known = {code: catalogue.find(code) for code in {code for _, code in (*claims, *sent, *kept.entered)}}
    return {
        one: Basis(
            today,
            known[one[1]],
            tuple(claims.get(one, ())),
            tuple(sent.get(one, ())),
            kept.entered.get(one, Entered(0, "")),
            kept.assessing.get(one, frozenset()),
        )
        for one in {*claims, *sent, *kept.entered}
    }


def _courses(counting: Counting, bases: Mapping[Of, Basis]) -> dict[Of, list[Course]]:
    """The courses of each qualification at each centre, all of them looked at together."""
    told = {of: _told(basis, of) for of, basis in bases.items()}
    begun = [
        (bases[of], claim) for of, keys in told.items() for claim in bases[of].claims if claim.key in keys
    ]
    progress = counting.progress(claim.key for _, claim in begun)
    left = to_do(
        counting,
        (
            Open(claim, progress[claim.key], basis.qualification, basis.assessing)
            for basis, claim in begun
            if basis.qualification and claim.status is Status.NOT_SUBMITTED
        ),
    )
    return {
        of: [_course(of, key, bases[of], progress.get(key, Progress()), left.get(key)) for key in keys]
        for of, keys in told.items()
    }


def _told(basis: Basis, of: Of) -> list[str]:
    """The keys of the claims that are told of: those that have not ended, and the last one, which may be to come."""
    claims = {claim.key: claim for claim in basis.claims}
    known = sorted(
        {*claims, *(issued.claim_key for issued, _ in basis.sent)} or {numbered(*of, 1)}, key=_number
    )
    return [key for key in known if key == known[-1] or (key in claims and claims[key].status not in _ENDED)]


def _course(of: Of, key: str, basis: Basis, progress: Progress, left: ToDo | None) -> Course:
    claim = next((claim for claim in basis.claims if claim.key == key), None)
    awaited = basis.today if claim is None or claim.status is Status.NOT_SUBMITTED else None
    course = Course(
        *of,
        key,
        claim.status if claim else None,
        claim.claim_number if claim else "",
        basis.entered.candidates,
        progress.people,
        progress.alike.total(),
        sent=tuple(sent_out((one for one in basis.sent if one[0].claim_key == key), progress, awaited)),
    )
    return replace(course, **asdict(left)) if left else course


def with_faulty(courses: Iterable[Course], templates: Set[str]) -> list[Course]:
    """The *courses* with what is known elsewhere: of these *templates* a faulty copy came back."""

    def told(sent: Sent) -> Sent:
        return replace(sent, faulty=True) if not templates.isdisjoint(sent.templates) else sent

    def is_told(course: Course) -> bool:
        return any(not templates.isdisjoint(sent.templates) for sent in course.sent)

    return [
        replace(course, sent=tuple(map(told, course.sent))) if is_told(course) else course
        for course in courses
    ]


def _number(key: str) -> int:
    """Where a claim stands among those of its qualification, as they were begun."""
    return int(key.rpartition("-")[2])
