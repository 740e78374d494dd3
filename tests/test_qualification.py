"""Qualification files: what is shipped, what a centre adds, and what a slip is answered with."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.qualification import Catalogue, Qualification, Unit, require_units
from claimbatch.form.qualification_file import NOT_QUALIFICATIONS, load_catalogue
from claimbatch.identifiers import urn_is_valid
from claimbatch.workspace import Workspace

DOC = Path(__file__).parents[1] / "docs" / "adding-a-qualification.md"
FILE = """\
suite = 2016
level = 3
subject = "it"

[[qualification]]
entry_code = "05838"
title = "Certificate in IT"
size = { value = 180, unit = "glh" }
source = ["A"]

[[unit]]
number = 1
title = "Fundamentals of IT"

[sources]
A = "a handbook"
"""

Show = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The schemas folder of a workspace."""
    return Workspace.create(tmp_path / "centre").folder / "schemas"


@pytest.fixture
def show(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Show:
    """Run ``claimbatch qualifications`` where no workspace is: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*args: str) -> tuple[int, str, str]:
        code = run(cli, ["qualifications", *args])
        return (code, *capfd.readouterr())

    return command


def codes(catalogue: Catalogue, text: str) -> list[str]:
    return [found.entry_code for found in catalogue.search(text)]


# What is shipped


def test_every_entry_code_that_was_found_is_known(shipped: Catalogue) -> None:
    """At least 42 entry codes, five of them guesses, each a qualification of its own; and 60 without one."""
    codes = [known.entry_code for known in shipped.qualifications]
    assert len(codes) == len(set(codes)) >= 42
    assert len(shipped.uncoded) >= 60


def test_an_entry_code_that_is_a_guess_is_not_verified_and_says_so(shipped: Catalogue) -> None:
    """Five codes follow from the order of the others alone."""
    guesses = [known for known in shipped.qualifications if "guess" in known.why]
    assert [known.entry_code for known in guesses] == ["05826", "05827", "05840", "05841", "05842"]
    assert not any(known.verified for known in guesses)


def test_qualification_numbers_tell_qualifications_apart(shipped: Catalogue) -> None:
    """Each of Ofqual's numbers stands once, with its source; those who have no entry code are told by theirs."""
    everything = (*shipped.qualifications, *shipped.uncoded)
    numbers = [str(known.qan) for known in everything if known.qan]
    assert len(numbers) == len(set(numbers)) >= 90
    assert [
        known.title for known in everything if known.qan and not (known.qan.verified and known.qan.source)
    ] == []
    unknown = [known.title for known in shipped.uncoded if not known.qan]
    assert all("(all sizes)" in title for title in unknown)
    assert len(unknown) <= 5


def test_every_reference_has_the_letter_that_its_digits_give(shipped: Catalogue) -> None:
    """A misprint in a source would show here."""
    units = [unit for known in (*shipped.qualifications, *shipped.uncoded) for unit in known.units]
    assert [unit.full_title for unit in units if unit.reference and not urn_is_valid(unit.reference)] == []
    references = {(unit.reference, unit.title) for unit in units if unit.reference}
    assert len(references) == len({reference for reference, _ in references}) >= 40


def test_a_title_without_a_number_is_not_that_of_a_unit(shipped: Catalogue) -> None:
    """Once its number is found, it leaves the list of those without."""
    for known in (*shipped.qualifications, *shipped.uncoded):
        titles = {(unit.title or "").casefold() for unit in known.units}
        assert [title for title in known.titles_without_number if title.casefold() in titles] == [], (
            known.file
        )


def test_sizes_agree_with_the_kind_of_award(shipped: Catalogue) -> None:
    """Within a suite and level, qualifications of one kind have one size, whatever the subject."""
    kinds: dict[tuple[int, int, str], set[int]] = {}
    for known in (*shipped.qualifications, *shipped.uncoded):
        if known.size:
            kind = known.short_title.partition(" in ")[0]
            kinds.setdefault((known.suite, known.level, kind), set()).add(known.size.value)
    assert {kind: sizes for kind, sizes in kinds.items() if len(sizes) > 1} == {}


def test_how_much_of_the_list_of_units_is_known_is_said() -> None:
    """A gap in the numbers, or a title without one: not complete; no gap proves nothing; a file may say that it is."""

    def known(*numbers: int, **said: Any) -> Qualification:
        return Qualification("05838", "IT", 2016, 3, "it", tuple(map(Unit, numbers)), **said)

    def lists(*made: Qualification) -> list[tuple[str, str]]:
        return [(one.unit_list.value, one.units_missing) for one in made]

    unsure = "Whether these are all units is not known."
    assert lists(known(1, 2), known(1, 5, 6, 12), known(1, titles_without_number=("Art",)), known()) == [
        ("perhaps not complete", unsure),
        ("not complete", "Not all units are known: 2–4, 7–11 and perhaps others are missing."),
        ("not complete", "Not all units are known."),
        ("not known", ""),
    ]
    assert lists(known(1, 5, units_complete=True), known(1, 2, units_complete=False)) == [
        ("complete", ""),
        ("not complete", "Not all units are known."),
    ]


def test_every_file_is_tidy(shipped: Catalogue) -> None:
    """No file is passed over, and its name says subject, level and suite."""
    files = {path.name for path in schema_folder().glob("*.toml")} - set(NOT_QUALIFICATIONS)
    assert {known.file for known in (*shipped.qualifications, *shipped.uncoded)} == files
    for known in shipped.qualifications:
        assert re.fullmatch(rf"[a-z-]+-l{known.level}-{known.suite}\.toml", known.file)


def test_what_is_not_verified_says_why(shipped: Catalogue) -> None:
    """No doubtful value without its reason."""
    everything = (*shipped.qualifications, *shipped.uncoded)
    doubtful = [thing for known in everything for thing in (known, *known.units, known.size)]
    assert [thing for thing in doubtful if thing and not thing.verified and not thing.why] == []


def test_every_source_is_used() -> None:
    """No file lists a source that nothing in it names."""
    for path in schema_folder().glob("*-l[0-9]-*.toml"):
        text = path.read_text("utf-8")
        for key in tomllib.loads(text).get("sources", {}):
            assert text.count(key) > 1, (path.name, key)


def test_a_unit_is_shown_by_what_is_known_of_it(shipped: Catalogue) -> None:
    """Label, title and size; without a title the label alone."""
    it = shipped.get("05838")
    units = [unit for unit in map(it.unit, (1, 12)) if unit]
    assert [(unit.label, unit.full_title, unit.size) for unit in units] == [
        ("Unit 1", "Unit 1: Fundamentals of IT", "90 GLH"),
        ("Unit 12", "Unit 12", "60 GLH"),
    ]
    assert it.unit(99) is None
    assert shipped.get("05347").units[0].size == "10 credits"


def test_examined_units_are_not_offered(shipped: Catalogue) -> None:
    """External units are left out; those whose assessment is not known are offered and unverified."""
    it = shipped.get("05838")
    assert [unit.number for unit in it.units if unit.external] == [1, 2, 3, 25]
    assert [unit.number for unit in it.offered] == [
        4, 7, 8, 10, 12, 13, 16, 17, 18, 19, 20, 21, 22
    ]  # fmt: skip
    assert [unit.number for unit in it.offered if not unit.unverified] == [8, 10, 16, 17, 22]


def test_other_awarding_bodies_units_are_possible_in_the_2012_suite(shipped: Catalogue) -> None:
    """Possible in 2012, where it is not known which qualifications allow it; never in 2016."""
    assert [shipped.get(code).other_units_possible for code in ("05347", "05838")] == [True, False]


def test_the_defaults_of_a_file_reach_its_units(shipped: Catalogue) -> None:
    """2012: ten credits, which is not verified; internally assessed, which is."""
    unit = shipped.get("05347").units[0]
    assert (unit.credits, unit.size_verified, unit.assessment, unit.unverified) == (
        10,
        False,
        "internal",
        False,
    )


def test_a_qualification_without_known_units_says_how_to_add_them(shipped: Catalogue) -> None:
    """The refusal says what is missing and where to put it; one with units passes."""
    require_units(shipped.get("05838"))
    with pytest.raises(ClaimbatchError) as refused:
        require_units(shipped.get("05803"))
    assert refused.value.message == (
        "05803 OCR Level 4 Cambridge Technical Diploma in Health and Social Care is known, but its units are not."
    )
    assert refused.value.hint == (
        'Add those that the handbook has: claimbatch qualifications add-unit 05803 1 "Title", '
        "or all from a spreadsheet: claimbatch qualifications add-units 05803 FILE."
    )


# Looking one up


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("05938", "Did you mean 05838 or "), ("IT", "To look ")],
)
def test_an_unknown_entry_code_is_refused_with_the_nearest(shipped: Catalogue, typed: str, hint: str) -> None:
    """A mistyped digit is guessed; exit code 2."""
    with pytest.raises(ClaimbatchError) as refused:
        shipped.get(typed)
    assert refused.value.message == f'There is no qualification with the entry code "{typed}".'
    assert refused.value.hint.startswith(hint)
    assert refused.value.exit_code == Exit.WRONG_REQUEST
    assert (typed in shipped, shipped.find(typed)) == (False, None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "it l3",
            ["05347", "05349", "05352", "05355", "05358", *(f"058{n}" for n in range(38, 43)), ""],
        ),  # no Digital
        ("certificate in IT", ["05347", "05838", "05839", "", "", ""]),
        ("Health 2012", ["05309", "05803", "", "", "", ""]),
        ("sport l2 2016", ["05885", "05886", "05889"]),
        ("601/7097/9", ["05838"]),
        ("05347", ["05347"]),
        ("0587", ["05871", "05872", "05874", "05878", "05879"]),
        ("gital l3", ["05843", "05844", "05845", "05846", ""]),
        ("origami", []),
    ],
)
def test_search_finds_whole_words_first(shipped: Catalogue, text: str, found: list[str]) -> None:
    """Whole words; only without any, beginnings of words; only without those, any part."""
    assert codes(shipped, text) == found


