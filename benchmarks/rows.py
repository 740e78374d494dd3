"""The rows of the table: what is held against what (``targets.toml``), and what came of it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite, log2, nan
from pathlib import Path
from statistics import median

from benchmarks.forms import RIVALS
from benchmarks.measure import Sample, Scale, Step

LIBRARIES, EXPONENT, TIMES, AS_FAST = "libraries", "exponent", "×", "× as fast"  # units
TOO_SHORT = "too short"  # to tell it from what starting costs
Samples = Mapping[Step, Sequence[Sample]]


def in_words(what: str, than: str) -> str:
    """*What* is measured, and beside what other thing."""
    return f"{what} (beside: {than})" if than else what


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
    def words(self) -> str:
        """What is held against what."""
        return in_words(self.what, self.than)

    @property
    def target(self) -> str:
        """The target in short; empty where there is none."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}" if self.at_most else "none"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    def meets(self, measured: float) -> bool | None:
        """Whether *measured* meets the target; None where there is none."""
        if self.at_most is not None:
            return measured <= self.at_most
        return None if self.at_least is None else measured >= self.at_least

    def told(self, one: "Result") -> "Result":
        """The result *one* beside the target and the cause as they stand now, whenever it was measured."""
        meets = None if one.measured is None else self.meets(one.measured)
        cause = (self.cause or one.cause) if meets is False else ""
        return replace(one, target=self.target, meets=meets, cause=cause, what=self.what, than=self.than)

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
        return row.told(Result(row.name, form, "", None, TOO_SHORT, None))
    value = median(values)
    ms = {
        f"{step.method} ({step.count})" if row.kind == "growth" else step.method: round(
            median(s.seconds(row.clock) / s.count for s in samples[step]) * 1000, 3
        )
        for step in steps
    }
    found = Result(
        row.name,
        form,
        "",
        round(value, 3),
        unit,
        None,
        low=round(min(values), 3),
        high=round(max(values), 3),
        clock=row.clock,
        workbooks=max(step.count for step in steps),
        ms=ms,
    )
    return row.told(found)


def _values(row: Row, steps: Sequence[Step], samples: Samples) -> tuple[str, list[float]]:
    """The unit of a row and its value in each round: what is held against each other ran one after the other."""
    if row.kind == "loaded":
        said = [sample.said.rpartition("loaded:")[2] for sample in samples[steps[0]]]
        return LIBRARIES, [float(len(names.split())) for names in said]
    if row.kind == "growth":
        first, _, last = (samples[step] for step in steps)
        pairs = zip(first, last, strict=True)
        return EXPONENT, [log2(b.seconds(row.clock) / a.seconds(row.clock)) / 2 for a, b in pairs]
    by_name = {step.method: samples[step] for step in steps}
    mine = _per_workbook(by_name, row.measured, row.measured_less, row.clock)
    other = _per_workbook(by_name, row.against, row.against_less, row.clock)
    if row.at_least is not None or row.as_fast:
        return AS_FAST, [b / a for a, b in zip(mine, other, strict=True)]
    return TIMES, [a / b for a, b in zip(mine, other, strict=True)]


def _per_workbook(samples: Mapping[str, Sequence[Sample]], method: str, less: str, clock: str) -> list[float]:
    """Seconds for a workbook in each round, without what *less* took in it; no number where that took longer."""
    off = [sample.seconds(clock) for sample in samples[less]] if less else [0.0] * len(samples[method])
    whole = [sample.seconds(clock) for sample in samples[method]]
    return [
        (all_of_it - start) / sample.count if all_of_it > start else nan
        for all_of_it, start, sample in zip(whole, off, samples[method], strict=True)
    ]
