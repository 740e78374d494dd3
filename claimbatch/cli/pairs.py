"""Lines that are typed: ``--candidate 0042 --unit 3``, as often as there are lines."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.session import not_blank_each

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim


def pair_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--candidate`` and ``--unit``, repeatable; it is called with ``candidates`` and ``units``."""
    unit = click.option(
        "--unit",
        "units",
        multiple=True,
        callback=not_blank_each,
        help="The unit that goes with it: 3, or a title. One for all candidates, or one for each, in their order.",
    )
    candidate = click.option(
        "--candidate",
        "candidates",
        multiple=True,
        callback=not_blank_each,
        help="A candidate number; may be repeated. One alone goes with every --unit.",
    )
    return candidate(unit(function))


def pairs_typed(
    claim: "Claim", candidates: Sequence[str], units: Sequence[str], also: Collection[str] = ()
) -> list[tuple[str, str]]:
    """The candidate × unit pairs that were typed; *also* are units that are no longer claimed and may be meant.

    The first candidate goes with the first unit, and so on; one candidate alone goes with every unit, one unit with
    every candidate.
    """
    from claimbatch.claims.claim import candidate_named  # noqa: PLC0415

    if bool(candidates) != bool(units):
        raise click.UsageError("A line is a candidate and a unit: give --candidate and --unit.")
    if len(candidates) != len(units) and 1 not in (len(candidates), len(units)):
        raise click.UsageError(
            f"{len(candidates)} candidates and {len(units)} units: give one unit for each candidate, in their order."
        )
    numbers = [candidate_named(number) for number in candidates] * (len(units) if len(candidates) == 1 else 1)
    named = [claim.unit_named(unit, also) for unit in units] * (len(candidates) if len(units) == 1 else 1)
    return list(zip(numbers, named, strict=True))
