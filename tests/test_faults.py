"""Each damage gives exactly its code at exactly its cell; what people may do gives none."""

import random
import shlex
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.qualification_file import load_catalogue
from tests.centre import ASSESSORS, CENTRE, MEDIA, Centre, edit, fill, put
from tests.conftest import Resave
from tests.damages import (
    ALLOWED,
    ANY_FORM,
    CANDIDATE_FORM,
    OF_2012,
    OF_2016,
    WITH_EXAMS,
    Change,
    Damage,
    each_grade,
)
from tests.workbooks import claimed

CATALOGUE = load_catalogue()
CODES = [q.entry_code for q in CATALOGUE.qualifications if q.has_units]
FORMS = (BY_CANDIDATE, BY_UNIT)
SUITES = {suite: [c for c in CODES if CATALOGUE.get(c).suite == suite] for suite in (2012, 2016)}
EXAMINED = [code for code in CODES if any(unit.external for unit in CATALOGUE.get(code).units)]
ENTERED_BY_UNIT = [code for code in SUITES[2012] if len(CATALOGUE.get(code).offered) > 2]  # see unit_entries
CASES = [
    pytest.param(form, codes, damage, id=f"{name} {form}")
    for damages, forms, codes in (
        (ANY_FORM, FORMS, CODES),
        (CANDIDATE_FORM, (BY_CANDIDATE,), CODES),
        (OF_2012, (BY_CANDIDATE,), ENTERED_BY_UNIT),
        (OF_2016, (BY_CANDIDATE,), SUITES[2016]),
        (WITH_EXAMS, (BY_CANDIDATE,), EXAMINED),
    )
    for name, damage in damages.items()
    for form in forms
]
PEOPLE = (
    Candidate("0042", "Ahmed, Sana", date(2008, 1, 2), "1042"),
    Candidate("0043", "Brown, Tom", date(2008, 3, 4), "1043"),
    Candidate("0044", "Clark, Zoë", date(2008, 5, 6), "1044"),
    Candidate("0051", "O'Neill, Fay", date(2007, 11, 30), "1051"),
)
seeds = st.integers(0, 2**32)


