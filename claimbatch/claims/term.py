"""The state of the term: of each qualification what was sent out, what came back, and what is to be done next.

Plain values, for a table at the terminal, a printed page, a nightly run or a page on the web. What stands in workbooks
that were not taken yet is not known here: checking them tells it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from claimbatch import clock
from claimbatch.claims.claim import LABELS, Status
from claimbatch.claims.history import Event, Kind, facts, in_force, last_said
from claimbatch.claims.life import look
from claimbatch.claims.standing import Standing
from claimbatch.claims.store import ClaimRow, Issued, Store
from claimbatch.form.layout import BY_UNIT
from claimbatch.form.qualification import Catalogue

_ENDED = {Status.COMPLETED, Status.WITHDRAWN}


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


class State(StrEnum):
    """What has become of a template that went out."""

    OUT = "out"
    FAULTY = "faulty"  # came back with errors, and nothing of it was taken
    PART = "part"  # came back with errors, and only what is clean was taken
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Copy:
    """A workbook that came back and was taken: whole, or only what of it was clean."""

    workbook: str
    at: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out to somebody (*to*, empty: to nobody by name): for all units or one, for a group or all candidates.

    Sent several *times*, the last one counts: *at* that moment, with so many *candidates*, and room for as many grades
    as it has *cells* (0: not known). *grades* are those that came with it and stand on the claim now. *group* is the
    value of a register column, such as ``12A``. *due* is the day by which it was to come back, as ISO text, or empty;
    *days_late* counts from there to its return, or to today as long as it is awaited. *templates* are the ids.
    It is *faulty* where a copy came back of which nothing was taken; the store knows nothing of that.
    """

    to: str
    form: str
    unit: int
    group: str
    at: str
    times: int
    candidates: int
    grades: int
    copies: tuple[Copy, ...]
    cells: int = 0
    due: str = ""
    days_late: int = 0
    templates: tuple[str, ...] = ()
    faulty: bool = False

    @property
    def workbooks(self) -> list[str]:
        """The names of those that came back, each once, the last one first: several teachers may fill in one."""
        return list(dict.fromkeys(copy.workbook for copy in reversed(self.copies)))

    @property
    def state(self) -> State:
        """Whether it came back, by the last copy of it."""
        if not self.copies:
            return State.FAULTY if self.faulty else State.OUT
        return State.BACK if self.copies[-1].whole else State.PART


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


def term(
    store: Store,
    catalogue: Catalogue,
    centre: str | None = None,
    entry_code: str | None = None,
    *,
    today: date | None = None,
) -> list[Course]:
    """How far each qualification is *today*, in order of centre and entry code (None: of all).

    A claim that has ended is told where nothing came after it.
    """
    entered = Counter((e.centre_number, e.entry_code) for e in store.entries(centre, entry_code))
    claims = store.claims(centre, entry_code)[::-1]
    sent: dict[str, list[tuple[Issued, int]]] = {}
    for issued, candidates in store.sent(centre, entry_code):
        sent.setdefault(issued.claim_key, []).append((issued, candidates))
    known = {row.key: (row.centre_number, row.entry_code) for row in claims}
    known |= {key: (some[0][0].centre_number, some[0][0].entry_code) for key, some in sent.items()}
    for who in entered.keys() - set(known.values()):
        known[store.current_key(*who)[0]] = who
    rows = {row.key: row for row in claims}
    keys = sorted(known, key=_order)
    last = {known[key]: key for key in keys}
    wanted = (k for k in keys if k == last[known[k]] or (k in rows and rows[k].status not in _ENDED))
    begun = (_begun(key, rows.get(key), known[key], entered[known[key]]) for key in wanted)
    today = today or clock.today()
    return [_with_its_history(store, catalogue, course, sent.get(course.key, ()), today) for course in begun]


def with_faulty(courses: Iterable[Course], templates: Set[str]) -> list[Course]:
    """The *courses* with what is known elsewhere: of these *templates* a faulty copy came back."""

    def told(sent: Sent) -> Sent:
        return replace(sent, faulty=True) if not templates.isdisjoint(sent.templates) else sent

    return [replace(course, sent=tuple(map(told, course.sent))) for course in courses]


