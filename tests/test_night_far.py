"""A night whose folders lie on a server that speaks S3: as one on a disk, and what only a server can do to it."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimbatch.files.server import Server
from claimbatch.night import run as night
from claimbatch.night import staging
from claimbatch.night.taking import take
from claimbatch.workspace import CONFIG, Workspace
from tests.at_night import FAST, night_centre, picture
from tests.centre import MEDIA, Centre, put
from tests.object_store import SECRET, Bucket, bucket, served
from tests.test_far import Killed, killing
from tests.web import opened

FOLDERS = ("inbox", "done", "rejected", "quarantine", "claims")
CLEAN, FAULTY = "68199_05349_by-candidate", "68199_05844_by-candidate"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def afternoon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace, and beside it what people are about to send: a clean workbook, and a faulty one."""
    folder = tmp_path_factory.mktemp("afternoon")
    centre = night_centre(folder / "c")
    put(centre.issue(into=folder), {"Grades!F6": "M", "Assessed by!F6": "SA"})
    put(centre.issue(MEDIA, into=folder), {"Grades!E5": "X"})
    return folder


@pytest.fixture
def store(endpoint: str) -> Bucket:
    return bucket(endpoint)


def evening(
    afternoon: Path, store: Bucket, to: Path, far: tuple[str, ...] = FOLDERS, settings: str = ""
) -> Centre:
    """The workspace with these folders on the server, and in the inbox what people have sent."""
    shutil.copytree(afternoon / "c", to)
    centre = Centre(Workspace(to))
    named = "".join(f'{name} = "{store.url}/{name}"\n' for name in far)
    text = (to / CONFIG).read_text("utf-8").removesuffix(FAST)
    (to / CONFIG).write_text(f"{text}{FAST}{named}{settings}{store.settings}", "utf-8")
    for name, folder in ((CLEAN, "Jones"), (FAULTY, "Smith")):
        content = (afternoon / f"{name}.xlsx").read_bytes()
        if "inbox" in far:
            store.put(f"inbox/{folder}/{name}.xlsx", content)
        else:
            (to / "inbox" / folder).mkdir(parents=True)
            (to / "inbox" / folder / f"{name}.xlsx").write_bytes(content)
    return centre


MORNING = (
    "claims/68199-05349-1.csv\n"
    f"done/Jones/{CLEAN}.xlsx\n"
    f"rejected/Smith/{FAULTY}.xlsx\n"
    f"rejected/Smith/{FAULTY}_marked.xlsx\n"
    f"rejected/Smith/{FAULTY}_problems.html\n"
)


def claims(centre: Centre) -> list[str]:
    keys = [row["claim"] for row in json.loads(centre.done("claims", "--format", "json"))]
    return [centre.done("claim", "show", key, "--format", "json") for key in keys]


def manifest(centre: Centre) -> Any:
    newest = max((centre.workspace.folder / "runs").glob("2*"))
    return json.loads((newest / "manifest.json").read_text("utf-8"))


