"""The documents that people print and sign."""

import re
import subprocess
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import product

import pytest

from claimbatch.claims.claim import Candidate, Line, Status
from claimbatch.claims.standing import Query, Standing, Step
from claimbatch.data import template_folder
from claimbatch.moderation.sampling import draw, recorded
from claimbatch.moderation.strategies import find_strategy
from claimbatch.output.report import answers_of, claim_report, sample_list
from tests.claims_made import big_claim, claim_of
from tests.conftest import installed

EVIL = {
    "0007": Candidate("0007", "<script>alert(1)</script>"),
    "0042": Candidate("0042", '=HYPERLINK("http://x","y")'),
}
OTHER_UNIT = Line("0042", "other:Pearson:Impact of computing", "M", "JH")
STRATEGY = find_strategy("ocr-visit")


class Page(HTMLParser):
    """The tables of a page as rows of text, and every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

        self.inside = tag if tag in ("td", "th") else self.inside

    def handle_endtag(self, tag):
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        self.text.append(data)
        if self.inside:
            self.tables[-1][-1][-1] = " ".join(f"{self.tables[-1][-1][-1]} {data}".split())

    def table_with(self, heading: str) -> list[list[str]]:
        return next(table for table in self.tables if heading in table[0])


def documents(claim):
    return (
        claim_report(claim),
        sample_list(claim, draw(claim, STRATEGY, "7")),
        sample_list(claim, recorded(claim, {})),
    )


def test_a_claim_report_counts_by_unit_assessor_and_grade():
    page = Page(claim_report(claim_of()))
    assert page.tables[0] == [
        ["Unit", "Title", "Assessor", "P", "M", "D", "All"],
        [
            "Unit 1",
            "Communication and employability skills for IT Y/601/3246",
            "JH Jo Hughes",
            "1",
            "1",
            "–",
            "2",
        ],
        ["RK Ravi Khan", "1", "–", "–", "1"],
        ["Unit 3", "Computer systems H/601/7254", "JH Jo Hughes", "–", "1", "–", "1"],
        ["RK Ravi Khan", "–", "–", "1", "1"],
        ["All units", "2", "2", "1", "5"],
    ]


def test_a_claim_report_shows_every_grade_with_its_assessor():
    page = Page(claim_report(claim_of()))
    assert page.table_with("Unit 3") == [
        ["Candidate", "Name", "Unit 1", "Unit 3"],
        ["0007", "Okafor, Chidi", "P JH", "M JH"],
        ["0042", "Adeyemi-Clarke, Bo", "M JH", "D RK"],
        ["0101", "Nguyen, Mai", "P RK", "·"],
        ["P", "2", "–"],
        ["M", "1", "1"],
        ["D", "–", "1"],
        ["Claimed", "3", "2"],
    ]


def test_initials_are_left_out_of_the_grid_where_there_is_one_assessor():
    page = Page(claim_report(claim_of("0007 Okafor, Chidi 1:P:JH")))
    assert page.table_with("Unit 1")[1] == ["0007", "Okafor, Chidi", "P"]


@pytest.mark.parametrize(
    ("units", "assessors", "columns"),
    [(14, 2, [14]), (15, 2, [7, 8]), (38, 2, [12, 13, 13]), (20, 1, [20]), (38, 1, [19, 19])],
)
def test_many_units_are_shared_out_over_tables_that_fit_the_paper(units, assessors, columns):
    grids = [
        t
        for t in Page(claim_report(big_claim(3, units, assessors))).tables
        if t[0][:2] == ["Candidate", "Name"]
    ]
    assert [len(grid[0]) - 2 for grid in grids] == columns
    assert [head for grid in grids for head in grid[0][2:]] == [f"Unit {n}" for n in range(1, units + 1)]


def test_other_awarding_bodies_units_have_an_evidence_checklist_only_where_there_are_any():
    claim = claim_of()
    assert "Results slip" not in claim_report(claim)
    page = Page(claim_report(replace(claim, lines=(*claim.lines, OTHER_UNIT))))
    assert page.table_with("Results slip")[1:] == [
        ["0042", "Adeyemi-Clarke, Bo", "Pearson", "Impact of computing", "M", "", ""]
    ]
    assert page.table_with("Unit 3")[0] == ["Candidate", "Name", "Unit 1", "Unit 3"]


def test_revision_and_head_of_the_history_stand_at_the_end_and_a_moment_only_where_given():
    claim = claim_of()
    end = f"Claim 05347-1, revision 12, history ends in {'9f2c' * 16} . Printed from claimbatch"
    assert " ".join(" ".join(Page(claim_report(claim)).text).split()).endswith(f"{end}.")
    assert " ".join(" ".join(Page(claim_report(claim, "2026-11-23T09:30:00Z")).text).split()).endswith(
        f"{end} at 2026-11-23T09:30:00Z."
    )


def test_a_claim_without_lines_is_a_page_all_the_same():
    page = Page(claim_report(claim_of("", status=Status.NOT_SUBMITTED, claim_number="")))
    assert {"Nothing is claimed yet.", "not given yet"} <= set(page.text)


def test_a_sample_list_has_a_row_to_tick_for_each_candidate_and_unit():
    claim = claim_of()
    page = Page(sample_list(claim, recorded(claim, {("0042", "3"), ("0042", "1"), ("0007", "3")})))
    title = "Communication and employability skills for IT"
    assert page.tables[0] == [
        ["Candidate", "Name", "Unit", "Title", "Grade", "Assessor", "Seen", "Agreed", "Comment"],
        ["0007", "Okafor, Chidi", "Unit 3", "Computer systems", "M", "JH", "", "", ""],
        ["0042", "Adeyemi-Clarke, Bo", "Unit 1", title, "M", "JH", "", "", ""],
        ["0042", "Adeyemi-Clarke, Bo", "Unit 3", "Computer systems", "D", "RK", "", "", ""],
    ]
    assert [row[-3:] for row in page.tables[1][1:]] == [
        ["0 of 1", "1 of 1", "–"],
        ["0 of 1", "–", "–"],
        ["–", "1 of 1", "–"],
        ["–", "–", "1 of 1"],
    ]


def test_a_drawn_sample_says_that_it_is_a_simulation_and_how_to_check_it():
    claim = claim_of()
    html = sample_list(claim, draw(claim, STRATEGY, "it's 7"))
    assert "This is a simulation." in html
    command, expected = re.findall(r"<pre>(.*)</pre>", html)
    shell = subprocess.run(["sh", "-c", unescape(command)], capture_output=True, text=True, check=True)
    assert shell.stdout.split()[0] == expected


def test_a_recorded_sample_is_no_simulation():
    claim = claim_of()
    text = sample_list(claim, recorded(claim, {("0007", "1")}))
    assert "simulation" not in text.lower()
    assert "Unit 1 JH M, Unit 1 RK P, Unit 3 JH M, Unit 3 RK D." in " ".join(text.split())


def test_names_are_text_whatever_they_hold():
    for html in documents(claim_of(candidates=EVIL)):
        assert "script" not in {tag for tag, _ in Page(html).tags}
    assert "=HYPERLINK(&#34;http://x&#34;,&#34;y&#34;)" in claim_report(claim_of(candidates=EVIL))


def test_a_purged_name_is_said_to_be_removed():
    assert claim_report(claim_of(candidates={})).count("name removed") == 3


def test_a_document_needs_nothing_but_itself():
    for html in documents(claim_of()):
        assert not re.search(r"url\(|@import|https?:", html)
        assert not [attrs for _, attrs in Page(html).tags if {"src", "href"} & attrs.keys()]


def test_documents_can_be_read_aloud():
    for html in documents(replace(claim_of(), lines=(*claim_of().lines, OTHER_UNIT))):
        tags = Page(html).tags
        assert ("html", {"lang": "en-GB"}) in tags
        assert [attrs for tag, attrs in tags if tag == "th" and "scope" not in attrs] == []
        names = [tag for tag, _ in tags]
        assert names.count("caption") == names.count("table")


def test_every_text_colour_stands_out_by_four_and_a_half_to_one():
    colours = dict(re.findall(r"--(\w+): (#\w{6});", (template_folder() / "print.css").read_text("utf-8")))
    pairs = product(("ink", "deep", "soft"), (colours["tint"], "#ffffff"))
    assert [pair for pair in pairs if contrast(colours[pair[0]], pair[1]) < 4.5] == []


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_centre_entry_code_and_claim_number_stand_on_every_printed_page(tmp_path):
    """A page that goes astray tells where it belongs."""
    chromium = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    pdftotext = installed("pdftotext", "poppler-utils", "CLAIMBATCH_REQUIRE_CHROMIUM")
    (tmp_path / "claim.html").write_text(claim_report(big_claim(60, 20, 4)), "utf-8")
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={tmp_path}/profile",
         f"--print-to-pdf={tmp_path}/claim.pdf", f"file://{tmp_path}/claim.html"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    shown = subprocess.run(
        [pdftotext, "-layout", tmp_path / "claim.pdf", "-"], capture_output=True, text=True, check=True
    )
    pages = [" ".join(page.split()) for page in shown.stdout.split("\f")[:-1]]
    head = "Centre number 68199 Example College Entry code 05347 Claim number 2600417"
    assert len(pages) > 5
    assert [number for number, page in enumerate(pages, 1) if head not in page] == []


def test_queries_and_their_answers_are_printed():
    """What was asked, where, and what the centre said; an unanswered one says so."""
    claim = claim_of()
    asked = Query(1, 7, "CB202", "0042", "3", "a.xlsx", "Assessed by", "G5", "t", answered=8)
    page = claim_report(
        claim,
        answers=answers_of(
            Standing(claim, queries=(asked, replace(asked, number=9, answered=0))), {8: "absent"}
        ),
    )
    rows = [row for row in page.split("<tr>") if "CB202" in row]
    assert [("absent" in row, "(no answer yet)" in row, "a.xlsx Assessed by!G5" in row) for row in rows] == [
        (True, False, True),
        (False, True, True),
    ]


def test_the_report_counts_the_declarations_that_are_recorded():
    """How many signed declarations are recorded and whose are not, where that is known."""
    claim = claim_of()
    first, *others = sorted({line.candidate for line in claim.lines})
    page = " ".join(claim_report(claim, standing=Standing(claim, declared=frozenset(others))).split())
    assert f"declarations of {len(others)} of {len(others) + 1} candidates. Not yet: {first}." in page
    assert "Recorded so far" not in claim_report(claim)


def test_the_report_tells_what_has_become_of_the_claim():
    """Each step with who and, where somebody gave one, the reason."""
    claim = claim_of()
    step = Step("2026-06-30T08:00:00Z", "Pat Lee", "Withdrawn, the whole claim", 9)
    page = claim_report(claim, standing=Standing(claim, steps=(step,)), reasons={9: "wrong assessor"})
    row = next(row for row in page.split("<tr>") if "Withdrawn" in row)
    assert [text in row for text in ("2026-06-30 08:00:00", "Pat Lee", "wrong assessor")] == [True] * 3
