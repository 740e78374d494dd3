"""The guard: what may be opened is opened and nothing in it is lost; what may not is named, and no reader sees it."""

import io
import os
import re
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.doctor import examine
from claimbatch.intake.guard import RULES, Package, admit, admit_file, fingerprint, read_sheets, reconcile
from claimbatch.intake.guard import sheet as sheets
from claimbatch.intake.guard.archive import BEGINNING, list_members, unpack
from claimbatch.intake.guard.package import may_be_read
from claimbatch.intake.mark import mark
from claimbatch.intake.refresh import refresh
from claimbatch.problems import Problem
from tests import hostile
from tests.centre import MEDIA, Centre, edit
from tests.conftest import ResaveBytes
from tests.hostile import book, cell, pack, parts, sheet, with_strings

INLINE = ' t="inlineStr"'


def verdict(data: bytes, name: str = "claim.xlsx") -> str:
    """The code of the rule that keeps *data* out, or ``ok``."""
    found = admit(name, data)
    return found.rule.code if isinstance(found, Problem) else "ok"


def outcome(data: bytes) -> object:
    """The values of the first sheet, or the code of the rule that keeps them out."""
    found = admit("claim.xlsx", data)
    read = read_sheets(found) if isinstance(found, Package) else found
    return read.rule.code if isinstance(read, Problem) else read[0]


