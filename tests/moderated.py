"""A centre with a submitted claim for tests of what a moderator does: made once, copied for each test.

Claim 1 of 05990 has these lines, and those with a star are in the sample:

    0042 Ahmed, Sana   1 P JH *   2 D SA *
    0043 Brown, Tom    1 P JH *   2 M SA
    0044 Clark, Zoë    1 M JH *   First Aid (NCFE) M SA *
    0051 O'Neill, Fay  1 P JH
"""

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from claimbatch.claims.life import look
from claimbatch.claims.standing import Standing
from claimbatch.intake.moderators import Desk, Returned, hear
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, Centre, put
from tests.small import CODE, offer

KEY, NEXT = f"{CENTRE}-{CODE}-1", f"{CENTRE}-{CODE}-2"
CLAIMED = {
    "Grades!E5": "P", "Grades!F5": "D", "Grades!E6": "P", "Grades!F6": "M", "Grades!E7": "M", "Grades!E8": "P",
    "Units!D5": "JH", "Units!D6": "SA",
    "Other units!A5": "0044", "Other units!B5": "First Aid", "Other units!C5": "NCFE", "Other units!D5": "M",
    "Other units!E5": "SA", "Other units!F5": "Yes",
}  # fmt: skip
SAMPLE = (("0042", "1"), ("0042", "2"), ("0043", "1"), ("0044", "1"), ("0044", "First Aid"))


def moderated(folder: Path, *, sampled: bool = True) -> Centre:
    """A copy of the centre in *folder*; the sample is recorded, unless *sampled* is False."""
    shutil.copytree(_made(sampled), folder)
    return Centre(Workspace(folder))


@cache
def _made(sampled: bool) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="claimbatch-tests-")) / "centre"
    centre = Centre.make(folder, (CODE,))
    offer(centre)
    centre.done("merge", put(centre.issue(CODE), CLAIMED, "all.xlsx"))
    submit(centre)
    if sampled:
        record(centre, *SAMPLE)
    return folder


def submit(centre: Centre, key: str = KEY, *more: str) -> None:
    centre.done("claim", "declare", key, "--all")
    said = ("--centre-declaration", "--submitted-by", "Pat", "--yes")
    centre.done("claim", "submit", key, *said, *more)


def pairs(*lines: tuple[str, str]) -> list[str]:
    """The lines as they are typed."""
    return [word for number, unit in lines for word in ("--candidate", number, "--unit", unit)]


def record(centre: Centre, *lines: tuple[str, str]) -> str:
    return centre.done("sample", "record", KEY, *pairs(*lines))


def book(centre: Centre, form: str, cells: Mapping[str, Any], name: str = "back.xlsx") -> Path:
    """The workbook of *form*, made now and filled in."""
    centre.wait(CODE, form, 0)
    centre.done(form, "template", KEY)
    return put(centre.workspace.folder / "outbox" / f"{KEY}_{form}.xlsx", cells, name)


def stands(centre: Centre, key: str = KEY) -> Standing:
    with centre.workspace.store() as store:
        return look(store, centre.catalogue, key)


def heard(centre: Centre, path: Path, form: str, key: str = "") -> Returned:
    with centre.workspace.store() as store:
        desk = Desk(
            lambda template_id: store.templates([template_id]),
            lambda claim: look(store, centre.catalogue, claim),
            centre.workspace.key(),
        )
        return hear(path, path.name, desk, form, key)
