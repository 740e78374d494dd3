"""What went out for a claim, to whom, and what of it came back."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from claimbatch.claims.history import Event, Kind, facts, in_force
from claimbatch.claims.store import Issued
from claimbatch.claims.store.counting import Progress
from claimbatch.form.layout import BY_UNIT


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


def sent_out(issued: Iterable[tuple[Issued, int]], progress: Progress, today: date | None) -> Iterator[Sent]:
    """What went out, by addressee and form; *progress* is that of the claim it was for.

    *today* is None where nothing is awaited any more, because the claim was submitted: then nothing out is late.
    The same again to the same person is one: teachers get a new template when the register has changed.
    """
    alike: dict[tuple[str, str, int, str], list[tuple[Issued, int]]] = {}
    for one, rows in issued:
        made = one.made_with
        of = made.get("for", ""), one.form, one.unit, str(made.get("group", ("", ""))[1])
        alike.setdefault(of, []).append((one, rows))
    copies = _copies(in_force(progress.events))  # what a restore has undone may come again
    grades: Counter[str] = Counter()
    for (_, _, template_id), lines in progress.alike.items():
        grades[template_id] += lines
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
