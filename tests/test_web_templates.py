"""Templates from the page: a qualification is found, what is wanted is chosen, workbooks are saved, and remembered."""

import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
import pytest

from claimbatch.office.templates import Made
from claimbatch.web import making
from claimbatch.web.roles import Role
from tests.centre import IT, MEDIA, Centre
from tests.web import Client, opened, words


def make(client: Client, codes: str = IT, **fields: str | list[str]) -> str:
    """Make templates; where the page about them is."""
    answer = client.send(f"/templates/{codes}", fields, back=f"/templates/{codes}", follow=False)
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["location"])


def names(client: Client, where: str) -> list[str]:
    """What is in the zip."""
    return sorted(zipfile.ZipFile(io.BytesIO(client.get(f"{where}/all").content)).namelist())


def test_a_template_is_found_made_saved_and_remembered(centre: Centre) -> None:
    """By its code, as Today links to it; the file is the outbox's, and the page says who has it."""
    client = opened(centre)
    assert client.get(f"/templates?q={IT}").headers["location"] == f"/templates/{IT}"
    assert "Who has a workbook already Nobody." in client.page(f"/templates/{IT}")
    where = make(client, whom="some", person="Jo Hughes", due="4 December 2027")
    name = f"68199_{IT}_by-candidate_Jo-Hughes.xlsx"
    assert name in client.page(where)
    saved = client.get(f"{where}/0")
    assert f'filename="{name}"' in saved.headers["content-disposition"]
    assert saved.content == (centre.workspace.folder / "outbox" / name).read_bytes()
    assert "Grades" in openpyxl.load_workbook(io.BytesIO(saved.content)).sheetnames
    assert "Jo Hughes all units" in client.page(f"/templates/{IT}")
    assert "2027-12-04" in client.page(f"/templates/{IT}")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "Introductory Diploma in IT"),
        ("it", "Introductory Diploma in IT"),
        ("busin", "nobody is entered"),
    ],
)
def test_it_is_found_by_a_part_of_its_title(centre: Centre, query: str, found: str) -> None:
    page = opened(centre).page(f"/templates?q={query}")
    assert found in page
    assert "No qualification has “zzz”" in opened(centre).page("/templates?q=zzz")


@pytest.mark.parametrize(
    ("codes", "fields", "made"),
    [
        (
            f"{IT},{MEDIA}",
            {},
            [f"68199_{IT}_by-candidate.xlsx", f"68199_{MEDIA}_by-candidate.xlsx"],
        ),
        (
            IT,
            {"form": "by-unit", "unit": ["3", "5"]},
            [f"68199_{IT}_unit-03.xlsx", f"68199_{IT}_unit-05.xlsx"],
        ),
        (
            IT,
            {"whom": "each"},
            [f"68199_{IT}_by-candidate_Jo-Hughes.xlsx", f"68199_{IT}_by-candidate_Sam-Adeyemi.xlsx"],
        ),
    ],
)
def test_several_are_saved_as_a_zip(
    centre: Centre, codes: str, fields: dict[str, str], made: list[str]
) -> None:
    client = opened(centre)
    assert names(client, make(client, codes, **fields)) == made


def test_many_are_made_in_the_background_and_the_page_says_how_far_it_is(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script asks for a part of the page, and without one it loads itself anew; one that fails is told."""
    monkeypatch.setattr("claimbatch.web.making.SOON", 0)
    go_on, real = threading.Event(), making.make_templates

    def slowly(*given: object) -> Iterator[Made]:
        made = real(*given)
        yield next(made)
        go_on.wait(20)
        yield next(made)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "make_templates", slowly)
    client = opened(centre)
    where = make(client, form="by-unit", unit=["3", "4", "5"])
    until(lambda: "1 of 3 templates made" in client.page(where))
    assert 'http-equiv="refresh"' in client.get(where).text
    part = client.http.get(where, headers={"hx-request": "true"})
    assert part.text.startswith('<div id="progress"')
    go_on.set()
    until(lambda: "2 templates made" in client.page(where))
    told = client.page(where)
    assert "1 of 3 were not made. Making templates could not be finished: No space left on device." in told
    assert names(client, where) == [f"68199_{IT}_unit-0{n}.xlsx" for n in (3, 4)]
    assert client.http.get(where, headers={"hx-request": "true"}).headers["hx-refresh"] == "true"


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    for _ in range(200):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("never")


def test_ticked_ones_are_gone_on_with(centre: Centre) -> None:
    client = opened(centre)
    answer = client.send("/templates", {"code": [IT, MEDIA]}, back="/templates", follow=False)
    assert answer.headers["location"] == f"/templates/{IT},{MEDIA}"
    none = client.send("/templates", back="/templates")
    assert (none.status_code, "Tick the qualifications" in words(none.text)) == (422, True)


def test_what_cannot_be_is_said_and_nothing_is_made(centre: Centre) -> None:
    """The form keeps what was chosen."""
    client = opened(centre)
    for fields, said in (
        ({"due": "4/13/2027"}, '"4/13/2027" is no date that can be read.'),
        ({"whom": "some"}, "Tick whom the templates are for"),
        ({"form": "by-unit", "unit": "99"}, "Unit 99 cannot be claimed"),
    ):
        answer = client.send(f"/templates/{IT}", fields, back=f"/templates/{IT}")
        assert answer.status_code == 422, fields
        assert said in words(answer.text)
    assert 'value="4/13/2027"' in client.send(f"/templates/{IT}", {"due": "4/13/2027"}).text
    assert not list((centre.workspace.folder / "outbox").glob("*.xlsx"))
    assert "There is no qualification" in client.page("/templates/99999", 400)
    assert "not shown any more" in client.page("/templates/made/x", 400)


def test_a_workbook_that_was_filled_in_is_left_as_it_is(centre: Centre) -> None:
    client = opened(centre)
    make(client)
    path = centre.workspace.folder / "outbox" / f"68199_{IT}_by-candidate.xlsx"
    book = openpyxl.load_workbook(path)
    book["Grades"]["E5"] = "P"
    book.save(path)
    kept = path.read_bytes()
    centre.wait(IT, "by-candidate", 0)
    page = client.page(make(client))
    assert "was filled in or saved again since it was made; it stays as it is." in page
    assert path.read_bytes() == kept


def test_a_tutor_makes_them_too(centre: Centre) -> None:
    client = opened(centre, Role.TUTOR)
    assert "1 template made" in client.page(make(client))


def test_there_is_a_workbook_for_each_group_of_the_register(centre: Centre) -> None:
    """The further columns of the register are to choose from."""
    path = centre.workspace.folder / "r.csv"
    head = "entry_code,candidate_number,candidate_name,date_of_birth,tutor_group"
    rows = [f'{IT},006{n},"Li, Bo",2008-05-0{n},12{group}' for n, group in ((1, "A"), (2, "B"))]
    path.write_text("\n".join([head, *rows]), "utf-8")
    centre.done("entries", "import", path)
    client = opened(centre)
    assert "One for each tutor_group" in client.page(f"/templates/{IT}")
    made = names(client, make(client, group="tutor_group"))
    assert f"68199_{IT}_by-candidate_12A.xlsx" in made
    assert f"68199_{IT}_by-candidate_12B.xlsx" in made
