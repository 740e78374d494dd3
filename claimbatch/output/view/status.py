"""The state of the term on paper, for the exam officer: what to do next, whom to remind, what came back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from claimbatch import __version__
from claimbatch.claims.sent import Sent, State
from claimbatch.claims.term import Course, Step
from claimbatch.clock import day, day_of, school_year, zoned
from claimbatch.form.layout import BY_UNIT
from claimbatch.output.view.document import (
    KEPT_LIST,
    Block,
    Cell,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Table,
    text,
)

ANYBODY = "no name"
NAMED = 3  # workbooks of one template, by name
STATES: Mapping[State, str] = {
    State.OUT: "not back", State.FAULTY: "with errors", State.PART: "in part", State.BACK: "back",
}  # fmt: skip
# What to do, and the command for it.
_STEPS: Mapping[Step, tuple[str, str]] = {
    Step.ISSUE: ("Send templates out", "claimbatch template {entry_code}"),
    Step.PUT_RIGHT: ("Put right or take off {unfit}", "claimbatch claim show {key}"),
    Step.CHASE: ("Ask for {outstanding}", "claimbatch status --by teacher"),
    Step.FILL_IN: (
        "All came back without a grade: ask why",
        "claimbatch status --by teacher",
    ),
    Step.ANSWER: ("Answer {queries}", "claimbatch claim queries {key}"),
    Step.DECLARE: (
        "Have {undeclared} signed, record them",
        "claimbatch report {key} --kind declarations --unsigned",
    ),
    Step.SUBMIT: ("Submit the claim", "claimbatch claim submit {key}"),
    Step.SAMPLE: ("Record the sample when it comes", "claimbatch sample record {key}"),
    Step.COMPLETE: ("Record what the moderator decides", "claimbatch moderation complete {key}"),
    Step.NONE: ("Nothing", ""),
}
_LISTED_BELOW = {Step.CHASE, Step.FILL_IN}  # whom to ask stands in the document itself


@dataclass(frozen=True, slots=True)
class Term:
    """The state of one centre's term *at* a moment; *titles* are those of the qualifications by entry code."""

    centre_number: str
    centre_name: str
    courses: Sequence[Course]
    titles: Mapping[str, str]
    at: str


def next_step(course: Course) -> tuple[str, str]:
    """What is to be done next for a *course* in words, and the command for it."""
    words, command = _STEPS[course.step]
    facts = {
        "entry_code": course.entry_code,
        "key": course.key,
        "unfit": _some(course.unfit, "grade", "grades"),
        "outstanding": _some(len(course.outstanding), "workbook", "workbooks") + _of_them_late(course),
        "queries": _some(course.queries, "query", "queries"),
        "undeclared": _some(course.undeclared, "declaration", "declarations"),
    }
    return words.format_map(facts), command.format_map(facts)


def _of_them_late(course: Course) -> str:
    late = len(course.late)
    return f", {late} late" if late else ""


def form_of(sent: Sent) -> str:
    """Which form went out: ``all units``, ``Unit 3``, and for which group."""
    form = f"Unit {sent.unit}" if sent.form == BY_UNIT else "all units"
    return f"{form}, {sent.group}" if sent.group else form


def workbooks_of(sent: Sent) -> str:
    """The names of the workbooks that came back: the first few."""
    names, more = sent.workbooks[:NAMED], len(sent.workbooks) - NAMED
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def term_status(term: Term) -> Document:
    """The state of the term of one centre."""
    return Document(
        title="State of the term",
        about=f"{term.centre_number}, {day(term.at)}",
        running=(
            Fact("Centre", term.centre_number, term.centre_name),
            Fact("As it stood on", zoned(term.at)),
        ),
        stamp=school_year(term.at),
        foot=f"State of the term · centre {term.centre_number}",
        made=term.at,
        blocks=tuple(_blocks(term)),
        facts=tuple(_facts(term)),
    )


def _facts(term: Term) -> Iterator[Fact]:
    courses = term.courses
    sent = sum(len(course.sent) for course in courses)
    yield Fact("Qualifications", str(len(courses)))
    yield Fact("Workbooks back", str(sum(course.back for course in courses)), f"of {sent}")
    yield Fact("Grades claimed", str(sum(course.grades for course in courses if course.is_open)))
    yield Fact("Queries open", str(sum(course.queries for course in courses)))
    yield Fact("Declarations missing", str(sum(course.undeclared for course in courses)))


def _blocks(term: Term) -> Iterator[Block]:
    if not term.courses:
        yield text("Nobody is entered for a qualification yet: import the entries first.")
    else:
        yield from what_next(term)
    back = [(c, s) for c in term.courses for s in c.sent if s.state is State.BACK]
    if back:
        yield _sent(_BACK, back, term)
    notes = (
        "What is wrong in a workbook that was not taken, claimbatch check tells, or the page of the nightly run. "
        f"Made by claimbatch {__version__}."
    )
    yield Section("", (text(notes, soft=True),))


