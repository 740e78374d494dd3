"""Refresh a template: a current one, with what was filled in on an old one carried over."""

from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.form.identity import is_sealed, read_token
from claimbatch.form.layout import Layout, lay_out
from claimbatch.form.qualification import Catalogue, Qualification
from claimbatch.intake.carry import LeftOver, carry
from claimbatch.intake.guard import admit_file, read_sheets
from claimbatch.intake.known import Issued, load
from claimbatch.intake.submission import Submission, read, token_of
from claimbatch.problems import Problem


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A current template with what was filled in before, its file name, and what has no place on it."""

    name: str
    content: bytes
    left: tuple[LeftOver, ...]


def refresh(store: Store, catalogue: Catalogue, key: bytes, path: Path) -> Refreshed:
    """Issue the template that replaces the one at *path*: same centre, qualification, form, group and order.

    The old template may be outdated, or of a claim that has been submitted since; it is read by its own headings.
    Raises :class:`ClaimbatchError` where it cannot be opened, is no template, or belongs to no centre here.
    """
    old, token = _open(store, catalogue, path)
    ids = {old.identity.template_id} if is_sealed(token, key) else set()
    identity = old.identity
    issued = load(store, key, catalogue, ids).issued.get(identity.template_id, Issued("", {}))
    order = Order(identity.centre_number, identity.entry_code, identity.form, identity.unit)
    name, fresh = issue_template(store, catalogue, key, order.again(issued.made_with))
    content, left = carry(old, fresh, issued)
    return Refreshed(name, content, tuple(left))


def _open(store: Store, catalogue: Catalogue, path: Path) -> tuple[Submission, str]:
    """The old template, read as the current form has it, and its token."""
    package = admit_file(path, path.as_posix())
    sheets = package if isinstance(package, Problem) else read_sheets(package)
    if isinstance(package, Problem) or isinstance(sheets, Problem):
        problem = package if isinstance(package, Problem) else sheets
        assert isinstance(problem, Problem)  # noqa: S101 - for the type checker
        raise ClaimbatchError(f"{path}: {problem.message}", problem.hint)
    token = token_of(package, sheets)
    identity = read_token(token)
    if identity is None:
        raise ClaimbatchError(f"{path} was not made by claimbatch.", "Only a template can be refreshed.")
    if identity.centre_number not in store.centres():
        raise ClaimbatchError(
            f"{path} belongs to centre {identity.centre_number}, which this workspace does not hold."
        )
    qualification = catalogue.get(identity.entry_code)
    layout = _layout(qualification, identity.form, identity.unit)
    return read(package, sheets, identity, qualification, layout), token


def _layout(qualification: Qualification, form: str, unit: int) -> Layout:
    if unit and unit not in {offered.number for offered in qualification.offered}:
        raise ClaimbatchError(
            f"Unit {unit} can no longer be claimed for {qualification.entry_code}.",
            "There is no current template for it.",
        )
    return lay_out(form, qualification, unit)
