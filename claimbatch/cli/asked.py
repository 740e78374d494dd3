"""What of a claim a document is asked for, and all that goes into it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from claimbatch.cli.session import computer_user

if TYPE_CHECKING:
    from claimbatch.claims.scale import Scales
    from claimbatch.form.qualification import Catalogue
    from claimbatch.output.view.brief import Brief
    from claimbatch.output.view.document import Document
    from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Sources:
    """What is read once for many claims."""

    catalogue: "Catalogue"
    scales: "Scales"

    @classmethod
    def of(cls, workspace: "Workspace") -> "Sources":
        """Read them from *workspace*."""
        return cls(workspace.catalogue(), workspace.scales())


def brief_of(
    workspace: "Workspace",
    key: str,
    known: Sources | None = None,
    *,
    sort: str = "number",
    made_by: str = "",
    award: bool = True,
) -> "Brief":
    """All that a document of the claim *key* may tell."""
    from claimbatch.claims.award import awards  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.standing import signed_by  # noqa: PLC0415
    from claimbatch.output.view.brief import Brief  # noqa: PLC0415

    known = known or Sources.of(workspace)
    with workspace.store() as store:
        history = store.history(key)
        stands, words = look(store, known.catalogue, key, history), store.explanations(key)
    return Brief(
        stands,
        words=words,
        signed=signed_by(history),
        awards=awards(stands.claim, known.scales) if award else None,
        made_by=made_by or computer_user(),
        sort=sort,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``claimbatch report`` was asked for; its options by their names."""

    kind: str
    sort: str
    without: Sequence[str]
    candidates: Sequence[str]
    units: Sequence[str]
    sampled: bool
    unsigned: bool
    per: str
    made_by: str | None

    @property
    def some_only(self) -> bool:
        """Whether it is for some of a claim's lines only."""
        return bool(self.candidates or self.units or self.sampled or self.unsigned)

    def document(self, workspace: "Workspace", key: str, known: Sources) -> "Document":
        """The document of the claim *key*."""
        from claimbatch.claims.claim import candidate_named  # noqa: PLC0415
        from claimbatch.output.view.choice import Choice  # noqa: PLC0415
        from claimbatch.output.view.kinds import KINDS  # noqa: PLC0415

        award = "award" not in self.without
        brief = brief_of(workspace, key, known, sort=self.sort, made_by=self.made_by or "", award=award)
        numbers, units = map(candidate_named, self.candidates), map(brief.claim.unit_named, self.units)
        choice = Choice(frozenset(numbers), frozenset(units), self.sampled, self.unsigned)
        return KINDS[self.kind](replace(brief, choice=choice, per=self.per, wording=workspace.wording()))
