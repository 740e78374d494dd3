"""A real night, with names and dates of birth wherever people put them: none of them is in what the night leaves."""

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from jsonschema import Draft202012Validator

from claimbatch.night.log import REFUSED
from claimbatch.night.proof import doubts
from tests.at_night import night_centre
from tests.centre import ASSESSORS, IT, PEOPLE, Centre, edit, fill, put
from tests.test_manifest import SCHEMA

# All the ways in which a date of birth is written; the last is Excel's own number for it.
DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y%m%d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
)
EPOCH = date(1899, 12, 30)


def spellings() -> Iterator[str]:
    """Names and dates of birth in the register, in their usual spellings."""
    for _, name, born in PEOPLE:
        surname, forename = name.split(", ")
        yield from (
            name,
            f"{forename} {surname}",
            surname,
            forename,
            name.upper(),
            surname.upper(),
            surname.casefold(),
        )
        yield from (born.strftime(style) for style in DATES)
        yield from (f"{born.day}/{born.month}/{born.year}", str((born - EPOCH).days))


def bring(centre: Centre) -> None:
    """Workbooks with a name where a grade, an assessor or a number belongs, in notes, in a sheet's name, elsewhere."""
    inbox = centre.workspace.folder / "inbox"
    clean = fill(centre.issue(IT, into=inbox))
    clean.rename(inbox / "clean.xlsx")
    (number, name, born), (_, other, _), *_ = PEOPLE
    for at, cells in enumerate(
        (
            {"Grades!E5": name, "Grades!E6": born.strftime("%d/%m/%Y")},
            {"Grades!A5": other, "Grades!B5": other},
            {"Grades!C5": born, "Grades!B6": name},
            {"Grades!A9": number, "Grades!B9": name, "Grades!C9": born, "Grades!E9": "P"},
            {"Assessors!A7": "XY", "Assessors!B7": name, "Units!D5": name},
            {"Notes!E5": f"{name} was ill", "Notes!H9": born.strftime("%d %B %Y"), "Grades!Z40": name},
            {"Other units!A5": name, "Other units!B5": name, "Other units!D5": "P"},
        )
    ):
        path = centre.issue(IT, into=inbox / f"12{'AB'[at % 2]}", addressee=ASSESSORS[0][1])
        put(path, cells, f"faulty-{at}.xlsx")
        path.unlink()
    renamed = centre.issue(IT, into=inbox)
    edit(
        renamed, lambda book: book.create_sheet(f"{other} {born:%Y-%m-%d}").append([name, born]), "sheet.xlsx"
    )
    renamed.unlink()
    (inbox / "letter.xlsx").write_text(f"{name}, born {born}", "utf-8")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """All that two nights left in their folders and at the terminal, as text: whole the first, in part the second."""
    centre = night_centre(tmp_path_factory.mktemp("night") / "c")
    folder = centre.workspace.folder
    bring(centre)
    said = centre.run("nightly", "--by", "Office", "--verbose")[1]
    (folder / "claimbatch.toml").write_text(
        (folder / "claimbatch.toml").read_text("utf-8") + 'errors = "partial"\n', "utf-8"
    )
    centre.wait(IT, "by-candidate", 0)
    bring(centre)
    said += centre.run("nightly", "--by", "Office", "--verbose")[1]
    runs = folder / "runs"
    said += "".join(
        centre.run("runs", *more)[1] for more in ((), ("show", "last", "--all", "--format", "json"))
    )
    found = {p.relative_to(runs).as_posix(): p.read_text("utf-8") for p in runs.rglob("*") if p.is_file()}
    assert len([name for name in found if name.endswith(("manifest.json", "log.jsonl", "summary.html"))]) == 6
    assert "CB104" in "".join(found.values())
    return {**found, "terminal": said.replace(str(folder), "")}


def test_no_candidate_is_named_and_no_date_of_birth_told(left: dict[str, str]) -> None:
    """In no manifest, list, page, report, metric or log, nor at the terminal."""
    found = [
        (name, word) for name, text in left.items() for word in spellings() if word in _without_hashes(text)
    ]
    assert found == []


def test_no_assessor_is_named_but_on_the_page_for_people(left: dict[str, str]) -> None:
    """For whom a workbook was made stands there, and the exam officer knows whom to ask; the next night does, too."""
    named = {name.split("/")[-1] for name, text in left.items() for _, who in ASSESSORS if who in text}
    assert named == {"summary.html", "remembered.json"}


def _without_hashes(text: str) -> str:
    """A hash may hold five digits that are some day's number; so may a moment, and a style its sizes."""
    plain = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", text, flags=re.DOTALL)
    return re.sub(r"\b[0-9a-f]{12,64}\b|\d+Z-[0-9a-f]{4}", "#", plain)


def test_what_real_nights_leave_is_as_it_is_published_and_adds_up(left: dict[str, str]) -> None:
    """And their logs have left nothing out."""
    manifests = [json.loads(text) for name, text in left.items() if name.endswith("manifest.json")]
    assert [
        fault.message for one in manifests for fault in Draft202012Validator(SCHEMA).iter_errors(one)
    ] == []
    assert [doubts(one) for one in manifests] == [[], []]
    assert [name for name, text in left.items() if REFUSED in text] == []


def test_the_scan_sees() -> None:
    """So that it can fail."""
    words = list(spellings())
    assert [word in words for word in ("Ahmed, Sana", "Sana Ahmed", "AHMED", "02/01/2008", "2 January 2008")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    assert "39449" in words
