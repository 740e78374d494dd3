"""The settings of a workspace: every one is documented, and what cannot be is refused with where it stands."""

import re
import tomllib
from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.settings import START, Config, Mail, Night, read_settings

ROOT = Path(__file__).parent.parent
APART = "folders of the night lie beside each other"
NOT_THERE = "which does not belong there; it is taken from the environment"
COPIED = "does not belong in a file that is copied and backed up; give it in the environment"


def started(table: str) -> str:
    """What the starting file says of *table*, with the # taken away as it tells people to."""
    text = START[START.index(f"# [{table}]") :].split("\n\n")[0]
    return "\n".join(re.findall(r"^# (\[\w+\]$|\w+ = .*)", text, re.MULTILINE))


def said(tmp_path: Path, text: str) -> str:
    """What is said of settings that are *text*."""
    path = tmp_path / "claimbatch.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ClaimbatchError) as refused:
        read_settings(path)
    assert refused.value.exit_code == 3
    return f"{refused.value.message}\n{refused.value.hint}".replace(f"{path}", "claimbatch.toml")


def test_a_new_workspace_has_the_settings_that_are_in_force_anyway(tmp_path: Path) -> None:
    """What the file starts with, with and without the #, is what is so where nothing is said."""
    path = tmp_path / "claimbatch.toml"
    path.write_text(START, "utf-8")
    assert read_settings(path) == Config()
    path.write_text(started("night"), "utf-8")
    assert read_settings(path).night == Night()


@pytest.mark.parametrize("known", [Config, Mail, Night])
def test_every_setting_is_in_the_file_that_a_workspace_starts_with(known: type) -> None:
    """So that whoever opens it sees what there is."""
    named = set(re.findall(r"^(?:# )?(?:\[(?:\w+\.)?)?(\w+)(?: =|\])", START, re.MULTILINE))
    named |= set(re.findall(r"^(?:# )?\[(\w+)", START, re.MULTILINE))
    assert set(known.model_fields) - named - {"port"} == set()


def test_every_setting_of_the_night_is_on_its_page() -> None:
    """With its default, as a person would write it."""
    page = (ROOT / "docs" / "nightly.md").read_text("utf-8").split("\n## Settings\n")[1].split("\n## ")[0]
    shown = dict(re.findall(r"^\| `(\w+)` \| `(.*?)` \|", page, re.MULTILINE))
    assert {name: tomllib.loads(f"x = {value}")["x"] for name, value in shown.items()} == {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in Night().model_dump().items()
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('done = "inbox/done"', "night: done lies in inbox; folders of the night lie beside each other."),
        ('inbox = "/x"\ndone = "/X/y"', "night: done lies in inbox; folders of the night lie beside each other."),
        ('claims = "done"', "night: done lies in claims; folders of the night lie beside each other."),
        ('inbox = "."', 'night: inbox = "." is no folder within the workspace.'),
        ('inbox = "../in"', 'night: inbox = "../in" leads upwards; name the whole path.'),
        ('done = "runs/done"', 'night: done = "runs/done" lies in runs, which has another purpose.'),
        ('inbox = "s3://b/in"\ndone = "s3a://b//in/done"', f"night: done lies in inbox; {APART}."),
        ('inbox = "sftp://pat@h/in"\ndone = "ssh://jo@h:22/in"', f"night: inbox lies in done; {APART}."),
        ('inbox = "gs://b/in"', 'night: inbox: "gs://" is not known; claimbatch knows s3://, abfs:// and sftp://.'),
        ('inbox = "sftp://pat:x1@h/in"', f'night: inbox: "sftp://pat@h/in" had a password in it, {NOT_THERE}.'),
        ('inbox = "s3://b/../in"', 'night: inbox = "s3://b/../in" leads upwards; name the whole path.'),
        ('errors = "overrule"', "night.errors: Input should be 'whole' or 'partial'."),
        ("settle = -1", "night.settle: Input should be greater than or equal to 0."),
        ('export = ["xls"]', "night.export.0: Input should be 'csv', 'xlsx' or 'json'."),
        ('inbocks = "in"', "night.inbocks: Extra inputs are not permitted."),
    ],
)  # fmt: skip
def test_a_night_that_cannot_be_is_refused(tmp_path: Path, settings: str, message: str) -> None:
    """With where it stands, and what there is."""
    hint = f"Known settings of [night]: {', '.join(Night.model_fields)}."
    assert said(tmp_path, f"[night]\n{settings}\n") == f"claimbatch.toml: {message}\n{hint}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('s3]\nsecret = "x1"', f"files: [files.s3] secret {COPIED}, as FSSPEC_S3_SECRET."),
        ('s3.client_kwargs]\naws_session_token = "x1"',
         f"files: [files.s3] aws_session_token {COPIED}, as FSSPEC_S3_AWS_SESSION_TOKEN."),
        ("gs]", "files.gs.[key]: Input should be 's3', 'abfs' or 'sftp'."),
    ],
)  # fmt: skip
def test_what_lets_one_in_does_not_stand_in_the_settings(tmp_path: Path, settings: str, message: str) -> None:
    """They are copied and backed up; what was written there is not repeated."""
    assert said(tmp_path, f"[files.{settings}\n").splitlines()[0] == f"claimbatch.toml: {message}"
