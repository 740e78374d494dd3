"""Register files are read however schools save them; what cannot be understood is told at its place."""

import csv
import io
import json
from datetime import date, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register import Assessor, Entry, read_assessors, read_register
from claimbatch.claims.register.doubts import RULES
from claimbatch.claims.register.file import Table, is_workbook, read_csv
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.data import schema_folder
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.intake.register_table import read_register_table
from claimbatch.names import is_damaged
from claimbatch.problems import Problem
from tests.centre import CENTRE, Centre, put
from tests.centre import IT as IT_INTRODUCTORY

CATALOGUE = load_catalogue(schema_folder())
CENTRES = {"68199": "Example College"}
IT = "05347"  # 2012 suite, 40 units
MEDIA = "05844"  # 2016 suite
BLANK_IF_UNKNOWN = "Write it as dd/mm/yyyy or yyyy-mm-dd; leave the cell blank if it is not known."
HEAD = "entry_code,candidate_number,candidate_name,date_of_birth"
READ = "Read r.csv, headings in line 1, 2 rows, commas, UTF-8: entry code, candidate number, name, date of birth.\n"


def read(text, centres=CENTRES):
    table = text if isinstance(text, Table) else read_csv("register.csv", text.encode())
    return read_register(table, centres=centres, catalogue=CATALOGUE)


def assess(text, *known):
    table = read_csv("assessors.csv", text.encode())
    return read_assessors(table, centres=CENTRES, catalogue=CATALOGUE, assessors=known)


def found(file):
    return [(str(problem.place), problem.place.field, problem.rule.code) for problem in file.problems]


def entry(number="0042", name="Smith, Jo", born=date(2008, 4, 3), code=IT, **more):
    return Entry("68199", code, Candidate(number, name, born), **more)


# --- what is understood --------------------------------------------------------------------


