"""The kinds of document that a claim has, by the name that people ask for them with."""

from collections.abc import Callable, Mapping

from claimbatch.errors import ClaimbatchError
from claimbatch.moderation.sampling import recorded
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.claim import claim_report
from claimbatch.output.view.document import Document
from claimbatch.output.view.forms import declaration_forms, recording_sheets, signing_list
from claimbatch.output.view.outcome import outcome_report
from claimbatch.output.view.sample import sample_list


def moderators_sample(brief: Brief) -> Document:
    """The list of the sample that the moderator chose; :class:`ClaimbatchError` where none is recorded."""
    claim, pairs = brief.claim, brief.standing.sampled
    if not pairs:
        raise ClaimbatchError(
            f"No sample of claim {claim.key} is recorded.",
            "Record the moderator's with: claimbatch sample record. To simulate one: claimbatch sample draw.",
        )
    return sample_list(brief, recorded(claim, pairs))


KINDS: Mapping[str, Callable[[Brief], Document]] = {
    "claim": claim_report,
    "sample": moderators_sample,
    "outcome": outcome_report,
    "declarations": declaration_forms,
    "signing-list": signing_list,
    "recording-sheets": recording_sheets,
}
