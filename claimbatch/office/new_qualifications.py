"""Qualifications that a centre has and claimbatch does not know: each in a file of the workspace's own."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import remove as remove_file
from claimbatch.files import write_atomic
from claimbatch.form.added_units import ADDED, BY_CENTRE, read_added
from claimbatch.form.added_units import remove as remove_unit
from claimbatch.form.qualification import Qualification
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class NewQualification:
    """What is known of a qualification: *size* in GLH (2016 suite) or credits (2012), 0 where it is not known.

    *source* is where it was seen; blank: then it counts as not verified.
    """

    entry_code: str
    title: str
    level: int
    suite: int
    size: int = 0
    source: str = ""

    @property
    def subject(self) -> str:
        """What it is in, as files are named: ``it`` of *OCR Level 3 Cambridge Technical Certificate in IT*."""
        words = self.title.rpartition(" in ")[2].casefold()
        return "-".join(re.findall(r"[a-z0-9]+", words)) or "subject"


def add_qualification(workspace: Workspace, new: NewQualification) -> Qualification:
    """Add a qualification; its units are added as those of any other.

    Raises :class:`ClaimbatchError` where its entry code is known already, or cannot be one.
    """
    if known := workspace.catalogue().find(new.entry_code):
        raise ClaimbatchError(
            f"{new.entry_code} is known already: {known.title}.",
            f"Its units are added or corrected there: claimbatch qualifications {new.entry_code}",
        )
    path = workspace.folder / "schemas" / f"{new.subject}-{new.entry_code}.toml"
    write_atomic(path, _in_toml(new))
    try:
        return workspace.catalogue().get(new.entry_code)
    except ClaimbatchError:  # nothing that cannot be read may stay there: every command reads it
        remove_file(path)
        raise


def is_own(workspace: Workspace, qualification: Qualification) -> bool:
    """Whether it stands in a file that :func:`add_qualification` made."""
    return own_file(workspace, qualification).is_file() and qualification.file.endswith(
        f"-{qualification.entry_code}.toml"
    )


def own_file(workspace: Workspace, qualification: Qualification) -> Path:
    """Where it stands, if it is the centre's own."""
    return workspace.folder / "schemas" / qualification.file


def take_qualification_off(workspace: Workspace, entry_code: str) -> None:
    """Take a qualification that was added here off again, with its units.

    Raises :class:`ClaimbatchError` where it was not added here, or anybody is entered or claimed for it.
    """
    one = workspace.catalogue().get(entry_code)
    if not is_own(workspace, one):
        raise ClaimbatchError(
            f"{entry_code} was not added here.", "Only what a centre added can be taken off."
        )
    with workspace.store() as store:
        used = bool(store.entries(entry_code=entry_code) or store.claims(entry_code=entry_code))
    if used:
        raise ClaimbatchError(
            f"Candidates are entered or claimed for {entry_code}: it has to stay known.",
            "Take the entries back first: claimbatch entries history",
        )
    folder = workspace.folder / "schemas"
    for file, unit, _ in list(read_added(folder / ADDED)):
        if file == one.file:
            remove_unit(folder, file, unit.number)
    remove_file(own_file(workspace, one))


def _in_toml(new: NewQualification) -> str:
    """Its file. TOML writes texts and numbers as JSON does."""
    sure = {"verified": True, "source": ["centre"]} if new.source else {"verified": False, "why": BY_CENTRE}
    facts = {"entry_code": new.entry_code, "title": new.title, **sure}
    lines = [
        "# Added by this centre, on the page. Its units stand in added-units.toml.",
        f"subject = {_toml(new.subject)}",
        f"level = {new.level}",
        f"suite = {new.suite}",
        "",
        "[[qualification]]",
        *(f"{key} = {_toml(value)}" for key, value in facts.items()),
    ]
    if new.size:
        unit = "glh" if new.suite == 2016 else "credits"
        certain = ', verified = true, source = ["centre"]' if new.source else ", verified = false"
        lines.append(f'size = {{ value = {new.size}, unit = "{unit}"{certain} }}')
    if new.source:
        lines += ["", "[sources]", f"centre = {_toml(new.source)}"]
    return "\n".join([*lines, ""])


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
