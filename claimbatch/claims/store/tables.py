"""The tables of the store, as the newest migration leaves them (a test compares the two).

Text is never NULL: empty text means *not known*. Times are text such as ``2026-11-23T09:30:00Z``. Names and
dates of birth stand in ``candidate``, and those that an import changed, old and new, in ``register_change``; ``event``
is the history, ``claim_line`` a view of its present.
"""

from typing import Any

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, Table, Text, text

VERSION = "0010"  # the newest migration; a store that says more was made by a newer claimbatch

metadata = MetaData()


def _text(name: str, *rest: Any, key: bool = False) -> Column[str]:
    return Column(name, Text, *rest, primary_key=key, nullable=False)


def _whole(name: str, *rest: Any, key: bool = False) -> Column[int]:
    return Column(name, Integer, *rest, primary_key=key, nullable=False, autoincrement=False)


centre = Table("centre", metadata, _text("number", key=True), _text("name"))

candidate = Table(
    "candidate",
    metadata,
    _text("centre_number", ForeignKey("centre.number"), key=True),
    _text("number", key=True),
    *(_text(name) for name in ("name", "born", "ocr_number", "uci", "uln")),
)

entry = Table(
    "entry",
    metadata,
    *(_text(name, key=True) for name in ("centre_number", "entry_code", "candidate_number")),
    _text("details"),
    ForeignKeyConstraint(
        ["centre_number", "candidate_number"], ["candidate.centre_number", "candidate.number"]
    ),
    Index("entry_of_candidate", "centre_number", "candidate_number"),
)

_ENTRY = ["centre_number", "entry_code", "candidate_number"]
unit_entry = Table(
    "unit_entry",
    metadata,
    *(_text(name, key=True) for name in _ENTRY),
    _whole("unit", key=True),
    ForeignKeyConstraint(_ENTRY, [f"entry.{name}" for name in _ENTRY]),
)

assessor = Table(
    "assessor",
    metadata,
    _text("centre_number", ForeignKey("centre.number"), key=True),
    _text("initials", key=True),
    _text("name"),
    Column("former", Text, nullable=False, server_default=text("'[]'")),
    Index("assessor_initials", "centre_number", text("lower(initials)"), unique=True),
)

assessor_of = Table(
    "assessor_of",
    metadata,
    *(_text(name, key=True) for name in ("centre_number", "entry_code", "initials")),
    ForeignKeyConstraint(["centre_number", "initials"], ["assessor.centre_number", "assessor.initials"]),
)

template = Table(
    "template",
    metadata,
    _text("template_id", key=True),
    _text("centre_number", ForeignKey("centre.number")),
    *(_text(name) for name in ("entry_code", "form")),
    _whole("unit"),
    *(_text(name) for name in ("fingerprint", "issued_at")),
    _whole("revision"),
    _text("claim_key"),
    Column("made_with", Text, nullable=False, server_default=text("'{}'")),
    Column("sha256", Text, nullable=False, server_default=text("''")),
    Column("due", Text, nullable=False, server_default=text("''")),
)

template_row = Table(
    "template_row",
    metadata,
    _text("template_id", ForeignKey("template.template_id"), key=True),
    _text("candidate_number", key=True),
    _text("digest"),
)

claim = Table(
    "claim",
    metadata,
    _whole("id", key=True),
    Column("key", Text, nullable=False, unique=True),
    _text("centre_number", ForeignKey("centre.number")),
    *(_text(name) for name in ("entry_code", "status", "claim_number", "reference", "results_email")),
    *(_text(name) for name in ("submitted_by", "submitted_sha256", "created_at", "updated_at")),
    Index(
        "one_open_claim",
        "centre_number",
        "entry_code",
        unique=True,
        # On PostgreSQL by the first migration: said here, it would load that dialect at every start, a tenth of it.
        sqlite_where=text("status = 'not-submitted'"),
    ),
)

event = Table(
    "event",
    metadata,
    _whole("claim_id", ForeignKey("claim.id"), key=True),
    _whole("revision", key=True),
    *(_text(name) for name in ("kind", "at", "who", "candidate", "unit", "old_grade", "old_assessor")),
    *(_text(name) for name in ("grade", "assessor", "workbook", "sha256", "sheet", "cell", "template_id")),
    *(_text(name) for name in ("detail", "previous", "hash")),
    Index("event_of_unit", "claim_id", "candidate", "unit", "revision"),
)

explanation = Table(
    "explanation",
    metadata,
    _whole("claim_id", ForeignKey("claim.id"), key=True),
    _whole("revision", key=True),
    _text("text"),
)

received = Table(
    "received",
    metadata,
    _text("sha256", key=True),
    *(_text(name) for name in ("centre_number", "entry_code", "workbook", "at", "claim_key", "outcome")),
)

register_import = Table(
    "register_import",
    metadata,
    _whole("number", key=True),
    *(_text(name) for name in ("kind", "at", "who", "file", "sha256")),
    *(_whole(name) for name in ("undoes", "added", "changed", "gone", "unchanged")),
    Column("centre_number", Text, nullable=False, server_default=text("''")),  # blank: of several
)

register_change = Table(
    "register_change",
    metadata,
    _whole("import_number", ForeignKey("register_import.number"), key=True),
    *(_text(name, key=True) for name in ("what", "centre_number", "entry_code", "number")),
    *(_text(name) for name in ("before", "after")),
    Index("register_change_of", "centre_number", "number"),
)

written = Table(
    "written", metadata, _text("word", key=True), _text("at"), Index("written_at", "at")
)  # see claimbatch.claims.store.transactions

night = Table(
    "night",
    metadata,
    _text("what", key=True),
    *(_text(name) for name in ("who", "host")),
    _whole("pid"),
    _text("since"),
)  # see claimbatch.claims.store.night

PERSONAL = (
    candidate,
    entry,
    unit_entry,
    template_row,
    explanation,
    register_change,
)  # what is about people, beside the history

PASSING = (written, night)  # who is at work, and what was just done: nothing of it outlasts the day

# A view, so in metadata of its own: nothing may try to create it as a table.
claim_line = Table(
    "claim_line",
    MetaData(),
    _whole("claim_id"),
    *(_text(name) for name in ("candidate", "unit", "grade", "assessor")),
    _whole("revision"),
)

# Whose the roles of a PostgreSQL server are: it stands there alone, and is nobody else's to take along.
centre_role = Table("centre_role", MetaData(), _text("role", key=True), _text("centre_number"))
