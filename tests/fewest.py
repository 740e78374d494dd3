"""What every sample of a claim needs, found exactly: the fewest folders, and the lines that leave no choice."""

from collections import Counter, defaultdict

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from claimbatch.claims.claim import Claim, Line
from claimbatch.moderation.strategies import Basis, Strategy


def group_of(line: Line, strategy: Strategy) -> tuple[str, ...]:
    """The group that *line* stands in: what one size of *strategy* applies to."""
    return {Basis.UNIT: (line.unit,), Basis.PROGRAMME: (), Basis.STRATUM: line.cell}[strategy.basis]


def fewest_folders(claim: Claim, strategy: Strategy, *, exact: bool = True) -> float:
    """How few folders cover every cell and give each group its size; without *exact* a bound that is no higher."""
    cells, groups = defaultdict(set), defaultdict(set)
    for line in claim.lines:
        cells[line.cell].add(line.candidate)
        groups[group_of(line, strategy)].add(line.candidate)
    demands = [(able, 1) for able in cells.values()]
    demands += [(able, strategy.size(len(able))) for able in groups.values()]
    folders = sorted({line.candidate for line in claim.lines})
    serves = np.array([[folder in able for folder in folders] for able, _ in demands], float)
    found = milp(
        np.ones(len(folders)),
        constraints=LinearConstraint(serves, np.array([wanted for _, wanted in demands]), np.inf),
        integrality=np.full(len(folders), int(exact)),
        bounds=Bounds(0, 1),
    )
    return round(found.fun) if exact else float(found.fun)


def no_choice(claim: Claim, strategy: Strategy) -> set[Line]:
    """The lines that any sample must hold: alone in their cells, or of a group that is wanted whole."""
    cells = Counter(line.cell for line in claim.lines)
    folders = Counter(line.candidate for line in claim.lines)
    group_sizes = Counter(
        name for name, _ in {(group_of(line, strategy), line.candidate) for line in claim.lines}
    )
    whole = {name for name, candidates in group_sizes.items() if strategy.size(candidates) == candidates}
    return {
        line
        for line in claim.lines
        if cells[line.cell] == 1
        or (
            group_of(line, strategy) in whole
            and (strategy.basis is not Basis.PROGRAMME or folders[line.candidate] == 1)
        )
    }
