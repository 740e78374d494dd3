"""How the parts of a workbook relate to each other: which of them has which role."""

from collections.abc import Mapping
from posixpath import join, normpath
from typing import NamedTuple

from claimbatch.intake.guard.archive import DAMAGED, UNSAFE, Refusal
from claimbatch.intake.guard.markup import outline
from claimbatch.intake.guard.remembered import remembered


class Relation(NamedTuple):
    """What a part relates to, and as what; *target* is a path from the root of the package unless it is *external*."""

    kind: str
    target: str
    external: bool


Relations = Mapping[str, Relation]  # by their id
_NONE: Relations = {}


def relations(xml: Mapping[str, bytes], source: str) -> Relations:
    """The relations of the part *source*; those of the whole package where it is empty."""
    folder, _, file = source.rpartition("/")
    path = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    part = xml.get(path)
    return _stated(part, path, folder) if part else _NONE


@remembered
def _stated(part: bytes, path: str, folder: str) -> Relations:
    found: dict[str, Relation] = {}
    for stated in outline(part, path).all("Relationship"):
        target = stated.get("Target", "")
        external = stated.get("TargetMode") == "External"
        where = target if external else normpath(join("/", folder, target)).lstrip("/")
        identifier = stated.get("Id", "")
        if identifier in found:
            raise Refusal(DAMAGED, f"the part {path} names two parts by one relation")
        found[identifier] = Relation(stated.get("Type", "").rpartition("/")[2], where, external)
    return found


def main_part(xml: Mapping[str, bytes]) -> str:
    """The one part that lists the sheets."""
    mains = {r.target for r in relations(xml, "").values() if r.kind == "officeDocument" and not r.external}
    if not mains:
        raise Refusal(DAMAGED, "the list of its sheets is missing")
    if len(mains) > 1:
        raise Refusal(UNSAFE, "it has two lists of sheets")
    return mains.pop()


def single(xml: Mapping[str, bytes], among: Relations, kind: str, ending: str) -> str:
    """The part that has this role, by its relation, else by the name that readers look for; empty for none."""
    paths = {r.target for r in among.values() if r.kind == kind and not r.external and r.target in xml}
    paths = paths or {path for path in xml if path.casefold().endswith(ending)}
    if len(paths) > 1:
        raise Refusal(UNSAFE, "it has two tables of texts or of styles")
    return paths.pop() if paths else ""


def related(xml: Mapping[str, bytes], source: str) -> dict[str, list[bytes]]:
    """The parts that *source* relates to, by the kind of relation."""
    found: dict[str, list[bytes]] = {}
    for relation in relations(xml, source).values():
        if not relation.external and relation.target in xml:
            found.setdefault(relation.kind, []).append(xml[relation.target])
    return found
