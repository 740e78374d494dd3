"""The examples in docstrings are what the code gives."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import claimbatch

PACKAGE = Path(claimbatch.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text("utf-8")
)


def test_there_are_modules_with_examples() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("module", MODULES)
def test_examples(module: str) -> None:
    """Each example gives what stands below it."""
    failed, attempted = doctest.testmod(import_module(module))
    assert (failed, attempted > 0) == (0, True)
