"""Adding, renaming and removing one centre assessor."""

from dataclasses import dataclass

from claimbatch.claims.register import Assessor, read_assessors
from claimbatch.claims.register.changes import Counts
from claimbatch.claims.register.file import Table
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification import Catalogue
from claimbatch.identifiers import entry_code as as_entry_code
from claimbatch.office.centres import the_centre


@dataclass(frozen=True, slots=True)
class Removed:
    """An assessor as it was before *entry_code* was taken away, and how many *lines* of the open claim *key* stay."""

    assessor: Assessor
    entry_code: str
    key: str
    lines: int


def add_assessor(
    store: Store,
    catalogue: Catalogue,
    entry_code: str,
    name: str,
    initials: str,
    *,
    centre: str | None = None,
) -> Counts:
    """Add an assessor of *entry_code*; initials that are there get the entry code more.

    Raises :class:`ClaimbatchError` for what a file of assessors could not say either.
    """
    headings = ("centre_number", "entry_code", "initials", "name")
    row = (the_centre(store, centre), entry_code, initials, name)
    found = read_assessors(
        Table("", ((1, headings), (2, row))),
        centres=store.centres(),
        catalogue=catalogue,
        assessors=store.assessors(),
    )
    for problem in found.problems:
        raise ClaimbatchError(problem.message, problem.hint)
    return store.save_assessors(found.assessors)


def rename_assessor(store: Store, initials: str, name: str, *, centre: str | None = None) -> Assessor:
    """Give the assessor with these *initials* another *name*, everywhere; the assessor as it was."""
    before = store.rename_assessor(the_centre(store, centre), initials, name)
    if before is None:
        raise _no_assessor(initials)
    return before


def remove_assessor(store: Store, entry_code: str, initials: str, *, centre: str | None = None) -> Removed:
    """Let the assessor with these *initials* assess *entry_code* no more. What is claimed keeps its assessor."""
    code, number = as_entry_code(entry_code), the_centre(store, centre)
    before = store.remove_assessor(number, initials, code)
    if before is None:
        raise _no_assessor(initials, f" of {code}")
    key, is_open = store.current_key(number, code)
    marks = store.lines_at(key).values() if is_open else ()
    return Removed(before, code, key, sum(assessor == before.initials for _, assessor in marks))


def _no_assessor(initials: str, of: str = "") -> ClaimbatchError:
    return ClaimbatchError(
        f"There is no assessor {initials}{of}.", "List them with: claimbatch assessors list"
    )
