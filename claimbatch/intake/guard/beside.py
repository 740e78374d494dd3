"""What stands beside the cells of a sheet, and that no reader gives: comments and text boxes.

A teacher who writes "not yet" beside a grade has said something. The parts that hold it are small, and most workbooks
have none of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from claimbatch.a1 import Address, address
from claimbatch.intake.guard.archive import DAMAGED, Refusal
from claimbatch.intake.guard.cells import check_place
from claimbatch.intake.guard.markup import visit
from claimbatch.intake.guard.remembered import remembered

_OFF = ("0", "false")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is stored; a thread has its replies in its text, each with its writer.

    *settled* is whether somebody has resolved the thread. Cells with a thread have a second, plain comment for older
    programs, which is left out here.
    """

    row: int
    column: int
    text: str
    author: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something drawn over the cells: a *kind* in plain words, its text (if any), and the cell it begins at, if any."""

    row: int
    column: int
    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What one sheet has on and beside its cells. *struck* are the cells with a line through what they hold."""

    struck: frozenset[Address] = frozenset()
    comments: tuple[Comment, ...] = ()
    drawings: tuple[Drawing, ...] = ()


NOTHING = Beside()


def beside(struck: frozenset[Address], parts: Mapping[str, Iterable[bytes]], people: bytes) -> Beside:
    """What stands on and beside the cells of a sheet, *struck* among them.

    *parts* are those that the sheet relates to, by the kind of relation; *people* is the list of those who write in
    threads, or empty. All are known to be well-formed.
    """
    threads = [thread for part in parts.get("threadedComment", ()) for thread in _threads(part, people)]
    places = {(thread.row, thread.column) for thread in threads}
    plain = (comment for part in parts.get("comments", ()) for comment in _comments(part))
    comments = [*threads, *(comment for comment in plain if (comment.row, comment.column) not in places)]
    drawings = tuple(drawing for part in parts.get("drawing", ()) for drawing in _drawings(part))
    return Beside(struck, tuple(sorted(comments, key=lambda c: (c.row, c.column))), drawings)


# --- comments --------------------------------------------------------------------------------------------------


@dataclass
class _Told:
    """One comment while its part is read."""

    attributes: Mapping[str, str]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.words)


def _told(part: bytes, name: str, within: str) -> tuple[list[_Told], list[_Told]]:
    """The elements *name* of a part, each with what stands in its elements *within*; and its authors."""
    found: list[_Told] = []
    authors: list[_Told] = []

    def start(path: list[str], attributes: Mapping[str, str]) -> None:
        if path[-1] in (name, "author"):
            (found if path[-1] == name else authors).append(_Told(dict(attributes)))

    def said(path: list[str], words: str) -> None:
        if path[-1] == "author":
            authors[-1].words.append(words)
        elif path[-1] == within and name in path and "rPh" not in path:
            found[-1].words.append(words)

    visit(part, start, said)
    return found, authors


@remembered
def _comments(part: bytes) -> list[Comment]:
    """The comments of a part, as every program stores them."""
    listed, authors = _told(part, "comment", "t")
    found = []
    for told in listed:
        number = _counted(told.attributes.get("authorId", ""))
        author = "".join(a.text for a in authors[number - 1 : number] if number)
        found.append(Comment(*_place(told), _without_author(told.text, author), author))
    return found


def _without_author(text: str, author: str) -> str:
    """The words of a comment without the name that Excel sets before them."""
    return text.removeprefix(f"{author}:").lstrip() if author else text


@remembered
def _threads(part: bytes, people: bytes) -> list[Comment]:
    """The threads of a part: one for each cell, with every reply."""
    names = {
        told.attributes.get("id", ""): told.attributes.get("displayName", "")
        for told in (_told(people, "person", "")[0] if people else ())
    }
    threads: dict[Address, Comment] = {}
    for told in _told(part, "threadedComment", "text")[0]:
        place, author = _place(told), names.get(told.attributes.get("personId", ""), "")
        done = told.attributes.get("done", "0") not in _OFF
        if earlier := threads.get(place):
            reply = f"{author}: {told.text}" if author else told.text
            threads[place] = replace(
                earlier, text=f"{earlier.text}\n{reply}", settled=earlier.settled or done
            )
        else:
            threads[place] = Comment(*place, told.text, author, settled=done)
    return list(threads.values())


def _place(told: _Told) -> Address:
    try:
        row, column = address(told.attributes.get("ref", "").partition(":")[0])
    except ValueError:
        raise Refusal(DAMAGED, "a comment has no proper address") from None
    check_place(row, column, "a comment")
    return row, column


# --- drawings --------------------------------------------------------------------------------------------------

_KINDS = {"pic": "a picture", "graphicFrame": "a chart", "contentPart": "ink"}


@remembered
def _drawings(part: bytes) -> list[Drawing]:
    """What a part draws over the cells, with the text in it."""
    found: list[dict[str, str]] = []

    def start(path: list[str], _: Mapping[str, str]) -> None:
        if path[-1].endswith("Anchor"):
            found.append({})
        elif found and path[-1] in _KINDS:
            found[-1].setdefault("kind", _KINDS[path[-1]])
        elif found and path[-1] == "p" and "Fallback" not in path:
            found[-1]["text"] = found[-1].get("text", "") + "\n"

    def said(path: list[str], words: str) -> None:
        key = "".join(path[-2:])
        if found and path[-1] == "t" and "Fallback" not in path:
            found[-1]["text"] = found[-1].get("text", "") + words
        elif found and key in ("fromrow", "fromcol"):
            found[-1][key] = found[-1].get(key, "") + words

    visit(part, start, said)
    return [_drawn(facts) for facts in found]


def _drawn(facts: Mapping[str, str]) -> Drawing:
    text = facts.get("text", "").strip()
    row, column = (_counted(facts.get(key, "")) for key in ("fromrow", "fromcol"))
    return Drawing(row, column, "a text box" if text else facts.get("kind", "a drawing"), text)


def _counted(text: str) -> int:
    """The number of a row or column, counted from 1; 0 where a drawing has none."""
    text = text.strip()
    return int(text) + 1 if text.isascii() and text.isdecimal() and len(text) < 6 else 0
