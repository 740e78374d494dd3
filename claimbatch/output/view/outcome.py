"""The outcome of moderation on paper: what the moderator changed and withdrew, what was agreed, and what is open."""

from collections.abc import Iterator, Sequence

from claimbatch.claims.claim import unit_label
from claimbatch.errors import ClaimbatchError
from claimbatch.moderation.outcome import GroupResult, Outcome, Result, State, outcome
from claimbatch.output.view.brief import CANDIDATE, Brief, document_of, name_of, origin, unit_name
from claimbatch.output.view.document import (
    KEPT_LIST,
    Block,
    Cell,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Table,
    text,
)

# The lists of lines, most important first: the state, the heading, and what it means.
_LISTS = (
    (State.CHANGED, "Changed", "The moderator agreed another grade. U: the work does not reach a pass."),
    (
        State.WITHDRAWN,
        "Withdrawn",
        "A moderator withdraws everyone with a unit, assessor and grade together. They may be claimed again.",
    ),
    (State.OPEN, "Nothing recorded yet", "In the sample, and no decision of it is recorded."),
    (State.AGREED, "Agreed as claimed", ""),
)


def outcome_report(brief: Brief) -> Document:
    """What the moderator decided of a claim; :class:`ClaimbatchError` where nothing was sampled or withdrawn."""
    found = outcome(brief.standing)
    if not found.told:
        raise ClaimbatchError(
            f"Nothing of claim {brief.claim.key} is sampled or withdrawn: there is no outcome yet.",
            "Record the moderator's sample with: claimbatch sample record.",
        )
    return document_of(brief.claim, "Outcome of moderation", _blocks(brief, found), facts=_facts(found))


def _facts(found: Outcome) -> list[Fact]:
    sampled = sum(result.sampled for result in found.results)
    return [
        Fact("In the sample", str(sampled), f"of {len(found.results)}"),
        *(Fact(title, str(found.count(state))) for state, title in _COUNTED),
    ]


_COUNTED = (
    (State.AGREED, "Agreed"),
    (State.CHANGED, "Changed"),
    (State.WITHDRAWN, "Withdrawn"),
    (State.OPEN, "Open"),
)


def _blocks(brief: Brief, found: Outcome) -> Iterator[Block]:
    for state, title, means in _LISTS:
        results = [result for result in _in_order(brief, found.told) if result.state is state]
        if results:
            lead: list[Block] = [text(means, soft=True, lead=True)] if means else []
            blocks = (*lead, _lines(brief, title, results))
            yield Section(f"{title} ({len(results)})", blocks, kept=len(results) <= KEPT_LIST)
    yield _groups(brief, found.groups)
    yield Section("", (origin(brief.claim, brief.made_by),))


def _in_order(brief: Brief, results: Sequence[Result]) -> list[Result]:
    """By candidate, in the order asked for; candidates of whom nothing is left on the claim, too."""
    numbers = [who.number for who in brief.people({result.line.candidate for result in results})]
    return sorted(results, key=lambda result: numbers.index(result.line.candidate))


def _lines(brief: Brief, title: str, results: Sequence[Result]) -> Table:
    """A row for each line, with the moderator's words where there are any."""
    said = [brief.words.get(result.revision, "") for result in results]
    changed = results[0].state is State.CHANGED
    columns = (
        CANDIDATE,
        Column("Name", share=1.2),
        Column("Unit", width=24),
        Column("Title", share=1.6),
        Column("Assessor", width=18, align="center"),
        Column("Claimed", width=17, align="center"),
        *([Column("Agreed", width=16, align="center")] if changed else []),
        *([Column("Moderator's comment", share=2)] if any(said) else []),
    )
    rows = tuple(
        Row(
            (
                *_line(brief, result),
                *([Cell(result.grade, strong=True)] if changed else []),
                *([words] if any(said) else []),
            ),
            starts=not at or results[at - 1].line.candidate != result.line.candidate,
        )
        for at, (result, words) in enumerate(zip(results, said, strict=True))
    )
    return Table(title, columns, rows)


def _line(brief: Brief, result: Result) -> tuple[str | Cell, ...]:
    claim, line = brief.claim, result.line
    return (
        line.candidate,
        name_of(claim.candidate(line.candidate)),
        unit_name(claim, line.unit),
        claim.unit_title(line.unit),
        line.assessor,
        line.grade,
    )


def _groups(brief: Brief, groups: Sequence[GroupResult]) -> Section:
    """What became of each unit, assessor and grade; those of which nothing was sampled stand as claimed."""
    heads = ("Claimed", "Sampled", "Agreed", "Changed", "Open")
    columns = (
        Column("Unit", width=30),
        Column("Title"),
        Column("Assessor", width=20, align="center"),
        Column("Grade", width=16, align="center"),
        *(Column(head, width=20, align="center") for head in heads),
        Column("Outcome", width=56),
    )
    rows = tuple(
        Row(
            (
                unit_label(group.cell[0]),
                brief.claim.unit_title(group.cell[0]),
                group.cell[1],
                Cell(group.cell[2], strong=True),
                *(
                    str(n or "–")
                    for n in (group.lines, group.sampled, group.agreed, group.changed, group.open)
                ),
                _became(group),
            ),
            starts=not at or groups[at - 1].cell[0] != group.cell[0],
        )
        for at, group in enumerate(groups)
    )
    title = "By unit, assessor and grade"
    return Section(title, (Table(title, columns, rows),), kept=len(rows) <= KEPT_LIST)


def _became(group: GroupResult) -> str | Cell:
    if group.withdrawn:
        return Cell("withdrawn, all of it", strong=True)
    if group.changed:
        return "changed in part; the rest stands"
    if not group.sampled:
        return Cell("not sampled: stands as claimed", soft=True)
    return "not complete" if group.open else "stands as claimed"
