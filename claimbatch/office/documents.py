"""The documents of a claim that people print, and all that goes into them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from claimbatch.claims.award import awards
from claimbatch.claims.claim import candidate_named
from claimbatch.claims.life import look
from claimbatch.claims.scale import Scales
from claimbatch.claims.standing import signed_by
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.results import Watch, unwatched
from claimbatch.office.asked_for import one_of
from claimbatch.office.drawing import Written, write_bundle, write_document, write_many
from claimbatch.office.who import computer_user
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.choice import Choice
from claimbatch.output.view.document import Document
from claimbatch.output.view.kinds import KINDS
from claimbatch.output.view.wording import Wording
from claimbatch.workspace import Workspace


class Sources:
    """What the documents of many claims of one *workspace* are made of; each is read once, when it is wanted."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @cached_property
    def catalogue(self) -> Catalogue:
        """The qualifications."""
        return self.workspace.catalogue()

    @cached_property
    def scales(self) -> Scales:
        """How unit grades become awards."""
        return self.workspace.scales()

    @cached_property
    def wording(self) -> Wording:
        """What candidates declare."""
        return self.workspace.wording()


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a claim is to be printed, and how.

    The *kind* of document is ``claim``, ``sample``, ``outcome``, ``declarations``, ``signing-list`` or
    ``recording-sheets``; the last three are forms.

    *sort* is the order of candidates, ``number`` or ``name``; without *award* the report leaves the award out. Of
    forms, *candidates*, *units*, *sampled* and *unsigned* say whose and which; *per* is what each list to sign is for,
    ``claim``, ``unit`` or ``assessor``. *made_by* stands on the document; blank is the computer's user.
    """

    kind: str = "claim"
    sort: str = "number"
    award: bool = True
    candidates: Sequence[str] = ()
    units: Sequence[str] = ()
    sampled: bool = False
    unsigned: bool = False
    per: str = "claim"
    made_by: str = ""

    @property
    def some_only(self) -> bool:
        """Whether it is for some of a claim's lines only."""
        return bool(self.candidates or self.units or self.sampled or self.unsigned)


CLAIM_REPORT = Asked()
SORTS, PURPOSES = ("number", "name"), ("claim", "unit", "assessor")


def brief_of(
    sources: Sources, key: str, *, sort: str = "number", made_by: str = "", award: bool = True
) -> Brief:
    """All that a document of the claim *key* may tell."""
    with sources.workspace.store() as store:
        history = store.history(key)
        stands, words = look(store, sources.catalogue, key, history), store.explanations(key)
    return Brief(
        stands,
        words=words,
        signed=signed_by(history),
        awards=awards(stands.claim, sources.scales) if award else None,
        made_by=made_by or computer_user(),
        sort=sort,
    )


def document(sources: Sources, key: str, asked: Asked) -> Document:
    """The document of the claim *key*; :class:`ClaimbatchError` where there is no such document of it."""
    make = KINDS[one_of("kind of document", asked.kind, KINDS)]
    one_of("order of candidates", asked.sort, SORTS)
    one_of("purpose of a signing list", asked.per, PURPOSES)
    brief = brief_of(sources, key, sort=asked.sort, made_by=asked.made_by, award=asked.award)
    numbers, units = map(candidate_named, asked.candidates), map(brief.claim.unit_named, asked.units)
    choice = Choice(frozenset(numbers), frozenset(units), asked.sampled, asked.unsigned)
    return make(replace(brief, choice=choice, per=asked.per, wording=sources.wording))


def report(
    workspace: Workspace,
    key: str,
    asked: Asked = CLAIM_REPORT,
    folder: Path | None = None,
    styles: Sequence[str] = (),
) -> list[Path]:
    """Write the document of the claim *key*, into *folder* or the outbox, and return the files.

    *asked* says which document; without it, it is the report of the whole claim. *styles* are ``pdf`` and ``html``;
    where none is named, both.
    """
    made = document(Sources(workspace), key, asked)
    return write_document(made, workspace.outbox(folder) / f"{key}_{asked.kind}", styles)


def report_several(
    workspace: Workspace,
    keys: Sequence[str] = (),
    asked: Asked = CLAIM_REPORT,
    folder: Path | None = None,
    styles: Sequence[str] = (),
    *,
    bundle: bool = False,
    watch: Watch = unwatched,
) -> Written:
    """Write the documents of the claims *keys*, of all that there are where none is named; as a *bundle*, in one PDF.

    A claim that has no such document is passed over; :class:`ClaimbatchError` where there is no such claim.
    """
    sources, outbox = Sources(workspace), workspace.outbox(folder)
    several = _several(sources, keys)

    def made(key: str) -> Document:
        return document(sources, key, asked)

    if bundle:
        return write_bundle(several, made, outbox / f"bundle_{asked.kind}", watch)
    return write_many(
        workspace, several, made, lambda key: outbox / f"{key}_{asked.kind}", styles, watch=watch
    )


def _several(sources: Sources, keys: Sequence[str]) -> list[str]:
    with sources.workspace.store() as store:
        return [store.claim(key, sources.catalogue).key for key in keys] or [
            row.key for row in store.claims()
        ]
