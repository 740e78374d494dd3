"""How the term stands: what went out and came back, what is open, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch import clock
from claimbatch.claims.store import Store
from claimbatch.claims.term import Course, Kept, term, with_faulty
from claimbatch.form.qualification import Catalogue
from claimbatch.office.centres import the_centre
from claimbatch.office.drawing import write_document
from claimbatch.office.faulty import faulty_templates
from claimbatch.output.view.status import Term, term_status
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TermNow:
    """The state of the term: a course for each qualification of each centre.

    *centres* are the names of the centres by number, *titles* those of the qualifications by entry code; of one that is
    not known any more the title is blank.
    """

    courses: Sequence[Course]
    centres: Mapping[str, str]
    titles: Mapping[str, str]


def status(workspace: Workspace, centre: str | None = None, entry_code: str | None = None) -> TermNow:
    """How the term stands: everywhere, or at one *centre*, or of the qualification *entry_code* alone.

    What is in workbooks that were not merged yet is not counted: checking them tells it. Of those that the nightly run
    has found faulty it is told that they came back, and are awaited again.
    """
    return status_now(workspace, Kept(), centre, entry_code)


def status_now(
    workspace: Workspace, kept: Kept, centre: str | None = None, entry_code: str | None = None
) -> TermNow:
    """The same, for whoever asks again and again: what was found is *kept*, and only what has changed is looked at."""
    catalogue = workspace.catalogue()
    code = catalogue.get(entry_code).entry_code if entry_code else None
    with workspace.store() as store:
        number = the_centre(store, centre) if centre else None
        courses = courses_now(workspace, store, number, code, catalogue=catalogue, kept=kept)
        centres = {key: name for key, name in store.centres().items() if number in (None, key)}
    known = {code: catalogue.find(code) for code in {course.entry_code for course in courses}}
    return TermNow(courses, centres, {code: q.short_title if q else "" for code, q in known.items()})


def courses_now(
    workspace: Workspace,
    store: Store,
    centre: str | None = None,
    entry_code: str | None = None,
    *,
    catalogue: Catalogue | None = None,
    kept: Kept | None = None,
) -> list[Course]:
    """The courses as they stand, of one *centre* or one *entry_code* alone, with what the nightly run knows of them."""
    courses = term(store, catalogue or workspace.catalogue(), centre, entry_code, kept=kept)
    return with_faulty(courses, faulty_now(workspace))


def faulty_now(workspace: Workspace) -> frozenset[str]:
    """The templates of which the nightly run has found a faulty copy, which waits."""
    return faulty_templates(workspace.folder / "runs")


def write_status(
    workspace: Workspace, now: TermNow, folder: Path | None = None, styles: Sequence[str] = ()
) -> list[Path]:
    """Write the state of the term as a document for each centre, as files of *styles* (of both, if none is named)."""
    at, outbox = clock.stamp(), workspace.outbox(folder)
    written: list[Path] = []
    for number, name in now.centres.items():
        mine = [course for course in now.courses if course.centre_number == number]
        made = term_status(Term(number, name, mine, now.titles, at))
        written += write_document(made, outbox / f"{number}_status", styles)
    return written
