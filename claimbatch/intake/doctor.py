"""What is odd about one workbook, in plain words: for whoever has to find out why it does not come in.

It looks where checking looks, and says what checking takes for granted: who saved the file, from which template,
and what was changed about the form.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from claimbatch.clock import local
from claimbatch.form.identity import Identity, is_sealed, read_token
from claimbatch.form.layout import HEADER_ROW, Layout, form_file, normal, sheet_name
from claimbatch.form.qualification import Qualification
from claimbatch.intake.guard import Package, read_sheets
from claimbatch.intake.known import Issued, Known
from claimbatch.intake.remarks import COMMENT, remarks
from claimbatch.intake.sheet import Grid
from claimbatch.intake.submission import (
    Forms,
    Submission,
    is_marks,
    match_sheets,
    read,
    token_of,
)
from claimbatch.problems import SHOWN_FACT, Problem, clip

AS_IT_CAME, CHANGED, UNUSUAL = "as it came", "changed", "unusual"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a workbook: its topic, what there is to say, and whether that is unusual."""

    topic: str
    text: str
    verdict: str = AS_IT_CAME


def examine(package: Package, load: Callable[[set[str]], Known]) -> list[Remark]:
    """All there is to say about a workbook that may be opened, odd or not.

    *load* is asked once for what is known of the template (its id) that it came from.
    """
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return [*_origin(package), Remark("Content", f"{sheets.message} {sheets.hint}", UNUSUAL)]
    token = token_of(package, sheets)
    identity = read_token(token)
    known = load({identity.template_id} if identity else set())
    found = [*_origin(package), *_identity(package, token, identity, known)]
    qualification = known.catalogue.find(identity.entry_code) if identity else None
    if identity and qualification:
        issued = known.issued.get(identity.template_id)
        layout = Forms().as_issued(identity, qualification, issued, package, sheets)
        found += _age(identity, qualification, layout)
        submission = read(package, sheets, identity, qualification, layout)
        found += [
            *_sheets(package, sheets, layout, issued or Issued("", {})),
            *_columns(submission),
            *_stray(submission),
        ]
    return [*found, *_written(package), *_cells(package), *_names(package)]


def _origin(package: Package) -> Iterator[Remark]:
    """Who saved it, and in which way."""
    yield Remark("Saved by", _program(package.application))
    if package.strict:
        yield Remark("Kind", "Strict Open XML, a choice in Excel's Save As; it is read all the same", UNUSUAL)
    if package.date1904:
        yield Remark("Dates", "counted from 1904, as old Macs did: look at the dates of birth", UNUSUAL)
    for flag in package.flags:
        yield Remark("Content", f"holds {flag}", UNUSUAL)


def _program(application: str) -> str:
    known = {
        "openpyxl": "claimbatch, or another Python program: no spreadsheet program has saved it since",
        "microsoft": "Microsoft Excel",
        "libreoffice": "LibreOffice",
        "google": "Google Sheets",
        "numbers": "Apple Numbers",
        "wps": "WPS Office",
    }
    name = next((name for word, name in known.items() if word in application.casefold()), "")
    if not application:
        return "a program that does not say its name (Google Sheets, or none of the usual ones)"
    return f"{name} ({application})" if name else application


def _identity(package: Package, token: str, identity: Identity | None, known: Known) -> Iterator[Remark]:
    """Which template it was made from."""
    if identity is None:
        yield Remark("Template", "none: claimbatch did not make this workbook", UNUSUAL)
        return
    if not is_sealed(token, known.key):
        yield Remark("Template", "its token was altered, or another workspace made it", UNUSUAL)
    elif identity.template_id not in known.issued:
        yield Remark("Template", f"{identity.template_id}, which this workspace does not remember", UNUSUAL)
    else:
        whose = known.issued[identity.template_id].issued_to
        yield Remark("Template", f"{identity.template_id}{whose and f', made for {whose}'}")
    if not package.token:
        yield Remark(
            "Token", "only on the sheet About: the program that saved it dropped the other places", CHANGED
        )
    qualification = known.catalogue.find(identity.entry_code)
    title = qualification.title if qualification else "a qualification not known here"
    form = f"unit {identity.unit}" if identity.unit else form_file()["forms"][identity.form]["title"]
    centre = known.centres.get(identity.centre_number, "a centre not known here")
    yield Remark("Centre", f"{identity.centre_number} {centre}")
    yield Remark("Qualification", f"{identity.entry_code} {title}")
    yield Remark("Form", form)
    day, moment = local(identity.issued_at).split()
    when = "/".join(reversed(day.split("-")))
    yield Remark("Issued", f"{when} {moment}, from claim revision {identity.revision}")


