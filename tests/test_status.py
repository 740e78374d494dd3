"""The state of the term: what went out, what came back, what is open, and what to do next; in a table and on paper."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from claimbatch.claims.claim import Status
from claimbatch.claims.sent import Copy, Sent, State
from claimbatch.claims.term import Course, Step, term
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Document
from claimbatch.output.view.status import Term, next_step, term_status
from tests.centre import CENTRE, IT, MEDIA, Centre, put
from tests.papers import Page, alone, body, pages_of, printed, tables, titles
from tests.test_paper import looks_as_it_looked, says_what_it_said

KEY = f"{CENTRE}-{IT}-1"
GRADES = {"Claim!E5": "P", "Claim!F5": "JH", "Claim!E6": "M", "Claim!F6": "JH"}
DECLARED = ("claim", "declare", KEY, "--all")
SUBMITTED = ("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")


def state(centre: Centre) -> list[Course]:
    with centre.workspace.store() as store:
        return term(store, centre.catalogue)


def of_it(centre: Centre) -> Course:
    return next(course for course in state(centre) if course.entry_code == IT)


def test_a_term_step_by_step(centre: Centre) -> None:
    """What is to be done next, from the first template to the end."""

    def steps() -> Iterator[Step]:
        yield of_it(centre).step
        mine = centre.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
        other = centre.issue(IT, BY_UNIT, 4, addressee="Sam Adeyemi")
        yield of_it(centre).step
        centre.done("merge", put(mine, GRADES, "mine.xlsx"))
        yield of_it(centre).step
        centre.done("merge", put(other, {**GRADES, "Notes!H9": "a remark"}, "other.xlsx"))
        yield of_it(centre).step
        centre.done("claim", "answer", KEY, "1", "--because", "It says nothing.")
        yield of_it(centre).step
        centre.done(*DECLARED)
        yield of_it(centre).step
        centre.done(*SUBMITTED)
        yield of_it(centre).step

    assert list(steps()) == [
        Step.ISSUE, Step.CHASE, Step.CHASE, Step.ANSWER, Step.DECLARE, Step.SUBMIT, Step.SAMPLE,
    ]  # fmt: skip


def test_what_went_out_and_what_came_back(centre: Centre) -> None:
    """To whom, how often, which workbook came back, and how many grades of the claim came with it."""
    mine = centre.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
    centre.issue(IT, BY_CANDIDATE)
    centre.issue(IT, BY_CANDIDATE)
    centre.done("merge", put(mine, GRADES, "mine.xlsx"))
    centre.done("claim", "set", KEY, "0042", "3", "D", "SA")  # by hand: not the workbook's any more
    course = of_it(centre)
    told = [
        (s.to, s.form, s.unit, s.times, s.candidates, s.grades, s.state, s.workbooks) for s in course.sent
    ]
    assert told == [
        ("", BY_CANDIDATE, 0, 2, 4, 0, State.OUT, []),
        ("Jo Hughes", BY_UNIT, 3, 1, 4, 1, State.BACK, ["mine.xlsx"]),
    ]
    assert (course.entered, course.claimed, course.grades, course.undeclared) == (4, 2, 2, 2)


def test_a_workbook_that_was_taken_in_part_is_still_waited_for(centre: Centre) -> None:
    path = put(centre.issue(IT, BY_UNIT, 3), {**GRADES, "Claim!E7": "X"})
    assert centre.run("merge", path, "--partial")[0] == 1
    course = of_it(centre)
    assert ([sent.state for sent in course.outstanding], course.grades) == ([State.PART], 2)


def test_a_workbook_whose_taking_was_undone_is_waited_for_again(centre: Centre) -> None:
    """After a restore it may be merged again; so it has not come back."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), GRADES))
    centre.done("claim", "restore", KEY, "--revision", "1")
    assert [sent.state for sent in of_it(centre).sent] == [State.OUT]


def test_lines_that_could_not_be_claimed_today_come_first(centre: Centre) -> None:
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), GRADES))
    centre.done("assessors", "remove", IT, "JH")
    course = of_it(centre)
    assert (course.unfit, course.step) == (2, Step.PUT_RIGHT)
    assert next_step(course) == ("Put right or take off 2 grades", f"claimbatch claim show {KEY}")


