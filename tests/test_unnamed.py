"""Which names of files may stand in a message: none in which a word of the register is, or a date of birth."""

from pathlib import Path

import pytest

from claimbatch.night.mail.unnamed import names_somebody, words_of_names
from tests.centre import IT, Centre


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    centre = Centre.make(tmp_path_factory.mktemp("c") / "c", (IT,))
    centre.done("assessors", "rename", "SA", "Samira Begum")
    with centre.workspace.store() as store:
        return words_of_names(store)


@pytest.mark.parametrize(
    "name",
    ["Sana Ahmed", "sanaahmed2", "ZOË", "zoe-clark", "O’Neill_IT", "oneill", "JoHughes", "unit-03_Hughes", "Adeyemi",
     "Begum", "2008-01-02", "claim_02.01.2008", "02-01-08", "x20080102y"],
)  # fmt: skip
def test_what_may_be_somebody_is_seen(words: frozenset[str], name: str) -> None:
    """However it is written: without accents, run together, as a former name, as a date of birth."""
    assert names_somebody(name, words)


@pytest.mark.parametrize(
    "name", ["68199_05349_unit-03", "IT claims (2)", "Year 13", "2026-12-04", "back", ""]
)
def test_what_is_nobody_is_left(words: frozenset[str], name: str) -> None:
    assert not names_somebody(name, words)


def test_long_names_take_no_time(words: frozenset[str]) -> None:
    """A name of a file is never longer than some hundred letters, and this is not felt."""
    assert not names_somebody("x" * 4000, words)
    assert names_somebody("x" * 4000 + "Hughes", words)


def test_nothing_else_is_read(tmp_path: Path) -> None:
    """A centre without anybody has no words."""
    centre = Centre.make(tmp_path / "c", (), assessors=())
    with centre.workspace.store() as store:
        assert words_of_names(store) == frozenset()
