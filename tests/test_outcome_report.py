"""The outcome of moderation on paper: what was changed, withdrawn, agreed, and what is open."""

from pathlib import Path

import pytest

from claimbatch.claims.claim import Candidate, Line, Status
from claimbatch.claims.decisions import Decided
from claimbatch.errors import ClaimbatchError
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Document
from claimbatch.output.view.outcome import outcome_report
from tests.claims_made import big_claim, claim_of
from tests.papers import Page, alone, body, brief_of, pages_of, printed, tables, titles
from tests.test_paper import looks_as_it_looked, says_what_it_said

HOSTILE = ('#import "x"', "<script>alert(1)</script>", "{{ 7 * 7 }}", "ab\u202ecd", "x" * 300)


def small(words: str = "Criterion P4 is not met.", **changes: object) -> Document:
    """A claim of which one line was changed, one group withdrawn, one line agreed, and one is open."""
    table = "0007 Okafor, Chidi 1:P:JH 3:D:RK\n0042 Adeyemi-Clarke, Bo 1:P:JH 2:M:JH"
    claim = claim_of(table, status=Status.SAMPLED, updated_at="2026-07-01T08:00:00Z", **changes)
    gone = Line("0042", "3", "P", "RK")
    standing = {
        "sampled": frozenset({("0007", "1"), ("0042", "1"), ("0042", "2"), ("0042", "3")}),
        "withdrawn": (gone,),
        "reasons": {gone.cell: 31},
        "decided": {
            ("0007", "1"): Decided("P", "P", "Pat", "2026-06-30T08:00:00Z", 21),
            ("0042", "1"): Decided("P", "U", "Pat", "2026-06-30T08:00:00Z", 22),
        },
    }
    return outcome_report(
        brief_of(claim, standing=standing, words={22: words, 31: "Not the centre's own work."})
    )


def large(people: int, units: int) -> Document:
    """Every third line is sampled; of these every second is agreed, some are changed, and some are open."""
    claim = big_claim(people, units, 3)
    sampled = claim.lines[::3]
    decided = {
        (line.candidate, line.unit): Decided(
            line.grade, "PMD"[at % 3] if at % 4 else line.grade, "Pat", "", at
        )
        for at, line in enumerate(sampled)
        if at % 5
    }
    pairs = frozenset((line.candidate, line.unit) for line in sampled)
    return outcome_report(brief_of(claim, standing={"sampled": pairs, "decided": decided}))


def test_each_decision_stands_under_what_it_is() -> None:
    """With the moderator's words beside what was changed or withdrawn."""
    made = small()
    assert titles(made) == [
        "Changed (1)", "Withdrawn (1)", "Nothing recorded yet (1)", "Agreed as claimed (1)",
        "By unit, assessor and grade",
    ]  # fmt: skip
    assert tables(made)["Changed"][1][4:] == ["JH", "P", "U", "Criterion P4 is not met."]
    assert tables(made)["Withdrawn"][1][4:] == ["RK", "P", "Not the centre's own work."]
    assert [row[-1] for row in tables(made)["By unit, assessor and grade"][1:]] == [
        "changed in part; the rest stands",
        "not complete",
        "not sampled: stands as claimed",
        "withdrawn, all of it",
    ]


def test_without_a_sample_there_is_no_outcome() -> None:
    with pytest.raises(ClaimbatchError, match="there is no outcome yet"):
        outcome_report(brief_of(claim_of()))


@pytest.mark.parametrize(("people", "units"), [(3, 4), (30, 9), (120, 12)])
def test_no_heading_is_the_last_thing_on_a_page(people: int, units: int, tmp_path: Path) -> None:
    """On paper, and printed by a browser; and no page is empty."""
    made = large(people, units)
    for pages in (pages_of(to_pdf(made), "-layout"), pages_of(printed(to_html(made), tmp_path), "-layout")):
        assert alone(made, pages) == []
        assert [page for page in pages if not body(page)] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_words_stand_as_plain_text_in_both(name: str) -> None:
    made = small(name, candidates={"0042": Candidate("0042", name)})
    plain = "".join(name.replace("\u202e", "").split())[:20]
    for page in (" ".join(Page(to_html(made)).text), " ".join(pages_of(to_pdf(made), "-layout"))):
        assert plain in "".join(page.split()).replace("\u200b", "").replace("[U+202E]", "")
    assert "<script>alert" not in to_html(made)


def test_it_says_what_it_said_and_looks_as_it_looked() -> None:
    """As when somebody looked at it (CLAIMBATCH_UPDATE=1 renews it)."""
    says_what_it_said("outcome", small())
    looks_as_it_looked("outcome", small())