KINDS = {
    "empty": (b"", "it is empty"),
    "zeros": (bytes(5000), "nothing but zeros"),
    "csv": (b"candidate,grade\n0042,P\n", "a CSV"),
    "html": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page, perhaps the sign-in page"),
    "table": (
        b"<html><body><table><tr><td>0042</td></tr></table></body></html>",
        "a web page with a table in it",
    ),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "an XML file"),
    "pdf": (b"%PDF-1.7 ...", "a PDF"),
    "photograph": (b"\xff\xd8\xff\xe0...", "a photograph"),
    "old xls": (hostile.ole(encrypted=False), "an old Excel workbook (.xls)"),
    "ods": (hostile.ods(), "an OpenDocument file (.ods)"),
    "xlsb": (pack({"xl/workbook.bin": "x", "xl/theme/theme1.xml": "<a/>"}), "a binary workbook (.xlsb)"),
    "numbers": (pack({"Index/Document.iwa": "x"}), "a Numbers document"),
    "docx": (pack({"word/document.xml": "<a/>"}), "a Word document"),
    "zipped workbooks": (pack({"a.xlsx": "x", "b.xlsx": "x"}), "a zip file with workbooks in it"),
    "other zip": (pack({"a.txt": "x"}), "no workbook is in it"),
    "noise": (bytes(range(128, 256)), "nothing in it looks like a workbook"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_no_workbook_is_called_what_it_is(kind: str) -> None:
    data, words = KINDS[kind]
    found = admit("claim.xlsx", data)
    assert isinstance(found, Problem)
    assert (found.rule.code, words in found.message, bool(found.hint)) == ("CB001", True, True)


@pytest.mark.parametrize("name", ["~$claim.xlsx", ".~lock.claim.xlsx#", "._claim.xlsx"])
def test_files_that_programs_keep_beside_a_workbook_are_none(name: str) -> None:
    assert verdict(book(), name) == "CB001"


HOSTILE = {
    "encrypted": ("CB002", hostile.ole(encrypted=True)),
    "encrypted members": ("CB002", hostile.encrypted_members()),
    "cut short": ("CB003", hostile.cut_short()),
    "only the first bytes": ("CB003", b"PK\x03\x04"),
    "flipped byte": ("CB003", hostile.flipped_byte()),
    "workbook part missing": ("CB003", pack(parts(**{"xl/workbook.xml": None}))),
    "types of the parts missing": ("CB003", pack(parts(**{"[Content_Types].xml": None}))),
    "relations missing": ("CB003", pack(parts(**{"_rels/.rels": None}))),
    "sheet missing": ("CB003", pack(parts(**{"xl/worksheets/sheet1.xml": None}))),
    "no sheets": ("CB003", pack(parts(**{"xl/workbook.xml": f'<workbook xmlns="{hostile.MAIN}"/>'}))),
    "two sheets of one name": ("CB003", hostile.same_name()),
    "not well-formed": ("CB003", book(sheet1=sheet(cell("<v>1</v>"), after="<a>"))),
    "sheet in no namespace": ("CB003", book(sheet1=sheet(cell("<v>1</v>"), namespace="urn:x"))),
    "cells in disguise": ("CB003", hostile.cells_in_disguise()),
    "undeclared entity": ("CB003", book(cell("<is><t>&nbsp;</t></is>", INLINE))),
    "control character": ("CB003", book(cell("<is><t>P\x01</t></is>", INLINE))),
    "CDATA": ("CB003", book(cell("<v>P<![CDATA[Q]]></v>", ' t="str"'))),
    "comment in a value": ("CB003", book(cell("<v>1<!-- -->2</v>"))),
    "reference in a number": ("CB003", book(cell("<v>1&#50;</v>"))),
    "reference in an address": ("CB003", book('<row r="1"><c r="&#65;1"><v>1</v></c></row>')),
    "two values": ("CB003", book(cell("<v>1</v><v>2</v>"))),
    "foreign child": ("CB003", book(cell("<x><v>1</v></x>"))),
    "two sets of cells": ("CB003", book(cell("<v>1</v>") + "</sheetData><sheetData>")),
    "row twice": ("CB003", book(cell("<v>1</v>") + cell("<v>2</v>") + "<!-- -->")),
    "cell twice": ("CB003", book('<row r="1" ><c  r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
    "cell of another row": ("CB003", book('<row r="1"><c r="A2"><v>1</v></c></row>')),
    "bad address": ("CB003", book('<row r="1"><c r="1A"><v>1</v></c></row>')),
    "row past 2 to the 32": ("CB003", book('<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>')),
    "text index -1": ("CB003", with_strings("<si><t>P</t></si>", "-1")),
    "text index outside": ("CB003", with_strings("<si><t> </t></si>", 0, 7)),
    "bad merge": ("CB003", hostile.merges("A1:?")),
    "document type": ("CB004", hostile.entity()),
    "document type in UTF-16": ("CB004", hostile.entity("utf-16")),
    "sheet in UTF-16": ("CB004", hostile.in_utf16()),
    "other encoding": ("CB004", book(sheet1='<?xml version="1.0" encoding="cp1252"?>' + sheet())),
    "bad UTF-8": ("CB004", book(sheet1=sheet().encode() + b"<!--\xff-->")),
    "member twice": ("CB004", hostile.repeated_member("XL/Worksheets/Sheet1.xml")),
    "member twice by a slash": ("CB004", hostile.repeated_member("xl/worksheets/sheet1.xml/")),
    "path upwards": ("CB004", hostile.member_named("xl/../../evil")),
    "absolute path": ("CB004", hostile.member_named("/etc/evil")),
    "drive": ("CB004", hostile.member_named("C:evil")),
    "backslash": ("CB004", hostile.member_named("xl\\evil")),
    "control in a name": ("CB004", hostile.member_named("xl/\x07")),
    "link": ("CB004", hostile.link()),
    "two names": ("CB004", hostile.two_names()),
    "overlapping members": ("CB004", hostile.overlapping()),
    "unusual compression": ("CB004", hostile.unusual_method()),
    "a part renamed by an extra field": ("CB006", hostile.renamed_by_extra_field()),
    "value in a foreign namespace": ("CB004", book(cell('<x:v xmlns:x="urn:x">P</x:v>', ' t="str"'))),
    "value in no namespace": ("CB004", book(cell('<v xmlns="">5</v>'))),
    "row in a foreign namespace": ("CB004", book('<row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row>')),
    "cells in a foreign namespace": (
        "CB003", book(sheet1=sheet(before='<x xmlns="urn:x"><sheetData/></x>'))),
    "cells too deep": (
        "CB003",
        book(sheet1=f'<worksheet xmlns="{hostile.MAIN}"><x><sheetData>{cell("<v>1</v>")}</sheetData></x></worksheet>')),
    "text and value": ("CB004", book(cell("<v>M</v><is><t>P</t></is>", ' t="str"'))),
    "text in a number": ("CB004", book(cell("<is><t>P</t></is>"))),
    "text in a foreign namespace": ("CB003", with_strings('<si><t>P</t><x:t xmlns:x="urn:x">D</x:t></si>', 0)),
    "a text more in a foreign namespace": (
        "CB003", with_strings('<x:si xmlns:x="urn:x"><t>D</t></x:si><si><t>P</t></si>', 0)),
    "two lists of sheets": ("CB004", hostile.two_main_parts()),
    "one relation twice": ("CB003", hostile.relation_twice()),
    "sheet elsewhere": ("CB004", hostile.sheet_elsewhere()),
    "two tables of texts": ("CB004", pack({**parts(strings="<si/>"), "xl/b/sharedStrings.xml": "<sst/>"})),
    "macros": ("CB005", hostile.member_named("xl/vbaProject.bin")),
    "macros by type": (
        "CB005",
        pack({**parts(), "xl/_rels/a.xml.rels": hostile.relations(("a", "vbaProject", "evil.dat"))}),
    ),
    "file too large": ("CB006", book() + bytes(16 << 20)),
    "bomb": ("CB006", hostile.bomb()),
    "bomb by ratio": ("CB006", hostile.bomb(9 << 20)),
    "lying bomb": ("CB006", hostile.lying_bomb()),
    "many members": ("CB006", hostile.many_members()),
    "deep": ("CB006", hostile.deep()),
    "giant text": ("CB006", hostile.giant_text()),
    "giant attribute": ("CB006", hostile.giant_attribute()),
    "last cell": ("CB006", hostile.value_at("XFD1048576")),
    "far row": ("CB006", hostile.value_at("A20001")),
    "far column": ("CB006", hostile.value_at("SG1")),
    "diagonal": ("CB006", hostile.value_at("A1", "SF20000")),
    "far merge": ("CB006", hostile.merges("A1:XFD1048576")),
    "many merges": ("CB006", hostile.merges(*(f"A{n}:B{n}" for n in range(1, 5002)))),
    "far comment": ("CB006", hostile.comment("XFD1")),
    "far hyperlink": ("CB006", hostile.hyperlink("A1:A1048576")),
    "stated texts": ("CB006", hostile.stated_strings("4000000000")),
    "negative texts": ("CB006", hostile.stated_strings("-1")),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_or_damaged_file_is_kept_out_by_its_rule(case: str) -> None:
    code, data = HOSTILE[case]
    found = admit("claim.xlsx", data)
    assert isinstance(found, Problem)
    assert found.rule.code == code, found.message
    assert "{" not in found.message + found.hint


def test_parts_that_may_be_in_a_workbook_may_be_too_much_together() -> None:
    found = admit("claim.xlsx", hostile.heavy())
    assert isinstance(found, Problem)
    assert (found.rule.code, "its parts unpack to more than 128 MiB" in found.message) == ("CB006", True)


def test_what_says_that_it_is_too_much_is_not_unpacked_to_see() -> None:
    """Forty parts of 8 MiB in 320 KiB; and of a picture that may be in it nothing is kept but its beginning."""
    boasting = pack({**parts(), **{f"xl/media/{n}.png": bytes(8 << 20) for n in range(40)}})
    tracemalloc.start()
    found, (_, held) = verdict(boasting), tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found, held < 4 << 20) == ("CB006", True)
    picture = pack({**parts(), "xl/media/1.png": bytes(4 << 20)})
    assert len(unpack(picture, list_members(picture), may_be_read)["xl/media/1.png"]) == BEGINNING


def test_every_rule_of_the_guard_has_a_case() -> None:
    assert {rule.code for rule in RULES} == {"CB001", *(code for code, _ in HOSTILE.values())}


GOOD = {
    "a second id in a foreign namespace": (hostile.two_ids(), [[1.0]]),
    "a style's number format in a foreign namespace": (
        pack({**parts(), "xl/drawings/drawing1.xml": '<c:numFmt xmlns:c="urn:chart"/>'}), [[1.0]]),
    "plain": (book(), [[1.0]]),
    "strict": (book(sheet1=sheet(cell("<v>1</v>"), namespace=hostile.STRICT)), [[1.0]]),
    "byte order mark": (book(sheet1="\ufeff" + sheet(cell("<v>1</v>"))), [[1.0]]),
    "no cells": (book(sheet1=f'<worksheet xmlns="{hostile.MAIN}"><sheetData/></worksheet>'), []),
    "other prefix": (
        book(sheet1=f'<x:worksheet xmlns:x="{hostile.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
             "</x:row></x:sheetData></x:worksheet>"), [[1.0]]),
    "single quotes": (book("<row r='1'><c r='A1'><v>1</v></c></row>"), [[1.0]]),
    "pretty-printed": (book('\n <row r="1">\n  <c r="A1">\n   <v>1</v>\n  </c>\n </row>\n'), [[1.0]]),
    "no addresses": (book("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"),
                     [[1.0, 2.0], [3.0, ""]]),
    "rows out of order": (book('<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>'),
                          [["", 1.0], [2.0, ""]]),
    "starts at B2": (book('<row r="2"><c r="B2"><v>1</v></c></row>'), [["", ""], ["", 1.0]]),
    "blank text": (with_strings("<si><t>P</t></si><si><t> </t></si><si/>", 0, 1, 2), [["P"], [""], [""]]),
    "rich text": (with_strings("<si><r><t>Pa</t></r><r><t>ss</t></r></si>", 0), [["Pass"]]),
    "escaped blank": (book(cell("<is><t>_x000A_</t></is>", INLINE)), [["\n"]]),
    "text in another script": (book(cell("<is><t>Žofie &amp; Łukasz 李</t></is>", INLINE)), [["Žofie & Łukasz 李"]]),
    "only another script": (book(cell("<is><t>李</t></is>", INLINE)), [["李"]]),
    "date": (book(cell("<v>2008-01-31</v>", ' t="d"')), [[date(2008, 1, 31)]]),
    "empty result": (book(cell('<f>""</f><v></v>', ' t="str"')), [[""]]),
    "row 20000": (hostile.value_at("A1", "A20000")[:], None),
    "whole columns formatted": (hostile.styled_far(), [[1.0]]),
    "comment": (hostile.comment("B2"), [[1.0]]),
    "hyperlink": (hostile.hyperlink("B2:B9"), [[1.0]]),
    "merge": (hostile.merges("A1:D1"), [[1.0]]),
    "UTF-16 beside the workbook": (
        pack({**parts(), "customXml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}),
        [[1.0]]),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_what_a_program_may_well_write_is_read_without_loss(case: str) -> None:
    data, values = GOOD[case]
    read = outcome(data)
    assert read == values if values is not None else len(read) == 20_000  # type: ignore[arg-type]


def test_what_the_reader_would_lose_is_listed_by_row_and_column() -> None:
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="AB1" s="2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="7"><c r="B7"><f>A1</f></c><c r="C7" s="1"><f>A1</f><v/></c><c r="D7"><f>A1</f><v>5</v></c>'
        '<c r="E7" t="str"><f>""</f><v></v></c></row>'
    )
    for written in (rows, rows.replace('r="7">', "r='7'>")):  # once by the quick way, once by the walk
        scan = _admitted(book(written)).sheets[0]
        assert scan.error_cells == {(1, 1): "#N/A", (1, 28): "#DIV/0!"}
        assert scan.empty_formulas == {(7, 2), (7, 3)}
        assert (scan.formulas, scan.filled) == (5, 3)


def test_an_error_that_the_reader_does_not_know_is_named_with_its_cell() -> None:
    found = read_sheets(_admitted(book(cell("<v>#SPILL!</v>", ' t="e"'))))
    assert isinstance(found, Problem)
    assert found.message == "This workbook is damaged: the cell A1 of the sheet Grades shows #SPILL!."


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',  # the last would win
        cell("<v>7</v>", ' t="s"'),  # no such text
        cell("<v>7</v>", ' t="b"'),
        cell("<v>7</v>", ' t="zz"'),
    ],
)
def test_a_value_that_the_reader_loses_in_silence_is_a_damaged_workbook(rows: str) -> None:
    assert outcome(book(rows)) == "CB003"


def test_reconciling_counts_errors_and_not_blanks() -> None:
    package = _admitted(book('<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'))
    pictures = [[1.0, ""]], [["", ""]], [[1.0, " "]], [[1.0, 2.0]], []
    assert [reconcile(package, 0, rows) for rows in pictures] == [True, False, True, False, False]


def test_a_package_says_who_it_is_and_what_is_odd_about_it() -> None:
    sealed = (
        "claimbatch1|0123456789ab|68199|05833|by-candidate|0|0123456789ab"
        "|2026-11-23T09:30:00Z|0|0123456789abcdef|0123456789abcdef0123456789abcdef"
    )
    workbook = (
        f'<workbook xmlns="{hostile.MAIN}" xmlns:r="{hostile.OFFICE}"><workbookPr date1904="1"/><sheets>'
        '<sheet name="Grades" state="hidden" r:id="rId1"/></sheets><definedNames>'
        f'<definedName name="claimbatch_template">"{sealed}"</definedName></definedNames></workbook>'
    )
    others = {
        "xl/workbook.xml": workbook,
        "xl/externalLinks/externalLink1.xml": "<a/>",
        "docProps/app.xml": "<Properties><Application>Numbers</Application></Properties>",
    }
    package = _admitted(pack({**parts(sheet1=sheet(after="<sheetProtection/>")), **others}))
    assert (package.token, package.application, package.date1904, package.flags) == (
        sealed, "Numbers", True, ("external links",),
    )  # fmt: skip
    assert (package.sheets[0].hidden, package.sheets[0].protected) == (True, True)


def test_a_file_is_read_once_and_only_if_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "claim.xlsx"
    path.write_bytes(book())
    (tmp_path / "link.xlsx").symlink_to(path)
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "large.xlsx").write_bytes(book() + bytes(16 << 20))
    codes = {}
    for name in ("claim.xlsx", "link.xlsx", "pipe.xlsx", "large.xlsx", "nowhere.xlsx", "."):
        found = admit_file(tmp_path / name, name)
        codes[name] = found.rule.code if isinstance(found, Problem) else found.sha256 == fingerprint(path)
    assert codes == {
        "claim.xlsx": True, "link.xlsx": "CB004", "pipe.xlsx": "CB004",
        "large.xlsx": "CB006", "nowhere.xlsx": "CB003", ".": "CB004",
    }  # fmt: skip


# --- laws

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
VALUES = st.one_of(
    st.none(), TEXT, st.sampled_from(["P", " ", "\u00a0", "_x0020_", "&amp;", "<t>", "=1+1", "#N/A"]),
    st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), st.dates(date(1901, 1, 1), date(2100, 1, 1)),
)  # fmt: skip
GRIDS = st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=5)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(GRIDS)
def test_whatever_openpyxl_writes_comes_through(grid: list[list[object]]) -> None:
    workbook = openpyxl.Workbook()
    for row in grid:
        workbook.active.append(row)  # type: ignore[union-attr]
    read = outcome(_saved(workbook))
    assert isinstance(read, list), read
    for wrote, got in zip(grid, read, strict=False):
        for value, seen in zip(wrote, got, strict=False):
            if isinstance(value, bool | int | float | date):
                assert seen == pytest.approx(value) if isinstance(value, float) else seen == value


