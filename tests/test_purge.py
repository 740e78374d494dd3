"""When their time is over, names leave the store and its files; grades, counts and hashes stay."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from claimbatch.claims.proof import examine
from claimbatch.claims.purge import carry_out, plan
from claimbatch.form.layout import BY_UNIT
from tests.centre import CENTRE, IT, MEDIA, PEOPLE, Centre, put

FIRST, SECOND = f"{CENTRE}-{IT}-1", f"{CENTRE}-{IT}-2"
WORDS = "Jo was away that day"
PERSONAL = [text for _, name, born in PEOPLE[:2] for text in (name, born.isoformat())] + [WORDS]


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    return Centre.make(tmp_path / "centre", (IT,), address=url)


def enter_for_media(centre: Centre, *people: tuple[str, str, date]) -> None:
    """Enter *people* for a second qualification."""
    register = centre.workspace.folder / "media.csv"
    rows = [f'{MEDIA},{number},"{name}",{born}' for number, name, born in people]
    register.write_text(
        "\n".join(["entry_code,candidate_number,candidate_name,date_of_birth", *rows]), "utf-8"
    )
    centre.done("entries", "import", register)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch):
    """Set the clock."""

    def set_clock(year: int, month: int, day: int) -> None:
        moment = datetime(year, month, day, tzinfo=UTC)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))

    return set_clock


def claimed(centre: Centre, *rows: int, code: str = IT, unit: int = 3) -> str:
    """A claim of one unit for the candidates in these rows, with an answered query, submitted; its key."""
    path = centre.issue(code, BY_UNIT, unit)
    cells = {f"Claim!E{row}": "P" for row in rows} | {f"Claim!F{row}": "JH" for row in rows}
    centre.done("merge", "--all", put(path, {**cells, "Claim!F8": "SA"}))
    key = max(row.key for row in centre.workspace.store().claims(CENTRE, code))
    for line in centre.done("claim", "queries", key, "--format", "csv").splitlines()[1:]:
        centre.done("claim", "answer", key, line.split(",")[0], "--because", WORDS)
    centre.done("claim", "declare", key, "--all")
    centre.done("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")
    return key


def completed(centre: Centre, *rows: int, code: str = IT) -> str:
    key = claimed(centre, *rows, code=code)
    centre.done("moderation", "complete", key, "--reference", "R1")
    return key


def left(centre: Centre) -> list[str]:
    with centre.workspace.store() as store:
        return [entry.candidate.number for entry in store.entries(CENTRE, IT)]


def kept_bytes(centre: Centre) -> bytes:
    """All that the database's files hold: those of SQLite, or the tables of PostgreSQL as their pages are."""
    with centre.workspace.store() as store:
        if store._engine.dialect.name == "sqlite":
            file = Path(store._engine.url.database)
            return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
        with store._engine.connect() as connection:
            connection.execute(text("CHECKPOINT"))
            tables = ("candidate", "entry", "unit_entry", "template_row", "explanation", "register_change")
            tables += ("event", "claim")
            return b"".join(
                connection.execute(
                    text(f"SELECT pg_read_binary_file(pg_relation_filepath('{name}'))")
                ).scalar_one()
                for name in tables
            )


def test_claims_that_ended_long_ago_lose_their_names_and_keep_their_grades(centre, at, tmp_path):
    """Its own time comes after twelve months; then the file holds no name, and the chain is whole."""
    at(2025, 6, 30)
    key = completed(centre, 5, 6)
    shown = centre.done("claim", "show", key, "--by", "unit")
    assert all(word.encode() in kept_bytes(centre) for word in PERSONAL)

    at(2026, 6, 30)
    assert "Nothing to remove" in centre.done("purge", "--yes")
    at(2026, 7, 1)
    assert "2 candidates, 1 explanation" in centre.done("purge", "--yes")

    assert left(centre) == ["0044", "0051"]
    assert [word for word in PERSONAL if word.encode() in kept_bytes(centre)] == []
    assert centre.done("claim", "history", key, "--verify").startswith(f"Claim {key} is whole")
    assert centre.done("claim", "show", key, "--by", "unit").splitlines()[5:] == shown.splitlines()[5:]
    assert centre.done("claim", "show", key).count("(removed)") == 2
    assert "(removed)" in centre.done("claim", "queries", key)
    exported = tmp_path / "out.csv"
    centre.done("export", key, "-o", exported)
    assert exported.read_text("utf-8").count(",P,JH,") == 2
    assert "Nothing to remove" in centre.done("purge", "--yes")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_names_are_gone_from_every_file_although_another_program_has_the_store_open(centre, at):
    """SQLite keeps what was written lately in a file beside the store, for as long as anybody has that open."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    at(2026, 7, 1)
    with centre.workspace.store() as other:
        assert other.centres()
        file = Path(other._engine.url.database)

        def left_over() -> list[str]:
            kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
            return [word for word in PERSONAL if word.encode() in kept]

        assert left_over() == PERSONAL
        assert "2 candidates" in centre.done("purge", "--yes")
        assert left_over() == []


def test_it_says_what_it_will_remove_and_asks(centre, at):
    """A dry run shows the same; off a terminal nothing is removed without --yes."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    at(2027, 1, 1)
    assert centre.done("purge", "--dry-run").splitlines() == [
        "Claim          Status     Ended       Candidates  Explanations  Staying",
        "-------------  ---------  ----------  ----------  ------------  -------",
        "68199-05349-1  Completed  2025-06-30  2           1             0",
        "To be removed: 2 candidates, 1 explanation, of claims that ended before 2026-01-01.",
    ]
    assert centre.run("purge")[0] == 2
    assert len(left(centre)) == 4


