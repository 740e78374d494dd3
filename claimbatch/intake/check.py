"""Check returned workbooks: chunk by chunk, and what crosses workbooks is compared at the end.

Checking one workbook is checking a list of one. Chunks (:mod:`claimbatch.intake.chunk`) bound what is held at a time.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from claimbatch.claims.merge import Statement
from claimbatch.intake import tables
from claimbatch.intake.chunk import FileResult, Files, Load, Outcome, Part, check_chunk
from claimbatch.intake.known import Target
from claimbatch.intake.rules import cleared
from claimbatch.intake.said import Overruled, Said, compare, one_spelling, overrule, same_initials
from claimbatch.problems import Problem

__all__ = [
    "Checked", "Executor", "FileResult", "Files", "Load", "Outcome", "Part", "check", "check_chunk", "chunks",
]  # fmt: skip

CHUNK = 256


class Executor(Protocol):
    """Whoever works on many files (see :mod:`claimbatch.intake.engine`)."""

    def parts(self, files: Files, load: Load) -> "list[Part]":
        """What was found in the *files*, cut into chunks in any way, the parts in any order."""


def chunks(files: Files, size: int = CHUNK) -> list[Files]:
    """The *files* in runs of no more than *size*."""
    return [files[start : start + size] for start in range(0, len(files), size)]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run found: its workbooks, all problems in their order, and what the workbooks say that is clean.

    *silent* are clean statements that ask for nothing, such as *Not claiming* of what is not claimed. *people*
    are the assessors that the register does not know yet, each with the workbook that names them.
    *answers* are the queries that a workbook explains on its sheet *Notes*, with the explanation. *overruled* are the
    statements against the claim that were to hold all the same. *filled* are the lines (candidate and unit) of which
    each workbook says anything.
    """

    files: tuple[FileResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    statements: tuple[Statement, ...] = ()
    silent: tuple[Statement, ...] = ()
    people: tuple[tuple[str, tables.Person], ...] = ()
    answers: tuple[tuple[Problem, str], ...] = ()
    overruled: tuple[Overruled, ...] = ()
    filled: Mapping[str, frozenset[Target]] = field(default_factory=dict)


def check(
    paths: Files,
    load: Load,
    executor: "Executor | None" = None,
    *,
    overruling: bool = False,
    only: Collection[tuple[str, str]] = (),
    received: Collection[str] = (),
) -> Checked:
    """Check the workbooks at *paths*, each with the name to call it by.

    *load* is asked once per chunk for what is known of the templates (ids) that its workbooks came from. The *executor*
    says who works on the chunks; without one it is this process. What comes of it is the same. With
    *overruling* what was changed in the workbooks holds against what the claim has come to say since their templates
    were issued: all of it, or *only* what stands in these cells (sheet, cell). Those *received* before, told by their
    SHA-256, are no rivals to the others: the claim speaks for them, and later copies.
    """
    parts = executor.parts(paths, load) if executor else [check_chunk(some, load) for some in chunks(paths)]
    whole = _joined(parts, {name: position for position, (_, name) in enumerate(paths)})
    everything = one_spelling(whole.said)
    everything, over = overrule(everything, only) if overruling else (everything, [])
    said = [one for one in everything if one.stance.speaks]
    namesakes = same_initials(whole.people)
    clashes = [*compare([one for one in said if one.statement.sha256 not in received]), *namesakes]
    old = {result.workbook for result in whole.files if result.sha256 in received}
    problems = list(_one_a_cell([*_not_of_older(whole.problems, old), *clashes]))
    unclear = {(problem.place.workbook, problem.value.upper()) for problem in namesakes}
    statements = tuple(_unclashed(said, clashes, unclear))
    silent = tuple(one.statement for one in everything if not one.stance.speaks)
    files = _held_back(whole.files, said, statements)
    return Checked(
        tuple(_settled(files, problems)),
        tuple(_in_order(files, problems)),
        statements,
        silent,
        tuple(person for person in whole.people if (person[0], person[1].initials) not in unclear),
        tuple(whole.answers),
        tuple(one for one in over if not one.taken or one.statement in statements),
        whole.filled,
    )


def _joined(parts: Sequence["Part"], position: Mapping[str, int]) -> "Part":
    """The *parts* as one, in the order of the run (*position* by workbook), whatever chunks they were found in."""
    files = (result for part in parts for result in part.files)
    answers = (answer for part in parts for answer in part.answers)
    filled = {workbook: lines for part in parts for workbook, lines in part.filled.items()}
    return Part(
        sorted(files, key=lambda result: position[result.workbook]),
        [problem for part in parts for problem in part.problems],
        sorted(
            (one for part in parts for one in part.said), key=lambda one: position[one.statement.workbook]
        ),
        sorted(person for part in parts for person in part.people),
        sorted(answers, key=lambda answer: (position[answer[0].place.workbook], *_where(answer[0]))),
        {workbook: filled[workbook] for workbook in sorted(filled, key=lambda workbook: position[workbook])},
    )


def _not_of_older(problems: Iterable[Problem], older: Collection[str]) -> Iterator[Problem]:
    """The *problems* without what later copies say and the *older* ones, received before, could not."""
    for problem in problems:
        if problem.rule not in cleared.RULES or problem.place.workbook not in older:
            yield problem


def _unclashed(
    said: Iterable[Said], clashes: Iterable[Problem], unclear: Collection[tuple[str, str]]
) -> Iterator[Statement]:
    """The statements that neither another workbook nor the claim contradicts, by assessors who can be told.

    *unclear* are the initials that cannot, each with the workbook.
    """
    clashing = {(p.place.workbook, p.place.sheet, p.place.cell) for p in clashes}
    for s, *_ in said:
        if (s.workbook, s.sheet, s.cell) not in clashing and (s.workbook, s.mark[1]) not in unclear:
            yield s


# --- outcomes --------------------------------------------------------------------------------------------------


def _one_a_cell(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for each cell: errors before queries, then the first that was found. What has no cell stays."""
    taken: set[tuple[str, str, str]] = set()
    for problem in sorted(problems, key=lambda problem: not problem.is_error):
        cell = problem.place.workbook, problem.place.sheet, problem.place.cell
        if not problem.place.cell or cell not in taken:
            taken.add(cell)
            yield problem


def _held_back(
    files: Iterable[FileResult], said: Iterable[Said], statements: Iterable[Statement]
) -> list[FileResult]:
    """The *files* with what was lost between workbooks, or against the claim, counted as held."""
    lost = Counter(one.statement.workbook for one in said)
    lost.subtract(statement.workbook for statement in statements)
    return [replace(result, held=result.held + lost[result.workbook]) for result in files]


def _settled(files: Iterable[FileResult], problems: Iterable[Problem]) -> Iterator[FileResult]:
    """Each workbook's outcome: rejected stays, else errors, else queries, else clean."""
    worst: dict[str, bool] = {}
    for problem in problems:
        worst[problem.place.workbook] = worst.get(problem.place.workbook, False) or problem.is_error
    for result in files:
        if result.outcome is not Outcome.REJECTED and result.workbook in worst:
            outcome = Outcome.ERRORS if worst[result.workbook] else Outcome.QUERIES
            yield replace(result, outcome=outcome)
        else:
            yield result


def _in_order(files: Iterable[FileResult], problems: Iterable[Problem]) -> list[Problem]:
    """Problems by workbook as the files were given, then as they were found (by sheet, row and column)."""
    position = {result.workbook: index for index, result in enumerate(files)}

    def key(problem: Problem) -> tuple[Any, ...]:
        return position[problem.place.workbook], *_where(problem)

    return sorted(problems, key=key)


def _where(problem: Problem) -> tuple[str, int, int, str]:
    """What problems of one workbook are sorted by."""
    return problem.place.sheet, *problem.place.address, problem.rule.code
