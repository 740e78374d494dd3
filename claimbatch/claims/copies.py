"""The copies of a template that were taken into a claim, and what each of them said.

A teacher keeps one file all term and sends it again: what its earlier copies said tells a later one from a colleague's
copy of the same template, and a change from a cell that nobody has touched. The receipt of a workbook in the history
keeps it, by candidate and unit: no names, and chained like all that happened to a claim.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from claimbatch.claims.history import STATEMENTS, Event, Kind, facts
from claimbatch.claims.merge import Mark

Target = tuple[str, str]  # candidate number, unit
Said = Mapping[Target, Mark]


@dataclass(frozen=True, slots=True)
class Copy:
    """A workbook that was taken, and what it *said* that its template did not: ``("", "")`` is *Not claiming*.

    What it changed stands in the claim's history after the revision *since* and before *revision*, its receipt.
    """

    workbook: str
    who: str
    at: str
    said: Said
    since: int
    revision: int

    @property
    def run(self) -> int:
        """Tells the merges apart: copies that were taken in one have the same."""
        return self.since or self.revision

    def brought(self, target: Target, mark: Mark, revision: int) -> bool:
        """Whether the line's *mark*, stated at *revision*, came from it: by itself, or with others in the same run."""
        return self.since < revision < self.revision and self.said.get(target) == mark


def kept(said: Said) -> dict[str, dict[str, Mark]]:
    """What a copy said, as its receipt keeps it: by candidate number and unit."""
    found: dict[str, dict[str, Mark]] = {}
    for (candidate, unit), mark in said.items():
        found.setdefault(candidate, {})[unit] = mark
    return found


def copies_of(history: Iterable[Event], template_ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
    """The copies of these templates that were taken into a claim with this *history*, first things first."""
    copies: dict[str, tuple[Copy, ...]] = {}
    stated: dict[str, list[Event]] = {}  # by the SHA-256 of the workbook
    for event in history:
        if event.template_id not in template_ids:
            continue
        if event.kind in STATEMENTS:
            stated.setdefault(event.sha256, []).append(event)
        elif event.kind == Kind.RECEIVED:
            copy = _copy(event, stated.get(event.sha256, []))
            copies[event.template_id] = (*copies.get(event.template_id, ()), copy)
    return copies


def _copy(receipt: Event, stated: Iterable[Event]) -> Copy:
    """The copy of a *receipt*; of one that keeps nothing, written before receipts did, what it changed is known."""
    known = facts(receipt)
    said = {
        (candidate, unit): (grade, assessor)
        for candidate, units in known.get("said", {}).items()
        for unit, (grade, assessor) in units.items()
    }
    if "said" not in known:
        said = {(event.candidate, event.unit): (event.grade, event.assessor) for event in stated}
    since = int(known.get("since", 0))
    return Copy(receipt.workbook, receipt.who, receipt.at, said, since, receipt.revision)
