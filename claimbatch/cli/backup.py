"""``claimbatch backup`` and ``claimbatch restore``: keep what cannot be made again, and bring it back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.at_work import refuse_while_a_night_runs, refuse_while_the_page_is_open
from claimbatch.cli.session import confirm, count, say, volume_options, workspace_option
from claimbatch.errors import Exit
from claimbatch.files import shown
from claimbatch.problems import word

if TYPE_CHECKING:
    from claimbatch.office.archive import Archive
    from claimbatch.office.restoring import Restored
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keep",
    type=click.IntRange(1, 10_000),
    help="Keep so many backups of this workspace in DIR, and remove older ones.  [default: all]",
)
@workspace_option
def backup(workspace: "Workspace", folder: Path | None, keep: int | None) -> None:
    """Copy the store, key, settings and schemas into one file in DIR (else the workspace's folder backups).

    Others may work on meanwhile: it is the state of one moment. The file is read back before it counts. It also holds
    what runs remember, so that no message goes twice after a restore. Workbooks are not in it.
    """
    from claimbatch.office.backup import back_up  # noqa: PLC0415

    made = back_up(workspace, folder, keep or 0)
    path, manifest = made.archive.path, made.archive.manifest
    say(f"Made {shown(path)}, {_size(made.size)}: {_what(made.archive)}. Read back, and found the same.")
    if made.removed:
        say(f"Removed {count(len(made.removed), 'older backup')}.")
    say(
        "It holds names, dates of birth and the key that seals the templates: only those who may see them may read it."
    )
    if path.stat().st_dev == workspace.folder.stat().st_dev:
        say("It lies on the same disk as the workspace: keep a copy on another.")
    say(f"To bring it back: claimbatch restore {word(shown(path))} FOLDER")
    if not manifest.heads:
        say("There are no claims yet.")


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "-w",
    "--workspace",
    "over",
    type=click.Path(path_type=Path, file_okay=False),
    help="Instead of DIR: the workspace that is to become what the backup holds.",
)
@click.option(
    "--dry-run", is_flag=True, help="Prove that FILE could be brought back, and bring nothing back."
)
@click.option(
    "--store", "address", default="", help="The empty PostgreSQL database that the store goes into."
)
@click.option("--yes", is_flag=True, help="Do not ask, even where a workspace is put aside for it.")
@volume_options
def restore(
    path: Path, folder: Path | None, over: Path | None, dry_run: bool, address: str, yes: bool
) -> int:
    """Bring the backup FILE back into DIR, a new or empty folder. Of a folder of backups it is the newest.

    First it is unpacked aside and proved: every part by its hash, the store throughout, the history of each claim.
    Where a workspace is there already (--workspace), what it holds is put aside in it, and nothing is destroyed; its
    workbooks stay where they are.
    """
    from claimbatch.office.backup import newest  # noqa: PLC0415
    from claimbatch.office.restoring import prove_backup  # noqa: PLC0415
    from claimbatch.office.restoring import restore as bring_back  # noqa: PLC0415

    if dry_run == bool(folder or over) or (folder and over):
        raise click.UsageError("Name the folder to restore into, or --workspace, or --dry-run: one of them.")
    found = newest(path) if path.is_dir() else path
    if dry_run:
        return _tell(prove_backup(found), "could be brought back")
    target = folder or over or Path()
    if over or yes:
        refuse_while_a_night_runs(target)
        refuse_while_the_page_is_open(target)
    if over:
        confirm(
            f"Put aside what {shown(target)} holds, and bring back {shown(found)}?",
            yes=yes,
            because=f"It takes the place of what {shown(target)} holds now",
        )
    done = bring_back(found, target, over=bool(over) or yes, address=address)
    code = _tell(done, f"brought back into {shown(done.folder)}")
    named = f" --workspace {word(shown(done.folder))}"
    if done.later:
        say(
            "What was taken since then is not in it. Of workbooks that lie there still it is taken in again, and twice"
        )
        say(
            f"  changes nothing: claimbatch merge {' '.join(word(shown(path)) for path in done.later)}{named}"
        )
        say("  Of one that lies there in two versions, merge the older by its name first, then all.")
    if done.waiting:
        say(
            f"{count(done.waiting, 'message')} waited then, and may have gone since. Before the next night look at:"
        )
        say(f"  claimbatch mails{named}")
    say(f"See: claimbatch claims{named}")
    return code


def _tell(done: "Restored", what: str) -> int:
    from claimbatch.clock import local  # noqa: PLC0415

    archive = done.archive
    say(f"{shown(archive.path)}, as of {local(archive.manifest.made)}, {what}: {_what(archive)}.")
    if done.upgraded_from:
        say("An older claimbatch made it; the store was brought up to date.")
    if done.moved:
        say("Its store lay outside of the workspace; it is in it now, and claimbatch.toml says so.")
    if done.aside:
        say(f"What was there before is in {shown(done.aside)}.")
    if done.altered:
        say(f"The history was altered, before the backup was made, of: {', '.join(done.altered)}.")
        say("  Look with: claimbatch claim history CLAIM --verify")
        return int(Exit.ERRORS_FOUND)
    say("Every part is as it was; " + _proof(archive))
    return int(Exit.DONE)


def _proof(archive: "Archive") -> str:
    claims = len(archive.manifest.heads)
    return (
        f"the histories of {count(claims, 'claim')} prove whole." if claims else "there are no claims in it."
    )


def _what(archive: "Archive") -> str:
    """What is in it, in numbers."""
    manifest = archive.manifest
    kinds = {name.split("/")[0] for name in manifest.files}
    own = sum(name.startswith("schemas/") for name in manifest.files)
    ran = sum(name.startswith("runs/") for name in manifest.files)
    parts = [f"the store ({count(len(manifest.heads), 'claim')}, {count(manifest.revisions, 'change')})"]
    parts += ["the key", "the settings"] + ["what was said of columns"] * ("columns.json" in kinds)
    parts += [count(own, "schema file")] * bool(own) + [count(ran, "record") + " of runs"] * bool(ran)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(size // 1000, 1)} KB"
