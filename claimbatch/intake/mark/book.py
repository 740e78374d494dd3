"""A workbook as the parts of its zip, to add parts to and change single ones; the others are copied as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from posixpath import basename, dirname, join, normpath, relpath
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from claimbatch.intake.guard.archive import list_members, unpack
from claimbatch.intake.guard.markup import MAIN, STRICT
from claimbatch.intake.mark.splice import children, insert, read, replace

_TYPES = "[Content_Types].xml"
_CONTENT = "application/vnd.openxmlformats-officedocument."
_TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS = {
    MAIN: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    STRICT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_UTF8_MARK = b"\xef\xbb\xbf"
_BLANK_RELATIONS = f'<Relationships xmlns="{_PACKAGE_RELATIONS}"></Relationships>'.encode()


@dataclass
class Book:
    """The parts of a workbook by their paths."""

    parts: dict[str, bytes]

    @classmethod
    def unpack(cls, data: bytes) -> "Book":
        """The parts of a workbook that the guard has admitted."""
        parts = unpack(data, list_members(data))
        xml = (".xml", ".rels")
        return cls({p: x.removeprefix(_UTF8_MARK) if p.endswith(xml) else x for p, x in parts.items()})

    def pack(self) -> bytes:
        """The workbook; the same parts give the same bytes."""
        buffer = BytesIO()
        with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
            for path, content in self.parts.items():
                member = ZipInfo(path, (1980, 1, 1, 0, 0, 0))
                member.create_system, member.external_attr = 3, 0o600 << 16
                archive.writestr(member, content, ZIP_DEFLATED)
        return buffer.getvalue()

    @cached_property
    def main(self) -> str:
        """The path of the part that lists the sheets."""
        return next(iter(self.related("", "officeDocument").values()))

    @cached_property
    def namespace(self) -> str:
        """The namespace of the workbook's own elements: transitional, as nearly everywhere, or strict."""
        root, _ = read(self.parts[self.main])
        return STRICT if STRICT in root.attributes.values() else MAIN

    @property
    def relations(self) -> str:
        """The namespace of relations, for ``r:id`` and for the types."""
        return _RELATIONS[self.namespace]

    def sheets(self) -> dict[str, str]:
        """The path of each sheet's part by the sheet's name, in workbook order; of whatever kind the sheet is."""
        paths = self.related(self.main)
        return {
            sheet.get("name", ""): paths[identifier]
            for sheet in self.listed()
            if (identifier := next((v for k, v in sheet.items() if k.endswith(":id")), "")) in paths
        }

    def listed(self) -> list[Mapping[str, str]]:
        """The attributes of each sheet in the workbook's list, of whatever kind."""
        for group in children(self.parts[self.main], "sheets"):
            return [sheet.attributes for sheet in read(group)[1]]
        return []

    def related(self, source: str, kind: str = "") -> dict[str, str]:
        """The paths of the parts that *source* relates to (as *kind*), by relation id."""
        part = self.parts.get(_relations_of(source))
        relations = [relation.attributes for relation in read(part)[1]] if part is not None else []
        return {
            relation.get("Id", ""): path
            for relation in relations
            if (not kind or relation.get("Type", "").rpartition("/")[2] == kind)
            and relation.get("TargetMode") != "External"
            and (path := _resolved(source, relation.get("Target", ""))) in self.parts
        }

    def relate(self, source: str, kind: str, target: str) -> str:
        """Relate *source* to the part *target* as *kind*; gives the relation's id."""
        path = _relations_of(source)
        part = self.parts.get(path, _BLANK_RELATIONS)
        taken = {relation.attributes.get("Id") for relation in read(part)[1]}
        identifier = next(name for n in range(1, len(taken) + 2) if (name := f"claimbatch{n}") not in taken)
        where = relpath(target, dirname(source) or ".")
        item = (
            f'<Relationship xmlns="{_PACKAGE_RELATIONS}" Id="{identifier}" '
            f'Type="{self.relations}/{kind}" Target={quoteattr(where)}/>'
        )
        self.parts[path] = insert(part, item.encode())
        return identifier

    def unrelate(self, source: str) -> None:
        """Forget all that *source* relates to."""
        self.parts.pop(_relations_of(source), None)

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change the group *name* of the part that lists the sheets, where there is one."""
        book = self.parts[self.main]
        for group in [element for element in read(book)[1] if element.name == name][:1]:
            self.parts[self.main] = replace(book, group, change(book[group.start : group.end]))

    def add(self, folder: str, name: str, content: bytes, content_type: str) -> str:
        """Add a part, of the type *content_type*, under a free name (``name`` with a number); gives its path."""
        stem, _, extension = name.partition(".")
        lower = {path.casefold() for path in self.parts}
        numbers = range(1, len(lower) + 2)
        path = next(
            p for n in numbers if (p := join(folder, f"{stem}{n}.{extension}")).casefold() not in lower
        )
        self.parts[path] = content
        types = self.parts[_TYPES]
        item = (
            f'<Override xmlns="{_TYPES_NAMESPACE}" PartName={quoteattr("/" + path)} '
            f'ContentType="{_CONTENT}{content_type}"/>'
        )
        self.parts[_TYPES] = insert(types, item.encode())
        return path


def _relations_of(source: str) -> str:
    return join(dirname(source), "_rels", basename(source) + ".rels")


def _resolved(source: str, target: str) -> str:
    return normpath(join("/", dirname(source), target)).lstrip("/")
