"""What one workbook says: its clean lines as statements to the claim, and how many of its lines are what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement, says_something
from claimbatch.intake.known import Target
from claimbatch.intake.plain import in_full
from claimbatch.intake.said import Doubts, Said, because, source
from claimbatch.intake.stance import Measure, Stance, mark_of, says
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Line, PlainLine, Rows

new = tuple.__new__


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a workbook says, as far as it is clean, in the order of its rows (*said*), and *filled*: all its lines.

    *held* are how many of these cannot be taken as they are, *new* how many say something else than its template did.
    """

    said: Sequence[Said]
    filled: frozenset[Target]
    lines: int
    held: int
    new: int


def hear(file: int, rows: Rows, submission: Submission, measure: Measure, doubts: Doubts) -> Spoken:
    """Hear a workbook, number *file* of the run, with these *rows*: all of it that the *doubts* leave alone."""
    lines, plain = [line for line in rows.lines if line.grade_shown], rows.plain.lines
    if file in doubts.files:
        lines, plain = [*in_full(rows.plain, file, submission, measure.issued), *lines], []
    said = _plainly(rows.plain.sheet, plain, submission, measure)
    speaking, taken = sum(one.stance.speaks for one in said), len(plain)
    for line in lines:
        stance = measure.stance((line.candidate, line.unit), mark_of(line))
        speaking += not line.grade or stance.speaks
        if doubts.leave(line):
            taken += 1
            if says(line):
                said.append(_statement(line, submission, measure, stance))
    if lines:
        said.sort(key=_place)
    filled = frozenset([target for target, *_ in plain] + [(line.candidate, line.unit) for line in lines])
    count = len(plain) + len(lines)
    return Spoken(said, filled, count, count - taken, speaking)


def _plainly(sheet: str, plain: Sequence[PlainLine], submission: Submission, measure: Measure) -> list[Said]:
    """The plain lines as statements, those aside that say what the template said; there may be very many."""
    identity, issued = submission.identity, measure.issued
    base_of, now_of, touched, key = issued.base.get, issued.now.get, issued.touched, issued.claim_key
    centre, code, template = identity.centre_number, identity.entry_code, identity.template_id
    workbook, sha256 = submission.workbook, submission.sha256
    headings = submission.headings_of(sheet)
    held, nothing = bool(issued.base or issued.now or touched), ("", "")
    claims, leaves = Stance(UNCLAIMED, speaks=True), Stance(UNCLAIMED, speaks=False)
    said = []
    for target, mark, row, column, _ in plain:
        now, stance, words = UNCLAIMED, claims if mark[0] else leaves, nothing
        if held:
            base, now = base_of(target, UNCLAIMED), now_of(target, UNCLAIMED)
            if mark == base != UNCLAIMED:
                continue
            stance = measure.stance(target, mark) if target in touched else _stance(base, mark, now)
            words = _against(measure, target, mark) if stance.contradicts else nothing
        candidate, unit = target
        # As NamedTuples are made, without a call of their own for each.
        statement = new(
            Statement,
            (
                centre, code, key, candidate, unit, mark, stance.base, workbook, sha256, sheet, row, column, template,
            ),
        )  # fmt: skip
        said.append(new(Said, (statement, now, stance, headings.get(column, ""), *words)))
    return said


@lru_cache(maxsize=4096)
def _stance(base: Mark, mark: Mark, now: Mark) -> Stance:
    """How a line stands that nobody has touched since the template's issue."""
    return Stance(base, says_something(mark, base, now))


def _statement(line: Line, submission: Submission, measure: Measure, stance: Stance) -> Said:
    """The line as a statement, with its *stance* to the claim, and in words what it contradicts."""
    identity, target, mark = submission.identity, (line.candidate, line.unit), mark_of(line)
    said = Statement(
        line.centre, line.entry_code, measure.issued.claim_key, *target, mark, stance.base,
        submission.workbook, submission.sha256, line.grade_sheet, line.grade_row, line.grade_col,
        identity.template_id,
    )  # fmt: skip
    heading = submission.headings_of(line.grade_sheet).get(line.grade_col, "")
    words = _against(measure, target, mark) if stance.contradicts else ("", "")
    return Said(said, (line.now_grade, line.now_assessor), stance, heading, *words)


def _against(measure: Measure, target: Target, mark: Mark) -> tuple[str, str]:
    """Where the claim's last word on a line came from, and why the line is not taken for a correction of it."""
    return source(measure.issued.last[target]), because(measure, target, mark)


def _place(one: Said) -> tuple[bool, int, int]:
    """Row by row, the units of other awarding bodies last."""
    s = one.statement
    return s.unit.startswith(OTHER), s.row, s.column
