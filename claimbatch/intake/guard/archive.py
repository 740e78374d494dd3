"""The zip file that a workbook is: read strictly, unpacked with limits, and believed in nothing it states.

Only what every reader takes the same way is let through: two readers that choose different members of
one archive would see two different claims.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from claimbatch.intake.guard.remembered import SMALL, remembered

DAMAGED, UNSAFE, MACROS, TOO_LARGE = "CB003", "CB004", "CB005", "CB006"  # the rules that answer for it
MIB = 1 << 20
MEMBERS = 1000
UNPACKED = 128 * MIB
UNPACKED_PART = 64 * MIB
RATIO = 200  # of unpacked to packed size, for a part above ...
RATIO_FROM = 8 * MIB
DETAIL = 200  # characters: a detail may quote the name of a part, which the sender chose
_ELSEWHERE = 0xFFFFFFFF  # a size that is stated in another place
BEGINNING = 1000  # bytes of a part by which it can be told what it is
_TOO_MUCH = f"its parts unpack to more than {UNPACKED // MIB} MiB"
_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_FIRST_DAY = 0x21  # 1 January 1980: no clock in what is packed
_ENCRYPTED, _UTF8 = 0x2041, 0x800  # flag bits: 0 encrypted, 6 strong encryption, 13 masked headers
_UNIX, _LINK = 3, 0o12
Pieces = tuple[bytes, ...]  # of a part, one after the other: long ones are not copied

_BAD_NAME = re.compile(r"[\x00-\x1f\x7f\\:]|^/|(?:^|/)\.\.?(?:/|$)|^$")


class Refusal(Exception):  # noqa: N818 - no error of ours: a verdict on a file
    """Why a file is not let in: the *code* of the rule, and in *detail* one sentence for a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail[:DETAIL]


class Member(NamedTuple):
    """One file of the archive, as the central directory has it; *start* is where its local header stands."""

    name: str
    raw_name: bytes
    encrypted: bool
    method: int
    crc: int
    packed: int
    size: int
    start: int
    is_link: bool


