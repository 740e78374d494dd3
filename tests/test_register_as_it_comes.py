"""Register files as systems write them and people make them are read as they are, and it is said what was read."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register import read_assessors, read_register
from claimbatch.claims.register.cells import shown
from claimbatch.claims.register.characters import decode
from claimbatch.claims.register.dates import MONTH_FIRST, TWO_ORDERS, YEAR_FIRST, read_column
from claimbatch.claims.register.file import Table, read_csv
from claimbatch.claims.register.headings import load_kinds
from claimbatch.claims.register.layout import Asked
from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.intake.register_table import read_register_table, read_register_tables
from claimbatch.names import is_name, may_have_been, squeeze, surname_first
from claimbatch.problems import Problem
from tests.centre import IT, MEDIA, Centre, fill

CATALOGUE = load_catalogue(schema_folder())
CENTRES = {"68199": "Example College"}
HEAD = "entry_code,candidate_number,candidate_name,date_of_birth"
TODAY = date(2026, 11, 26)
MIDNIGHT = datetime.fromisoformat("2008-04-03T00:00")  # what a spreadsheet keeps for a date


def read(source: str | bytes | Sequence[Table], *, people: Any = None, asked: Asked | None = None) -> Any:
    data = source.encode() if isinstance(source, str) else source
    tables = read_csv("register.csv", data) if isinstance(data, bytes) else data
    stored = {("68199", number): Candidate(number, name) for number, name in (people or {}).items()}
    return read_register(tables, centres=CENTRES, catalogue=CATALOGUE, people=stored, asked=asked or Asked())


def found(file: Any) -> list[tuple[str, str]]:
    return [problem.brief for problem in file.problems]


def people_of(file: Any) -> list[tuple[str, str, str]]:
    return [(e.candidate.number, e.candidate.name, str(e.candidate.born or "")) for e in file.entries]


def tables(path: Path, **sheets: Sequence[Sequence[Any]]) -> tuple[Table, ...]:
    """A workbook of these sheets on disk, read as a register file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path / "register.xlsx")
    read = read_register_tables(path / "register.xlsx")
    assert not isinstance(read, Problem)
    return read


# --- headings ----------------------------------------------------------------------------------------------------

SYSTEMS = {
    "a school's exams module": (
        "Centre,Exam No,Surname,Forename,Gender,Reg,DOB,UPN,Element\n"
        "68199,0042,KING,Harry,M,12A,03/04/2008,A123456789012,05349\n"
    ),
    "legal and preferred names": (
        "Preferred Surname,Preferred Forename,Legal Last Name,Legal First Name,Candidate No.,Date of Birth,Entry Code\n"
        "Prince,Hal,KING,Harry,42,2008-04-03,5349\n"
    ),
    "a preferred name after a legal one": (
        "Preferred Name;Legal Surname;Legal Forename(s);Cand. Number;D.O.B.;Course code\n"
        "Hal Prince;KING;Harry;0042;3-Apr-08;05349 - IT Introductory Diploma\n"
    ),
    "capitals and no comma": "Student\tExam No\tBirth date\tQualification\nKING Harry\t'0042\t3 April 2008\t05349\n",
    "marks for Excel": '="0042"'.join(("Cand No|Name|DOB|Entry\n", "|KING, Harry|39541|05349\n")),
}


@pytest.mark.parametrize("text", SYSTEMS.values(), ids=SYSTEMS)
def test_each_system_has_its_own_words(text: str) -> None:
    """All of them mean the same candidate."""
    file = read(text)
    assert (found(file), people_of(file)) == ([], [("0042", "KING, Harry", "2008-04-03")])
    assert file.entries[0].entry_code == IT


def test_what_a_claim_has_no_use_for_is_not_stored() -> None:
    """A UPN or a gender is passed over; a tutor group is kept, as templates may be made by it."""
    assert dict(read(SYSTEMS["a school's exams module"]).entries[0].details) == {"Reg": "12A"}


def test_it_says_what_it_read() -> None:
    """Which rows, how they were saved, which column is what, and what was passed over."""
    text = (
        "Year 13 entries\n\nExam No;Surname;Forename;DOB;Element;UPN;Class\n"
        "0042;Núñez;Zoë;03/04/2008;05349;X1;13B\n0043;Lee;Al;13/04/2008;05349;X2;13B\nTotal: 2;;;;;;\n"
    )
    assert read(text.encode("cp1252")).notes == (
        (
            "Read register.csv, headings in line 3, 2 rows, semicolons, Windows-1252: entry code from Element, "
            "candidate number from Exam No, name from Surname + Forename, date of birth from DOB."
        ),
        "Columns that claimbatch does not know were kept beside the entry: Class.",
        "Columns passed over: UPN.",
        'Rows passed over, as they are nobody\'s: line 6 "Total: 2".',
        "Accented names, as they were read: Núñez, Zoë.",
    )


