"""The first store: register, templates, claims and their insert-only history.

Plain SQL that SQLite and PostgreSQL read alike; only triggers differ. Text is never NULL.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """CREATE TABLE centre (
        number TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL)""",
    """CREATE TABLE candidate (
        centre_number TEXT NOT NULL REFERENCES centre (number),
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        born TEXT NOT NULL,
        ocr_number TEXT NOT NULL,
        uci TEXT NOT NULL,
        uln TEXT NOT NULL,
        PRIMARY KEY (centre_number, number))""",
    """CREATE TABLE entry (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        candidate_number TEXT NOT NULL,
        details TEXT NOT NULL,
        PRIMARY KEY (centre_number, entry_code, candidate_number),
        FOREIGN KEY (centre_number, candidate_number) REFERENCES candidate (centre_number, number))""",
    "CREATE INDEX entry_of_candidate ON entry (centre_number, candidate_number)",
    """CREATE TABLE unit_entry (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        candidate_number TEXT NOT NULL,
        unit INTEGER NOT NULL,
        PRIMARY KEY (centre_number, entry_code, candidate_number, unit),
        FOREIGN KEY (centre_number, entry_code, candidate_number) REFERENCES entry
            (centre_number, entry_code, candidate_number))""",
    """CREATE TABLE assessor (
        centre_number TEXT NOT NULL REFERENCES centre (number),
        initials TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (centre_number, initials))""",
    "CREATE UNIQUE INDEX assessor_initials ON assessor (centre_number, lower(initials))",
    """CREATE TABLE assessor_of (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        initials TEXT NOT NULL,
        PRIMARY KEY (centre_number, entry_code, initials),
        FOREIGN KEY (centre_number, initials) REFERENCES assessor (centre_number, initials))""",
    """CREATE TABLE template (
        template_id TEXT NOT NULL PRIMARY KEY,
        centre_number TEXT NOT NULL REFERENCES centre (number),
        entry_code TEXT NOT NULL,
        form TEXT NOT NULL,
        unit INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        issued_at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        claim_key TEXT NOT NULL)""",
    """CREATE TABLE template_row (
        template_id TEXT NOT NULL REFERENCES template (template_id),
        candidate_number TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (template_id, candidate_number))""",
    """CREATE TABLE claim (
        id INTEGER NOT NULL PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        centre_number TEXT NOT NULL REFERENCES centre (number),
        entry_code TEXT NOT NULL,
        status TEXT NOT NULL,
        claim_number TEXT NOT NULL,
        reference TEXT NOT NULL,
        results_email TEXT NOT NULL,
        submitted_by TEXT NOT NULL,
        submitted_sha256 TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL)""",
    # A new claim can start only when the one before it has been submitted: the database sees to it.
    """CREATE UNIQUE INDEX one_open_claim ON claim (centre_number, entry_code)
        WHERE status = 'not-submitted'""",
    """CREATE TABLE event (
        claim_id INTEGER NOT NULL REFERENCES claim (id),
        revision INTEGER NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        candidate TEXT NOT NULL,
        unit TEXT NOT NULL,
        old_grade TEXT NOT NULL,
        old_assessor TEXT NOT NULL,
        grade TEXT NOT NULL,
        assessor TEXT NOT NULL,
        workbook TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        sheet TEXT NOT NULL,
        cell TEXT NOT NULL,
        template_id TEXT NOT NULL,
        detail TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (claim_id, revision))""",
    "CREATE INDEX event_of_unit ON event (claim_id, candidate, unit, revision)",
    """CREATE TABLE received (
        sha256 TEXT NOT NULL PRIMARY KEY,
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        workbook TEXT NOT NULL,
        at TEXT NOT NULL,
        claim_key TEXT NOT NULL,
        outcome TEXT NOT NULL)""",
    # The present claim is a view of its history: the last word on each candidate and unit.
    """CREATE VIEW claim_line AS
        SELECT claim_id, candidate, unit, grade, assessor, revision
        FROM event
        WHERE grade <> '' AND kind IN ('added', 'changed', 'removed', 'withdrawn')
        AND NOT EXISTS (
            SELECT 1 FROM event AS later
            WHERE later.claim_id = event.claim_id AND later.candidate = event.candidate
            AND later.unit = event.unit AND later.revision > event.revision
            AND later.kind IN ('added', 'changed', 'removed', 'withdrawn'))""",
)

# SQLite fires no DELETE trigger for the row that INSERT OR REPLACE takes away: hence the third one.
SQLITE_TRIGGERS = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END""",
    """CREATE TRIGGER event_no_replace BEFORE INSERT ON event
        WHEN EXISTS (SELECT 1 FROM event WHERE claim_id = NEW.claim_id AND revision = NEW.revision)
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END""",
)

POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the history is insert-only'; END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event
        FOR EACH ROW EXECUTE FUNCTION event_refuse()""",
    """CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event
        FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()""",
)


def upgrade() -> None:
    """Make the store."""
    triggers = SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS
    for statement in (*TABLES, *triggers):
        op.execute(statement)
