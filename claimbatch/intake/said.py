"""What workbooks say: which of their lines can be taken, as statements; and what contradicts, and where."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from claimbatch import clock
from claimbatch.claims.claim import OTHER, unit_label
from claimbatch.claims.history import Event
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement, in_words
from claimbatch.form.layout import NOT_CLAIMING, normal
from claimbatch.intake.known import Target
from claimbatch.intake.rules import run
from claimbatch.intake.rules.lines import initials_clash
from claimbatch.intake.stance import Measure, Stance
from claimbatch.intake.tables import Line, Person, Rows
from claimbatch.intake.values import squeeze
from claimbatch.problems import Problem, word

if TYPE_CHECKING:
    from claimbatch.intake.judge import Finding

NAMED = 3  # workbooks that contradict a line which are named; the others are counted
_COLUMNS = (
    "file", "candidate", "unit", "says", "base", "now", "contradicts", "rival", "more", "claim", "source", "because",
    "right", "which", "mark", "overruling", "grade_shown", "grade_sheet", "grade_row", "grade_col",
)  # fmt: skip


class Said(NamedTuple):
    """A clean statement, and what is known of it.

    *now* is the claim's mark, *source* where that came from, *stance* how the line stands to it; *because* says why a
    line that contradicts is not taken for a correction. *heading* stands above the cell.
    """

    statement: Statement
    now: Mark
    stance: Stance
    heading: str
    source: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the errors found speak against, each with the position of its workbook in the run; *files* are these."""

    cells: frozenset[tuple[int, str, int, int]]
    rows: frozenset[tuple[int, str, int]]
    candidates: frozenset[tuple[int, str]]
    assessors: frozenset[tuple[int, str]]
    files: frozenset[int]

    @classmethod
    def of(cls, findings: "Iterable[Finding]", rows: Iterable[Rows]) -> "Doubts":
        """An error that is about no unit speaks against all that its row says of the candidate."""
        errors = [finding for finding in findings if finding.problem.is_error]
        cells = frozenset(finding.cell for finding in errors)
        in_rows = frozenset(cell[:3] for cell in cells)
        people = [p for part in rows for p in part.people if _row(p) in in_rows or not p.name]
        return cls(
            cells,
            in_rows,
            frozenset((f.cell[0], f.problem.candidate) for f in errors if not f.problem.unit),
            frozenset((person.file, person.initials.casefold()) for person in people),
            frozenset([*(cell[0] for cell in cells), *(person.file for person in people)]),
        )

    def leave(self, line: Line) -> bool:
        """Whether they leave *line* alone, so that it can be taken."""
        grade = (line.file, line.grade_sheet, line.grade_row, line.grade_col)
        assessor = (line.file, line.assessor_sheet, line.assessor_row, line.assessor_col)
        assessed = (line.assessor and line.findable) or line.grade == NOT_CLAIMING
        row_counts = line.unit.startswith(OTHER)  # there the unit itself stands in the row
        return bool(
            line.candidate_ok
            and line.grade
            and assessed
            and self.cells.isdisjoint((grade, assessor))
            and (line.file, line.candidate) not in self.candidates
            and (line.file, line.assessor.casefold()) not in self.assessors
            and not (row_counts and grade[:3] in self.rows)
        )


def newcomers(rows: Iterable[Rows], doubts: Doubts) -> list[Person]:
    """The assessors that workbooks introduce and no error speaks against."""
    people = (person for part in rows for person in part.people)
    return [p for p in people if p.new and p.initials and p.name and _row(p) not in doubts.rows]


def same_initials(people: Sequence[tuple[str, Person]]) -> list[Problem]:
    """Initials that workbooks of the run give to different new assessors: told at each, with the other's name."""
    if not people:
        return []
    from claimbatch.intake.judge import place_of  # noqa: PLC0415 - brings pandas

    groups: dict[tuple[str, str], list[tuple[str, Person]]] = {}
    for workbook, person in people:
        groups.setdefault((person.centre, person.initials), []).append((workbook, person))
    problems = []
    for members in groups.values():
        names: dict[str, tuple[str, Person]] = {}
        for member in members:
            names.setdefault(squeeze(member[1].name), member)
        first = list(islice(names.items(), 2))  # one of them has another name than whoever asks
        for workbook, person in members:
            rivals = [other for name, other in first if name != squeeze(person.name)]
            for where, rival in rivals[:1]:
                spot = (person.initials_sheet, person.initials_row, person.initials_col)
                facts = {"holder": f"{rival.name} in {where}"}
                place = place_of(*spot, workbook, "Initials")
                problems.append(Problem(initials_clash, place, person.initials_shown, facts=facts))
    return problems


