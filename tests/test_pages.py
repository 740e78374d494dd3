"""The pages for the browser, in a browser: people who see, hear or type badly can use them; with a script they sort."""

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from claimbatch.claims.award import awards
from claimbatch.moderation.sampling import draw
from claimbatch.moderation.strategies import find_strategy
from claimbatch.output.html import to_html
from claimbatch.output.view.document import Document
from claimbatch.output.view.forms import declaration_forms, recording_sheets
from claimbatch.output.view.sample import sample_list
from tests.claims_made import big_claim, claim_of
from tests.conftest import installed
from tests.nights import night
from tests.papers import brief_of, report_of
from tests.test_error_list import with_every_fault
from tests.test_night_page import many
from tests.test_night_page import page as page_of_a_night
from tests.test_status import large

CLAIM = big_claim(14, 15, 3)
SMALL = claim_of(updated_at="2026-07-01T08:00:00Z")
DOCUMENTS = {
    "claim": report_of(CLAIM, awards=awards(CLAIM), standing={"sampled": frozenset([("0002", "2")])}),
    "small claim": report_of(SMALL, awards=awards(SMALL)),
    "sample": sample_list(brief_of(CLAIM), draw(CLAIM, find_strategy("ocr-visit"), "7")),
    "declarations": declaration_forms(brief_of(SMALL)),
    "recording sheets": recording_sheets(brief_of(SMALL)),
    "status": large(5, 6),
    "errors": with_every_fault(),
    "night": page_of_a_night(night()),
    "long night": page_of_a_night(many(12, 30)),
}


def after(document: Document, script: str, folder: Path) -> str:
    """What *script* leaves as the text of ``<pre id="said">`` on the page, in Chromium."""
    chromium = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    page = folder / "page.html"
    tail = f"<script>{script}</script></body>"
    page.write_text(to_html(document).replace("</body>", tail), "utf-8")
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={folder}/profile", "--virtual-time-budget=20000", "--dump-dom", page.as_uri()],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return re.findall(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)[-1]


SAY = 'const say = (what) => { const p = document.createElement("pre"); p.id = "said"; p.textContent = what; '
SAY += "document.body.append(p); };"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_axe_finds_nothing_against_a_page(name: str, tmp_path: Path) -> None:
    """None of its rules is broken: names, contrast, order of headings, tables, landmarks."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    found = after(
        DOCUMENTS[name],
        f"{axe}; {SAY} axe.run().then(done => say(JSON.stringify(done.violations.map("
        "v => [v.id, v.nodes.length, v.nodes[0].target.join()]))), e => say(JSON.stringify([String(e)])));",
        tmp_path,
    )
    assert json.loads(found) == []


def test_axe_finds_what_is_wrong(tmp_path: Path) -> None:
    """So that the test above can fail."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    spoil = 'document.documentElement.removeAttribute("lang");'
    said = after(
        DOCUMENTS["small claim"],
        f"{axe}; {SAY} {spoil} axe.run().then(done => say(JSON.stringify(done.violations.map(v => v.id))));",
        tmp_path,
    )
    assert "html-has-lang" in json.loads(said)


def test_a_long_table_can_be_sorted_and_searched(tmp_path: Path) -> None:
    """By a heading, up and down, numbers as numbers; and down to the rows that hold some words."""
    said = after(
        DOCUMENTS["claim"],
        SAY
        + """
        const table = document.querySelector("table.grid[data-long]");
        const first = () => table.tBodies[0].rows[0].cells[0].textContent.trim();
        const heads = table.tHead.rows[0].cells;
        const told = [first()];
        heads[0].querySelector("button").click(); told.push(first());
        heads[0].querySelector("button").click(); told.push(first(), heads[0].getAttribute("aria-sort"));
        const search = document.querySelectorAll("input[type=search]")[1];
        search.value = "surname7,"; search.dispatchEvent(new Event("input"));
        told.push([...table.tBodies[0].rows].filter(row => !row.hidden).map(row => row.cells[0].textContent).join());
        say(JSON.stringify(told));
        """,
        tmp_path,
    )
    assert json.loads(said) == ["0001", "0001", "0014", "descending", "0007"]