class World:
    """A centre with candidates entered for everything, and a template of each kind, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.centre = Centre.make(folder / "centre", (), assessors=())
        self.folder = folder
        self.templates: dict[tuple[str, str], Path] = {}
        with self.centre.workspace.store() as store:
            entries = [Entry(CENTRE, code, who, unit_entries(code, who)) for code in CODES for who in PEOPLE]
            columns = frozenset({"candidate_name", "date_of_birth", "ocr_candidate_number", "units"})
            store.save_register(RegisterFile(tuple(entries), columns=columns))
            store.save_assessors([Assessor(CENTRE, *who, frozenset(CODES)) for who in ASSESSORS])

    def filled(self, code: str, form: str, seed: int, name: str = "returned.xlsx") -> Path:
        """A workbook filled in at random, ready to be damaged."""
        if (code, form) not in self.templates:
            unit = CATALOGUE.get(code).offered[0].number if form == BY_UNIT else 0
            self.templates[code, form] = self.centre.issue(code, form, unit)
        path = self.folder / name
        path.write_bytes(self.templates[code, form].read_bytes())
        return fill(path, seed)


def unit_entries(code: str, person: Candidate) -> frozenset[int]:
    """In the 2012 suite candidate 0051 is entered for the first two units alone."""
    qualification = CATALOGUE.get(code)
    if qualification.suite != 2012 or person.number != "0051":
        return frozenset()
    return frozenset(unit.number for unit in qualification.offered[:2])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@settings(max_examples=3)
@given(data=st.data(), seed=seeds)
@pytest.mark.parametrize(("form", "codes", "damage"), CASES)
def test_one_damage_one_problem(  # noqa: PLR0917 - what pytest and hypothesis hand in
    world: World, form: str, codes: list[str], damage: Damage, data: st.DataObject, seed: int
) -> None:
    """A damage anywhere in any workbook gives exactly its code at exactly its cell."""
    code = data.draw(st.sampled_from(codes))
    path = world.filled(code, form, seed)
    book = openpyxl.load_workbook(path)
    expected = damage(book, random.Random(seed), CATALOGUE.get(code))
    book.save(path)
    assert sorted(world.centre.finds(path)) == sorted(expected)


@settings(max_examples=3)
@given(code=st.sampled_from(CODES), seed=seeds)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", ALLOWED, ids=[change.__name__ for change in ALLOWED])
def test_what_people_may_do(world: World, form: str, change: Change, code: str, seed: int) -> None:
    """No problem, and what was claimed before is still claimed."""
    path = world.filled(code, form, seed)
    before = claimed(path)
    edit(path, lambda book: change(book, random.Random(seed)))
    checked = world.centre.check(path)
    assert [problem.brief for problem in checked.problems] == []
    assert before.keys() <= {s.target for s in checked.statements}


@settings(max_examples=30)
@given(
    code=st.sampled_from(CODES),
    form=st.sampled_from(FORMS),
    seed=seeds,
    damages=st.lists(
        st.sampled_from([*ANY_FORM.values(), *CANDIDATE_FORM.values(), *OF_2012.values()]),
        min_size=1,
        max_size=4,
    ),
)
def test_nothing_is_lost_in_silence(
    world: World, code: str, form: str, seed: int, damages: list[Damage]
) -> None:
    """However many damages: never a traceback, and a workbook whose lines are not all taken says an error."""
    path = world.filled(code, form, seed)
    book = openpyxl.load_workbook(path)
    dice = random.Random(seed)
    for damage in damages:
        damage_if_possible(book, damage, dice, code)
    book.save(path)
    checked = world.centre.check(path)
    assert [bool(result.held) and result.outcome != "errors" for result in checked.files] == [False]


def damage_if_possible(book: Workbook, damage: Damage, dice: random.Random, code: str) -> None:
    """An earlier damage may have taken away what this one looks for."""
    try:
        damage(book, dice, CATALOGUE.get(code))
    except (KeyError, IndexError, StopIteration, AttributeError, TypeError, ValueError):
        return


# --- what is held back -------------------------------------------------------------------------------------------


def held(centre: Centre, path: Path) -> tuple[list[str], int]:
    """Whose Unit 1 is taken from a workbook, and how many of its lines are not."""
    checked = centre.check(path)
    return [s.candidate for s in checked.statements if s.unit == "1"], checked.files[0].held


UNIT_1 = {"Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "P", "Grades!E7": "P"}


@pytest.mark.parametrize(
    ("cells", "taken", "lost"),
    [("Grades!E5:E6", ["0044"], 1), ("Assessed by!E5:E6", ["0044"], 2), ("Units!D5:D6", [], 3)],
)
def test_what_merged_cells_touch_is_not_taken(
    centre: Centre, cells: str, taken: list[str], lost: int
) -> None:
    """A grade or initials over two candidates, a default over two units: nobody is given what they may not mean."""
    sheet, merged = cells.split("!")
    path = put(centre.issue(), {**UNIT_1, "Assessed by!E5": "SA" if sheet == "Assessed by" else ""})
    assert held(centre, edit(path, lambda book: book[sheet].merge_cells(merged))) == (taken, lost)


def test_initials_above_the_headings_leave_nobody_to_the_default(centre: Centre) -> None:
    """0042 and 0043 have gone above them on Assessed by: who assessed them cannot be told."""
    above = {"Assessed by!A2": "0042", "Assessed by!E2": "SA", "Assessed by!A5": "", "Assessed by!B5": "",
             "Assessed by!C5": "", "Assessed by!A6": "", "Assessed by!B6": "", "Assessed by!C6": ""}  # fmt: skip
    assert held(centre, put(centre.issue(), {**UNIT_1, **above})) == (["0044"], 2)


def test_a_unit_above_the_headings_leaves_nobody_to_its_default(centre: Centre) -> None:
    """The sheet Units, sorted with its headings."""
    path = put(centre.issue(), {**UNIT_1, "Units!A3": "Unit 2", "Units!D3": "SA"})
    assert held(centre, path) == ([], 3)


@pytest.mark.parametrize(("second", "taken"), [("SA", []), ("JH", ["0042", "0043", "0044"])])
def test_two_rows_of_a_unit_must_agree(centre: Centre, second: str, taken: list[str]) -> None:
    """Where they name two default assessors, neither is taken."""
    path = put(centre.issue(), {**UNIT_1, "Units!A45": "Unit 1", "Units!D45": second})
    assert held(centre, path) == (taken, 3 - len(taken))


def test_a_row_of_no_unit_is_about_none(centre: Centre) -> None:
    """Initials beside a total: nobody is told of a Unit 0."""
    problems = centre.check(put(centre.issue(), {"Units!A45": "Total", "Units!D45": "XX"})).problems
    assert [(problem.rule.code, problem.unit) for problem in problems] == [("CB218", ""), ("CB106", "")]


def test_an_assessor_without_a_name_is_not_taken(centre: Centre) -> None:
    """Nor is what they assessed."""
    path = put(centre.issue(), {**UNIT_1, "Assessors!A7": "XY", "Assessed by!E5": "XY"})
    assert held(centre, path) == (["0043", "0044"], 1)
    assert centre.check(path).people == ()


def test_the_register_knows_the_name_of_an_assessor_of_another_qualification(centre: Centre) -> None:
    """Their initials are enough."""
    centre.done("assessors", "add", MEDIA, "Ray Young", "RY")
    path = put(centre.issue(), {**UNIT_1, "Assessors!A7": "ry", "Assessed by!E5": "RY"})
    checked = centre.check(path)
    assert ([p.brief for p in checked.problems], checked.files[0].held) == ([], 0)
    assert [(person.initials, person.name) for _, person in checked.people] == [("RY", "Ray Young")]


# --- what openpyxl cannot write, or takes two workbooks ----------------------------------------------------------


@pytest.mark.libreoffice
def test_a_formula_with_its_result_is_read(world: World, resave: Resave) -> None:
    """Formulas that a spreadsheet program has worked out are as good as typed grades."""
    path = world.filled("05349", BY_CANDIDATE, 1, "formulas.xlsx")
    before = claimed(path)
    edit(
        path,
        lambda book: [setattr(cell, "value", f'=IF(1=1,"{cell.value}","")') for cell in each_grade(book)],
    )
    checked = world.centre.check(resave(path))
    assert [problem.brief for problem in checked.problems] == []
    assert {s.target: s.mark for s in checked.statements} == before


def test_two_workbooks_that_differ_are_both_told(world: World) -> None:
    """CB302 stands at both cells, and each names the other."""
    first = world.filled("05349", BY_CANDIDATE, 1, "first.xlsx")
    spot = put(first, {"Grades!E5": "P", "Assessed by!E5": "JH"})
    second = put(first, {"Grades!E5": "M"}, "second.xlsx")
    checked = world.centre.check(spot, second)
    assert [(p.place.workbook, *p.brief, p.place.field) for p in checked.problems] == [
        ("first.xlsx", "Grades!E5", "CB302", "Unit 1"),
        ("second.xlsx", "Grades!E5", "CB302", "Unit 1"),
    ]
    assert [result.held for result in checked.files] == [1, 1]
    older = "(made from the same template: perhaps an older version of this workbook)"
    assert [p.message for p in checked.problems] == [
        f"P by JH here, but M by JH in second.xlsx, Grades!E5 {older}.",
        f"M by JH here, but P by JH in first.xlsx, Grades!E5 {older}.",
    ]
    assert ("0042", "1") not in {s.target for s in checked.statements}


def test_lines_by_an_assessor_whose_initials_are_another_ones_elsewhere_are_held(centre: Centre) -> None:
    """XY is Xi Yang in one workbook and Xena York in the other: the lines of both wait."""
    template = centre.issue()
    books = [
        put(
            template,
            {"Assessors!A7": "XY", "Assessors!B7": name, cell: "P", f"Assessed by!{cell[7:]}": "XY"},
            f"{name}.xlsx",
        )
        for name, cell in (("Xi Yang", "Grades!E5"), ("Xena York", "Grades!F6"))
    ]
    checked = centre.check(*books)
    assert [(result.lines, result.held) for result in checked.files] == [(1, 1), (1, 1)]
    assert checked.statements == ()


def test_both_forms_may_say_the_same(world: World) -> None:
    """A by-candidate and a by-unit workbook that agree give no problem."""
    by_unit = world.filled("05349", BY_UNIT, 1, "unit.xlsx")
    by_candidate = world.filled("05349", BY_CANDIDATE, 2, "all.xlsx")
    said = {who: mark for (who, unit), mark in claimed(by_unit).items() if unit == "1"}

    def agree(book: Workbook) -> None:
        for row in range(5, 9):
            grade, initials = said.get(book["Grades"].cell(row, 1).value, ("", ""))
            book["Grades"].cell(row, 5).value = grade
            book["Assessed by"].cell(row, 5).value = initials

    assert world.centre.finds(by_unit, edit(by_candidate, agree)) == []


# --- against the claim -------------------------------------------------------------------------------------------


def late(centre: Centre, *, grade: str = "D") -> Path:
    """A colleague's copy, which contradicts what another one of its template has brought into the claim: P by JH."""
    template, first = centre.issue(), {"Grades!E5": "P", "Grades!E6": "P", "Grades!E7": "P", "Units!D5": "JH"}
    centre.done("merge", put(template, first, "first.xlsx"))
    return put(template, {"Grades!E5": grade, "Assessed by!E5": "SA"}, "late.xlsx")


@pytest.mark.parametrize(
    ("grade", "command"),
    [("D", "0042 1 D SA"), ("Not claiming", '0042 1 "Not claiming"')],
)
def test_the_command_that_corrects_the_claim_is_there_in_full(
    centre: Centre, grade: str, command: str
) -> None:
    """Ready to be copied."""
    problem = centre.check(late(centre, grade=grade)).problems[0]
    assert problem.rule.code == "CB303"
    assert f"correct the claim: claimbatch claim set 68199-05349-1 {command} (or take what" in problem.hint


def test_a_unit_of_another_body_is_quoted(centre: Centre) -> None:
    """Its key holds spaces; the command can be run as it stands."""
    template = centre.issue()
    first = {**film(5, "Sound design", "P"), **film(6, "Editing", "P")}
    centre.done("merge", put(template, first, "first.xlsx"))
    problems = centre.check(put(template, film(5, "Sound design", "M"), "late.xlsx")).problems
    problem = next(problem for problem in problems if problem.rule.code == "CB303")
    command = problem.hint.partition("the claim: claimbatch ")[2].partition(" (or")[0]
    assert command == 'claim set 68199-05349-1 0042 "other:NCFE:Sound design" M JH'
    centre.done(*shlex.split(command))


def test_who_overrules_takes_what_the_workbook_says(centre: Centre) -> None:
    """Without CB303, as if the template had been issued just now."""
    checked = centre.check(late(centre), overrule=True)
    assert checked.problems == ()
    assert [(s.target, s.base, s.mark) for s in checked.statements] == [
        (("0042", "1"), ("P", "JH"), ("D", "SA"))
    ]


# --- against the register ----------------------------------------------------------------------------------------


def corrected(centre: Centre, number: str, name: str, born: date, ocr_number: str = "") -> None:
    """The register is put right after a template went out."""
    entry = Entry(CENTRE, "05349", Candidate(number, name, born, ocr_number))
    columns = frozenset({"candidate_name", "date_of_birth", "ocr_candidate_number"})
    with centre.workspace.store() as store:
        store.save_register(RegisterFile((entry,), columns=columns))


@pytest.mark.parametrize(
    ("cells", "finds"),
    [
        ({}, []),
        ({"Grades!C6": ""}, []),
        ({"Grades!B6": "", "Grades!C6": "", "Grades!D6": ""}, []),
        ({"Grades!B6": "Somebody Else"}, [("Grades!B6", "CB207")]),
        ({"Grades!B6": "Somebody Else", "Grades!C6": ""}, [("Grades!B6", "CB207")]),
    ],
)
def test_a_corrected_register_is_no_fault_of_the_workbook(
    centre: Centre, cells: dict[str, str], finds: list[tuple[str, str]]
) -> None:
    """Name and OCR candidate number are newer in the register; a cell cleared by the teacher says nothing."""
    path = put(centre.issue(), cells)
    corrected(centre, "0043", "Browne, Tom", date(2008, 3, 4), "1043")
    assert centre.finds(path) == finds


def test_what_the_register_does_not_have_is_said_so(centre: Centre) -> None:
    """Not: the register says nothing at all."""
    problems = centre.check(put(centre.issue(), {"Grades!D5": "12345"})).problems
    assert [p.message for p in problems] == ["This cell says 12345, but the register has none."]


# --- units of another awarding body ------------------------------------------------------------------------------


def film(row: int, title: str, grade: str) -> dict[str, str]:
    """0042's row on Other units."""
    return dict(
        zip(
            (f"Other units!{c}{row}" for c in "ABCDEF"),
            ("0042", title, "NCFE", grade, "JH", "Yes"),
            strict=True,
        )
    )


def others(centre: Centre, *paths: Path) -> list[tuple[str, str]]:
    """What is said of units of other awarding bodies."""
    said = centre.check(*paths).statements
    return sorted({(s.unit, s.mark[0]) for s in said if s.unit.startswith("other:")})


