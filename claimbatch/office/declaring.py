"""What a centre says beside its grades: that declarations are signed, and why a queried entry is right."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from claimbatch.claims import life
from claimbatch.claims.claim import candidate_named
from claimbatch.claims.standing import Query
from claimbatch.office.asked_for import in_words
from claimbatch.office.opened import OpenClaim


class QueryTold(NamedTuple):
    """A *query*, *what* was found in one sentence, and the *answer*, blank where there is none."""

    query: Query
    what: str
    answer: str


def candidates_meant(
    opened: OpenClaim, numbers: Iterable[str] = (), *, everyone: bool = False, file: Path | None = None
) -> set[str]:
    """The candidates that people name by their *numbers*, in a *file*, or as *everyone* on the claim.

    Raises :class:`~claimbatch.errors.ClaimbatchError` for what is no candidate number, and for a file in doubt.
    """
    wanted = {candidate_named(number) for number in numbers}
    if file:
        from claimbatch.intake.short_lists import candidates_in  # noqa: PLC0415 - the readers of files

        wanted |= set(candidates_in(file, opened.claim, opened.workspace.register_kinds()))
    if everyone:
        wanted |= {line.candidate for line in opened.claim.lines}
    return wanted


def declare(opened: OpenClaim, candidates: Collection[str], *, who: str, undo: bool = False) -> int:
    """Record that the signed declarations of *candidates* are held, or take the record back; how many were new."""
    return life.declare(opened.store, opened.claim, candidates, who, undo=undo)


def queries_of(opened: OpenClaim) -> list[QueryTold]:
    """The queries of the workbooks that a claim was made from, with their answers."""
    from claimbatch.intake.rules import fault_of  # noqa: PLC0415 - pandas

    words = opened.store.explanations(opened.key)
    return [
        QueryTold(
            query, fault_of(query.rule), words.get(query.answered, "(removed)") if query.answered else ""
        )
        for query in opened.standing.queries
    ]


def answer(opened: OpenClaim, number: int, explanation: str, *, who: str) -> None:
    """Answer the query *number*; the *explanation* is kept with the claim and printed on its report."""
    life.answer(opened.store, opened.claim, number, in_words("The explanation", explanation), who)