@pytest.fixture(scope="module")
def claim() -> bytes:
    return _saved(_claim())


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_file_brings_anything_down(claim: bytes, data: st.DataObject) -> None:
    damaged = bytearray(claim)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))
    assert isinstance(outcome(bytes(damaged[:cut])), str | list)


SNIPPETS = [b"", b"<", b"</c>", b'r="A1"', b"999999999", b"-1", b"<row>", b"&amp;", b"\xff", b"]]>", b"<v/>"]
VALUES_OF_ATTRIBUTES = [b'""', b'"-1"', b'"x"', b'"99999999999"', b'"../.."', b'"A1:B2"', b'"a&amp;b"']


@st.composite
def damages(draw: st.DrawFn, members: dict[str, str | bytes]) -> bytes:
    """The workbook with a part damaged: anywhere, or so that it stays well-formed and gets further in."""
    made = dict(members)
    names = st.sampled_from(sorted(made))
    for _ in range(draw(st.integers(1, 2))):
        name, other, kind = (
            draw(names),
            draw(names),
            draw(st.sampled_from(["cut", "value", "element", "swap"])),
        )
        part = bytes(made[name])  # type: ignore[arg-type]  # what was read from an archive is bytes
        spots = {"value": rb'"[^"<>]*"', "element": rb"<\w[^<>]*/>"}.get(kind, rb"(?s).{1,30}")
        found = [match.span() for match in re.finditer(spots, part)]
        if kind == "swap":
            made[name], made[other] = made[other], made[name]
        elif found:
            start, end = draw(st.sampled_from(found))
            instead = {"value": VALUES_OF_ATTRIBUTES, "element": [b"", part[start:end] * 2]}.get(
                kind, SNIPPETS
            )
            made[name] = part[:start] + draw(st.sampled_from(instead)) + part[end:]
    return pack(made)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Centre, Path]:
    """A centre, and a marked copy that a teacher has corrected in part and remarked on."""

    def fill_in(workbook: openpyxl.Workbook) -> None:
        workbook["Claim"]["E5"], workbook["Claim"]["E6"], workbook["Notes"]["E6"] = "X", "P", date(2026, 5, 1)
        workbook["Claim"]["E6"].comment = Comment("Resubmitted in May.", "A teacher")

    centre = Centre.make(tmp_path_factory.mktemp("centre"))
    path = edit(centre.issue(MEDIA, BY_UNIT, 3), fill_in)
    path.write_bytes(mark(_admitted(path.read_bytes()), centre.check(path).problems))
    return centre, path


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_part_brings_anything_down(
    returned: tuple[Centre, Path], tmp_path: Path, data: st.DataObject
) -> None:
    """The archive is sound, so the damage reaches the scans and, where they let it, all that comes after them."""
    centre, whole = returned
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(data.draw(damages(_members(whole.read_bytes()))))
    package = admit_file(path)
    with centre.workspace.store() as store:
        if isinstance(package, Package):
            assert examine(package, lambda ids: centre.known(store, ids))
            assert isinstance(admit("copy.xlsx", mark(package, centre.check(path).problems)), Package)
        with suppress(ClaimbatchError):
            refresh(store, centre.catalogue, centre.workspace.key(), path)


