"""Which column of a register file is which: headings and their synonyms, from ``schemas/register.toml``.

Every school's system has its own words for a candidate number. The table of them is data, and a workspace may add
to it; what one file calls things may be said on the command line (``--map``), and is remembered for the next.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from claimbatch.data import schema_file
from claimbatch.errors import ClaimbatchError
from claimbatch.form.handwritten import STRICT, did_you_mean, make, read_toml, wrong

ENTRIES, ASSESSORS = "entries", "assessors"
IGNORE = "ignore"  # what --map calls a column that is to be passed over
_PASSED_OVER = "passed_over"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a file: its headings, as they are compared, the earlier before the later.

    *instead* are headings that count only where nothing else gives the field. *part_of* names the field that this one
    is joined into.
    """

    name: str
    needed: bool = False
    part_of: str = ""
    headings: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file, ``entries`` or ``assessors``: its fields by name, and headings that it passes over.

    *known* are all headings that mean something, as they are compared.
    """

    name: str
    fields: Mapping[str, Field]
    passed_over: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()

    @property
    def wanted(self) -> Mapping[str, bool]:
        """The fields that rows have in the end, and whether every file must have them."""
        return {name: field.needed for name, field in self.fields.items() if not field.part_of}

    def parts(self, name: str) -> tuple[str, ...]:
        """The fields that *name* may be joined from, in the order of joining."""
        return tuple(part.name for part in self.fields.values() if part.part_of == name)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a row of headings hold which field, counted from 0.

    A name in two columns has two. *others* are headings that nobody knows, by column; *passed_over* those that are
    not wanted, or less than another. *repeated* are columns whose very heading came before.
    """

    fields: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)
    passed_over: Mapping[int, str] = field(default_factory=dict)
    repeated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    """The headings of one field, as a file of synonyms has them."""

    __pydantic_config__: ClassVar = STRICT

    headings: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    needed: bool = False
    part_of: str = ""


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading as it is compared: its letters and digits alone, in lower case.

    >>> plain("Legal Forename(s)*"), plain("D.O.B."), plain("candidate_number")
    ('legalforenames', 'dob', 'candidatenumber')
    """
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", heading)).casefold() or heading.strip()


def load_kinds(own: Path | None = None) -> Mapping[str, Kind]:
    """The kinds of files with their headings: the shipped ones, those of the workspace's *own* file before them.

    Raises :class:`ClaimbatchError` (exit code 3) where the own file has a slip.
    """
    tables = dict(read_toml(schema_file("register.toml")))
    mine = read_toml(own) if own and own.exists() else {}
    _check(own, mine, tables)
    unwanted = _headings(tables.pop(_PASSED_OVER)["headings"])
    return {name: _kind(name, table, mine, unwanted, own) for name, table in tables.items()}


def find_columns(
    kind: Kind, headings: Sequence[str], said: Mapping[str, str] = MappingProxyType({})
) -> Columns:
    """Which of *headings* is which field of *kind*; *said* are headings whose field a person named."""
    texts = [plain(heading) if heading else "" for heading in headings]
    told = {plain(heading): name for heading, name in said.items()}
    found = {
        name: [i for i, text in enumerate(texts) if text and told.get(text) == name] for name in kind.fields
    }
    texts_left = ["" if text in told else text for text in texts]
    repeated: list[int] = []
    for name, of_field in kind.fields.items():
        if not found[name]:
            found[name] = _first(of_field.headings, texts_left)
        repeated += found[name][1:]
    fields: dict[str, tuple[int, ...]] = {
        name: (columns[0],) for name, columns in found.items() if columns and not kind.fields[name].part_of
    }
    for name, of_field in kind.fields.items():
        joined = [found[part][0] for part in kind.parts(name) if found[part]]
        parts_said = any(part in told.values() for part in kind.parts(name))
        if joined and len(joined) == len(kind.parts(name)) and (name not in fields or parts_said):
            fields[name] = tuple(joined)
        elif name not in fields and of_field.instead:
            taken = {column for columns in fields.values() for column in columns}
            free = ["" if i in taken else text for i, text in enumerate(texts_left)]
            if columns := _first(of_field.instead, free):
                fields[name] = (columns[0],)
    used = {column for columns in fields.values() for column in columns}
    rest = {i: heading for i, heading in enumerate(headings) if heading and i not in used}
    known = {i: h for i, h in rest.items() if texts[i] in kind.known or told.get(texts[i]) == IGNORE}
    return Columns(
        {name: fields[name] for name in kind.wanted if name in fields},
        {i: heading for i, heading in rest.items() if i not in known},
        known,
        tuple(sorted(i for i in repeated if texts[i] in {texts[j] for j in used})),
    )


def read_map(kind: Kind, pairs: Iterable[str]) -> dict[str, str]:
    """What ``--map "Exam No=candidate_number"`` says, heading to field; a pair that says nothing is refused."""
    said = {}
    for pair in pairs:
        heading, sign, name = pair.rpartition("=")
        meant = name.strip().casefold().replace(" ", "_").replace("-", "_")
        if not sign or not heading.strip():
            raise ClaimbatchError(
                f'"{pair}" names no column and field.', 'Write: --map "Exam No=candidate_number"'
            )
        if meant not in (*kind.fields, IGNORE):
            raise ClaimbatchError(
                f'"{name.strip()}" is no field of a register file.',
                did_you_mean(meant, [*kind.fields, IGNORE]),
            )
        said[heading.strip()] = meant
    return said


def _first(wanted: Iterable[str], texts: Sequence[str]) -> list[int]:
    """The columns of the first wanted heading that is there."""
    for heading in wanted:
        columns = [i for i, text in enumerate(texts) if text == heading]
        if columns:
            return columns
    return []


def _kind(
    name: str, table: Mapping[str, Any], own: Mapping[str, Any], unwanted: Sequence[str], path: Path | None
) -> Kind:
    """One kind, with the workspace's *own* headings first; one that stands there stands nowhere else."""
    mine = {key: make(_Words, words, f"{path}: {name}.{key}") for key, words in own.get(name, {}).items()}
    claimed = {heading for words in mine.values() for heading in _headings((*words.headings, *words.instead))}
    fields = {}
    for key, words in table.items():
        more = mine.get(key, _Words())
        lists = [
            (*_headings(before), *(heading for heading in _headings(after) if heading not in claimed))
            for before, after in (
                (more.headings, (key, *words["headings"])),
                (more.instead, words.get("instead", ())),
            )
        ]
        fields[key] = Field(key, words.get("needed", False), words.get("part_of", ""), *lists)
    passed_over = frozenset(_headings((*own.get(_PASSED_OVER, {}).get("headings", ()), *unwanted))) - claimed
    words = (heading for of_field in fields.values() for heading in (*of_field.headings, *of_field.instead))
    return Kind(name, fields, passed_over, passed_over.union(words))


def _headings(listed: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(heading) for heading in listed)


def _check(path: Path | None, own: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse a table or field that there is not; what stands in a field is checked when it is read."""
    for name, table in own.items():
        if name not in known or not isinstance(table, dict):
            raise wrong(f'{path}: "{name}" is not known there', did_you_mean(name, known))
        if name == _PASSED_OVER:
            make(_Words, table, f"{path}: {name}")
            continue
        for key, words in table.items():
            if key not in known[name] or not isinstance(words, dict):
                raise wrong(f'{path}: "{name}.{key}" is not known there', did_you_mean(key, known[name]))
