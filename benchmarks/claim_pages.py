"""How long the pages of a claim take in a large store: ``python -m benchmarks.claim_pages``.

The store has 40 centres, each with 25 claims of 40 candidates × 25 units; one claim, which is open, is larger: 300
candidates. It is made once, through the store's own writing, and kept. Each page is asked for several times, as a
browser asks but without the network; the table has medians of the processor's time, which no neighbour disturbs, and
beside them the first time, when what is kept while nothing changes is worked out, and the first answers after a change
of the claim itself (*own*) and of another one.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import click
from starlette.testclient import TestClient

from benchmarks.corpus import default_folder
from benchmarks.pages import change, spent
from claimbatch.claims.claim import Candidate, Status
from claimbatch.claims.history import Event, Kind, detail
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.store import Store, Writer
from claimbatch.web.app import app
from claimbatch.web.run import opening, warm
from claimbatch.web.settings import Settings
from claimbatch.workspace import Workspace

CODES = ("05349", "05347", "05352", "05355", "05358")  # those with 40 units
EACH = 5  # claims of one qualification at one centre
PEOPLE, LARGE, UNITS = 40, 300, 25
ASSESSORS = ("JH", "RK", "MO", "TS")
OF_A_CLAIM = {
    "by candidate": "",
    "by unit": "/units",
    "award": "/award",
    "one unit": "/units/3",
    "one candidate": "/candidates/0007",
    "queries": "/queries",
    "declarations": "/declarations",
    "history": "/history",
    "back to an entry": "/history/900",
    "submit": "/submit",
    "print and save": "/papers",
}
OF_A_SAMPLED_ONE = {"by candidate": "", "one unit": "/units/3", "withdraw": "/withdraw", "number": "/number"}
READY = "ready"
PORT = 8459
LIMIT = 50  # milliseconds


@click.command()
@click.option("--claims", default=1000, show_default=True, help="How many claims the store has.")
@click.option("--rounds", default=9, show_default=True, help="How often each page is asked for.")
@click.option("--corpus", "kept", type=click.Path(path_type=Path), help="Where the store is kept once made.")
@click.option("--only", default="", help="Only pages whose name has this in it.")
def main(claims: int, rounds: int, kept: Path | None, only: str) -> None:
    """Time every page that a claim has, and the list of claims."""
    workspace = Workspace(made((kept or default_folder()) / f"pages-{claims}", claims))
    client = let_in(workspace)
    with workspace.store() as store:
        opened = [row.key for row in store.claims(status=Status.NOT_SUBMITTED)]
    click.echo(f"{'page':<46}{'ms':>8}{'first':>8}{'own':>8}{'other':>8}{'KiB':>7}")
    for name, path in pages(workspace):
        if only in name:
            first, *times, size = timed(client, path, rounds)
            late = "  over" if median(times) > LIMIT else ""
            mine = next((key for key in opened if f"/{key}" in path), "")
            other = next(key for key in reversed(opened) if key != mine)
            own, elsewhere = (changed(client, path, rounds, workspace, key) for key in (mine, other))
            told = f"{median(times):>8.1f}{first:>8.1f}{own:>8.1f}{elsewhere:>8.1f}{size / 1024:>7.0f}"
            click.echo(f"{name:<46}{told}{late}")


def pages(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Each page by name and address: of the large claim, and of a usual one."""
    with workspace.store() as store:
        centre = next(iter(store.centres()))
        usual = next(
            row.key for row in store.claims(status=Status.NOT_SUBMITTED) if row.lines < LARGE * UNITS
        )
        sampled = next(row.key for row in store.claims(status=Status.SAMPLED))
    yield "claims", "/claims"
    yield "claims, by grades", "/claims?sort=-lines"
    yield "claims, searched and filtered", "/claims?q=05349&status=submitted"
    for words, key in (("300 × 25", f"{centre}-{CODES[0]}-1"), ("40 × 25", usual)):
        for name, path in OF_A_CLAIM.items():
            yield f"{words}: {name}", f"/claims/{key}{path}"
    for name, path in OF_A_SAMPLED_ONE.items():
        yield f"sampled, 40 × 25: {name}", f"/claims/{sampled}{path}"


def let_in(workspace: Workspace) -> TestClient:
    """A client that has opened the page of a server that has worked out what it does before anybody asks."""
    settings = Settings(PORT, who="Pat Lee")
    site = app(workspace, settings)
    warm(site.state.workspace)
    client = TestClient(site, settings.address)
    client.get(opening(settings).removeprefix(settings.address), follow_redirects=False)
    return client


def timed(client: TestClient, path: str, rounds: int) -> list[float]:
    """The processor's milliseconds each time that *path* was asked for, and last the bytes of the answer."""
    times: list[float] = []
    for _ in range(rounds + 1):
        began = time.process_time()
        answer = client.get(path)
        times.append((time.process_time() - began) * 1000)
        if answer.status_code != 200:
            raise click.ClickException(f"{path} answers with {answer.status_code}.")
    return [*times, len(answer.content)]


