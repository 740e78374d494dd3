"""What the documents say is so: the commands they show exist, each is explained, CI runs the README's lines."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from claimbatch.cli.main import cli
from tests import api_page

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = ROOT / "docs" / "commands.md"


def commands(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below *group*, with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        for word, other in getattr(command, "others", dict)().items():
            yield (*path, name, word), other
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(cli))


def shown_in(text: str) -> list[str]:
    """The claimbatch command lines in a document's code blocks, without their remarks."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    lines = [
        line.split("   #")[0].split("  #")[0].split(" # ")[0].strip()
        for b in blocks
        for line in b.splitlines()
    ]
    return [
        line.split("&& ")[-1].removeprefix("$ ")
        for line in lines
        if "claimbatch " in line.split("&& ")[-1][:14]
    ]


DOCUMENTS = [
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/README.md",
    "docs/adding-a-qualification.md", "docs/api.md", "docs/architecture.md", "docs/files.md", "docs/nightly.md",
    "docs/registers.md", "docs/rules.md", "docs/sampling.md", "docs/manifest.md",
]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "line"), [(d, line) for d in DOCUMENTS for line in shown_in((ROOT / d).read_text("utf-8"))]
)
def test_a_command_in_a_document_exists(document: str, line: str) -> None:
    """The command and each of its options exist."""
    words = shlex.split(line)[1:]
    path: tuple[str, ...] = ()
    while words and (*path, words[0]) in ALL:
        path = (*path, words.pop(0))
    assert path, line
    options = {option for param in ALL[path].params for option in (*param.opts, *param.secondary_opts)} | {
        "--help"
    }
    assert [word for word in words if word.startswith("-") and word not in options] == []


def test_the_readme_shows_a_whole_term() -> None:
    """So that the test above has something to hold on to."""
    assert len(shown_in(README)) > 15


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...]) -> None:
    """A command says what it does, and each of its options what it is for."""
    command = ALL[path]
    assert command.help
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []


def test_the_page_of_commands_is_in_step() -> None:
    """docs/commands.md is what --help says (CLAIMBATCH_UPDATE=1 renews it)."""
    page = ["# The commands\n\nEvery command, as `--help` explains it.\n"]
    for path, command in ALL.items():
        names = cli.context_settings["help_option_names"]
        context = click.Context(
            command, info_name=" ".join(("claimbatch", *path)), terminal_width=100, help_option_names=names
        )
        page.append(f"## {' '.join(path)}\n\n```text\n{command.get_help(context)}\n```\n")
    text = "\n".join(page)
    if os.environ.get("CLAIMBATCH_UPDATE"):
        COMMANDS.write_text(text, "utf-8")
    assert COMMANDS.read_text("utf-8") == text


def test_the_page_of_the_api_is_in_step() -> None:
    """docs/api.md says of each function what the function says of itself (CLAIMBATCH_UPDATE=1 renews it)."""
    text = api_page.page()
    if os.environ.get("CLAIMBATCH_UPDATE"):
        api_page.PAGE.write_text(text, "utf-8")
    assert api_page.PAGE.read_text("utf-8") == text


def test_ci_runs_the_readmes_own_lines() -> None:
    """The two lines at the top of the README stand in .ci/run to the letter."""
    ci = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    first, second = (block.strip() for block in re.findall(r"```\n(python .*?)```", README, re.DOTALL)[:2])
    assert [line for line in (first, second) if line not in ci] == []


def test_links_lead_somewhere() -> None:
    """Every relative link in the documents leads to a file."""
    lost = [
        (document, target)
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text("utf-8"))
        if not (ROOT / document).parent.joinpath(target).exists()
    ]
    assert lost == []
