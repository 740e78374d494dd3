"""What an import changes is shown by name before it is stored, asked about where it matters, kept, and undone."""

import hashlib
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.register.changes import Key, Register, What, of_assessors, of_entries, of_undo
from claimbatch.claims.store import Source
from claimbatch.claims.store.transactions import writing
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.layout import BY_UNIT
from tests.centre import CENTRE, IT, MEDIA, PEOPLE, Centre, put

HEAD = "entry_code,candidate_number,candidate_name,date_of_birth"
ALL = [f'{IT},{number},"{name}",{born}' for number, name, born in PEOPLE]
AHMED, BROWN, CLARK, ONEILL = ALL


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    """Four candidates entered for IT, in SQLite and in PostgreSQL."""
    return Centre.make(tmp_path / "centre", (IT,), address=url)


def imported(
    centre: Centre, *rows: str, head: str = HEAD, options: Any = (), name: str = "r.csv"
) -> tuple[int, str]:
    """Import *rows*: the exit code, and what was said after how the file was read."""
    file = centre.workspace.folder / name
    file.write_text("\n".join([head, *rows]), "utf-8")
    code, said = centre.run("entries", "import", file, *options)
    return code, "".join(
        line for line in said.splitlines(keepends=True) if not line.startswith(("Read ", "Columns "))
    )


def entered(centre: Centre) -> list[tuple[str, str, str, str]]:
    with centre.workspace.store() as store:
        return [
            (entry.entry_code, entry.candidate.number, entry.candidate.name, str(entry.candidate.born))
            for entry in store.entries()
        ]


def history(centre: Centre, kind: str = "entries") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(centre.done(kind, "history", "--format", "json"))
    return rows


