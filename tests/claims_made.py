"""Makes claims for tests out of small text tables, and larger ones by rule; no register, no store."""

from dataclasses import replace
from datetime import date
from random import Random

from claimbatch.claims.claim import Candidate, Claim, Line, Status
from claimbatch.form.qualification import Qualification, Unit

UNITS = (
    Unit(1, "Communication and employability skills for IT", "Y/601/3246", credits=10),
    Unit(2, "Information systems", "D/601/7251", credits=10),
    Unit(3, "Computer systems", "H/601/7254", credits=10),
    Unit(4, "Managing networks", credits=10),
    Unit(5),
)
QUALIFICATION = Qualification(
    entry_code="05347",
    title="OCR Level 3 Cambridge Technical Certificate in IT",
    suite=2012,
    level=3,
    subject="it",
    units=UNITS,
    unit_set=None,
    size=None,
    verified=True,
    why="",
    source=(),
    other_awarding_body_units=True,
    rules={},
    file="it.toml",
)
ASSESSORS = {"JH": "Jo Hughes", "RK": "Ravi Khan", "MARY": "Mary O’Dowd", "TS": "Tamsin Sharpe-Whittington"}
SMALL = """
0007 Okafor, Chidi      1:P:JH 3:M:JH
0042 Adeyemi-Clarke, Bo 1:M:JH 3:D:RK
0101 Nguyen, Mai        1:P:RK
"""


def claim_of(table: str = SMALL, **changes: object) -> Claim:
    """A submitted claim; a row of *table* is a candidate number, a name, and ``unit:grade:assessor`` each."""
    candidates, lines = {}, []
    for row in table.strip().splitlines():
        number, *words = row.split()
        given = [word.rsplit(":", 2) for word in words if word.count(":") >= 2]
        name = " ".join(word for word in words if word.count(":") < 2)
        candidates[number] = Candidate(number, name, date(2008, 4, 3))
        lines += [Line(number, unit, grade, assessor) for unit, grade, assessor in given]
    claim = Claim(
        key="05347-1",
        centre_number="68199",
        centre_name="Example College",
        qualification=QUALIFICATION,
        status=Status.SUBMITTED,
        claim_number="2600417",
        revision=12,
        head="9f2c" * 16,
        lines=tuple(lines),
        candidates=candidates,
        assessors=ASSESSORS,
    )
    return replace(claim, **changes)


def big_claim(candidates: int, units: int, assessors: int = 1) -> Claim:
    """A claim of so many *candidates* × *units*, most of them claimed, by so many *assessors*."""
    qualification = replace(
        QUALIFICATION, units=tuple(Unit(n, f"Title of unit {n}") for n in range(1, units + 1))
    )
    initials = list(ASSESSORS)[:assessors]
    lines = [
        Line(f"{c:04}", str(u), "PPMMD"[(c * 7 + u * u) % 5], initials[(u + c // 9) % len(initials)])
        for c in range(1, candidates + 1)
        for u in range(1, units + 1)
        if (c * 5 + u * 3) % 11
    ]
    people = {
        f"{c:04}": Candidate(f"{c:04}", f"Surname{c}, Forename", date(2008, 1, 1))
        for c in range(1, candidates + 1)
    }
    return claim_of(qualification=qualification, lines=tuple(lines), candidates=people)


def random_claim(random: Random, candidates: int, units: int, assessors: int, missing: float) -> Claim:
    """A claim as uneven as real ones: some candidates miss most units; a unit has one assessor mostly, not always."""
    initials = list(ASSESSORS)[:assessors]
    lines = []
    for candidate in range(1, candidates + 1):
        misses = random.choice([missing / 4, missing, min(0.8, missing * 2)])
        for unit in range(1, units + 1):
            if random.random() < misses:
                continue
            mostly = initials[unit % assessors]
            assessor = random.choice([mostly, mostly, *initials])
            lines.append(Line(f"{candidate:04}", str(unit), random.choice("PPMMD"), assessor))
    return claim_of(lines=tuple(lines))
