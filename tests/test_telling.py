"""What a night leaves in the folder of its run, for people and for programs."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from prometheus_client.parser import text_string_to_metric_families

from claimbatch.errors import ClaimbatchError
from claimbatch.night.account import Account, Fate
from claimbatch.night.junit import to_junit
from claimbatch.night.metrics import write_metrics
from claimbatch.night.telling import tell
from tests.centre import Centre
from tests.failing_disk import BROKEN, FULL, Disk, each_call
from tests.nights import LEFT, RUN, night, quiet

# --- for build servers -------------------------------------------------------------------------------------------


def cases(account: Account) -> list[tuple[str | None, str | None, str, str | None]]:
    """Where each test case is, what it is called, how it went, and why."""
    return [
        (case.get("classname"), case.get("name"), *_went(case))
        for case in Xml.fromstring(to_junit(account)).iter("testcase")
    ]


def _went(case: Xml.Element) -> tuple[str, str | None]:
    return next(((said.tag, said.get("message") or said.text) for said in case), ("", None))


def test_each_file_is_a_test_case() -> None:
    """What has errors fails, what could do harm is an error, what was left is skipped; then what was not done."""
    assert cases(night()) == [
        ("12A", "12A/Copy of Hughes.xlsx", "system-out", "The same file as 12A/Hughes.xlsx."),
        ("12A", "12A/Hughes.xlsx", "", None),
        ("12B", "12B/Adeyemi unit 4.xlsx", "failure", "CB104 (3), CB108 (1)"),
        ("12C", "12C/Novák.xlsx", "skipped", "It is open in Excel."),
        ("inbox", "holiday.xlsm", "error", "A workbook that carries macros. CB005 (1)"),
        ("inbox", "part.xlsx", "failure", "CB104 (2)"),
        ("claimbatch", "export", "error", "68199-05349-1.csv is open in another program."),
        ("claimbatch", "mail", "error", "The server did not know (an address)."),
    ]


def test_a_build_server_gets_the_right_numbers() -> None:
    suites = [dict(suite.attrib) for suite in Xml.fromstring(to_junit(night())).iter("testsuite")]
    assert suites == [
        {
            "name": "files", "tests": "6", "failures": "2", "errors": "1", "skipped": "1",
            "timestamp": "2026-11-26T02:00:00",
        },
        {"name": "left undone", "tests": "2", "errors": "2"},
    ]  # fmt: skip


def test_it_says_where_to_look() -> None:
    (failure, _) = Xml.fromstring(to_junit(night())).iter("failure")
    assert (failure.text or "").splitlines() == [
        "rejected/12B/Adeyemi unit 4.xlsx",
        "rejected/12B/Adeyemi unit 4_marked.xlsx",
        "rejected/12B/Adeyemi unit 4_problems.pdf",
    ]


def test_a_night_in_which_nothing_came_is_an_empty_suite() -> None:
    assert cases(quiet()) == []


@pytest.mark.parametrize("name", ["a\x07b.xlsx", "a\udce9b.xlsx", '<a>&".xlsx'])
def test_any_name_of_a_file_can_be_told(name: str) -> None:
    (case,) = cases(quiet(files=(replace(LEFT, name=name),)))
    assert case[1] == name.replace("\x07", "\ufffd").replace("\udce9", "\ufffd")


# --- for whoever watches the computers ---------------------------------------------------------------------------


def measured(path: Path) -> dict[str, float]:
    """The metrics as Prometheus reads them, each with its label."""
    families = text_string_to_metric_families(path.read_text("utf-8"))
    return {
        sample.name.removeprefix("claimbatch_night_")
        + "".join(f" {v}" for v in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_reads_the_metrics(tmp_path: Path) -> None:
    path = tmp_path / "claimbatch.prom"
    write_metrics(path, night(undone=()))
    found = measured(path)
    assert {name: value for name, value in found.items() if not name.startswith("info")} == {
        "last_run_timestamp_seconds": 1795658600, "last_success_timestamp_seconds": 1795658600,
        "duration_seconds": 200.123, "undone": 0,
        "files merged": 1, "files merged-in-part": 1, "files already-received": 1, "files rejected": 1,
        "files quarantined": 1, "files left": 1,
        "lines added": 4, "lines changed": 1, "lines removed": 1, "lines unchanged": 1, "lines held": 6,
        "claims_changed": 2, "problems CB005": 1, "problems CB104": 5, "problems CB108": 2,
        "mails sent": 1, "mails waiting": 1, "mails refused": 0, "mails uncertain": 0, "mails dropped": 0,
        "mails not made": 0, "workbooks_outstanding": 2,
    }  # fmt: skip


def test_every_metric_says_what_it_is_and_of_what_kind(tmp_path: Path) -> None:
    """As promtool check metrics wants it: help and type before the values, each name once, base units, no totals."""
    path = tmp_path / "claimbatch.prom"
    write_metrics(path, night())
    text = path.read_text("utf-8")
    families = list(text_string_to_metric_families(text))
    assert [f.name for f in families if not f.documentation.endswith(".") or f.type != "gauge"] == []
    assert len({f.name for f in families}) == len(families) == text.count("# HELP") == text.count("# TYPE")
    assert [f.name for f in families if not f.name.startswith("claimbatch_night_")] == []
    assert [f.name for f in families if f.name.endswith(("_total", "_count", "_ms", "_gauge"))] == []
    assert text.endswith("\n")


def test_how_much_is_measured_does_not_grow_with_the_files(tmp_path: Path) -> None:
    few, many = tmp_path / "few.prom", tmp_path / "many.prom"
    write_metrics(few, night())
    write_metrics(many, night(files=[replace(f, name=f"{i}.xlsx") for f in night().files for i in range(50)]))
    assert list(measured(few)) == list(measured(many))


def test_when_all_went_well_for_the_last_time_is_remembered(tmp_path: Path) -> None:
    """Over nights that could not do all they had to; so that a watcher can ask how long ago it was."""
    path = tmp_path / "claimbatch.prom"

    def success(account: Account) -> float:
        write_metrics(path, account)
        return measured(path)["last_success_timestamp_seconds"]

    later = {"ended": "2026-11-27T02:00:00Z"}
    assert success(night()) == 0
    assert success(quiet()) == 1795658401
    assert success(night(**later)) == 1795658401
    path.write_bytes(b"\xff\x00 claimbatch")
    assert success(night(**later)) == 0


def test_the_collector_may_read_it_although_it_is_another_user(tmp_path: Path) -> None:
    path = tmp_path / "claimbatch.prom"
    write_metrics(path, quiet())
    assert (path.stat().st_mode & 0o777, [p.name for p in tmp_path.iterdir()]) == (0o644, ["claimbatch.prom"])


# --- all together ------------------------------------------------------------------------------------------------


def test_a_night_is_told_in_its_folder(centre: Centre) -> None:
    """Whole files, their owner's alone, and the metrics beside the folders."""
    runs = centre.workspace.folder / "runs"
    tell(centre.workspace, night(), runs / RUN)
    assert sorted(path.name for path in (runs / RUN).iterdir()) == [
        "changes.csv", "junit.xml", "manifest.json", "problems.csv", "summary.html",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o777 for path in (runs / RUN).iterdir()} == {0o600}
    assert [path.name for path in runs.iterdir() if path.is_file()] == ["claimbatch.prom"]