def _age(identity: Identity, qualification: Qualification, layout: Layout) -> Iterator[Remark]:
    """Whether the form has changed since, or units have joined the qualification."""
    if layout.fingerprint != identity.fingerprint:
        yield Remark("Form", "out of date: the qualification or the form has changed since", CHANGED)
        return
    there = {column.unit for sheet in layout.sheets for column in sheet.columns} - {0}
    new = [unit.label for unit in qualification.offered if unit.number not in there]
    if there and new:
        yield Remark("Units", f"no column for {', '.join(new)}: on the list only since it was made", CHANGED)


def _sheets(package: Package, sheets: Sequence[Grid], layout: Layout, issued: Issued) -> Iterator[Remark]:
    """Sheets that are missing, renamed, hidden, moved, unprotected, or more than the form has."""
    names = [scan.name for scan in package.sheets]
    found = match_sheets(names, layout.sheets)
    for sheet in layout.sheets:
        if sheet.key not in found:
            yield Remark("Sheets", f"'{sheet.name}' is missing", CHANGED)
        elif normal(names[found[sheet.key]]) != normal(sheet.name):
            yield Remark("Sheets", f"'{sheet.name}' is now called '{names[found[sheet.key]]}'", CHANGED)
    order = [found[sheet.key] for sheet in layout.sheets if sheet.key in found]
    if order != sorted(order):
        yield Remark("Sheets", "stand in another order; that does no harm", CHANGED)
    was_protected = issued.made_with.get("protect", True)
    for position, scan in enumerate(package.sheets):
        if position not in found.values() and is_marks(sheets[position]):
            marks = f"a marked copy: the sheet '{scan.name}' and the comments of claimbatch are not read"
            yield Remark("Marks", marks, CHANGED)
        elif position not in found.values():
            yield Remark("Sheets", f"'{scan.name}' is not one of the form's", CHANGED)
        elif was_protected and not scan.protected:
            yield Remark("Protection", f"removed from '{scan.name}'", CHANGED)
        if scan.hidden:
            yield Remark("Sheets", f"'{scan.name}' is hidden", CHANGED)


def _columns(submission: Submission) -> Iterator[Remark]:
    """Columns that are missing, moved, or more than the form has."""
    for table in submission.tables.values():
        for heading in table.missing:
            yield Remark("Columns", f"'{table.name}' has no column '{heading}'", CHANGED)
        places = [table.columns[c.key] for c in table.sheet.columns if c.key in table.columns]
        if places != sorted(places):
            yield Remark("Columns", f"moved on '{table.name}'; that does no harm", CHANGED)
        if table.header_row and table.header_row != HEADER_ROW:
            yield Remark("Rows", f"the headings of '{table.name}' stand in row {table.header_row}", CHANGED)


def _stray(submission: Submission) -> Iterator[Remark]:
    """Content outside the form."""
    for table in submission.tables.values():
        outside = {
            position
            for _, values in table.rows
            for position, value in enumerate(values, 1)
            if position not in table.columns.values() and value not in (None, "")
        }
        if outside:
            columns = "1 column" if len(outside) == 1 else f"{len(outside)} columns"
            yield Remark("Content", f"stands outside the form on '{table.name}', in {columns}", UNUSUAL)


def _written(package: Package) -> Iterator[Remark]:
    """What people wrote on the cells and beside them."""
    for remark in remarks(package):
        kind = remark.kind[:1].upper() + remark.kind[1:]
        on = "on" if remark.kind == COMMENT else "near"
        where = f" {on} {remark.cell}" if remark.cell else ""
        by = f", by {remark.author}" if remark.author else ""
        says = f" says: {clip(remark.text, SHOWN_FACT)}" if remark.text else ""
        done = " (resolved)" if remark.settled else ""
        yield Remark(
            "Comments" if remark.kind == COMMENT else "Drawings",
            f"{kind}{where} of '{remark.sheet}'{by}{done}{says}",
            CHANGED if remark.settled else UNUSUAL,
        )


def _cells(package: Package) -> Iterator[Remark]:
    """Formulas, errors and merged cells."""
    for scan in package.sheets:
        if errors := len(scan.error_cells):
            show = "shows" if errors == 1 else "show"
            yield Remark("Cells", f"{errors} on '{scan.name}' {show} an error such as #N/A", UNUSUAL)
        if struck := len(scan.beside.struck):
            have = "has" if struck == 1 else "have"
            yield Remark("Cells", f"{struck} on '{scan.name}' {have} a line through the text", UNUSUAL)
        if scan.merged:
            yield Remark("Cells", f"{scan.merged} merged on '{scan.name}'", CHANGED)
        typed = (
            scan.formulas if sheet_name(scan.name) != "units" else 0
        )  # the counts of that sheet are formulas of ours
        if typed:
            yield Remark("Cells", f"{typed} with formulas on '{scan.name}'", CHANGED)


def _names(package: Package) -> Iterator[Remark]:
    """Defined names that lead nowhere any more: the drop-down lists hang on them."""
    for name, refers_to in package.names.items():
        if "#REF!" in refers_to:
            yield Remark("Lists", f"the name {name} leads nowhere: its drop-down list is broken", CHANGED)