def _row(person: Person) -> tuple[int, str, int]:
    return person.file, person.initials_sheet, person.initials_row


def source(last: Event) -> str:
    """Where the claim's last word on a line came from: ``from Jones.xlsx, Grades!E5, taken by Pat on …``."""
    day = clock.day(last.at)
    if not last.workbook:
        return f"by hand, {last.who} on {day}"
    return f"from {last.workbook}, {last.sheet}!{last.cell}, taken by {last.who} on {day}"


def because(measure: Measure, target: Target, mark: Mark) -> str:
    """Why a line is not taken for a correction of what an earlier copy of its workbook said; a sentence, or nothing."""
    before = measure.voiced(target, mark)
    if before:
        told = f"{before.workbook}, taken on {clock.day(before.at)}"
        return (
            f" This template said {in_words(mark)} there before ({told}): it is an older copy, or nobody has changed "
            "the cell since."
        )
    for copy in measure.brought(target):
        candidate, unit = min(copy.said.keys() - measure.said.keys())
        return (
            f" This is not taken for a later copy of {copy.workbook}, made from the same template, because it says "
            f"nothing of candidate {candidate} in {unit_label(unit)}, where that one does."
        )
    return ""


def one_spelling(said: Sequence[Said]) -> list[Said]:
    """What is said of a unit of another awarding body, under one spelling however people type it."""
    spelt: dict[tuple[str, str, str], str] = {}
    for s, *_ in said:
        if s.unit.startswith(OTHER):
            key = (s.centre_number, s.entry_code, squeeze(s.unit))
            spelt[key] = min(s.unit, spelt.get(key, s.unit))
    return [_respelt(one, spelt) if one.statement.unit.startswith(OTHER) else one for one in said]


def _respelt(one: Said, spelt: Mapping[tuple[str, str, str], str]) -> Said:
    s = one.statement
    return one._replace(statement=s._replace(unit=spelt[s.centre_number, s.entry_code, squeeze(s.unit)]))


class Overruled(NamedTuple):
    """A statement against what the claim has come to say, and whose words that was (*source*).

    *taken* is whether it holds against them; a line that its author has not touched since an earlier copy does not.
    """

    statement: Statement
    now: Mark
    source: str
    taken: bool


def overrule(said: Iterable[Said], only: Collection[tuple[str, str]]) -> tuple[list[Said], list[Overruled]]:
    """Let what was changed in workbooks hold against the claim, everywhere or *only* in these cells.

    Never a stale line: that stays silent, as if the workbook did not say it. Cells are told as by :func:`spot_of`.
    """
    after, over = [], []
    for one in said:
        s = one.statement
        if one.stance.contradicts and (not only or spot_of(s) in only):
            against, taken = s._replace(base=one.now), not one.stance.stale
            over.append(Overruled(against, one.now, one.source, taken))
            after.append(one._replace(statement=against, stance=Stance(one.now, speaks=taken)))
        else:
            after.append(one)
    return after, over


def compare(said: Sequence[Said]) -> list[Problem]:
    """The problems between workbooks of the run, and between them and the claim."""
    rivals = _rivals(said)
    if not rivals and not any(one.stance.contradicts for one in said):
        return []
    import pandas as pd  # noqa: PLC0415 - slow to import, and few runs have anything to compare

    from claimbatch.intake.judge import find  # noqa: PLC0415

    rows = [
        (
            index, s.candidate, s.unit, in_words(s.mark), in_words(s.base), in_words(now), stance.contradicts,
            *rivals.get(index, ("", "")), s.claim_key, source, because, (now[0] and in_words(now)) or NOT_CLAIMING,
            *(_typed(s, stance) if stance.contradicts else ("", "", "")),
            s.mark[0] or NOT_CLAIMING, s.sheet, s.row, s.column,
        )
        for index, (s, now, stance, _, source, because) in enumerate(said)
        if stance.contradicts or index in rivals
    ]  # fmt: skip
    found: dict[int, Problem] = {}
    if not rows:
        return []

    for finding in find(pd.DataFrame.from_records(rows, columns=list(_COLUMNS)), run.RULES, None):
        one = said[finding.cell[0]]
        place = replace(finding.problem.place, workbook=one.statement.workbook, field=one.heading)
        found.setdefault(finding.cell[0], replace(finding.problem, place=place))
    return list(found.values())


