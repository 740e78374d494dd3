"""How long the pages take over a store of many claims, once they have been asked for.

    python -m benchmarks.pages [--claims 1000] [--lines 1000] [--store DIR] [PATH...]

The store is made once and kept in DIR: centres with 40 claims each, all of them open, with so many lines. What is
measured is the time of the processor for one answer, the drawing of the page included: the first time, which works out
what is kept while nothing in the store changes; the median after a change of one claim; and that of the next ones.
"""

import argparse
import time
from datetime import date
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from claimbatch.claims.claim import Candidate
from claimbatch.claims.history import Event
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.form.qualification import Catalogue
from claimbatch.web.app import app
from claimbatch.web.run import opening
from claimbatch.web.settings import Settings
from claimbatch.workspace import CONFIG, Workspace

PATHS = ("/", "/sent", "/check", "/register", "/templates", "/templates/05838", "/qualifications")
CODES = 40  # claims of a centre
AGAIN = 10
KEPT = Path("/tmp/claimbatch-pages")  # noqa: S108 - made anew by whoever wants it elsewhere


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=1000, help="of each claim")
    parser.add_argument("--store", type=Path, default=KEPT)
    parser.add_argument("paths", nargs="*", default=PATHS, metavar="PATH")
    options = parser.parse_args()
    if not (options.store / CONFIG).exists():
        make(options.store, options.claims, options.lines)
    workspace = Workspace(options.store)
    with workspace.store() as store:
        claims = store.claims()
    print(f"{len(claims):,} claims, {sum(claim.lines for claim in claims):,} lines")
    settings = Settings(8459, who="benchmark")
    client = TestClient(app(workspace, settings), settings.address, follow_redirects=False)
    client.get(opening(settings).removeprefix(settings.address))
    print(f"{'page':<32}{'first, ms':>12}{'changed, ms':>12}{'then, ms':>12}")
    for path in options.paths:
        first, *then = (spent(client, path) for _ in range(1 + AGAIN))
        changed = []
        for number in range(AGAIN):
            change(workspace, claims[0].key, "PMD"[number % 3])
            changed.append(spent(client, path))
        times = "".join(f"{median(some) * 1000:>12.1f}" for some in (changed, then))
        print(f"{path:<32}{first * 1000:>12.0f}{times}")


def change(workspace: Workspace, key: str, grade: str) -> None:
    """State a line of the claim *key* anew, as another officer would."""
    with workspace.store() as store:
        (candidate, unit), *_ = sorted(store.lines_at(key))
        with store.writing() as writer:
            writer.record(key, [Event("changed", "benchmark", candidate, unit, grade=grade, assessor="JH")])


def spent(client: TestClient, path: str) -> float:
    """Seconds of the processor for one answer."""
    began = time.process_time()
    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return time.process_time() - began


def make(folder: Path, claims: int, lines: int) -> None:
    """A workspace with so many open claims of so many lines."""
    centres = [str(60000 + number) for number in range(-(-claims // CODES))]
    workspace = Workspace.create(folder, {number: f"College {number}" for number in centres})
    catalogue = workspace.catalogue()
    codes = [one.entry_code for one in catalogue.qualifications if one.units][:CODES]
    left = claims
    for centre in centres:
        fill(workspace, catalogue, centre, codes[: min(CODES, left)], lines)
        left -= CODES


def fill(workspace: Workspace, catalogue: Catalogue, centre: str, codes: list[str], lines: int) -> None:
    """The register and the claims of one *centre*: every candidate claims every unit, until there are enough lines."""
    people = {code: -(-lines // len(catalogue.get(code).units)) for code in codes}
    entries = [
        Entry(centre, code, Candidate(f"{n:04}", f"Surname{n}, Given{n}", date(2008, 1, 1 + n % 28)))
        for code in codes
        for n in range(1, people[code] + 1)
    ]
    with workspace.store() as store:
        store.save_register(
            RegisterFile(tuple(entries), columns=frozenset({"candidate_name", "date_of_birth"}))
        )
        store.save_assessors([Assessor(centre, "JH", "Jo Hughes", frozenset(codes))])
        with store.writing() as writer:
            for code in codes:
                units = [str(unit.number) for unit in catalogue.get(code).units]
                claimed = [(f"{n:04}", unit) for n in range(1, people[code] + 1) for unit in units][:lines]
                key = writer.open_claim(centre, code, "benchmark")
                writer.record(
                    key,
                    [
                        Event("added", "benchmark", candidate, unit, grade="PMD"[at % 3], assessor="JH")
                        for at, (candidate, unit) in enumerate(claimed)
                    ],
                )


if __name__ == "__main__":
    main()
