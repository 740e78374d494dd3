"""Issue the workbooks that a moderator fills in: of a submitted claim, one to tick the sample in, one to decide in."""

from collections.abc import Iterable

from claimbatch import clock
from claimbatch.claims.claim import LABELS, OTHER, Claim, Line, Status
from claimbatch.claims.decisions import Verdict
from claimbatch.claims.standing import Standing
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.files import sha256
from claimbatch.form.contents import Contents, Listed
from claimbatch.form.identity import issue
from claimbatch.form.layout import SAMPLE, lay_out
from claimbatch.form.template import build


def issue_for_moderator(
    store: Store, key: bytes, stands: Standing, form: str, *, protect: bool = True
) -> tuple[str, bytes]:
    """Make the workbook of *form* for the claim, remember it, and give its file name and bytes.

    What is recorded already stands on it. Raises :class:`ClaimbatchError` where the claim is not with the moderator, or
    nothing is in its sample.
    """
    claim = stands.claim
    listed = tuple(_listed(stands, _lines(stands, form)))
    layout = lay_out(form, claim.qualification)
    identity = issue(
        key,
        centre_number=claim.centre_number,
        entry_code=claim.entry_code,
        form=form,
        unit=0,
        fingerprint=layout.fingerprint,
        issued_at=clock.stamp(),
        revision=claim.revision,
        claim_key=claim.key,
        locked_rows=[(line.number, line.name, line.unit, line.claimed, line.assessor) for line in listed],
    )
    contents = Contents(
        qualification=claim.qualification,
        layout=layout,
        identity=identity,
        token=identity.token(key),
        centre_name=claim.centre_name,
        rows=(),
        assessors=(),
        claimed={},
        protect=protect,
        listed=listed,
        claim=called(claim),
    )
    content = build(contents)
    store.issue(identity, claim.key, {}, made_with={"protect": protect}, sha256=sha256(content))
    return f"{claim.key}_{form}.xlsx", content


def called(claim: Claim) -> str:
    """What a claim is called beyond the centre: ``Claim 123456 (68199-05349-1)``."""
    return f"Claim {claim.claim_number} ({claim.key})" if claim.claim_number else f"Claim {claim.key}"


def _lines(stands: Standing, form: str) -> list[Line]:
    claim = stands.claim
    if claim.status not in (Status.SUBMITTED, Status.SAMPLED):
        raise ClaimbatchError(
            f"Claim {claim.key} is {LABELS[claim.status].lower()}; the moderator has a say while it is submitted or "
            "sampled.",
            "claimbatch claims shows how each claim stands.",
        )
    lines = [line for line in claim.lines if form == SAMPLE or (line.candidate, line.unit) in stands.sampled]
    if not lines:
        raise ClaimbatchError(
            f"No sample of claim {claim.key} is recorded."
            if claim.lines
            else f"Claim {claim.key} holds no line.",
            f"Record what the moderator chose: claimbatch sample record {claim.key} --candidate 0042 --unit 3",
        )
    return lines


def _listed(stands: Standing, lines: Iterable[Line]) -> Iterable[Listed]:
    claim = stands.claim
    for line in lines:
        decided = stands.decided.get((line.candidate, line.unit))
        yield Listed(
            line.candidate,
            claim.candidate(line.candidate).name,
            claim.unit_label(line.unit),
            "" if line.unit.startswith(OTHER) else claim.unit_title(line.unit),
            line.grade,
            line.assessor,
            wanted="Yes" if (line.candidate, line.unit) in stands.sampled else "",
            agreed=decided.grade if decided and decided.verdict is Verdict.CHANGED else "",
            decision=decided.verdict.capitalize() if decided else "",
        )
