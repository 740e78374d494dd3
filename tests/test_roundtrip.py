"""What goes out comes back: templates filled in with legal values give no problem, and say what was filled in."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.intake.check import Checked
from tests.centre import Centre, fill
from tests.conftest import Resave
from tests.workbooks import Mark, claimed

CATALOGUE = load_catalogue()
CODES = [q.entry_code for q in CATALOGUE.qualifications if q.has_units]
FORMS = (BY_CANDIDATE, BY_UNIT)
NAMES = ("Ahmed, Sana", "O'Neill, Fay", "D’Arcy, Zoë", "van der Berg, Jan", "Ng, Li", "Ahmed, Sana")
STAFF = (
    ("JH", "Jo Hughes"),
    ("SA", "Sam Adeyemi"),
    ("K", "Kay O'Dea"),
    ("ÉDU", "Élodie Dupont"),
    ("TBC2", "Tom Cole"),
)


@dataclass(frozen=True)
class Returned:
    """Workbooks that came back, what was filled into each, and what checking all of them together found."""

    filled: dict[str, dict[tuple[str, str], Mark]]
    checked: Checked

    def said(self, workbook: str) -> dict[tuple[str, str], Mark]:
        """What a workbook says, as it was understood."""
        said = (s for s in self.checked.statements if s.workbook == workbook)
        return {s.target: s.mark for s in said}

    def finds(self, workbook: str) -> list[tuple[str, str]]:
        """What is wrong with a workbook: place and code."""
        return [problem.brief for problem in self.checked.problems if problem.place.workbook == workbook]


def name_of(code: str, form: str) -> str:
    return f"{code}-{form}.xlsx"


def issue_and_fill(centre: Centre, code: str, form: str, seed: int, share: float = 0.7) -> Path:
    """Issue a template, by unit for the first unit offered, and fill it in at random."""
    unit = centre.catalogue.get(code).offered[0].number if form == BY_UNIT else 0
    return fill(centre.issue(code, form, unit), seed, share)


@pytest.fixture(scope="module")
def saved_again(resave: Resave, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Returned]:
    """Both forms of every qualification, filled in, and saved again by LibreOffice; each form checked by itself."""
    folder = tmp_path_factory.mktemp("all")
    centre = Centre.make(folder / "centre", CODES)
    paths = []
    for seed, (code, form) in enumerate((code, form) for code in CODES for form in FORMS):
        path = issue_and_fill(centre, code, form, seed, 0.9)
        paths.append(path.rename(folder / name_of(code, form)))
    saved = resave(*paths).parent
    filled = {path.name: claimed(path) for path in paths}
    return {
        form: Returned(filled, centre.check(*(saved / path.name for path in paths if form in path.name)))
        for form in FORMS
    }


@pytest.mark.libreoffice
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", CODES)
def test_saved_by_libreoffice(saved_again: dict[str, Returned], code: str, form: str) -> None:
    """Filled in, opened and saved by LibreOffice: no problem, and every grade by its assessor."""
    name, returned = name_of(code, form), saved_again[form]
    assert returned.finds(name) == []
    assert returned.said(name) == returned.filled[name] != {}


@settings(max_examples=30)
@given(
    kind=st.tuples(st.sampled_from(CODES), st.sampled_from(FORMS)),
    seed=st.integers(0, 2**32),
    share=st.floats(0, 1),
    candidates=st.integers(1, 12),
    assessors=st.integers(1, 5),
)
def test_filled_at_random(
    kind: tuple[str, str], seed: int, share: float, candidates: int, assessors: int
) -> None:
    """However many candidates and assessors, however little or much is filled in: no problem, nothing lost."""
    (code, form), dice = kind, random.Random(seed)
    with TemporaryDirectory() as folder:
        centre = Centre.make(
            Path(folder) / "centre",
            [code],
            people=people(dice, candidates),
            assessors=dice.sample(STAFF, assessors),
            units=unit_entries(dice, code),
        )
        path = issue_and_fill(centre, code, form, seed, share)
        returned = Returned({path.name: claimed(path)}, centre.check(path))
    assert returned.finds(path.name) == []
    assert returned.said(path.name) == returned.filled[path.name]


def people(dice: random.Random, count: int) -> list[tuple[str, str, date]]:
    numbers = dice.sample(range(1, 10000), count)
    return [
        (f"{number:04}", dice.choice(NAMES), date(1990, 1, 1) + timedelta(days=number)) for number in numbers
    ]


def unit_entries(dice: random.Random, code: str) -> dict[str, frozenset[int]]:
    """Unit entries for some candidate numbers, where the suite has them."""
    qualification = CATALOGUE.get(code)
    if qualification.suite != 2012 or dice.random() < 0.5:
        return {}
    offered = [unit.number for unit in qualification.offered]
    return {f"{n:04}": frozenset(some(dice, offered)) for n in range(1, 10000, 2)}


def some(dice: random.Random, units: list[int]) -> Iterable[int]:
    return dice.sample(units, dice.randint(1, len(units)))