def test_searching_for_nothing_finds_everything(shipped: Catalogue) -> None:
    """An empty search lists all."""
    assert len(shipped.search("")) == len(shipped.qualifications) + len(shipped.uncoded)


# What a centre adds or corrects


def test_the_example_in_the_documentation_is_a_whole_file(own: Path) -> None:
    """The example loads as it stands, and offers what it says it offers."""
    example = re.findall(r"```toml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    assert len(example) == 1
    (own / "retail-l2-2016.toml").write_text(example[0], "utf-8")
    found = Workspace.find(own.parent).catalogue().get("05999")
    assert [(unit.full_title, unit.unverified) for unit in found.offered] == [
        ("Unit 5: E-commerce and retail technologies", False)
    ]
    assert str(found.size) == "180 GLH"


def test_the_error_in_the_documentation_is_what_is_said(own: Path, show: Show) -> None:
    """The slip shown in the documentation is answered in those words."""
    example = re.findall(r"```toml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)[0]
    slip = example.replace('assessment = "internal"', 'asessment = "internal"')
    (own / "retail-l2-2016.toml").write_text(slip, "utf-8")
    code, out, said = show("--workspace", str(own.parent))
    assert (code, out) == (3, "")
    assert said.replace(f"{own}", "schemas") in DOC.read_text("utf-8")


def test_a_file_of_the_same_name_replaces_the_shipped_one(own: Path, shipped: Catalogue) -> None:
    """All of the shipped file is gone, its other entry codes too."""
    (own / "it-l3-2016.toml").write_text(FILE, "utf-8")
    catalogue = Workspace.find(own.parent).catalogue()
    assert [unit.title for unit in catalogue.get("05838").units] == ["Fundamentals of IT"]
    assert "05839" in shipped
    assert "05839" not in catalogue
    assert len(catalogue.qualifications) == len(shipped.qualifications) - 4


def test_a_file_of_another_name_replaces_only_its_entry_codes(own: Path, shipped: Catalogue) -> None:
    """The other qualifications of the shipped file stay."""
    (own / "ours.toml").write_text(FILE, "utf-8")
    catalogue = Workspace.find(own.parent).catalogue()
    assert [catalogue.get(code).file for code in ("05838", "05839")] == ["ours.toml", "it-l3-2016.toml"]
    assert len(catalogue.qualifications) == len(shipped.qualifications)


def test_an_entry_code_in_two_files_of_one_folder_is_refused(own: Path) -> None:
    """Which of the two is meant cannot be known."""
    (own / "a.toml").write_text(FILE, "utf-8")
    (own / "b.toml").write_text(FILE, "utf-8")
    with pytest.raises(ClaimbatchError) as refused:
        load_catalogue(own)
    assert refused.value.message == f"{own}: entry code 05838 stands there twice, in a.toml and b.toml."
    assert refused.value.exit_code == Exit.WRONG_SETUP


@pytest.mark.parametrize(
    ("right", "slip", "message", "hint"),
    [
        ('"05838"', "05838", " is not TOML: ", "Put it right"),
        ('"05838"', "5838", ', qualification 5838: entry_code = 5838 is not text in "quotes".', "Correct it"),
        ('"05838"', '"5838"', ', qualification 5838: entry_code = "5838" is not five digits', "Correct it"),
        ("title", "tittle", ', qualification 05838: "tittle" is not known there.', 'Did you mean "title"?'),
        ('title = "Certificate in IT"', "", ", qualification 05838 has no title.", "Add a line: title = …"),
        ("180", '"180"', ', qualification 05838: size.value = "180" is not a whole number.', "Correct it."),
        (
            '"glh"',
            '"hours"',
            ', qualification 05838: size.unit = "hours" is not "glh" or "credits".',
            "Correct",
        ),
        ('["A"]', '"A"', ', qualification 05838: source = "A" is not a list, like', "Correct it, or leave"),
        ('["A"]', '["B"]', ': the source "B" does not stand under [sources].', "Correct it, or add it there"),
        (
            "suite = 2016",
            "suite = 2018",
            ", qualification 05838: suite = 2018 is not 2012 or 2016.",
            "Correct it.",
        ),
        ("suite = 2016", "suit = 2016", ': "suit" is not known there.', 'Did you mean "suite"?'),
        ("suite = 2016", "", ", qualification 05838 has no suite.", "Add a line: suite = …"),
        ("[[qualification]]", "[qualification]", ": qualification is a single table.", "Start each with [["),
        (
            "[[qualification]]",
            "[[qualification]]\nunits = []",
            ', qualification 05838: "units" is not',
            "It is said",
        ),
        ("number = 1", "number = true", ", unit True: number = true is not a whole number.", "Correct it."),
        ("number = 1", "number = 0", ", unit 0: number = 0 is not between 1 and 9999.", "Correct it."),
        ("number = 1", "glh = 60", ", unit at place 1 of the file has no number.", "Add a line: number = …"),
        (
            "number = 1",
            "number = 1\nmandatory = 3",
            ", unit 1: mandatory = 3 is not true or false",
            "Correct it",
        ),
        (
            "[sources]",
            "[[unit]]\nnumber = 1\n[sources]",
            ": unit 1 stands there twice.",
            "Remove one of the two.",
        ),
        (
            "number = 1",
            'number = 1\nassessment = "exam"',
            ', unit 1: assessment = "exam" is not "internal" or "external".',
            "Correct it, or leave the line out where it is not known.",
        ),
        (
            "number = 1",
            'number = 1\nreference = "M5074999"',
            ', unit 1: reference = "M5074999" is not a unit reference, like "M/507/4999".',
            "Correct it, or leave the line out where it is not known.",
        ),
        (
            "[[unit]]",
            "[unit_defaults]\ngrade = 1\n[[unit]]",
            ', [unit_defaults]: "grade" is not known there.',
            "Known: number, title, reference, glh",
        ),
    ],
)
def test_a_slip_in_a_file_is_answered_with_its_place(
    tmp_path: Path, right: str, slip: str, message: str, hint: str
) -> None:
    """The file, the table, what is wrong, what to do; exit code 3."""
    assert FILE.count(right) >= 1
    path = tmp_path / "it.toml"
    path.write_text(FILE.replace(right, slip, 1), "utf-8")
    with pytest.raises(ClaimbatchError) as refused:
        load_catalogue(tmp_path)
    assert refused.value.message.startswith(f"{path}{message}")
    assert refused.value.hint.startswith(hint)
    assert refused.value.exit_code == Exit.WRONG_SETUP


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """An old encoding is answered, not a traceback."""
    (tmp_path / "it.toml").write_bytes(FILE.replace("Certificate", "Señal").encode("latin-1"))
    with pytest.raises(ClaimbatchError, match=r"it\.toml is not TOML"):
        load_catalogue(tmp_path)


# The command


def test_the_list_shows_what_can_be_claimed(show: Show) -> None:
    """The table of a search, whole."""
    code, out, said = show("--search", "sport l2 2016")
    assert (code, said) == (0, "")
    assert out == (
        "Entry code  Title                                       Suite  Level  Size       Units to claim  "
        "Unit list     QAN         Verified\n"
        "----------  ------------------------------------------  -----  -----  ---------  --------------  "
        "------------  ----------  --------\n"
        "05885       Certificate in Sport and Physical Activity  2016   2      not known  2               "
        "not complete  603/0520/4  yes\n"
        "05886       Diploma in Sport and Physical Activity      2016   2      not known  2               "
        "not complete  603/0521/6  yes\n"
        "05889       Award in Sport and Physical Activity        2016   2      not known  2               "
        "not complete  603/1923/9  yes\n"
    )


def test_the_list_says_what_is_not_verified(show: Show) -> None:
    """An entry code that is inferred says how; a size that is inferred says that."""
    _, out, _ = show("--search", "certificate business 2012", "--format", "json")
    assert [(row["entry_code"], row["size"], row["verified"][:30]) for row in json.loads(out)] == [
        ("05320", "15 credits", "yes, but not its size"),
        ("05322", "30 credits", "yes, but not its size"),
    ]
    _, out, _ = show("--search", "05840", "--format", "json")
    assert json.loads(out)[0]["verified"].startswith("no: the entry code is a guess")


def test_the_list_as_csv_keeps_the_leading_zero(show: Show, shipped: Catalogue) -> None:
    """All qualifications, those without an entry code last."""
    _, out, _ = show("--format", "csv")
    lines = out.splitlines()
    coded = len(shipped.qualifications)
    assert len(lines) == 1 + coded + len(shipped.uncoded)
    assert lines[0] == "entry_code,title,suite,level,size,units,unit_list,qan,verified"
    assert [line[:6] for line in lines[1 : coded + 1]] == sorted(line[:6] for line in lines[1 : coded + 1])
    assert {line[:1] for line in lines[coded + 1 :]} == {","}


def test_one_qualification_is_shown_with_its_units(show: Show) -> None:
    """External units are marked as never claimed, doubtful ones with the reason."""
    _, out, said = show("05844", "--format", "json")
    rows = {row["unit"]: row for row in json.loads(out)}
    assert (rows["Unit 1"]["assessment"], rows["Unit 1"]["remarks"]) == (
        "external: an exam, never claimed",
        "mandatory",
    )
    assert rows["Unit 4"]["assessment"] == "not known"
    assert rows["Unit 4"]["remarks"] == "mandatory: Digital Content for Interactive Media pathway"
    assert rows["Unit 21"]["remarks"].startswith("not verified: GLH from a teacher's percentages")
    assert rows["Unit 25"]["remarks"] == "assessment not verified"
    assert said == (
        "\nNot all units are known: 5, 7, 9–19, 22, 24 and perhaps others are missing.\n"
        'Add one that the handbook has: claimbatch qualifications add-unit 05844 N "Title"\n'
    )
    assert show("05844")[1].startswith(
        "Entry code:     05844\nTitle:          OCR Level 3 Cambridge Technical Ext"
    )


def test_one_without_units_says_how_to_add_them(show: Show) -> None:
    """Nothing is listed, and it is said why."""
    assert show("05803", "--format", "csv") == (
        0,
        "unit,title,reference,size,assessment,remarks\n",
        'Its units are not known.\nAdd one that the handbook has: claimbatch qualifications add-unit 05803 N "Title"\n',
    )


def test_a_reference_whose_letter_does_not_fit_is_remarked(own: Path, show: Show) -> None:
    """The rule was inferred, so a centre's reference is remarked on and not refused."""
    (own / "ours.toml").write_text(
        FILE.replace("number = 1", 'number = 1\nreference = "T/507/6165"'), "utf-8"
    )
    _, out, _ = show("05838", "-w", str(own.parent), "--format", "json")
    assert json.loads(out)[0]["remarks"] == "not verified; the reference's letter does not fit its digits"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--search", "origami"], 0, 'No qualification has "origami" in its entry code or title.\n'),
        (["05838", "--search", "it"], 2, "Give an entry code or --search, not both."),
        (["5938"], 2, "Did you mean 05838 or"),
        (["--workspace", "nowhere"], 2, "nowhere is not a claimbatch workspace"),
    ],
)
def test_a_wrong_request_is_answered_in_a_sentence(show: Show, args: list[str], code: int, said: str) -> None:
    """Exit code, nothing on stdout, and what to do on stderr."""
    got, out, err = show(*args)
    assert (got, out) == (code, "")
    assert said in err


def test_a_unit_needs_only_its_number() -> None:
    """Everything else may be unknown, and then it is not verified."""
    unit = Unit(7)
    assert (unit.full_title, unit.size, unit.external, unit.unverified) == ("Unit 7", "", False, True)