def test_every_column_finds_its_place():
    file = read(
        "Centre Number,ENTRY_CODE,CandidateNumber,candidate name,Date of birth,OCR candidate number,"
        "UCI,ULN,Units,Group\n"
        '68199,05347,0042,"Smith, Jo",2008-04-03,77,68199 0 01 2058 g,9276308686,3; 4 12,13B\n'
    )
    person = Candidate("0042", "Smith, Jo", date(2008, 4, 3), "77", "681990012058G", "9276308686")
    assert file.problems == ()
    assert file.entries == (Entry("68199", IT, person, frozenset({3, 4, 12}), {"Group": "13B"}),)
    assert file.notes == (
        (
            "Read register.csv, headings in line 1, 1 row, commas, UTF-8: centre number, entry code, candidate number, "
            "name, date of birth, OCR candidate number, UCI, ULN, units."
        ),
        "Columns that claimbatch does not know were kept beside the entry: Group.",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_way_a_file_was_saved_does_not_matter(encoding, delimiter, newline):
    rows = [HEAD.split(","), [IT, "0042", '"Ñuñez, Zoë"', "03/04/2008"], [IT, "0043", '"Lee, Al"', ""]]
    data = newline.join(delimiter.join(row) for row in rows).encode(encoding)
    file = read(read_csv("register.csv", data))
    assert file.entries == (entry(name="Ñuñez, Zoë"), entry("0043", "Lee, Al", None))
    told = [note for note in file.notes if note.startswith("Accented")]
    assert told == ["Accented names, as they were read: Ñuñez, Zoë."] * (encoding == "cp1252")


def test_zeros_that_a_spreadsheet_ate_are_put_back_and_a_title_is_passed_over():
    file = read(f'Leavers 2026\n\n{HEAD}\n5347,42,"Smith, Jo",3/4/2008\n')
    assert file.entries == (entry(),)
    assert file.notes[-1] == "Leading zeros were put back in 2 cells."


def test_one_candidate_may_have_several_entries():
    file = read(f'{HEAD}\n{IT},0042,"Smith, Jo",2008-04-03\n{MEDIA},0042,"Smith, Jo",2008-04-03\n')
    assert (file.problems, file.entries) == ((), (entry(), entry(code=MEDIA)))


def test_the_columns_that_a_file_has_are_known():
    assert read(f"{HEAD},uln\n{IT},0042,Jo,,\n").columns == frozenset([*HEAD.split(","), "uln"])


# --- what is at fault --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("", "", "CB501")]),
        (HEAD, [("", "", "CB501")]),
        (f'{HEAD}\n{IT},0042,"Smith', [("line 2", "", "CB501")]),
        (f"{HEAD}\n{IT},00\x0042,Jo,", [("", "", "CB501")]),
        ("entry_code,reg_no,candidate_name\n05347,1,Jo\n", [
            ("", "candidate_number", "CB502"), ("", "date_of_birth", "CB502"),
        ]),
        (f"{HEAD}\n{IT},123456,Jo,\n", [("line 2", "candidate_number", "CB503")]),
        (f"{HEAD}\n{IT},0000,Jo,\n", [("line 2", "candidate_number", "CB503")]),
        (f"{HEAD}\n{IT},٠٠٤٢,Jo,\n", [("line 2", "candidate_number", "CB503")]),
        (f"{HEAD}\n053470,0042,Jo,\n", [("line 2", "entry_code", "CB503")]),
        (f"{HEAD}\n{IT},0042,J\x07o,\n", [("line 2", "candidate_name", "CB503")]),
        (f"{HEAD}\n{IT},0042,Jo,31/02/2008\n", [("line 2", "date_of_birth", "CB504")]),
        (f"{HEAD}\n{IT},0042,Jo,03/04/25\n", [("line 2", "date_of_birth", "CB504")]),
        (f"{HEAD}\n{IT},0042,Jo,2999-01-01\n", [("line 2", "date_of_birth", "CB504")]),
        (f"{HEAD}\n{IT},0042,Jo,1900-01-01\n", [("line 2", "date_of_birth", "CB504")]),
        (f"{HEAD},uln\n{IT},0042,Jo,,9276308685\n", [("line 2", "uln", "CB505")]),
        (f"{HEAD},uln\n{IT},0042,Jo,,6.43E+09\n", [("line 2", "uln", "CB505")]),
        (f"{HEAD},uci\n{IT},0042,Jo,,681990012058H\n", [("line 2", "uci", "CB505")]),
        (f"{HEAD}\n05374,0042,Jo,\n", [("line 2", "entry_code", "CB506")]),
        (f"centre_number,{HEAD}\n12345,{IT},0042,Jo,\n", [("line 2", "centre_number", "CB506")]),
        (f"{HEAD},units\n{IT},0042,Jo,,3 99\n", [("line 2", "units", "CB507")]),
        (f"{HEAD},units\n{IT},0042,Jo,,three\n", [("line 2", "units", "CB507")]),
        (f"{HEAD},units\n{MEDIA},0042,Jo,,3\n", [("line 2", "units", "CB507")]),
        (f"{HEAD},Candidate Name\n{IT},0042,Jo,,Al\n", [("line 1", "Candidate Name", "CB508")]),
        (f"{HEAD}\n{IT},0042,Jo,\n{IT},0042,Jo,\n", [
            ("line 2", "candidate_number", "CB508"), ("line 3", "candidate_number", "CB508"),
        ]),
        (f"{HEAD}\n{IT},0042,Jo,\n{MEDIA},0042,Al,\n", [
            ("line 2", "candidate_number", "CB508"), ("line 3", "candidate_number", "CB508"),
        ]),
        (f"{HEAD}\n{IT},0042,,\n", [("line 2", "candidate_name", "CB509")]),
        (f'{HEAD}\n{IT},0042,"Jo\nAnn",\n\n{IT},,Al,\n', [("line 5", "candidate_number", "CB509")]),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_cell(text, expected):
    assert found(read(text)) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("05347,ABCDE,Jo Smith", [("line 2", "initials", "CB503")]),
        ("05347,J S,Jo Smith", [("line 2", "initials", "CB503")]),
        ("05347,JS,", [("line 2", "name", "CB509")]),
        ("05347,JS,Jo Smith\n05349,js,JO SMITH", []),
        (
            "05347,JS,Jo Smith\n05349,js,Jan Sims",
            [("line 2", "initials", "CB508"), ("line 3", "initials", "CB508")],
        ),
        ("05347,AK,Ann Kay", [("line 2", "initials", "CB508")]),
        ("05347,AK,Amir Khan", []),
    ],
)
def test_a_set_of_initials_belongs_to_one_person_of_the_centre(rows, expected):
    file = assess(f"entry_code,initials,name\n{rows}\n", Assessor("68199", "ak", "Amir Khan"))
    assert found(file) == expected


def test_assessors_come_out_one_a_row():
    assert assess("entry_code,initials,name,Room\n5347,JS,Jo Smith,12\n").assessors == (
        Assessor("68199", "JS", "Jo Smith", frozenset({IT})),
    )


def test_where_there_are_several_centres_the_file_must_say_which():
    file = read(f"{HEAD}\n{IT},0042,Jo,\n", {"68199": "One", "12345": "Two"})
    assert [problem.message for problem in file.problems] == [
        "The column centre_number is missing, and the workspace holds 2 centres."
    ]
    assert file.entries == ()


def test_clean_rows_of_a_file_with_errors_are_still_there():
    file = read(f'{HEAD}\n{IT},0042,"Smith, Jo",2008-04-03\n{IT},x,Al,\n')
    assert (found(file), file.entries) == ([("line 3", "candidate_number", "CB503")], (entry(),))


def test_messages_say_what_was_found_and_what_to_do():
    file = read(f"{HEAD},uln\n05374,12345,Jo,32/01/2008,123\n")
    assert [f"{problem.message} {problem.hint}" for problem in file.problems] == [
        "05374 is not a known entry code. Did you mean 05874? List them with: claimbatch qualifications",
        "12345 is not a candidate number, which is 0001 to 9999. Put the cell right in the file and import it again.",
        "32/01/2008 is not a possible date of birth. " + BLANK_IF_UNKNOWN,
        "123 is not a possible ULN: it is not ten digits. Look it up again; leave the cell blank if it is not known.",
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_rule_explains_itself(rule):
    paragraphs = [
        line.split(":")[0] for line in rule.doc.splitlines() if line[:4] in ("Why:", "Wron", "Righ")
    ]
    assert paragraphs == ["Why", "Wrong", "Right"]


# --- laws --------------------------------------------------------------------

letters = st.characters(codec="utf-8", categories=("Lu", "Ll", "Lo"), exclude_characters="ÂÃâ√¬")
words = st.lists(st.text(letters, min_size=1, max_size=8), min_size=1, max_size=2).map(
    lambda listed: normalize("NFC", " ".join(listed))
)
names = st.tuples(words, words).map(", ".join).filter(lambda name: not is_damaged(name))
people = st.builds(
    Candidate,
    st.integers(1, 9999).map("{:04}".format),
    names,
    st.none() | st.dates(date(1990, 1, 1), date(2012, 1, 1)),
)
units = st.frozensets(st.integers(1, 38), max_size=4)
registers = st.lists(
    st.builds(Entry, st.just("68199"), st.just(IT), people, units),
    min_size=1,
    unique_by=lambda e: e.candidate.number,
)


@given(registers, st.sampled_from(",;\t"), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y"]))
def test_a_register_written_as_csv_is_read_back_as_it_was(entries, delimiter, style):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([*HEAD.split(","), "units"])
    for item in entries:
        who = item.candidate
        born = who.born.strftime(style) if who.born else ""
        writer.writerow([item.entry_code, who.number, who.name, born, " ".join(map(str, sorted(item.units)))])
    file = read(out.getvalue())
    assert (file.problems, list(file.entries)) == ((), entries)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEAD}\n{text}".encode()))
def test_whatever_is_in_a_file_it_ends_in_entries_or_problems(data):
    file = read(read_csv("register.csv", data))
    assert file.entries or file.problems


# --- workbooks --------------------------------------------------------------------


def workbook(path, *rows):
    book = Workbook()
    hidden = book.active
    hidden.append(["not this one"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Register")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_with_its_numbers_and_dates(tmp_path):
    path = workbook(
        tmp_path / "register.xlsx",
        [*HEAD.split(","), "uln", "units"],
        [5347, 42, "Smith, Jo", date(2008, 4, 3), 9276308686, 3],
    )
    file = read(read_register_table(path))
    person = Candidate("0042", "Smith, Jo", date(2008, 4, 3), uln="9276308686")
    assert (file.problems, file.entries) == ((), (Entry("68199", IT, person, frozenset({3})),))


def test_a_fault_in_a_workbook_has_its_cell(tmp_path):
    path = workbook(
        tmp_path / "register.xlsx",
        HEAD.split(","),
        [IT, "0042", "#N/A", None],
        [IT, True, "Al", timedelta(hours=3)],
        [IT, "0044", "=A1", None],
    )
    assert found(read(read_register_table(path))) == [
        ("Register!C2", "candidate_name", "CB503"),
        ("Register!B3", "candidate_number", "CB503"),
        ("Register!D3", "date_of_birth", "CB503"),
        ("Register!C4", "candidate_name", "CB503"),
    ]


def test_a_workbook_is_known_by_its_bytes_and_passes_the_guard(tmp_path):
    path = tmp_path / "register.csv"
    path.write_bytes(b"PK\x03\x04 but no more")
    problem = read_register_table(path)
    assert is_workbook(path.read_bytes())
    assert isinstance(problem, Problem)
    assert problem.rule.code == "CB003"


def test_an_empty_workbook_is_said_to_be_empty(tmp_path):
    table = read_register_table(workbook(tmp_path / "register.xlsx"))
    assert found(read(table)) == [("", "", "CB501")]


# --- commands --------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A fresh workspace, and the place where commands run."""
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["init", ".", "--centre", "68199", "--name", "Example College"]) == 0
    return tmp_path


def claimbatch(capsys, *args):
    """The exit code, stdout and stderr of a command."""
    capsys.readouterr()
    code = run(cli, args)
    return code, *capsys.readouterr()


def test_importing_says_what_is_new_and_listing_shows_it(folder, capsys):
    (folder / "r.csv").write_text(f'{HEAD},units\n{IT},42,"Smith, Jo",2008-04-03,4 3\n', "utf-8")
    note = (
        "Read r.csv, headings in line 1, 1 row, commas, UTF-8: entry code, candidate number, name, date of birth, "
        "units.\n"
        "Leading zeros were put back in 1 cell.\n"
    )
    new = "New (1):\n  0042 Smith, Jo (05347)\n"
    assert claimbatch(capsys, "entries", "import", "r.csv", "--dry-run") == (
        0, "", note + new + "Nothing was stored; it would be: 1 candidate, 1 entry: 1 new.\n",
    )  # fmt: skip
    assert claimbatch(capsys, "entries", "import", "r.csv") == (
        0,
        "",
        note
        + new
        + "1 candidate, 1 entry: 1 new. It is import 1: claimbatch entries restore takes it back.\n",
    )
    assert (
        claimbatch(capsys, "entries", "import", "r.csv")[2] == note + "1 candidate, 1 entry: 1 unchanged.\n"
    )
    assert claimbatch(capsys, "entries", "list", "--format", "csv")[1] == (
        "centre_number,entry_code,candidate_number,candidate_name,date_of_birth,ocr_candidate_number,uci,uln,units\n"
        '68199,05347,0042,"Smith, Jo",2008-04-03,,,,3 4\n'
    )


def test_a_file_with_an_error_stores_nothing_unless_its_clean_rows_are_wanted(folder, capsys):
    (folder / "r.csv").write_text(f"{HEAD}\n{IT},0042,Jo,\n{IT},x,Al,\n", "utf-8")
    code, out, err = claimbatch(capsys, "entries", "import", "r.csv")
    assert (code, "CB503" in out) == (1, True)
    assert err == READ + "Nothing was stored. Put the file right, or take its clean rows with --partial.\n"
    assert claimbatch(capsys, "entries", "list", "--format", "json")[1] == "[]\n"
    assert claimbatch(capsys, "entries", "import", "r.csv", "--partial")[::2] == (
        1,
        READ
        + "New (1):\n  0042 Jo (05347)\n"
        + "1 candidate, 1 entry: 1 new. It is import 1: claimbatch entries restore takes it back.\n",
    )
    assert claimbatch(capsys, "entries", "import", "r.csv", "--partial", "--replace")[0] == 2


def test_replacing_removes_and_says_how_many(folder, capsys):
    (folder / "r.csv").write_text(f"{HEAD}\n{IT},0042,Jo,\n{IT},0043,Al,\n", "utf-8")
    claimbatch(capsys, "entries", "import", "r.csv")
    (folder / "r.csv").write_text(f"{HEAD}\n{IT},0042,Jo,\n", "utf-8")
    assert claimbatch(capsys, "entries", "import", "r.csv", "--replace", "--yes") == (
        0,
        "",
        READ.replace("2 rows", "1 row")
        + "Gone (1):\n  0043 Al (05347)\n1 candidate, 1 entry: 1 unchanged, 1 removed. "
        + "It is import 2: claimbatch entries restore takes it back.\n",
    )  # fmt: skip


def test_assessors_are_added_imported_and_listed(folder, capsys):
    (folder / "a.csv").write_text(
        "entry_code,initials,name\n05347,AK,Amir Khan\n05349,JS,Jo Smith\n", "utf-8"
    )
    assert claimbatch(capsys, "assessors", "add", IT, "Jo Smith", "JS") == (0, "", "1 assessor: 1 new.\n")
    assert claimbatch(capsys, "assessors", "import", "a.csv") == (
        0,
        "",
        (
            "Read a.csv, headings in line 1, 2 rows, commas, UTF-8: entry code, initials, name.\n"
            "New (1):\n  AK Amir Khan (05347)\n"
            "Changed (1):\n  JS Jo Smith: entry codes 05347 → 05347 05349\n"
            "2 assessors: 1 new, 1 changed. It is import 1: claimbatch assessors restore takes it back.\n"
        ),
    )
    assert claimbatch(capsys, "assessors", "list")[1].splitlines() == [
        "Centre  Initials  Name       Entry codes",
        "------  --------  ---------  -----------",
        "68199   AK        Amir Khan  05347",
        "68199   JS        Jo Smith   05347 05349",
    ]


def test_initials_that_are_taken_are_not_added(folder, capsys):
    claimbatch(capsys, "assessors", "add", IT, "Jo Smith", "JS")
    code, _, err = claimbatch(capsys, "assessors", "add", IT, "Jan Sims", "js")
    assert (code, err.splitlines()[0]) == (
        2, "claimbatch: js stands here and also in the register, with another name.",
    )  # fmt: skip


def test_centres_are_added_renamed_and_listed(folder, capsys):
    assert claimbatch(capsys, "centre", "add", "12345", "Other School") == (
        0,
        "",
        "The workspace holds 2 centres.\n",
    )
    claimbatch(capsys, "centre", "add", "12345", "Other  Academy")
    assert claimbatch(capsys, "centre", "list", "--format", "csv")[1] == (
        "centre_number,name\n12345,Other Academy\n68199,Example College\n"
    )
    assert [claimbatch(capsys, "centre", "add", *args)[0] for args in (("1234", "X"), ("12346", " "))] == [
        2,
        2,
    ]


# --- assessors put right -----------------------------------------------------------------------------------------


def assessors_of(centre: Centre) -> list[tuple[str, str, str]]:
    rows = json.loads(centre.done("assessors", "list", "--format", "json"))
    return [(row["initials"], row["name"], row["entry_codes"]) for row in rows]


def test_a_name_is_corrected_everywhere(centre: Centre) -> None:
    """Initials in any case find the assessor; an unknown one is refused."""
    said = centre.done("assessors", "rename", "jh", "Joanna  Hughes")
    assert said == "JH was Jo Hughes, and is Joanna Hughes now.\n"
    assert assessors_of(centre)[0] == ("JH", "Joanna Hughes", f"{IT_INTRODUCTORY} {MEDIA}")
    assert centre.run("assessors", "rename", "XX", "Nobody")[0] == 2


def test_an_assessor_is_taken_off_a_qualification(centre: Centre) -> None:
    """Who assesses nothing any more is forgotten, so that the initials are free."""
    centre.done("assessors", "remove", IT_INTRODUCTORY, "SA")
    assert assessors_of(centre)[1] == ("SA", "Sam Adeyemi", MEDIA)
    centre.done("assessors", "remove", MEDIA, "sa")
    assert [initials for initials, *_ in assessors_of(centre)] == ["JH"]
    assert centre.run("assessors", "remove", MEDIA, "SA")[0] == 2


def test_an_entry_code_without_its_zero_is_the_same_assessor_list(centre: Centre) -> None:
    said = centre.done("assessors", "remove", MEDIA.lstrip("0"), "SA")
    assert said == f"SA (Sam Adeyemi) assesses {MEDIA} no more.\n"
    centre.done("assessors", "add", MEDIA.lstrip("0"), "Sam Adeyemi", "SA")
    assert assessors_of(centre)[1] == ("SA", "Sam Adeyemi", f"{IT_INTRODUCTORY} {MEDIA}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("entries", "list", "--entry-code", "99999"),
            'There is no qualification with the entry code "99999".',
        ),
        (("entries", "list", "--centre", "11111"), "This workspace holds no centre 11111."),
        (("assessors", "list", "--centre", "11111"), "This workspace holds no centre 11111."),
    ],
)
def test_a_filter_that_can_match_nothing_is_an_error_and_no_empty_list(
    centre: Centre, words: tuple[str, ...], says: str
) -> None:
    code, said = centre.run(*words)
    assert (code, says in said) == (2, True)