def test_what_stands_around_the_table_is_passed_over() -> None:
    """A block above, guidance under the headings, lines between groups, headings repeated, totals, a remark."""
    text = (
        f'Centre Number,68199,Entry code,05349\n\n{HEAD}\n5 digits,4 digits please,"Surname, Forenames",dd/mm/yyyy\n'
        f'Class 12A,,,\n05349,0042,"Smith, Jo",13/04/2008\n\n{HEAD}\n05349,0043,"Count, Anna",14/04/2008\n'
        "Number of entries,,2,\nEnd of report,,,\n"
    )
    file = read(text)
    assert (found(file), [number for number, *_ in people_of(file)]) == ([], ["0042", "0043"])
    assert [note for note in file.notes if note.startswith("Rows")] == [
        (
            'Rows passed over, as they are nobody\'s: line 4 "5 digits 4 digits please Surname, Foren…", '
            'line 5 "Class 12A", line 10 "Number of entries 2", line 11 "End of report".'
        )
    ]


def test_a_candidate_is_never_passed_over() -> None:
    """A row that names somebody is a row, whatever else it lacks."""
    text = f'{HEAD}\n,,"Count, Anna",13/04/2008\n05349,TBC,"Lee, Al",14/04/2008\n05349,,"Sum, Li",14/04/2008\n,0042,,\n'
    assert list(dict.fromkeys(found(read(text)))) == [
        ("line 2", "CB509"), ("line 3", "CB503"), ("line 4", "CB509"), ("line 5", "CB509"),
    ]  # fmt: skip


def test_headings_of_a_workspace_come_first(tmp_path: Path) -> None:
    """They are a file of their own; a slip in it is told with its place."""
    own = tmp_path / "register.toml"
    own.write_text(
        '[entries.candidate_number]\nheadings = ["Lauf-Nr."]\n[passed_over]\nheadings = ["Klasse"]\n', "utf-8"
    )
    text = "Lauf-Nr,Exam No,Name,DOB,Entry,Klasse\n0042,99,Li,,05349,13B\n"
    file = read_register(
        read_csv("r.csv", text.encode()), centres=CENTRES, catalogue=CATALOGUE, kinds=load_kinds(own)
    )
    assert (people_of(file), dict(file.entries[0].details)) == ([("0042", "Li", "")], {})
    own.write_text('[entries.candidate_nummber]\nheadings = ["x"]\n', "utf-8")
    with pytest.raises(ClaimbatchError, match="candidate_nummber"):
        load_kinds(own)


def test_a_column_may_be_named_by_hand() -> None:
    """What --map says counts before what the headings say; "ignore" passes a column over."""
    text = "Our ref,Exam No,Name,DOB,Entry\n0042,99,Li,,05349\n"
    asked = Asked({"our REF": "candidate_number", "exam no": "ignore"})
    assert people_of(read(text, asked=asked)) == [("0042", "Li", "")]


def test_a_missing_column_says_how_to_name_it() -> None:
    """Half a name is told of its other half."""
    problem, *_ = read("Exam No,Surname,DOB,Entry\n0042,Li,,05349\n").problems
    assert f"{problem.message} {problem.hint}" == (
        "The column candidate_name is missing. Add it (beside Surname, its other half). If a column has it under "
        'another heading, say which: --map "HEADING=candidate_name".'
    )


# --- sheets and rows of a workbook ---------------------------------------------------------------------------------

HEADINGS = HEAD.split(",")


def test_every_sheet_with_the_headings_is_read(tmp_path: Path) -> None:
    """The others are named; a candidate on two sheets is told at both."""
    sheets = tables(
        tmp_path,
        Help=[["How to use this"], ["Fill in the others"]],
        A=[["12A"], [], HEADINGS, [IT, "0042", "Smith, Jo", date(2008, 4, 3)]],
        B=[HEADINGS, [IT, "0043", "Lee, Al", None], [IT, "0042", "Smith, Jo", date(2008, 4, 3)]],
    )
    file = read(sheets)
    assert found(file) == [("A!B4", "CB508"), ("B!B3", "CB508")]
    assert file.problems[0].message == "0042 stands here and also at B!B3, for the same entry code."
    assert "The sheet Help was not read: it has other headings." in file.notes
    assert (people_of(file), file.unread) == ([("0043", "Lee, Al", "")], ())


