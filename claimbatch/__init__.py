"""claimbatch: claim grades for OCR Cambridge Technicals with spreadsheets, in batches, offline.

What ``__all__`` names is there for Python programs of your own (docs/api.md). Each name is imported when it is first
used, so that ``import claimbatch`` costs nothing.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim, Line, Status
    from claimbatch.claims.deciding import Recorded
    from claimbatch.claims.decisions import Decision, Verdict
    from claimbatch.claims.life import Submission
    from claimbatch.claims.sent import Sent
    from claimbatch.claims.standing import Query
    from claimbatch.claims.taking import Taken
    from claimbatch.claims.term import Course
    from claimbatch.errors import ClaimbatchError, Exit
    from claimbatch.intake.receiving import How, Received
    from claimbatch.intake.refresh import Refreshed
    from claimbatch.intake.results import Checked, FileResult
    from claimbatch.moderation.outcome import Outcome, Result, State
    from claimbatch.moderation.sampling import Sample
    from claimbatch.office.changes import ChangeRow
    from claimbatch.office.checking import Looked, check
    from claimbatch.office.claim import ClaimSeen, GroupRow, look_at
    from claimbatch.office.claims import ClaimListed, claims_of
    from claimbatch.office.declaring import QueryTold, answer, declare, queries_of
    from claimbatch.office.documents import Asked, report, report_several
    from claimbatch.office.drawing import Written
    from claimbatch.office.error_lists import write_error_lists
    from claimbatch.office.exporting import Exported, export
    from claimbatch.office.importing import Imported, import_register
    from claimbatch.office.inbox import Given, workbooks
    from claimbatch.office.letters import Letter, letter, send, write_draft
    from claimbatch.office.marking import Marked, mark_all
    from claimbatch.office.merging import LineChange, line_changes, merge
    from claimbatch.office.moderating import (
        Completed,
        OutcomeSeen,
        agreeing,
        changing,
        complete,
        outcome_of,
        record_decisions,
    )
    from claimbatch.office.opened import OpenClaim, open_claim
    from claimbatch.office.refreshing import refresh
    from claimbatch.office.register import Extent, FileRead, Manner
    from claimbatch.office.sample import (
        FileHeard,
        SampleRecorded,
        SampleSeen,
        hear_sample,
        record_sample,
        sample_of,
    )
    from claimbatch.office.sampling import Basis, basis_of, draw_sample
    from claimbatch.office.submitting import Checklist, checklist, submit, withdraw
    from claimbatch.office.templates import Made, Templates, Wanted, templates
    from claimbatch.office.term import TermNow, status, write_status
    from claimbatch.problems import Place, Problem
    from claimbatch.workspace import Workspace

__version__ = "0.1.0"
__all__ = [
    "Asked",
    "Basis",
    "ChangeRow",
    "Checked",
    "Checklist",
    "Claim",
    "ClaimListed",
    "ClaimSeen",
    "ClaimbatchError",
    "Completed",
    "Course",
    "Decision",
    "Exit",
    "Exported",
    "Extent",
    "FileHeard",
    "FileRead",
    "FileResult",
    "Given",
    "GroupRow",
    "How",
    "Imported",
    "Letter",
    "Line",
    "LineChange",
    "Looked",
    "Made",
    "Manner",
    "Marked",
    "OpenClaim",
    "Outcome",
    "OutcomeSeen",
    "Place",
    "Problem",
    "Query",
    "QueryTold",
    "Received",
    "Recorded",
    "Refreshed",
    "Result",
    "Sample",
    "SampleRecorded",
    "SampleSeen",
    "Sent",
    "State",
    "Status",
    "Submission",
    "Taken",
    "Templates",
    "TermNow",
    "Verdict",
    "Wanted",
    "Workspace",
    "Written",
    "agreeing",
    "answer",
    "basis_of",
    "changing",
    "check",
    "checklist",
    "claims_of",
    "complete",
    "declare",
    "draw_sample",
    "export",
    "hear_sample",
    "import_register",
    "letter",
    "line_changes",
    "look_at",
    "mark_all",
    "merge",
    "open_claim",
    "outcome_of",
    "queries_of",
    "record_decisions",
    "record_sample",
    "refresh",
    "report",
    "report_several",
    "sample_of",
    "send",
    "status",
    "submit",
    "templates",
    "withdraw",
    "workbooks",
    "write_draft",
    "write_error_lists",
    "write_status",
]
_MODULES: Mapping[str, tuple[str, ...]] = {
    "claims.claim": ("Claim", "Line", "Status"),
    "claims.deciding": ("Recorded",),
    "claims.decisions": ("Decision", "Verdict"),
    "claims.life": ("Submission",),
    "claims.sent": ("Sent",),
    "claims.standing": ("Query",),
    "claims.taking": ("Taken",),
    "claims.term": ("Course",),
    "errors": ("ClaimbatchError", "Exit"),
    "intake.receiving": ("How", "Received"),
    "intake.refresh": ("Refreshed",),
    "intake.results": ("Checked", "FileResult"),
    "moderation.outcome": ("Outcome", "Result", "State"),
    "moderation.sampling": ("Sample",),
    "office.changes": ("ChangeRow",),
    "office.checking": ("Looked", "check"),
    "office.claim": ("ClaimSeen", "GroupRow", "look_at"),
    "office.claims": ("ClaimListed", "claims_of"),
    "office.declaring": ("QueryTold", "answer", "declare", "queries_of"),
    "office.documents": ("Asked", "report", "report_several"),
    "office.drawing": ("Written",),
    "office.error_lists": ("write_error_lists",),
    "office.exporting": ("Exported", "export"),
    "office.importing": ("Imported", "import_register"),
    "office.inbox": ("Given", "workbooks"),
    "office.letters": ("Letter", "letter", "send", "write_draft"),
    "office.marking": ("Marked", "mark_all"),
    "office.merging": ("LineChange", "line_changes", "merge"),
    "office.moderating": (
        "Completed",
        "OutcomeSeen",
        "agreeing",
        "changing",
        "complete",
        "outcome_of",
        "record_decisions",
    ),
    "office.opened": ("OpenClaim", "open_claim"),
    "office.refreshing": ("refresh",),
    "office.register": ("Extent", "FileRead", "Manner"),
    "office.sample": (
        "FileHeard",
        "SampleRecorded",
        "SampleSeen",
        "hear_sample",
        "record_sample",
        "sample_of",
    ),
    "office.sampling": ("Basis", "basis_of", "draw_sample"),
    "office.submitting": ("Checklist", "checklist", "submit", "withdraw"),
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
