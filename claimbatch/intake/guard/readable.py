"""The archive that the reader gets: the parts that the guard judged, each in its one role, under names of ours.

Two programs that read one archive may choose different parts of it, or different sheets by one relation. A new one
leaves them no choice: nothing is packed, no member has a second name, and nothing is in it but what was looked through.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from claimbatch.intake.guard.archive import Pieces, repack
from claimbatch.intake.guard.markup import MAIN, OFFICE, RELATIONS, TYPES


def readable(sheets: Sequence[Pieces], texts: bytes | None, styles: bytes | None, date1904: bool) -> bytes:
    """The archive that the reader gets: one part for each role, all names ours."""
    parts = dict(_frame(len(sheets), date1904))
    parts |= {"xl/sharedStrings.xml": (texts,)} if texts is not None else {}
    parts |= {"xl/styles.xml": (styles,)} if styles is not None else {}
    return repack(parts | {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)})


@lru_cache
def _frame(count: int, date1904: bool) -> Mapping[str, Pieces]:
    """The parts that only say which sheets there are."""
    numbers = range(1, count + 1)
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE[0]}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    main = f'<Relationship Id="rId1" Type="{OFFICE[0]}/officeDocument" Target="xl/workbook.xml"/>'
    text = {
        TYPES: f'<Types xmlns="{RELATIONS.replace("relationships", "content-types")}"/>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">{main}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE[0]}">'
        f'<workbookPr date1904="{int(date1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{related}</Relationships>',
    }
    return {path: (part.encode(),) for path, part in text.items()}
