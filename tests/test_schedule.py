"""What starts the nightly run is read by systemd, cron and Windows as it is meant, whatever the folders are called."""

import configparser
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.errors import ClaimbatchError
from claimbatch.night.schedule import schedule
from claimbatch.workspace import CONFIG, Workspace
from tests.centre import Centre
from tests.conftest import installed

ODD = 'Exam\'s 100% "Ä" & $HOME `x` \\ ; <c>'
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
names = st.text(st.sampled_from("aZ0 %&$\"'`\\;<>()#!~*?[]{}=+@^|äЖ字’-_."), min_size=1, max_size=30).filter(
    lambda name: name.strip(". ") and not re.search("%[^%]+%", name)
)


@pytest.fixture
def odd(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / ODD)


def files(workspace: Workspace, kind: str, **how: str) -> dict[str, str]:
    made = schedule(workspace, kind, **({"at": "02:05", "user": "exams"} | how)).files
    return {name: data.decode("utf-16" if kind == "windows" else "utf-8") for name, data in made.items()}


def words(line: str) -> list[str]:
    """The words of a line as systemd takes them: quotation marks, backslashes, ``%%``."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    return [re.sub(r"\\(.)", r"\1", a or b).replace("%%", "%") for a, b in found]


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read_string(text)
    return parser


@settings(max_examples=60)
@given(name=names)
def test_each_program_reads_the_folder_as_it_is(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Quotation marks, percent and dollar signs, spaces, other scripts: the command gets the very path."""
    folder = tmp_path_factory.mktemp("odd") / name
    folder.mkdir()
    (folder / CONFIG).touch()
    workspace, python = Workspace(folder), f"{folder}/bin/python"
    service = next(
        text for end, text in files(workspace, "systemd", python=python).items() if end.endswith("service")
    )
    command = unit(service)["Service"]["ExecStart"]
    assert command.startswith(":")  # or a dollar sign would begin a variable
    assert words(command[1:]) == [python, "-m", "claimbatch", "nightly", "--workspace", str(folder)]
    assert words(unit(service)["Service"]["ReadWritePaths"])[0] == str(folder)
    (task,) = files(workspace, "windows", python=python).values()
    run = ET.fromstring(task).find(f"{TASK}Actions/{TASK}Exec")
    assert run is not None
    assert run.findtext(f"{TASK}Command") == python
    assert run.findtext(f"{TASK}WorkingDirectory") == str(folder)
    assert split(run.findtext(f"{TASK}Arguments") or "") == [
        "-m",
        "claimbatch",
        "nightly",
        "--workspace",
        str(folder),
    ]
    (tab,) = files(workspace, "cron", python="echo-args").values()
    *fields, command = tab.splitlines()[1].split(" ", 5)
    assert fields == ["5", "2", "*", "*", "*"]
    shown = re.sub("^nice -n 10 echo-args", "printf '%s\\\\n'", command.replace(r"\%", "%")).replace(
        "> /dev/null", ""
    )
    done = subprocess.run(["/bin/sh", "-c", shown], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["-m", "claimbatch", "nightly", "--workspace", str(folder)]
    assert not re.search(r"(?<!\\)%", command)  # cron would end the command there


def split(line: str) -> list[str]:
    """The words of a command as Windows programs take them (CommandLineToArgvW)."""
    found, word, quoted, slashes = [], "", False, 0
    for letter in line + " ":
        if letter == "\\":
            slashes += 1
            continue
        word += "\\" * (slashes // 2 if letter == '"' else slashes)
        literal, slashes = letter == '"' and slashes % 2 == 1, 0
        if letter == '"' and not literal:
            quoted = not quoted
        elif letter == " " and not quoted:
            found.append(word)
            word = ""
        else:
            word += letter
    return found


def test_systemd_takes_the_units(odd: Workspace, tmp_path: Path) -> None:
    program = installed("systemd-analyze", "systemd", "CLAIMBATCH_REQUIRE_SYSTEMD")
    for name, text in files(odd, "systemd").items():
        (tmp_path / name).write_text(text)
    units = [str(path) for path in sorted(tmp_path.glob("claimbatch-*"))]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_of_each_schedule_runs_the_night(centre: Centre) -> None:
    """As cron runs it, with a bare environment."""
    (tab,) = files(centre.workspace, "cron", python=sys.executable).values()
    command = tab.splitlines()[1].split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list((centre.workspace.folder / "runs").glob("*/manifest.json"))


def test_the_unit_reaches_no_network_unless_it_has_to(odd: Workspace) -> None:
    service = unit(next(iter(files(odd, "systemd").values())))["Service"]
    assert (service["PrivateNetwork"], service["Nice"], service["UMask"]) == ("yes", "10", "0077")
    (odd.folder / CONFIG).write_text('[mail]\nserver = "smtp.example.org"\n')
    service = unit(next(iter(files(Workspace(odd.folder), "systemd").values())))["Service"]
    assert "PrivateNetwork" not in service
    assert service["EnvironmentFile"].startswith("-/etc/claimbatch/")


def test_folders_of_the_night_elsewhere_may_be_written_to(odd: Workspace) -> None:
    (odd.folder / CONFIG).write_text('[night]\ninbox = "/srv/in box"\n')
    service = unit(next(iter(files(Workspace(odd.folder), "systemd").values())))["Service"]
    assert words(service["ReadWritePaths"]) == [str(odd.folder), "-/srv/in box", "-/tmp", "-/var/tmp"]


def test_a_task_of_windows_is_as_its_scheduler_wants_it(odd: Workspace) -> None:
    """UTF-16 with its mark, as ``schtasks /create /xml`` reads it; with a password only where a share needs one."""
    (data,) = schedule(odd, "windows", "23:30", "EXAMPLE\\exams").files.values()
    assert data[:2] in (b"\xff\xfe", b"\xfe\xff")
    task = ET.fromstring(data.decode("utf-16"))
    assert [child.tag.removeprefix(TASK) for child in task] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip
    assert task.findtext(f".//{TASK}StartBoundary") == "2026-01-01T23:30:00"
    assert task.findtext(f".//{TASK}UserId") == "EXAMPLE\\exams"
    assert task.findtext(f".//{TASK}LogonType") == "S4U"
    (odd.folder / CONFIG).write_text('[night]\ninbox = "//server/exams/inbox"\n')
    (text,) = files(Workspace(odd.folder), "windows").values()
    assert ET.fromstring(text).findtext(f".//{TASK}LogonType") == "Password"


@pytest.mark.parametrize("at", ["2:00", "24:00", "02:60", "02:00:00", "night", ""])
def test_a_time_that_is_none_is_refused(odd: Workspace, at: str) -> None:
    with pytest.raises(ClaimbatchError, match="is no time of a day"):
        files(odd, "cron", at=at)


def test_what_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    """A line break in a folder's name would begin another line of the schedule."""
    for name, kind, says in (("a\nb", "cron", "control character"), ("%PATH%", "windows", "for a variable")):
        with pytest.raises(ClaimbatchError, match=says):
            files(Workspace.create(tmp_path / name), kind)


def test_two_workspaces_whose_folders_are_named_alike_have_schedules_of_their_own(tmp_path: Path) -> None:
    """Or the second would put itself in the place of the first, whose nights would end without a word."""
    north, south = (Workspace.create(tmp_path / place / "claims") for place in ("north", "south"))
    assert not files(north, "cron").keys() & files(south, "cron").keys()


def test_it_is_printed_or_written(centre: Centre, tmp_path: Path) -> None:
    """Printed it is data alone, on stdout; the steps are told beside it."""
    said = centre.done("nightly", "--install", "systemd", "--at", "03:15")
    assert "OnCalendar=*-*-* 03:15:00" in said
    said = centre.done("nightly", "--install", "systemd", "-o", tmp_path / "my units")
    service, timer = sorted(path.name for path in (tmp_path / "my units").iterdir())
    name = service.removesuffix(".service")
    assert re.fullmatch(r"claimbatch-centre-[0-9a-f]{4}", name)
    assert timer == f"{name}.timer"
    assert f'  sudo cp "{tmp_path}/my units"/{name}.* /etc/systemd/system/' in said
    said = centre.done("nightly", "--install", "windows" if sys.platform != "win32" else "cron")
    assert re.search(r"on which it was made: make it where (Windows|cron) is\.\n", said)
    for wrong in (["--install", "cron", "--dry-run"], ["--at", "02:00"], ["--install", "cron", "--at", "2"]):
        assert centre.run("nightly", *wrong)[0] == 2