def test_a_night_and_the_next_one(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """The inbox empties, what is clean is taken, what is faulty is answered beside it; the second changes nothing."""
    centre = evening(afternoon, store, tmp_path / "c")
    store.put("inbox/", b"")  # what some programs make of an empty folder
    store.put("inbox/notes.txt", b"Dear exam officer")
    code, said = centre.run("nightly")
    assert (code, store.picture()) == (1, MORNING.replace("rejected", "inbox/\ninbox/notes.txt\nrejected", 1))
    assert said.splitlines()[1:5] == [
        "To be corrected: 1",
        f"  Smith/{FAULTY}.xlsx: 1 error → {store.url}/rejected/Smith/{FAULTY}.xlsx",
        "Left where it is: 1",
        "  notes.txt: It is no workbook; if grades stand in it, they belong in the template.",
    ]
    assert store.get(f"done/Jones/{CLEAN}.xlsx") == (afternoon / f"{CLEAN}.xlsx").read_bytes()
    assert picture(centre) == ""
    code, said = centre.run("nightly")
    assert (code, said.splitlines()[0]) == (
        0,
        "Nothing to do: there was nothing to take, and no claim has changed.",
    )


def test_a_corrected_copy_puts_an_end_to_its_original(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """Under whatever name it comes back, the faulty one and its answers are put aside."""
    centre = evening(afternoon, store, tmp_path / "c")
    assert centre.run("nightly")[0] == 1
    copy = tmp_path / "corrected.xlsx"
    copy.write_bytes(store.get(f"rejected/Smith/{FAULTY}_marked.xlsx"))
    store.put("inbox/Smith/again.xlsx", put(copy, {"Grades!E5": "M", "Assessed by!E5": "SA"}).read_bytes())
    assert centre.run("nightly")[0] == 0
    assert store.picture() == (
        "claims/68199-05349-1.csv\n"
        "claims/68199-05844-1.csv\n"
        f"done/Jones/{CLEAN}.xlsx\n"
        "done/Smith/again.xlsx\n"
        f"done/superseded/Smith/{FAULTY}.xlsx\n"
        f"done/superseded/Smith/{FAULTY}_marked.xlsx\n"
        f"done/superseded/Smith/{FAULTY}_problems.html\n"
    )
    (file,) = manifest(centre)["files"]
    assert (file["moved_to"], file["retired"]) == (
        f"{store.url}/done/Smith/again.xlsx",
        [f"{store.url}/done/superseded/Smith/{FAULTY}.xlsx"],
    )


def test_only_the_inbox_may_lie_there(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """What its keys are called leads nowhere on this computer's disk; what leads elsewhere stays, with the reason."""
    centre = evening(afternoon, store, tmp_path / "c", ("inbox",))
    content = store.get(f"inbox/Jones/{CLEAN}.xlsx")
    store.remove(f"inbox/Jones/{CLEAN}.xlsx")
    store.remove(f"inbox/Smith/{FAULTY}.xlsx")
    for key in (
        "../../up.xlsx",
        "x\\..\\win.xlsx",
        "C:\\x.xlsx",
        "a\x01b.xlsx",
        "Jones /con.xlsx",
        "con.xlsx?versionId=1.xlsx",
    ):
        store.put(f"inbox/{key}", content)
    assert centre.run("nightly")[0] == 0
    assert picture(centre) == (
        "done/C__x.xlsx\n"
        "done/Jones/_con.xlsx\n"
        "done/a_b.xlsx\n"
        "done/x_.._win.xlsx\n"
        "outbox/claims/68199-05349-1.csv\n"
    )  # fmt: skip
    assert store.keys() == ["inbox/../../up.xlsx", "inbox/con.xlsx?versionId=1.xlsx"]
    assert [file["why"] for file in manifest(centre)["files"] if file["fate"] == "left"] == [
        "Its name on the server leads elsewhere; give it a plain one."
    ] * 2
    assert not list(tmp_path.rglob("up.xlsx"))


def test_what_lies_here_may_be_put_away_there(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """Two names that Windows takes for one are two files there, too."""
    centre = evening(afternoon, store, tmp_path / "c", ("done", "rejected", "quarantine", "claims"))
    store.put(f"done/Jones/{CLEAN.upper()}.xlsx", b"another")
    assert centre.run("nightly")[0] == 1
    assert (store.picture(), picture(centre)) == (
        MORNING.replace("done", f"done/Jones/{CLEAN.upper()}.xlsx\ndone").replace(f"{CLEAN}.", f"{CLEAN}_2."),
        "",
    )


def test_what_is_sent_again_meanwhile_is_next_nights(
    afternoon: Path, store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken is put away as it was taken; a file too large to be a claim is moved whole, unread."""
    centre = evening(afternoon, store, tmp_path / "c")
    first, large = store.get(f"inbox/Jones/{CLEAN}.xlsx"), b"%PDF-1.7" + bytes(range(256)) * 1000
    store.put("inbox/large.xlsx", large)

    def taken_late(*args: Any) -> Any:
        prepared = take(*args)
        store.put(f"inbox/Jones/{CLEAN}.xlsx", b"another")
        return prepared

    monkeypatch.setattr(night, "take", taken_late)
    monkeypatch.setattr(staging, "LARGEST_FILE", 100_000)
    assert centre.run("nightly")[0] == 1
    assert (store.get(f"done/Jones/{CLEAN}.xlsx"), store.get("quarantine/large.xlsx")) == (first, large)
    assert store.picture().count("inbox/") == 1
    assert store.get(f"inbox/Jones/{CLEAN}.xlsx") == b"another"


def test_a_trial_changes_nothing_there(
    afternoon: Path, store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says where each file would go."""
    centre = evening(afternoon, store, tmp_path / "c")
    before, calls = store.keys(), killing(monkeypatch, 0)
    _, said = centre.run("nightly", "--dry-run")
    assert (store.keys(), {"write", "remove"} & set(calls)) == (before, set())
    assert f"→ {store.url}/rejected/Smith/{FAULTY}.xlsx" in said


def test_killed_anywhere_the_next_night_ends_as_if_nothing_had_been(
    afternoon: Path, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two calls to the server: the same claims, and the same files."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    whole = bucket(endpoint)
    undisturbed = evening(afternoon, whole, tmp_path / "whole")
    assert undisturbed.run("nightly")[0] == 1
    for number in range(3, 100, 12):
        one = bucket(endpoint)
        centre = evening(afternoon, one, tmp_path / f"{number}")
        with monkeypatch.context() as patch:
            killing(patch, number)
            try:
                centre.run("nightly")
            except Killed:
                pass
            else:
                assert number > 20
                break
        centre.run("nightly")
        assert (one.picture(), claims(centre)) == (whole.picture(), claims(undisturbed)), number
        assert one.get(f"done/Jones/{CLEAN}.xlsx") == whole.get(f"done/Jones/{CLEAN}.xlsx")


@pytest.mark.parametrize("name", ["names", "read", "write", "remove"])
def test_a_server_that_goes_away_is_told_and_tried_again(
    afternoon: Path, store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Exit code 5 and a sentence, whatever it was asked for; the next night does what was left."""
    centre = evening(afternoon, store, tmp_path / "c")
    with monkeypatch.context() as patch:
        real = getattr(Server, name)

        def silent(server: Server, key: str, *more: Any) -> Any:
            def fs() -> Any:
                raise ConnectionError(f"https://{SECRET}@host")

            with monkeypatch.context() as inner:
                inner.setattr(server, "_open", fs)
                found = real(server, key, *more)
                return iter(list(found)) if name == "read" else found

        patch.setattr(Server, name, silent)
        code, said = centre.run("nightly")
        assert (code, "the server does not answer." in said, SECRET in said) == (5, True, False), said
    assert centre.run("nightly")[0] == 1
    assert store.picture() == MORNING


def test_nothing_that_lets_one_in_is_told(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """Neither in the account nor in the log, nor on the screen; a marked copy is given by the page as ever."""
    centre = evening(afternoon, store, tmp_path / "c")
    _, said = centre.run("nightly", "--verbose")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "c/runs").rglob("*") if path.is_file())
    assert (SECRET in said, SECRET.encode() in kept) == (False, False)
    assert f"{store.url}/done/Jones/{CLEAN}.xlsx" in centre.done("runs", "show", "last", "--format", "json")
    client = opened(centre)
    (path,) = re.findall(r'href="(/nights/[^"]+_marked\.xlsx)"', client.get("/nights/last").text)
    assert client.get(path).content == store.get(f"rejected/Smith/{FAULTY}_marked.xlsx")
    store.remove(f"rejected/Smith/{FAULTY}_marked.xlsx")
    assert "no longer where the night had put it" in client.page(path, client.get(path).status_code)


def test_only_what_is_named_there(afternoon: Path, store: Bucket, tmp_path: Path) -> None:
    """A folder of a server that is not the inbox stays as it is; a copy is put away."""
    centre = evening(afternoon, store, tmp_path / "c", ("inbox",))
    store.put("mail/Jones/a.xlsx", store.get(f"inbox/Jones/{CLEAN}.xlsx"))
    before = store.keys()
    assert centre.run("nightly", "--once", f"{store.url}/nothing")[:1] == (2,)
    assert centre.run("nightly", "--once", f"{store.url}/mail")[0] == 0
    assert centre.run("nightly", "--once", f"{store.url}/inbox/Smith/{FAULTY}.xlsx")[0] == 1
    assert store.keys() == [key for key in before if FAULTY not in key]
    assert centre.run("nightly", "--once", f"{store.url}/inbox")[0] == 0
    assert (store.keys(), picture(centre).splitlines()[:3]) == (
        ["mail/Jones/a.xlsx"],
        [f"done/Jones/{CLEAN}.xlsx", "done/Jones/a.xlsx", f"rejected/Smith/{FAULTY}.xlsx"],
    )
    code, said = centre.run("check", f"{store.url}/mail")
    assert (code, said.splitlines()[0]) == (
        2, f"claimbatch: {store.url}/mail lies on a server, and this command reads files of this computer.",
    )  # fmt: skip
