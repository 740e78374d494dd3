"""No name and no date of birth of the register in anything that is not made for whoever may read them."""

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

from benchmarks.faults import college

WRITTEN = ("*.json", "*.jsonl", "*.xml", "*.html", "*.csv", "*.prom", "*.txt", "*.bin", "*.eml")


def found_in(text: str) -> list[str]:
    """The names and dates of birth that stand in *text*, in any usual spelling or wrapping."""
    seen = _plain(text)
    return sorted({spelt for spelt, pattern in _patterns().items() if pattern.search(seen)})


def _plain(text: str) -> str:
    """Without what JSON and HTML wrap letters in, and in small letters without accents; the rest stays."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    text = re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), html.unescape(text))
    text = unicodedata.normalize("NFKD", text.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i")).replace(
        "’", "'"
    )
    return "".join(letter for letter in text if not unicodedata.combining(letter)).casefold()


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    found = {}
    for _, name, born in college.PEOPLE:
        for word in re.split(r"[,\s]+", name):
            found[word] = re.compile(re.escape(_plain(word)))
        for spelt in _spellings(born):
            found[spelt] = re.compile(rf"(?<![\w.]){re.escape(spelt.casefold())}(?![\w.])")
    for _, name in college.ASSESSORS:
        for word in name.split():
            found[word] = re.compile(re.escape(_plain(word)))
    return found


def _spellings(day: date) -> Iterator[str]:
    for joint in "/-. ":
        for year in (f"{day:%Y}", f"{day:%y}"):
            yield f"{day:%d}{joint}{day:%m}{joint}{year}"
            yield f"{day.day}{joint}{day.month}{joint}{year}"
        yield f"{day:%Y}{joint}{day:%m}{joint}{day:%d}"
    for month in (f"{day:%B}", f"{day:%b}"):
        yield f"{day.day} {month} {day:%Y}"
        yield f"{day.day:02} {month} {day:%Y}"
        yield f"{month} {day.day}, {day:%Y}"
    yield f"{day:%Y%m%d}"
    yield f"{day:%d%m%Y}"
    yield str((day - date(1899, 12, 30)).days)  # as a spreadsheet keeps it
    yield str((day - date(1904, 1, 1)).days)


def in_accounts(folder: Path) -> Iterator[str]:
    """What stands in the accounts of the runs of the workspace in *folder*: logs, manifests, metrics, pages, lists."""
    for path in sorted({path for pattern in WRITTEN for path in (folder / "runs").rglob(pattern)}):
        data = path.read_bytes()
        if path.suffix == ".eml":
            yield from (f"{path.name}: {word}" for word in in_message(data))
            continue
        yield from (f"{path.name}: {word}" for word in found_in(data.decode("utf-8", "replace")))


def in_message(data: bytes) -> list[str]:
    """What stands in the headings and the text of a message, and in the names of what goes with it.

    Marked copies hold what the workbooks hold that their owners have sent.
    """
    message = message_from_bytes(data, policy=policy.default)
    texts: list[str] = [str(value) for value in message.values()]
    for part in message.walk():
        texts.append(part.get_filename() or "")
        if part.get_content_maintype() == "text":
            texts.append(part.get_content())
    return found_in("\n".join(texts))


def in_errors(texts: Iterable[str]) -> list[str]:
    """What stands in what programs said on the side."""
    return found_in("\n".join(texts))


def proves_itself() -> bool:
    """Whether a name or a date would be found: one that is there, in each spelling and wrapping."""
    name, born = college.PEOPLE[2][1], college.PEOPLE[0][2]
    there = (
        name,
        name.upper(),
        json.dumps(name),
        html.escape(name).encode("ascii", "xmlcharrefreplace").decode(),
    )
    return all(found_in(f"x {text} y") for text in (*there, *_spellings(born))) and not found_in(
        "Unit 3, 0042"
    )
