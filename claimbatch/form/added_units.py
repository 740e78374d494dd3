"""Units that a centre adds to a qualification whose list of units is not complete, in a file of its own.

The shipped list is found, not complete; whoever has OCR's handbook knows the rest. The units stand in the workspace's
``schemas/added-units.toml``, so that a newer claimbatch, with more units of its own, loses none of them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, ClassVar

from claimbatch.files import write_atomic
from claimbatch.form.handwritten import STRICT, make, read_toml, wrong
from claimbatch.form.qualification import Qualification, Unit

ADDED = "added-units.toml"
BY_CENTRE = "added by the centre"
_HEAD = """\
# Units that this centre added: they join the units of the qualification file that each names.
# A unit that claimbatch has come to know too keeps what stands here.

"""
_BLOCK = re.compile(r"(?m)^(?=\[\[unit\]\])")


@dataclass(frozen=True, slots=True)
class _File:
    __pydantic_config__: ClassVar = STRICT

    unit: tuple[dict[str, Any], ...] = ()


def read_added(path: Path) -> Iterator[tuple[str, Unit, frozenset[str]]]:
    """The units of the file *path*: the name of the file each joins, the unit, and the names of what it states."""
    if not path.is_file():
        return
    for place, table in enumerate(make(_File, read_toml(path), str(path)).unit, 1):
        where = f"{path}, unit {table.get('number', f'at place {place}')}"
        if not isinstance(file := table.get("file"), str):
            raise wrong(f"{where} has no file", 'Add the name of the file that it joins: file = "it-l3-2016"')
        stated = {key: value for key, value in table.items() if key != "file"}
        yield f"{file.removesuffix('.toml')}.toml", make(Unit, stated, where), frozenset(stated)


def with_added(files: Mapping[str, list[Qualification]], path: Path) -> dict[str, list[Qualification]]:
    """The qualifications by their file, with the units that *path* adds to each."""
    joined = dict(files)
    for file, unit, stated in read_added(path):
        if file not in joined:
            raise wrong(
                f"{path}: there is no qualification file {file}", "Correct its name, or remove the unit."
            )
        joined[file] = [_with_unit(qualification, unit, stated) for qualification in joined[file]]
    return joined


def _with_unit(qualification: Qualification, unit: Unit, stated: frozenset[str]) -> Qualification:
    """The qualification with *unit*; what is known of it already stays where *unit* does not state it."""
    known = qualification.unit(unit.number)
    if known:
        unit = replace(
            known, **{field.name: getattr(unit, field.name) for field in fields(unit) if field.name in stated}
        )
    others = tuple(other for other in qualification.units if other.number != unit.number)
    units = tuple(sorted((*others, unit), key=lambda one: one.number))
    return replace(
        qualification, units=units, unit_set=qualification.unit_set or Path(qualification.file).stem
    )


def new_unit(facts: Mapping[str, Any], source: str = "") -> Unit:
    """A unit that a centre adds, of the *facts* that it gives; with a *source*, where it saw it, it counts as verified.

    :class:`~claimbatch.errors.ClaimbatchError` where one of them cannot be.
    """
    seen = {"verified": True, "source": [source]} if source else {"verified": False, "why": BY_CENTRE}
    return make(Unit, {**facts, **seen}, f"Unit {facts.get('number')}")


def add(folder: Path, file: str, units: Iterable[Unit]) -> Path:
    """Write *units* into the centre's own file in *folder*, to join the qualification file *file*."""
    path = folder / ADDED
    text = path.read_text("utf-8") if path.is_file() else _HEAD
    blocks = "\n".join(_block(file, unit) for unit in units)
    return write_atomic(path, f"{text.rstrip()}\n\n{blocks}")


def put(folder: Path, file: str, units: Iterable[Mapping[str, Any]]) -> Path:
    """Write what is stated of *units*, each by its ``number``, in the place of what stood there of the same before."""
    path, stated = folder / ADDED, list(units)
    head, *blocks = _BLOCK.split(path.read_text("utf-8")) if path.is_file() else [_HEAD]
    listed = [(name, unit.number) for name, unit, _ in read_added(path)]
    anew = {(file, table["number"]) for table in stated}
    kept = [block for block, one in zip(blocks, listed, strict=True) if one not in anew]
    made = [_table({"file": file.removesuffix(".toml"), **table}) for table in stated]
    return write_atomic(path, "\n\n".join(block.strip() for block in (head, *kept, *made)) + "\n")


def remove(folder: Path, file: str, number: int) -> bool:
    """Take the unit *number* out of the centre's own file again; False where it is not there."""
    path = folder / ADDED
    head, *blocks = _BLOCK.split(path.read_text("utf-8")) if path.is_file() else [""]
    listed = [(name, unit.number) for name, unit, _ in read_added(path)]
    kept = [block for block, one in zip(blocks, listed, strict=True) if one != (file, number)]
    if len(kept) == len(blocks):
        return False
    write_atomic(path, f"{head.rstrip()}\n\n{''.join(kept)}")
    return True


def _block(file: str, unit: Unit) -> str:
    blank = Unit(unit.number)
    stated = {"file": file.removesuffix(".toml"), "number": unit.number} | {
        field.name: getattr(unit, field.name)
        for field in fields(unit)
        if field.name != "number" and getattr(unit, field.name) != getattr(blank, field.name)
    }
    return _table(stated)


def _table(stated: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_toml(value)}" for key, value in stated.items()]
    return "\n".join(["[[unit]]", *lines, ""])


def _toml(value: Any) -> str:
    """A text, number, truth or list of texts in TOML, which writes them as JSON does."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )
