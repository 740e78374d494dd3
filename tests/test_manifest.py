"""The account of a night for programs: what it holds, that it adds up, and that it names nobody."""

import copy
import json
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from claimbatch import __version__
from claimbatch.errors import ClaimbatchError
from claimbatch.night.account import Account, ClaimChanged, Fate, File
from claimbatch.night.csv_lists import write_changes, write_problems
from claimbatch.night.manifest import write_manifest
from claimbatch.night.proof import OUT, doubts, read_head, read_manifest
from claimbatch.spool import Stream
from tests.nights import AGAIN, FILES, KEY, LEFT, MERGED, night, quiet

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "manifest.schema.json").read_text("utf-8"))
GOLDEN = Path(__file__).parent / "golden" / "night"
NEWER = '{"manifest_version": 9, "claimbatch": "9", "run": "x", "seconds": 1, "totals": {}, "lists": [], "undone": []}'
NOBODY = ("Tom", "Brown", "Pat", "Smith", "Jo ", "Sam ", "2008", "@")


def written(folder: Path, account: Account) -> Any:
    """The manifest of *account*, read back, with its lists beside it."""
    lists = write_changes(folder, account.changes), write_problems(folder, account.problems)
    return read_manifest(write_manifest(folder, account, lists))


def alone(file: File) -> Account:
    """A night in which only this file came."""
    return night(files=(file,), claims=(), changes=Stream(), problems=Stream())


KINDS = {
    "everything": night(),
    "nothing": quiet(),
    "dry run": night(dry_run=True),
    **{file.fate.value: alone(file) for file in FILES},
}


