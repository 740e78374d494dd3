"""*Qualifications*: one that claimbatch does not know, added by what the handbook says, and taken off again."""

import re
from collections.abc import Sequence

from starlette.responses import Response

from claimbatch.errors import ClaimbatchError
from claimbatch.office.new_qualifications import NewQualification, add_qualification, take_qualification_off
from claimbatch.web.forms import whole
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.pages.qualifications import STORING, named
from claimbatch.web.roles import Right

page = Page("qualifications", "", "/qualifications/new", right=Right.QUALIFICATIONS)
SUITES = (("2016", "2016: sizes in GLH"), ("2012", "2012: sizes in credits"))


@page.get()
def blank(visit: Visit) -> Response:
    """Where it is filled in."""
    return _form(visit)


@page.post()
def added(visit: Visit) -> Response:
    """Store it, in a file of the workspace's own."""
    form = visit.form
    level, size = whole(form["level"]) or 0, whole(form["size"]) or 0
    wrong = (
        ("entry_code", not re.fullmatch(r"[0-9]{5}", form["entry_code"]), "An entry code has five digits, like 05349"),
        ("title", not form["title"], "Give its title, as the handbook has it"),
        ("level", not 1 <= level <= 8, "Give its level, a number"),
        ("suite", form["suite"] not in dict(SUITES), "Say which suite it is of"),
        ("size", bool(form["size"]) and not 1 <= size <= 9999, "Give its size as a number, or leave it blank"),
    )  # fmt: skip
    if faults := [Fault(field, words) for field, is_wrong, words in wrong if is_wrong]:
        return _form(visit, faults)
    title = " ".join(form["title"].split())
    new = NewQualification(form["entry_code"], title, level, int(form["suite"]), size, form["source"])
    try:
        with STORING:
            add_qualification(visit.workspace, new)
    except ClaimbatchError as error:
        return _form(visit, [Fault("entry_code", error.message)])
    return visit.go(
        f"/qualifications/{new.entry_code}/units", f"{new.entry_code} is added. Now give its units."
    )


@page.post("/qualifications/{code:int}/leave")
def taken_off(visit: Visit) -> Response:
    """Take it off again, with its units."""
    one = named(visit)
    with STORING:
        take_qualification_off(visit.workspace, one.entry_code)
    return visit.go("/qualifications", f"{one.entry_code} was taken off.")


def _form(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    return visit.show("qualification_new.html.j2", faults=faults, suites=[("", "Choose"), *SUITES])
