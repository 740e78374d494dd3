"""Looks at printed documents: at what they say, and at the pages that become of it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from claimbatch.claims.claim import Claim
from claimbatch.claims.standing import Standing
from claimbatch.data import template_folder
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.claim import claim_report
from claimbatch.output.view.document import Document, as_data
from tests.conftest import installed


def brief_of(claim: Claim, *, standing: dict[str, Any] | None = None, **more: Any) -> Brief:
    """All that a document of *claim* may tell, with these facts of its *standing*."""
    return Brief(Standing(claim, **(standing or {})), **more)


def report_of(claim: Claim, **more: Any) -> Document:
    """The claim report of *claim*."""
    return claim_report(brief_of(claim, **more))


def tables(document: Document) -> dict[str, list[list[str]]]:
    """The tables of a document by name, as rows of text; a box is ``[ ]``, a tick ``[x]``, a bar nothing."""
    return {table["name"]: _rows(table) for table in parts(as_data(document), "table")}


def _rows(table: Any) -> list[list[str]]:
    heads = [" ".join(filter(None, (column["over"], column["head"]))) for column in table["columns"]]
    return [heads, *([cell_text(cell) for cell in row["cells"]] for row in table["rows"] + table["foot"])]


def cell_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    mark = {"": "", "box": "[ ]", "tick": "[x]"}[cell.get("mark", "")]
    return " ".join(filter(None, (cell.get("text"), cell.get("small"), mark)))


def parts(data: Any, kind: str) -> Iterator[Any]:
    """The parts of this *kind* (``table``, ``section``, …) in a document's data, in order."""
    if isinstance(data, dict):
        if data.get("type") == kind:
            yield data
        for value in data.values():
            yield from parts(value, kind)
    elif isinstance(data, list):
        for value in data:
            yield from parts(value, kind)


def titles(document: Document) -> list[str]:
    """The headings of a document, in order."""
    return [section["title"] for section in parts(as_data(document), "section") if section["title"]]


def words(document: Document) -> str:
    """All that a document says, as one line."""
    return " ".join(_words(json.loads(json.dumps(as_data(document)))))


def _words(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield from data.split()
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _words(value) if key != "type" else ()
    elif isinstance(data, list):
        for value in data:
            yield from _words(value)


class Page(HTMLParser):
    """The tables of a page as rows of text, every tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.inside:
            self.tables[-1][-1][-1] = " ".join(f"{self.tables[-1][-1][-1]} {data}".split())


FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    "<fontconfig><dir>/usr/share/fonts</dir><dir>{}</dir><cachedir>{}</cachedir></fontconfig>"
)


def pages_of(pdf: bytes, *options: str) -> list[str]:
    """The text of each page of a PDF, as ``pdftotext`` reads it."""
    program = installed("pdftotext", "poppler-utils", "CLAIMBATCH_REQUIRE_CHROMIUM")
    done = subprocess.run([program, *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


def printed(html: str, folder: Path) -> bytes:
    """A page as Chromium prints it, with the letters of Liberation Sans, which are as wide as those of Arial."""
    chromium = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    source, made, fonts = folder / "page.html", folder / "page.pdf", folder / "fonts.conf"
    source.write_text(html, "utf-8")
    fonts.write_text(FONTS.format(template_folder() / "fonts", folder / "cache"), "utf-8")
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
         f"--print-to-pdf={made}", source.as_uri()],
        check=True, capture_output=True, timeout=120, env={**os.environ, "TZ": "UTC", "FONTCONFIG_FILE": str(fonts)},
    )  # fmt: skip
    return made.read_bytes()


def body(page: str) -> list[str]:
    """The lines of a printed page between its running head and its foot, spaces drawn together."""
    lines = [" ".join(line.split()) for line in page.replace("\u200b", "").splitlines()]
    filled = [line for line in lines if line]
    foot = next(at for at, line in enumerate(filled) if re.search(r"Page \d+ of \d+$", line))
    head = next(at for at, line in enumerate(filled) if line.startswith("Centre "))
    return [line for line in filled[head + 2 : foot] if not RUNNING.search(line)]


RUNNING = re.compile(r"^\d{5} .* \d{5} |^(Not submitted|Submitted|Simulation|Sample)$| · claim ")


def alone(document: Document, pages: list[str]) -> list[tuple[int, str]]:
    """The headings, heading rows and leading texts that are the last thing on a page, with the page's number."""
    leads = [text["parts"] for text in parts(as_data(document), "text") if text["lead"]]
    said = " | ".join(" ".join(p if isinstance(p, str) else p["text"] for p in lead) for lead in leads)
    heads = {
        " ".join(column["head"] for column in table["columns"] * panels if column["head"])
        for table in parts(as_data(document), "table")
        for panels in range(1, table["panels"] + 1)
    }
    over = {"Unit " * n for n in range(1, 80)}
    never = {*titles(document), *heads, *(words.strip() for words in over)}
    last = [(number, lines[-1]) for number, page in enumerate(pages, 1) if (lines := body(page))]
    return [(number, line) for number, line in last if line in never or line in said]
