"""``claimbatch centre``, ``entries`` and ``assessors``: who is claimed for, and who assesses them."""

from functools import partial as bind
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.centres import the_centre
from claimbatch.cli.changes import counted
from claimbatch.cli.importing import Wish, import_file, reading_options
from claimbatch.cli.imports import Storing, add_imports_to, store_changes, storing_options
from claimbatch.cli.session import count, format_option, not_blank, say, show_table, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
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
    from claimbatch.identifiers import check_centre_number  # noqa: PLC0415

    check_centre_number(number)
    if not name.strip():
        raise ClaimbatchError("The centre's name is blank.", 'Give it: claimbatch centre add NUMBER "Name"')
    with workspace.store() as store:
        store.add_centre(number, " ".join(name.split()))
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
    *, workspace: "Workspace", file: Path, partial: bool, replace: bool, wish: Wish, how: Storing, style: str
) -> int:
    """Import candidates, entries and unit entries from FILE, a CSV file or an Excel workbook.

    Columns are known by their headings, as school systems and people write them: entry code, candidate number, name
    (or surname and forenames) and date of birth; where there are any, centre number, OCR candidate number, UCI, ULN and
    units. It says what it read. What is in the register already is brought up to date: what changes is shown by name
    before it is stored. It asks before a candidate gets another name or date of birth, and before entries go
    (--replace). claimbatch entries restore takes an import back.
    """
    from claimbatch.claims.register import read_register  # noqa: PLC0415
    from claimbatch.claims.register.changes import of_entries  # noqa: PLC0415

    if partial and replace:
        raise ClaimbatchError(
            "--partial and --replace do not go together: a faulty row would be taken as one that is gone.",
            "Put the file right first, or leave out one of them.",
        )
    with workspace.store() as store:
        people = {(entry.centre_number, entry.candidate.number): entry.candidate for entry in store.entries()}
        known: dict[str, Any] = {
            "centres": store.centres(),
            "claimed": store.claimed_people(),
            "people": people,
        }

        def save(found: Any) -> str:
            if replace and found.unread:
                raise ClaimbatchError(
                    "--replace needs the whole file: who was not read would be taken as gone. "
                    + " ".join(found.unread),
                    "Put the file right, or leave out --replace.",
                )
            return store_changes(store, bind(of_entries, found, replacing=replace), "entries", file, how)

        return import_file(
            workspace, file, wish, "entries", bind(read_register, **known), save,
            partial=partial, dry_run=how.dry_run, style=style,
        )  # fmt: skip


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
    from claimbatch.files import free_path, write_atomic  # noqa: PLC0415
    from claimbatch.output.blank_register import blank_csv, blank_workbook  # noqa: PLC0415

    folder = workspace.outbox(output)
    with workspace.store() as store:
        centres = store.centres()
    for name, content in (
        ("register.xlsx", blank_workbook(workspace.catalogue(), centres)),
        ("register.csv", blank_csv(centres)),
    ):
        say(f"Made {shown(write_atomic(free_path(folder / name), content))}.")


@entries.command("list")
@click.option("--centre", "number", help="Only this centre.")
@click.option("--entry-code", help="Only this qualification.")
@format_option("table", "json", "csv")
@workspace_option
def entries_list(workspace: "Workspace", number: str | None, entry_code: str | None, style: str) -> None:
    """List the candidates and what they are entered for."""
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
    *, workspace: "Workspace", file: Path, partial: bool, wish: Wish, how: Storing, style: str
) -> int:
    """Import centre assessors from FILE, a CSV file or an Excel workbook.

    Columns, as schools head them: entry code (several are allowed), initials or staff code, name; centre number where
    the workspace holds several centres. What changes is shown by name before it is stored; claimbatch assessors restore
    takes an import back.
    """
    from claimbatch.claims.register import read_assessors  # noqa: PLC0415
    from claimbatch.claims.register.changes import of_assessors  # noqa: PLC0415

    with workspace.store() as store:
        known: dict[str, Any] = {"centres": store.centres(), "assessors": store.assessors()}
        return import_file(
            workspace, file, wish, "assessors", bind(read_assessors, **known),
            lambda found: store_changes(store, bind(of_assessors, found.assessors), "assessors", file, how),
            partial=partial, dry_run=how.dry_run, style=style,
        )  # fmt: skip


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
    from claimbatch.claims.register import read_assessors  # noqa: PLC0415
    from claimbatch.claims.register.file import Table  # noqa: PLC0415

    with workspace.store() as store:
        headings = ("centre_number", "entry_code", "initials", "name")
        row = (the_centre(store, number), entry_code, initials, name)
        found = read_assessors(
            Table("", ((1, headings), (2, row))),
            centres=store.centres(),
            catalogue=workspace.catalogue(),
            assessors=store.assessors(),
        )
        for problem in found.problems:
            raise ClaimbatchError(problem.message, problem.hint)
        say(f"{counted('assessors', store.save_assessors(found.assessors))}.")


@assessors.command("rename")
@click.argument("initials")
@click.argument("name", callback=not_blank)
@click.option("--centre", "number", help="The centre, where the workspace holds several.")
@workspace_option
def assessors_rename(workspace: "Workspace", initials: str, name: str, number: str | None) -> None:
    """Correct the NAME of the assessor with these INITIALS, everywhere.

    Templates that are still out name them as before, and stay good.
    """
    with workspace.store() as store:
        before = store.rename_assessor(the_centre(store, number), initials, name)
    if before is None:
        raise _no_assessor(initials)
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
    from claimbatch.identifiers import entry_code as as_entry_code  # noqa: PLC0415

    code = as_entry_code(entry_code)
    with workspace.store() as store:
        centre_number = the_centre(store, number)
        before = store.remove_assessor(centre_number, initials, code)
        if before is None:
            raise _no_assessor(initials, f" of {code}")
        key, is_open = store.current_key(centre_number, code)
        marks = store.lines_at(key).values() if is_open else ()
    say(f"{before.initials} ({before.name}) assesses {code} no more.")
    lines = sum(assessor == before.initials for _, assessor in marks)
    if lines:
        say(
            f"Claim {key} keeps {count(lines, 'line')} assessed by {before.initials}: claimbatch claim show {key}"
        )


def _no_assessor(initials: str, of: str = "") -> ClaimbatchError:
    return ClaimbatchError(
        f"There is no assessor {initials}{of}.", "List them with: claimbatch assessors list"
    )


@assessors.command("list")
@click.option("--centre", "number", help="Only this centre.")
@format_option("table", "json", "csv")
@workspace_option
def assessors_list(workspace: "Workspace", number: str | None, style: str) -> None:
    """List the centre assessors and what they assess."""
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