def test_a_sheet_that_seems_to_hold_candidates_and_was_not_read_makes_it_a_part(tmp_path: Path) -> None:
    """Assessors are no candidates."""
    rows = [HEADINGS, [IT, "0042", "Smith, Jo", None]]
    late = [["Exam No", "Name", "Entry"], ["0043", "Lee, Al", IT]]
    staff = [["Entry code", "Initials", "Name"], [IT, "JH", "Jo Hughes"]]
    sheets = tables(tmp_path, A=rows, Late=late, Staff=staff)
    assert read(sheets).unread == ("The sheet Late was not read: it lacks date_of_birth.",)
    assert read(sheets, asked=Asked(sheets=("a",))).unread == (
        "The sheet Late was not read: it lacks date_of_birth.",
    )
    assessors = read_assessors(sheets, centres=CENTRES, catalogue=CATALOGUE)
    assert [(a.initials, a.name) for a in assessors.assessors] == [("JH", "Jo Hughes")]
    with pytest.raises(ClaimbatchError, match="no sheet B"):
        read(sheets, asked=Asked(sheets=("B",)))


def test_a_file_of_the_other_kind_is_told() -> None:
    """Assessors are not imported as entries."""
    staff = "Entry code,Initials,Name\n05349,JH,Jo Hughes\n"
    assert read(staff).problems[0].message == (
        "The column candidate_number is missing. The file seems to hold assessors: claimbatch assessors import."
    )


def test_hidden_rows_are_named_and_left_out(tmp_path: Path) -> None:
    """A filter hides rows as a hand does; --hidden takes them."""
    book = Workbook()
    for row in (HEADINGS, [IT, "0042", "Smith, Jo", None], [IT, "0043", "Withdrawn, Al", None]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "register.xlsx")
    sheets = read_register_tables(tmp_path / "register.xlsx")
    assert not isinstance(sheets, Problem)
    file = read(sheets)
    assert [problem.message for problem in file.problems] == [
        "This row is hidden and was left out: 05349 0043 Withdrawn, Al."
    ]
    assert (people_of(file), file.unread) == (
        [("0042", "Smith, Jo", "")],
        ("1 hidden row was left out of Sheet.",),
    )
    assert len(read(sheets, asked=Asked(hidden=True)).entries) == 2


def test_a_row_for_each_unit_joins_the_units() -> None:
    """With --partial all of a candidate's rows are taken, or none: half the units would hide the others."""
    rows = f"{IT},0042,KING Harry,3/4/2008,1\n{IT},0042,KING Harry,3/4/2008,Unit 5\n"
    file = read(f"{HEAD},Unit\n{rows}{IT},0043,Li,,2\n")
    assert [(e.candidate.number, sorted(e.units)) for e in file.entries] == [("0042", [1, 5]), ("0043", [2])]
    assert str(file.places["68199", IT, "0042"]) == "line 2"
    part = read(f"{HEAD},Unit\n{rows}{IT},0042,KING Harry,3/4/2008,99\n{IT},0043,Li,,2\n")
    assert (found(part), [e.candidate.number for e in part.entries]) == ([("line 4", "CB507")], ["0043"])


