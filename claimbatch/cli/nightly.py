"""``claimbatch nightly``: the run that a timer starts at night."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.progress import at_terminal, watch
from claimbatch.cli.session import count, detail, is_verbose, say, who_option, workspace_option
from claimbatch.errors import ClaimbatchError, Exit

if TYPE_CHECKING:
    from claimbatch.night.account import Account, File
    from claimbatch.workspace import Workspace

NOTHING = "Nothing to do: there was nothing to take, and no claim has changed."
NOTHING_TAKEN = "Nothing was taken."  # there may have been something; what could not be done is said below
NOTHING_THEN = "Nothing had been taken."
NAMED = 20  # files of one kind that are named; the account names all


@click.command()
@click.option(
    "--dry-run", is_flag=True, help="Show what would be taken and where each file would go; change nothing."
)
@click.option(
    "--once",
    is_flag=True,
    help="Take only the FILEs (or what is in these folders), as they are now, wherever they lie.",
)
@click.option(
    "--wait",
    type=click.IntRange(0, 24 * 60),
    default=0,
    metavar="MINUTES",
    help="Where another nightly run is at work, wait for its end so long at most.  [default: 0]",
)
@click.option(
    "--install",
    type=click.Choice(("systemd", "cron", "windows")),
    help="Instead: print what makes this computer start it every night.",
)
@click.option("--at", metavar="HH:MM", help="With --install: when.  [default: 02:00]")
@click.option(
    "-o",
    "--output",
    "into",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --install: write it to files in DIR.",
)
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE|DIR]...")
@who_option
@workspace_option
def nightly(
    workspace: "Workspace",
    files: tuple[str, ...],
    dry_run: bool,
    once: bool,
    who: str,
    wait: int,
    install: str | None,
    at: str | None,
    into: Path | None,
) -> int:
    """Take what came back into the claims, answer what is faulty, and put every file away.

    Looks at the inbox and the folders in it. A clean workbook is taken and goes to done; one with errors goes to
    rejected, with a marked copy and a list of its errors beside it; one that could do harm or cannot be read goes to
    quarantine. What is still open or being copied is left for the next run. Claims that changed are written anew.
    What can be set stands under [night] in claimbatch.toml.

    Files named with --once that lie elsewhere than in the inbox stay where they are; a copy of them is put away.
    """
    if install:
        from claimbatch.cli.schedule import install as schedule  # noqa: PLC0415

        if files or once or dry_run:
            raise click.UsageError("--install goes with --at and --output alone.")
        return schedule(workspace, install, at or "02:00", into)
    if at or into:
        raise click.UsageError("--at and --output go with --install.")
    from claimbatch.night.log import ALOUD  # noqa: PLC0415
    from claimbatch.night.rehearsing import rehearse  # noqa: PLC0415
    from claimbatch.night.run import exit_of, run  # noqa: PLC0415

    was = ALOUD.set(is_verbose())
    click.get_current_context().call_on_close(lambda: ALOUD.reset(was))
    if bool(files) != once:
        raise click.UsageError(
            "Name files or folders, and say --once." if once else "To take only these, say --once."
        )
    tell = say if at_terminal() else detail  # what starts it at night may send what it says to somebody
    with _ended_as_by_hand():
        if dry_run:
            accounts = [rehearse(workspace, who, files, watch, tell)]
        else:
            with _said_where_it_is_ended():
                accounts = run(workspace, who, files, watch, patience=60 * wait, told=tell)
    _tell(accounts)
    return int(exit_of(accounts))


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """Let SIGTERM, by which a computer that is shut down ends what runs, end it as Ctrl-C does: with a word."""

    def end(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)  # once is enough: it is coming to its end
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _said_where_it_is_ended() -> Iterator[None]:
    """Say of a run that is ended what becomes of it: it stands there as killed, and is finished as such."""
    try:
        yield
    except KeyboardInterrupt:
        raise ClaimbatchError(
            "The run was ended before it had done its work. Nothing is lost.",
            "The next one finishes what was begun: claimbatch nightly",
            Exit.NOT_FINISHED,
        ) from None


def _tell(accounts: "Sequence[Account]") -> None:
    """What was done goes to standard output, what could not be done beside it."""
    for account in accounts:
        for line in _told(account):
            click.echo(line)
    undone = [one for account in accounts for one in account.undone]
    for one in undone:
        say(f"Not done: {one.why}" + (f"\n  {one.hint}" if one.hint else ""))
    if undone:
        say("What could not be done is tried again by the next run.")


def _told(account: "Account") -> Iterator[str]:
    """The night in short: what was taken, where the other files went, which claims were written."""
    if account.finished_by:
        yield f"The run {account.id} was killed. It is finished now:"
    for run in account.took_over if account.dry_run else ():
        yield f"The run {run} was killed, and would be finished first."
    if not account.changed_anything and not account.retired:
        yield NOTHING_THEN if account.finished_by else NOTHING_TAKEN if account.undone else NOTHING
    yield from _of_files(account)
    if account.retired:
        yield f"Put aside, as a later copy was merged: {', '.join(account.retired)}."
    if account.claims and not account.dry_run:
        keys = [claim.key for claim in account.claims]
        yield f"Wrote {count(len(keys), 'claim')}: {', '.join(keys[:NAMED])}{_more(keys)}."
    yield from _of_mails(account)
    if not account.dry_run:
        yield f"The account of this run: runs/{account.id}"


def _of_mails(account: "Account") -> Iterator[str]:
    """The messages that were sent, or would be; of the others *Not done* tells."""
    done = [mailed for mailed in account.mails if mailed.state in {"sent", "planned"}]
    if done:
        named = ", ".join(f"{mailed.kind} to {mailed.whom}" for mailed in done[:NAMED])
        word = "Would send" if account.dry_run else "Sent"
        yield f"{word} {count(len(done), 'message')}: {named}{_more(done)}."


def _of_files(account: "Account") -> Iterator[str]:
    from claimbatch.night.account import Fate  # noqa: PLC0415

    of = {fate: [file for file in account.files if file.fate is fate] for fate in Fate}
    taken = [*of[Fate.MERGED], *of[Fate.PART]]
    if taken:
        kinds = ("added", "changed", "removed", "unchanged", "held")
        sums = [f"{sum(getattr(file, kind) for file in account.files)} {kind}" for kind in kinds]
        yield f"{'Would take' if account.dry_run else 'Took'} {count(len(taken), 'workbook')}: {', '.join(sums)} back."
    for fate, title in (
        (Fate.PART, "Taken in part, the rest to be corrected"),
        (Fate.REJECTED, "To be corrected"),
        (Fate.QUARANTINED, "Put into quarantine"),
        (Fate.AGAIN, "Received before, nothing changed"),
        (Fate.LEFT, "Left where it is"),
    ):
        if of[fate]:
            yield f"{title}: {len(of[fate])}"
            yield from (f"  {_line(file)}" for file in of[fate][:NAMED])
            if len(of[fate]) > NAMED:
                yield f"  and {len(of[fate]) - NAMED} more"
    for file in taken:
        for path in file.retired:
            yield f"Put aside, as {file.name} corrects it: {path}."


def _line(file: "File") -> str:
    """A file with what is wrong and where it is now."""
    why = file.why or (count(file.errors, "error") if file.errors else "")
    return f"{file.name}{f': {why}' if why else ''}{f' → {file.moved_to}' if file.moved_to else ''}"


def _more(items: Sequence[object]) -> str:
    return f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
