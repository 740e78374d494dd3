"""Reads the account of a night, and proves that it adds up: files, lines and claims, in and out."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.night.file_names import CHANGES, PROBLEMS

VERSION = 1  # of what a manifest holds; higher where a program that reads it would have to know
KINDS = ("added", "changed", "removed")
OUT = (*KINDS, "unchanged", "held")  # what becomes of a line
COUNTS = ("lines", *OUT, "errors", "queries")
FILES = (
    "files"  # by far the longest part of a manifest: it stands last, so that the head can be read without it
)
_HEAD = {
    "manifest_version",
    "claimbatch",
    "run",
    "seconds",
    "totals",
    "lists",
    "undone",
}  # what a list of runs asks


def read_manifest(path: Path) -> Mapping[str, Any]:
    """The whole manifest at *path*."""
    with _reading(path) as file:
        return _parsed(path, file.read())


def read_head(path: Path) -> Mapping[str, Any]:
    """The manifest at *path* without its files, of which there may be many thousands."""
    with _reading(path) as file:
        lines: list[bytes] = []
        for line in file:
            if line.startswith(f'  "{FILES}": '.encode()):
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
