"""What a template costs, beside openpyxl, where each cell is given its style: ``python -m benchmarks.templates``.

Processor time, medians of interleaved runs; grids half filled in, and half of the candidates entered for some units.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median

from claimbatch.form.contents import Contents
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.template import build, describe
from tests.plainly import plainly
from tests.test_xlsx import sized

SIZES = ((30, 1, BY_UNIT), (30, 10, BY_CANDIDATE), (100, 20, BY_CANDIDATE), (300, 25, BY_CANDIDATE))
ROUNDS = 9
TARGET = 15  # times as fast as openpyxl, at 100 x 20


def milliseconds(work: Callable[[Contents], bytes], contents: Contents) -> float:
    start = time.process_time()
    work(contents)
    return (time.process_time() - start) * 1000


def by_openpyxl(contents: Contents) -> bytes:
    return plainly(describe(contents))


def measure(candidates: int, units: int, form: str) -> dict[str, object]:
    """The medians for one size, in milliseconds, and how many times as long openpyxl takes."""
    contents = sized(candidates, units, form)
    build(contents)  # the shell is made once
    ours, theirs = zip(
        *((milliseconds(build, contents), milliseconds(by_openpyxl, contents)) for _ in range(ROUNDS)),
        strict=True,
    )
    one, other = median(ours), median(theirs)
    size = f"{candidates} x {units} {form}"
    return {
        "size": size,
        "claimbatch": round(one, 1),
        "openpyxl": round(other, 1),
        "ratio": round(other / one, 1),
    }


def main() -> None:
    found = [measure(*size) for size in SIZES]
    if "--json" in sys.argv:
        print(json.dumps({"target": TARGET, "templates": found}, indent=2))
        return
    print(
        f"{'a template of':24}{'claimbatch':>12}{'openpyxl':>12}{'ratio':>8}   (target at 100 x 20: {TARGET})"
    )
    for row in found:
        print(f"{row['size']:24}{row['claimbatch']:>9} ms{row['openpyxl']:>9} ms{row['ratio']:>8}")


if __name__ == "__main__":
    main()