def list_members(data: bytes) -> list[Member]:
    """The members of the archive in the order of its directory; :class:`Refusal` where there is none."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(data):
        raise Refusal(DAMAGED, "its end is missing, as when a copy or an upload stopped half-way")
    _, disk, first_disk, here, total, size, start, comment = _END.unpack_from(data, end)
    if end + _END.size + comment != len(data) or start + size != end or disk or first_disk or here != total:
        raise Refusal(DAMAGED, "its table of contents does not fit the file")
    if total > MEMBERS:
        raise Refusal(TOO_LARGE, f"it holds {total:,} parts; {MEMBERS:,} are allowed")
    return list(_entries(data, start, end, total))


def _entries(data: bytes, position: int, end: int, total: int) -> Iterator[Member]:
    for _ in range(total):
        if position + _ENTRY.size > end:
            raise Refusal(DAMAGED, "its table of contents is cut short")
        (
            signature, _, system, _, flags, method, _, _, crc, packed, size,
            name_length, extra, comment, _, _, attributes, start,
        ) = _ENTRY.unpack_from(data, position)  # fmt: skip
        if signature != b"PK\x01\x02":
            raise Refusal(DAMAGED, "its table of contents is broken")
        position += _ENTRY.size
        raw_name = data[position : position + name_length]
        position += name_length + extra + comment
        name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
        is_link = system == _UNIX and attributes >> 28 == _LINK
        yield Member(name, raw_name, bool(flags & _ENCRYPTED), method, crc, packed, size, start, is_link)
    if position != end:
        raise Refusal(DAMAGED, "its table of contents does not fit the file")


def unpack(
    data: bytes, members: list[Member], is_read: Callable[[str], bool] = lambda _: True
) -> dict[str, bytes]:
    """The parts of the archive by name; :class:`Refusal` for anything two readers could take differently.

    Of those that nobody reads, pictures for the most part, only the beginning is kept.
    """
    _check_names(tuple([(member.name, member.is_link) for member in members]))
    _check_overlap(members)
    stated = sum(member.size for member in members if member.size < _ELSEWHERE)
    if stated > UNPACKED:  # then it is too much or not true, and nothing is unpacked to see which
        raise Refusal(TOO_LARGE, _TOO_MUCH)
    parts: dict[str, bytes] = {}
    left = UNPACKED
    for member in members:
        unpacked = _content_of_small if member.size <= SMALL else _content
        content = unpacked(_packed(data, member), member.name, member.method, member.size, member.crc)
        left -= len(content)
        if left < 0:
            raise Refusal(TOO_LARGE, _TOO_MUCH)
        if not member.name.endswith("/"):
            parts[member.name] = content if is_read(member.name) else content[:BEGINNING]
    return parts


def repack(parts: Mapping[str, Pieces]) -> bytes:
    """An archive that every program reads the same way: the *parts*, stored, in their order, and nothing else."""
    files: list[bytes] = []
    directory: list[bytes] = []
    start = 0
    for path, pieces in parts.items():
        name, crc, size = path.encode(), 0, sum(map(len, pieces))
        for piece in pieces:
            crc = zlib.crc32(piece, crc)
        about = (20, _UTF8, _STORED, 0, _FIRST_DAY, crc, size, size, len(name), 0)
        files += [_LOCAL.pack(b"PK\x03\x04", *about), name, *pieces]
        directory += [_ENTRY.pack(b"PK\x01\x02", 20, 0, *about, 0, 0, 0, 0, start), name]
        start += _LOCAL.size + len(name) + size
    listed = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), start, 0)
    return b"".join((*files, listed, end))


@lru_cache(maxsize=16)  # the programs that save workbooks are few
def _check_names(members: tuple[tuple[str, bool], ...]) -> None:
    seen = set()
    for name, is_link in members:
        plain = name.strip("/").casefold()
        if _BAD_NAME.search(name) or is_link:
            raise Refusal(UNSAFE, "a part has a name that could lead outside the workbook")
        if plain in seen:
            raise Refusal(UNSAFE, f"the part {name} is in it twice")
        seen.add(plain)


def _check_overlap(members: list[Member]) -> None:
    end = 0
    for member in sorted(members, key=lambda member: member.start):
        if member.start < end:
            raise Refusal(UNSAFE, "two of its parts overlap")
        end = member.start + _LOCAL.size + len(member.raw_name) + member.packed


def _content(packed: bytes, name: str, method: int, size: int, crc: int) -> bytes:
    """The content of a member that states its *size* and *crc*, if that is true."""
    limit = min(UNPACKED_PART, max(RATIO_FROM, RATIO * len(packed)))
    if method == _STORED:
        content, whole = packed[: limit + 1], True
    else:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, limit + 1)
        except zlib.error:
            raise Refusal(DAMAGED, f"the part {name} cannot be unpacked") from None
        whole = unpacker.eof and not unpacker.unused_data
    if len(content) > limit:
        raise Refusal(TOO_LARGE, f"the part {name} unpacks to more than {limit // MIB} MiB")
    if not whole or len(content) != size or zlib.crc32(content) != crc:
        raise Refusal(DAMAGED, f"the part {name} is not what was saved")
    return content


_content_of_small = remembered(_content)


def _packed(data: bytes, member: Member) -> bytes:
    start = member.start + _LOCAL.size
    if start > len(data):
        raise Refusal(DAMAGED, f"the part {member.name} is missing")
    signature, _, _, method, _, _, _, _, _, name_length, extra = _LOCAL.unpack_from(data, member.start)
    name = data[start : start + name_length]
    if signature != b"PK\x03\x04" or name != member.raw_name or method != member.method:
        raise Refusal(UNSAFE, f"it describes the part {member.name} in two ways")
    if method not in (_STORED, _DEFLATED):
        raise Refusal(UNSAFE, f"the part {member.name} is packed in an unusual way")
    start += name_length + extra
    packed = data[start : start + member.packed]
    if len(packed) != member.packed:
        raise Refusal(DAMAGED, f"the part {member.name} is cut short")
    return packed
