"""The page about a simulation: what its fields say, in words and numbers as well as in colour."""

import re
from itertools import pairwise

import pytest

from claimbatch.claims.claim import Line
from claimbatch.data import template_folder
from claimbatch.moderation.simulation import simulate
from claimbatch.moderation.strategies import load_strategies
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Cell, as_data
from claimbatch.output.view.simulation import of_100, shade_of, simulation_report, word_of
from tests.claims_made import big_claim, claim_of
from tests.papers import Page, brief_of, pages_of, parts, tables, titles, words

STRATEGIES = load_strategies()
SIX = claim_of(lines=tuple(Line(f"{n:04}", "1", "PPPPPM"[n - 1], "JH") for n in range(1, 7)))


def page_of(claim, key="ocr-visit", draws=50, **how):
    return simulation_report(brief_of(claim), simulate(claim, STRATEGIES[key], draws, **how))


@pytest.mark.parametrize(
    ("share", "said", "shade", "word"),
    [
        (0, "0", 0, "never"),
        (0.0001, "<1", 1, "seldom"),
        (0.005, "<1", 1, "seldom"),
        (0.995, ">99", 4, "mostly"),
        (0.0999, "10", 1, "seldom"),
        (0.1, "10", 2, "now and then"),
        (0.399, "40", 2, "now and then"),
        (0.4, "40", 3, "often"),
        (0.8, "80", 4, "mostly"),
        (0.9999, ">99", 4, "mostly"),
        (1, "100", 4, "always"),
    ],
)
def test_a_chance_in_a_number_a_shade_and_a_word(share, said, shade, word):
    assert (of_100(share), shade_of(share), word_of(share)) == (said, shade, word)


def test_a_small_claim_s_page():
    told = tables(page_of(SIX))
    assert told["Folders that samples ask for"] == [
        ["Folders", "Of 100 samples", "As a bar", "Enough for"],
        ["6", "100", "", "100 of 100"],
    ]
    heat = told["In how many of 100 samples each piece of work is"]
    assert heat[0] == ["Candidate", "Name", "Folder", "Unit 1"]
    assert [row[2:] for row in heat[1:]] == [["100 always", "100"]] * 6
    assert [row[3:-1] for row in told["How likely wrong grades are found"]] == [
        ["Grade", "Claimed", "In a sample", "1 wrong", "2 wrong", "3 wrong", "5 wrong"],
        ["M", "1", "1.0", "100", "–", "–", "–"],
        ["P", "5", "5.0", "100", "100", "100", "100"],
    ]


def test_the_words_for_the_colours_stand_above():
    assert tables(page_of(SIX))["What the colours say, of 100 samples"] == [
        ["never", "seldom", "now and then", "often", "mostly", "always"],
        ["0", "under 10", "10 to 39", "40 to 79", "80 to 99", "100"],
    ]


def test_each_field_is_coloured_by_what_it_says_and_none_says_it_by_colour_alone():
    document = page_of(big_claim(20, 5, 2))
    cells = [
        cell
        for table in parts(as_data(document), "table")
        for row in table["rows"]
        for cell in row["cells"]
        if isinstance(cell, dict) and "shade" in cell
    ]
    assert cells
    assert [cell for cell in cells if not cell.get("text")] == []


def test_a_shade_stands_out_from_the_next_also_in_grey_and_text_from_all():
    """By luminance: each shade is darker than the one before, and ink has 4.5 to 1 on the darkest."""

    def light(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    css = (template_folder() / "document.css").read_text("utf-8")
    typ = (template_folder() / "document.typ").read_text("utf-8")
    shades = re.findall(r"--shade\d: (#\w{6});", css)
    assert shades == re.findall(r"#\w{6}", typ[typ.index("#let shades") :].split("\n")[0])
    lights = [light(shade) + 0.05 for shade in ("#ffffff", *shades)]
    assert all(before / after > 1.12 for before, after in pairwise(lights))
    assert lights[-1] / (light("#17212b") + 0.05) > 4.5


def test_other_awarding_bodies_units_stand_in_a_table_of_their_own():
    claim = claim_of("0001 A other:NCFE:Art:P:JH 1:P:JH\n0002 B 1:P:JH")
    told = tables(page_of(claim))
    assert told["Units of other awarding bodies in samples"][1] == ["0001", "A", "NCFE", "Art", "100 always"]


def test_the_page_says_that_it_is_a_simulation_and_whose_sizes_it_has():
    document = page_of(big_claim(20, 5, 2), "ncfe-two-stage", first_part=True)
    said = words(document)
    assert document.stamp == "Simulation"
    assert "This is a simulation." in said
    assert "Here only what is looked at first counts." in said
    assert STRATEGIES["ncfe-two-stage"].source in said
    assert "claimbatch sample draw 05347-1 --strategy ncfe-two-stage --seed 1" in said


@pytest.mark.parametrize(
    "claim", [SIX, claim_of("0001 A 1:U:JH"), big_claim(40, 30, 3)], ids=["six", "none", "large"]
)
def test_both_kinds_of_file_show_the_same(claim):
    """The fields of every table stand on the page and in the PDF, of an empty simulation, too."""
    document = page_of(claim, draws=20)
    page, pdf = " ".join(Page(to_html(document)).text), " ".join(pages_of(to_pdf(document)))
    for title in titles(document):
        assert title in " ".join(page.split())
        assert title in " ".join(pdf.split())


def test_many_units_are_shared_out_over_tables():
    told = [name for name in tables(page_of(big_claim(20, 40), draws=10)) if name.startswith("In how many")]
    assert [name.split(", ")[1] for name in told] == ["units 1 to 13", "units 14 to 26", "units 27 to 40"]


def test_shade_is_left_out_where_there_is_none():
    assert as_data(Cell("a")) == {"text": "a"}
