"""What a drawn sample could not do, and why, in sentences."""

from collections.abc import Sequence

from claimbatch.claims.claim import unit_label
from claimbatch.moderation.sampling import Group, Sample


def shortfalls(sample: Sample) -> list[str]:
    """Where *sample* has less than its strategy asks for, or nothing is published, or lines could not be drawn."""
    found = []
    if few := [group for group in sample.groups if group.short]:
        whole = len(few) == 1 and not few[0].name
        found.append(
            f"Fewer candidates than the strategy asks for in {_listed(few)}: "
            f"{'something of each' if whole else 'each of them'} is in the sample."
        )
    if silent := [group for group in sample.groups if group.asked is None]:
        found.append(
            f"The strategy's source gives no size for so many candidates as there are in {_listed(silent)}: "
            "every unit, assessor and grade is in the sample, and no more than that and the strategy's minimum."
        )
    if sample.passed_over:
        lines = ", ".join(f"{line.candidate} {unit_label(line.unit)}" for line in sample.passed_over)
        found.append(f"Not drawn, because no centre gives such a grade: {lines}.")
    return found


def group_label(group: Group) -> str:
    """The name of *group* for people: ``the whole claim``, ``Unit 3``, or a cell."""
    if not group.name:
        return "the whole claim"
    unit, *cell = group.name
    return ", ".join([unit_label(unit), *cell])


def _listed(groups: Sequence[Group]) -> str:
    return ", ".join(
        f"{group_label(group)} ({group.candidates}{'' if group.asked is None else f' for {group.asked}'})"
        for group in groups
    )
