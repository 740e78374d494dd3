"""Makers of workbooks for tests: small ordinary ones, and hostile, damaged and merely unlucky ones.

Each maker gives bytes. What the guard must say of the hostile ones stands in ``test_guard.py``.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def cell(content: str, attributes: str = "") -> str:
    """The one cell A1 in its row."""
    return f'<row r="1"><c r="A1"{attributes}>{content}</c></row>'


def sheet(rows: str = "", *, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def relations(*items: tuple[str, str, str], extra: str = "") -> str:
    made = (f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{to}"{extra}/>' for i, kind, to in items)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(made)}</Relationships>'


def parts(
    *, sheet1: str | bytes = sheet(cell("<v>1</v>")), strings: str = "", **others: str | bytes | None
) -> dict[str, str | bytes]:
    """The parts of a workbook with the one sheet *Grades*; *others* by name, ``None`` leaves a part out."""
    made: dict[str, str | bytes | None] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Grades" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": sheet1,
        "xl/sharedStrings.xml": (strings and (
            strings if strings.startswith("<sst") else f'<sst xmlns="{MAIN}">{strings}</sst>'
        )) or None,
        **others,
    }  # fmt: skip
    return {name: content for name, content in made.items() if content is not None}


def pack(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def book(rows: str | None = None, **others: str | bytes | None) -> bytes:
    """A workbook whose one sheet holds *rows*, or the parts in *others*."""
    if rows is not None:
        others["sheet1"] = sheet(rows)
    return pack(parts(**others))  # type: ignore[arg-type]


def with_strings(texts: str, *indexes: int | str) -> bytes:
    rows = (f'<row r="{n}"><c r="A{n}" t="s"><v>{i}</v></c></row>' for n, i in enumerate(indexes, 1))
    return book("".join(rows), strings=texts)


# --- what is no workbook at all


def ole(*, encrypted: bool) -> bytes:
    return (
        OLE + bytes(504) + ("EncryptedPackage" if encrypted else "Workbook").encode("utf-16-le") + bytes(900)
    )


def ods() -> bytes:
    return pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})


# --- archives


def cut_short() -> bytes:
    return book()[:-40]


def flipped_byte() -> bytes:
    data = bytearray(pack(parts(), zipfile.ZIP_STORED))
    data[data.index(b"<v>1</v>") + 3] = ord("2")
    return bytes(data)


def repeated_member(other: str) -> bytes:
    return pack({**parts(), other: sheet(cell("<v>2</v>"))})


def member_named(name: str) -> bytes:
    return pack({**parts(), name: "x"})


def link() -> bytes:
    file = io.BytesIO(book())
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo("xl/media/link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def encrypted_members() -> bytes:
    data = bytearray(book())
    start = data.index(b"PK\x01\x02")
    data[start + 8] |= 1
    return bytes(data)


def two_names() -> bytes:
    """The directory says sheet1, the local header says sheet2."""
    data = book()
    first = data.index(b"xl/worksheets/sheet1.xml")
    return data[:first] + b"xl/worksheets/sheet2.xml" + data[first + 24 :]


def overlapping() -> bytes:
    data = bytearray(book())
    entries = [i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02"]
    data[entries[1] + 42 : entries[1] + 46] = data[entries[0] + 42 : entries[0] + 46]
    return bytes(data)


def bomb(size: int = 70 << 20) -> bytes:
    return pack({**parts(), "xl/media/bomb.png": bytes(size)})


def heavy() -> bytes:
    """Three parts of 48 MiB, each of which may be in an archive."""
    dice = random.Random(1)
    part = b"".join(dice.randbytes(64) + bytes(4032) for _ in range((48 << 20) // 4096))
    return pack({**parts(), **{f"xl/media/{n}.png": part for n in range(3)}})


def lying_bomb() -> bytes:
    """Says that it unpacks to ten bytes."""
    data = bytearray(pack({"bomb": bytes(20 << 20)}))
    whole = pack(parts())
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<L", 10)
    data[22:26] = struct.pack("<L", 10)
    return merge_archives(whole, bytes(data))


def merge_archives(one: bytes, other: bytes) -> bytes:
    """One archive with the members of both."""
    first, second = one.index(b"PK\x01\x02"), other.index(b"PK\x01\x02")
    first_end, second_end = one.rindex(b"PK\x05\x06"), other.rindex(b"PK\x05\x06")
    entries = bytearray(other[second:second_end])
    entries[42:46] = struct.pack("<L", first)
    directory = one[first:first_end] + entries
    count = struct.unpack_from("<H", one, first_end + 10)[0] + 1
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), first + second, 0)
    return one[:first] + other[:second] + directory + end


def many_members() -> bytes:
    return pack({**parts(), **{f"xl/media/{n}.png": "" for n in range(1001)}}, zipfile.ZIP_STORED)


def unusual_method() -> bytes:
    return pack(parts(), zipfile.ZIP_LZMA)


# --- XML


def entity(encoding: str = "utf-8") -> bytes:
    declared = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "P">]>'
    return book(sheet1=(declared + sheet(cell("<is><t>&b;</t></is>", ' t="inlineStr"'))).encode(encoding))


def in_utf16() -> bytes:
    declared = '<?xml version="1.0" encoding="utf-16"?>'
    return book(sheet1=(declared + sheet(cell("<v>1</v>"))).encode("utf-16"))


def deep(depth: int = 65) -> bytes:
    return book(sheet1=sheet(cell("<v>1</v>"), after="<a>" * depth + "</a>" * depth))


def giant_text() -> bytes:
    return book(cell(f"<is><t>{'x' * (129 << 10)}</t></is>", ' t="inlineStr"'))


def giant_attribute() -> bytes:
    return book(sheet1=sheet(cell("<v>1</v>"), after=f'<a b="{"x" * (65 << 10)}"/>'))


# --- sheets


def value_at(*addresses: str) -> bytes:
    rows = (
        f'<row r="{a.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{a}"><v>1</v></c></row>' for a in addresses
    )
    return book("".join(rows))


def styled_far() -> bytes:
    """Formatted to the last row, as schools do; only A1 holds a value."""
    rows = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(2, 60_000))
    return book(cell("<v>1</v>") + rows + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')


def merges(*refs: str) -> bytes:
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return book(sheet1=sheet(cell("<v>1</v>"), after=f"<mergeCells>{merged}</mergeCells>"))


def hyperlink(ref: str) -> bytes:
    return book(sheet1=sheet(cell("<v>1</v>"), after=f'<hyperlinks><hyperlink ref="{ref}"/></hyperlinks>'))


def comment(ref: str) -> bytes:
    text = f'<comments xmlns="{MAIN}"><commentList><comment ref="{ref}"/></commentList></comments>'
    return pack({**parts(), "xl/comments1.xml": text})


def stated_strings(count: str) -> bytes:
    table = f'<sst xmlns="{MAIN}" count="{count}" uniqueCount="{count}"><si><t>P</t></si></sst>'
    return with_strings(table, 0)


def renamed_by_extra_field() -> bytes:
    """A far value in a part that an Info-ZIP extra field calls sheet1 for programs that know such fields."""
    made = {"xl/worksheets/sheet2.xml" if "sheet1" in name else name: part for name, part in parts().items()}
    made |= {"xl/worksheets/sheet9.xml": sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}
    made["xl/_rels/workbook.xml.rels"] = relations(("rId1", "worksheet", "worksheets/sheet2.xml"))
    name, other = b"xl/worksheets/sheet9.xml", b"xl/worksheets/sheet2.xml"
    field = struct.pack("<BL", 1, zlib.crc32(name)) + other
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in made.items():
            info = zipfile.ZipInfo(path)
            info.extra = struct.pack("<HH", 0x7075, len(field)) + field if path.encode() == name else b""
            archive.writestr(info, content)
    return file.getvalue()


def two_ids() -> bytes:
    """A sheet with an ``id`` of another namespace, which names another sheet, before its own."""
    made = parts()
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        'r:id="rId1"', 'x:id="rId2" r:id="rId1" xmlns:x="urn:x"'
    )
    made["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "worksheet", "worksheets/sheet2.xml")
    )
    return pack({**made, "xl/worksheets/sheet2.xml": sheet(cell("<v>2</v>"))})


def two_main_parts() -> bytes:
    made = parts()
    made["_rels/.rels"] = relations(
        ("rId1", "officeDocument", "xl/workbook.xml"), ("rId2", "officeDocument", "xl/other.xml")
    )
    return pack({**made, "xl/other.xml": made["xl/workbook.xml"]})


def relation_twice() -> bytes:
    made = parts()
    made["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId1", "worksheet", "worksheets/sheet2.xml")
    )
    return pack({**made, "xl/worksheets/sheet2.xml": sheet(cell("<v>2</v>"))})


def sheet_elsewhere() -> bytes:
    made = parts()
    made["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "https://example.org/sheet1.xml"), extra=' TargetMode="External"'
    )
    return pack(made)


def same_name() -> bytes:
    made = parts()
    listed = '<sheet name="Grades" sheetId="1" r:id="rId1"/>'
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(listed, listed * 2)
    return pack(made)


def cells_in_disguise() -> bytes:
    """A far value in a part that is no sheet by its root."""
    return pack({**parts(), "xl/worksheets/sheet1.xml": "<a>" + sheet(cell("<v>1</v>")) + "</a>"})