def what_next(term: Term) -> Iterator[Section]:
    """What to do next for each qualification, and which workbooks to ask for."""
    yield Section("What to do next", (_next(term),), kept=len(term.courses) <= KEPT_LIST)
    out = [(course, sent) for course in term.courses for sent in course.outstanding]
    if out:
        yield _sent(_OUT, sorted(out, key=lambda one: one[1].to.casefold()), term)


def _next(term: Term) -> Table:
    columns = (
        Column("Code", width=15),
        Column("Qualification", share=1.3),
        Column("Claim", width=26),
        Column("Candidates with grades", width=24, align="center"),
        Column("Workbooks back", width=22, align="center"),
        Column("Grades", width=16, align="center"),
        Column("Queries", width=16, align="center"),
        Column("Declarations missing", width=25, align="center"),
        Column("Next step", share=1.7),
    )
    return Table(
        "Each qualification, and what to do next", columns, tuple(_course(c, term) for c in term.courses)
    )


def _course(course: Course, term: Term) -> Row:
    step, command = next_step(course)
    command = "" if course.step in _LISTED_BELOW else command
    sent = Cell(str(course.back), f"of {len(course.sent)}") if course.sent else "–"
    return Row(
        (
            course.entry_code,
            term.titles.get(course.entry_code, ""),
            Cell(course.label, course.claim_number),
            Cell(str(course.claimed), f"of {course.entered}"),
            sent,
            str(course.grades or "–"),
            str(course.queries or "–") if course.is_open else "–",
            str(course.undeclared or "–") if course.is_open else "–",
            Cell(step, command, strong=course.step is not Step.NONE),
        ),
        starts=True,
    )


def _filled(sent: Sent) -> Cell:
    """The grades that came with it, of those it has room for."""
    return Cell(str(sent.grades), f"of {sent.cells}" if sent.cells else "")


def _late(sent: Sent) -> str | Cell:
    return Cell(_some(sent.days_late, "day", "days"), strong=True) if sent.days_late else "–"


class _List(NamedTuple):
    """A list of workbooks: its title and what it means, what it tells of each, and what those in a row have alike."""

    title: str
    why: str
    more: Sequence[tuple[Column, Callable[[Sent], str | Cell]]]
    alike: Callable[[tuple[Course, Sent]], str]


_SENT_ON = Column("Sent on", width=40), lambda sent: Cell(day(sent.at), _times(sent))
_DUE = Column("Due on", width=32), lambda sent: day_of(sent.due) if sent.due else "–"
_LATE = Column("Late", width=16, align="center"), _late
_FILLED = Column("Grades", width=22, align="center"), _filled
_OUT = _List(
    "Not back yet",
    "By whom they were made for. With errors: it came back, and a corrected copy is awaited. In part: what was "
    "clean in it was taken.",
    (_SENT_ON, _DUE, _LATE, (Column("State", width=20), lambda sent: STATES[sent.state]), _FILLED),
    lambda one: one[1].to,
)
_BACK = _List(
    "Came back",
    "A grade counts for the workbook that stated it last.",
    (
        _SENT_ON,
        (Column("Came back on", width=44), lambda sent: Cell(day(sent.copies[-1].at), _again(sent))),
        _LATE,
        (Column("Workbook", share=1.4), workbooks_of),
        _FILLED,
    ),
    lambda one: one[0].key,
)


def _sent(listed: _List, found: Sequence[tuple[Course, Sent]], term: Term) -> Section:
    """Workbooks that went out: to whom, of which qualification, and what the list tells of each."""
    columns = (
        Column("Made for", share=1.3),
        Column("Code", width=15),
        Column("Qualification", share=1.5),
        Column("Form", width=25),
        *(column for column, _ in listed.more),
    )
    rows = tuple(
        Row(
            (
                sent.to or Cell(ANYBODY, soft=True),
                course.entry_code,
                term.titles.get(course.entry_code, ""),
                form_of(sent),
                *(shown(sent) for _, shown in listed.more),
            ),
            starts=not at or listed.alike(found[at - 1]) != listed.alike((course, sent)),
        )
        for at, (course, sent) in enumerate(found)
    )
    lead = text(listed.why, soft=True, lead=True)
    title = f"{listed.title} ({len(rows)})"
    return Section(title, (lead, Table(listed.title, columns, rows)), kept=len(rows) <= KEPT_LIST)


def _times(sent: Sent) -> str:
    return f"({sent.times} times)" if sent.times > 1 else ""


def _again(sent: Sent) -> str:
    return f"({len(sent.copies)} times)" if len(sent.copies) > 1 else ""


def _some(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"
