"""Which of a claim's lines a run of forms is for: some candidates, some units, the sample, what is not signed yet."""

from collections.abc import Collection
from dataclasses import dataclass

from claimbatch.claims.claim import Line, unit_label
from claimbatch.claims.standing import Standing
from claimbatch.errors import ClaimbatchError


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for; nothing asked for is everything. Candidates by number, units as in ``Line.unit``."""

    candidates: Collection[str] = ()
    units: Collection[str] = ()
    sampled: bool = False
    unsigned: bool = False

    def lines(self, standing: Standing) -> list[Line]:
        """The lines of the claim that are meant; :class:`ClaimbatchError` where there is none of what was asked for."""
        claim = standing.claim
        for number in self.candidates:
            if number not in standing.people:
                raise _nothing(standing, f"candidate {number}")
        for unit in self.units:
            if unit not in claim.units:
                raise _nothing(standing, unit_label(unit))
        found = [line for line in claim.lines if self._is_meant(standing, line)]
        if not found:
            raise _nothing(standing, "what you asked for")
        return found

    def _is_meant(self, standing: Standing, line: Line) -> bool:
        return (
            (not self.candidates or line.candidate in self.candidates)
            and (not self.units or line.unit in self.units)
            and (not self.sampled or (line.candidate, line.unit) in standing.sampled)
            and (not self.unsigned or line.candidate not in standing.declared)
        )


def _nothing(standing: Standing, what: str) -> ClaimbatchError:
    key = standing.claim.key
    hint = f"claimbatch claim show {key} lists what is claimed."
    return ClaimbatchError(f"Claim {key} holds nothing for {what}.", hint)
