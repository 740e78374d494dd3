"""How documents look: the PDF and the page for the browser, which show the same."""

import io
import re
from dataclasses import replace
from itertools import pairwise, product

import pikepdf
import pytest

from claimbatch.claims.claim import Candidate
from claimbatch.cli.documents import KIND_NAMES
from claimbatch.data import template_folder
from claimbatch.moderation.sampling import draw, recorded
from claimbatch.moderation.strategies import find_strategy
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.kinds import KINDS
from claimbatch.output.view.sample import sample_list
from tests.claims_made import big_claim, claim_of
from tests.papers import Page, brief_of, pages_of, printed, report_of, tables

EVIL = {
    "0007": Candidate(
        "0007", '#import "x": *; <script>alert(1)</script> {{ 7*7 }} {% raw %} $x$ @y `z` \\u{41}'
    ),
    "0042": Candidate("0042", "W" * 300),
    "0101": Candidate("0101", "Ǻ\u202eyellowO, שלום ‎Ñandú 中文"),
}
STRATEGY = find_strategy("ocr-visit")


def documents(claim):
    brief = brief_of(claim)
    drawn, chosen = draw(claim, STRATEGY, "7"), recorded(claim, {})
    return report_of(claim), sample_list(brief, drawn), sample_list(brief, chosen)


def flat(text: str) -> str:
    """*text* on one line, without the places where a long word may be broken."""
    return " ".join(text.replace("\u200b", "").split())


def test_both_show_the_same_words():
    """Every cell of every table stands on the page and in the PDF."""
    for document in documents(claim_of()):
        page, pdf = flat("".join(Page(to_html(document)).text)), flat(" ".join(pages_of(to_pdf(document))))
        cells = {cell for rows in tables(document).values() for row in rows for cell in row}
        plain = {part for cell in cells for part in re.split(r"\[.\]", cell) if part}
        assert [cell for cell in plain if cell.split()[0] not in page or cell.split()[-1] not in pdf] == []


def test_names_are_text_whatever_they_hold():
    """Nothing in a name is run, set as markup or lost, in either."""
    report = report_of(claim_of(candidates=EVIL))
    for document in documents(claim_of(candidates=EVIL)):
        assert [tag for tag, _ in Page(to_html(document)).tags].count("script") == 1  # our own, for sorting
    for said in ("".join(Page(to_html(report)).text), "".join(pages_of(to_pdf(report)))):
        letters = re.sub(r"\s", "", flat(said))
        assert re.sub(r"\s", "", EVIL["0007"].name) in letters
        assert "W" * 300 in letters
        assert "[U+202E]yellowO" in letters


def test_a_letter_that_no_font_has_is_named():
    """Where neither the package nor the computer can show it, the reader can still find out which it is."""
    claim = claim_of(candidates={"0007": Candidate("0007", "Li \U00010900, 中")})
    said = flat("".join(pages_of(to_pdf(report_of(claim)))))
    assert "[U+10900]" in said or "\U00010900" in said


def test_the_same_claim_gives_the_same_bytes():
    document = report_of(claim_of(updated_at="2026-11-23T09:30:00Z"))
    assert to_pdf(document) == to_pdf(document)
    with pikepdf.open(io.BytesIO(to_pdf(document))) as pdf:
        assert str(pdf.docinfo.CreationDate).startswith("D:20261123093000")


def test_the_pdf_can_be_read_aloud():
    """PDF/UA-1: title, language, bookmarks, and tables with heading cells in the structure tree."""
    with pikepdf.open(io.BytesIO(to_pdf(report_of(big_claim(30, 19, 2))))) as pdf:
        assert pdf.Root.Lang == "en-GB"
        assert (pdf.Root.MarkInfo.Marked, pdf.Root.ViewerPreferences.DisplayDocTitle) == (True, True)
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert about["dc:title"] == "Claim report: 68199, 05347"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root[:2]] == ["Units claimed", "Grades by candidate"]
        kinds = [kind for kind, _ in structure(pdf.Root.StructTreeRoot)]
    assert kinds.count("Table") == 3
    assert kinds.count("TH") == 8 + (2 + 9) + (2 + 10)


def test_every_kind_can_be_asked_for():
    """The command names the kinds itself, so that --help imports none of them."""
    assert list(KIND_NAMES) == list(KINDS)


def structure(node, depth=0):
    """The kinds in a structure tree, in order, with their depth."""
    if not isinstance(node, pikepdf.Dictionary):
        return
    if "/S" in node:
        yield str(node.S).lstrip("/"), depth
    below = node.get("/K", [])
    for one in below if isinstance(below, pikepdf.Array) else [below]:
        yield from structure(one, depth + 1)


def test_the_page_can_be_read_aloud():
    """Language, one heading a level, tables with names and heading cells."""
    for document in documents(claim_of()):
        tags = Page(to_html(document)).tags
        assert ("html", {"lang": "en-GB"}) in tags
        assert [attrs for tag, attrs in tags if tag == "th" and "scope" not in attrs] == []
        names = [tag for tag, _ in tags]
        assert names.count("caption") == names.count("table")
        levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
        assert [b for a, b in pairwise(levels) if b > a + 1] == []


def test_a_document_needs_nothing_but_itself():
    for document in documents(claim_of()):
        html = to_html(document)
        assert not re.search(r"url\(|@import|https?:", html)
        assert not [attrs for _, attrs in Page(html).tags if {"src", "href"} & attrs.keys()]


def test_every_text_colour_stands_out_by_four_and_a_half_to_one():
    style = (template_folder() / "document.css").read_text("utf-8")
    colours = dict(re.findall(r"--(\w+): (#\w{6});", style))
    pairs = product(("ink", "deep", "soft"), (colours["tint"], "#ffffff"))
    assert [pair for pair in pairs if contrast(colours[pair[0]], pair[1]) < 4.5] == []


def test_both_have_the_same_colours():
    style = (template_folder() / "document.css").read_text("utf-8")
    drawn = (template_folder() / "document.typ").read_text("utf-8")
    assert set(re.findall(r'rgb\("(#\w{6})"\)', drawn)) == set(re.findall(r"--\w+: (#\w{6});", style))


def test_no_letter_is_smaller_than_nine_points():
    for name in ("document.css", "document.typ"):
        text = (template_folder() / name).read_text("utf-8")
        assert [size for size in re.findall(r"([\d.]+)pt\b", text) if float(size) < 9] == []


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("drawn", ["pdf", "print"])
def test_every_page_tells_where_it_belongs(drawn, tmp_path):
    """Centre, entry code, claim number, reference, status and the number of the page, on each sheet."""
    report = report_of(replace(big_claim(60, 20, 4), reference="R-77"))
    pdf = to_pdf(report) if drawn == "pdf" else printed(to_html(report), tmp_path)
    pages = [" ".join(page.split()) for page in pages_of(pdf, "-layout")]
    assert len(pages) > 4
    wanted = (
        "68199 Example College",
        "05347 OCR Level 3",
        "2600417",
        "R-77",
        "Submitted",
        "Claim report · claim",
    )
    lost = [(number, text) for number, page in enumerate(pages, 1) for text in wanted if text not in page]
    assert lost == []
    assert [n for n, page in enumerate(pages, 1) if f"Page {n} of {len(pages)}" not in page] == []
