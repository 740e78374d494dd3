"""The command ``claimbatch``: which command lives where. Nothing else is imported until it is called."""

from collections.abc import Mapping
from importlib import import_module

import click

from claimbatch import __version__

# Command -> (module:attribute, what it does). In the order of a term.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo:demo", "Show the whole job on shipped samples."),
    "init": ("workspace:init", "Make a workspace for a centre."),
    "centre": ("register:centre", "Add or list centres."),
    "qualifications": ("qualifications:qualifications", "List or search the qualifications."),
    "entries": ("register:entries", "Import or list candidates and their entries."),
    "assessors": ("register:assessors", "Import, add, correct or list centre assessors."),
    "template": ("template:template", "Make Excel claim templates."),
    "check": ("check:check", "Check returned workbooks; change nothing."),
    "merge": ("merge:merge", "Take checked workbooks into the claims."),
    "nightly": ("nightly:nightly", "Take what came back, answer it and put it away."),
    "runs": ("runs:runs", "List the nightly runs, or show one."),
    "status": ("status:status", "Show how the term stands, and what to do next."),
    "claims": ("claims:claims", "List claims, newest first."),
    "claim": ("claims:claim", "Show one claim, or carry it on."),
    "export": ("exporting:export", "Write a claim as CSV, Excel or JSON."),
    "report": ("documents:report", "Write printable claim reports."),
    "sample": ("sample:sample", "Simulate the moderator's sample."),
    "moderation": ("moderation:moderation", "Record what the moderator decided."),
    "letters": ("letters:letters", "Write messages about a claim, to open in a mail program."),
    "mails": ("mails:mails", "List, send or drop messages of the night that wait."),
    "backup": ("backup:backup", "Copy store, key and settings into one file."),
    "restore": ("backup:restore", "Bring a backup back, and prove it."),
    "store": ("store:store", "Move the store between SQLite and PostgreSQL."),
    "purge": ("purge:purge", "Remove personal data when its time is over."),
    "rules": ("rules:rules", "Explain the rules and their codes."),
    "doctor": ("doctor:doctor", "Say what is odd about one workbook."),
    "serve": ("serve:serve", "Open claimbatch as a page in the browser."),
    "desktop": ("desktop:desktop", "Put a shortcut to that page on the desktop."),
    "users": ("users:users", "Say who may sign in to a page that others reach."),
    "completion": ("completion:completion", "Print a script that completes commands in your shell."),
    "config": ("workspace:config", "Show the workspace's settings."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of :data:`COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command *cmd_name*."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"claimbatch.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a mistyped one gets the nearest names."""
        from difflib import get_close_matches  # noqa: PLC0415

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            if near:
                ctx.fail(f"There is no command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="claimbatch")
def cli() -> None:
    """Claim grades for OCR Cambridge Technicals with spreadsheets, in batches, offline.

    New here? Type: claimbatch demo
    """
