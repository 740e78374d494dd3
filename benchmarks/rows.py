"""The rows of the table: what is held against what (``targets.toml``), and what came of it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite, log2, nan
from pathlib import Path
from statistics import median

from benchmarks.corpus import RIVALS
from benchmarks.measure import Sample, Scale, Step

Samples = Mapping[Step, Sequence[Sample]]


@dataclass(frozen=True)
class Row:
    """A row of ``targets.toml``, where it says what its keys mean."""

    name: str
    what: str
    than: str
    forms: Sequence[str]
    measured: str = ""
    against: str = ""
    measured_less: str = ""
    against_less: str = ""
    at_most: float | None = None
    at_least: float | None = None
    as_fast: bool = False
    clock: str = "cpu"
    kind: str = "ratio"
    cause: str = ""

    @property
    def target(self) -> str:
        """The target in short; empty where there is none."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    def meets(self, measured: float) -> bool | None:
        """Whether *measured* meets the target; None where there is none."""
        if self.at_most is not None:
            return measured <= self.at_most
        return None if self.at_least is None else measured >= self.at_least

    def steps(self, form: str, scale: Scale) -> list[Step]:
        """What has to be run for it on the workbooks of *form*."""
        if self.kind == "growth":
            return [Step(self.measured, scale.workbooks[RIVALS] * part // 4) for part in (1, 2, 4)]
        methods = (self.measured, self.against, self.measured_less, self.against_less)
        return [Step(method, scale.count(method, form)) for method in methods if method]


@dataclass(frozen=True)
class Result:
    """What a row came to on one form: the median, least and most of the rounds; *ms* for a workbook by method.

    *measured* is None where nothing was measured.
    """

    row: str
    form: str
    target: str
    measured: float | None
    unit: str
    meets: bool | None
    cause: str = ""
    what: str = ""
    than: str = ""
    low: float | None = None
    high: float | None = None
    clock: str = ""
    workbooks: int = 0
    ms: Mapping[str, float] | None = None

    def as_json(self) -> dict[str, object]:
        """The record that is written and read: row, form, target, measured, unit, meets and cause, and more."""
        return {
            key: value for key, value in asdict(self).items() if value not in (None, "") or key in _ALWAYS
        }


_ALWAYS = {"row", "form", "target", "measured", "unit", "meets", "cause"}


def load_rows() -> list[Row]:
    """The rows in the order of the table."""
    data = tomllib.loads(Path(__file__).with_name("targets.toml").read_text("utf-8"))
    return [Row(**row) for row in data["row"]]


def result(row: Row, form: str, scale: Scale, samples: Samples) -> Result:
    """What the *samples* say of *row*."""
    steps = row.steps(form, scale)
    unit, values = _values(row, steps, samples)
    if not all(map(isfinite, values)):
        return Result(row.name, form, row.target, None, "", None, "", row.what, row.than)
    value = median(values)
    ms = {
        f"{step.method} ({step.count})" if row.kind == "growth" else step.method: round(
            median(s.seconds(row.clock) / s.count for s in samples[step]) * 1000, 3
        )
        for step in steps
    }
    meets = row.meets(value)
    return Result(
        row.name,
        form,
        row.target,
        round(value, 3),
        unit,
        meets,
        row.cause if meets is False else "",
        row.what,
        row.than,
        round(min(values), 3),
        round(max(values), 3),
        row.clock,
        max(step.count for step in steps),
        ms,
    )


def _values(row: Row, steps: Sequence[Step], samples: Samples) -> tuple[str, list[float]]:
    """The unit of a row and its value in each round: what is held against each other ran one after the other."""
    if row.kind == "loaded":
        said = [sample.said.rpartition("loaded:")[2] for sample in samples[steps[0]]]
        return "libraries", [float(len(names.split())) for names in said]
    if row.kind == "growth":
        first, _, last = (samples[step] for step in steps)
        pairs = zip(first, last, strict=True)
        return "exponent", [log2(b.seconds(row.clock) / a.seconds(row.clock)) / 2 for a, b in pairs]
    by_name = {step.method: samples[step] for step in steps}
    mine = _per_workbook(by_name, row.measured, row.measured_less, row.clock)
    other = _per_workbook(by_name, row.against, row.against_less, row.clock)
    if row.at_least is not None or row.as_fast:
        return "× as fast", [b / a for a, b in zip(mine, other, strict=True)]
    return "×", [a / b for a, b in zip(mine, other, strict=True)]


def _per_workbook(samples: Mapping[str, Sequence[Sample]], method: str, less: str, clock: str) -> list[float]:
    """Seconds for a workbook in each round, without what *less* took in it; no number where that took longer."""
    off = [sample.seconds(clock) for sample in samples[less]] if less else [0.0] * len(samples[method])
    whole = [sample.seconds(clock) for sample in samples[method]]
    return [
        (all_of_it - start) / sample.count if all_of_it > start else nan
        for all_of_it, start, sample in zip(whole, off, samples[method], strict=True)
    ]