# --- dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected", "order"),
    [
        (["03/04/2008", "04/04/2008"], ["2008-04-03", "2008-04-04"], "day first"),
        (["04/03/2008", "04/13/2008"], ["2008-04-03", "2008-04-13"], MONTH_FIRST),
        (["03.04.08", "31.12.07"], ["2008-04-03", "2007-12-31"], "day first"),
        (["99-12-31", "08-03-04"], ["1999-12-31", "2008-03-04"], YEAR_FIRST),
        (["20-Oct-08", "14 September 2007", "Fri 3rd Apr 2009", "October 20, 2008"],
         ["2008-10-20", "2007-09-14", "2009-04-03", "2008-10-20"], ""),
        (["39541", 39541.0, "20080403", date(2008, 4, 3)], ["2008-04-03"] * 4, ""),
        (["2008-04-03", "03/04/2008 00:00", "2008-04-03T00:00:00Z", MIDNIGHT],
         ["2008-04-03"] * 4, "day first"),
        (["2008-04-02T23:00:00Z", "39540.958", datetime.fromisoformat("2008-04-02T23:00")], ["", "", ""], ""),
        (["13/04/2008", "04/13/2008", "03/04/2008", "2008-04-03"], ["", "", "", "2008-04-03"], "day first"),
        # Excel with American dates: what could be month first became a date, the rest stayed text.
        ([*[date(2008, n, 4) for n in (3, 5, 9)], "13/04/2008", "25/12/2007", "30/01/2008"],
         ["", "", "", "2008-04-13", "2007-12-25", "2008-01-30"], "day first"),
        (["31/02/2008", "13/04/2008", "03/04/2008"], ["", "2008-04-13", "2008-04-03"], "day first"),
        (["08-10-20", "07-10-12"], ["", ""], "day first"),
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_is_that_of_the_column(
    cells: list[Any], expected: list[str], order: str
) -> None:
    """What one cell proves holds for all; what is not certain is no date."""
    column = read_column(cells, TODAY)
    assert [born.iso if born else None for born in column.cells] == expected
    assert column.order == order


def test_a_time_of_day_is_shown_to_the_nearest_minute_and_never_on_another_day() -> None:
    """A day's fraction comes as 22:59:59.7 where 23:00 was meant."""
    moments = ("2008-04-02T22:59:59.7", "2008-04-02T23:59:59.7")
    told = [shown(datetime.fromisoformat(moment)) for moment in moments]
    assert told == ["02/04/2008 23:00", "02/04/2008 23:59"]


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2012, 1, 1)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_no_column_is_read_in_two_orders(born: list[date], written: str) -> None:
    """A column written in one order is read in it, or day first where nothing proves which."""
    column = read_column([day.strftime(written) for day in born], TODAY)
    read = [cell.iso for cell in column.cells if cell]
    as_meant = [day.isoformat() for day in born]
    turned = [f"{day.year}-{day.day:02}-{day.month:02}" for day in born]
    assert read == as_meant or (read == turned and not column.proved)


def test_where_nothing_proves_the_order_it_is_said() -> None:
    """And where it is month first, too."""
    notes = read(f"{HEAD}\n{IT},0042,Li,03/04/2008\n").notes
    assert notes[-1] == (
        "Dates in figures were read day first (dd/mm/yyyy): nothing in date_of_birth proves another order."
    )
    notes = read(f"{HEAD}\n{IT},0042,Li,04/13/2008\n").notes
    assert notes[-1] == "Dates in figures were read month first, as the column date_of_birth proves."


def test_cells_wrong_in_the_same_way_are_one_problem() -> None:
    """With the places of the others; the rows are at fault all the same."""
    rows = "".join(f"{IT},{n:04},Li,{n:02}/13/2008\n" for n in range(1, 9))
    file = read(f"{HEAD}\n{rows}{IT},0042,Li,14/01/2008\n{IT},0043,Li,\n")
    assert [(problem.brief, len(problem.also)) for problem in file.problems] == [(("line 2", "CB504"), 8)]
    assert file.problems[0].message == (
        f"01/13/2008 is not a possible date of birth{TWO_ORDERS} (see rows 2 and 10). Likewise 8 more: lines 3 to 10."
    )
    assert people_of(file) == [("0043", "Li", "")]


def test_what_is_said_once_for_all_rows_is_no_column(centre: Centre, tmp_path: Path) -> None:
    """A report of one course says its entry code above the table; for a list that says it nowhere, a person may."""
    block = (
        f"Entries by course\nCourse: {IT}\nCentre,68199\nExam No,Surname,Forename,DOB\n42,KING,Harry,2/9/08\n"
    )
    file = read(block)
    assert (found(file), people_of(file)) == ([], [("0042", "KING, Harry", "2008-09-02")])
    assert file.notes[0].endswith(
        "1 row, commas, UTF-8: entry code 05349 from line 2, centre number 68199 from line 3, candidate number from "
        "Exam No, name from Surname + Forename, date of birth from DOB."
    )
    wrong = read(block.replace(IT, "05999"))
    assert (found(wrong), wrong.entries) == ([("line 2", "CB506")], ())
    (tmp_path / "list.csv").write_text("Name,Cand no,DOB\nKING Harry,42,2/9/08\n", "utf-8")
    assert centre.run("entries", "import", tmp_path / "list.csv")[0] == 1
    assert "1 entry: 1 changed" in centre.done(
        "entries", "import", tmp_path / "list.csv", "--entry-code", MEDIA, "--yes"
    )
    assert centre.run("entries", "import", tmp_path / "list.csv", "--entry-code", "05999")[0] == 1


