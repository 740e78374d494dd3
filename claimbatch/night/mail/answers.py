"""What each owner of workbooks is told: what is wrong with their own, with the marked copies to put it right in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import PurePosixPath

from claimbatch.clock import day
from claimbatch.errors import ClaimbatchError
from claimbatch.files.anywhere import look_of, read
from claimbatch.night.account import Fate, File
from claimbatch.night.mail.background import Background
from claimbatch.night.mail.drafts import FAULTY, WORKBOOKS, Draft, Facts, digest, found, some
from claimbatch.night.mail.owners import Owner

MEGABYTE = 1_000_000
ENCODED = 4 / 3 * 78 / 76  # how much larger an attachment is in a message: base64, in lines
_LISTED: Mapping[str, Fate] = {
    "rejected": Fate.REJECTED, "part": Fate.PART, "queries": Fate.MERGED, "quarantined": Fate.QUARANTINED,
}  # fmt: skip


def answers(night: Background) -> Iterator[Draft]:
    """A message for each owner of whose workbooks something is to be put right."""
    mine: dict[str, tuple[Owner, list[File]]] = {}
    for file in night.account.files:
        owner = night.owner(file)
        if owner and (file.fate in FAULTY or (file.fate is Fate.MERGED and file.queries)):
            mine.setdefault(owner.address, (owner, []))[1].append(file)
    for owner, files in mine.values():
        yield _answer(night, owner, files)


def _answer(night: Background, owner: Owner, files: Sequence[File]) -> Draft:
    copies, left_out = _copies(night, files)
    facts = {
        "day": day(night.account.started),
        "centres": night.named({file.centre_number for file in files}),
        "workbooks": some(len(files), "workbook"),
        "errors": found(files),
    }
    lists: dict[str, Sequence[Facts]] = {
        name: [night.facts(file) for file in files if file.fate is fate] for name, fate in _LISTED.items()
    }
    lists["unmarked"] = [
        night.facts(file) for file in files if file.fate is Fate.REJECTED and not file.marked
    ]
    lists |= {"attached": [{"copy": name} for name in copies], "left_out": left_out}
    subject, text = night.words.workbooks.written(facts, lists)
    hashes = sorted(file.sha256 for file in files)
    return Draft(
        WORKBOOKS,
        owner.whom,
        owner.address,
        subject,
        text,
        tuple(copies.items()),
        key=digest(WORKBOOKS, owner.address, *hashes),
    )


def _copies(night: Background, files: Iterable[File]) -> tuple[dict[str, bytes], list[Facts]]:
    """The marked copies that have room in one message, each under a name of its own; and which have none."""
    copies: dict[str, bytes] = {}
    left_out: list[Facts] = []
    spare = night.settings.attach_mb * MEGABYTE
    for file in files:
        if not file.marked:
            continue
        name, path = _free(night.marked(file), copies), night.places.found(file.marked)
        try:
            how = look_of(path)
            size = how[0] * ENCODED if how else 0
            content = read(path) if how and size <= spare else b""
        except (OSError, ClaimbatchError):
            how = None
        if how is None:
            left_out.append({"copy": name, "where": ""})
            continue
        if not content:
            left_out.append({"copy": name, "where": night.where(file.marked)})
            continue
        spare -= size
        copies[name] = content
    return copies, left_out


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    path = PurePosixPath(name)
    names = (f"{path.stem}{f'_{n}' if n > 1 else ''}{path.suffix}" for n in count(1))
    return next(one for one in names if one not in taken)
