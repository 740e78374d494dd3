"""Claims named, shown and corrected as people do it: by entry code, one unit, several lines at once."""

import csv
import io
import json
from pathlib import Path

import pytest

from claimbatch.form.layout import BY_UNIT
from tests.centre import CENTRE, IT, MEDIA, Centre, put

KEY = f"{CENTRE}-{IT}-1"
ONE = {"Claim!E5": "P", "Claim!F5": "JH", "Claim!E6": "M", "Claim!F6": "SA"}  # Unit 3 of 0042 and 0043


@pytest.fixture
def claim(centre: Centre) -> Centre:
    """A centre whose claim holds Unit 3 of 0042, P by JH, and of 0043, M by SA."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), ONE))
    return centre


def lines(centre: Centre) -> list[str]:
    with centre.workspace.store() as store:
        return sorted(" ".join((*target, *mark)) for target, mark in store.lines_at(KEY).items())


def shown(centre: Centre, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(centre.done("claim", "show", *words, "--format", "csv"))))


# --- what a claim, and a qualification, is called ----------------------------------------------------------------


@pytest.mark.parametrize("name", [KEY, IT, IT.lstrip("0"), f"{CENTRE}-{IT}", f" {IT} "])
def test_a_claim_goes_by_its_entry_code_where_that_is_enough(claim: Centre, name: str) -> None:
    assert json.loads(claim.done("claim", "show", name, "--format", "json"))["claim"] == KEY


def test_what_is_written_goes_by_the_whole_key(claim: Centre) -> None:
    """Whatever the claim was called."""
    claim.done("export", IT)
    assert [path.name for path in (claim.workspace.folder / "outbox").glob("*.csv")] == [f"{KEY}.csv"]


def test_of_two_claims_with_one_entry_code_neither_is_guessed(claim: Centre) -> None:
    """Both are named with their states; a claim number is enough again."""
    claim.done("claim", "declare", KEY, "--all")
    claim.done("claim", "submit", IT, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    claim.done("merge", put(claim.issue(IT, BY_UNIT, 4), ONE, "next.xlsx"))
    code, said = claim.run("claim", "show", IT)
    assert (code, said.splitlines()) == (2, [
        f"claimbatch: {IT} is the entry code of 2 claims.",
        f"  Say which: {KEY} (submitted), {KEY[:-1]}2 (not submitted).",
    ])  # fmt: skip
    assert json.loads(claim.done("claim", "show", "C000001", "--format", "json"))["claim"] == KEY


def test_a_template_goes_by_a_title(claim: Centre, tmp_path: Path) -> None:
    """Of several qualifications with the words in their title, the one that candidates are entered for."""
    title = claim.catalogue.get(MEDIA).short_title
    for number, name in enumerate((title, "media", MEDIA.lstrip("0"))):
        claim.done("template", name, "-o", tmp_path / str(number))
        assert [path.name for path in (tmp_path / str(number)).iterdir()] == [
            f"{CENTRE}_{MEDIA}_by-candidate.xlsx"
        ]


@pytest.mark.parametrize(
    ("name", "said"), [("cambridge", "more than one qualification"), ("origami", "no qualification")]
)
def test_a_title_that_fits_several_or_none_is_refused(claim: Centre, name: str, said: str) -> None:
    code, told = claim.run("template", name)
    assert (code, said in told) == (2, True)


# --- claim show --------------------------------------------------------------------------------------------------


def test_one_unit_and_one_candidate_are_shown_line_by_line(claim: Centre) -> None:
    claim.done("claim", "set", KEY, "0042", "10", "D", "SA")
    assert [(r["candidate"], r["grade"], r["assessor"]) for r in shown(claim, KEY, "--unit", "Unit 3")] == [
        ("0042", "P", "JH"),
        ("0043", "M", "SA"),
    ]
    assert [r["unit"] for r in shown(claim, KEY, "--candidate", "42")] == ["Unit 3", "Unit 10"]
    only = json.loads(
        claim.done("claim", "show", KEY, "--candidate", "42", "--unit", "3", "--format", "json")
    )
    assert [(r["candidate_number"], r["unit"]) for r in only["lines"]] == [("0042", "3")]


def test_what_is_not_on_the_claim_is_said_so(claim: Centre) -> None:
    code, said = claim.run("claim", "show", KEY, "--unit", "4")
    assert (code, said.splitlines()) == (2, [
        f"claimbatch: Claim {KEY} holds nothing for Unit 4.",
        f"  claimbatch claim show {KEY} lists what is claimed.",
    ])  # fmt: skip


def test_by_unit_names_the_candidates(claim: Centre) -> None:
    claim.done("claim", "set", KEY, "0044", "3", "P", "JH")
    assert [
        (r["grade"], r["candidates"], r["candidate_numbers"]) for r in shown(claim, KEY, "--by", "unit")
    ] == [
        ("P", "2", "0042 0044"),
        ("M", "1", "0043"),
    ]


# --- claim set ---------------------------------------------------------------------------------------------------


def test_a_line_keeps_its_assessor_where_none_is_given(claim: Centre) -> None:
    claim.done("claim", "set", KEY, "0042", "3", "D")
    claim.done("claim", "set", KEY, "--candidate", "0043", "--unit", "3", "--grade", "D")
    assert lines(claim) == ["0042 3 D JH", "0043 3 D SA"]


def test_the_only_assessor_is_the_one_that_is_meant(tmp_path: Path) -> None:
    alone = Centre.make(tmp_path / "alone", (IT,), assessors=(("JH", "Jo Hughes"),))
    alone.done("merge", put(alone.issue(IT, BY_UNIT, 3), {"Claim!E5": "P"}))
    alone.done("claim", "set", IT, "0043", "3", "M")
    assert lines(alone) == ["0042 3 P JH", "0043 3 M JH"]


def test_apply_to_all_below(claim: Centre) -> None:
    """From one candidate down the list, as on the awarding body's page; each keeps the assessor that is there."""
    said = claim.done(
        "claim", "set", KEY, "--unit", "3", "--grade", "D", "--all-below", "0043", "--assessor", "sa"
    )
    assert said == (
        "Candidate  Unit    Was          Is\n"
        "---------  ------  -----------  -------\n"
        "0043       Unit 3  M by SA      D by SA\n"
        "0044       Unit 3  not claimed  D by SA\n"
        "0051       Unit 3  not claimed  D by SA\n"
        f"3 lines set. To take it back: claimbatch claim restore {KEY} --revision 4\n"
    )
    claim.done("claim", "restore", KEY, "--revision", "4")
    assert lines(claim) == ["0042 3 P JH", "0043 3 M SA"]