def claimed(centre: Centre, row: int = 5) -> str:
    """A claim for the candidate in a row of the template."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), {f"Claim!E{row}": "P", f"Claim!F{row}": "JH"}))
    return f"{CENTRE}-{IT}-1"


# --- shown by name -----------------------------------------------------------------------------------------------


def test_new_changed_and_gone_are_shown_by_name(centre):
    """Old and new of every field; who needs an answer comes first."""
    rows = (
        f'{IT},0042,"Ahmed, Sana",2008-01-02,3,13B',
        f'{IT},0043,"Brown-Lee, Tom",2008-03-05,,13B',
        f'{IT},0060,"Li, Bo",,,',
    )
    said = imported(centre, *rows, head=f"{HEAD},units,Group", options=("--replace", "--yes"))[1]
    assert said.splitlines() == [
        "New (1):",
        "  0060 Li, Bo (05349)",
        "Changed (3):",
        "  0043 Brown, Tom → Brown-Lee, Tom; date of birth 2008-03-04 → 2008-03-05",
        "  0042 Ahmed, Sana (05349): units blank → 3; Group blank → 13B",
        "  0043 Brown-Lee, Tom (05349): Group blank → 13B",
        "Gone (2):",
        "  0044 Clark, Zoë (05349)",
        "  0051 O'Neill, Fay (05349)",
        (
            "3 candidates, 3 entries: 1 new, 2 changed, 2 removed. "
            "It is import 1: claimbatch entries restore takes it back."
        ),
    ]


def test_a_dry_run_shows_all_and_stores_nothing(centre):
    """No entry, no line in the history; names in full however many they are."""
    before = entered(centre)
    rows = [f'{IT},{number:04},"New, N{chr(65 + number)}",' for number in range(1, 12)]
    code, said = imported(centre, *rows, BROWN.replace("Tom", "Tim"), options=("--dry-run", "--replace"))
    assert (code, said.count("New, N"), "Brown, Tom → Brown, Tim" in said) == (0, 11, True)
    assert "Nothing was stored; it would be: 12 candidates, 12 entries: 11 new, 1 changed, 3 removed." in said
    assert (entered(centre), history(centre)) == (before, [])


def test_a_long_list_of_new_names_is_cut_and_the_history_has_it_whole(centre):
    rows = [f'{IT},{number:04},"New, N{chr(65 + number)}",' for number in range(1, 12)]
    said = imported(centre, *rows)[1]
    assert (said.count("New, N"), "  and 3 more\n" in said) == (8, True)
    assert centre.done("entries", "history", "--import", 1).count("New, N") == 11


def test_the_same_again_changes_nothing_and_says_so(centre):
    assert imported(centre, *ALL) == (0, "4 candidates, 4 entries: 4 unchanged.\n")


# --- asked -------------------------------------------------------------------------------------------------------

ASKING = {
    "another name": (BROWN.replace("Brown", "Browne"), ()),
    "another date of birth": (BROWN.replace("2008-03-04", "2008-04-03"), ()),
    "a date of birth lost": (BROWN.replace("2008-03-04", ""), ()),
    "entries that go": (BROWN, ("--replace",)),
}
SILENT = {
    "somebody new": f'{IT},0060,"Li, Bo",2008-01-01',
    "another entry": BROWN.replace(IT, MEDIA),
    "capitals": BROWN.replace("Brown", "BROWN"),
    "an apostrophe": ONEILL.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
}


@pytest.mark.parametrize(("row", "options"), ASKING.values(), ids=ASKING)
def test_off_a_terminal_nothing_is_stored_without_a_yes(centre, row, options):
    before = entered(centre)
    code, said = imported(centre, row, options=options)
    assert (code, "nobody is here to ask" in said, "Say --yes" in said) == (2, True, True)
    assert (entered(centre), history(centre)) == (before, [])
    assert imported(centre, row, options=(*options, "--yes"))[0] == 0
    assert entered(centre) != before


@pytest.mark.parametrize("row", SILENT.values(), ids=SILENT)
def test_what_makes_nobody_somebody_else_is_not_asked(centre, row):
    assert imported(centre, row)[0] == 0


@pytest.mark.parametrize(("answer", "code", "name"), [("y", 0, "Browne, Tom"), ("n", 5, "Brown, Tom")])
def test_at_a_terminal_it_asks_after_it_has_shown_even_where_it_is_to_be_quiet(
    centre, monkeypatch, answer, code, name
):
    asked: list[str] = []
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: asked.append(text) or answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    found, said = imported(centre, BROWN.replace("Brown", "Browne"), options=("--quiet",))
    assert (found, said.splitlines()[:2]) == (code, ["Changed (1):", "  0043 Brown, Tom → Browne, Tom"])
    assert "Store these changes (1 changed)? [y/N]" in asked[0]
    assert entered(centre)[1][2] == name


def test_a_register_changed_between_the_question_and_the_answer_is_not_changed_unseen(centre):
    entry = Entry(CENTRE, IT, Candidate("0043", "Browne, Tom", date(2008, 3, 4)))
    with centre.workspace.store() as store:
        seen = of_entries(RegisterFile((entry,)), store.register())
        imported(centre, BROWN.replace("Brown", "Braun"), options=("--yes",))
        with pytest.raises(ClaimbatchError, match="Another run has just changed the register") as caught:
            store.change_register(
                lambda now: of_entries(RegisterFile((entry,)), now), seen, Source("entries", "pat")
            )
    assert (caught.value.exit_code, entered(centre)[1][2]) == (Exit.LOCKED, "Braun, Tom")


def test_who_comes_on_a_claim_between_the_question_and_the_answer_does_not_become_somebody_else(centre):
    """The file was judged before the claim was made."""
    file = RegisterFile((Entry(CENTRE, IT, Candidate("0042", "Zed, Zara", date(2009, 9, 9))),))
    with centre.workspace.store() as store:
        seen = of_entries(file, store.register())
        claimed(centre)
        with pytest.raises(ClaimbatchError, match="Another run"):
            store.change_register(lambda now: of_entries(file, now), seen, Source("entries", "pat"))
    assert entered(centre)[0][2] == "Ahmed, Sana"


# --- the history of imports --------------------------------------------------------------------------------------


def test_every_import_is_in_a_history(centre):
    """Who, when, which file with which bytes, and how much; who changed nothing, too."""
    imported(centre, *ALL, f'{IT},0060,"Li, Bo",', options=("--by", "Pat Lee"), name="autumn.csv")
    data = (centre.workspace.folder / "autumn.csv").read_bytes()
    imported(centre, AHMED)
    first, second = history(centre)
    assert first.pop("at").endswith("Z")
    assert first == {
        "import": 1, "who": "Pat Lee", "file": "autumn.csv", "sha256": hashlib.sha256(data).hexdigest(),
        "new": 1, "changed": 0, "gone": 0, "unchanged": 4, "note": "",
    }  # fmt: skip
    assert [second[name] for name in ("import", "new", "changed", "gone", "unchanged")] == [2, 0, 0, 0, 1]
    assert history(centre, "assessors") == []


def test_nobody_alters_the_history(centre):
    imported(centre, AHMED)
    with centre.workspace.store() as store:
        for statement in ("UPDATE register_import SET who = 'x'", "DELETE FROM register_import"):
            with pytest.raises(DBAPIError, match="insert-only"), writing(store._engine) as connection:
                connection.execute(text(statement))


def test_what_an_import_changed_is_listed_old_and_new(centre):
    imported(centre, BROWN.replace("Tom", "Tim"), options=("--yes",))
    assert centre.done("entries", "history", "--import", 1, "--format", "csv").splitlines() == [
        "change,centre_number,number,name,entry_code,what,old,new",
        'changed,68199,0043,"Brown, Tom",,name,"Brown, Tom","Brown, Tim"',
    ]
    assert centre.run("entries", "history", "--import", 2)[0] == 2
    assert centre.run("assessors", "history", "--import", 1)[0] == 2


# --- undone ------------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_and_done_again(centre):
    """Whoever went is there again with entries and all, whoever came is gone; the undo is an import itself."""
    before = entered(centre)
    imported(centre, BROWN.replace("Tom", "Tim"), f'{IT},0060,"Li, Bo",', options=("--replace", "--yes"))
    after = entered(centre)
    said = centre.done("entries", "restore", "--yes")
    assert said.endswith(
        "Import 1 is taken back: 3 new, 1 changed, 1 removed.\nTo do it again: claimbatch entries restore --import 2\n"
    )
    assert (entered(centre), [row["note"] for row in history(centre)]) == (
        before,
        ["taken back by 2", "undoes 1"],
    )
    assert "No import of entries can be undone" in centre.run("entries", "restore", "--yes")[1]
    centre.done("entries", "restore", "--import", 2, "--yes")
    assert (entered(centre), history(centre)[0]["note"]) == (after, "")


def test_an_undo_asks_as_an_import_does(centre):
    imported(centre, BROWN.replace("Tom", "Tim"), options=("--yes",))
    after = entered(centre)
    code, said = centre.run("entries", "restore")
    assert (code, "Brown, Tim → Brown, Tom" in said, "nobody is here to ask" in said) == (2, True, True)
    assert "Nothing was changed; it would be: 1 changed" in centre.done("entries", "restore", "--dry-run")
    assert (entered(centre), len(history(centre))) == (after, 1)


def test_one_after_the_other_is_taken_back(centre):
    imported(centre, BROWN.replace("Tom", "Tim"), options=("--yes",))
    imported(centre, BROWN.replace("Tom", "Ted"), options=("--yes",))
    imported(centre, *ALL[2:])  # changed nothing: it is passed over
    assert "Import 2 is taken back" in centre.done("entries", "restore", "--yes")
    assert "Import 1 is taken back" in centre.done("entries", "restore", "--yes")
    assert [name for _, number, name, _ in entered(centre) if number == "0043"] == ["Brown, Tom"]


def test_what_was_changed_since_is_not_taken_back(centre):
    """An older import is undone as far as nothing newer says otherwise, and only if that is wanted."""
    imported(centre, BROWN.replace("Tom", "Tim"), CLARK.replace("Zoë", "Zo"), options=("--yes",))
    imported(centre, BROWN.replace("Tom", "Ted"), options=("--yes",))
    before = entered(centre)
    code, said = centre.run("entries", "restore", "--import", 1, "--yes")
    assert (code, said.splitlines()[0], entered(centre)) == (
        1,
        "Not taken back: 0043 Brown, Ted: changed since.",
        before,
    )
    assert centre.run("entries", "restore", "--import", 1, "--yes", "--partial")[0] == 1
    assert [name for _, _, name, _ in entered(centre)][1:3] == ["Brown, Ted", "Clark, Zoë"]


def test_who_is_on_a_claim_by_now_keeps_the_name_and_the_lines(centre):
    """The entry of a candidate who came with the import goes, the candidate stays as the claim means them."""
    imported(centre, f'{IT},0001,"Aba, Al",2008-01-01')
    key = claimed(centre)  # 0001 is first on the template
    told = centre.done("claim", "history", key)
    said = centre.done("entries", "restore", "--yes")
    assert "  0001 Aba, Al (05349), on a claim, which keeps its lines\n" in said
    assert "0001" not in [number for _, number, _, _ in entered(centre)]
    assert centre.done("claim", "history", key) == told
    assert "CB406" in centre.done(
        "claim", "show", key
    )  # which says that the candidate is not entered any more
    centre.done("entries", "restore", "--import", 2)
    assert entered(centre)[0] == (IT, "0001", "Aba, Al", "2008-01-01")


def test_an_undo_makes_nobody_on_a_claim_somebody_else(centre):
    """As an import (CB508): another name and another date of birth at once are another person."""
    imported(centre, f'{IT},0042,"Zed, Zara",2009-09-09', options=("--yes",))
    claimed(centre)
    before = entered(centre)
    code, said = centre.run("entries", "restore", "--yes")
    assert (code, "0042 Zed, Zara: on a claim, as another person" in said, entered(centre)) == (
        1,
        True,
        before,
    )


def test_an_entry_does_not_come_back_to_somebody_who_is_gone(centre):
    """Two imports, each with --replace of another code, and only the older one is to be undone."""
    imported(centre, BROWN.replace(IT, MEDIA), CLARK.replace(IT, MEDIA))
    imported(centre, BROWN.replace(IT, MEDIA), options=("--replace", "--yes"))  # Clark's entry for MEDIA goes
    imported(centre, BROWN, options=("--replace", "--yes"))  # and Clark with the last one
    before = entered(centre)
    code, said = centre.run("entries", "restore", "--import", 2, "--yes")
    assert (code, "0044 (removed) (05844): no longer in the register" in said) == (1, True)
    assert entered(centre) == before
    centre.done("entries", "restore", "--import", 3, "--yes")
    centre.done("entries", "restore", "--import", 2, "--yes")
    assert (MEDIA, "0044", "Clark, Zoë", "2008-05-06") in entered(centre)


# --- assessors ---------------------------------------------------------------------------------------------------


def test_an_import_of_assessors_is_shown_kept_and_taken_back(centre, tmp_path):
    """Initials that claims name by now stay, with nothing to assess."""
    staff = tmp_path / "staff.csv"
    staff.write_text(
        f"entry_code,initials,name\n{MEDIA},jh,Jo Hughes\n{IT},NO,Niamh Ode\n{IT},AB,Al Bo\n", "utf-8"
    )
    before = [("JH", IT), ("SA", IT)]
    said = centre.done("assessors", "import", staff)
    assert said.splitlines()[1:6] == [
        "New (2):",
        "  AB Al Bo (05349)",
        "  NO Niamh Ode (05349)",
        "Changed (1):",
        "  JH Jo Hughes: entry codes 05349 → 05349 05844",
    ]
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), {"Claim!E5": "P", "Claim!F5": "NO"}))
    assert centre.run("assessors", "restore")[0] == 2
    centre.done("assessors", "restore", "--yes")
    with centre.workspace.store() as store:
        found = [(who.initials, " ".join(sorted(who.entry_codes))) for who in store.assessors()]
    assert (found, [row["note"] for row in history(centre, "assessors")]) == (
        [before[0], ("NO", ""), before[1]],
        ["taken back by 2", "undoes 1"],
    )


# --- purged ------------------------------------------------------------------------------------------------------


@pytest.fixture
def at(monkeypatch):
    def set_clock(year: int, month: int, day: int) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(year, month, day, tzinfo=UTC).timestamp())))

    return set_clock


def kept_bytes(centre: Centre) -> bytes:
    """All that the database's files hold: those of SQLite, or the pages of the tables of PostgreSQL."""
    with centre.workspace.store() as store:
        if store._engine.dialect.name == "sqlite":
            file = Path(store._engine.url.database)
            return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
        with store._engine.connect() as connection:
            connection.execute(text("CHECKPOINT"))
            page = "SELECT pg_read_binary_file(pg_relation_filepath('{}'))"
            tables = ("candidate", "entry", "register_change", "register_change_pkey", "register_import")
            return b"".join(connection.execute(text(page.format(name))).scalar_one() for name in tables)