# --- characters and names --------------------------------------------------------------------------------------------


def test_a_file_in_two_encodings_is_refused_with_the_line() -> None:
    """Nobody can read it; the register stays as it is."""
    data = f'{HEAD}\n{IT},0042,"Novák, Zoë",\n'.encode() + f'{IT},0043,"Nuñez, Al",\n'.encode("cp1252")
    file = read(data)
    assert [(problem.brief, problem.message) for problem in file.problems] == [
        (
            ("line 3", "CB501"),
            "register.csv cannot be read: line 3 is not written in UTF-8 as the others are.",
        )
    ]


@pytest.mark.parametrize(
    ("codec", "encoding", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", False),
        ("utf-16", "utf-16", False),
        ("utf-16-le", "utf-16", False),
        ("utf-16-be", "utf-16", False),
        ("cp1252", "windows-1252", False),
        ("mac_roman", "mac-roman", True),
        ("cp850", "dos-850", True),
    ],
)
def test_the_characters_are_told_by_the_words(codec: str, encoding: str, guessed: bool) -> None:
    """What is only likely is said to be a guess."""
    text = f"{HEAD}\n{IT},0042,Nuñez Zoë Müller,\n"
    read = decode(text.encode(codec))
    assert (read.text, read.encoding, read.guessed) == (text, encoding, guessed)


def test_a_guess_is_shown_both_ways_before_anything_is_stored() -> None:
    """And taken, once a person has said which it is."""
    data = f"{HEAD}\r{IT},0042,Ñuñez,\r".encode("mac_roman")
    file = read(data)
    assert (found(file), file.entries) == ([("line 2", "CB511")], ())
    assert "Ñuñez is a guess: the file may have been saved as Mac Roman, or as Windows-1252: „u–ez" in (
        file.problems[0].message
    )
    said = read_csv("register.csv", data, encoding="mac-roman")
    assert people_of(read([said])) == [("0042", "Ñuñez", "")]


@pytest.mark.parametrize("damaged", ["Nov?k, Zo?", "NovÃ¡k, ZoÃ«", "Nov\ufffdk, Zo\ufffd"])
def test_a_damaged_name_never_replaces_a_whole_one(damaged: str) -> None:
    """The register keeps its own, and says so; who is somebody else is refused."""
    text = f'{HEAD}\n{IT},0042,"{damaged}",\n'
    file = read(text, people={"0042": "Novák, Zoë"})
    assert (found(file), people_of(file)) == ([("line 2", "CB510")], [("0042", "Novák, Zoë", "")])
    assert found(read(text, people={"0042": "Smith, Jo"})) == [("line 2", "CB503")]


def test_a_name_that_only_typing_changes_is_no_change() -> None:
    """The register's spelling stays; in one file the first spelling is that of all rows."""
    text = f'{HEAD}\n{IT},0042,"O’Brien,  Zoe\u0308",\n{MEDIA},0042,"O\'BRIEN, Zoë",\n'
    assert {name for _, name, _ in people_of(read(text, people={"0042": "O'Brien, Zoë"}))} == {"O'Brien, Zoë"}
    assert [name for _, name, _ in people_of(read(text))] == ["O’Brien, Zoë"] * 2


def test_what_nobody_sees_is_dropped_from_every_field() -> None:
    """Direction marks, soft hyphens, joiners."""
    file = read(f"{HEAD}\n\u200e{IT},00\u00ad42\u200f,Sm\u00adith\u2060,\u202d2008-04-03\u202c\n")
    assert (found(file), people_of(file)) == ([], [("0042", "Smith", "2008-04-03")])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("KING Harry", "KING, Harry"),
        ("Harry KING", "KING, Harry"),
        ("VAN DER BERG Anna Maria", "VAN DER BERG, Anna Maria"),
        ("McDONALD Iain", "McDONALD, Iain"),
        ("O’BRIEN-SMITH Niamh", "O’BRIEN-SMITH, Niamh"),
        ("LI Xin Yi", "LI, Xin Yi"),
        ("Harry King", "Harry King"),
        ("KING HARRY", "KING HARRY"),
        ("KING, Harry", "KING, Harry"),
        ("NA", "NA"),
    ],
)
def test_capitals_say_which_is_the_surname(text: str, name: str) -> None:
    """Where they do not, the name stays as it stands."""
    assert surname_first(text) == name


