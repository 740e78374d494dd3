"""Archives that say one thing and hold another, hold too much, or name what they should not."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from benchmarks.faults.parts import Base
from tests import hostile


def with_members(*more: tuple[str, bytes]) -> Callable[[Base], bytes]:
    """The workbook with members added."""
    return lambda base: base.open().pack(more=more)


def changed(change: Callable[[bytearray], None]) -> Callable[[Base], bytes]:
    """The bytes of the archive changed."""

    def make(base: Base) -> bytes:
        data = bytearray(base.open().pack())
        change(data)
        return bytes(data)

    return make


def entries(data: bytes | bytearray) -> list[int]:
    """Where the entries of the directory begin."""
    found, start = [], -1
    while (start := data.find(b"PK\x01\x02", start + 1)) >= 0:
        found.append(start)
    return found


def encrypted(data: bytearray) -> None:
    data[entries(data)[0] + 8] |= 1


def encrypted_in_header(data: bytearray) -> None:
    data[6] |= 1


def overlapping(data: bytearray) -> None:
    one, other = entries(data)[:2]
    data[other + 42 : other + 46] = data[one + 42 : one + 46]


def sizes_lie(data: bytearray) -> None:
    """The directory says that a part unpacks to ten bytes."""
    start = entries(data)[3]
    data[start + 24 : start + 28] = struct.pack("<L", 10)


def sizes_boast(data: bytearray) -> None:
    """The directory says that a part unpacks to nearly 4 GiB."""
    start = entries(data)[3]
    data[start + 24 : start + 28] = struct.pack("<L", 0xFFFFFFF0)


def checksum_wrong(data: bytearray) -> None:
    start = entries(data)[4]
    data[start + 16] ^= 1


def method_unknown(data: bytearray) -> None:
    start = entries(data)[4]
    data[start + 10 : start + 12] = struct.pack("<H", 99)


def offset_outside(data: bytearray) -> None:
    start = entries(data)[4]
    data[start + 42 : start + 46] = struct.pack("<L", len(data) + 99)


def too_many_stated(data: bytearray) -> None:
    """The end of the directory says that it holds 65,535 entries."""
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\xff\xff\xff\xff"


def two_names(base: Base) -> bytes:
    """The directory calls the part with the grades by another name than its own header does."""
    book = base.open()
    data = book.pack()
    name = book.sheet.encode()
    other = name[:-5] + b"9.xml"
    return data[: data.index(name)] + other + data[data.index(name) + len(name) :]


def link(base: Base) -> bytes:
    """A member that is a link out of the archive."""
    file = BytesIO(base.open().pack())
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo("xl/media/link")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def renamed_by_extra_field(base: Base) -> bytes:
    """Another part that an Info-ZIP field calls by the name of the sheet with the grades."""
    book = base.open()
    name = b"xl/worksheets/sheet99.xml"
    content = struct.pack("<BL", 1, zlib.crc32(name)) + book.sheet.encode()
    file = BytesIO(book.pack())
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo(name.decode())
        info.extra = struct.pack("<HH", 0x7075, len(content)) + content
        archive.writestr(info, hostile.sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    return file.getvalue()


def _noise(size: int) -> bytes:
    """Bytes that can be packed to a sixty-fourth and no further."""
    dice = random.Random(1)
    return b"".join(dice.randbytes(64) + bytes(4032) for _ in range(size // 4096))


def _pictures(size: int, count: int) -> Callable[[Base], bytes]:
    """With so many pictures of that *size*."""
    return lambda base: base.open().pack(more=[(f"xl/media/{n}.png", _noise(size)) for n in range(count)])


def streamed(base: Base) -> bytes:
    """Written to a pipe: sizes stand behind each member, as some exports have it."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    file = Pipe()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in base.open().parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def commented(base: Base) -> bytes:
    file = BytesIO(base.open().pack())
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"PK\x05\x06" * 4000
    return file.getvalue()


def bombs_in_bomb(base: Base) -> bytes:
    """A part that is an archive that is one again."""
    inner = hostile.pack({"bomb": bytes(10 << 20)})
    for _ in range(4):
        inner = hostile.pack({f"{n}.zip": inner for n in range(10)})
    return with_members(("xl/embeddings/inner.zip", inner))(base)


CLASSES = {
    "too large on disk": ("CB006", lambda b: b.data + bytes((16 << 20) + 1)),
    "members 1,001": ("CB006", with_members(*((f"xl/media/{n}.png", b"") for n in range(1001)))),
    "a part of 70 MiB": ("CB006", with_members(("xl/media/bomb.png", bytes(70 << 20)))),
    "a part of 600 MiB": (
        "CB006",
        lambda b: hostile.merge_archives(b.open().pack(), _bomb(600)),
    ),
    "a part with a ratio over 200": ("CB006", with_members(("xl/media/bomb.png", bytes(9 << 20)))),
    "parts of 144 MiB together": ("CB006", _pictures(48 << 20, 3)),
    "pictures of 120 MiB together": ("read", _pictures(40 << 20, 3)),
    "bombs in a bomb": ("any", bombs_in_bomb),
    "a size that lies": ("CB003|CB004|CB006", changed(sizes_lie)),
    "a size that boasts": ("CB003|CB004|CB006", changed(sizes_boast)),
    "wrong checksum": ("CB003", changed(checksum_wrong)),
    "unknown compression": ("CB003|CB004", changed(method_unknown)),
    "a member outside the file": ("CB003", changed(offset_outside)),
    "65,535 members stated": ("CB003|CB004|CB006", changed(too_many_stated)),
    "stored, not compressed": ("read", lambda b: b.open().pack(zipfile.ZIP_STORED)),
    "bzip2": ("CB004", lambda b: b.open().pack(zipfile.ZIP_BZIP2)),
    "LZMA": ("CB004", lambda b: b.open().pack(zipfile.ZIP_LZMA)),
    "encrypted members": ("CB002", changed(encrypted)),
    "encrypted by its own header": ("any", changed(encrypted_in_header)),
    "overlapping members": ("CB004", changed(overlapping)),
    "two names of one member": ("CB004", two_names),
    "a link": ("CB004", link),
    "a part renamed by an extra field": ("CB006", renamed_by_extra_field),
    **{f"member called {name!r}": ("CB004", with_members((name, b"x"))) for name in (
        "xl/../../evil.xml", "/etc/evil", "C:evil", "xl\\evil.xml", "xl/\x07.xml", "../../claims.db", "./x")},
    "member with an empty step": ("any", with_members(("xl//x", b"x"))),
    "member with a very long name": ("any", with_members(("xl/" + "x" * 60_000, b"x"))),
    "written to a pipe": ("any", streamed),
    "a long comment at the end": ("any", commented),
    "bytes before the archive": ("CB001|CB003", lambda b: b"MZ" + bytes(510) + b.data),
    "bytes behind the archive": ("any", lambda b: b.data + bytes(300)),
    "another archive behind it": ("any", lambda b: b.data + hostile.book()),
    "itself behind it": ("any", lambda b: b.data + b.data),
}  # fmt: skip


@cache
def _bomb(mebibytes: int) -> bytes:
    """An archive of zeros, written piece by piece."""
    file = BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/b.png", "w") as part,
    ):
        for _ in range(mebibytes):
            part.write(bytes(1 << 20))
    return file.getvalue()
