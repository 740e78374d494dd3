"""Files that people write by hand, in TOML: a slip is answered with the place, what is wrong and what to do.

The dataclass that a table is made into says which keys there are and what each may hold. With :data:`STRICT`
as its ``__pydantic_config__`` an unknown key is refused rather than ignored.
"""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, to_json

from claimbatch.errors import ClaimbatchError, Exit

STRICT = ConfigDict(extra="forbid", strict=True)
T = TypeVar("T")

_UNKNOWN = "unexpected_keyword_argument"
_BRANCHES = ("bool", "str")  # pydantic names the branches of a union as if they were keys
_EXPECTED = {
    "int_type": "a whole number",
    "string_type": 'text in "quotes"',
    "bool_type": "true or false",
    "tuple_type": 'a list, like ["first", "second"]',
    "dict_type": "a table",
    "dataclass_type": "a table",
}


def read_toml(path: Path) -> Mapping[str, Any]:
    """The tables of *path*; :class:`ClaimbatchError` (exit code 3) with the line where it is not TOML."""
    return tables_of(path, path.read_bytes())


def tables_of(path: Path, content: bytes) -> Mapping[str, Any]:
    """The tables in the *content* of *path*, as :func:`read_toml` has them."""
    try:
        return tomllib.loads(content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise wrong(f"{path} is not TOML: {error}", "Put it right, and save it as UTF-8 text.") from None


def make(kind: Callable[..., T], table: Mapping[str, Any], where: str) -> T:
    """The dataclass *kind* of *table*, nothing converted; *where* names the table in the error.

    By way of JSON, where pydantic takes lists for tuples and tables for dataclasses while staying strict.
    """
    try:
        made: T = _adapter(kind).validate_json(to_json(table))
    except ValidationError as error:
        message, hint = _sentence(kind, error.errors())
        raise wrong(f"{where}{message}", hint) from None
    return made


def wrong(message: str, hint: str) -> ClaimbatchError:
    """The error for a setup file: *message* without its full stop."""
    return ClaimbatchError(f"{message}.", hint, Exit.WRONG_SETUP)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``Did you mean "title"?``, or all that is *known* where nothing is near."""
    choices = list(known)
    near = get_close_matches(text, choices, n=1)
    return f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(choices)}."


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _sentence(kind: Any, errors: Sequence[ErrorDetails]) -> tuple[str, str]:
    error = min(errors, key=lambda error: error["type"] != _UNKNOWN)  # a mistyped key is missing as well
    key = ".".join(part for part in error["loc"] if isinstance(part, str) and part not in _BRANCHES)
    found = json.dumps(error["input"], ensure_ascii=False)
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    correct = "Correct it, or leave the line out where it is not known." if key in optional else "Correct it."
    match error["type"]:
        case _ if error["type"] == _UNKNOWN:
            return f': "{key}" is not known there', did_you_mean(key, [field.name for field in fields(kind)])
        case "missing":
            return f" has no {key}", f"Add a line: {key} = …"
        case "tuple_type" if isinstance(error["input"], dict):
            return f": {key} is a single table", f"Start each with [[{key}]], in two pairs of brackets."
        case "literal_error":
            return f": {key} = {found} is not {error['ctx']['expected']}".replace("'", '"'), correct
        case "value_error":
            return f": {key} = {found} {error['ctx']['error']}", correct
        case other:
            return f": {key} = {found} is not {_EXPECTED.get(other, error['msg'])}", correct
