"""How long checking a thousand returned workbooks takes, beside the loop that one would write with pandas.

    python benchmarks/check_thousand.py [--workbooks 1000] [--loop 100]

Makes small workbooks (30 candidates, one qualification, filled in at random) and times, each in a process of its own
so that its peak memory is its own, imports included: claimbatch's check of all of them; and for some of them
``pandas.read_excel`` with a pandera schema, one workbook after the other. The loop checks far less
(whether grades are P, M or D and candidate numbers have four digits), knows no register, and would take every file.
"""

import argparse
import multiprocessing
import os
import random
import resource
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from claimbatch.claims.claim import Candidate
from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.form.layout import BY_CANDIDATE
from claimbatch.workspace import Workspace

CENTRE, CODES, CANDIDATES = "68199", ("05838", "05839"), 30  # nine units each
FILLED = 8  # different ways in which a template is filled in; the rest are copies that differ in one part


def main() -> None:
    options = parse()
    with TemporaryDirectory() as folder:
        place = Path(folder)
        paths = make(place, options.workbooks)
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1024
        print(f"{len(paths)} workbooks of {size:.0f} KiB, {os.cpu_count()} processors\n")
        print(f"{'':<44}{'workbooks':>10}{'seconds':>9}{'processor':>11}{'per 1,000':>11}{'peak MiB':>10}")
        show("claimbatch check", check, place, paths)
        show("pandas.read_excel (calamine) + pandera", calamine, place, paths[: options.loop])
        show("pandas.read_excel (openpyxl) + pandera", openpyxl, place, paths[: options.loop])


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workbooks", type=int, default=1000)
    parser.add_argument("--loop", type=int, default=100, help="how many of them the loops read")
    return parser.parse_args()


# --- workbooks ---------------------------------------------------------------------------------------------------


def make(folder: Path, count: int) -> list[Path]:
    """A workspace in *folder*, and *count* workbooks that came back to it."""
    filled = [way for code, template in templates(folder) for way in fillings(folder, code, template)]
    paths = []
    for number in range(count):
        path = folder / "inbox" / f"{number:04}.xlsx"
        stamped(filled[number % len(filled)], path, number)
        paths.append(path)
    return paths


def templates(folder: Path) -> list[tuple[str, bytes]]:
    workspace = Workspace.create(folder)
    with workspace.store() as store:
        store.add_centre(CENTRE, "Example College")
        people = [Candidate(f"{n:04}", f"Candidate, {n}", date(2008, 1, 1)) for n in range(1, CANDIDATES + 1)]
        entries = tuple(Entry(CENTRE, code, person) for code in CODES for person in people)
        store.save_register(RegisterFile(entries, columns=frozenset({"candidate_name", "date_of_birth"})))
        store.save_assessors([Assessor(CENTRE, "JH", "Jo Hughes", frozenset(CODES))])
        orders = [Order(CENTRE, code, BY_CANDIDATE) for code in CODES]
        made = [issue_template(store, workspace.catalogue(), workspace.key(), order) for order in orders]
    return [(code, content) for code, (_, content) in zip(CODES, made, strict=True)]


def fillings(folder: Path, code: str, template: bytes) -> list[Path]:
    """A template filled in several ways: every other grade, all by the one assessor."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only the making needs it

    paths = []
    for way in range(FILLED):
        path, dice = (
            folder / f"{code}-{way}.xlsx",
            random.Random(code),
        )  # one way only, or they would conflict
        path.write_bytes(template)
        book = load_workbook(path)
        for row in book["Grades"].iter_rows(min_row=5, min_col=5, max_row=4 + CANDIDATES):
            for cell in row:
                cell.value = dice.choice(["P", "M", "D", None])
        if way:
            book["Notes"]["E5"] = f"Copy {way}"
        book.save(path)
        paths.append(path)
    return paths


def stamped(source: Path, target: Path, number: int) -> None:
    """A copy with other bytes: every workbook has to be opened."""
    target.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = content.replace(
                    b"</cp:coreProperties>", b"<!-- %d --></cp:coreProperties>" % number
                )
            new.writestr(member, content)


# --- what is timed -----------------------------------------------------------------------------------------------


def check(folder: Path, paths: list[Path]) -> None:
    """All workbooks through every stage, as ``claimbatch check`` does it."""
    from claimbatch.intake.check import check as check_all  # noqa: PLC0415 - importing is timed too
    from claimbatch.intake.known import load  # noqa: PLC0415

    workspace = Workspace.find(folder)
    key, catalogue = workspace.key(), workspace.catalogue()
    with workspace.store() as store:
        checked = check_all([(p, p.name) for p in paths], lambda ids: load(store, key, catalogue, ids))
    if checked.problems or len(checked.files) != len(paths):
        raise SystemExit(f"not clean: {checked.problems[:3]}")


def calamine(_: Path, paths: list[Path]) -> None:
    loop(paths, "calamine")


def openpyxl(_: Path, paths: list[Path]) -> None:
    loop(paths, "openpyxl")


def loop(paths: list[Path], engine: str) -> None:
    """What a careful script does: read the sheet with the grades, make it long, hold it to a schema."""
    import pandas as pd  # noqa: PLC0415 - importing is timed too
    import pandera.pandas as pa  # noqa: PLC0415

    schema = pa.DataFrameSchema(
        {
            "Candidate number": pa.Column(str, pa.Check.str_matches(r"^\d{4}$")),
            "unit": pa.Column(str, pa.Check.str_matches(r"^Unit \d+$")),
            "grade": pa.Column(str, pa.Check.isin(["P", "M", "D", "Not claiming"]), nullable=True),
        },
        unique=["Candidate number", "unit"],
    )
    who = ["Candidate number", "Candidate name", "Date of birth", "OCR candidate number"]
    for path in paths:
        wide = pd.read_excel(path, sheet_name="Grades", header=3, engine=engine, dtype={who[0]: str})
        wide = wide.dropna(subset=["Candidate number"])
        long = wide.melt(id_vars=who, var_name="unit", value_name="grade").astype({"grade": object})
        schema.validate(long, lazy=True)


def show(name: str, work: Callable[[Path, list[Path]], None], folder: Path, paths: list[Path]) -> None:
    """Time *work* in a new process, imports included, and print a row of the table."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=timed, args=(work, folder, paths, results))
    process.start()
    seconds, processor, peak = results.get()
    process.join()
    thousand = processor / len(paths) * 1000
    print(
        f"{name:<44}{len(paths):>10}{seconds:>9.1f}{processor:>11.1f}{thousand:>11.1f}{peak:>10.0f}",
        flush=True,
    )


def timed(work: Callable[[Path, list[Path]], None], folder: Path, paths: list[Path], results: Any) -> None:
    start, processor = time.perf_counter(), time.process_time()
    work(folder, paths)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    results.put((seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


if __name__ == "__main__":
    main()
