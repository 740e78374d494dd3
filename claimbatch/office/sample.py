"""The sample that the moderator chose: recorded from a list, a returned workbook or by ticking, and shown."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.claims.claim import Claim
from claimbatch.claims.submitted import Target, change_sample
from claimbatch.claims.submitted import record_sample as record
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown
from claimbatch.moderation.outcome import State, outcome
from claimbatch.moderation.sampling import Sample, recorded
from claimbatch.office.opened import OpenClaim

if TYPE_CHECKING:
    from claimbatch.intake.moderators import Returned


@dataclass(frozen=True, slots=True)
class FileHeard:
    """A file that names the lines of a sample. *returned* is a moderator's workbook as checked, None for a list."""

    file: Path
    listed: tuple[Target, ...] = ()
    returned: "Returned | None" = None

    @property
    def lines(self) -> tuple[Target, ...]:
        """The lines, candidate × unit. Raises :class:`ClaimbatchError` for a workbook in which nothing is ticked."""
        if self.returned is None:
            return self.listed
        if not self.returned.ticks:
            raise ClaimbatchError(
                f"Nothing is ticked in {shown(self.file)}.", "Choose Yes beside the work that is wanted."
            )
        return self.returned.ticks


@dataclass(frozen=True, slots=True)
class SampleRecorded:
    """How many lines were *new* in the sample, or taken out of it, and how many it has in *every*thing."""

    new: int
    every: int


@dataclass(frozen=True, slots=True)
class SampleChanged:
    """How many lines were *new* in the sample, and how many were taken *out* of it."""

    new: int
    out: int


@dataclass(frozen=True, slots=True)
class SampleSeen:
    """The moderator's *sample*, of the *claim* with what was withdrawn since, and what became of each of its lines.

    *outcomes* go by candidate and unit; one is blank while nothing is decided.
    """

    claim: Claim
    sample: Sample
    outcomes: Mapping[Target, str]


def hear_sample(opened: OpenClaim, file: Path, *, also: Collection[str] = ()) -> FileHeard:
    """Read the lines that a *file* names: the returned sample workbook, or a list; nothing is recorded.

    *also* are units that are claimed no more and may be meant. Raises :class:`ClaimbatchError` for a list in doubt; the
    problems of a workbook are told.
    """
    from claimbatch.intake.moderators import is_ours  # noqa: PLC0415 - pandas
    from claimbatch.intake.short_lists import sample_in  # noqa: PLC0415
    from claimbatch.office.moderators import hear_workbook  # noqa: PLC0415

    if not is_ours(file):
        kinds = opened.workspace.register_kinds()
        return FileHeard(file, tuple(sample_in(file, opened.claim, kinds, also)))
    seal = opened.workspace.key()
    return FileHeard(
        file,
        returned=hear_workbook(opened.store, opened.catalogue, seal, file, form="sample", key=opened.key),
    )


def record_sample(
    opened: OpenClaim, lines: Iterable[Target], *, who: str, undo: bool = False
) -> SampleRecorded:
    """Record that the moderator asked for these *lines*, candidate × unit, or take that back.

    Raises :class:`ClaimbatchError` for a line that is not claimed, and where the claim has changed since it was opened.
    """
    new = record(opened.store, opened.claim, lines, who, undo=undo)
    return SampleRecorded(new, len(opened.again().standing.sampled))


def choose_sample(
    opened: OpenClaim, more: Iterable[Target], out: Iterable[Target], *, who: str, seen: int | None = None
) -> SampleChanged:
    """Put *more* lines into the recorded sample and take others *out*, all or none.

    *seen* is the revision of the claim for which somebody agreed to that. Raises :class:`ClaimbatchError` for a line
    that is not claimed, for one to be taken out that is decided, and where the claim has changed since.
    """
    opened.refuse_unless_seen(seen)
    return SampleChanged(*change_sample(opened.store, opened.claim, more, out, who))


def sample_of(opened: OpenClaim) -> SampleSeen:
    """The sample that the moderator chose, and what has been decided of it."""
    stands = opened.standing
    whole = replace(stands.claim, lines=(*stands.claim.lines, *stands.withdrawn))
    outcomes = {
        (result.line.candidate, result.line.unit): "" if result.state is State.OPEN else result.state.value
        for result in outcome(stands).told
    }
    return SampleSeen(whole, recorded(whole, stands.sampled), outcomes)
