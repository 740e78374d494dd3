"""The declarations of a claim on its report: what is to be ticked and signed before it goes, and what was, after."""

from claimbatch.claims.history import Kind
from claimbatch.claims.steps import Step
from claimbatch.clock import zoned
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.document import (
    Mark,
    Point,
    Points,
    Section,
    Signatures,
    Signer,
    Text,
    sentences,
    text,
)


def declarations(brief: Brief) -> Section:
    """Whose declarations are recorded, the centre's own with its boxes, and room for signatures: all on one page."""
    submitted = submission(brief)
    mark: Mark = "tick" if submitted else "box"
    people = len(brief.people())
    each = "the candidate" if people == 1 else f"each of the {people} candidates"
    points = (
        f"The centre holds and keeps a signed declaration from {each}.",
        f"Every candidate has a valid entry for {brief.claim.entry_code} at this centre.",
        "Every grade is final; the centre assessor named gave it, never the moderator.",
        "The whole claim was read through: once submitted, the centre cannot change it.",
    )
    boxes = Points(tuple(Point(point, mark) for point in points), columns=2)
    who = submitted.who if submitted else ""
    signers = (
        Signer("Prepared by"),
        Signer("Submitted by", who, zoned(submitted.at) if submitted else ""),
        Signer("For the centre"),
    )
    return Section("Declarations", (_recorded(brief), boxes, Signatures(signers)), kept=True)


def submission(brief: Brief) -> Step | None:
    """The step by which the claim was submitted, and the centre made its declaration; None where it was not."""
    found = [step for step in brief.standing.steps if step.kind == Kind.SUBMITTED]
    return found[-1] if found else None


def _recorded(brief: Brief) -> Text:
    standing, people = brief.standing, len(brief.people())
    held = people - len(standing.undeclared)
    word = "candidate" if people == 1 else "candidates"
    return text(
        sentences(
            _centre(brief),
            f"Signed declarations are recorded of {held} of {people} {word}{_when(brief)}.",
            f"Not yet: {', '.join(standing.undeclared)}." if standing.undeclared else "",
        )
    )


def _centre(brief: Brief) -> str:
    """That the centre declared, by whom and when. Nothing is submitted without its declaration."""
    made = submission(brief)
    return f"The centre declared all of this on {zoned(made.at)}, by {made.who}." if made else ""


def _when(brief: Brief) -> str:
    """By whom the candidates' declarations were recorded, and when."""
    marks = [brief.signed[number] for number in brief.standing.people if number in brief.signed]
    if not marks:
        return ""
    who = sorted({by for by, _ in marks if by})
    first, last = min(at for _, at in marks), max(at for _, at in marks)
    span = f"on {zoned(first)}" if zoned(first) == zoned(last) else f"from {zoned(first)} to {zoned(last)}"
    return f", {span}{', by ' + ', '.join(who) if who else ''}"
