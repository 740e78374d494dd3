"""What the store knows that moderators have seen of a centre, for the order of risk of the next sample."""

from claimbatch.claims.claim import Claim, Status
from claimbatch.claims.history import Kind
from claimbatch.claims.standing import standing
from claimbatch.claims.store import Store
from claimbatch.form.qualification import Catalogue
from claimbatch.moderation.plan import Moderated

_SEEN = {Status.SAMPLED, Status.COMPLETED, Status.WITHDRAWN}


def moderated(store: Store, catalogue: Catalogue, claim: Claim) -> Moderated:
    """Whose work, and which units, moderators have seen at the centre of *claim* by way of its other claims.

    That is what their recorded samples hold, withdrawn since or not; and all of a claim that was completed without
    one. An assessor is known for any qualification of the centre, a unit for those that share the list of units.
    """
    assessors: set[str] = set()
    units: set[str] = set()
    for row in store.claims(claim.centre_number):
        if row.status not in _SEEN or row.key == claim.key:
            continue
        other = store.claim(row.key, catalogue)
        of = other.qualification
        shared = (of.file, of.unit_set) == (claim.qualification.file, claim.qualification.unit_set)
        for unit, assessor in _seen(store, other):
            assessors.add(assessor)
            units |= {unit} if shared else set()
    return Moderated(frozenset(assessors), frozenset(units))


def _seen(store: Store, claim: Claim) -> set[tuple[str, str]]:
    """Unit and assessor of the lines of *claim* that a moderator has seen."""
    history = store.history(claim.key)
    by = {(line.candidate, line.unit): line.assessor for line in claim.lines}
    by |= {(e.candidate, e.unit): e.old_assessor for e in history if e.kind == Kind.WITHDRAWN_LINE}
    sampled = standing(claim, history).sampled
    if not sampled and claim.status is Status.COMPLETED:
        sampled = frozenset(by)
    return {(unit, by[candidate, unit]) for candidate, unit in sampled if (candidate, unit) in by}
