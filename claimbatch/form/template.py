"""A template as a file: the workbook that a teacher fills in, made from :class:`Contents`.

The same contents give the same bytes: no clock gets in, neither through the document's properties
nor through the dates in the zip.
"""

from datetime import datetime

from claimbatch.form.contents import Contents, file_name
from claimbatch.form.identity import DEFINED_NAME, PROPERTY
from claimbatch.form.saving import save
from claimbatch.form.sheets import sheets_of
from claimbatch.form.worksheet import Workbook
from claimbatch.form.xlsx import write

__all__ = ["build", "describe", "file_name", "save"]


def build(contents: Contents) -> bytes:
    """The template of *contents* as an .xlsx file: its sheets, and its identity in three places."""
    return write(describe(contents))


def describe(contents: Contents) -> Workbook:
    """The same as plain data. The token stands where the sheet *About* is not: in a name and in a property, too."""
    return Workbook(
        sheets=tuple(sheets_of(contents)),
        names={DEFINED_NAME: f'"{contents.token}"'},
        title=f"{contents.layout.title}: {contents.identity.entry_code} {contents.qualification.title}",
        author="claimbatch",
        issued=datetime.fromisoformat(contents.identity.issued_at),
        token=(PROPERTY, contents.token),
    )
