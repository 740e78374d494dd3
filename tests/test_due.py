"""The day by which a template is to come back: as it is typed, as it is printed, and as it is kept."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from claimbatch.claims.due import read_due
from claimbatch.errors import ClaimbatchError
from tests.centre import CENTRE, IT, Centre, put

TODAY = date(2026, 11, 26)


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    centre = Centre.make(tmp_path / "centre", (IT,))
    monkeypatch.chdir(centre.workspace.folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795680000")  # 26 November 2026, 08:00 UTC
    return centre


def at_the_top(name: str) -> list[str]:
    """What stands above the steps on *Start here*, below title and description."""
    sheet = openpyxl.load_workbook(Path("outbox", name))["Start here"]
    above = [row[0] for row in sheet.iter_rows(min_row=3, max_row=6, max_col=1, values_only=True)]
    return [str(text) for text in above[: above.index("Step")] if text]


def kept(centre: Centre) -> list[str]:
    with centre.workspace.store() as store:
        return [issued.due for issued, _ in store.sent()]


@pytest.mark.parametrize(
    "text",
    ["2026-12-04", "4/12/2026", "04.12.2026", " 4 December  2026", "4th Dec 2026", "Fri 4 December 2026",
     "friday, 4th of december 2026"],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_due(text, TODAY) == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", '"soon" is no date that can be read.'),
        ("", '"" is no date that can be read.'),
        ("4/12/26", '"4/12/26" is no date that can be read.'),
        ("12/31/2026", '"12/31/2026" is no date that can be read.'),
        ("31 November 2026", '"31 November 2026" is no date that can be read.'),
        ("Monday 4 December 2026", '"Monday 4 December 2026" is no date that can be read.'),
        ("4 Dezember 2026", '"4 Dezember 2026" is no date that can be read.'),
        ("٤/١٢/٢٠٢٦", '"٤/١٢/٢٠٢٦" is no date that can be read.'),
        ("25 November 2026", "Wednesday 25 November 2026 is over."),
        ("4/12/2062", "Monday 4 December 2062 is more than two years ahead."),
    ],
)
def test_what_is_no_day_to_come_is_refused(text: str, why: str) -> None:
    with pytest.raises(ClaimbatchError) as refused:
        read_due(text, TODAY)
    assert refused.value.message == why


def test_today_is_not_over() -> None:
    assert read_due("26/11/2026", TODAY) == TODAY


def test_it_is_printed_in_words_and_kept(centre: Centre) -> None:
    """Below the title, above what is said to whom it is made for; and the steps follow."""
    told = centre.done("template", IT, "--for", "Jo Hughes", "--for", "Kay Lee", "--due", "4/12/2026")
    assert "To come back by Friday 4 December 2026.\n" in told
    assert at_the_top(f"{CENTRE}_{IT}_by-candidate_Kay-Lee.xlsx") == [
        "Please return by Friday 4 December 2026"
    ]
    assert at_the_top(f"{CENTRE}_{IT}_by-candidate_Jo-Hughes.xlsx") == [
        "Please return by Friday 4 December 2026",
        INITIALS,
    ]
    assert kept(centre) == ["2026-12-04"] * 2


INITIALS = (
    "Your initials, JH, are the default assessor of every unit: on Units or Assessed by choose others where somebody "
    "else marked the work."
)


@pytest.mark.parametrize("way", [["--all"], [IT, "--for-each-assessor"], [IT, "--by", "unit", "--unit", "3"]])
def test_every_way_of_making_templates_takes_a_day(centre: Centre, way: list[str]) -> None:
    centre.done("template", *way, "--due", "2026-12-04")
    assert set(kept(centre)) == {"2026-12-04"}


def test_without_a_day_a_template_is_what_it_was(centre: Centre) -> None:
    """To the byte; and what comes back with a day says the same as one without."""
    centre.done("template", IT, "-o", "before")
    centre.done("template", IT, "-o", "with", "--due", "2026-12-04")
    centre.done("template", IT, "-o", "after")
    name = f"{CENTRE}_{IT}_by-candidate.xlsx"
    before, with_day, after = (Path(folder, name).read_bytes() for folder in ("before", "with", "after"))
    assert (before == after, before == with_day) == (True, False)
    assert kept(centre) == [""]  # one template: the last time counts
    filled = put(Path("with", name), {"Grades!E5": "P", "Assessed by!E5": "JH"})
    assert centre.finds(filled) == []


@pytest.mark.parametrize("day", ["2026-11-25", "soon"])
def test_a_day_that_is_no_day_makes_nothing(centre: Centre, day: str) -> None:
    code, told = centre.run("template", IT, "--due", day)
    assert (code, list(Path("outbox").iterdir())) == (2, [])
    assert "Invalid value for '--due':" in told
    assert "Give the day as 2026-12-04, 4/12/2026 (day first) or 4 December 2026." in told


def test_a_refresh_keeps_the_day_unless_told_another(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is over stays, too, and is pointed out."""
    centre.done("template", IT, "--due", "2026-12-04")
    name = f"{CENTRE}_{IT}_by-candidate"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796544000")  # 6 December
    told = centre.done("template", "refresh", f"outbox/{name}.xlsx")
    assert told.endswith("To come back by Friday 4 December 2026, which is over: --due DATE changes it.\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796544001")
    centre.done("template", "refresh", f"outbox/{name}.xlsx", "--due", "11 December 2026")
    assert [at_the_top(f"{name}{end}.xlsx") for end in ("", "_refreshed", "_refreshed_2")] == [
        ["Please return by Friday 4 December 2026"],
        ["Please return by Friday 4 December 2026"],
        ["Please return by Friday 11 December 2026"],
    ]
    assert kept(centre) == ["2026-12-04", "2026-12-04", "2026-12-11"]
