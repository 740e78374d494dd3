"""The awarding body's claim number and reference, which exist only after submission; and where results go."""

import json
from pathlib import Path

import pytest

from tests.centre import CENTRE, Centre, put
from tests.small import CODE, offer

KEY, NEXT = f"{CENTRE}-{CODE}-1", f"{CENTRE}-{CODE}-2"


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = Centre.make(tmp_path / "centre", (CODE,))
    offer(centre)
    return centre


def merged(centre: Centre, name: str = "first.xlsx") -> None:
    centre.done("merge", put(centre.issue(CODE), {"Grades!E5": "P", "Units!D5": "JH"}, name))


def submitted(centre: Centre, key: str = KEY, *more: str) -> str:
    for query in json.loads(centre.done("claim", "queries", key, "--format", "json")):
        centre.done("claim", "answer", key, query["query"], "--because", "improved")
    centre.done("claim", "declare", key, "--all")
    return centre.done(
        "claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes", *more
    )


def shown(centre: Centre, *names: str, key: str = KEY) -> list[str]:
    told = json.loads(centre.done("claim", "show", key, "--format", "json"))
    return [told[name] for name in names]


def notes(centre: Centre, kind: str) -> list[str]:
    rows = json.loads(centre.done("claim", "history", KEY, "--format", "json"))
    return [row["note"] for row in rows if row["event"] == kind]


def test_the_number_is_given_after_submission_and_put_right(centre):
    """Wherever a claim's number is told; and the claim is found by it, in any state."""
    merged(centre)
    assert f"claimbatch claim number {KEY} NUMBER" in submitted(centre)
    assert centre.done("claim", "number", KEY, "123465") == f"Claim {KEY} has the claim number 123465.\n"
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    told = centre.done("claim", "number", "123465", "123456", "--reference", "R2", "--by", "Kim")
    assert told == f"Claim {KEY} has the claim number 123456 and the reference R2.\n"
    assert shown(centre, "claim_number", "reference", "status", key="123456") == ["123456", "R2", "completed"]
    assert notes(centre, "numbered") == [
        "claim number 123465, claim number was C000001",
        "claim number 123456, claim number was 123465, reference R2, reference was R1",
    ]
    page = centre.done("claim", "show", KEY)
    assert "Claim number 123465 (was C000001) (" in page
    assert "Claim number 123456 (was 123465), reference R2 (was R1) (Kim)" in page
    rows = (centre.workspace.folder / "outbox" / f"{KEY}.csv", centre.done("export", KEY))[0].read_text(
        "utf-8"
    )
    assert rows.splitlines()[1].startswith("123456,R2,completed,")
    assert "is whole" in centre.done("claim", "history", KEY, "--verify")


def test_said_twice_it_changes_nothing(centre):
    merged(centre)
    submitted(centre, KEY, "--claim-number", "123456")
    assert (
        centre.done("claim", "number", KEY, "123456") == f"Claim {KEY} has the claim number 123456 already.\n"
    )
    assert notes(centre, "numbered") == []


def test_a_reference_known_early_need_not_be_said_again(centre):
    merged(centre)
    submitted(centre)
    assert centre.run("moderation", "complete", KEY)[0] == 2
    centre.done("claim", "number", KEY, "--reference", "R1")
    assert shown(centre, "reference", "status") == ["R1", "submitted"]
    assert "under the reference R1" in centre.done("moderation", "complete", KEY)


@pytest.mark.parametrize("words", [(), ("  ",), ("123456",), ("--reference", "R1")], ids=str)
def test_before_submission_there_is_none(centre, words):
    merged(centre)
    code, said = centre.run("claim", "number", KEY, *words)
    assert (code, "Traceback" in said) == (2, False)
    assert shown(centre, "claim_number", "reference") == ["", ""]


def test_no_two_claims_have_one_number(centre):
    merged(centre)
    submitted(centre, KEY, "--claim-number", "123456")
    merged(centre, "second.xlsx")
    submitted(centre, NEXT)
    code, said = centre.run("claim", "number", NEXT, "123456")
    assert (code, "Another claim has the claim number 123456 already." in said) == (2, True)
    assert shown(centre, "claim_number", key=NEXT) == ["C000002"]


def test_a_withdrawn_claims_number_can_be_put_right(centre):
    """Letters about it quote the number, too."""
    merged(centre)
    submitted(centre)
    centre.done("claim", "withdraw", KEY, "--reason", "many errors", "--yes")
    centre.done("claim", "number", KEY, "123456")
    assert shown(centre, "claim_number", "status") == ["123456", "withdrawn"]


def test_where_results_go_is_told(centre):
    """In the claim, for people and programs, and in its history; where nobody said so, not at all."""
    merged(centre)
    assert "Results" not in centre.done("claim", "show", KEY)
    submitted(centre, KEY, "--results-email", "exams@example.ac.uk")
    assert "Results go to exams@example.ac.uk\n" in centre.done("claim", "show", KEY)
    assert shown(centre, "results_email", "submitted_by") == ["exams@example.ac.uk", "Pat"]
    assert notes(centre, "submitted") == ["claim number C000001: results go to exams@example.ac.uk"]


def test_results_go_to_another_address_after_submission(centre):
    """The history says when that changed, and proves which it is; it keeps no address that may name somebody."""
    merged(centre)
    submitted(centre, KEY, "--results-email", "pat.lee@example.ac.uk")
    told = centre.done("claim", "number", KEY, "--results-email", "exams@example.ac.uk", "--by", "Kim")
    assert told == f"Claim {KEY} has the address for results exams@example.ac.uk.\n"
    assert shown(centre, "results_email") == ["exams@example.ac.uk"]
    assert notes(centre, "numbered") == ["results go to exams@example.ac.uk"]
    assert "pat.lee" not in centre.done("claim", "history", KEY)
    assert "Another address for results (Kim)" in centre.done("claim", "show", KEY)
    assert "is whole" in centre.done("claim", "history", KEY, "--verify")
    code, said = centre.run("claim", "number", KEY, "--results-email", "nobody")
    assert (code, "nobody is no e-mail address" in said) == (2, True)