def test_a_title_keeps_the_spelling_of_the_claim(centre: Centre) -> None:
    """Retyped in capitals it is the same unit, not a second one."""
    centre.done("merge", put(centre.issue(), film(5, "Sound", "P")))
    assert others(centre, put(centre.issue(), film(5, "SOUND", "M"))) == [("other:NCFE:Sound", "M")]


def test_two_spellings_in_one_run_are_one_unit(centre: Centre) -> None:
    """Whatever the order of the workbooks."""
    one, two = (put(centre.issue(), film(5, title, "P"), f"{title}.xlsx") for title in ("sound", "Sound"))
    assert others(centre, one, two) == others(centre, two, one) == [("other:NCFE:Sound", "P")]


def test_a_unit_twice_on_a_sheet_is_no_older_version(centre: Centre) -> None:
    """The message says that both rows stand in this workbook."""
    checked = centre.check(put(centre.issue(), film(5, "Sound", "P") | film(6, "Sound", "M")))
    assert [p.message for p in checked.problems if p.rule.code == "CB302"] == [
        "P by JH here, but M by JH in Other units!D6: the unit stands twice in this workbook.",
        "M by JH here, but P by JH in Other units!D5: the unit stands twice in this workbook.",
    ]


# --- doubts ------------------------------------------------------------------------------------------------------


def test_a_row_of_another_bodys_unit_is_taken_only_where_all_of_it_is_clean(centre: Centre) -> None:
    """Elsewhere a grade and its assessor are enough; here the row itself says which unit it is."""
    path = put(centre.issue(), film(5, "Sound", "P") | film(6, "Light", "P"))
    spoilt = edit(path, lambda book: setattr(book["Other units"]["F6"], "value", "#N/A"))
    assert [problem.brief for problem in centre.check(spoilt).problems if problem.is_error] == [
        ("Other units!F6", "CB101")
    ]
    assert others(centre, spoilt) == [("other:NCFE:Sound", "P")]
    assert centre.check(spoilt).files[0].held == 1


@pytest.mark.parametrize("initials", ["XY", "xy"])
def test_what_somebody_assessed_whose_own_row_is_at_fault_waits(centre: Centre, initials: str) -> None:
    """XY's full name holds a character that nobody can see: no line by XY is taken, and XY is not introduced."""
    people = {"Assessors!A7": "XY", "Assessors!B7": "Xi\x7f Yang"}
    path = put(centre.issue(), {**UNIT_1, **people, "Assessed by!E5": initials})
    assert held(centre, path) == (["0043", "0044"], 1)
    assert centre.check(path).people == ()


@pytest.mark.parametrize(
    ("people", "introduced"),
    [
        ({"A7": "JHUGH", "B7": "Jan Hughes"}, []),
        ({"A7": "XY", "B7": "Xi Yang", "A8": "XY", "B8": "Xena York"}, ["Xi Yang"]),
    ],
    ids=["too long", "twice"],
)
def test_nobody_is_introduced_by_a_row_that_is_at_fault(
    centre: Centre, people: dict[str, str], introduced: list[str]
) -> None:
    """Although initials and name can be read."""
    path = put(centre.issue(), {f"Assessors!{cell}": text for cell, text in people.items()})
    assert [person.name for _, person in centre.check(path).people] == introduced


def test_initials_are_a_centres_own(centre: Centre) -> None:
    """XY is Xi Yang in one centre and Xena York in another: two people, and no clash."""
    centre.done("centre", "add", "68200", "Another College")
    file = centre.workspace.folder / "theirs.csv"
    file.write_text(
        "centre_number,entry_code,candidate_number,candidate_name,date_of_birth\n"
        '68200,05349,0042,"Else, Somebody",2008-01-01\n'
    )
    centre.done("entries", "import", file)
    said = centre.done("template", "05349", "--centre", "68200")
    theirs = Path(said.splitlines()[0].removeprefix("Made ").removesuffix("."))
    cells = {"Assessors!A7": "XY", "Grades!E5": "P", "Assessed by!E5": "XY"}
    books = [
        put(path, {**cells, "Assessors!B7": name}, f"{name}.xlsx")
        for path, name in ((centre.issue(), "Xi Yang"), (theirs, "Xena York"))
    ]
    checked = centre.check(*books)
    assert [problem.brief for problem in checked.problems] == []
    assert [person.name for _, person in checked.people] == ["Xi Yang", "Xena York"]
