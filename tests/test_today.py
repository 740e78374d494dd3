"""What came into a claim is judged again by the rules of today: on submission, by ``claim show`` and in the report."""

import json
import re
import shlex
from pathlib import Path

import pytest

from claimbatch.claims.life import look
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.claim import claim_report
from tests.centre import CENTRE, Centre, put
from tests.papers import report_of, words
from tests.small import CODE, offer

KEY = f"{CENTRE}-{CODE}-1"
SUBMIT = ("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")
FIRST_AID = {"Other units!A5": "0044", "Other units!B5": "First Aid", "Other units!C5": "NCFE",
             "Other units!D5": "M", "Other units!E5": "SA", "Other units!F5": "Yes"}  # fmt: skip
HEAD = "entry_code,candidate_number,candidate_name,date_of_birth,units\n"
ROWS = {
    "0042": "{code},0042,\"Ahmed, Sana\",2008-01-02,{units}\n",
    "0043": "{code},0043,\"Brown, Tom\",2008-03-04,{units}\n",
    "0044": "{code},0044,\"Clark, Zoë\",2008-05-06,{units}\n",
    "0051": "{code},0051,\"O'Neill, Fay\",2007-11-30,{units}\n",
}  # fmt: skip


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    """A claim with five lines, ready to be submitted: Unit 1 of 0042 P by JH, of 0043 M by SA, and so on."""
    centre = Centre.make(tmp_path / "centre", (CODE,), address=url)
    offer(centre)
    cells = {"Grades!E5": "P", "Grades!F5": "D", "Grades!E6": "M", "Grades!G7": "P",
             "Units!D5": "SA", "Units!D6": "JH", "Units!D7": "SA", "Assessed by!E5": "JH"}  # fmt: skip
    centre.done("merge", put(centre.issue(CODE), cells | FIRST_AID))
    centre.done("claim", "declare", KEY, "--all")
    return centre


def register(centre: Centre, *numbers: str, **units: str) -> None:
    """Import the register anew: these candidates alone, with unit entries as in ``c0042="1 2"``."""
    rows = "".join(ROWS[n].format(code=CODE, units=units.get(f"c{n}", "")) for n in numbers or ROWS)
    file = centre.workspace.folder / "register.csv"
    file.write_text(HEAD + rows, "utf-8")
    centre.done("entries", "import", file, "--replace", "--yes")


def shown(centre: Centre) -> list[tuple[str, str, str]]:
    """What ``claim show`` says is not allowed: code, candidate and unit."""
    found = json.loads(centre.done("claim", "show", KEY, "--format", "json"))["problems"]
    return [(p["rule"], p["candidate"], p["unit"]) for p in found if p["rule"] != "CB405"]


CHANGES = {
    "nothing": (lambda _: None, []),
    "an entry withdrawn": (
        lambda centre: register(centre, "0042", "0043", "0051"),
        [("CB406", "0044", "")],
    ),
    "unit entries narrowed": (
        lambda centre: register(centre, c0042="1 3", c0044="1"),
        [("CB407", "0042", "Unit 2"), ("CB407", "0044", "Unit 3")],
    ),
    "a unit that is none any more": (
        lambda centre: offer(centre, (1, 2)),
        [("CB407", "0044", "Unit 3")],
    ),
    "a unit that is examined": (
        lambda centre: offer(centre, (1, 3), examined=(2,)),
        [("CB407", "0042", "Unit 2")],
    ),
    "no units of another body": (
        lambda centre: offer(centre, other=False),
        [("CB407", "0044", "First Aid (NCFE)")],
    ),
    "an assessor removed": (
        lambda centre: centre.done("assessors", "remove", CODE, "JH"),
        [("CB408", "0042", "Unit 1"), ("CB408", "0042", "Unit 2")],
    ),
    "the assessor of another body's unit removed": (
        lambda centre: centre.done("assessors", "remove", CODE, "SA"),
        [("CB408", "0043", "Unit 1"), ("CB408", "0044", "Unit 3"), ("CB408", "0044", "First Aid (NCFE)")],
    ),
    "several at once": (
        lambda centre: (
            register(centre, "0042", "0043", c0042="1"),
            centre.done("assessors", "remove", CODE, "JH"),
        ),
        [("CB406", "0044", ""), ("CB407", "0042", "Unit 2"), ("CB408", "0042", "Unit 1"), ("CB408", "0042", "Unit 2")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=list(CHANGES))
def test_each_line_is_judged_again(centre, change, expected):
    """By show and by submission alike; with something found nothing is submitted, and exit 1."""
    change(centre)
    assert shown(centre) == expected
    code, said = centre.run(*SUBMIT)
    assert code == (1 if expected else 0)
    assert sum(said.count(f"{rule} error") for rule in ("CB406", "CB407", "CB408")) == len(expected)


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=list(CHANGES))
def test_the_command_that_is_printed_mends_it(centre, change, expected):
    """Followed to the letter, as printed, until nothing is left and the claim can be submitted."""
    change(centre)
    for _ in expected:
        found = json.loads(centre.done("claim", "show", KEY, "--format", "json"))["problems"]
        hints = [p["hint"] for p in found if p["rule"] in ("CB406", "CB407", "CB408")]
        if hints:
            line = re.search(r"claimbatch ((?:assessors add|claim remove) .*?)(?:\.(?: |$))", hints[0])
            centre.done(*shlex.split(line[1]))
    assert shown(centre) == []
    assert centre.run(*SUBMIT)[0] == 0


def test_a_line_by_somebody_removed_is_given_to_another_or_taken_off_by_the_printed_command(centre):
    centre.done("assessors", "remove", CODE, "JH")
    code, said = centre.run(*SUBMIT)
    words = " ".join(said.split())
    assert (code, f"claimbatch claim set {KEY} 0042 1 P INITIALS" in words) == (1, True)
    centre.done("claim", "set", KEY, "0042", "1", "P", "SA")
    centre.done("claim", "set", KEY, "0042", "2", "Not claiming")
    assert shown(centre) == []


def test_what_is_on_the_claim_can_be_taken_off_by_hand_whatever_it_is(centre):
    """The candidate left, the unit went: *Not claiming* is still understood, and nothing else."""
    register(centre, "0042", "0043", c0042="1")
    offer(centre, (1, 2), other=False)
    for line in (("0044", "3"), ("0044", "First Aid (NCFE)"), ("0042", "2")):
        assert centre.run("claim", "set", KEY, *line, "M", "SA")[0] == 2
        centre.done("claim", "set", KEY, *line, "Not claiming")
    assert shown(centre) == []


def test_a_claim_that_was_submitted_is_not_judged_again(centre):
    """Only the moderator changes it then."""
    centre.done(*SUBMIT)
    centre.done("assessors", "remove", CODE, "JH")
    register(centre, "0043")
    assert shown(centre) == []
    assert "Not allowed" not in centre.done("claim", "show", KEY)


def test_the_report_and_the_table_say_it_in_words(centre):
    register(centre, "0042", "0043", c0042="1")
    said = centre.done("claim", "show", KEY)
    assert "Not allowed as things stand today: 2 errors" in said
    with centre.workspace.store() as store:
        stands = look(store, centre.catalogue, KEY)
    said = words(claim_report(Brief(stands)))
    assert "Not allowed as things stand today" in said
    assert "The candidate is not entered for this unit." in said
    assert "Not allowed" not in words(report_of(stands.claim))