def completed(centre: Centre, row: int) -> None:
    key = claimed(centre, row)
    centre.done("claim", "declare", key, "--all")
    centre.done("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")
    centre.done("moderation", "complete", key, "--reference", "R1")


def test_a_purge_leaves_no_name_in_the_store_and_no_undo_brings_one_back(centre, at):
    """Old and new names of whoever was claimed, even from an import of yesterday, which is undone for the rest."""
    at(2025, 6, 30)
    imported(centre, AHMED.replace("Sana", "Zana"), options=("--yes",))
    imported(centre, AHMED.replace("Sana", "Wana"), options=("--yes",))
    completed(centre, 5)
    at(2026, 6, 30)
    imported(centre, AHMED.replace("Sana", "Xana"), BROWN.replace("Tom", "Tim"), options=("--yes",))
    words = [b"Sana", b"Zana", b"Wana", b"Xana", b"2008-01-02"]
    assert all(word in kept_bytes(centre) for word in words)
    at(2026, 7, 1)
    said = centre.done("purge", "--yes")
    assert "Removed: 1 candidate, no explanations, what 2 imports of the register changed." in said

    assert [word for word in words if word in kept_bytes(centre)] == []
    assert [row["note"] for row in history(centre)] == ["can no longer be taken back"] * 2 + [""]
    assert centre.run("entries", "restore", "--import", 2, "--yes")[0] == 2
    assert "0043" in centre.done("entries", "history", "--import", 3)
    centre.done("entries", "restore", "--yes")
    assert [(number, name) for _, number, name, _ in entered(centre)] == [
        ("0043", "Brown, Tom"), ("0044", "Clark, Zoë"), ("0051", "O'Neill, Fay"),
    ]  # fmt: skip


