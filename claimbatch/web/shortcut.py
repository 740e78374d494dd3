"""A shortcut that opens the page of a workspace: on the desktop, or among the programs of the computer.

It is what the system itself takes for one: a ``.desktop`` file, a ``.command`` for the Mac, a ``.cmd`` for Windows.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from claimbatch.data import template_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.files import make_runnable, remove, write_atomic

NAME = "claimbatch"
IDLE = 12  # hours without a request after which what a shortcut started ends by itself
ENDINGS: Mapping[str, str] = {"win32": ".cmd", "darwin": ".command"}
_UNQUOTED = str.maketrans({'"': r"\"", "`": r"\`", "$": r"\$", "\\": r"\\"})
OURS = "-m claimbatch serve"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut at *path*; *was_there* says whether one of ours was there before."""

    path: Path
    was_there: bool


def make_shortcut(
    workspace: Path, name: str = NAME, *, menu: bool = False, system: str = sys.platform
) -> Shortcut:
    """Make one that opens *workspace*: on the desktop, or in the *menu* of programs. One of ours is written over."""
    path = place_of(name, menu=menu, system=system)
    there = path.exists()
    if there and not _is_ours(path):
        raise ClaimbatchError(
            f"{path} is there already, and does not come from claimbatch.",
            'Name another one: --name "Claims"',
        )
    content = content_of(workspace.absolute(), name, system)
    written = write_atomic(path, content.encode("utf-8"))
    return Shortcut(written if system == "win32" else make_runnable(written), there)


def remove_shortcuts(name: str = NAME, *, menu: bool = False, system: str = sys.platform) -> list[Path]:
    """Remove those of that *name*, on the desktop and in the menu, or in the *menu* alone; one not ours stays."""
    places = [place_of(name, menu=there, system=system) for there in ((True,) if menu else (False, True))]
    there = [path for path in places if path.exists()]
    ours = [path for path in there if _is_ours(path)]
    if there and not ours:
        raise ClaimbatchError(
            f"{there[0]} does not come from claimbatch.", "Remove it yourself, if it is to go."
        )
    for path in ours:
        remove(path)
    return ours


def place_of(name: str, *, menu: bool, system: str = sys.platform) -> Path:
    """Where a shortcut called *name* stands."""
    if not name.strip() or set(name) & set('/\\:*?"<>|%\n'):
        raise ClaimbatchError(f'A shortcut cannot be called "{name}".', "Use letters, digits and blanks.")
    folder = Path(platformdirs.user_desktop_dir())
    if menu:
        folder = _menu(system)
    return folder / f"{name}{ENDINGS.get(system, '.desktop')}"


def content_of(workspace: Path, name: str, system: str) -> str:
    """What a shortcut says on a *system*."""
    program = Path(sys.executable)
    words = ["-m", "claimbatch", "serve", "--idle", str(IDLE), "--workspace", str(workspace)]
    if system == "win32":
        quiet = program.with_name("pythonw.exe")  # opens no window of its own
        said = " ".join(_in_cmd(word) for word in (str(quiet), *words))
        return f'@echo off\r\nchcp 65001 >nul\r\nstart "" {said}\r\n'
    if system == "darwin":
        said = " ".join(_in_shell(word) for word in (str(program), *words))
        return f"#!/bin/sh\n# Opens claimbatch in the browser.\nexec {said}\n"
    said = " ".join(_in_desktop(word) for word in (str(program), *words))
    icon = template_folder() / "web" / "static" / "icon.svg"
    return (
        f"[Desktop Entry]\nType=Application\nVersion=1.0\nName={name}\nComment=Claim grades with spreadsheets\n"
        f"Exec={said}\nIcon={icon}\nTerminal=false\nCategories=Office;Education;\n"
    )


def _menu(system: str) -> Path:
    if system == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "Microsoft/Windows/Start Menu/Programs"
    if system == "darwin":
        return Path.home() / "Applications"
    return Path(platformdirs.user_data_dir()) / "applications"


def _is_ours(path: Path) -> bool:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return False
    return all(word in text for word in OURS.split())


def _in_cmd(word: str) -> str:
    """A word of a command in a batch file: in quotation marks, which no path holds, where it is not plain."""
    return word if word.isascii() and word.replace("-", "a").isalnum() else f'"{word.replace("%", "%%")}"'


def _in_shell(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _in_desktop(word: str) -> str:
    """A word of ``Exec``: quoted once for the command, and its backslashes once more for the file."""
    quoted = f'"{word.translate(_UNQUOTED)}"'.replace("\\", "\\\\")
    return quoted.replace("%", "%%")