def test_a_dry_run_changes_nothing(claim: Centre) -> None:
    said = claim.done(
        "claim", "set", KEY, "--unit", "3", "--grade", "D", "--all", "--assessor", "JH", "--dry-run"
    )
    assert "Nothing was changed; it would be 4 lines." in said
    assert lines(claim) == ["0042 3 P JH", "0043 3 M SA"]


def test_all_or_none(claim: Centre) -> None:
    """One line that cannot be: none is set, and it is named."""
    code, said = claim.run("claim", "set", KEY, "--unit", "3", "--grade", "D", "--all")
    assert (code, "that of candidate 0044, Unit 3, is not known" in said) == (2, True)
    assert lines(claim) == ["0042 3 P JH", "0043 3 M SA"]


def test_apply_to_all_passes_over_whom_it_cannot_mean(tmp_path: Path) -> None:
    """Who is not entered for the unit, and who has it in an earlier claim: named, not refused."""
    some = Centre.make(tmp_path / "some", (IT,), units={"0044": frozenset({4})})
    some.done("merge", put(some.issue(IT, BY_UNIT, 3), {"Claim!E5": "P", "Claim!F5": "JH"}))
    some.done("claim", "declare", KEY, "--all")
    some.done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    some.done("merge", put(some.issue(IT, BY_UNIT, 4), {"Claim!E5": "P", "Claim!F5": "JH"}, "next.xlsx"))
    said = some.done(
        "claim", "set", f"{KEY[:-1]}2", "--unit", "3", "--grade", "P", "--assessor", "JH", "--all"
    )
    assert "Passed over, not entered for Unit 3 or claimed before: 0042, 0044." in said
    assert "2 lines set." in said


@pytest.mark.parametrize(
    "words",
    [
        ("--unit", "3", "--grade", "P"),
        ("--all", "--grade", "P"),
        ("--all", "--unit", "3"),
        ("0042", "3", "P", "JH", "SA"),
        ("0042", "3", "P", "--all"),
        ("0042", "3", "P", "--grade", "M"),
        ("--all-below", "all", "--unit", "3", "--grade", "P"),
        ("--candidate", "9999", "--unit", "3", "--grade", "P", "--assessor", "JH"),
    ],
    ids=" ".join,
)
def test_half_a_request_is_refused(claim: Centre, words: tuple[str, ...]) -> None:
    assert claim.run("claim", "set", KEY, *words)[0] == 2
    assert lines(claim) == ["0042 3 P JH", "0043 3 M SA"]


def test_restore_lists_units_in_their_order(claim: Centre) -> None:
    """Unit 3 before Unit 10."""
    claim.done("claim", "set", KEY, "0042", "10", "D", "SA")
    said = claim.done("claim", "restore", KEY, "--revision", "1", "--dry-run")
    assert [row.split()[:3] for row in said.splitlines()[2:5]] == [
        ["0042", "Unit", "3"],
        ["0042", "Unit", "10"],
        ["0043", "Unit", "3"],
    ]


def test_init_can_be_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from claimbatch.cli.main import cli  # noqa: PLC0415
    from claimbatch.cli.session import run  # noqa: PLC0415

    assert run(cli, ["init", str(tmp_path / "new"), "--centre", CENTRE, "--name", "Example", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
