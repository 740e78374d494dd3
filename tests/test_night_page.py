"""The page of a night: what it says, in which order, and how it looks; no candidate is named, nothing typed is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claimbatch.claims.merge import UNCLAIMED
from claimbatch.night.account import Account, Fate, Undone
from claimbatch.night.summary import Told, summary
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Document
from claimbatch.problems import Problem
from claimbatch.spool import Stream
from tests.centre import CENTRE, IT, MEDIA
from tests.nights import CLAIMS, FAULTY, FILES, KEY, MERGED, QUARANTINED, REJECTED, TERM, night, quiet, said
from tests.papers import Page, alone, body, pages_of, printed, tables, titles, words
from tests.test_paper import looks_as_it_looked, says_what_it_said

TITLES = {IT: "Certificate in IT", MEDIA: "Diploma in Media"}


def page(account: Account, centres: dict[str, str] | None = None) -> Document:
    return summary(Told(account, TITLES, centres or {CENTRE: "Example College"}))


def many(files: int, lines: int) -> Account:
    """A night with so many files of each kind, and so many lines changed in each of two claims."""
    some = tuple(replace(file, name=f"{n:04} {file.name}") for file in FILES for n in range(files))
    keys = (KEY, f"{CENTRE}-{MEDIA}-1")
    claims = tuple(replace(claim, added=lines) for claim in CLAIMS)

    def changes() -> Any:
        for key in keys:
            for n in range(lines):
                yield key, said((f"{n:04}", "3"), UNCLAIMED, ("P", "JH"), (5 + n, 5), "0000 12A/Hughes.xlsx")

    def problems() -> Any:
        for file in some:
            if file.fate is Fate.REJECTED:
                yield from (replace(p, place=replace(p.place, workbook=file.name)) for p in _faults())

    return night(files=some, claims=claims, changes=Stream(changes), problems=Stream(problems))


def _faults() -> list[Problem]:
    return [problem for problem in night().problems if problem.place.workbook == REJECTED.name]


def test_what_has_to_be_done_comes_first() -> None:
    assert titles(page(night())) == [
        "Could not be done (2)",
        "To put right (2)",
        "Kept apart (1)",
        "Left in the inbox (1)",
        "What to do next",
        "Not back yet (2)",
        "What changed (1 claim)",
        "05349 Certificate in IT, claim 68199-05349-1: 4 added, 1 changed, 1 removed",
        "Taken (2)",
        "Received before (1)",
        "Messages (2)",
    ]


def test_it_says_what_is_wrong_where_and_whose_it_is() -> None:
    """A row for each rule; for whom the workbook was made, or else the folder it lay in; what goes back."""
    assert tables(page(night()))["To put right"] == [
        ["Workbook", "For", "What is wrong", "How often", "Where", "To send back"],
        [
            "12B/Adeyemi unit 4.xlsx 4 of 4 lines wait", "Sam Adeyemi",
            "A grade cell holds something that is not a grade (CB104)", "3", "Grades!E5, E6, F9",
            "rejected/12B/Adeyemi unit 4_marked.xlsx",
        ],
        [FAULTY, "Sam Adeyemi", "A candidate number has lost its leading zeros (CB108)", "1", "another sheet!A5", ""],
        [
            "part.xlsx 2 of 3 lines wait", "–", "A grade cell holds something that is not a grade (CB104)", "2",
            "Grades!E5, E6", "rejected/part_marked.xlsx",
        ],
    ]  # fmt: skip


def test_what_changed_is_told_old_and_new_and_what_is_only_new_comes_after() -> None:
    assert [row[:4] for row in tables(page(night()))[f"Lines of claim {KEY} that changed"]] == [
        ["Candidate", "Unit", "Was", "Is"],
        ["0042", "4", "P by JH", "D by JH"],
        ["0043", "4", "P by JH", "not claimed"],
        ["0042", "3", "not claimed", "M by JH"],
        ["0043", "3", "not claimed", "P by SA"],
        ["0044", "3", "not claimed", "P by SA"],
        ["0051", "First Aid (NCFE)", "not claimed", "P by SA"],
    ]


@pytest.mark.parametrize(
    ("account", "stamp"),
    [
        (night(), "Not all done"),
        (night(undone=()), "To put right"),
        (night(undone=(), files=(QUARANTINED,)), "To put right"),
        (night(undone=(), files=(MERGED,)), "All in order"),
        (night(dry_run=True), "Dry run"),
        (night(finished_by="20261127T020000Z-77aa"), "Killed"),
        (quiet(), "Nothing came"),
    ],
)
def test_its_stamp_says_how_the_night_went(account: Account, stamp: str) -> None:
    assert page(account).stamp == stamp


def test_a_night_in_which_nothing_came_says_so_and_what_to_do() -> None:
    told = page(quiet(term=TERM))
    assert titles(told) == ["What to do next", "Not back yet (2)"]
    assert "Nothing lay in the inbox, and no claim changed." in words(told)


@pytest.mark.parametrize(
    ("account", "said", "unsaid"),
    [
        (quiet(claims=CLAIMS), "Nothing lay in the inbox.", "no claim changed"),
        (quiet(finished_by="20261127T020000Z-77aa"), "Nothing had been taken.", "Nothing lay"),
        (quiet(undone=(Undone("inbox", "The inbox is not there."),)), "is not there", "Nothing lay"),
    ],
)
def test_that_nothing_came_is_said_only_where_it_is_true(account: Account, said: str, unsaid: str) -> None:
    """Not of an inbox that could not be looked at, nor that no claim changed where one was changed by hand."""
    told = words(page(account))
    assert said in told
    assert unsaid not in told


def test_several_centres_are_told_apart() -> None:
    other = replace(TERM[0], centre_number="68200", sent=())
    told = page(quiet(term=(*TERM, other)), {CENTRE: "Example College", "68200": "Other College"})
    assert [title for title in titles(told) if title.startswith("Centre")] == [
        "Centre 68199, Example College",
        "Centre 68200, Other College",
    ]


def test_long_lists_are_cut_and_say_where_the_rest_is() -> None:
    told = page(many(150, 45))
    said_ = words(told)
    assert "50 more: problems.csv, beside this page." not in said_
    assert "200 more: problems.csv, beside this page." in said_  # rejected and taken in part, of 300
    assert "50 more: manifest.json, beside this page." in said_
    assert "35 more lines: changes.csv, beside this page." in said_  # of 45 that are new
    assert len(to_html(told)) < 400_000


def test_of_many_lines_those_that_were_changed_are_shown_before_those_that_are_new() -> None:
    """Forty of them; what is only new nobody has to compare."""
    new = [said((f"{n:04}", "3"), UNCLAIMED, ("P", "JH"), (n, 5), "a.xlsx") for n in range(1, 61)]
    moved = [said((f"{n:04}", "4"), ("P", "JH"), ("M", "JH"), (n, 6), "a.xlsx") for n in range(1, 61)]
    claim = replace(CLAIMS[0], added=60, changed=60, removed=0)
    told = page(night(claims=(claim,), changes=Stream(lambda: ((KEY, one) for one in (*new, *moved)))))
    _, *rows = tables(told)[f"Lines of claim {KEY} that changed"]
    assert [row[1] for row in rows] == ["4"] * 40 + ["3"] * 10
    assert "70 more lines: changes.csv, beside this page." in words(told)


def test_it_repeats_nothing_that_somebody_typed_and_names_no_candidate() -> None:
    """Not what stood in a cell or in a sheet's name, nor where a candidate number should have been."""
    text = words(page(night())) + to_html(page(night()))
    assert [name for name in ("Tom", "Brown", "2008-03-04") if name in text] == []


def test_hostile_names_stand_as_plain_text() -> None:
    name = "<script>alert(1)</script>\u202e{{7*7}}.xlsx"
    told = page(night(files=tuple(replace(file, name=name, issued_to=name) for file in FILES)))
    html = to_html(told)
    assert "<script>alert" not in html
    assert "{{7*7}}" in " ".join(Page(html).text)


@pytest.mark.parametrize(("files", "lines"), [(1, 6), (4, 30), (20, 45)])
def test_no_heading_is_the_last_thing_on_a_page(files: int, lines: int, tmp_path: Path) -> None:
    """On paper and printed by a browser; and no page is empty."""
    made = page(many(files, lines))
    for pages in (pages_of(to_pdf(made), "-layout"), pages_of(printed(to_html(made), tmp_path), "-layout")):
        assert alone(made, pages) == []
        assert [one for one in pages if not body(one)] == []


@pytest.mark.parametrize(("name", "account"), [("night", night()), ("night-none", quiet(term=TERM))])
def test_it_says_what_it_said_and_looks_as_it_looked(name: str, account: Account) -> None:
    """As when somebody looked at it (CLAIMBATCH_UPDATE=1 renews it)."""
    says_what_it_said(name, page(account))
    looks_as_it_looked(name, page(account))
