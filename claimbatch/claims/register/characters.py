"""The characters of a register file: UTF-8, UTF-16, or one set of 8 bits for the whole file.

What a file was saved in is nowhere written. UTF-8 shows itself; old sets do not, so they are told by whether their
letters make words, and where two do, nothing is taken before a person has seen the names both ways.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# What people may say with --encoding: name -> what Python calls it.
ENCODINGS: Mapping[str, str] = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "mac-roman": "mac_roman",
    "dos-850": "cp850",
}
LABELS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1252": "Windows-1252",
    "windows-1250": "Windows-1250",
    "mac-roman": "Mac Roman",
    "dos-850": "DOS",
}
_EIGHT_BITS = ("windows-1252", "mac-roman", "dos-850", "windows-1250")
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_LOOKED_AT = 2000  # bytes
_FOREIGN = re.compile(r".?[^\x00-\x7f].?")
_ALWAYS = "'’\N{NO-BREAK SPACE}"  # beside a letter they are at home


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, and the *encoding* it was read in, by the names of :data:`ENCODINGS`.

    *guessed*: only the words speak for it, and *rivals* are what else it may be. *fault* says why it is no text,
    *line* where.
    """

    text: str = ""
    encoding: str = ""
    guessed: bool = False
    rivals: tuple[str, ...] = ()
    fault: str = ""
    line: int = 0


def decode(data: bytes, said: str = "") -> Text:
    """The text of *data*, in the encoding that a person *said* where one did."""
    if said:
        return _as_said(data, said)
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), "") or _unmarked_utf16(data)
    try:
        return _text(data.decode(marked or "utf-8"), "utf-16" if marked.startswith("utf-16") else "utf-8")
    except UnicodeDecodeError:
        if marked.startswith("utf-16"):
            return Text(fault="it is not text")
    return _mixed(data) or _eight_bits(data)


def heard(text: str, encoding: str, rival: str) -> str:
    """*text*, read as *encoding*, as it would read in the *rival* encoding."""
    return text.encode(ENCODINGS[encoding], "replace").decode(ENCODINGS[rival], "replace")


def _as_said(data: bytes, said: str) -> Text:
    try:
        return _text(data.decode(ENCODINGS[said]), said)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Text(fault=f"in line {line} it is not {LABELS[said]}", line=line)


def _text(text: str, encoding: str) -> Text:
    return Text(fault="it is not text") if "\0" in text else Text(text, encoding)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain letters is zero."""
    start = data[:_LOOKED_AT]
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        half, other = start[offset::2], start[1 - offset :: 2]
        if half and half.count(0) > 0.7 * len(half) and not other.count(0):
            return codec
    return ""


def _mixed(data: bytes) -> Text | None:
    """A file in which some lines are UTF-8 and others are not: two programs wrote it, and neither can read it."""
    foreign = [(n, line) for n, line in enumerate(data.splitlines(), 1) if not line.isascii()]
    other = [number for number, line in foreign if not _is_utf8(line)]
    if len(other) == len(foreign):
        return None
    lines = ", ".join(map(str, other[:5])) + (" and more" if len(other) > 5 else "")
    where = f"line {lines} is" if len(other) == 1 else f"lines {lines} are"
    return Text(fault=f"{where} not written in UTF-8 as the others are", line=other[0])


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _eight_bits(data: bytes) -> Text:
    """The set of 8 bits whose letters make the best words; Windows-1252 where nothing speaks against it."""
    texts = {name: text for name in _EIGHT_BITS if (text := _decoded(data, name)) is not None}
    oddities = {name: _oddities(text) for name, text in texts.items()}
    if not texts:
        return Text(fault="it is not text")
    best = min(texts, key=lambda name: oddities[name])
    if "\0" in texts[best]:
        return Text(fault="it is not text")
    sure = best == "windows-1252" and oddities[best] == 0
    rivals = () if sure else tuple(n for n in texts if n != best and (n == "windows-1252" or not oddities[n]))
    return Text(texts[best], best, not sure, rivals)


def _decoded(data: bytes, name: str) -> str | None:
    try:
        return data.decode(ENCODINGS[name])
    except UnicodeDecodeError:
        return None


def _oddities(text: str) -> int:
    """How often a character above ASCII stands where no word has it: a sign within a word, a capital after a small."""
    return sum(_is_odd(match[0]) for match in _FOREIGN.finditer(text.replace("\n", "  ").replace("\r", "  ")))


def _is_odd(seen: str) -> bool:
    at = next(i for i, letter in enumerate(seen) if not letter.isascii())
    before, letter, after = seen[:at], seen[at], seen[at + 1 :]
    if letter.isalpha():
        return (letter.isupper() and before.islower()) or (letter.islower() and after.isupper())
    if letter in _ALWAYS:
        return False
    within = before.isalpha() and after.isalpha()
    if letter in "\N{LEFT SINGLE QUOTATION MARK}“":
        return before.isalpha()
    return within if letter in "”–—…" else before.isalpha() or after.isalpha()