def _typed(s: Statement, stance: Stance) -> tuple[str, str, str]:
    """Unit and mark as ``claimbatch claim set`` takes them: ``3`` and ``M JH``, or ``"Not claiming"``.

    And, in brackets, the command that takes what this cell says; where nobody has changed the cell since an earlier
    copy, the one that leaves it aside and takes the rest.
    """
    mark = word(NOT_CLAIMING) if s.mark == UNCLAIMED else " ".join(map(word, s.mark))
    command = f"claimbatch merge {word(s.workbook)} --overrule"
    if stance.stale:
        return word(s.unit), mark, f" (or leave this cell aside and take what was changed: {command})"
    only = word(f"{s.sheet}!{s.cell}")
    return word(s.unit), mark, f" (or take what this cell says: {command} --only {only})"


def set_command(s: Statement) -> str:
    """The command that puts what *s* says into the claim by hand."""
    unit, mark, _ = _typed(s, Stance(s.base, speaks=True))
    return f"claimbatch claim set {s.claim_key} {s.candidate} {unit} {mark}"


def spot_of(s: Statement) -> tuple[str, str]:
    """Where a statement stands in its workbook, as people may name it: the sheet in any case of letters."""
    return normal(s.sheet), s.cell


def spot_named(text: str) -> tuple[str, str] | None:
    """The cell that *text* names, as a message prints it (``Grades!E5``) or as a spreadsheet does; None, if it is none.

    Quotation marks that a shell has left there, as that of Windows does with single ones, are none of it.
    """
    found = re.fullmatch(r"'?(.+?)'?!\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})'?", text.strip())
    return (normal(found[1]), f"{found[2].upper()}{found[3]}") if found else None


def _rivals(said: Sequence[Said]) -> dict[int, tuple[str, str]]:
    """For each statement that others contradict: what the first of them say and where, and how many more do.

    What an earlier copy of the same workbook said, and the claim says still, is not said against anybody. However many
    claim one line, each of them is looked at a few times, never once for each of the others.
    """
    groups: dict[tuple[str, str, str, str], dict[Mark, list[int]]] = {}
    for index, (s, now, *_) in enumerate(said):
        if not s.mark == s.base == now:
            line = s.centre_number, s.entry_code, s.candidate, s.unit
            groups.setdefault(line, {}).setdefault(s.mark, []).append(index)
    rivals = {}
    for marks in groups.values():
        claimants = sum(map(len, marks.values()))
        first = sorted(index for same in marks.values() for index in same[:NAMED])
        for mark, same in marks.items() if len(marks) > 1 else ():
            others = list(islice((i for i in first if said[i].statement.mark != mark), NAMED))
            more = claimants - len(same) - len(others)
            for index in same:
                rivals[index] = (
                    _told(said, others, said[index].statement),
                    f"; and {more} more" if more else "",
                )
    return rivals


def _told(said: Sequence[Said], others: Sequence[int], mine: Statement) -> str:
    """What the *others* say, and where; of several in few words, so that the last of them is told too."""
    rivals = (said[index].statement for index in others)
    brief = len(others) > 1
    return "; ".join(f"{in_words(rival.mark)} in {_where(rival, mine, brief=brief)}" for rival in rivals)


def _where(other: Statement, mine: Statement, *, brief: bool) -> str:
    """Where another statement stands, seen from *mine*."""
    if other.workbook == mine.workbook:
        return f"{other.sheet}!{other.cell}{'' if brief else ': the unit stands twice in this workbook'}"
    known = "" if brief else ": perhaps an older version of this workbook"
    same = other.template_id == mine.template_id
    twin = f" (made from the same template{known})" if same else ""
    return f"{other.workbook}, {other.sheet}!{other.cell}{twin}"
