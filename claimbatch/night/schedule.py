"""What makes a computer start the nightly run by itself: a systemd timer, a line for cron, a task of Windows.

The words are files under ``templates/schedule/``. What is put into them, paths above all, is written as each of these
programs reads it: a percent sign, a quotation mark or a letter of another script in a folder's name must not matter.
"""

import re
import shlex
import subprocess  # its list2cmdline alone, which writes a command as Windows reads it  # nosec B404
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from claimbatch.data import template_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.files import sha256
from claimbatch.files.far import is_far, near
from claimbatch.workspace import Workspace

SYSTEMD, CRON, WINDOWS = KINDS = ("systemd", "cron", "windows")
AT = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_WORDS = (
    "# For the mail server: CLAIMBATCH_MAIL_PASSWORD=...; for folders on a server, what lets one in there."
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The files of a schedule by their names, and the steps that put them in place (``FOLDER``: where they are)."""

    files: Mapping[str, bytes]
    steps: tuple[str, ...]


def schedule(workspace: Workspace, kind: str, at: str, user: str, python: str = sys.executable) -> Scheduled:
    """The files of a schedule of this *kind* that starts the nightly run of *workspace* *at* a time, as *user*."""
    if not AT.fullmatch(at):
        raise ClaimbatchError(f"{at} is no time of a day.", "Write it as 02:00.")
    folder = str(workspace.folder.absolute())
    for text in (folder, python, user):
        if _CONTROLS.search(text):
            raise ClaimbatchError(
                f"There is a control character in {text!a}.", "Give it a name that can be written down."
            )
    made = {SYSTEMD: _systemd, CRON: _cron, WINDOWS: _windows}[kind]
    return made(workspace, folder, at, user, python)


def _systemd(workspace: Workspace, folder: str, at: str, user: str, python: str) -> Scheduled:
    name = _name(folder)
    night = workspace.config.night
    elsewhere = [path for path in (*night.folders.values(), night.metrics) if Path(near(path)).is_absolute()]
    network = "# It reaches no network.\nPrivateNetwork=yes"
    if _needs_network(workspace):
        network = f"{_WORDS}\nEnvironmentFile=-/etc/claimbatch/{name}.env"
    words = {
        "folder": Path(folder).name.replace("%", "%%"),
        "workspace": _unit_word(folder),
        "user": user.replace("%", "%%"),
        "python": _unit_word(python),
        "writes": " ".join(_unit_word(path) for path in (folder, *(f"-{path}" for path in elsewhere))),
        "network": network,
        "at": at,
    }
    files = {f"{name}.{end}": _filled(f"systemd.{end}", words).encode() for end in ("service", "timer")}
    steps = (
        f"sudo cp FOLDER/{name}.* /etc/systemd/system/ && sudo systemctl daemon-reload",
        f"sudo systemctl enable --now {name}.timer",
        f"systemctl list-timers {name}.timer        # when it ran, and when it runs next",
        f"sudo systemctl disable --now {name}.timer # to stop it",
    )
    return Scheduled(files, steps)


def _cron(_workspace: Workspace, folder: str, at: str, _user: str, python: str) -> Scheduled:
    words = {
        "folder": Path(folder).name,
        "workspace": _cron_word(folder),
        "python": _cron_word(python),
        "hour": str(int(at[:2])),
        "minute": str(int(at[3:])),
        "at": at,
    }
    steps = (
        f"(crontab -l; cat FOLDER/{_name(folder)}.cron) | crontab -",
        "crontab -e     # to change the line, or to stop it: delete it",
    )
    return Scheduled({f"{_name(folder)}.cron": _filled("cron", words).encode()}, steps)


def _windows(workspace: Workspace, folder: str, at: str, user: str, python: str) -> Scheduled:
    for text in (folder, python):
        if re.search("%[^%]+%", text):
            raise ClaimbatchError(
                f"The Task Scheduler would take a part of {text} for a variable.", "Rename the folder."
            )
    far = any(path.startswith(("//", "\\\\")) for path in (folder, *workspace.config.night.folders.values()))
    words = {
        "folder": Path(folder).name,
        "workspace": folder,
        "user": user,
        "python": python,
        "arguments": subprocess.list2cmdline(["-m", "claimbatch", "nightly", "--workspace", folder]),
        "logon": "Password"
        if far
        else "S4U",  # without a password a task reaches no folder of another computer
        "at": at,
    }
    text = _filled("windows.xml", {name: escape(word) for name, word in words.items()})
    name = _name(folder)
    steps = (
        f"schtasks /create /tn {name} /xml FOLDER\\{name}.xml" + (f' /ru "{user}" /rp *' if far else ""),
        f"schtasks /query /tn {name} /v /fo list    # when it ran, and how it ended",
        f"schtasks /delete /tn {name}               # to stop it",
    )
    return Scheduled({f"{name}.xml": text.replace("\n", "\r\n").encode("utf-16")}, steps)


def _name(folder: str) -> str:
    """What a schedule is called: each workspace of a computer has its own, also where two folders are named alike."""
    plain = re.sub("[^A-Za-z0-9]+", "-", Path(folder).name).strip("-") or "nightly"
    return f"claimbatch-{plain}-{sha256(folder.encode())[:4]}"


def _needs_network(workspace: Workspace) -> bool:
    config = workspace.config
    far = any(map(is_far, config.night.folders.values())) or config.executor == "dask"
    return far or bool(config.mail.server) or not config.store.startswith("sqlite:")


def _filled(name: str, words: Mapping[str, str]) -> str:
    return Template((template_folder() / "schedule" / name).read_text("utf-8")).substitute(words)


def _unit_word(text: str) -> str:
    r"""*text* as one word of a systemd unit, in which ``%`` begins a specifier.

    >>> _unit_word('/srv/100% "Äpfel"')
    '"/srv/100%% \\"Äpfel\\""'
    """
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%"))


def _cron_word(text: str) -> str:
    r"""*text* as one word of a shell's command in a crontab, where a bare ``%`` ends the line.

    >>> _cron_word("/srv/100% it's")
    '\'/srv/100\\% it\'"\'"\'s\''
    """
    return shlex.quote(text).replace("%", r"\%")
