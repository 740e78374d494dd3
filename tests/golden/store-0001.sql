-- The store as claimbatch's first schema (0001) made and filled it, for tests/test_migrations.py. Nobody in it is real.

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE centre (
        number TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL);
CREATE TABLE candidate (
        centre_number TEXT NOT NULL REFERENCES centre (number),
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        born TEXT NOT NULL,
        ocr_number TEXT NOT NULL,
        uci TEXT NOT NULL,
        uln TEXT NOT NULL,
        PRIMARY KEY (centre_number, number));
CREATE TABLE entry (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        candidate_number TEXT NOT NULL,
        details TEXT NOT NULL,
        PRIMARY KEY (centre_number, entry_code, candidate_number),
        FOREIGN KEY (centre_number, candidate_number) REFERENCES candidate (centre_number, number));
CREATE INDEX entry_of_candidate ON entry (centre_number, candidate_number);
CREATE TABLE unit_entry (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        candidate_number TEXT NOT NULL,
        unit INTEGER NOT NULL,
        PRIMARY KEY (centre_number, entry_code, candidate_number, unit),
        FOREIGN KEY (centre_number, entry_code, candidate_number) REFERENCES entry
            (centre_number, entry_code, candidate_number));
CREATE TABLE assessor (
        centre_number TEXT NOT NULL REFERENCES centre (number),
        initials TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (centre_number, initials));
CREATE UNIQUE INDEX assessor_initials ON assessor (centre_number, lower(initials));
CREATE TABLE assessor_of (
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        initials TEXT NOT NULL,
        PRIMARY KEY (centre_number, entry_code, initials),
        FOREIGN KEY (centre_number, initials) REFERENCES assessor (centre_number, initials));
CREATE TABLE template (
        template_id TEXT NOT NULL PRIMARY KEY,
        centre_number TEXT NOT NULL REFERENCES centre (number),
        entry_code TEXT NOT NULL,
        form TEXT NOT NULL,
        unit INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        issued_at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        claim_key TEXT NOT NULL);
CREATE TABLE template_row (
        template_id TEXT NOT NULL REFERENCES template (template_id),
        candidate_number TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (template_id, candidate_number));
CREATE TABLE claim (
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
        updated_at TEXT NOT NULL);
CREATE UNIQUE INDEX one_open_claim ON claim (centre_number, entry_code)
        WHERE status = 'not-submitted';
CREATE TABLE event (
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
        PRIMARY KEY (claim_id, revision));
CREATE INDEX event_of_unit ON event (claim_id, candidate, unit, revision);
CREATE TABLE received (
        sha256 TEXT NOT NULL PRIMARY KEY,
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        workbook TEXT NOT NULL,
        at TEXT NOT NULL,
        claim_key TEXT NOT NULL,
        outcome TEXT NOT NULL);
CREATE VIEW claim_line AS
        SELECT claim_id, candidate, unit, grade, assessor, revision
        FROM event
        WHERE grade <> '' AND kind IN ('added', 'changed', 'removed', 'withdrawn')
        AND NOT EXISTS (
            SELECT 1 FROM event AS later
            WHERE later.claim_id = event.claim_id AND later.candidate = event.candidate
            AND later.unit = event.unit AND later.revision > event.revision
            AND later.kind IN ('added', 'changed', 'removed', 'withdrawn'));
CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END;
CREATE TRIGGER event_no_replace BEFORE INSERT ON event
        WHEN EXISTS (SELECT 1 FROM event WHERE claim_id = NEW.claim_id AND revision = NEW.revision)
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END;
INSERT INTO alembic_version VALUES ('0001');
INSERT INTO centre VALUES ('68199', 'Example College');
INSERT INTO candidate VALUES ('68199', '0042', 'Ahmed, Sana', '2008-01-02', '', '', '');
INSERT INTO candidate VALUES ('68199', '0043', 'O''Neill, Zoë', '', '1043', '', '');
INSERT INTO entry VALUES ('68199', '05349', '0042', '{}');
INSERT INTO entry VALUES ('68199', '05349', '0043', '{}');
INSERT INTO entry VALUES ('68199', '05844', '0042', '{}');
INSERT INTO unit_entry VALUES ('68199', '05349', '0042', 3);
INSERT INTO unit_entry VALUES ('68199', '05349', '0042', 12);
INSERT INTO unit_entry VALUES ('68199', '05349', '0043', 3);
INSERT INTO assessor VALUES ('68199', 'JH', 'Jo Hughes');
INSERT INTO assessor VALUES ('68199', 'SA', 'Sam Adeyemi');
INSERT INTO assessor_of VALUES ('68199', '05349', 'JH');
INSERT INTO assessor_of VALUES ('68199', '05349', 'SA');
INSERT INTO assessor_of VALUES ('68199', '05844', 'SA');
INSERT INTO template VALUES ('367a5a840672', '68199', '05349', 'by-candidate', 0, 'abababababab', '2026-09-21T13:33:20Z', 0, '68199-05349-1');
INSERT INTO template_row VALUES ('367a5a840672', '0042', 'aa');
INSERT INTO template_row VALUES ('367a5a840672', '0043', 'bb');
INSERT INTO claim VALUES (1, '68199-05349-1', '68199', '05349', 'submitted', 'C000001', '', 'exams@example.org', 'pat', '09b58f3597386b093e5e26f88f997856433f2902dccdee7f71ada6c792594a49', '2026-09-21T14:13:20Z', '2026-09-21T14:13:20Z');
INSERT INTO claim VALUES (2, '68199-05349-2', '68199', '05349', 'not-submitted', '', '', '', '', '', '2026-09-21T14:13:20Z', '2026-09-21T14:13:20Z');
INSERT INTO event VALUES (1, 1, 'created', '2026-09-21T14:13:20Z', 'pat', '', '', '', '', '', '', '', '', '', '', '', '', '23b0a0a81562b392e08a25917b795ecc92c4f3708b388da35f0d7ff97cc09aca', '0fce6b85b6754235ef7783c4b1cc2bf61bbe6d8575a0d84872678c966b9a91c7');
INSERT INTO event VALUES (1, 2, 'added', '2026-09-21T14:13:20Z', 'pat', '0042', '3', '', '', 'P', 'JH', 'IT_Hughes.xlsx', 'abababababababababababababababababababababababababababababababab', 'Grades', 'E5', '0a1b2c3d4e5f', '', '0fce6b85b6754235ef7783c4b1cc2bf61bbe6d8575a0d84872678c966b9a91c7', '9383daec154d9a9bec790546e96de6b2b5e56f7287fd87656cdb456f032aa1f1');
INSERT INTO event VALUES (1, 3, 'added', '2026-09-21T14:13:20Z', 'pat', '0043', '3', '', '', 'M', 'SA', 'IT_Hughes.xlsx', 'abababababababababababababababababababababababababababababababab', 'Grades', 'E5', '0a1b2c3d4e5f', '', '9383daec154d9a9bec790546e96de6b2b5e56f7287fd87656cdb456f032aa1f1', 'dbce5c575e13eccc6018009879dd9a65523c6b745ad5925e7b66f0596001e63e');
INSERT INTO event VALUES (1, 4, 'added', '2026-09-21T14:13:20Z', 'pat', '0042', '12', '', '', 'D', 'JH', 'IT_Hughes.xlsx', 'abababababababababababababababababababababababababababababababab', 'Grades', 'E5', '0a1b2c3d4e5f', '', 'dbce5c575e13eccc6018009879dd9a65523c6b745ad5925e7b66f0596001e63e', '571d96ef8d2fdb70acf1f3aa399ec5d00ca291b36a867eaad8ca5b2917cf7402');
INSERT INTO event VALUES (1, 5, 'changed', '2026-09-21T14:13:20Z', 'pat', '0042', '3', 'P', 'JH', 'M', 'JH', 'IT_Hughes.xlsx', 'abababababababababababababababababababababababababababababababab', 'Grades', 'E5', '0a1b2c3d4e5f', '', '571d96ef8d2fdb70acf1f3aa399ec5d00ca291b36a867eaad8ca5b2917cf7402', 'c2913b7ba12bd67c97cd1422e7ccde958d534b7f9f96d20772f87d5e9e49622c');
INSERT INTO event VALUES (1, 6, 'query', '2026-09-21T14:13:20Z', 'pat', '0043', '12', '', '', '', '', 'IT_Hughes.xlsx', '', 'Grades', 'F6', '', '{"rule": "CB202"}', 'c2913b7ba12bd67c97cd1422e7ccde958d534b7f9f96d20772f87d5e9e49622c', '5fc02cbf766ca0895e71382cffa5ff210e7dd3417750b1f2389d5cf416f5ae09');
INSERT INTO event VALUES (1, 7, 'answered', '2026-09-21T14:13:20Z', 'pat', '0043', '12', '', '', '', '', '', '', '', '', '', '{"query": 6, "sha256": "87ca1109cc97a2288f34c787f8aa100c8ced96336531f9b8eee0ab439c31bbbf"}', '5fc02cbf766ca0895e71382cffa5ff210e7dd3417750b1f2389d5cf416f5ae09', 'cc8fe34e172a59d25c74e451842efcb84dc5e21113287170b87b3fa2e4f8bbf6');
INSERT INTO event VALUES (1, 8, 'declared', '2026-09-21T14:13:20Z', 'pat', '0042', '', '', '', '', '', '', '', '', '', '', '', 'cc8fe34e172a59d25c74e451842efcb84dc5e21113287170b87b3fa2e4f8bbf6', 'd063324b97d35168a6c1ab95e20c4d513295a64c58793e835b0a83075547194a');
INSERT INTO event VALUES (1, 9, 'declared', '2026-09-21T14:13:20Z', 'pat', '0043', '', '', '', '', '', '', '', '', '', '', '', 'd063324b97d35168a6c1ab95e20c4d513295a64c58793e835b0a83075547194a', 'c62d99d6bc9d0b8bd1f9f6e8d1859ebd2bac2b37c1fdb68ebdbfb0b7c87446b2');
INSERT INTO event VALUES (1, 10, 'submitted', '2026-09-21T14:13:20Z', 'pat', '', '', '', '', '', '', '', '', '', '', '', '{"claim_number": "C000001", "lines_sha256": "09b58f3597386b093e5e26f88f997856433f2902dccdee7f71ada6c792594a49"}', 'c62d99d6bc9d0b8bd1f9f6e8d1859ebd2bac2b37c1fdb68ebdbfb0b7c87446b2', 'f2703ddeed08e18e92b272cac1cf4683dc95a31528e27be678de149a0e07168e');
INSERT INTO event VALUES (2, 1, 'created', '2026-09-21T14:13:20Z', 'pat', '', '', '', '', '', '', '', '', '', '', '', '', '30e88b37b0ff8adbd1c8633ce0054c1deeaf879dfc7fba6694060682a1b5001f', 'c2d6ec66cef1d6d7ca7b9360134a9def9265b4adb801c6163adc74e3fe9aebd1');
INSERT INTO event VALUES (2, 2, 'added', '2026-09-21T14:13:20Z', 'pat', '0043', '4', '', '', 'P', 'SA', 'IT_Hughes.xlsx', 'abababababababababababababababababababababababababababababababab', 'Grades', 'E5', '0a1b2c3d4e5f', '', 'c2d6ec66cef1d6d7ca7b9360134a9def9265b4adb801c6163adc74e3fe9aebd1', '59e7dfd1d158abac6db5bca0bf6c6dfbec2f9cd789eeb5454a5fd9b6a77cc450');
INSERT INTO received VALUES ('abababababababababababababababababababababababababababababababab', '68199', '05349', 'IT_Hughes.xlsx', '2026-09-21T14:13:20Z', '68199-05349-1', 'taken');
