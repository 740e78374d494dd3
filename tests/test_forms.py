"""The forms that go with a claim: declarations to sign, lists to sign on, recording sheets; and whom they are for."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from claimbatch.claims.claim import Line
from claimbatch.data import schema_file
from claimbatch.errors import ClaimbatchError
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.choice import Choice
from claimbatch.output.view.forms import declaration_forms, recording_sheets, signing_list
from claimbatch.output.view.wording import load_wording
from tests.claims_made import claim_of
from tests.papers import brief_of, pages_of, tables, titles, words

FIRST_AID = Line("0101", "other:NCFE:First Aid", "P", "RK")
UPDATED = "2026-07-01T08:00:00Z"


def forms_for(**choice):
    sampled = frozenset([("0042", "3"), ("0007", "1")])
    standing = {"sampled": sampled, "declared": frozenset(["0007"])}
    claim = claim_of(updated_at=UPDATED)
    return brief_of(
        replace(claim, lines=(*claim.lines, FIRST_AID)), standing=standing, choice=Choice(**choice)
    )


def test_each_candidate_has_a_declaration_with_the_units_it_is_for():
    forms = declaration_forms(forms_for())
    assert titles(forms) == [
        "Declaration of Okafor, Chidi (0007)",
        "Declaration of Adeyemi-Clarke, Bo (0042)",
        "Declaration of Nguyen, Mai (0101)",
    ]
    assert tables(forms)["Units of candidate 0101"] == [
        ["Unit", "Title", "Reference", "Assessor"],
        ["Unit 1", "Communication and employability skills for IT", "Y/601/3246", "Ravi Khan"],
        ["NCFE", "First Aid", "–", "Ravi Khan"],
    ]


@pytest.mark.parametrize(
    ("choice", "people"),
    [
        ({}, ["0007", "0042", "0101"]),
        ({"candidates": {"0042", "0101"}}, ["0042", "0101"]),
        ({"units": {"3"}}, ["0007", "0042"]),
        ({"sampled": True}, ["0007", "0042"]),
        ({"unsigned": True}, ["0042", "0101"]),
        ({"unsigned": True, "units": {"3"}}, ["0042"]),
    ],
)
def test_forms_are_for_those_who_were_asked_for(choice, people):
    found = tables(signing_list(forms_for(**choice)))["Signatures: All candidates"]
    assert [row[0] for row in found[1:]] == people


@pytest.mark.parametrize(
    ("choice", "what"),
    [
        ({"candidates": {"0999"}}, "candidate 0999"),
        ({"units": {"9"}}, "Unit 9"),
        ({"units": {"1"}, "candidates": {"0042"}, "unsigned": True, "sampled": True}, "what you asked for"),
    ],
)
def test_who_or_what_is_not_on_the_claim_is_refused_by_name(choice, what):
    with pytest.raises(ClaimbatchError) as refused:
        declaration_forms(forms_for(**choice))
    assert str(refused.value).startswith(f"Claim 05347-1 holds nothing for {what}.")


@pytest.mark.parametrize(
    ("per", "lists"),
    [
        ("claim", {"All candidates": ["0007 1, 3", "0042 1, 3", "0101 1, First Aid"]}),
        (
            "unit",
            {
                "Unit 1 Communication and employability skills for IT": ["0007 1", "0042 1", "0101 1"],
                "Unit 3 Computer systems": ["0007 3", "0042 3"],
                "First Aid (NCFE)": ["0101 First Aid"],
            },
        ),
        (
            "assessor",
            {"JH Jo Hughes": ["0007 1, 3", "0042 1"], "RK Ravi Khan": ["0042 3", "0101 1, First Aid"]},
        ),
    ],
)
def test_lists_to_sign_are_for_the_claim_or_for_each_unit_or_assessor(per, lists):
    found = tables(signing_list(replace(forms_for(), per=per)))
    assert {
        name.removeprefix("Signatures: "): [f"{row[0]} {row[2]}" for row in rows[1:]]
        for name, rows in found.items()
    } == lists


def test_a_recording_sheet_carries_what_the_claim_knows():
    """One for each candidate and unit: title and reference, year, candidate, grade, assessor; lines to write on."""
    sheets = recording_sheets(forms_for(candidates={"0042"}))
    assert titles(sheets) == [
        "Unit recording sheet: Unit 1, Adeyemi-Clarke, Bo (0042)",
        "Unit recording sheet: Unit 3, Adeyemi-Clarke, Bo (0042)",
    ]
    said = words(sheets)
    assert "Year 2025/26 Unit Unit 3 Unit title Computer systems Unit reference H/601/7254" in said
    assert "Grade claimed D Centre assessor RK Ravi Khan" in said
    assert {len(rows) for rows in tables(sheets).values()} == {15}


@pytest.mark.parametrize(
    ("forms", "pages"), [(declaration_forms, 3), (recording_sheets, 6), (signing_list, 1)]
)
def test_each_form_is_a_page_that_names_its_candidate(forms, pages):
    found = pages_of(to_pdf(forms(forms_for())))
    assert len(found) == pages
    assert [
        n for n, page in enumerate(found, 1) if "68199 Example College" not in " ".join(page.split())
    ] == []


def test_a_centre_may_have_its_own_words(centre, tmp_path):
    """A file in the workspace's schemas wins over the shipped one, and a slip in it is told with its place."""
    own = centre.workspace.folder / "schemas" / "declaration.toml"
    shutil.copy(schema_file("declaration.toml"), own)
    own.write_text(own.read_text("utf-8").replace("is my own.", "is mine alone."), "utf-8")
    assert centre.workspace.wording().candidate.statements[0].endswith("is mine alone.")
    own.write_text("[candidate]\nstatement = []\n", "utf-8")
    with pytest.raises(ClaimbatchError, match=r"declaration\.toml"):
        load_wording(Path(own))
