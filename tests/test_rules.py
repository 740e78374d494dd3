"""Every rule has a case file, ``tests/rules/CBnnn.toml``, with cases that pass and cases that fail; here they run.

A case says what *is* done and what checking *finds* (place and code). Most cases *put* values into a workbook that is
otherwise in order: 05349 by candidate, candidates 0042, 0043, 0044 and 0051 in rows 5 to 8, Unit 1 in column E, JH the
default assessor of every unit. Cases for files name a maker of tests/hostile.py, those for registers hold a CSV, those
for claims a small table of lines.
"""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.claims.award import awards
from claimbatch.claims.claim import Candidate, Claim, Status
from claimbatch.claims.claim_rules import award_incomplete, lacking
from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.life import Submission, declare, submit
from claimbatch.claims.register import Assessor, Entry, RegisterFile, read_assessors, read_register
from claimbatch.claims.register.file import read_csv, read_sheet
from claimbatch.claims.standing import Query, Standing
from claimbatch.claims.submitted import complete, withdraw
from claimbatch.claims.today import Today
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.data import schema_folder
from claimbatch.form.qualification import Size
from claimbatch.intake.receiving import How, receive
from claimbatch.intake.rules import RULES
from claimbatch.intake.unit_list import read_unit_list
from claimbatch.output.rulebook import markdown
from claimbatch.problems import Problem
from tests import hostile
from tests.beside import with_box, with_thread
from tests.centre import CENTRE, IT, PEOPLE, Centre, edit, put
from tests.claims_made import QUALIFICATION, claim_of
from tests.moderated import book, heard, moderated

ROOT = Path(__file__).parent
FILES = sorted((ROOT / "rules").glob("CB*.toml"))
CASES = [(path.stem, case) for path in FILES for case in tomllib.loads(path.read_text("utf-8"))["case"]]
Case = dict[str, Any]


@pytest.mark.parametrize(("code", "case"), CASES, ids=[f"{code} {case['is']}" for code, case in CASES])
def test_case(code: str, case: Case, tmp_path: Path) -> None:
    """Checking finds what the case says, and nothing else."""
    runner = next(run_case for key, run_case in RUNNERS if key in case)
    assert sorted(runner(case, tmp_path)) == sorted(case["finds"])