def test_an_ordinary_workbook_is_spared_the_walk(claim: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(*_: object) -> None:
        raise AssertionError("walked")

    monkeypatch.setattr(sheets, "walk_cells", walk)
    monkeypatch.setattr(sheets, "walk_strings", walk)
    assert [verdict(data) for data in (claim, hostile.styled_far())] == ["ok", "ok"]


UNUSUAL = {
    "plain": (book(), False),
    "formatted to the last row": (hostile.styled_far(), False),
    "single quotes": (book("<row r='1'><c r='A1'><v>1</v></c></row>"), True),
    "rich text": (with_strings("<si><r><t>Pa</t></r><r><t>ss</t></r></si>", 0), True),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_a_workbook_that_takes_the_walk_is_called_unusual(case: str) -> None:
    data, unusual = UNUSUAL[case]
    assert _admitted(data).unusual is unusual


@pytest.mark.libreoffice
def test_a_workbook_saved_again_by_libreoffice_is_read_the_same(
    claim: bytes, resave_bytes: ResaveBytes
) -> None:
    before, after = _admitted(claim), _admitted(resave_bytes(claim))
    assert before.sheets[0].empty_formulas == {(2, 3), (3, 3)}
    assert after.sheets[0].error_cells == {(3, 3): "#DIV/0!"}
    assert (after.sheets[0].empty_formulas, after.application[:11]) == (frozenset(), "LibreOffice")
    one, other = read_sheets(before), read_sheets(after)
    assert isinstance(one, list)
    assert isinstance(other, list)
    assert [row[:2] for row in one[0]] == [row[:2] for row in other[0]]


def _admitted(data: bytes) -> Package:
    found = admit("claim.xlsx", data)
    assert isinstance(found, Package), found.message
    return found


def _claim() -> openpyxl.Workbook:
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    first.append(["Candidate number", "Date of birth", "Total"])
    first.append(["0042", datetime(2008, 1, 31), "=1+1"])  # noqa: DTZ001 - a cell knows no time zone
    first.append(["0043", datetime(2008, 2, 1), "=1/0"])  # noqa: DTZ001
    workbook.create_sheet("Units").append(["Unit 1", True, 3.5, None])
    return workbook


def _saved(workbook: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _members(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
