"""What a claim is asked as a whole, for information: nothing here keeps it from being submitted.

What does keep it stands with :mod:`claimbatch.claims.standing` (CB401–CB404).
"""

from collections.abc import Iterator

from claimbatch.claims.award import awards
from claimbatch.claims.claim import Claim
from claimbatch.problems import Place, Problem, Rule, query


@query(
    "CB405",
    "award-incomplete",
    message="This claim does not complete the award of candidate {candidate}. Missing: {value}.",
    hint="Nothing, if more is to follow: a claim may hold some or all of the units. This is for information.",
)
def award_incomplete(claim: Claim) -> Iterator[Problem]:
    """The units claimed for a candidate do not add up to the full award, as far as can be told.

    Why: a unit forgotten is easily added before the claim is submitted, and not at all after it.
    Wrong: nothing; a partial claim is normal, and units claimed earlier or examined are not on this claim.
    Right: what is missing comes later, was claimed before, or is examined.
    """
    for candidate, found in awards(claim).items():
        if found.missing:
            yield Problem(award_incomplete, Place(), "; ".join(found.missing), candidate)


RULES: tuple[Rule, ...] = (award_incomplete,)
