"""What becomes of documents on paper, in both renderings: what stands on each page, and how it looks."""

import os
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from claimbatch.claims.award import awards
from claimbatch.claims.claim import Candidate, Claim, Status
from claimbatch.claims.steps import Step
from claimbatch.moderation.sampling import draw, recorded
from claimbatch.moderation.strategies import find_strategy
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Document
from claimbatch.output.view.sample import sample_list
from tests.claims_made import big_claim, claim_of
from tests.conftest import installed
from tests.papers import alone, body, brief_of, pages_of, printed, report_of

GOLDEN = Path(__file__).parent / "golden" / "paper"
ALIKE = 3.0  # of 255: how far apart two pictures of one page may be
CANDIDATES = (1, 3, 30, 300)
UNITS = (1, 4, 9, 12, 19, 25, 38)
STEPS = (
    Step("2026-06-30T08:00:00Z", "Sam Roe", "Started", 1, "created"),
    Step("2026-07-01T08:00:00Z", "Pat Lee", "Submitted, claim number 2600417", 9, "submitted"),
)
LONG = {
    "0007": Candidate("0007", "Ní Chonghaile-Fitzgerald-O’Shaughnessy, Caoilfhionn Muireann Aoibheann"),
    "0042": Candidate("0042", "Wolfeschlegelsteinhausenbergerdorff-Östlund, Ångström"),
    "0101": Candidate("0101", "שלום, נועה"),
}


def sized(candidates: int, units: int) -> Document:
    """The report of a claim of so many candidates and units, and the more assessors the more units."""
    claim = big_claim(candidates, units, min(4, 1 + units // 4))
    return report_of(claim, awards=awards(claim))


def in_pdf(document: Document, _folder: Path) -> list[str]:
    return pages_of(to_pdf(document), "-layout")


def in_print(document: Document, folder: Path) -> list[str]:
    return pages_of(printed(to_html(document), folder), "-layout")


@pytest.mark.parametrize("pages_in", [in_pdf, in_print], ids=["pdf", "print"])
@pytest.mark.parametrize("candidates", CANDIDATES)
def test_no_heading_is_the_last_thing_on_a_page(
    candidates: int, pages_in: Callable[[Document, Path], list[str]], tmp_path: Path
) -> None:
    """Nor the heading row of a table, nor the text that leads up to it; for every number of units."""
    for units in UNITS:
        document = sized(candidates, units)
        pages = pages_in(document, tmp_path)
        assert (candidates, units, alone(document, pages)) == (candidates, units, [])
        assert [page for page in pages if not body(page)] == []


LAST = (
    "Grades by candidate",
    "Units 13 to 25",
    "Candidate Name 1 2 3 4 5 6 7 8 9 10 11 12",
    "Unit Unit",
    "of unit 12.",
)


@pytest.mark.parametrize("line", LAST)
def test_a_heading_that_is_the_last_thing_on_a_page_is_found(line: str) -> None:
    """So that the test above can fail."""
    document = sized(30, 25)
    lines = in_pdf(document, Path())[0].rstrip().splitlines()
    assert alone(document, ["\n".join(lines)]) == []
    assert alone(document, ["\n".join([*lines[:-1], line, lines[-1]])]) == [(1, line)]


@pytest.mark.parametrize("pages_in", [in_pdf, in_print], ids=["pdf", "print"])
@pytest.mark.parametrize(("candidates", "units"), [(1, 1), (3, 1), (1, 3)])
def test_a_claim_of_three_grades_is_one_page(
    candidates: int, units: int, pages_in: Callable[[Document, Path], list[str]], tmp_path: Path
) -> None:
    claim = big_claim(candidates, units)
    report = report_of(claim, awards=awards(claim), standing={"steps": STEPS})
    assert len(pages_in(report, tmp_path)) == 1


def small(**changes: object) -> Document:
    """A submitted claim, of which one piece of work is sampled."""
    claim = claim_of(updated_at="2026-07-01T08:00:00Z", **changes)
    standing = {
        "steps": STEPS,
        "declared": frozenset(claim.candidates),
        "sampled": frozenset([("0042", "3")]),
    }
    signed = dict.fromkeys(claim.candidates, ("Sam Roe", "2026-06-30T15:00:00Z"))
    return report_of(claim, awards=awards(claim), standing=standing, signed=signed, made_by="Pat Lee")


def simulated(claim: Claim) -> Document:
    return sample_list(brief_of(claim), draw(claim, find_strategy("ocr-visit"), "7"))


DOCUMENTS: dict[str, Callable[[], Document]] = {
    "claim-small": small,
    "claim-long-names": lambda: small(candidates=LONG),
    "claim-empty": lambda: report_of(
        claim_of("", status=Status.NOT_SUBMITTED, claim_number="", candidates={})
    ),
    "claim-40x4": lambda: sized(40, 4),
    "claim-30x25": lambda: sized(30, 25),
    "sample-simulated": lambda: simulated(claim_of()),
    "sample-chosen": lambda: sample_list(
        brief_of(big_claim(30, 9, 3)), recorded(big_claim(30, 9, 3), CHOSEN)
    ),
}
CHOSEN = {(f"{number:04}", str(unit)) for number in range(2, 30, 4) for unit in range(1, 10, 2)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_page_says_what_it_said(name: str) -> None:
    """The text of each page as it was when somebody looked at it (CLAIMBATCH_UPDATE=1 renews it)."""
    says_what_it_said(name, DOCUMENTS[name]())


def says_what_it_said(name: str, document: Document) -> None:
    """The text of each page is that of the golden file *name*."""
    pages = [
        [" ".join(line.split()) for line in page.splitlines() if line.strip()]
        for page in in_pdf(document, Path())
    ]
    text = "\n\n".join("\n".join(["--- page", *lines]) for lines in pages) + "\n"
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_first_page_looks_as_it_looked(name: str) -> None:
    """In grey and small, to within what another drawing program makes of it (CLAIMBATCH_UPDATE=1 renews it)."""
    looks_as_it_looked(name, DOCUMENTS[name]())


def looks_as_it_looked(name: str, document: Document) -> None:
    """Its first page is, nearly, that of the golden picture *name*."""
    picture, golden = drawn(document), GOLDEN / f"{name}.png"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        golden.write_bytes(picture)
    assert difference(picture, golden.read_bytes()) < ALIKE


def drawn(document: Document) -> bytes:
    """The first page in grey, small."""
    program = installed("pdftoppm", "poppler-utils", "CLAIMBATCH_REQUIRE_CHROMIUM")
    command = [program, "-r", "50", "-gray", "-png", "-f", "1", "-l", "1", "-"]
    return subprocess.run(command, input=to_pdf(document), capture_output=True, check=True).stdout


def difference(one: bytes, other: bytes) -> float:
    """How far two pictures are apart: root of the mean square of the grey values, blurred by a pixel or two."""
    a, b = (Image.open(BytesIO(data)).convert("L") for data in (one, other))
    if a.size != b.size:
        return 255
    half = (a.width // 2, a.height // 2)
    return float(ImageStat.Stat(ImageChops.difference(a.resize(half), b.resize(half))).rms[0])


def test_a_picture_that_differs_is_told() -> None:
    """So that the test above can fail: other names are told, the same document is not."""
    assert difference(drawn(small()), drawn(small(candidates=LONG))) > ALIKE
    assert difference(drawn(small()), drawn(small())) == 0