def test_who_is_on_a_later_or_unfinished_claim_stays(centre, at):
    """Of the two candidates of an old claim one is on a claim of another qualification that is still open."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    at(2026, 8, 1)
    enter_for_media(centre, PEOPLE[1])
    centre.done("assessors", "add", MEDIA, "Jo Hughes", "JH")
    centre.done("merge", put(centre.issue(MEDIA, BY_UNIT, 3), {"Claim!E5": "M", "Claim!F5": "JH"}))
    centre.done("purge", "--yes")
    assert left(centre) == ["0043", "0044", "0051"]


def test_who_is_entered_for_what_was_not_claimed_yet_stays(centre, at):
    """Of a course of two years one qualification may be completed long before the other is claimed."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    enter_for_media(centre, PEOPLE[1])
    at(2027, 8, 1)
    assert "1 candidate, 1 explanation" in centre.done("purge", "--yes")
    assert left(centre) == ["0043", "0044", "0051"]


def test_a_number_used_again_does_not_give_an_old_claim_a_new_name(centre, at, tmp_path):
    """After the purge 0042 is another person: on the old claim the name stays removed, and the person stays."""
    at(2025, 6, 30)
    key = completed(centre, 5)
    at(2026, 8, 1)
    centre.done("purge", "--yes")
    register = tmp_path / "entries.csv"
    heading = "centre_number,entry_code,candidate_number,candidate_name,date_of_birth"
    register.write_text(f"{heading}\n{CENTRE},{IT},0042,New Person,2009-01-01\n")
    centre.done("entries", "import", register)
    assert "New Person" not in centre.done("claim", "show", key)
    assert "Nothing to remove" in centre.done("purge", "--yes")


def test_the_retention_is_configured(centre, at):
    """retention_months in claimbatch.toml; --months for once."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    at(2026, 1, 1)
    assert "Nothing to remove" in centre.done("purge", "--dry-run")
    assert "To be removed: 2 candidates" in centre.done("purge", "--dry-run", "--months", "6")
    with (centre.workspace.folder / "claimbatch.toml").open("a") as config:
        config.write("retention_months = 3\n")
    assert "To be removed: 2 candidates" in centre.done("purge", "--dry-run")


def test_a_withdrawn_claim_ends_too_and_an_unfinished_one_never(centre, at):
    at(2025, 6, 30)
    key = claimed(centre, 5)
    at(2027, 6, 30)
    assert "Nothing to remove" in centre.done("purge", "--yes")
    centre.done("claim", "withdraw", key, "--reason", "redone", "--yes")
    at(2029, 6, 30)
    assert "1 candidate," in centre.done("purge", "--yes")


def test_a_claim_made_between_the_question_and_the_answer_keeps_its_people(centre, at):
    """What was planned is looked at again when it is done."""
    at(2025, 6, 30)
    completed(centre, 5, 6)
    at(2027, 6, 30)
    with centre.workspace.store() as store:
        planned = plan(store, 12)
        centre.done("merge", put(centre.issue(IT, BY_UNIT, 4), {"Claim!E5": "M", "Claim!F5": "JH"}))
        assert (planned.candidates, carry_out(store, planned, "test").candidates) == (2, 1)
        assert examine(store, FIRST).is_whole
    assert left(centre) == ["0042", "0044", "0051"]
