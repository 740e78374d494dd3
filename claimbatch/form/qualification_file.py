"""Reads the qualification files: one TOML file holds a set of units and the qualifications that share it.

Files in a workspace's own ``schemas`` folder win over the shipped ones, because a centre may know what could
not be found, or may know better.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from claimbatch.data import schema_folder
from claimbatch.form.added_units import ADDED, with_added
from claimbatch.form.handwritten import STRICT, make, read_toml, tables_of, wrong
from claimbatch.form.qualification import Catalogue, Qualification, Unit

NOT_QUALIFICATIONS = (
    ADDED, "award.toml", "declaration.toml", "form.toml", "letters.toml", "mails.toml", "register.toml",
    "sampling.toml",
)  # fmt: skip

_OF_THE_FILE = {"units", "unit_set", "file", "note", "titles_without_number", "units_complete"}

Tables = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One file as it stands. *suite*, *level* and *subject* stand here or in each qualification."""

    __pydantic_config__: ClassVar = STRICT

    qualification: Tables
    suite: int | None = None
    level: int | None = None
    subject: str | None = None
    note: str = ""
    titles_without_number: tuple[str, ...] = ()
    units_complete: bool | None = None
    unit_defaults: dict[str, Any] = field(default_factory=dict)
    unit: Tables = ()
    sources: dict[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What every qualification of the file has, unless it says otherwise."""
        stated = {"suite": self.suite, "level": self.level, "subject": self.subject}
        return {"entry_code": ""} | {key: value for key, value in stated.items() if value is not None}


def load_catalogue(*folders: Path) -> Catalogue:
    """The qualifications of *folders* (without any: the shipped ones), the later folder winning.

    A file replaces the whole file of the same name; an entry code in a file of another name replaces that one
    qualification. Units that a centre adds join those of the file that they name. A slip in a file, or an entry code in
    two files of one folder, is a ``ClaimbatchError``.
    """
    kept: dict[str, list[Qualification]] = {}
    for folder in folders or (schema_folder(),):
        paths = sorted(path for path in folder.glob("*.toml") if path.name not in NOT_QUALIFICATIONS)
        read = {path.name: read_qualifications(path) for path in paths}
        codes = _entry_codes(folder, [found for file in read.values() for found in file])
        others = {name: found for name, found in kept.items() if name not in read}
        kept = {
            name: [q for q in found if q.entry_code not in codes] for name, found in others.items()
        } | read
        kept = with_added(kept, folder / ADDED)
    everything = [qualification for _, found in sorted(kept.items()) for qualification in found]
    return Catalogue(
        tuple(sorted((q for q in everything if q.entry_code), key=lambda q: q.entry_code)),
        tuple(q for q in everything if not q.entry_code),
    )


def read_sources(path: Path) -> Mapping[str, str]:
    """What the sources of a qualification file are, by the key that its facts name them by."""
    return make(_File, read_toml(path), str(path)).sources


def read_qualifications(path: Path) -> list[Qualification]:
    """The qualifications of the file *path*, each with the file's units; a slip is a ``ClaimbatchError``."""
    return list(_qualifications(path, path.read_bytes()))


@lru_cache(
    256
)  # a file that has not changed is understood once: a page that stays open asks for it with every answer
def _qualifications(path: Path, content: bytes) -> tuple[Qualification, ...]:
    file = make(_File, tables_of(path, content), str(path))
    units = _units(path, file)
    found = [_qualification(path, file, table, place) for place, table in enumerate(file.qualification, 1)]
    _check_sources(path, file, [units, found, [fact for q in found for fact in (q.qan, q.size) if fact]])
    return tuple(
        replace(qualification, units=units, unit_set=path.stem if units else None) for qualification in found
    )


def _qualification(path: Path, file: _File, table: Mapping[str, Any], place: int) -> Qualification:
    where = f"{path}, {_name('qualification', 'entry_code', table, place)}"
    for key in _OF_THE_FILE.intersection(table):
        raise wrong(
            f'{where}: "{key}" is not known there', "It is said of the whole file, or follows from it."
        )
    qualification = make(Qualification, {**file.facts, **table}, where)
    return replace(
        qualification,
        file=path.name,
        note=file.note,
        titles_without_number=file.titles_without_number,
        units_complete=file.units_complete,
    )


def _units(path: Path, file: _File) -> tuple[Unit, ...]:
    make(Unit, {"number": 1, **file.unit_defaults}, f"{path}, [unit_defaults]")
    units = [
        make(Unit, {**file.unit_defaults, **table}, f"{path}, {_name('unit', 'number', table, place)}")
        for place, table in enumerate(file.unit, 1)
    ]
    twice = _twice(unit.number for unit in units)
    if twice:
        raise wrong(f"{path}: unit {twice} stands there twice", "Remove one of the two.")
    return tuple(sorted(units, key=lambda unit: unit.number))


def _check_sources(path: Path, file: _File, found: Iterable[Iterable[Any]]) -> None:
    for key in (source for group in found for thing in group for source in thing.source):
        if key not in file.sources:
            hint = f'Correct it, or add it there: {key} = "where it was read".'
            raise wrong(f'{path}: the source "{key}" does not stand under [sources]', hint)


def _entry_codes(folder: Path, found: Sequence[Qualification]) -> set[str]:
    codes = [qualification.entry_code for qualification in found if qualification.entry_code]
    twice = _twice(codes)
    if twice:
        files = " and ".join(q.file for q in found if q.entry_code == twice)
        raise wrong(f"{folder}: entry code {twice} stands there twice, in {files}", "Remove one of the two.")
    return set(codes)


def _twice(values: Iterable[Any]) -> Any:
    return next((value for value, times in Counter(values).items() if times > 1), None)


def _name(kind: str, key: str, table: Mapping[str, Any], place: int) -> str:
    return f"{kind} {table[key]}" if key in table else f"{kind} at place {place} of the file"
