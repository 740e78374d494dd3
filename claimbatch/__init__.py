"""claimbatch: claim grades for OCR Cambridge Technicals with spreadsheets, in batches, offline.

What ``__all__`` names is there for Python programs of your own (docs/api.md). Each name is imported when it is first
used, so that ``import claimbatch`` costs nothing.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claimbatch.claims.sent import Sent
    from claimbatch.claims.taking import Taken
    from claimbatch.claims.term import Course
    from claimbatch.errors import ClaimbatchError, Exit
    from claimbatch.intake.receiving import How, Received
    from claimbatch.intake.refresh import Refreshed
    from claimbatch.intake.results import Checked, FileResult
    from claimbatch.office.changes import ChangeRow
    from claimbatch.office.checking import Looked, check
    from claimbatch.office.documents import Asked, report, report_several
    from claimbatch.office.drawing import Written
    from claimbatch.office.error_lists import write_error_lists
    from claimbatch.office.exporting import Exported, export
    from claimbatch.office.importing import Imported, import_register
    from claimbatch.office.inbox import Given, workbooks
    from claimbatch.office.letters import Letter, letter, send, write_draft
    from claimbatch.office.marking import Marked, mark_all
    from claimbatch.office.merging import LineChange, line_changes, merge
    from claimbatch.office.refreshing import refresh
    from claimbatch.office.register import Extent, FileRead, Manner
    from claimbatch.office.templates import Made, Templates, Wanted, templates
    from claimbatch.office.term import TermNow, status, write_status
    from claimbatch.problems import Place, Problem
    from claimbatch.workspace import Workspace

__version__ = "0.1.0"
__all__ = [
    "Asked",
    "ChangeRow",
    "Checked",
    "ClaimbatchError",
    "Course",
    "Exit",
    "Exported",
    "Extent",
    "FileRead",
    "FileResult",
    "Given",
    "How",
    "Imported",
    "Letter",
    "LineChange",
    "Looked",
    "Made",
    "Manner",
    "Marked",
    "Place",
    "Problem",
    "Received",
    "Refreshed",
    "Sent",
    "Taken",
    "Templates",
    "TermNow",
    "Wanted",
    "Workspace",
    "Written",
    "check",
    "export",
    "import_register",
    "letter",
    "line_changes",
    "mark_all",
    "merge",
    "refresh",
    "report",
    "report_several",
    "send",
    "status",
    "templates",
    "workbooks",
    "write_draft",
    "write_error_lists",
    "write_status",
]
_MODULES: Mapping[str, tuple[str, ...]] = {
    "claims.taking": ("Taken",),
    "claims.sent": ("Sent",),
    "claims.term": ("Course",),
    "errors": ("ClaimbatchError", "Exit"),
    "intake.receiving": ("How", "Received"),
    "intake.refresh": ("Refreshed",),
    "intake.results": ("Checked", "FileResult"),
    "office.changes": ("ChangeRow",),
    "office.checking": ("Looked", "check"),
    "office.documents": ("Asked", "report", "report_several"),
    "office.drawing": ("Written",),
    "office.error_lists": ("write_error_lists",),
    "office.exporting": ("Exported", "export"),
    "office.importing": ("Imported", "import_register"),
    "office.inbox": ("Given", "workbooks"),
    "office.letters": ("Letter", "letter", "send", "write_draft"),
    "office.marking": ("Marked", "mark_all"),
    "office.merging": ("LineChange", "line_changes", "merge"),
    "office.refreshing": ("refresh",),
    "office.register": ("Extent", "FileRead", "Manner"),
    "office.templates": ("Made", "Templates", "Wanted", "templates"),
    "office.term": ("TermNow", "status", "write_status"),
    "problems": ("Place", "Problem"),
    "workspace": ("Workspace",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = getattr(import_module(f"claimbatch.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'claimbatch' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
