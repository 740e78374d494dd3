"""Whose sample sizes there are to draw samples by, in words. None is OCR's own: OCR publishes none."""

from collections.abc import Sequence
from dataclasses import dataclass

from claimbatch.moderation.strategies import Strategy, find_strategy
from claimbatch.workspace import Workspace

_BASIS = {"unit": "unit", "programme": "claim", "stratum": "unit, assessor, grade"}


@dataclass(frozen=True, slots=True)
class StrategyRow:
    """A strategy in words. *sizes* are for each *basis*; *first* is how many are looked at first (0: no stages)."""

    strategy: str
    title: str
    awarding_body: str
    basis: str
    sizes: str
    first: int
    purpose: str
    source: str
    note: str


def strategies_known(workspace: Workspace, name: str = "") -> list[StrategyRow]:
    """The strategies, those of the workspace's own file or else the shipped ones; or the one of that *name*.

    Raises :class:`~claimbatch.errors.ClaimbatchError` where there is none of that name.
    """
    known = workspace.strategies()
    return [_row(one) for one in ([find_strategy(name, known)] if name else known.values())]


def _row(one: Strategy) -> StrategyRow:
    return StrategyRow(
        strategy=one.key,
        title=one.title,
        awarding_body=one.body,
        basis=_BASIS[one.basis],
        sizes=_in_words(one),
        first=one.first,
        purpose=one.purpose,
        source=one.source,
        note=one.note,
    )


def _in_words(one: Strategy) -> str:
    """The sizes of a strategy: ``up to 15: all; up to 100: 15; more: 20``."""
    if one.root:
        parts = ["the square root, rounded up"]
    elif one.shares:
        parts = [f"{start}–{end}: {share}%" for start, end, share in one.shares]
    else:
        parts = _bands(one.bands, one.further)
    parts += [f"at least {one.minimum}"] if one.minimum else []
    parts += [f"{one.first} of them first"] if one.first else []
    return "; ".join(parts)


def _bands(bands: Sequence[tuple[int, int]], further: int) -> list[str]:
    open_end = not further
    named = [str(size or "all") for _, size in bands]
    if open_end and len(bands) == 1:
        return named
    parts = [f"up to {up_to}: {size}" for (up_to, _), size in zip(bands, named, strict=True)]
    if open_end:
        parts[-1] = f"more: {named[-1]}"
    else:
        parts.append(f"each further 100: {further} more")
    return parts