@pytest.mark.parametrize("name", ["manifest.json", "changes.csv", "problems.csv"])
def test_it_says_what_it_said(name: str, tmp_path: Path) -> None:
    """To the letter, as when somebody read it (CLAIMBATCH_UPDATE=1 renews it)."""
    written(tmp_path, night())
    text = (tmp_path / name).read_text("utf-8-sig").replace(f'"{__version__}"', '"VERSION"')
    if os.environ.get("CLAIMBATCH_UPDATE"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(text, "utf-8")
    assert text == (GOLDEN / name).read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_as_the_published_schema_says(kind: str, tmp_path: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    faults = Draft202012Validator(SCHEMA).iter_errors(written(tmp_path, KINDS[kind]))
    assert [fault.message for fault in faults] == []


def test_the_schema_explains_everything() -> None:
    """Whatever is in a manifest is described in words, there or where it refers to."""

    def silent(schema: Any, path: str = "") -> Iterator[str]:
        for name, part in schema.get("properties", {}).items():
            said = {**SCHEMA["$defs"].get(part.get("$ref", "").removeprefix("#/$defs/"), {}), **part}
            counted = name in (*OUT, "errors", "queries") and not path.startswith("/totals")
            if "description" not in said and not counted:
                yield f"{path}/{name}"
            yield from silent(part, f"{path}/{name}")
            yield from silent(part.get("items", {}), f"{path}/{name}")

    found = [path for path in silent(SCHEMA) if not path.startswith(("/lists", "/undone", "/mails"))]
    assert found == []


@pytest.mark.parametrize(
    "fault", [{"fate": "lost"}, {"lines": -1}, {"sha256": "abc"}, {"codes": {"E1": 1}}, {"who": "x"}]
)
def test_the_schema_finds_what_is_wrong(fault: dict[str, Any], tmp_path: Path) -> None:
    """So that the test above can fail."""
    manifest = copy.deepcopy(written(tmp_path, night()))
    manifest["files"][0] |= fault
    assert not Draft202012Validator(SCHEMA).is_valid(manifest)


def test_the_order_of_files_and_claims_changes_nothing(tmp_path: Path) -> None:
    told = night()
    turned = night(files=told.files[::-1], claims=told.claims[::-1])
    write_manifest(tmp_path / "a", told)
    write_manifest(tmp_path / "b", turned)
    assert (tmp_path / "a/manifest.json").read_bytes() == (tmp_path / "b/manifest.json").read_bytes()


def test_it_names_nobody(tmp_path: Path) -> None:
    """Not whoever ran it, no assessor, nor what was typed into a cell; files are called as they are."""
    told = night(files=tuple(replace(file, name=f"{i}.xlsx") for i, file in enumerate(FILES)))
    written(tmp_path, replace(told, files=tuple(_plainly(file) for file in told.files), changes=Stream()))
    text = "".join(path.read_text("utf-8") for path in tmp_path.iterdir()).replace("20081", "")
    assert [name for name in NOBODY if name in text] == []


def _plainly(file: File) -> File:
    return replace(file, moved_to="", marked="", error_sheets=(), retired=(), why="")


def test_what_a_strangers_workbook_calls_itself_is_not_passed_on(tmp_path: Path) -> None:
    """Its centre, its qualification, its template: they are anybody's words."""
    stranger = replace(LEFT, centre_number="Tom", entry_code="Brown", template_id="Brown, Tom")
    (file,) = written(tmp_path, alone(stranger))["files"]
    assert (file["centre_number"], file["entry_code"], file["template_id"]) == ("", "", "")


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    """As old archives leave it on a disk."""
    (file,) = written(tmp_path, alone(replace(LEFT, name="No\udce9l\n.xlsx")))["files"]
    assert file["name"] == "No?l\n.xlsx"


# --- control totals ----------------------------------------------------------------------------------------------

number = st.integers(0, 50)


@st.composite
def files(draw: st.DrawFn) -> File:
    counts = {kind: draw(number) for kind in OUT}
    errors, queries = draw(number), draw(number)
    codes = {code: many for code, many in (("CB104", errors), ("CB108", queries)) if many}
    fate = draw(st.sampled_from(Fate))
    return File(draw(st.text("ab/", min_size=1)), fate, lines=sum(counts.values()), errors=errors, queries=queries,
                codes=codes, **counts)  # fmt: skip


def account_of(some: list[File]) -> Account:
    kinds = ("added", "changed", "removed")
    sums = {kind: sum(getattr(file, kind) for file in some) for kind in kinds}
    claim = ClaimChanged(KEY, "68199", "05349", "IT", "not-submitted", **sums)
    return quiet(files=tuple(some), claims=(claim,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@given(some=st.lists(files(), max_size=6))
def test_what_is_right_adds_up(some: list[File], folder: Path) -> None:
    assert doubts(read_manifest(write_manifest(folder, account_of(some)))) == []


def counts_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each number that is counted, in a manifest."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from counts_in(inner, (*path, key))
    elif (
        isinstance(value, int)
        and not isinstance(value, bool)
        and path[-1] not in ("size", "manifest_version")
    ):
        yield path


def test_a_number_that_is_wrong_is_found_wherever_it_stands(tmp_path: Path) -> None:
    """Each number that is counted, by one too many."""
    manifest = written(tmp_path, night())
    assert doubts(manifest) == []
    ways = list(counts_in(manifest))
    assert len(ways) > 70
    for way in ways:
        wrong = copy.deepcopy(manifest)
        part = wrong
        for step in way[:-1]:
            part = part[step]
        part[way[-1]] += 1
        assert doubts(wrong), way


def test_one_that_has_lost_a_part_does_not_add_up(tmp_path: Path) -> None:
    manifest = written(tmp_path, night())
    assert [
        doubts({key: value for key, value in manifest.items() if key != lost}) for lost in ("files", "claims")
    ] == [["The manifest is damaged: something in it is missing."]] * 2


def test_a_file_that_is_not_accounted_for_is_found(tmp_path: Path) -> None:
    manifest = copy.deepcopy(written(tmp_path, night()))
    manifest["files"] = [file for file in manifest["files"] if file["name"] != AGAIN.name]
    assert doubts(manifest) == [
        "All files: 6 by one count, 5 by another.",
        "Files already-received: 1 by one count, 0 by another.",
    ]


# --- many files --------------------------------------------------------------------------------------------------


def test_many_files_are_written_without_being_held(tmp_path: Path) -> None:
    """Beside the account itself little is held; and the head is read without the rest."""
    many = night(files=[replace(MERGED, name=f"{i:05}.xlsx") for i in range(5_000)])
    tracemalloc.start()
    path = write_manifest(tmp_path, many)
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    head = read_head(path)
    read = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 2_000_000
    assert (held < 500_000, read < 500_000, head["totals"]["files"]) == (True, True, 5_000)
    assert "files" not in head


def test_a_manifest_that_somebody_saved_in_another_shape_is_read(tmp_path: Path) -> None:
    manifest = written(tmp_path, night())
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(manifest), "utf-8")
    assert read_head(path)["totals"] == manifest["totals"]


@pytest.mark.parametrize(("text", "code"), [("{", 5), ("[]", 5), ("{}", 5), (NEWER, 3)])
def test_one_that_is_damaged_or_newer_says_so(text: str, code: int, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ClaimbatchError) as error:
        read_manifest(path)
    assert error.value.exit_code == code