def test_every_rule_has_cases_that_pass_and_cases_that_fail() -> None:
    """A rule without a case file, or whose cases only pass or only fail, is not proved."""
    proved = {(code, any(find.endswith(code) for find in case["finds"])) for code, case in CASES}
    assert [
        (rule.code, fails) for rule in RULES for fails in (True, False) if (rule.code, fails) not in proved
    ] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself(rule: Any) -> None:
    """Its docstring has a first line, Why, Wrong and Right; its words fit its name."""
    first, *rest = rule.doc.split("\n\n")
    assert first.endswith(".")
    assert re.findall(r"^(\w+):", "\n".join(rest), re.MULTILINE) == ["Why", "Wrong", "Right"]
    assert re.fullmatch(r"CB\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert rule.message.strip()
    assert rule.hint.strip()


def test_no_code_and_no_name_is_used_twice() -> None:
    """Numbers are never reused, names are unique."""
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


def test_the_page_of_rules_is_in_step() -> None:
    """docs/rules.md is what ``claimbatch rules --format markdown`` prints (make rules)."""
    assert (ROOT.parent / "docs" / "rules.md").read_text("utf-8") == markdown(RULES)


def test_rules_are_explained_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    """By code in any case, or by name; an unknown one is exit 2."""
    assert [run(cli, ["rules", "cb104"]), run(cli, ["rules", "unknown-grade"])] == [0, 0]
    assert capsys.readouterr().out.count("CB104 unknown-grade (error)") == 2
    assert run(cli, ["rules", "CB999"]) == 2


# --- how a case is run -------------------------------------------------------------------------------------------


def briefs(problems: Any) -> list[str]:
    """Place and code of each problem; every message and hint can be said in full."""
    return [_brief(problem) for problem in problems]


def _brief(problem: Problem) -> str:
    words = f"{problem.message} {problem.hint}"
    assert not [name for _, name, _, _ in Formatter().parse(words.replace("{{", "")) if name]
    return f"{problem.place} {problem.rule.code}".strip()


def run_file(case: Case, tmp_path: Path) -> list[str]:
    """A file made by tests/hostile.py, or of the bytes given."""
    maker = getattr(hostile, case["file"], None) if case["file"] else None
    made = maker(*case.get("with", ()), **case.get("how", {})) if maker else None
    path = tmp_path / case.get("name", "returned.xlsx")
    path.write_bytes(made if made is not None else case["file"].encode())
    return briefs(Centre.make(tmp_path / "centre").check(path).problems)


def run_csv(case: Case, tmp_path: Path) -> list[str]:
    """A register file, a CSV or the rows of a sheet, or with *assessors* an assessors file."""
    centre = Centre.make(tmp_path / "centre")
    if "sheet" in case:
        table = read_sheet(
            "register.xlsx", "Register", case["sheet"], {}, hidden=frozenset(case.get("hide", ()))
        )
    else:
        table = read_csv("register.csv", case["csv"].encode(case.get("encoding", "utf-8")))
    known = {"centres": {CENTRE: "Example College"}, "catalogue": centre.catalogue}
    reader = read_assessors if case.get("assessors") else read_register
    return briefs(reader(table, **known).problems)


def run_units(case: Case, tmp_path: Path) -> list[str]:
    """A list of units."""
    path = tmp_path / "units.csv"
    path.write_text(case["units"].lstrip(), "utf-8")
    return briefs(read_unit_list(path).problems)


def run_claim(case: Case, tmp_path: Path) -> list[str]:
    """A claim as a small table of lines, with declarations and open queries."""
    certificate = replace(QUALIFICATION, size=Size(30, "credits", True, ""))
    claim = claim_of(case["claim"], status=Status.NOT_SUBMITTED, qualification=certificate)
    queries = tuple(
        Query(number, number, "CB202", "0042", "3", "a.xlsx", "Grades", "G5", "t")
        for number in case.get("queries", ())
    )
    entered = frozenset(case["entered"]) if "entered" in case else None
    unfit = _today(claim, case["today"]).unfit(claim.lines) if "today" in case else ()
    declared = frozenset(case.get("declared", ()))
    problems = lacking(Standing(claim, declared, queries, entered=entered, unfit=unfit))
    return briefs([*problems, *(award_incomplete.find(awards(claim)) if case.get("award") else ())])


def _today(claim: Claim, case: Case) -> Today:
    """The register of today: who is entered for which *units* (none: for all), and who the *assessors* are."""
    entries = [
        Entry(CENTRE, claim.entry_code, Candidate(number, ""), frozenset(units))
        for number, units in case["units"].items()
    ]
    assessors = [
        Assessor(CENTRE, who, who, frozenset({claim.entry_code})) for who in case.get("assessors", ())
    ]
    return Today.of(claim.qualification, entries, assessors)


def run_workbook(case: Case, tmp_path: Path) -> list[str]:
    """A workbook in order, with the case's values put into it."""
    units = {number: frozenset(some) for number, some in case.get("entries", {}).items()}
    people = PEOPLE + ((("0099", PEOPLE[0][1], PEOPLE[0][2]),) if case.get("twin") else ())
    centre = Centre.make(tmp_path / "centre", (case.get("entry_code", IT),), people=people, units=units)
    if case.get("unsettled"):
        _other_bodies(centre, case["unsettled"])
    if "earlier" in case:
        _claimed_earlier(centre, **case["earlier"])
    if "claimed" in case:
        _happen(centre, edit(centre.issue(IT), _with_defaults), {"merged": case["claimed"]})
    path = centre.issue(case.get("entry_code", IT), case.get("form", "by-candidate"), case.get("unit", 0))
    if "by-unit" not in path.name and "unit-" not in path.name:
        edit(path, _with_defaults)
    for step in case.get("first", ()):
        _happen(centre, path, step)
    _correct(centre, case.get("since", {}))
    also = [put(path, case["second"], "second.xlsx")] if "second" in case else []
    edit(path, lambda workbook: _change(workbook, case))
    path = _written_beside(path, case)
    if case.get("foreign"):
        path = _foreign(case["foreign"], centre, path, tmp_path)
    if "named" in case:
        path = path.rename(path.with_name(case["named"]))
    return briefs(centre.check(path, *also).problems)


def run_moderator(case: Case, tmp_path: Path) -> list[str]:
    """A workbook that a moderator has filled in (see tests/moderated.py), heard as such, or *checked* among claims."""
    centre, form = moderated(tmp_path / "centre"), case["moderator"]
    path = book(centre, form, {})
    edit(path, lambda workbook: _change(workbook, case))
    for words in case.get("since", ()):
        centre.done(*words.split())
    if case.get("copied"):
        openpyxl.Workbook().save(path)
    if "key" in case:
        (centre.workspace.folder / "claimbatch.key").write_text("ab" * 32, "utf-8")
    if case.get("checked"):
        return briefs(centre.check(path).problems)
    return briefs(heard(centre, path, case.get("wanted", form), case.get("of", "")).problems)


RUNNERS = (
    ("moderator", run_moderator),
    ("units", run_units),
    ("file", run_file),
    ("csv", run_csv),
    ("sheet", run_csv),
    ("claim", run_claim),
    ("is", run_workbook),
)


def _with_defaults(workbook: openpyxl.Workbook) -> None:
    for row in range(5, workbook["Units"].max_row + 1):
        workbook["Units"].cell(row, 4, "JH")


def _change(workbook: openpyxl.Workbook, case: Case) -> None:
    for place, value in case.get("put", {}).items():
        if place.startswith("Other units!") and "Other units" not in workbook.sheetnames:
            _bring_in(workbook)
        _cell(workbook, place).value = value
    for place, text in case.get("error", {}).items():
        cell = _cell(workbook, place)
        cell.value, cell.data_type = text, "e"
    for sheet, cells in (place.split("!") for place in case.get("merge", ())):
        workbook[sheet].merge_cells(cells)
    for old, new in case.get("rename", {}).items():
        workbook[old].title = new
    for sheet, row in case.get("delete_rows", {}).items():
        workbook[sheet].delete_rows(row)
    for name in case.get("delete", ()):
        del workbook[name]
    for name in case.get("add", ()):
        workbook.create_sheet(name)["B2"] = "a remark"
    _write_on(workbook, case)


def _write_on(workbook: openpyxl.Workbook, case: Case) -> None:
    """Comments on cells, and lines through them."""
    for place, text in case.get("comment", {}).items():
        _cell(workbook, place).comment = Comment(text, "Jo Hughes")
    for place in case.get("strike", ()):
        _cell(workbook, place).font = Font(strike=True)


def _cell(workbook: openpyxl.Workbook, place: str) -> Any:
    sheet, cell = place.split("!")
    return workbook[sheet][cell]


def _written_beside(path: Path, case: Case) -> Path:
    """Text boxes (a picture where there is no text), and threads of comments."""
    for place, text in case.get("box", {}).items():
        path = with_box(path, place, text, kind="sp" if text else "pic")
    for done in ("thread", "resolved"):
        for place, texts in case.get(done, {}).items():
            path = with_thread(path, place, texts, done=done == "resolved")
    return path


def _bring_in(workbook: openpyxl.Workbook) -> None:
    """The sheet Other units, brought in from another workbook."""
    sheet = workbook.create_sheet("Other units")
    headings = ("Candidate number", "Unit title", "Awarding body", "Grade", "Assessor", "Evidence held")
    for column, heading in enumerate(headings, 1):
        sheet.cell(4, column, heading)


def _happen(centre: Centre, path: Path, step: Case) -> None:
    """What happened before the workbook came back: another one was merged, the claim was carried on."""
    if "merged" in step:
        _merge(centre, put(path, step["merged"], step.get("as", "earlier.xlsx")))
    if "merged_fresh" in step:
        fresh = centre.issue(IT, "by-unit", 1, into=path.parent / "fresh")
        _merge(centre, put(fresh, {"Claim!F5": "JH"} | step["merged_fresh"]))
    if "set" in step:
        centre.done("claim", "set", f"{CENTRE}-{IT}-1", *step["set"])
    with centre.workspace.store() as store:
        claim = store.claim(f"{CENTRE}-{IT}-1", centre.catalogue)
        if step.get("submitted"):
            declare(store, claim, {line.candidate for line in claim.lines}, "test")
            submit(
                store, store.claim(claim.key, centre.catalogue), Submission("test", centre_declaration=True)
            )


def _merge(centre: Centre, path: Path) -> None:
    with centre.workspace.store() as store:
        received = receive(
            store, [(path, path.name)], How("test", partial=True), lambda: centre.workspace.known(store)
        )
    assert received.taken.changes


def _correct(centre: Centre, register: Case) -> None:
    """What was corrected in the register since the template went out: *entries*, assessors *removed* and so on."""
    for number, units in register.get("entries", {}).items():
        person = next(Candidate(*who) for who in PEOPLE if who[0] == number)
        entry = Entry(CENTRE, IT, person, frozenset(units))
        with centre.workspace.store() as store:
            store.save_register(RegisterFile((entry,), columns=frozenset({"units"})))
    if "removed" in register:
        centre.done("assessors", "remove", IT, register["removed"])
    if "added" in register:
        initials, name = register["added"]
        centre.done("assessors", "add", IT, name, initials)
    if "renamed" in register:
        centre.done("assessors", "rename", *register["renamed"])


def _claimed_earlier(centre: Centre, put_in: Case, then: str) -> None:
    """An earlier claim, submitted, and what *then* became of it."""
    path = edit(centre.issue(IT), _with_defaults)
    _happen(centre, path, {"merged": put_in, "submitted": True})
    with centre.workspace.store() as store:
        claim = store.claim(f"{CENTRE}-{IT}-1", centre.catalogue)
        if then == "completed":
            complete(store, claim, "R1", "test")
        elif then == "withdrawn":
            withdraw(store, claim, "test", "test", claim.lines[0].cell)


def _foreign(kind: str, centre: Centre, path: Path, tmp_path: Path) -> Path:
    """A workbook that is not this workspace's, or no longer."""
    if kind == "copied":
        workbook = openpyxl.Workbook()
        workbook.active["A1"] = "Candidate number"
        workbook.save(path)
    elif kind == "outdated":
        file = next(f for f in schema_folder().glob("*.toml") if IT in f.read_text("utf-8"))
        text = re.sub(r"\[\[unit\]\]\nnumber = 38\n.*\n", "", file.read_text("utf-8"))
        (centre.workspace.folder / "schemas" / file.name).write_text(text, "utf-8")
        centre.catalogue = centre.workspace.catalogue()
    elif kind == "workspace":
        return Centre.make(tmp_path / "other").issue(IT)
    elif kind == "centre":
        other = Centre.make(tmp_path / "other")
        (other.workspace.folder / "claimbatch.key").write_bytes(
            (centre.workspace.folder / "claimbatch.key").read_bytes()
        )
        return _of_another_centre(other)
    return path


def _of_another_centre(other: Centre) -> Path:
    with other.workspace.store() as store:
        store.add_centre("68200", "Another College")
        number, name, born = PEOPLE[0]
        store.save_register(RegisterFile((Entry("68200", IT, Candidate(number, name, born)),)))
        name, content = issue_template(
            store, other.catalogue, other.workspace.key(), Order("68200", IT, "by-candidate")
        )
    path = other.workspace.folder / name
    path.write_bytes(content)
    return path


def _other_bodies(centre: Centre, setting: str) -> None:
    """Say in the workspace's own qualification file whether other awarding bodies' units are taken."""
    file = next(f for f in schema_folder().glob("*.toml") if IT in f.read_text("utf-8"))
    text = file.read_text("utf-8").replace(
        f'entry_code = "{IT}"\n', f'entry_code = "{IT}"\nother_awarding_body_units = {setting}\n'
    )
    (centre.workspace.folder / "schemas" / file.name).write_text(text, "utf-8")
    centre.catalogue = centre.workspace.catalogue()