def test_a_filter_takes_an_entry_code_without_its_zero(centre: Centre) -> None:
    whole = centre.done("entries", "list", "--entry-code", IT_INTRODUCTORY)
    assert len(whole.splitlines()) > 2
    assert centre.done("entries", "list", "--entry-code", IT_INTRODUCTORY.lstrip("0")) == whole


def test_a_register_without_rows_is_to_be_filled_in(centre: Centre) -> None:
    file = centre.workspace.folder / "entries.csv"
    file.write_text(f"{HEAD}\n", "utf-8")
    code, said = centre.run("entries", "import", file)
    assert (code, "fill in a row for each person" in said, "Save it as" in said) == (1, True, False)


def test_an_assessor_whom_a_claim_names_keeps_the_name(centre: Centre) -> None:
    """Its lines stay as they are, and are told of."""
    centre.done("merge", put(centre.issue(IT_INTRODUCTORY), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    centre.done("assessors", "remove", MEDIA, "JH")
    said = centre.done("assessors", "remove", IT_INTRODUCTORY, "JH")
    assert f"Claim {CENTRE}-{IT_INTRODUCTORY}-1 keeps 1 line assessed by JH" in said
    assert assessors_of(centre)[0] == ("JH", "Jo Hughes", "")


# --- importing again ---------------------------------------------------------------------------------------------


def entered(centre: Centre, *rows: str, head: str = HEAD) -> tuple[int, str]:
    file = centre.workspace.folder / "entries.csv"
    file.write_text("\n".join([head, *rows]), "utf-8")
    return centre.run("entries", "import", file, "--yes")


def register_of(centre: Centre) -> list[tuple[str, ...]]:
    rows = json.loads(centre.done("entries", "list", "--format", "json"))
    return [
        (r["entry_code"], r["candidate_name"], r["ocr_candidate_number"], r["uln"])
        for r in rows
        if r["candidate_number"] == "0042"
    ]


def test_a_further_entry_keeps_what_is_known_of_the_person(centre: Centre) -> None:
    """A file without the columns says nothing about them, for an entry that is new as for one that is there."""
    full = f"{HEAD},ocr_candidate_number,uln"
    assert entered(centre, f'{MEDIA},0042,"Ahmed, Sana",2008-01-02,77,9276308686', head=full)[0] == 0
    assert entered(centre, '05347,0042,"Ahmed, Sana",2008-01-02')[0] == 0
    known = ("Ahmed, Sana", "77", "9276308686")
    assert register_of(centre) == [("05347", *known), (IT_INTRODUCTORY, *known), (MEDIA, *known)]


def test_a_corrected_number_is_stored(centre: Centre) -> None:
    for number in ("77", "78", ""):
        head = f"{HEAD},ocr_candidate_number"
        assert entered(centre, f'{MEDIA},0042,"Ahmed, Sana",2008-01-02,{number}', head=head)[0] == 0
        assert register_of(centre)[0][2] == number


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('05347,0042,"Ahmed-Lee, Sana",2008-01-02', 0),
        ('05347,0042,"Ahmed, Sana",2008-01-20', 0),
        ('05347,0042,"Somebody, Else",2009-09-09', 1),
        ('05347,0043,"Somebody, Else",2009-09-09', 0),
    ],
    ids=["another name", "another date", "another person", "on no claim"],
)
def test_who_is_on_a_claim_does_not_become_somebody_else(centre: Centre, row: str, code: int) -> None:
    """A corrected name or date is taken; both at once are another person, whom the claim does not mean."""
    centre.done("merge", put(centre.issue(IT_INTRODUCTORY), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    found, said = entered(centre, row)
    assert (found, "CB508" in said) == (code, code == 1)


# --- files as school systems write them --------------------------------------------------------------------------


def test_the_headings_say_what_stands_between_the_cells() -> None:
    """Not the rows below, whose cells may hold more of another kind."""
    rows = "\n".join(f'05347,00{n},"A, B",2008-01-01,1;2;3;4;5;6;7;8' for n in range(10, 30))
    found = read(f"Entries; summer\n{HEAD},units\n{rows}")
    assert [sorted(e.units) for e in found.entries[:1]] == [list(range(1, 9))]
    turned = f"{HEAD},units".replace(",", ";") + '\n05347;0010;"A, B";2008-01-01;1,2,3,4,5,6,7,8'
    assert [sorted(e.units) for e in read(turned).entries] == [list(range(1, 9))]


def test_a_row_longer_than_the_headings_is_refused() -> None:
    """A name without its quotation marks would lose its second half."""
    head = "entry_code,date_of_birth,candidate_number,candidate_name"
    found = read(f"{head}\n05347,1/2/2008,0041,Smith, Jo\n05347,1/2/2008,0042,Li\n")
    assert [(p.place.cell, p.rule.code, p.value) for p in found.problems] == [("line 2", "CB503", "Jo")]
    assert [e.candidate.number for e in found.entries] == ["0042"]


def test_other_names_for_a_column_are_known() -> None:
    """Where its own is not there; else the other one is passed over, and not stored."""
    found = read("Entry code,Cand No.,Name,DOB\n05347,42,Li,3/4/2008\n")
    assert [(e.candidate.number, e.candidate.born) for e in found.entries] == [("0042", date(2008, 4, 3))]
    both = read(f"{HEAD},Name\n05347,0042,Li,,Li Wei\n")
    assert (both.problems, both.entries[0].details) == ((), {})
    assert "Columns passed over: Name." in both.notes
