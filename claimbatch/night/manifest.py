"""The account of a night for programs, ``manifest.json``: every file and every line, in and out.

Its totals are control totals: what went in is what came out, for each file, for each claim and for the whole night.
What stands in it is described by ``docs/manifest.schema.json``.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from claimbatch import __version__
from claimbatch.files import write_pieces
from claimbatch.identifiers import is_centre_number, is_entry_code
from claimbatch.night.account import Account, ClaimChanged, Fate, File
from claimbatch.night.csv_lists import Listed
from claimbatch.night.file_names import MANIFEST
from claimbatch.night.gist import why_of, without_addresses
from claimbatch.night.proof import COUNTS, FILES, VERSION

_NUMBERS: Mapping[str, Callable[[str], object]] = {
    "centre_number": is_centre_number,
    "entry_code": is_entry_code,
    "template_id": re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch,
}


def write_manifest(folder: Path, account: Account, lists: Sequence[Listed] = ()) -> Path:
    """Write the account of a night to its run's *folder*, file by file; *lists* are those written beside it."""
    told = _as_json(_head(account, lists), map(_file, _sorted(account.files)))
    return write_pieces(folder / MANIFEST, (text.encode("utf-8", "replace") for text in told))


def _head(account: Account, lists: Sequence[Listed]) -> dict[str, Any]:
    """All but the files."""
    return {
        "manifest_version": VERSION,
        "claimbatch": __version__,
        "run": account.id,
        "started": account.started,
        "ended": account.ended,
        "seconds": round(account.seconds, 3),
        "dry_run": account.dry_run,
        "took_over": sorted(account.took_over),
        "finished_by": account.finished_by,
        "retired": sorted(account.retired),
        "totals": totals(account),
        "lists": [asdict(one) for one in lists],
        "undone": [_sentences(asdict(one)) for one in account.undone],
        "mails": [_sentences(asdict(one)) for one in account.mails],
        "claims": [_claim(claim) for claim in sorted(account.claims, key=lambda claim: claim.key)],
    }


def totals(account: Account) -> dict[str, Any]:
    """The control totals of a night."""
    counts = {kind: sum(getattr(file, kind) for file in account.files) for kind in COUNTS}
    fates = {fate.value: account.count(fate) for fate in Fate}
    return {"files": len(account.files), "fates": fates, **counts, "claims": len(account.claims)}


def _file(file: File) -> dict[str, Any]:
    """A file, without whom it was made for: that is a name. What a stranger's workbook calls itself may be anything."""
    told = {key: value for key, value in asdict(file).items() if key != "issued_to"} | {"why": why_of(file)}
    for key, is_one in _NUMBERS.items():
        told[key] = told[key] if is_one(told[key]) else ""
    return told | {"fate": file.fate.value, "codes": dict(sorted(file.codes.items()))}


def _claim(claim: ClaimChanged) -> dict[str, Any]:
    told = asdict(claim)
    return {"claim": told.pop("key"), **told}


def _sentences(told: dict[str, Any]) -> dict[str, Any]:
    """What was told, with no address in its sentences: a mail server's words may have one."""
    return told | {key: without_addresses(told[key]) for key in ("why", "hint") if key in told}


def _sorted(files: Iterable[File]) -> list[File]:
    return sorted(files, key=lambda file: (file.name, file.sha256))


def _as_json(head: Mapping[str, Any], files: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The manifest, a piece at a time: each claim and each file on a line of its own."""
    lead = "{\n"
    for key, value in head.items():
        yield f"{lead}  {_json(key)}: "
        yield from _rows(value) if isinstance(value, list) else (_json(value),)
        lead = ",\n"
    yield f'{lead}  "{FILES}": '
    yield from _rows(files)
    yield "\n}\n"


def _rows(values: Iterable[Any]) -> Iterator[str]:
    lead = "["
    for value in values:
        yield f"{lead}\n    {_json(value)}"
        lead = ","
    yield "[]" if lead == "[" else "\n  ]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