def test_a_night_that_only_looked_leaves_the_metrics_alone(centre: Centre) -> None:
    tell(centre.workspace, night(dry_run=True), centre.workspace.folder / "runs" / RUN)
    assert not (centre.workspace.folder / "runs" / "claimbatch.prom").exists()


def test_a_night_may_be_told_again(centre: Centre) -> None:
    """As where it was killed while it told."""
    folder = centre.workspace.folder / "runs" / RUN
    tell(centre.workspace, night(), folder)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    tell(centre.workspace, night(), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


@pytest.mark.parametrize("error", [FULL, BROKEN])
def test_whichever_call_of_the_disk_fails_the_manifest_is_there_only_where_the_rest_is(
    error: int, centre: Centre
) -> None:
    """What it says is in one sentence, and all that is there is whole."""
    runs = centre.workspace.folder / "runs"
    tell(centre.workspace, night(), runs / "whole")
    whole = {path.name: path.read_bytes() for path in (runs / "whole").iterdir()}

    def act(made: Disk) -> None:
        folder = runs / f"fails-{made.fails}"
        with suppress(ClaimbatchError):
            tell(centre.workspace, night(), folder)
        found = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
        assert found.items() <= whole.items()
        assert "manifest.json" not in found or found == whole

    assert each_call(act, error) > 40


def test_every_fate_has_a_case() -> None:
    assert {file.fate for file in night().files} == set(Fate)