def _order(key: str) -> tuple[str, int]:
    """Claims by centre and entry code, then as they were begun."""
    of, _, number = key.rpartition("-")
    return of, int(number)


def _begun(key: str, row: ClaimRow | None, of: tuple[str, str], entered: int) -> Course:
    """The course as the listing of claims has it."""
    if row is None:
        return Course(*of, key, entered=entered)
    return Course(*of, key, row.status, row.claim_number, entered, row.candidates, row.lines)


def _with_its_history(
    store: Store, catalogue: Catalogue, course: Course, sent: Sequence[tuple[Issued, int]], today: date
) -> Course:
    """A course with what went out for it, and where it is open how its claim stands."""
    if course.status is None:
        return replace(course, sent=tuple(sent_out(sent, (), today)))
    if not sent and not course.is_open:
        return course  # the history of a claim that was submitted is read for what went out alone
    history = store.history(course.key)
    if not course.is_open or catalogue.find(course.entry_code) is None:
        awaited = today if course.is_open else None
        return replace(course, sent=tuple(sent_out(sent, history, awaited)))
    return how_far(course, look(store, catalogue, course.key, history), sent_out(sent, history, today))


def how_far(course: Course, stands: Standing, sent: Iterable[Sent]) -> Course:
    """The open *course* with what its claim's standing says, and what went out for it."""
    return replace(
        course,
        unfit=len(stands.unfit),
        queries=len(stands.open_queries),
        undeclared=len(stands.undeclared),
        sent=tuple(sent),
    )


def sent_out(
    issued: Iterable[tuple[Issued, int]], history: Sequence[Event], today: date | None
) -> Iterator[Sent]:
    """What went out, by addressee and form; *history* is that of the claim it was for.

    *today* is None where nothing is awaited any more, because the claim was submitted: then nothing out is late.
    The same again to the same person is one: teachers get a new template when the register has changed.
    """
    alike: dict[tuple[str, str, int, str], list[tuple[Issued, int]]] = {}
    for one, rows in issued:
        made = one.made_with
        of = made.get("for", ""), one.form, one.unit, str(made.get("group", ("", ""))[1])
        alike.setdefault(of, []).append((one, rows))
    copies = _copies(in_force(history))  # what a restore has undone may come again
    grades = _brought(history)
    for of in sorted(alike, key=lambda of: (of[0].casefold(), *of[1:])):
        ids = [one.template_id for one, _ in alike[of]]
        last, rows = alike[of][-1]
        came = sorted((copy for name in ids for copy in copies.get(name, ())), key=lambda copy: copy.at)
        brought = sum(grades[name] for name in ids)
        sent = Sent(*of, last.issued_at, len(ids), rows, brought, tuple(came), _cells(last, rows), last.due)
        yield replace(sent, days_late=_days_late(sent, today), templates=tuple(ids))


def _cells(issued: Issued, rows: int) -> int:
    """How many grades a template has room for; 0 where it was issued by a version that did not count them."""
    return int(issued.made_with.get("cells", rows if issued.form == BY_UNIT else 0))


def _days_late(sent: Sent, today: date | None) -> int:
    if sent.state is State.BACK:
        today = datetime.fromisoformat(sent.copies[-1].at).astimezone().date()
    return max((today - date.fromisoformat(sent.due)).days, 0) if sent.due and today else 0


def _copies(history: Iterable[Event]) -> dict[str, list[Copy]]:
    """What was taken, by template."""
    found: dict[str, list[Copy]] = {}
    for event in history:
        if event.kind == Kind.RECEIVED:
            copy = Copy(event.workbook, event.at, bool(facts(event).get("whole", True)))
            found.setdefault(event.template_id, []).append(copy)
    return found


def _brought(history: Iterable[Event]) -> Counter[str]:
    """How many lines of the claim were last stated by each template's workbooks."""
    return Counter(event.template_id for event in last_said(history).values() if event.grade)
