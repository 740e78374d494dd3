"""``claimbatch completion``: let a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print a script that completes claimbatch's commands and options in SHELL.

    \b
    bash:  claimbatch completion bash >> ~/.bashrc
    zsh:   claimbatch completion zsh >> ~/.zshrc
    fish:  claimbatch completion fish > ~/.config/fish/completions/claimbatch.fish
    """
    from claimbatch.cli.main import cli  # noqa: PLC0415

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(kind(cli, {}, "claimbatch", "_CLAIMBATCH_COMPLETE").source())
