"""How long the claim report takes as PDF, how much memory at most, and how large it gets; beside WeasyPrint.

    python -m benchmarks.documents [--candidates 30 300 3000] [--units 25] [--weasyprint PYTHON]

Each is drawn in a program of its own, start and imports included. WeasyPrint draws the page for the browser, which is
made from the same view; PYTHON is one that has it (pip install weasyprint), if this one has not. Seconds are processor
time of the program, so that other work on the computer counts little.
"""

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from claimbatch.output.html import to_html
from tests.claims_made import big_claim
from tests.papers import report_of

USED = """
import json, resource, sys
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
WEASYPRINT = """
import sys, weasyprint
weasyprint.HTML(filename=sys.argv[1]).write_pdf(sys.argv[2], pdf_variant="pdf/ua-1")
"""
TYPST = """
import sys, pickle
from claimbatch.output.pdf import to_pdf
open(sys.argv[2], "wb").write(to_pdf(pickle.load(open(sys.argv[1], "rb"))))
"""
LONGEST = 1800  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--candidates", type=int, nargs="+", default=[30, 300, 3000])
    parser.add_argument("--units", type=int, default=25)
    parser.add_argument("--weasyprint", metavar="PYTHON", default="")
    options = parser.parse_args()
    other = options.weasyprint or (sys.executable if find_spec("weasyprint") else "")
    print(f"{'candidates x units':<20}{'':<12}{'seconds':>9}{'peak MB':>9}{'file kB':>9}")
    for candidates in options.candidates:
        with tempfile.TemporaryDirectory() as folder:
            rows = measured(candidates, options.units, Path(folder), other)
        for name, (seconds, megabytes, size) in rows.items():
            named = f"{candidates} x {options.units}"
            print(f"{named:<20}{name:<12}{seconds:>9.2f}{megabytes:>9.0f}{size / 1000:>9.0f}", flush=True)
        if len(rows) == 2:
            ours, theirs = rows.values()
            faster, memory = theirs[0] / ours[0], ours[1] / theirs[1]
            print(f"{'':<20}Typst is {faster:.1f} times as fast, with {memory:.0%} of the memory", flush=True)
    if not other:
        print("WeasyPrint is not installed here: pip install weasyprint, or --weasyprint PYTHON.")


def measured(candidates: int, units: int, folder: Path, other: str) -> dict[str, tuple[float, float, int]]:
    """Seconds, peak in MB and bytes of the report by each of the two."""
    document = report_of(big_claim(candidates, units, 2))
    (folder / "view").write_bytes(pickle.dumps(document))
    (folder / "page.html").write_text(to_html(document), "utf-8")
    rows = {"Typst": drawn(sys.executable, TYPST, folder / "view", folder / "typst.pdf")}
    if other:
        rows["WeasyPrint"] = drawn(other, WEASYPRINT, folder / "page.html", folder / "weasyprint.pdf")
    return rows


def drawn(python: str, program: str, source: Path, target: Path) -> tuple[float, float, int]:
    command = [python, "-c", program + USED, str(source), str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes, target.stat().st_size


if __name__ == "__main__":
    main()
