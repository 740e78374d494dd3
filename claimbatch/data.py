"""Where the files that are data stand: schemas, templates and samples.

In a checkout they stand at the root, where people look for them; in an installed claimbatch they are
package data under ``claimbatch/_data``.
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def schema_folder() -> Path:
    """The shipped forms, qualifications and sampling strategies."""
    return _folder("schemas")


def schema_file(name: str) -> Path:
    """One file of :func:`schema_folder`: ``schema_file("form.toml")``."""
    return schema_folder() / name


def template_folder() -> Path:
    """The shipped pages of the reports, and the words on the sheet *Start here*."""
    return _folder("templates")


def sample_folder() -> Path:
    """The shipped samples, one folder a story: ``sample_folder() / "college"``."""
    return _folder("samples")


def _folder(name: str) -> Path:
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
