"""The account of a night for programs, ``manifest.json``: every file and every line, in and out, and the proof of it.

Its totals are control totals: what went in is what came out, for each file, for each claim and for the whole night.
:func:`doubts` adds all of it up again. What stands in it is described by ``docs/manifest.schema.json``.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from claimbatch import __version__
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import write_pieces
from claimbatch.identifiers import is_centre_number, is_entry_code
from claimbatch.night.account import Account, ClaimChanged, Fate, File
from claimbatch.night.gist import why_of, without_addresses
from claimbatch.night.lists import CHANGES, PROBLEMS, Listed

MANIFEST = "manifest.json"
VERSION = 1  # of what the manifest holds; higher where a program that reads it would have to know
KINDS = ("added", "changed", "removed")
OUT = (*KINDS, "unchanged", "held")  # what becomes of a line
COUNTS = ("lines", *OUT, "errors", "queries")
_NUMBERS: Mapping[str, Callable[[str], object]] = {
    "centre_number": is_centre_number,
    "entry_code": is_entry_code,
    "template_id": re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch,
}
_HEAD = {
    "manifest_version",
    "claimbatch",
    "run",
    "seconds",
    "totals",
    "lists",
    "undone",
}  # what a list of runs asks
_LAST = "files"  # by far the longest part stands last, so that the head can be read without it


def write_manifest(folder: Path, account: Account, lists: Sequence[Listed] = ()) -> Path:
    """Write the account of a night to its run's *folder*, file by file; *lists* are those written beside it."""
    told = _as_json(_head(account, lists), map(_file, _sorted(account.files)))
    return write_pieces(folder / MANIFEST, (text.encode("utf-8", "replace") for text in told))


def read_manifest(path: Path) -> Mapping[str, Any]:
    """The whole manifest at *path*."""
    with _reading(path) as file:
        return _parsed(path, file.read())


def read_head(path: Path) -> Mapping[str, Any]:
    """The manifest at *path* without its files, of which there may be many thousands."""
    with _reading(path) as file:
        lines: list[bytes] = []
        for line in file:
            if line.startswith(f'  "{_LAST}": '.encode()):
                return _parsed(path, b"".join(lines).rstrip().removesuffix(b",") + b"}")
            lines.append(line)
    return _parsed(path, b"".join(lines))  # somebody has saved it in another shape


def doubts(manifest: Mapping[str, Any]) -> list[str]:
    """Where the account does not add up, a sentence each; none if every file and every line is accounted for."""
    try:
        return list(_doubts(manifest))
    except (KeyError, TypeError, AttributeError):
        return ["The manifest is damaged: something in it is missing."]


def _doubts(manifest: Mapping[str, Any]) -> Iterator[str]:
    totals, files, claims = manifest["totals"], manifest["files"], manifest["claims"]
    yield from _differ("all files", totals["files"], len(files))
    yield from _differ("all fates", totals["files"], sum(totals["fates"].values()))
    fates = Counter(file["fate"] for file in files)
    for fate, number in totals["fates"].items():
        yield from _differ(f"files {fate}", number, fates[fate])
    for file in files:
        yield from _differ(f"lines of {file['name']}", file["lines"], sum(file[kind] for kind in OUT))
        found = file["errors"] + file["queries"]
        yield from _differ(f"problems of {file['name']}", found, sum(file["codes"].values()))
    for kind in COUNTS:
        yield from _differ(f"{kind} of all files", totals[kind], sum(file[kind] for file in files))
    yield from _differ("all lines", totals["lines"], sum(totals[kind] for kind in OUT))
    yield from _differ("all claims", totals["claims"], len(claims))
    for kind in KINDS:
        yield from _differ(f"{kind} in all claims", totals[kind], sum(claim[kind] for claim in claims))
    rows = {one["name"]: one["rows"] for one in manifest["lists"]}
    for name, counted in ((CHANGES, KINDS), (PROBLEMS, ("errors", "queries"))):
        if name in rows:
            yield from _differ(f"rows of {name}", sum(totals[kind] for kind in counted), rows[name])


def _differ(what: str, said: int, found: int) -> Iterator[str]:
    if said != found:
        yield f"{what[0].upper()}{what[1:]}: {said} by one count, {found} by another."


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
    yield f'{lead}  "{_LAST}": '
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


def _reading(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ClaimbatchError(
            f"{path} cannot be read: {error.strerror}.", "Bring it back from a backup.", Exit.NOT_FINISHED
        ) from None


def _parsed(path: Path, text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("totals"), dict) or not found.keys() >= _HEAD:
        raise ClaimbatchError(
            f"{path} is damaged: it is no account of a night.",
            "Bring it back from a backup; the claims do not depend on it.",
            Exit.NOT_FINISHED,
        )
    if found["manifest_version"] != VERSION:
        raise ClaimbatchError(
            f"{path} was written by another version of claimbatch ({found['claimbatch']}).",
            "Look at it with that version.",
            Exit.WRONG_SETUP,
        )
    return found
