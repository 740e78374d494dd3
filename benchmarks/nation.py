"""A nation's workbooks: many centres, a template of its own for each workbook, some with faults, a few huge.

Twenty thousand are made in minutes: one workbook of each form is made by openpyxl, the others are that one with other
identities and other grades in its XML.
"""

import random
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from claimbatch.claims.claim import Candidate
from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.store import Store
from claimbatch.claims.store.templates import save_template
from claimbatch.claims.store.transactions import writing
from claimbatch.form.identity import (
    Identity,
    assessor_digest,
    find_token,
    issue,
    locked_values,
    read_token,
    row_digest,
)
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.workspace import Workspace

UNITS_OF, GRID_OF = ("05349", "05842"), "05872"  # 40 and 13 units, a workbook each; 7 units in one
MODEL, LARGE_MODEL, NAME = "68199", "68198", "Model College"
CANDIDATES, MANY = 50, 300
FAULTY = 10  # every tenth workbook
HUGE = 5_000  # workbooks for each huge one
RIVAL = 3
INITIALS = "JH"
SPOILT = ("Distinct", "QQ")  # no grade, nobody's initials
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
TABLE = b'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="' + _MAIN + b'" uniqueCount="%d">%s</sst>'
TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
RELATION = b'<Relationship Id="rIdTexts" Type="' + _OFFICE + b'" Target="sharedStrings.xml"/>'
CELL = rb'(<c r="%s(?:[5-9]|[1-9][0-9]+)" s="[0-9]+" t="s"><v>)[0-9]+(</v>)'