def test_a_number_used_again_after_a_purge_is_nobody_of_the_old_claim(centre, at):
    """Its new owner is put right, taken back and forgotten like anybody who is on no claim."""
    at(2025, 6, 30)
    completed(centre, 5)
    at(2026, 8, 1)
    centre.done("purge", "--yes")
    imported(centre, f'{IT},0042,"New, Person",2009-01-01')
    assert imported(centre, f'{IT},0042,"Other, Body",2009-02-02', options=("--yes",))[0] == 0
    centre.done("entries", "restore", "--yes")
    assert entered(centre)[0][2] == "New, Person"
    centre.done("entries", "restore", "--yes")
    with centre.workspace.store() as store:
        assert Key(What.CANDIDATE, CENTRE, "", "0042") not in store.register().records


def test_who_left_without_a_claim_is_forgotten_when_the_time_is_over(centre, at):
    """Nobody else keeps their names, so the purge of claims would never find them."""
    at(2025, 6, 30)
    imported(centre, *ALL[:3], options=("--replace", "--yes"))
    assert b"Neill, Fay" in kept_bytes(centre)
    at(2026, 6, 1)
    assert "Nothing to remove" in centre.done("purge", "--yes")
    at(2026, 8, 1)
    assert centre.done("purge", "--dry-run") == (
        "To be removed: what 1 import of the register changed, from before 2025-08-01.\n"
    )
    assert "Removed: what 1 import of the register changed.\n" in centre.done("purge", "--yes")
    assert (b"Neill, Fay" in kept_bytes(centre), len(entered(centre)), len(history(centre))) == (False, 3, 1)


