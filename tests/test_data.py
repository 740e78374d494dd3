"""The folders of data are found, in a checkout and in an installed package."""

from pathlib import Path

import pytest

from claimbatch import data


def test_in_a_checkout_the_folders_stand_at_the_root() -> None:
    """Schemas and templates are those at the root of the project."""
    root = Path(data.__file__).parents[1]
    assert data.schema_folder() == root / "schemas"
    assert data.template_folder() == root / "templates"
    assert data.sample_folder() == root / "samples"
    assert "[limits]" in data.schema_file("form.toml").read_text("utf-8")


def test_in_an_installed_package_they_stand_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Package data wins where it is there."""
    monkeypatch.setattr(data, "_PACKAGE", tmp_path)
    (tmp_path / "_data" / "schemas").mkdir(parents=True)
    assert data.schema_folder() == tmp_path / "_data" / "schemas"
