"""What was found in one workbook, packed where it was read: the run opens only what it has to look into.

Most workbooks have no problem, and cross no other. So of each a few facts are at hand, and the rest are bytes that
travel from worker to run and wait there (:class:`~claimbatch.spool.Spool`): which lines it claims, to be held against
those of others; what is told of it; and all that it says, which only a merge takes up.
"""

import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from copyreg import dispatch_table
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple, TypeVar

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import Mark, Statement
from claimbatch.intake.chunk import Part
from claimbatch.intake.known import Target
from claimbatch.intake.results import Book, FileResult, Outcome
from claimbatch.intake.rules import RULES, lines
from claimbatch.intake.said import Overruled, Said
from claimbatch.intake.stance import Stance
from claimbatch.intake.tables import Person
from claimbatch.problems import Problem, Rule, one_a_cell

Claims = list[tuple[Target, Mark]]
Item = TypeVar("Item")
_RULES = (*RULES, lines.not_a_name)
_SPEAKS = Stance._fields.index("speaks")


class Told(NamedTuple):
    """What is told of a workbook.

    Its problems in their order, the queries that it answers, the assessors that it introduces, and what it was to
    overrule.
    """

    problems: Sequence[Problem] = ()
    answers: Sequence[tuple[Problem, str]] = ()
    people: Sequence[Person] = ()
    overruled: Sequence[Overruled] = ()


class Says(NamedTuple):
    """What a workbook says that is clean, and the lines (*filled*) of which it says anything at all."""

    said: Sequence[Said] = ()
    filled: frozenset[Target] = frozenset()


class Parcel(NamedTuple):
    """One workbook: its result, whether it is settled by itself unless others claim its lines, and the rest as bytes.

    *claims*, *told* and *says* are opened by :func:`claims_in`, :func:`told_in` and :func:`said_in`.
    """

    result: FileResult
    alone: bool
    claims: bytes
    told: bytes
    says: bytes


def packed(part: Part) -> list[Parcel]:
    """The workbooks of a chunk, each by itself."""
    problems = by_workbook(part.problems, lambda problem: problem.place.workbook)
    said = by_workbook(part.said, lambda one: one.statement.workbook)
    people = by_workbook(part.people, lambda person: person[0])
    answers = by_workbook(part.answers, lambda answer: answer[0].place.workbook)
    parcels = []
    for result in part.files:
        name = result.workbook
        new = [person for _, person in people.get(name, ())]
        told = Told(problems.get(name, ()), answers.get(name, ()), new)
        says = Says(said.get(name, ()), part.filled.get(name, frozenset()))
        parcels.append(parcel(result, told, says))
    return parcels


def parcel(result: FileResult, told: Told, says: Says) -> Parcel:
    """A workbook packed: its problems put in order, one for each cell, and its outcome what they make it."""
    problems = sorted(one_a_cell(told.problems), key=_where)
    answers = sorted(told.answers, key=lambda answer: _where(answer[0]))
    told = told._replace(problems=problems, answers=answers)
    rows = [(tuple(one.statement), one.now, tuple(one.stance), *one[3:]) for one in says.said]
    claims = _claims(says.said)
    own = len({target for target, _ in claims}) == len(claims)  # no line stands in it twice
    alone = own and not told.people and not any(_hangs_on_others(one) for one in says.said)
    return Parcel(
        replace(result, outcome=_outcome(result, problems)),
        alone,
        _dump(claims) if claims else b"",
        _dump(tuple(told)) if any(told) else b"",
        _dump((rows, says.filled)) if rows or says.filled else b"",
    )


def claims_in(content: bytes) -> Claims:
    """The lines that a workbook asks to be on the claim, with what they say: what others may say otherwise."""
    found: Claims = pickle.loads(content) if content else []  # noqa: S301 - ours
    return found


def told_in(content: bytes) -> Told:
    """What is told of a workbook."""
    return Told._make(pickle.loads(content)) if content else Told()  # noqa: S301 - ours


def said_in(content: bytes) -> Says:
    """What a workbook says."""
    if not content:
        return Says()
    rows, filled = pickle.loads(content)  # noqa: S301 - ours
    said = [Said(Statement._make(s), now, Stance._make(stance), *more) for s, now, stance, *more in rows]
    return Says(said, filled)


def book(result: FileResult, told: bytes, says: bytes) -> Book:
    """A workbook with all that was found in it."""
    found = told_in(told)
    speaking: list[Statement] = []
    silent: list[Statement] = []
    rows, filled = pickle.loads(says) if says else ((), frozenset())  # noqa: S301 - ours
    for said, _, stance, *_ in rows:
        (speaking if stance[_SPEAKS] else silent).append(Statement._make(said))
    return Book(result, found.problems, found.answers, found.overruled, speaking, silent, filled)


def problems_packed(problems: Iterable[Problem]) -> bytes:
    """Problems as bytes, to be read by the same version; packed they come one workbook after the other."""
    return _dump(list(problems))


def problems_in(content: BinaryIO) -> Iterator[Problem]:
    """All problems in a file of packed ones."""
    with suppress(EOFError):
        while True:
            yield from pickle.load(content)  # noqa: S301 - ours


def _claims(said: Iterable[Said]) -> Claims:
    """Without what an earlier copy of the workbook said and the claim says still: that is said against nobody."""
    same: dict[Any, Any] = {}  # one object for what is the same, so that it is packed once
    return [
        ((same.setdefault(s.candidate, s.candidate), same.setdefault(s.unit, s.unit)), same.setdefault(s.mark, s.mark))
        for s, now, stance, *_ in said
        if stance.speaks and not s.unit.startswith(OTHER) and not s.mark == s.base == now
    ]  # fmt: skip


def _hangs_on_others(one: Said) -> bool:
    """Whether it has to be looked at together with all that others say.

    What contradicts the claim, and units of other awarding bodies, of which other workbooks may have another spelling.
    """
    return one.stance.contradicts or one.statement.unit.startswith(OTHER)


def _outcome(result: FileResult, problems: Sequence[Problem]) -> Outcome:
    """Rejected stays, else errors, else queries, else clean."""
    if result.outcome is Outcome.REJECTED:
        return Outcome.REJECTED
    if any(problem.is_error for problem in problems):
        return Outcome.ERRORS
    return Outcome.QUERIES if problems else Outcome.CLEAN


def _where(problem: Problem) -> tuple[str, int, int, str]:
    """What problems of one workbook are sorted by."""
    return problem.place.sheet, *problem.place.address, problem.rule.code


def by_workbook(items: Iterable[Item], name: Callable[[Item], str]) -> dict[str, list[Item]]:
    """The *items* by the workbook that *name* finds in each."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(name(item), []).append(item)
    return found


def _dump(value: object) -> bytes:
    """A value as bytes, rules by their number."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _DISPATCH
    pickler.dump(value)
    return buffer.getvalue()


def _by_number(rule: Rule) -> tuple[Any, ...]:
    return rule_number, (next(number for number, known in enumerate(_RULES) if known is rule),)


def rule_number(number: int) -> Rule:
    """The rule that has this number in all processes of one version."""
    return _RULES[number]


_DISPATCH = {**dispatch_table, Rule: _by_number}
