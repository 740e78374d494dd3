"""The words that a centre may change: what candidates declare, and what stands below a recording sheet."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from claimbatch.data import schema_file
from claimbatch.form.handwritten import STRICT, make, read_toml

FILE = "declaration.toml"


@dataclass(frozen=True, slots=True)
class Declared:
    """What a candidate signs: the *statements*, and a *note* for the centre."""

    __pydantic_config__: ClassVar = STRICT
    statements: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands at the foot of a unit recording sheet."""

    __pydantic_config__: ClassVar = STRICT
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of ``declaration.toml``."""

    __pydantic_config__: ClassVar = STRICT
    candidate: Declared
    recording_sheet: Sheet


def load_wording(path: Path | None = None) -> Wording:
    """The words of the file *path*, or the shipped ones; a slip in it is a ``ClaimbatchError`` with its place."""
    file = path or schema_file(FILE)
    return make(Wording, read_toml(file), f"{file}: ")
