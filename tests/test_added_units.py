"""A unit that is missing on the list: a teacher adds it, the exam officer is asked, and it joins the list."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.form.added_units import add, new_unit, read_added, remove
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.intake.unit_list import read_unit_list
from tests.centre import IT, MEDIA, Centre, put

ROW = 12  # of the first empty row on Units: MEDIA offers six units, in rows 5 to 10, and one that has joined


def offered(centre: Centre, code: str = MEDIA) -> list[int]:
    return [unit.number for unit in centre.workspace.catalogue().get(code).offered]


def headings(path: Path) -> list[str]:
    return [cell.value for cell in openpyxl.load_workbook(path)["Grades"][4][4:]]


# --- the whole way ---------------------------------------------------------------------------------------------


def test_a_unit_that_a_teacher_adds_reaches_the_list_and_the_next_workbook(centre: Centre) -> None:
    """Asked about, added by the command that the query names, and nothing that was filled in is lost."""
    path = put(
        centre.issue(MEDIA),
        {
            "Grades!E5": "P",
            "Units!D5": "JH",
            "Units!A11": "7",
            "Units!B11": "Audio production",
            "Units!D11": "SA",
        },
    )
    [problem] = centre.check(path).problems
    assert problem.message == "Unit 7, Audio production, is not among the units known of this qualification."
    command = f'claimbatch qualifications add-unit {MEDIA} 7 "Audio production"'
    assert command in problem.hint
    code, said = centre.run("merge", path)
    assert (code, command in said) == (0, True)

    said = centre.done("qualifications", "add-unit", MEDIA, 7, "Audio production")
    assert said.startswith(
        "Added Unit 7: Audio production to 05844 (and 05843, 05845, 05846, which share its units)"
    )
    assert offered(centre) == [3, 4, 7, 8, 20, 21, 23]
    assert offered(centre, "05843") == offered(centre)
    centre.catalogue = centre.workspace.catalogue()
    assert centre.finds(path) == []  # it came in as it is, and nothing is asked any more

    said = centre.done("template", "refresh", path)
    new = path.with_name(f"{path.stem}_refreshed.xlsx")
    assert "everything fitted" in said
    assert headings(new) == [
        f"Unit {n} *" if n in (4, 7, 20, 21, 23) else f"Unit {n}" for n in offered(centre)
    ] or (headings(new) == [f"Unit {n}" for n in offered(centre)])
    units = openpyxl.load_workbook(new)["Units"]
    assert [units.cell(7, column).value for column in (1, 4)] == ["Unit 7", "SA"]
    assert units.cell(ROW, 1).value is None


def test_a_query_about_the_list_does_not_keep_a_claim_from_submission(centre: Centre) -> None:
    """No grade depends on it: it is told by check and merge, and not kept with the claim."""
    cells = {"Grades!E5": "P", "Units!D5": "JH", "Units!A11": "7", "Units!B11": "Audio production"}
    centre.done("merge", put(centre.issue(MEDIA), cells))
    assert json.loads(centre.done("claim", "queries", f"68199-{MEDIA}-1", "--format", "json")) == []


def test_what_a_teacher_added_is_carried_on_until_somebody_accepts_it(centre: Centre) -> None:
    """A refresh before the unit has joined the list keeps the row; one that says half of it, too."""
    cells = {"Units!A11": "7", "Units!B11": "Audio production", "Units!D11": "SA", "Units!B13": "Sound"}
    path = put(centre.issue(MEDIA), cells)
    centre.done("template", "refresh", path)
    new = path.with_name(f"{path.stem}_refreshed.xlsx")
    units = openpyxl.load_workbook(new)["Units"]
    assert [[units.cell(row, column).value for column in (1, 2, 4)] for row in (11, 12)] == [
        ["7", "Audio production", "SA"],
        [None, "Sound", None],
    ]
    assert centre.finds(new) == [("Units!A11", "CB217"), ("Units!B12", "CB218")]


@pytest.mark.parametrize("form", ["by-candidate", "by-unit"])
def test_a_unit_that_joins_the_list_puts_no_workbook_out_of_date(centre: Centre, form: str) -> None:
    """Those that are with teachers come in as they are; the doctor says what they lack."""
    cells = (
        {"Grades!E5": "P", "Units!D5": "JH"}
        if form == "by-candidate"
        else {"Claim!E5": "P", "Claim!F5": "JH"}
    )
    path = put(centre.issue(MEDIA, form, 3 if form == "by-unit" else 0), cells)
    centre.done("qualifications", "add-unit", MEDIA, 7, "Audio production")
    centre.catalogue = centre.workspace.catalogue()
    checked = centre.check(path)
    assert (checked.problems, [s.mark for s in checked.statements]) == ((), [("P", "JH")])
    lacks = "no column for Unit 7: on the list only since it was made"
    assert (lacks in centre.done("doctor", path)) == (form == "by-candidate")
    centre.done("qualifications", "remove-unit", MEDIA, 7)
    (centre.workspace.folder / "schemas" / "digital-media-l3-2016.toml").write_text(
        next(f for f in _shipped() if f.name.startswith("digital-media-l3"))
        .read_text("utf-8")
        .replace('"internal"\nmandatory = true', '"external"\nmandatory = true'),
        "utf-8",
    )
    centre.catalogue = centre.workspace.catalogue()
    assert centre.finds(path) == [("", "CB013")]  # Unit 3 has become an exam


def test_a_workbook_of_before_tells_by_its_headings_which_units_it_had(centre: Centre) -> None:
    """An older version did not remember them; the sealed fingerprint proves what the headings say."""
    path = put(
        centre.issue(MEDIA), {"Grades!E5": "P", "Units!D5": "JH", "Units!A11": "Unit 7", "Units!B11": "Audio"}
    )
    with closing(sqlite3.connect(centre.workspace.folder / "claims.db")) as store, store:
        store.execute("UPDATE template SET made_with = '{}'")
    centre.done("qualifications", "add-unit", MEDIA, 7, "Audio production")
    centre.catalogue = centre.workspace.catalogue()
    assert centre.finds(path) == []


def _shipped() -> list[Path]:
    from claimbatch.data import schema_folder  # noqa: PLC0415

    return sorted(schema_folder().glob("*.toml"))


# --- the template ----------------------------------------------------------------------------------------------


def test_the_template_says_that_not_all_units_are_known(centre: Centre) -> None:
    """On Start here and above the table of Units, which has empty rows to write a missing one into."""
    book = openpyxl.load_workbook(centre.issue(MEDIA))
    known = "Not all units are known: "
    texts = [str(cell.value) for row in book["Start here"].iter_rows() for cell in row]
    assert [text for text in texts if text.startswith(known)] != []
    units = book["Units"]
    assert units["A2"].value.endswith(f"{known}add yours in the next empty row.")
    open_rows = [row for row in range(5, units.max_row + 1) if not units.cell(row, 1).protection.locked]
    assert open_rows == [11, 12, 13, 14, 15]
    assert [units.cell(11, column).protection.locked for column in range(1, 9)] == [
        False,
        False,
        True,
        False,
    ] + [True] * 4
    said = centre.done("template", MEDIA)
    assert f"{MEDIA}: {known}5, 7, 9–19, 22, 24 and perhaps others are missing." in said


def test_a_list_that_is_complete_has_no_such_room(centre: Centre) -> None:
    """Once the qualification file says so: units_complete = true."""
    shipped = next(path for path in _shipped() if path.name == "digital-media-l3-2016.toml")
    text = shipped.read_text("utf-8").replace("suite = 2016\n", "suite = 2016\nunits_complete = true\n", 1)
    (centre.workspace.folder / "schemas" / shipped.name).write_text(text, "utf-8")
    centre.catalogue = centre.workspace.catalogue()
    book = openpyxl.load_workbook(centre.issue(MEDIA))
    assert book["Units"].max_row == 10
    assert book["Units"]["A2"].value.endswith(" The counts keep up as you type.")
    assert "A unit missing?" not in " ".join(
        str(c.value) for row in book["Start here"].iter_rows() for c in row
    )


# --- the commands ----------------------------------------------------------------------------------------------


def test_a_unit_is_added_with_all_that_is_known_of_it(centre: Centre) -> None:
    """With a source it counts as verified; the list shows it; the file is one that a person can read."""
    centre.done(
        "qualifications", "add-unit", IT, 44, 'The "cloud"', "--credits", 10, "--reference", "M/507/4999",
        "--assessment", "internal", "--source", "OCR handbook, section 4",
    )  # fmt: skip
    assert (
        (centre.workspace.folder / "schemas" / "added-units.toml")
        .read_text("utf-8")
        .endswith(
            '\n[[unit]]\nfile = "it-l3-2012"\nnumber = 44\ntitle = "The \\"cloud\\""\nreference = "M/507/4999"\n'
            'credits = 10\nassessment = "internal"\nverified = true\nsource = ["OCR handbook, section 4"]\n'
        )
    )
    rows = json.loads(centre.done("qualifications", IT, "--format", "json").partition("\n\n")[0])
    assert [row for row in rows if row["unit"] == "Unit 44"] == [
        {
            "unit": "Unit 44", "title": 'The "cloud"', "reference": "M/507/4999", "size": "10 credits",
            "assessment": "internal", "remarks": "",
        }
    ]  # fmt: skip


def test_a_unit_added_twice_is_told_from_one_that_was_known(centre: Centre) -> None:
    """Each stands in another file, so it is corrected in another way."""
    centre.done("qualifications", "add-unit", MEDIA, 7, "Sound")
    own, shipped = (centre.run("qualifications", "add-unit", MEDIA, n, "Again")[1] for n in (7, 3))
    assert f"take it off and add it again: claimbatch qualifications remove-unit {MEDIA} 7" in own
    assert "change digital-media-l3-2016.toml" in shipped


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((MEDIA, 3, "Again"), "05844 has that unit already: Unit 3: Create a media product."),
        ((MEDIA, 7, "Audio", "--reference", "M5074999"), 'is not a unit reference, like "M/507/4999"'),
        (("05999", 7, "Audio"), 'There is no qualification with the entry code "05999".'),
        ((MEDIA, 7, " "), "it must not be blank"),
        ((MEDIA, 0, "Audio"), "0 is not in the range 1<=x<=9999"),
    ],
)
def test_what_cannot_be_added_is_refused_in_a_sentence(
    centre: Centre, args: tuple[object, ...], said: str
) -> None:
    """And nothing is written."""
    code, out = centre.run("qualifications", "add-unit", *args)
    assert (code in (2, 3), said in out) == (True, True), out
    assert not (centre.workspace.folder / "schemas" / "added-units.toml").exists()


def test_units_come_from_a_spreadsheet(centre: Centre, tmp_path: Path) -> None:
    """Known ones are passed over; with a fault in any row nothing is added."""
    file = tmp_path / "units.csv"
    file.write_text("Unit,Title,GLH\n7,Audio production,60\n3,Create,60\n9,Podcasts,\n", "utf-8")
    said = centre.done("qualifications", "add-units", MEDIA, file)
    assert "Added 2 units (Unit 7, Unit 9)" in said
    assert "Known already, and left as they are: Unit 3." in said
    assert offered(centre) == [3, 4, 7, 8, 9, 20, 21, 23]
    book = openpyxl.Workbook()
    for row in (
        ["Our units"],
        [],
        ["No.", "Unit title", "Assessed"],
        [10, "Film", "internal"],
        ["x", "TV", ""],
    ):
        book.active.append(row)
    book.save(tmp_path / "units.xlsx")
    code, out = centre.run("qualifications", "add-units", MEDIA, tmp_path / "units.xlsx")
    assert (code, "A5" in out, "'x' is not a unit's number." in out) == (1, True, True)
    assert "Nothing was added." in out
    assert 10 not in offered(centre)


def test_a_list_without_its_headings_is_refused(tmp_path: Path) -> None:
    """And it is said which they are."""
    file = tmp_path / "units.csv"
    file.write_text("7,Audio production\n", "utf-8")
    with pytest.raises(ClaimbatchError) as refused:
        read_unit_list(file)
    assert refused.value.message == f"{file} has no row with the headings Unit and Title."
    assert refused.value.hint.startswith("Its columns: Unit, Title;")


def test_an_added_unit_can_be_taken_off_until_a_claim_has_it(centre: Centre) -> None:
    """The undo; a shipped unit, or one that is claimed, stays."""
    centre.done("qualifications", "add-unit", MEDIA, 7, "Audio production")
    centre.done("qualifications", "add-unit", MEDIA, 9, "Podcasts")
    centre.done("qualifications", "remove-unit", MEDIA, 7)
    assert offered(centre) == [3, 4, 8, 9, 20, 21, 23]
    assert centre.run("qualifications", "remove-unit", MEDIA, 3)[0] == 2
    centre.catalogue = centre.workspace.catalogue()
    centre.done("merge", put(centre.issue(MEDIA), {"Grades!H5": "P", "Units!D8": "JH"}))
    code, out = centre.run("qualifications", "remove-unit", "05843", 9)
    assert (code, f"Unit 9 is on the claim 68199-{MEDIA}-1." in out) == (2, True)


# --- the file --------------------------------------------------------------------------------------------------


def test_what_a_newer_version_has_come_to_know_stays_beside_what_the_centre_stated(tmp_path: Path) -> None:
    """Its own title wins; the reference and the size that it did not know are the shipped ones."""
    add(tmp_path, "digital-media-l3-2016.toml", [new_unit({"number": 8, "title": "Photography"}, "handbook")])
    unit = load_catalogue(*(path.parent for path in _shipped()[:1]), tmp_path).get(MEDIA).unit(8)
    assert unit is not None
    assert (unit.title, unit.reference, unit.glh, unit.source) == (
        "Photography",
        "K/507/6394",
        60,
        ("handbook",),
    )


def test_what_people_wrote_into_the_file_stays(tmp_path: Path) -> None:
    """Adding and taking off leave remarks and other units as they are."""
    path = add(tmp_path, "it-l3-2016.toml", [new_unit({"number": 14, "title": "Games"})])
    path.write_text(path.read_text("utf-8") + "# seen by Jo\n", "utf-8")
    add(tmp_path, "it-l3-2016.toml", [new_unit({"number": 15, "title": "Nets"})])
    assert remove(tmp_path, "it-l3-2016.toml", 15)
    assert not remove(tmp_path, "it-l3-2016.toml", 15)
    assert "# seen by Jo" in path.read_text("utf-8")
    assert [(file, unit.number) for file, unit, _ in read_added(path)] == [("it-l3-2016.toml", 14)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[unit]]\nnumber = 7\ntitle = "Audio"\n', "unit 7 has no file"),
        ('[[unit]]\nfile = "it-l9-2016"\nnumber = 7\n', "there is no qualification file it-l9-2016.toml"),
        ('[[unit]]\nfile = "it-l3-2016"\nnumber = 7\ntittle = "A"\n', 'unit 7: "tittle" is not known there'),
        ("[[unit]\n", "is not TOML"),
    ],
)
def test_a_slip_in_the_file_is_answered_with_its_place(centre: Centre, text: str, said: str) -> None:
    """Exit code 3: no command works on a half-read list."""
    (centre.workspace.folder / "schemas" / "added-units.toml").write_text(text, "utf-8")
    code, out = centre.run("qualifications")
    assert (code, said in out) == (3, True), out
