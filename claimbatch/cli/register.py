"""``claimbatch centre``, ``entries`` and ``assessors``: who is claimed for, and who assesses them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.importing import Storing, import_file, reading_options, storing_options
from claimbatch.cli.imports import add_imports_to
from claimbatch.cli.session import count, format_option, not_blank, say, show_table, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.register import Manner
    from claimbatch.workspace import Workspace

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_partial = click.option("--partial", is_flag=True, help="Take the clean rows of a file that has errors.")


@click.group()
def centre() -> None:
    """Add or list the centres of the workspace."""


@centre.command("add")
@click.argument("number")
@click.argument("name")
@workspace_option
def centre_add(workspace: "Workspace", number: str, name: str) -> None:
    """Add a centre by its NUMBER and NAME, or give one that is there another name."""
    from claimbatch.office.centres import add_centre  # noqa: PLC0415

    with workspace.store() as store:
        add_centre(store, number, name)
        say(f"The workspace holds {count(len(store.centres()), 'centre')}.")


@centre.command("list")
@format_option("table", "json", "csv")
@workspace_option
def centre_list(workspace: "Workspace", style: str) -> None:
    """List the centres of the workspace."""
    with workspace.store() as store:
        rows = [{"centre_number": number, "name": name} for number, name in store.centres().items()]
    show_table(rows, {"centre_number": "Centre", "name": "Name"}, style)


@click.group()
def entries() -> None:
    """Import or list candidates and their entries."""


@entries.command("import")
@click.argument("file", type=FILE)
@_partial
@click.option(
    "--replace", is_flag=True, help="Remove entries that the file does not hold, of its entry codes."
)
@reading_options
@storing_options
@format_option("text", "json", "csv")
@workspace_option
def entries_import(
    *,
    workspace: "Workspace",
    file: Path,
    partial: bool,
    replace: bool,
    manner: "Manner",
    how: Storing,
    style: str,
) -> int:
    """Import candidates, entries and unit entries from FILE, a CSV file or an Excel workbook.

    Columns are known by their headings, as school systems and people write them: entry code, candidate number, name
    (or surname and forenames) and date of birth; where there are any, centre number, OCR candidate number, UCI, ULN and
    units. It says what it read. What is in the register already is brought up to date: what changes is shown by name
    before it is stored. It asks before a candidate gets another name or date of birth, and before entries go
    (--replace). claimbatch entries restore takes an import back.
    """
    if partial and replace:
        raise ClaimbatchError(
            "--partial and --replace do not go together: a faulty row would be taken as one that is gone.",
            "Put the file right first, or leave out one of them.",
        )
    return import_file(workspace, "entries", file, manner, how, partial=partial, replace=replace, style=style)


@entries.command("template")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: outbox]",
)
@workspace_option
def entries_template(workspace: "Workspace", output: Path | None) -> None:
    """Write a blank register: a workbook with lists to choose from, and a CSV file with the headings.

    The workbook has a sheet for entries and one for assessors; both imports read it.
    """
    from claimbatch.office.register import blank_register  # noqa: PLC0415

    for path in blank_register(workspace, output):
        say(f"Made {shown(path)}.")


@entries.command("list")
@click.option("--centre", "number", help="Only this centre.")
@click.option("--entry-code", help="Only this qualification.")
@format_option("table", "json", "csv")
@workspace_option
def entries_list(workspace: "Workspace", number: str | None, entry_code: str | None, style: str) -> None:
    """List the candidates and what they are entered for."""
    from claimbatch.office.centres import the_centre  # noqa: PLC0415

    code = workspace.catalogue().get(entry_code).entry_code if entry_code else None
    with workspace.store() as store:
        found = store.entries(the_centre(store, number) if number else None, code)
    rows = [
        {
            "centre_number": entry.centre_number,
            "entry_code": entry.entry_code,
            "candidate_number": entry.candidate.number,
            "candidate_name": entry.candidate.name,
            "date_of_birth": entry.candidate.born.isoformat() if entry.candidate.born else "",
            "ocr_candidate_number": entry.candidate.ocr_number,
            "uci": entry.candidate.uci,
            "uln": entry.candidate.uln,
            "units": " ".join(map(str, sorted(entry.units))),
        }
        for entry in found
    ]
    show_table(rows, {key: key.replace("_", " ").capitalize() for key in ENTRY_COLUMNS}, style)


ENTRY_COLUMNS = (
    "centre_number", "entry_code", "candidate_number", "candidate_name", "date_of_birth",
    "ocr_candidate_number", "uci", "uln", "units",
)  # fmt: skip


@click.group()
def assessors() -> None:
    """Import, add, correct or list centre assessors."""


@assessors.command("import")
@click.argument("file", type=FILE)
@_partial
@reading_options
@storing_options
@format_option("text", "json", "csv")
@workspace_option
def assessors_import(
    *, workspace: "Workspace", file: Path, partial: bool, manner: "Manner", how: Storing, style: str
) -> int:
    """Import centre assessors from FILE, a CSV file or an Excel workbook.

    Columns, as schools head them: entry code (several are allowed), initials or staff code, name; centre number where
    the workspace holds several centres. What changes is shown by name before it is stored; claimbatch assessors restore
    takes an import back.
    """
    return import_file(workspace, "assessors", file, manner, how, partial=partial, style=style)


@assessors.command("add")
@click.argument("entry_code")
@click.argument("name")
@click.argument("initials")
@click.option("--centre", "number", help="The centre, where the workspace holds several.")
@workspace_option
def assessors_add(
    workspace: "Workspace", entry_code: str, name: str, initials: str, number: str | None
) -> None:
    """Add a centre assessor by ENTRY_CODE, full NAME and INITIALS (one to four characters)."""
    from claimbatch.office.assessors import add_assessor  # noqa: PLC0415
    from claimbatch.office.by_name import counted  # noqa: PLC0415

    with workspace.store() as store:
        counts = add_assessor(store, workspace.catalogue(), entry_code, name, initials, centre=number)
    say(f"{counted('assessors', counts)}.")


@assessors.command("rename")
@click.argument("initials")
@click.argument("name", callback=not_blank)
@click.option("--centre", "number", help="The centre, where the workspace holds several.")
@workspace_option
def assessors_rename(workspace: "Workspace", initials: str, name: str, number: str | None) -> None:
    """Correct the NAME of the assessor with these INITIALS, everywhere.

    Templates that are still out name them as before, and stay good.
    """
    from claimbatch.office.assessors import rename_assessor  # noqa: PLC0415

    with workspace.store() as store:
        before = rename_assessor(store, initials, name, centre=number)
    say(f"{before.initials} was {before.name}, and is {name} now.")


@assessors.command("remove")
@click.argument("entry_code")
@click.argument("initials")
@click.option("--centre", "number", help="The centre, where the workspace holds several.")
@workspace_option
def assessors_remove(workspace: "Workspace", entry_code: str, initials: str, number: str | None) -> None:
    """Let the assessor with these INITIALS assess ENTRY_CODE no more.

    What is claimed already keeps its assessor until claim submit asks for it. Templates that are still out bring nobody
    back: a new grade by somebody removed is an error (CB213). Who is named in no claim and assesses nothing else is
    forgotten.
    """
    from claimbatch.office.assessors import remove_assessor  # noqa: PLC0415

    with workspace.store() as store:
        gone = remove_assessor(store, entry_code, initials, centre=number)
    who = gone.assessor
    say(f"{who.initials} ({who.name}) assesses {gone.entry_code} no more.")
    if gone.lines:
        say(
            f"Claim {gone.key} keeps {count(gone.lines, 'line')} assessed by {who.initials}: "
            f"claimbatch claim show {gone.key}"
        )


@assessors.command("list")
@click.option("--centre", "number", help="Only this centre.")
@format_option("table", "json", "csv")
@workspace_option
def assessors_list(workspace: "Workspace", number: str | None, style: str) -> None:
    """List the centre assessors and what they assess."""
    from claimbatch.office.centres import the_centre  # noqa: PLC0415

    with workspace.store() as store:
        found = store.assessors(the_centre(store, number) if number else None)
    rows = [
        {
            "centre_number": assessor.centre_number,
            "initials": assessor.initials,
            "name": assessor.name,
            "entry_codes": " ".join(sorted(assessor.entry_codes)),
        }
        for assessor in found
    ]
    columns = {
        "centre_number": "Centre",
        "initials": "Initials",
        "name": "Name",
        "entry_codes": "Entry codes",
    }
    show_table(rows, columns, style)


for _group in (entries, assessors):
    add_imports_to(_group)
