"""One qualification file: is it TOML, and does it say what a qualification file may say?

A centre writes such files by hand, so a slip is answered with the file, the table, what is wrong and what
to do. The tables come back as plain values; :mod:`claimbatch.form.qualification` makes qualifications of them.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from claimbatch.errors import ClaimbatchError, Exit

Kind = type | tuple[type, ...]
Table = Mapping[str, Any]

_FACTS: Mapping[str, Kind] = {"suite": int, "level": int, "subject": str}
_UNIT_FACTS: Mapping[str, Kind] = {
    "assessment": str,
    "credits": int,
    "size_verified": bool,
    "verified": bool,
    "source": list,
    "why": str,
}
_KEYS: Mapping[str, Mapping[str, Kind]] = {
    "file": {
        **_FACTS,
        "note": str,
        "titles_without_number": list,
        "qualification": list,
        "unit_defaults": dict,
        "unit": list,
        "sources": dict,
    },
    "qualification": {
        **_FACTS,
        "entry_code": str,
        "title": str,
        "size": dict,
        "verified": bool,
        "why": str,
        "source": list,
        "other_awarding_body_units": bool,
        "rules": dict,
    },
    "size": {"value": int, "unit": str, "verified": bool, "why": str, "source": list},
    "unit_defaults": _UNIT_FACTS,
    "unit": {
        **_UNIT_FACTS,
        "number": int,
        "title": str,
        "reference": str,
        "glh": int,
        "assessment_verified": bool,
        "mandatory": (bool, str),
        "note": str,
    },
}
_NEEDED = {
    "qualification": ("title", "suite", "level", "subject"),
    "size": ("value", "unit"),
    "unit": ("number",),
}
_CHOICES: Mapping[str, tuple[int | str, ...]] = {
    "suite": (2012, 2016),
    "level": tuple(range(1, 9)),
    "assessment": ("internal", "external"),
}
_WORDS = {
    int: "a whole number",
    str: 'text in "quotes"',
    bool: "true or false",
    list: "a [list]",
    dict: "a table",
}


def read_qualification_file(path: Path) -> Table:
    """The tables of the file *path*, every qualification and every unit complete with the file's defaults.

    Raises :class:`ClaimbatchError` (exit code 3) for the first slip found.
    """
    try:
        file = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ClaimbatchError(
            f"{path} is not a TOML file: {error}.",
            "Put the line right, and save the file as UTF-8 text.",
            Exit.WRONG_SETUP,
        ) from None
    _check("file", file, str(path))
    facts = {key: file[key] for key in _FACTS if key in file}
    _check("unit_defaults", file.get("unit_defaults", {}), f"{path}, [unit_defaults]")
    whole = {
        **file,
        "qualification": [_with(facts, table) for table in file.get("qualification", ())],
        "unit": [_with(file.get("unit_defaults", {}), table) for table in file.get("unit", ())],
    }
    _check_qualifications(path, whole["qualification"])
    _check_units(path, whole["unit"])
    _check_sources(path, whole)
    return whole


def _with(defaults: Table, table: Any) -> Any:
    return {**defaults, **table} if isinstance(table, dict) else table


def _check_qualifications(path: Path, tables: Sequence[Table]) -> None:
    if not tables:
        raise _wrong(f"{path} names no qualification", "Add a [[qualification]] table.")
    for place, table in enumerate(tables, 1):
        where = f"{path}, qualification {place}"
        _check("qualification", table, where)
        if "size" in table:
            _check("size", table["size"], f"{where}, size")
            _check_choice("unit", table["size"]["unit"], ("glh", "credits"), f"{where}, size")
        code = table.get("entry_code")
        if code is not None and not re.fullmatch(r"[0-9]{5}", code):
            raise _wrong(
                f'{where}: entry_code "{code}" is not five digits', 'Write it like "05838", with the zero.'
            )
    _check_unique(path, "entry_code", [table["entry_code"] for table in tables if "entry_code" in table])


def _check_units(path: Path, tables: Sequence[Table]) -> None:
    for place, table in enumerate(tables, 1):
        number = table.get("number", "?") if isinstance(table, dict) else "?"
        where = f"{path}, unit {number} ({place} in the file)"
        _check("unit", table, where)
        if not 1 <= table["number"] <= 9999:
            raise _wrong(f"{where}: number is not between 1 and 9999", "Write the unit's own number.")
        if not re.fullmatch(r"[A-Z]/\d{3}/\d{4}", table.get("reference", "M/507/4999")):
            raise _wrong(
                f'{where}: reference "{table["reference"]}" is not a unit reference',
                "Write it like M/507/4999.",
            )
    _check_unique(path, "number", [table["number"] for table in tables])


def _check_sources(path: Path, file: Table) -> None:
    known = file.get("sources", {})
    tables = [
        *file["qualification"],
        *file["unit"],
        *(table.get("size", {}) for table in file["qualification"]),
    ]
    for table in tables:
        for key in table.get("source", ()):
            if key not in known:
                raise _wrong(
                    f'{path}: source "{key}" does not stand under [sources]',
                    _did_you_mean(key, known) or f'Add a line under [sources]: {key} = "where it was read".',
                )


def _check(kind: str, table: Any, where: str) -> None:
    if not isinstance(table, dict):
        raise _wrong(f"{where} is not a table", f"Start it with [[{kind}]].")
    for key, value in table.items():
        expected = _KEYS[kind].get(key)
        if expected is None:
            raise _wrong(
                f'{where}: "{key}" is not known here',
                _did_you_mean(key, _KEYS[kind]) or f"Known: {', '.join(_KEYS[kind])}.",
            )
        _check_type(key, value, expected, where)
        if key in _CHOICES:
            _check_choice(key, value, _CHOICES[key], where)
    for key in _NEEDED.get(kind, ()):
        if key not in table:
            raise _wrong(f"{where} has no {key}", f"Add a line: {key} = {_WORDS[_first(_KEYS[kind][key])]}.")


def _check_type(key: str, value: Any, expected: Kind, where: str) -> None:
    if type(value) not in (
        expected if isinstance(expected, tuple) else (expected,)
    ):  # True is no whole number
        raise _wrong(f"{where}: {key} = {value!r} is not {_WORDS[_first(expected)]}", _example(key))
    if expected is int and value < 1:
        raise _wrong(f"{where}: {key} = {value} is less than 1", "Leave the line out where it is not known.")
    if (
        expected is list
        and key not in ("qualification", "unit")
        and not all(isinstance(v, str) for v in value)
    ):
        raise _wrong(f"{where}: {key} holds something that is not text", 'Write it like ["first", "second"].')


def _check_choice(key: str, value: Any, choices: Sequence[int | str], where: str) -> None:
    if value not in choices:
        raise _wrong(
            f"{where}: {key} = {value!r} is not one of {', '.join(map(str, choices))}",
            _did_you_mean(str(value), [str(choice) for choice in choices])
            or "Leave the line out where it is not known.",
        )


def _check_unique(path: Path, key: str, values: Sequence[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise _wrong(f"{path}: {key} {value} stands there twice", "Remove one of the two.")


def _example(key: str) -> str:
    examples = {
        "entry_code": 'entry_code = "05838"',
        "source": 'source = ["H-IT16"]',
        "verified": "verified = false",
    }
    return (
        f"Write it like: {examples[key]}" if key in examples else "Correct the value, or leave the line out."
    )


def _first(expected: Kind) -> type:
    return expected[0] if isinstance(expected, tuple) else expected


def _did_you_mean(text: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    near = get_close_matches(text, known, n=1)
    return f'Did you mean "{near[0]}"?' if near else ""


def _wrong(message: str, hint: str) -> ClaimbatchError:
    return ClaimbatchError(f"{message}.", hint, Exit.WRONG_SETUP)
