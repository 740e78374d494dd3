"""Nights for tests: an account of each kind of file, claim and trouble, as a run would give it."""

from collections.abc import Iterator
from typing import Any

from claimbatch.claims.claim import Status
from claimbatch.claims.merge import UNCLAIMED, Change, Mark, Statement
from claimbatch.claims.sent import Sent
from claimbatch.claims.term import Course
from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.rules.cells import lost_leading_zero, unknown_grade
from claimbatch.night.account import Account, ClaimChanged, Fate, File, Mailed, Undone
from claimbatch.problems import Place, Problem
from claimbatch.spool import Stream
from tests.centre import CENTRE, IT, MEDIA

RUN = "20261126T020000Z-3f2a"
KEY = f"{CENTRE}-{IT}-1"
OF_IT = {"centre_number": CENTRE, "entry_code": IT, "template_id": "t1"}
FAULTY = "12B/Adeyemi unit 4.xlsx"

MERGED = File(
    "12A/Hughes.xlsx", Fate.MERGED, sha256="a" * 64, size=9000, moved_to="done/2026-11-26/12A/Hughes.xlsx",
    retired=("rejected/12A/Hughes.xlsx",), issued_to="Jo Hughes", lines=6, added=3, changed=1, removed=1, unchanged=1,
    queries=1, codes={"CB108": 1}, **OF_IT,
)  # fmt: skip
PART = File(
    "part.xlsx", Fate.PART, sha256="b" * 64, size=8000, moved_to="rejected/part.xlsx",
    marked="rejected/part_marked.xlsx",
    error_sheets=("rejected/part_problems.pdf",), lines=3, added=1, held=2, errors=2, codes={"CB104": 2}, **OF_IT,
)  # fmt: skip
AGAIN = File(
    "12A/Copy of Hughes.xlsx", Fate.AGAIN, "The same file as 12A/Hughes.xlsx.", "a" * 64, 9000, "done/x.xlsx"
)
REJECTED = File(
    FAULTY, Fate.REJECTED, sha256="c" * 64, size=7000, moved_to=f"rejected/{FAULTY}",
    marked="rejected/12B/Adeyemi unit 4_marked.xlsx", error_sheets=("rejected/12B/Adeyemi unit 4_problems.pdf",),
    issued_to="Sam Adeyemi", lines=4, held=4, errors=3, queries=1, codes={"CB104": 3, "CB108": 1}, **OF_IT,
)  # fmt: skip
QUARANTINED = File(
    "holiday.xlsm", Fate.QUARANTINED, "The sheet Tom Brown holds macros.", "d" * 64, 5000, "quarantine/holiday.xlsm",
    errors=1, codes={"CB005": 1},
)  # fmt: skip
LEFT = File("12C/Novák.xlsx", Fate.LEFT, "It is open in Excel.", size=6000)
FILES = (MERGED, PART, AGAIN, REJECTED, QUARANTINED, LEFT)


def said(of: tuple[str, str], old: Mark, new: Mark, cell: tuple[int, int], workbook: str) -> Change:
    """A change of the line *of* a candidate and a unit."""
    statement = Statement(CENTRE, IT, KEY, *of, new, old, workbook, "a" * 64, "Grades", *cell, "t1")
    return Change(old, new, statement)


CHANGES = (
    said(("0042", "3"), UNCLAIMED, ("M", "JH"), (5, 5), MERGED.name),
    said(("0042", "4"), ("P", "JH"), ("D", "JH"), (5, 6), MERGED.name),
    said(("0043", "3"), UNCLAIMED, ("P", "SA"), (6, 5), MERGED.name),
    said(("0043", "4"), ("P", "JH"), UNCLAIMED, (6, 6), MERGED.name),
    said(("0044", "3"), UNCLAIMED, ("P", "SA"), (7, 5), PART.name),
    said(("0051", "other:NCFE:First Aid"), UNCLAIMED, ("P", "SA"), (8, 5), MERGED.name),
)


def problems() -> Iterator[Problem]:
    """A name typed where a grade belongs, and where a candidate number does; on sheets of their own names."""
    yield Problem(lost_leading_zero, Place(MERGED.name, "Grades", "A5"), "42", "0042", facts={"note": "0042"})
    for cell in ("E5", "E6"):
        yield Problem(unknown_grade, Place(PART.name, "Grades", cell, "Unit 3"), "Brown, Tom", "0043", "3")
    for cell in ("E5", "E6", "F9"):
        yield Problem(
            unknown_grade, Place(FAULTY, "Grades - Tom Brown", cell, "Brown"), "Tom", "Brown, Tom", "3"
        )
    yield Problem(lost_leading_zero, Place(FAULTY, "Tom Brown 2008-03-04", "A5"), "42", facts={"note": "x"})
    yield Problem(unknown_grade, Place(QUARANTINED.name))


TERM = (
    Course(
        CENTRE, IT, KEY, Status.NOT_SUBMITTED, "", 4, 4, 60, 0, 1, 2,
        (
            Sent("Sam Adeyemi", BY_UNIT, 4, "12B", "2026-11-03T09:30:00Z", 2, 24, 0, ()),
            Sent("", BY_UNIT, 5, "", "2026-11-03T09:30:00Z", 1, 24, 0, ()),
        ),
    ),
    Course(CENTRE, MEDIA, f"{CENTRE}-{MEDIA}-1", Status.SUBMITTED, "2600417", 18, 18, 90),
)  # fmt: skip
CLAIMS = (
    ClaimChanged(
        KEY, CENTRE, IT, "Certificate in IT", "not-submitted", 4, 1, 1, "e" * 64,
        ("outbox/claims/68199-05349-1.csv", "outbox/claims/68199-05349-1.pdf"),
    ),
    ClaimChanged(f"{CENTRE}-{MEDIA}-1", CENTRE, MEDIA, "Diploma in Media", "submitted"),
)  # fmt: skip
MAILS = (
    Mailed("summary", "office", "sent"),
    Mailed("workbooks", "12B", "waiting", "The server did not know <sam@example.ac.uk>."),
)
UNDONE = (
    Undone("export", "68199-05349-1.csv is open in another program.", "Close it; it is written next night."),
    Undone("mail", "The server did not know sam@example.ac.uk.", "Put the address right."),
)


def night(**other: Any) -> Account:
    """A night with everything in it, but for what is said *other*wise."""
    told: dict[str, Any] = {
        "id": RUN, "who": "Pat Smith", "started": "2026-11-26T02:00:00Z", "ended": "2026-11-26T02:03:20Z",
        "seconds": 200.1234, "took_over": ("20261125T020000Z-77aa",), "files": FILES, "claims": CLAIMS,
        "changes": Stream(lambda: ((KEY, change) for change in CHANGES)), "problems": Stream(problems),
        "term": TERM, "mails": MAILS, "undone": UNDONE,
    }  # fmt: skip
    return Account(**(told | other))


def quiet(**other: Any) -> Account:
    """A night in which nothing came."""
    return Account(RUN, "Pat Smith", "2026-11-26T02:00:00Z", "2026-11-26T02:00:01Z", 0.8, **other)
