"""What the workspace knows, as far as checking needs it: plain values, loaded once for a run.

Rules ask here and never the store, so that they stay functions of values.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from claimbatch.claims.claim import LABELS, OTHER, Status
from claimbatch.claims.copies import Copy, copies_of
from claimbatch.claims.history import STATEMENTS, Event, in_force, last_said, lines_after
from claimbatch.claims.merge import Mark, in_words
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.values import read_date, read_text, squeeze

if TYPE_CHECKING:
    from claimbatch.claims.store import Store
    from claimbatch.claims.store.background import Background
    from claimbatch.claims.store.claims import Before

Target = tuple[str, str]  # candidate number, unit


@dataclass(frozen=True)
class Entered:
    """A candidate entered for a qualification: locked values as text, and the unit entries (empty: all).

    *twin* is another candidate number with the same name and date of birth, entered for the same qualification.
    """

    name: str
    born: str
    ocr_number: str
    units: frozenset[int] = frozenset()
    twin: str = ""

    @cached_property
    def given(self) -> tuple[str, date | str, str] | None:
        """Name, date of birth and OCR candidate number as a template's cells hold them.

        None where that alone does not settle a row: there is a *twin* to ask about, or a value cannot be read.
        """
        faults = (read_text(self.name).fault, read_date(self.born).fault, read_text(self.ocr_number).fault)
        if self.twin or any(faults):
            return None
        return self.name, date.fromisoformat(self.born) if self.born else "", self.ocr_number


@dataclass(frozen=True, slots=True)
class Issued:
    """A template that went out: the claim it belongs to, and a digest of each candidate's locked values.

    By candidate and unit: *base* is the claim when the template was issued, *now* the claim as it stands, *last* what
    was said last (a restore says nothing, it takes back). *touched* are those that anybody changed since the issue,
    back again or not; *earlier* says which earlier claim holds the unit already. *copies* are the workbooks made from
    it that were taken, *made_with* is how it was made (see :mod:`claimbatch.claims.issue`).
    """

    claim_key: str
    digests: Mapping[str, str]
    base: Mapping[Target, Mark] = field(default_factory=dict)
    now: Mapping[Target, Mark] = field(default_factory=dict)
    last: Mapping[Target, Event] = field(default_factory=dict)
    touched: frozenset[Target] = frozenset()
    earlier: Mapping[Target, str] = field(default_factory=dict)
    copies: tuple[Copy, ...] = ()
    made_with: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spellings(self) -> dict[str, str]:
        """The units of other awarding bodies as claims write them, by what is the same to a person."""
        said = (target for copy in self.copies for target in copy.said)
        held = [unit for _, unit in (*said, *self.earlier, *self.base, *self.now) if unit.startswith(OTHER)]
        return {squeeze(unit): unit for unit in held} | {unit: unit for unit in held}

    @property
    def issued_to(self) -> str:
        """Whom the template was made for, by name; empty where it was made for nobody in particular."""
        return str(self.made_with.get("for", ""))

    @property
    def units(self) -> tuple[int, ...] | None:
        """The units that the qualification offered when it was issued; None where an older version made it."""
        units = self.made_with.get("units")
        return None if units is None else tuple(units)

    @property
    def prefilled(self) -> str:
        """Initials that stood beside every candidate when it was issued: by themselves they say nothing."""
        return str(self.made_with.get("prefilled", ""))

    @property
    def again(self) -> Mapping[Target, Mark]:
        """What was filled in to be claimed again, because a moderator had withdrawn it."""
        return {(who, unit): (grade, by) for who, unit, grade, by in self.made_with.get("again", ())}

    @property
    def listed(self) -> Mapping[str, str]:
        """A digest of each row of *Assessors* as it went out, by initials; none where that was not kept yet."""
        found: Mapping[str, str] = self.made_with.get("assessors", {})
        return found


@dataclass(frozen=True, slots=True)
class Assessor:
    """A centre assessor: initials as the register has them, full name, and the entry codes they assess.

    *former* are the names they had before they were corrected.
    """

    initials: str
    name: str
    entry_codes: frozenset[str] = frozenset()
    former: tuple[str, ...] = ()

    def is_called(self, name: str) -> bool:
        """Whether *name* is theirs, or was."""
        return squeeze(name) in map(squeeze, (self.name, *self.former))


@dataclass(frozen=True, slots=True)
class Known:
    """The register, the issued templates and the states of claims.

    *entries* by (centre number, entry code) and candidate number, *assessors* by centre number and
    case-folded initials, *issued* by template id, *statuses* by claim key.
    """

    key: bytes
    catalogue: Catalogue
    centres: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[tuple[str, str], Mapping[str, Entered]] = field(default_factory=dict)
    assessors: Mapping[str, Mapping[str, Assessor]] = field(default_factory=dict)
    issued: Mapping[str, Issued] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)

    def assessor(self, centre: str, initials: str) -> Assessor | None:
        """The centre assessor with these *initials*, in any case."""
        return self.assessors.get(centre, {}).get(initials.casefold())


def load(store: "Store", key: bytes, catalogue: Catalogue, template_ids: Iterable[str]) -> Known:
    """Ask the *store* for all that checking workbooks made from these templates needs."""
    background = store.background(template_ids)
    entries: dict[tuple[str, str], dict[str, Entered]] = {}
    for entry in background.entries:
        person = entry.candidate
        born = person.born.isoformat() if person.born else ""
        of_code = entries.setdefault((entry.centre_number, entry.entry_code), {})
        of_code[person.number] = Entered(person.name, born, person.ocr_number, entry.units)
    assessors: dict[str, dict[str, Assessor]] = {}
    for a in background.assessors:
        of_centre = assessors.setdefault(a.centre_number, {})
        of_centre[a.initials.casefold()] = Assessor(a.initials, a.name, a.entry_codes, a.former)
    issued = _issued(background)
    return Known(
        key, catalogue, store.centres(), _with_twins(entries), assessors, issued, background.statuses
    )


def _issued(background: "Background") -> dict[str, Issued]:
    """What is known of the templates; those of one claim share what is said of it, those of one revision their base."""
    templates = background.templates
    pasts = {key: _Past.of(history, templates) for key, history in background.histories.items()}
    earlier = {code: _earlier(before) for code, before in background.before.items()}
    issued = {}
    for template_id, t in templates.items():
        past = pasts.get(t.claim_key, _NO_PAST)
        base, touched = past.at(t.revision)
        issued[template_id] = Issued(
            t.claim_key,
            t.digests,
            base=base,
            now=past.now,
            last=past.last,
            touched=touched,
            earlier=earlier.get((t.centre_number, t.entry_code), {}),
            copies=past.copies.get(template_id, ()),
            made_with=t.made_with,
        )
    return issued


@dataclass(frozen=True, slots=True)
class _Past:
    """What was said of a claim: its statements, the last word on each line, and the copies that were taken.

    What a restore has taken back was never said, as far as its lines and copies go: the same file may be merged again.
    """

    statements: Sequence[Event] = ()
    standing: Sequence[Event] = ()  # those that no restore has taken back
    now: Mapping[Target, Mark] = field(default_factory=dict)
    last: Mapping[Target, Event] = field(default_factory=dict)
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)
    bases: dict[int, tuple[Mapping[Target, Mark], frozenset[Target]]] = field(default_factory=dict)

    @classmethod
    def of(cls, history: Sequence[Event], template_ids: Collection[str]) -> "_Past":
        statements = [event for event in history if event.kind in STATEMENTS]
        kept = in_force(history)
        standing = [event for event in kept if event.kind in STATEMENTS]
        last = last_said((*statements, *standing))
        return cls(statements, standing, lines_after(statements), last, copies_of(kept, template_ids))

    def at(self, revision: int) -> tuple[Mapping[Target, Mark], frozenset[Target]]:
        """What the claim said at *revision*, and which lines were touched since; worked out once for each."""
        if revision not in self.bases:
            before = [event for event in self.statements if event.revision <= revision]
            base = lines_after(before)
            touched = {(e.candidate, e.unit) for e in self.standing if e.revision > revision}
            touched |= {target for target in {*base, *self.now} if base.get(target) != self.now.get(target)}
            self.bases[revision] = base, frozenset(touched)
        return self.bases[revision]


_NO_PAST = _Past()


def _earlier(before: "Before") -> dict[Target, str]:
    """What claims that were submitted hold: ``P by JH in claim 68199-05349-1, completed``."""
    return {
        target: f"{in_words((line.grade, line.assessor))} in claim {key}, {LABELS[status].lower()}"
        for target, (line, key, status) in before.items()
    }


def _with_twins(
    entries: Mapping[tuple[str, str], Mapping[str, Entered]],
) -> dict[tuple[str, str], dict[str, Entered]]:
    """The same entries, those told of each other that share a name and a date of birth."""
    told = {}
    for code, people in entries.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for number, person in people.items():
            alike.setdefault((squeeze(person.name), person.born), []).append(number)
        twins = {
            number: next(other for other in numbers if other != number)
            for (_, born), numbers in alike.items()
            if born and len(numbers) > 1
            for number in numbers
        }
        told[code] = {n: replace(p, twin=twins[n]) if n in twins else p for n, p in people.items()}
    return told