def nation(folder: Path, number: int, seed: int = 1) -> Path:
    """Make a workspace in *folder*, and *number* workbooks that came back to it; the folder they lie in."""
    workspace, dice = Workspace.create(folder), random.Random(seed)
    key, inbox = workspace.key(), folder / "inbox"
    with workspace.store() as store:
        huge = max(1, number // HUGE) if number >= 100 else 0
        ordinary = _register(store, number - huge, huge)
        forms = [_form(workspace, store, order) for order in _orders(workspace)]
        large = _form(workspace, store, Order(LARGE_MODEL, UNITS_OF[0], BY_CANDIDATE))
        for n in range(huge):
            _return(store, key, inbox, f"{90_000 + n}", [large], dice, 1)
        left = number - huge
        for centre in ordinary:
            left -= _return(store, key, inbox, centre, forms, dice, left)
    return inbox


def _register(store: Store, ordinary: int, huge: int) -> list[str]:
    """Centres for so many workbooks, their candidates and their assessor; the numbers of the ordinary ones."""
    units = 55  # workbooks of a centre, about
    centres = [f"{10_000 + n}" for n in range(-(-ordinary // units) + 1)]
    large = [LARGE_MODEL, *(f"{90_000 + n}" for n in range(huge))]
    for centre in (MODEL, *centres, *large):
        store.add_centre(centre, _name(centre))
    codes = (*UNITS_OF, GRID_OF)
    entries = [
        Entry(centre, code, person)
        for some, many in (((MODEL, *centres), CANDIDATES), (large, MANY))
        for person in _people(many)
        for centre in some
        for code in codes
    ]
    store.save_register(RegisterFile(tuple(entries), columns=frozenset({"candidate_name", "date_of_birth"})))
    store.save_assessors(
        Assessor(centre, INITIALS, "Jo Hughes", frozenset(codes)) for centre in (MODEL, *centres, *large)
    )
    return centres


def _people(many: int) -> list[Candidate]:
    return [Candidate(f"{n:04}", f"Candidate, {n}", date(2008, 1, 1)) for n in range(1, many + 1)]


def _name(centre: str) -> str:
    return NAME if centre in (MODEL, LARGE_MODEL) else f"College {centre}"


def _orders(workspace: Workspace) -> Iterator[Order]:
    for code in UNITS_OF:
        for unit in workspace.catalogue().get(code).offered:
            yield Order(MODEL, code, BY_UNIT, unit.number)
    yield Order(MODEL, GRID_OF, BY_CANDIDATE)


# --- one form, and the workbooks that are made of it ----------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A template of the model centre, filled in and saved: its parts, and where what differs from copy to copy stands.

    *words* are the numbers in the table of texts of what may stand in a cell.
    """

    token: str
    identity: Identity
    made_with: dict[str, Any]
    parts: dict[str, bytes]
    sheet: str
    grades: re.Pattern[bytes]
    initials: re.Pattern[bytes]
    words: dict[str, bytes]
    people: int


def _form(workspace: Workspace, store: Store, order: Order) -> Form:
    _, content = issue_template(store, workspace.catalogue(), workspace.key(), order)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        token = find_token(archive.read("docProps/custom.xml").decode())
    identity = read_token(token)
    if identity is None:
        raise AssertionError
    grid = order.form == BY_CANDIDATE
    title, people = (
        ("Grades" if grid else "Claim"),
        MANY if order.centre_number == LARGE_MODEL else CANDIDATES,
    )
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book[title]
    last = next(n for n in range(5, 99) if not sheet.cell(4, n).value) - 1 if grid else 5
    for row in sheet.iter_rows(min_row=5, max_row=4 + people, min_col=5, max_col=last):
        for cell in row:
            cell.value = "P"
    saved = BytesIO()
    book.save(saved)
    parts, words = _parts(saved)
    columns = rb"(?:[E-Z]|A[A-Z])" if grid else b"E"
    cells = re.compile(CELL % columns), re.compile(CELL % (b"D" if grid else b"F"))
    made_with = dict(store.templates([identity.template_id])[identity.template_id].made_with)
    where = f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml"
    return Form(token, identity, made_with, parts, where, *cells, words, people)


def _parts(saved: BytesIO) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The parts of a workbook with its texts in one table, as Excel saves them; the numbers of some."""
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: dict[bytes, int] = {}

    def shared(cell: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v></c>' % texts.setdefault(cell[1], len(texts))

    for text in ("P", "M", "D", *SPOILT):
        texts[b"<t>%s</t>" % text.encode()] = len(texts)
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = re.sub(rb't="inlineStr"><is>(<t.*?</t>)</is></c>', shared, part)
    items = b"".join(b"<si>%s</si>" % text for text in texts)
    parts["xl/sharedStrings.xml"] = TABLE % (len(texts), items)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", TYPE + b"</Types>")
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", RELATION + b"</Relationships>")
    return parts, {text: b"%d" % texts[b"<t>%s</t>" % text.encode()] for text in ("P", "M", "D", *SPOILT)}


def _return(
    store: Store, key: bytes, inbox: Path, centre: str, forms: Sequence[Form], dice: random.Random, most: int
) -> int:
    """Issue templates of these *forms* to a centre and have them returned, *most* at most; how many were."""
    made = 0
    with writing(store._engine) as connection:
        for form in islice(forms, most):
            identity, token = _issued(key, form, centre)
            digests = {row[0]: row_digest(key, identity.template_id, row) for row in _rows(form.people)}
            listed = {INITIALS: assessor_digest(key, identity.template_id, INITIALS, "Jo Hughes")}
            made_with = form.made_with | {"assessors": listed}
            save_template(connection, identity, _claim(identity), digests, made_with=made_with, sha256="")
            fault = dice.randrange(3) if dice.randrange(FAULTY) == 0 else -1
            content = _filled(form, identity, token, fault)
            unit = f"unit-{identity.unit:02}" if identity.unit else "by-candidate"
            path = inbox / centre / f"{identity.entry_code}_{unit}.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            made += 1
            if fault == 2 and made < most:
                path.with_stem(f"{path.stem}_rival").write_bytes(_filled(form, identity, token, RIVAL))
                made += 1
            if made >= most:
                break
    return made


def _issued(key: bytes, form: Form, centre: str) -> tuple[Identity, str]:
    model = form.identity
    identity = issue(
        key,
        centre_number=centre,
        entry_code=model.entry_code,
        form=model.form,
        unit=model.unit,
        fingerprint=model.fingerprint,
        issued_at=model.issued_at,
        revision=0,
        claim_key=f"{centre}-{model.entry_code}-1",
        locked_rows=_rows(form.people),
    )
    return identity, identity.token(key)


def _claim(identity: Identity) -> str:
    return f"{identity.centre_number}-{identity.entry_code}-1"


def _rows(many: int) -> list[tuple[str, ...]]:
    return [locked_values(p.number, p.name, p.born.isoformat() if p.born else "", "") for p in _people(many)]


def _filled(form: Form, identity: Identity, token: str, fault: int) -> bytes:
    """A workbook of this identity with random grades, always the same.

    *fault* 0 is a grade that is none, 1 initials that are nobody's; the :data:`RIVAL` says one line otherwise.
    """
    dice, grades = random.Random(identity.template_id), [form.words[grade] for grade in "PMD"]
    sheet = form.grades.sub(lambda cell: cell[1] + dice.choice(grades) + cell[2], form.parts[form.sheet])
    if fault == RIVAL:
        sheet = form.grades.sub(
            lambda cell: cell[1] + grades[grades.index(cell[0].split(b"<v>")[1][:-4]) - 1] + cell[2], sheet, 1
        )
    if fault == 0:
        sheet = form.grades.sub(lambda cell: cell[1] + form.words[SPOILT[0]] + cell[2], sheet, 1)
    if fault == 1:
        sheet = form.initials.sub(lambda cell: cell[1] + form.words[SPOILT[1]] + cell[2], sheet, 1)
    model = form.identity
    other = (
        (form.token.encode(), token.encode()),
        (model.template_id.encode(), identity.template_id.encode()),
        (model.centre_number.encode(), identity.centre_number.encode()),
        (NAME.encode(), _name(identity.centre_number).encode()),
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in form.parts.items():
            content = sheet if name == form.sheet else part
            if name in ("xl/sharedStrings.xml", "docProps/custom.xml", "xl/workbook.xml"):
                for old, new in other:
                    content = content.replace(old, new)
            archive.writestr(name, content)
    return out.getvalue()