def test_a_purge_between_the_look_and_the_undo_is_noticed(centre, at):
    """What was read before the purge is not written after it."""
    at(2025, 6, 30)
    imported(centre, *ALL[:3], options=("--replace", "--yes"))
    with centre.workspace.store() as store:
        found, changes = store.made_by("entries", None)
        plan = of_undo(changes, store.register())
        at(2027, 6, 30)
        centre.done("purge", "--yes")
        with pytest.raises(ClaimbatchError):
            store.undo_import(found.number, plan, Source("entries", "pat", undoes=found.number))
    assert len(entered(centre)) == 3


# --- laws --------------------------------------------------------------------------------------------------------

people = st.builds(
    Candidate,
    st.sampled_from(["0001", "0002", "0003"]),
    st.sampled_from(["Ahmed, Sana", "Brown, Tom"]),
    st.sampled_from([None, date(2008, 1, 2)]),
)
files = st.builds(
    RegisterFile,
    st.lists(
        st.builds(
            Entry,
            st.just(CENTRE),
            st.sampled_from([IT, MEDIA]),
            people,
            st.frozensets(st.sampled_from([3, 4]), max_size=2),
        ),
        max_size=5,
        unique_by=lambda entry: (entry.entry_code, entry.candidate.number),
    ).map(tuple),
    columns=st.just(frozenset({"units"})),
)