def test_what_was_submitted_stands_beside_the_claim_that_follows(centre: Centre) -> None:
    """As long as the moderator is not done with it; a claim that has ended is told where nothing follows."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), GRADES))
    centre.done(*DECLARED)
    centre.done(*SUBMITTED)
    centre.issue(IT, BY_UNIT, 4)
    assert [(c.key, c.status, len(c.sent)) for c in state(centre)] == [
        (KEY, Status.SUBMITTED, 1),
        (f"{CENTRE}-{IT}-2", None, 1),
        (f"{CENTRE}-{MEDIA}-1", None, 0),
    ]
    centre.done("claim", "withdraw", KEY, "--reason", "Wrong centre", "--yes")
    assert [c.key for c in state(centre)] == [f"{CENTRE}-{IT}-2", f"{CENTRE}-{MEDIA}-1"]


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """One workbook is back, another is not."""
    monkeypatch.chdir(centre.workspace.folder)
    mine = centre.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
    centre.issue(IT, BY_UNIT, 4, addressee="Sam Adeyemi")
    centre.done("merge", put(mine, GRADES, "mine.xlsx"))
    return centre


def test_the_table_has_a_row_for_each_qualification(begun: Centre) -> None:
    assert begun.done("status") == TABLE


TABLE = """\
Code   Qualification                     Status         Candidates  Back    Grades  Queries  Undeclared
-----  --------------------------------  -------------  ----------  ------  ------  -------  ----------
05349  Introductory Diploma in IT        Not submitted  2 of 4      1 of 2  2       0        2
05844  Extended Certificate in Digital…  Not begun      0 of 4      –       0       0        0

Claim          Next step           Command
-------------  ------------------  ------------------------------
68199-05349-1  Ask for 1 workbook  claimbatch status --by teacher
68199-05844-1  Send templates out  claimbatch template 05844
2 qualifications; 1 of 2 workbooks back.
"""


def test_by_teacher_it_has_a_row_for_each_workbook(begun: Centre) -> None:
    told = csv.DictReader(begun.done("status", "--by", "teacher", "--format", "csv").splitlines())
    assert [
        (row["to"], row["form"], row["state"], row["workbook"]) for row in told if row["centre_number"]
    ] == [
        ("Jo Hughes", "Unit 3", "back", "mine.xlsx"),
        ("Sam Adeyemi", "Unit 4", "not back", ""),
    ]


@pytest.mark.parametrize("step", Step)
def test_no_step_is_wider_than_a_table_can_be(step: Step) -> None:
    """Claim, step and command stand beside each other in 120 characters, with three figures of everything."""
    sent = (Sent("", BY_UNIT, 3, "", "2026-10-05T08:00:00Z", 1, 24, 0, (), 24, "2026-11-01", 9),) * 123
    stands = {
        Step.ISSUE: {},
        Step.PUT_RIGHT: {"unfit": 123, "sent": sent},
        Step.CHASE: {"sent": sent},
        Step.FILL_IN: {"sent": (replace(sent[0], copies=(Copy("a.xlsx", "2026-11-02T08:00:00Z", True),)),)},
        Step.ANSWER: {"grades": 1, "queries": 123},
        Step.DECLARE: {"grades": 1, "undeclared": 123},
        Step.SUBMIT: {"grades": 1},
        Step.SAMPLE: {"status": Status.SUBMITTED},
        Step.COMPLETE: {"status": Status.SAMPLED},
        Step.NONE: {"status": Status.COMPLETED},
    }
    course = replace(Course(CENTRE, IT, KEY), **stands[step])
    assert course.step is step
    assert max(map(len, [next_step(course)[0]])) <= 41
    assert len("  ".join((KEY, next_step(course)[0].ljust(41), next_step(course)[1]))) <= 120


# --- by when -----------------------------------------------------------------------------------------------------

DAY = 86400
SENT_ON = 1791187200  # 5 October 2026, 08:00 UTC


@pytest.fixture
def by_day(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """Three workbooks went out on 5 October, two of them to come back by the 9th; one came on the 12th."""
    monkeypatch.chdir(centre.workspace.folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON))
    centre.done("template", IT, "--unit", "3", "--for", "JH", "--due", "Friday 9 October 2026")
    centre.done("template", IT, "--unit", "4", "--for", "SA", "--due", "9/10/2026")
    centre.done("template", MEDIA)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 7 * DAY))
    centre.done("merge", put(Path("outbox", f"{CENTRE}_{IT}_unit-03_Jo-Hughes.xlsx"), GRADES, "mine.xlsx"))
    return centre


def test_it_says_what_was_due_when_how_late_it_is_and_how_far_filled_in(
    by_day: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as it is awaited it gets later; what came back was as late as it came."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 10 * DAY))
    assert by_day.done("status", "--by", "teacher") == BY_TEACHER
    assert "  Ask for 1 workbook, 1 late  " in by_day.done("status", "--entry-code", IT)


BY_TEACHER = """\
Made for     Code   Form       Sent        Due         State     Came back   Days late  Grades
-----------  -----  ---------  ----------  ----------  --------  ----------  ---------  -------
             05844  all units  2026-10-05              not back                         0 of 24
