"""A shortcut opens the page of its workspace, on any system, whatever its folder is called."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.web.shortcut import content_of, make_shortcut, remove_shortcuts
from tests.centre import Centre

FOLDERS = ["/home/jo/claims", "/home/jo/Ex & Co's 100% $HOME `id`", 'C:/Users/Zoë "Z"/claims', "/a\\b/c"]


def words_of(line: str) -> list[str]:
    """The words of ``Exec`` as a desktop takes them: the escapes of the file first, then those of the command."""
    plain = line.replace("\\\\", "\\").replace("%%", "%")
    return [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', plain)]


@pytest.fixture(autouse=True)
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop of its own."""
    folder = tmp_path / "Desktop"
    folder.mkdir()
    monkeypatch.setattr("platformdirs.user_desktop_dir", lambda: str(folder))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda: str(tmp_path / "share"))
    return folder


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_shortcut_of_a_mac_is_a_command(folder: str) -> None:
    """The words arrive as they are, and nothing in them is run."""
    line = content_of(Path(folder), "x", "darwin").splitlines()[-1]
    assert shlex.split(line) == [
        "exec", sys.executable, "-m", "claimbatch", "serve", "--idle", "12", "--workspace", str(Path(folder)),
    ]  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_shortcut_of_linux_is_a_desktop_entry(folder: str) -> None:
    """Its command is quoted as the specification wants it: for the file, and then for itself."""
    text = content_of(Path(folder), "claimbatch", "linux")
    (line,) = [line.removeprefix("Exec=") for line in text.splitlines() if line.startswith("Exec=")]
    assert words_of(line)[-1] == str(Path(folder))
    assert "Terminal=false" in text
    icon = next(line for line in text.splitlines() if line.startswith("Icon="))
    assert Path(icon.removeprefix("Icon=")).is_file()


def test_a_shortcut_of_windows_is_a_batch_file() -> None:
    """It opens no window that stays."""
    text = content_of(Path("C:/Users/Jo/100% claims"), "claimbatch", "win32")
    assert text.startswith('@echo off\r\nchcp 65001 >nul\r\nstart "" ')
    assert 'pythonw.exe" -m claimbatch serve --idle 12 --workspace "C:/Users/Jo/100%% claims"' in text


def test_it_is_made_and_removed(centre: Centre, desktop: Path) -> None:
    """On the desktop or in the menu; only what is ours is written over or removed."""
    path = desktop / "claimbatch.desktop"
    assert f"Made {path}." in centre.done("desktop")
    assert f"Made anew {path}." in centre.done("desktop")
    assert path.stat().st_mode & 0o777 == 0o700
    assert "Made" in centre.done("desktop", "--menu", "--name", "Claims 2026")
    assert (desktop.parent / "share" / "applications" / "Claims 2026.desktop").is_file()
    assert f"Removed {path}." in centre.done("desktop", "--remove")
    assert "There is no shortcut" in centre.done("desktop", "--remove")
    path.write_text("[Desktop Entry]\nName=mine\n", "utf-8")
    for act in (lambda: make_shortcut(Path("x")), remove_shortcuts):
        with pytest.raises(ClaimbatchError, match="does not come from claimbatch"):
            act()
    assert path.read_text("utf-8").endswith("Name=mine\n")
    with pytest.raises(ClaimbatchError, match="cannot be called"):
        make_shortcut(Path("x"), "../x")


def test_one_that_was_put_into_the_menu_is_removed_too(centre: Centre, desktop: Path) -> None:
    """Nobody has to remember where it was put; with --menu only that one goes."""
    on_desktop, in_menu = desktop / "x.desktop", desktop.parent / "share/applications/x.desktop"
    for more in ((), ("--menu",)):
        centre.done("desktop", "--name", "x", *more)
    assert centre.done("desktop", "--name", "x", "--remove", "--menu") == f"Removed {in_menu}.\n"
    centre.done("desktop", "--name", "x", "--menu")
    said = centre.done("desktop", "--name", "x", "--remove")
    assert said == f"Removed {on_desktop}.\nRemoved {in_menu}.\n"
    assert centre.done("desktop", "--name", "x", "--remove") == "There is no shortcut called x.\n"


def test_what_it_says_can_be_run(centre: Centre, desktop: Path) -> None:
    """The command is one that this installation has: it opens, and ends by itself."""
    text = make_shortcut(centre.workspace.folder).path.read_text("utf-8")
    (line,) = [line.removeprefix("Exec=") for line in text.splitlines() if line.startswith("Exec=")]
    words = words_of(line)
    words[words.index("--idle") + 1] = "0.0003"
    done = subprocess.run(
        [*words, "--no-browser", "--port", "0"], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, "claimbatch is open at http://127.0.0.1:" in done.stderr) == (0, True)
    assert not (centre.workspace.folder / "runs" / "serve.json").exists()