def after(register: Register, changes: Any) -> Register:
    records = {**register.records, **{change.key: change.after for change in changes}}
    return Register({key: record for key, record in records.items() if record}, register.claimed)


@given(st.lists(st.tuples(files, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=60)
def test_undoing_the_last_import_gives_the_register_as_it_was(imports):
    """Whatever came before; and undoing the undo gives what it had become."""
    register = Register({})
    for file, replacing in imports:
        before = register
        plan = of_entries(file, before, replacing=replacing)
        register = after(before, plan.changes)
    undo = of_undo(plan.changes, register)
    back = after(register, undo.changes)
    assert (back, undo.kept) == (before, ())
    assert after(back, of_undo(undo.changes, back).changes) == register


@given(st.lists(st.tuples(files, st.booleans()), min_size=2, max_size=4), st.data())
@settings(max_examples=60)
def test_whatever_is_undone_every_entry_has_a_candidate_and_every_candidate_an_entry(imports, data):
    made, register = [], Register({})
    for file, replacing in imports:
        made.append(of_entries(file, register, replacing=replacing).changes)
        register = after(register, made[-1])
    for number in data.draw(st.lists(st.integers(0, len(made) - 1), max_size=4)):
        register = after(register, of_undo(made[number], register).changes)
        entries = {key.person for key in register.records if key.what is What.ENTRY}
        assert entries == {key for key in register.records if key.what is What.CANDIDATE}


def test_initials_in_any_case_are_one_assessor():
    plan = of_assessors(
        [Assessor(CENTRE, "JH", "Jo"), Assessor(CENTRE, "jh", "Jo", frozenset({IT}))], Register({})
    )
    assert [(change.key, change.after) for change in plan.changes] == [
        (
            Key(What.ASSESSOR, CENTRE, "", "jh"),
            {"initials": "JH", "name": "Jo", "entry_codes": [IT], "former": []},
        )
    ]