Jo Hughes    05349  Unit 3     2026-10-05  2026-10-09  back      2026-10-12  3          2 of 4
Sam Adeyemi  05349  Unit 4     2026-10-05  2026-10-09  not back              6          0 of 4
2 qualifications; 1 of 3 workbooks back, 1 late.
"""


def test_nothing_is_late_of_a_claim_that_was_submitted(
    by_day: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not come back cannot be merged any more; it stands there all the same."""
    by_day.done(*DECLARED)
    by_day.done(*SUBMITTED)
    course = of_it(by_day)
    assert (course.outstanding, course.late) == ([], [])
    assert [(sent.to, sent.state, sent.days_late) for sent in course.sent] == [
        ("Jo Hughes", State.BACK, 3),
        ("Sam Adeyemi", State.OUT, 0),
    ]


def test_a_template_that_goes_out_again_has_another_day(by_day: Centre) -> None:
    """The last one counts, and one without a day has none."""
    by_day.done("template", IT, "--unit", "4", "--for", "SA", "--due", "2026-10-30")
    assert [(s.due, s.days_late) for s in of_it(by_day).sent] == [("2026-10-09", 3), ("2026-10-30", 0)]


def test_programs_get_all_of_it(begun: Centre) -> None:
    (course,) = json.loads(begun.done("status", "--format", "json", "--entry-code", IT))
    assert (course["claim"], course["status"], course["step"]) == (KEY, "not-submitted", "chase")
    assert [(s["to"], s["state"], [c["workbook"] for c in s["copies"]]) for s in course["sent"]] == [
        ("Jo Hughes", "back", ["mine.xlsx"]),
        ("Sam Adeyemi", "out", []),
    ]


def test_every_command_that_it_names_is_one(begun: Centre) -> None:
    """Typed with --help, as it stands."""
    for step, status in ((step, status) for step in Step for status in (None, *Status)):
        course = Course(CENTRE, IT, KEY, status, grades=1, queries=step is Step.ANSWER)
        command = next_step(course)[1]
        if command:
            begun.done(*command.split()[1:], "--help")


def test_each_centre_gets_a_document_of_its_own(begun: Centre) -> None:
    begun.done("centre", "add", "68200", "Other College")
    begun.done("status", "--to", "html", "-o", "term")
    assert sorted(path.name for path in Path("term").iterdir()) == ["68199_status.html", "68200_status.html"]
    assert "Nobody is entered" in Path("term/68200_status.html").read_text("utf-8")
    assert "68200" not in Path("term/68199_status.html").read_text("utf-8")
    assert begun.run("status", "--centre", "11111")[0] == 2


def test_what_the_night_found_faulty_came_back_and_is_awaited(by_day: Centre) -> None:
    """Until its corrected copy is merged; it is as late as if it had not come."""
    faulty = put(Path("outbox", f"{CENTRE}_{IT}_unit-04_Sam-Adeyemi.xlsx"), {"Claim!E5": "X"}, "back.xlsx")
    faulty.rename(Path("inbox", "back.xlsx"))
    assert by_day.run("nightly")[0] == 1
    rows = by_day.done("status", "--by", "teacher", "--entry-code", IT).splitlines()
    assert " ".join(rows[3].split()) == f"Sam Adeyemi {IT} Unit 4 2026-10-05 2026-10-09 with errors 3 0 of 4"
    (course,) = json.loads(by_day.done("status", "--format", "json", "--entry-code", IT))
    assert [(sent["to"], sent["state"], sent["days_late"]) for sent in course["sent"]] == [
        ("Jo Hughes", "back", 3),
        ("Sam Adeyemi", "faulty", 3),
    ]
    marked = put(Path("rejected", "back_marked.xlsx"), {"Claim!E5": "P", "Claim!F5": "SA"})
    marked.rename(Path("inbox", "again.xlsx"))
    by_day.done("nightly")
    (course,) = json.loads(by_day.done("status", "--format", "json", "--entry-code", IT))
    assert [sent["state"] for sent in course["sent"]] == ["back", "back"]


