"""What a template shows of the open claim, on plain values: what stands in a cell, may be no more, or has no cell."""

from dataclasses import replace

from claimbatch.claims.claim import Candidate, Line
from claimbatch.claims.prefill import Prefill
from claimbatch.claims.register import Assessor, Entry
from claimbatch.claims.today import Today
from claimbatch.form.contents import Other
from tests.claims_made import claim_of

FIRST_AID = "other:NCFE:Care: First Aid"
CLAIM = claim_of(
    lines=(
        Line("0007", "1", "P", "JH"),
        Line("0007", "2", "M", "RK"),
        Line("0007", "77", "P", "JH"),
        Line("0042", "1", "D", "JH"),
        Line("0042", FIRST_AID, "M", "RK"),
        Line("0007", "other:NCFE:Safety", "P", "JH"),
        Line("0101", "1", "P", "JH"),
    )
)
NOT_THIS_UNIT = "The candidate is not entered for this unit."
NONE_OF_IT = "The unit is none of this qualification's."
NO_LONGER = "The candidate is no longer entered for this qualification."
GONE = "RK does not assess this qualification any more."


def prefill(*shown: str, unit: int = 0, other_units: bool = True) -> Prefill:
    """The register has lost 0101 and the assessor RK; 0007 is entered for Unit 1 alone."""
    entries = [
        Entry("68199", "05347", Candidate("0007", "Okafor, Chidi"), frozenset({1})),
        Entry("68199", "05347", Candidate("0042", "Adeyemi-Clarke, Bo")),
    ]
    people = [
        Assessor("68199", "JH", "Jo Hughes", frozenset({"05347"})),
        Assessor("68199", "RK", "Ravi Khan", frozenset({"05349"})),
    ]
    offered = replace(CLAIM.qualification, other_awarding_body_units=other_units)
    claim = replace(CLAIM, qualification=offered)
    return Prefill.of(claim, entries, people, set(shown), unit)


def test_what_is_claimed_of_the_candidates_shown_stands_in_its_cell() -> None:
    """What has no cell here does not, and what is another candidate's stands on the other's template."""
    assert prefill("0007", "0101").claimed == {("0007", 1): ("P", "JH"), ("0007", 2): ("M", "RK")}
    assert prefill("0042").claimed == {("0042", 1): ("D", "JH")}


def test_a_cell_that_may_not_be_claimed_any_more_says_every_reason() -> None:
    assert prefill("0007", "0042").refused == {("0007", 2): f"{NOT_THIS_UNIT} {GONE}"}
    assert prefill("0042").refused == {}


def test_a_unit_of_another_body_has_a_row_with_its_reason() -> None:
    """The title may hold a colon."""
    assert prefill("0042").other == (Other("0042", "Care: First Aid", "NCFE", "M", "RK", refused=GONE),)
    assert prefill("0007").other == (Other("0007", "Safety", "NCFE", "P", "JH"),)
    assert prefill("0101").other == ()


def test_what_has_no_cell_is_told_with_the_reason() -> None:
    """Who is no longer entered is told of on every template, other lines beside their candidate."""
    left, none = ("0101", f"Unit 1, P by JH. {NO_LONGER}"), ("0007", f"Unit 77, P by JH. {NONE_OF_IT}")
    assert prefill("0007", "0042").unshown == (none, left)
    assert prefill("0042").unshown == (left,)
    body = "This qualification does not take units of another awarding body."
    told = prefill("0042", other_units=False)
    assert told.unshown == (("0042", f"Care: First Aid (NCFE), M by RK. {body}"), left)
    assert told.other == ()


def test_each_reason_goes_by_the_rule_for_workbooks_that_the_line_would_fail() -> None:
    """Unit 4 is examined, 77 does not exist: what a workbook would be told, at the cell."""
    units = [
        replace(unit, assessment="external" if unit.number == 4 else "internal")
        for unit in CLAIM.qualification.units
    ]
    closed = replace(CLAIM.qualification, units=tuple(units), other_awarding_body_units=False)
    lines = [Line("0042", unit, "P", "JH") for unit in ("4", "77", FIRST_AID, "2", "1")]
    narrow = Entry("68199", "05347", Candidate("0042", "Adeyemi-Clarke, Bo"), frozenset({1, 4}))
    judged = Today(closed, {"0042": narrow}, frozenset({"JH"}))
    assert [found.rule for found in judged.unfit(lines)] == ["CB206", "CB204", "CB208", "CB205"]
    nobody = Today(closed, {}, frozenset())
    assert [found.rule for found in nobody.unfit(lines[-1:])] == ["CB203", "CB106"]


def test_a_template_for_one_unit_tells_only_of_those_no_longer_entered_whose_unit_it_is() -> None:
    assert prefill("0007", unit=1).unshown == (("0101", f"Unit 1, P by JH. {NO_LONGER}"),)
    assert prefill("0007", unit=2).unshown == ()
    assert prefill("0007", unit=77).unshown == ()