def test_names_that_are_none() -> None:
    """Programs leave errors, numbers and dates where a name was; people are called Null, NA and May."""
    assert [t for t in ("Null", "NA", "None", "True", "May", "Li", "Ó") if not is_name(t)] == []
    nobody = (
        "#N/A",
        "#REF!",
        "#NAME?",
        "####",
        "0",
        "-",
        "?",
        "03/04/2008",
        "08-May",
        "3 April 2008",
        "Zo\ufffd",
    )
    assert [t for t in nobody if is_name(t)] == []


def test_a_half_of_a_name_that_is_none_is_told_at_its_cell(tmp_path: Path) -> None:
    """Not at the other half."""
    sheets = tables(
        tmp_path, A=[["Entry", "Exam No", "Surname", "Forename", "DOB"], [IT, "0042", "King", 0, None]]
    )
    assert found(read(sheets)) == [("A!D2", "CB503")]


@given(st.text(max_size=12), st.text(max_size=12))
def test_sameness_is_sameness(one: str, other: str) -> None:
    """Squeezing twice changes nothing, and a whole name is never taken for the damage of another."""
    assert squeeze(squeeze(one)) == squeeze(one)
    if may_have_been(one, other):
        assert not may_have_been(other, one) or squeeze(one) == squeeze(other)


# --- other kinds of files --------------------------------------------------------------------------------------------


def test_a_web_page_and_a_broken_quotation_are_called_what_they_are(tmp_path: Path) -> None:
    """The one is said to be a page, the other is told with its line."""
    page = tmp_path / "entries.xls"
    page.write_text("<html><body><table><tr><td>entry_code</td></tr></table></body></html>", "utf-8")
    table = read_register_table(page)
    assert isinstance(table, Table)
    assert (
        table.fault
        == "it is a web page with a table in it, under the name of a workbook, as some programs export"
    )
    tagged = tmp_path / "tagged.csv"
    tagged.write_text(f'{HEAD}\n{IT},0042,"<script>alert(1)</script>",\n', "utf-8")
    table = read_register_table(tagged)
    assert isinstance(table, Table)
    assert (table.fault, table.rows[1][1][2]) == ("", "<script>alert(1)</script>")
    broken = read(f'{HEAD}\n{IT},0042,Li,\n{IT},0043,"Smith, Robert \\"Bob\\"",\n')
    assert [(p.brief, p.message) for p in broken.problems] == [
        (
            ("line 3", "CB501"),
            (
                "register.csv cannot be read: in line 3 a quotation mark stands within a quoted cell, "
                'and it does not end there (write it twice: "").'
            ),
        )
    ]


def test_a_template_that_came_back_is_no_register_and_is_told_where_it_belongs(centre: Centre) -> None:
    """It has candidates and units, and might be read as entries."""
    code, said = centre.run("entries", "import", fill(centre.issue()))
    told = " ".join(said.split())
    assert code == 1
    assert "it is a template that was made for a teacher, not a register." in told
    assert "Check it, then merge it: claimbatch check FILE" in told


# --- commands --------------------------------------------------------------------------------------------------------


