"""Writes each claim that is not as it was written last: as tables for programs, as a report for people.

Whether it has changed is told by the head of its history and by its rows, not by what the night did: so a change made
by hand during the day is written too, a corrected name, and what a run that was killed has not come to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from claimbatch.claims.life import look
from claimbatch.claims.store import ClaimRow, Store
from claimbatch.errors import ClaimbatchError
from claimbatch.files import sha256
from claimbatch.files.anywhere import Names, Spot, write
from claimbatch.night.account import ClaimChanged, Undone
from claimbatch.night.changes import claim_changed
from claimbatch.night.drawing import drawn
from claimbatch.night.remembered import Written
from claimbatch.night.tonight import Tonight
from claimbatch.night.undone import told_of
from claimbatch.office.documents import Asked, Sources, document
from claimbatch.output.export import WRITERS, Row, rows_of, to_csv
from claimbatch.output.many import Order


@dataclass
class Writing:
    """The claims that were *changed*, and how each was *written*, by key; what could not be written is *undone*."""

    changed: list[ClaimChanged] = field(default_factory=list)
    written: dict[str, Written] = field(default_factory=dict)
    undone: list[Undone] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Claim:
    row: ClaimRow
    title: str
    head: str
    signature: str
    rows: list[Row]


def write_claims(
    tonight: Tonight, before: Mapping[str, Written], counts: Mapping[str, ClaimChanged]
) -> Writing:
    """Write the claims that are not as they were written *before*; *counts* are those of the night, by key."""
    done = Writing(written=dict(before))
    places, sources, names = tonight.places, Sources(tonight.workspace), Names()
    due: dict[str, tuple[_Claim, list[Spot]]] = {}
    for claim in _claims(tonight.store, sources, done.undone):
        files = _files(tonight, claim.row.key)
        signed = Written(claim.signature, tuple(map(places.told, files)))
        try:
            is_written = before.get(claim.row.key) == signed and all(map(names.has_file, files))
        except ClaimbatchError as error:
            done.undone += [one for one in told_of("export", error) if one not in done.undone]
            continue
        if files and not is_written:
            due[claim.row.key] = claim, files
    failed: set[str] = set()
    for key, (claim, files) in due.items():
        try:
            _export(claim, files)
        except ClaimbatchError as error:
            _failed(done, failed, key, error)
    _report(tonight, sources, {key: files for key, (_, files) in due.items()}, done, failed)
    for key, (claim, files) in due.items():
        if key not in failed:
            told = tuple(map(places.told, files))
            done.written[key] = Written(claim.signature, told)
            done.changed.append(_changed(claim, counts.get(key) or claim_changed(key), told))
    return done


def _claims(store: Store, sources: Sources, undone: list[Undone]) -> Iterator[_Claim]:
    """The claims as they stand, in order of their keys."""
    heads = store.heads()
    for row in sorted(store.claims(), key=lambda row: row.key):
        try:
            stands = look(store, sources.catalogue, row.key)
        except ClaimbatchError as error:
            undone.append(Undone("export", f"Claim {row.key}: {error.message}", error.hint))
            continue
        rows = rows_of(stands)
        head = heads.get(row.key, (0, ""))[1]
        signature = sha256(head.encode() + to_csv(rows))
        yield _Claim(row, stands.claim.qualification.title, head, signature, rows)


def _files(tonight: Tonight, key: str) -> list[Spot]:
    night = tonight.workspace.config.night
    names = [f"{key}.{style}" for style in night.export] + [f"{key}_claim.{style}" for style in night.report]
    return [tonight.places.claims / name for name in names]


def _export(claim: _Claim, files: list[Spot]) -> None:
    for path in files:
        if not path.stem.endswith("_claim"):
            write(path, WRITERS[path.suffix[1:]](claim.rows))


def _report(
    tonight: Tonight, sources: Sources, due: Mapping[str, list[Spot]], done: Writing, failed: set[str]
) -> None:
    """Draw the reports; those that go to a server are drawn into the run's folder, and put there from it."""
    whose: dict[Path, tuple[str, Spot]] = {}

    def orders() -> Iterator[Order]:
        for key, files in due.items():
            some = [path for path in files if path.stem.endswith("_claim")]
            if key in failed or not some:
                continue
            try:
                made = document(sources, key, Asked())
            except ClaimbatchError as error:
                _failed(done, failed, key, error)
                continue
            for path in some:
                drawn_to = path if isinstance(path, Path) else tonight.run.answers / path.name
                whose[drawn_to] = key, path
                yield Order(made, path.suffix[1:], drawn_to)

    reports = sum(path.stem.endswith("_claim") for files in due.values() for path in files)
    with tonight.watch("Drawing reports", reports) as advance:
        for order, error in drawn(orders(), tonight.workspace.config.workers):
            key, path = whose[order.path]
            try:
                if error:
                    raise error
                if path is not order.path:
                    write(path, order.path.read_bytes())
            except ClaimbatchError as why:
                _failed(done, failed, key, why)
            advance(1, 0)


def _failed(done: Writing, failed: set[str], key: str, error: ClaimbatchError) -> None:
    failed.add(key)
    done.undone += [replace(one, why=f"Claim {key}: {one.why}") for one in told_of("export", error)]


def _changed(claim: _Claim, counted: ClaimChanged, written: tuple[str, ...]) -> ClaimChanged:
    status = claim.row.status.value
    return replace(counted, title=claim.title, status=status, head=claim.head, written=written)