# --- on paper ----------------------------------------------------------------------------------------------------

HOSTILE = ('#import "x"', "<script>alert(1)</script>", "{{ 7 * 7 }}", "ab\u202ecd", "x" * 300)
NAMES = ("Jo Hughes", "Sam Adeyemi", "Caoilfhionn Ní Chonghaile-Fitzgerald-O’Shaughnessy", "שלום נועה", "")


def large(courses: int, each: int, name: str = "") -> Document:
    """A term of so many qualifications, each with so many workbooks, of which every third is not back."""
    found, titles = [], {}
    for at in range(courses):
        code = f"{5300 + at:05}"
        titles[code] = f"Extended Certificate in Subject {at} with a long title"
        sent = tuple(
            Sent(
                name or NAMES[(at + n) % 5], BY_UNIT, n + 1, "12A" if n % 4 else "", "2026-10-05T08:00:00Z",
                1 + n % 2, 24, 24 * (n % 3 > 0),
                (Copy(f"{name or 'Unit'}_{n}.xlsx", "2026-11-02T08:00:00Z", n % 5 > 0),) * (n % 3),
                24, "2026-10-30" if n % 2 else "", (24, 3)[n % 3 > 0] * (n % 2),
            )
            for n in range(each)
        )  # fmt: skip
        status = (Status.NOT_SUBMITTED, Status.SUBMITTED, None, Status.SAMPLED, Status.COMPLETED)[at % 5]
        number = "2600417" if status is Status.SUBMITTED else ""
        course = Course(CENTRE, code, f"{CENTRE}-{code}-1", status, number, 24)
        if status:
            course = replace(course, claimed=20, grades=80)
        if status is Status.NOT_SUBMITTED:
            course = replace(course, unfit=at % 3, queries=at % 4, undeclared=at % 7)
        found.append(replace(course, sent=sent if course.is_open else ()))
    return term_status(Term(CENTRE, "Example College", found, titles, "2026-11-23T09:30:00Z"))


def test_it_says_whom_to_remind_by_name() -> None:
    made = large(1, 4, "Jo Hughes")
    assert titles(made) == ["What to do next", "Not back yet (2)", "Came back (2)"]
    assert [row[0:1] + row[3:4] + row[5:] for row in tables(made)["Not back yet"]] == [
        ["Made for", "Form", "Due on", "Late", "State", "Grades"],
        ["Jo Hughes", "Unit 1", "–", "–", "not back", "0 of 24"],
        ["Jo Hughes", "Unit 4, 12A", "30 October 2026", "24 days", "not back", "0 of 24"],
    ]


@pytest.mark.parametrize("courses", [0, 1, 12, 60])
def test_no_heading_is_the_last_thing_on_a_page(courses: int, tmp_path: Path) -> None:
    """For small centres and large ones, on paper and printed by a browser; and no page is empty."""
    made = large(courses, 9)
    for pages in (pages_of(to_pdf(made), "-layout"), pages_of(printed(to_html(made), tmp_path), "-layout")):
        assert alone(made, pages) == []
        assert [page for page in pages if not body(page)] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stand_as_plain_text_in_both(name: str) -> None:
    made = large(1, 3, name)
    plain = "".join(name.replace("\u202e", "").split())[:20]
    for page in (" ".join(Page(to_html(made)).text), " ".join(pages_of(to_pdf(made), "-layout"))):
        assert plain in "".join(page.split()).replace("\u200b", "").replace("[U+202E]", "")
    assert "<script>alert" not in to_html(made)


@pytest.mark.parametrize(("name", "courses"), [("status", 5), ("status-none", 0), ("status-large", 30)])
def test_it_says_what_it_said_and_looks_as_it_looked(name: str, courses: int) -> None:
    """As when somebody looked at it (CLAIMBATCH_UPDATE=1 renews it)."""
    says_what_it_said(name, large(courses, 6))
    looks_as_it_looked(name, large(courses, 6))