def test_what_was_said_of_a_column_is_remembered(centre: Centre, tmp_path: Path) -> None:
    """For the next file with the same headings, in any order."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(f"Our ref;Name;DOB;Entry\n0061;Li;;{IT}\n", "utf-8")
    second.write_text(f"Entry;Name;DOB;Our ref\n{IT};Lo;;0062\n", "utf-8")
    assert centre.run("entries", "import", first)[0] == 1
    said = centre.done("entries", "import", first, "--map", "Our ref=candidate_number")
    assert "candidate number from Our ref" in said
    again = centre.done("entries", "import", second)
    assert "candidate number from Our ref" in again
    assert "Named with --map for the last file with these headings: Our ref is candidate_number." in again
    assert centre.run("entries", "import", second, "--map", "Our ref=nothing")[0] == 2
    assert centre.run("entries", "import", second, "--map", "Our ref")[0] == 2


def test_replace_never_runs_on_a_part(centre: Centre, tmp_path: Path) -> None:
    """A sheet that was not asked for, or a hidden row, would be taken as people who are gone."""
    tables(
        tmp_path,
        A=[HEADINGS, [IT, "0042", "Ahmed, Sana", None]],
        B=[HEADINGS, [IT, "0043", "Brown, Tom", None]],
    )
    code, said = centre.run("entries", "import", tmp_path / "register.xlsx", "--sheet", "A", "--replace")
    assert (code, "The sheet B was not read" in said) == (2, True)
    assert centre.run("entries", "import", tmp_path / "register.xlsx", "--replace", "--yes")[0] == 0


def test_a_blank_register_can_be_filled_in_and_imported(centre: Centre, tmp_path: Path) -> None:
    """Both imports read the workbook; the CSV file has the same headings, and neither is written over."""
    centre.done("entries", "template", "-o", tmp_path)
    book = load_workbook(tmp_path / "register.xlsx")
    for cell, value in {
        "A5": MEDIA,
        "B5": "0071",
        "C5": "Li",
        "D5": "Wei",
        "E5": MIDNIGHT,
        "J5": "13A",
    }.items():
        book["Entries"][cell] = value
    for cell, value in {"A5": MEDIA, "B5": "XY", "C5": "Xi Yang"}.items():
        book["Assessors"][cell] = value
    book.save(tmp_path / "register.xlsx")
    assert "1 candidate, 1 entry: 1 new." in centre.done("entries", "import", tmp_path / "register.xlsx")
    assert "1 assessor: 1 new." in centre.done("assessors", "import", tmp_path / "register.xlsx")
    headings = [cell.value for cell in book["Entries"][4]]
    assert (tmp_path / "register.csv").read_bytes().decode("utf-8-sig") == ",".join(headings) + "\r\n"
    assert "register_2.xlsx" in centre.done("entries", "template", "-o", tmp_path)


def test_what_the_lists_print_can_be_imported(centre: Centre, tmp_path: Path) -> None:
    """An assessor of several qualifications stands in one row."""
    for noun in ("entries", "assessors"):
        path = tmp_path / f"{noun}.csv"
        path.write_text(centre.done(noun, "list", "--format", "csv"), "utf-8")
        said = centre.done(noun, "import", path)
        assert "new" not in said.splitlines()[-1]
        assert "unchanged" in said.splitlines()[-1]


def test_a_file_of_bytes_is_read_the_same_through_the_workbook(tmp_path: Path) -> None:
    """Numbers, dates and text of a sheet say what a CSV file of them says."""
    rows = [["Cand No", "Name", "DOB", "Entry"], [42, "KING Harry", date(2008, 4, 3), 5349]]
    out = io.StringIO("\n".join(",".join(map(str, row)) for row in rows))
    assert read(tables(tmp_path, A=rows)).entries == read(out.getvalue()).entries


def test_a_group_that_is_a_date_is_told(centre: Centre, tmp_path: Path) -> None:
    """When the file is read, and when templates are made for the groups."""
    rows = [[*HEADINGS, "Class"], [MEDIA, "0042", "Ahmed, Sana", None, date(2026, 2, 10)]]
    tables(tmp_path, A=rows)
    said = centre.done("entries", "import", tmp_path / "register.xlsx", "--yes")
    assert "The column Class holds dates, such as 2026-02-10." in said
    made = centre.done("template", MEDIA, "--group", "class")
    assert (
        "The group 2026-02-10 is a date: perhaps a class such as 10/2, which a spreadsheet has changed."
        in made
    )


def test_a_first_candidate_is_no_guidance() -> None:
    """Even where no column has the entry code and the number carries a remark."""
    file = read('Name,Cand no,DOB\n"Lee, Al",0042 (resit),\n', asked=Asked(entry_code=IT))
    assert found(file) == [("line 2", "CB503")]


def test_excels_own_hint_for_what_stands_between_the_cells_is_no_row() -> None:
    """Lines keep their numbers."""
    file = read(f'sep=;\r\n{HEAD.replace(",", ";")}\r\n{IT};0042;"King,\nHarry";\r\n{IT};x;Li;\r\n')
    assert (people_of(file), found(file)) == ([("0042", "King, Harry", "")], [("line 5", "CB503")])


def test_a_cell_far_too_long_is_a_problem_of_the_file() -> None:
    """A quotation mark that is never closed swallows the rest."""
    assert found(read(f'{HEAD}\n{IT},0042,"Li' + "x\n" * 200_000)) == [("line 2", "CB501")]