def changed(client: TestClient, path: str, rounds: int, workspace: Workspace, key: str) -> float:
    """The median of the first answers after changes of the claim *key*; nothing where that is blank."""
    times = []
    for number in range(rounds if key else 0):
        change(workspace, key, "PMD"[number % 3])
        times.append(spent(client, path) * 1000)
    return median(times) if times else 0.0


def made(folder: Path, claims: int) -> Path:
    """The workspace in *folder*, made now or long ago."""
    if not (folder / READY).exists():
        click.echo(f"Making the store: {claims:,} claims. That takes a few minutes, once.")
        Workspace.create(folder)
        with Workspace(folder).store() as store:
            fill(store, claims)
        (folder / READY).touch()
    return folder


def fill(store: Store, claims: int) -> None:
    """Put that many claims, and the register that they need, into an empty *store*."""
    centres = -(-claims // (len(CODES) * EACH))
    for number in range(centres):
        centre = str(20001 + number)
        store.add_centre(centre, f"College {number + 1}")
        register(store, centre, LARGE if number == 0 else PEOPLE)
        for at in range(min(len(CODES) * EACH, claims - number * len(CODES) * EACH)):
            code, large = CODES[at % len(CODES)], number == at == 0
            if number == 0 and at and code == CODES[0]:
                continue  # the large one is open, so that there can be no other
            claim(store, centre, code, at, people=LARGE if large else PEOPLE)


def register(store: Store, centre: str, people: int) -> None:
    """Enter everybody of every claim, and the assessors."""
    most = max(people, EACH * PEOPLE)
    entries = tuple(
        Entry(
            centre,
            code,
            Candidate(f"{number:04}", f"Surname{number}, Forename"),
            frozenset(),
            {"group": "12A"},
        )
        for code in CODES
        for number in range(1, most + 1)
    )
    store.save_register(RegisterFile(entries, columns=frozenset({"candidate_name", "group"})))
    store.save_assessors(Assessor(centre, who, f"{who} Hughes", frozenset(CODES)) for who in ASSESSORS)


def claim(store: Store, centre: str, code: str, at: int, *, people: int) -> None:
    """One claim with its history: workbooks, a query, declarations; all but the last of a qualification submitted."""
    first = 1 + at // len(CODES) * PEOPLE if people == PEOPLE else 1
    stays_open = people == LARGE or at // len(CODES) == EACH - 1
    with store.writing() as writer:
        key = writer.open_claim(centre, code, "Pat Lee")
        numbers = [f"{number:04}" for number in range(first, first + people)]
        writer.record(key, said(numbers, at))
        if not stays_open:
            carry_on(writer, key, numbers, at)


def said(numbers: list[str], at: int) -> Iterator[Event]:
    """What the workbooks said, one for each unit, and that half of the declarations are signed."""
    for unit in range(1, UNITS + 1):
        book = f"Unit {unit}.xlsx", f"{at:08x}{unit:056x}"
        yield Event(
            Kind.RECEIVED, "Pat Lee", workbook=book[0], sha256=book[1], template_id=f"T{unit}", detail="{}"
        )
        for row, number in enumerate(numbers, 5):
            grade, by = "PMD"[(row + unit) % 3], ASSESSORS[unit % 4]
            yield Event(
                Kind.ADDED, "Pat Lee", number, str(unit), grade=grade, assessor=by,
                workbook=book[0], sha256=book[1], sheet="Claim", cell=f"E{row}", template_id=f"T{unit}",
            )  # fmt: skip
        yield Event(
            Kind.QUERY, "Pat Lee", numbers[unit % 9], str(unit), workbook=book[0], sha256=book[1], sheet="Claim",
            cell="F9", template_id=f"T{unit}", detail=detail(rule="CB307"),
        )  # fmt: skip
    for number in numbers[: len(numbers) // 2]:
        yield Event(Kind.DECLARED, "Pat Lee", number)


def carry_on(writer: Writer, key: str, numbers: list[str], at: int) -> None:
    """Submit it, and have two in three sampled."""
    # as the steps of a claim's life record it; the hashes of a submission are of no account here
    row = writer.facts(key)
    number = f"C{row['id']:06}"
    writer.record(key, [Event(Kind.SUBMITTED, "Pat Lee", detail=detail(claim_number=number))])
    writer._change(key, status=Status.SUBMITTED.value, claim_number=number)
    if at % 3:
        sample = [(number, str(unit)) for number in numbers[::5] for unit in range(1, UNITS + 1, 4)]
        writer.record(key, [Event(Kind.SAMPLED, "Pat Lee", detail=detail(lines=len(sample)))])
        writer._change(key, status=Status.SAMPLED.value)
        writer.record(key, [Event(Kind.IN_SAMPLE, "Pat Lee", *pair) for pair in sample])


if __name__ == "__main__":
    main()
