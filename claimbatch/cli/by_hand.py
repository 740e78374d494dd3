"""``claimbatch claim set``: correct lines of a claim by hand; and how any correction by hand is shown."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from claimbatch.cli.session import count, not_blank, say, show_table, who_option, workspace_option

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim
    from claimbatch.claims.history import Event
    from claimbatch.workspace import Workspace

LINE = ("candidate", "unit", "grade", "assessor")  # the words of the command, in their order


@click.command("set")
@click.argument("key", metavar="CLAIM")
@click.argument("words", nargs=-1, metavar="[CANDIDATE UNIT GRADE [ASSESSOR]]")
@click.option("--candidate", "candidates", multiple=True, help="A candidate number; may be repeated.")
@click.option("--all-below", metavar="CANDIDATE", help="This candidate, and everyone below on the list.")
@click.option("--all", "every", is_flag=True, help="Every candidate who is entered.")
@click.option("--unit", callback=not_blank, help="The unit: 3, or a title.")
@click.option("--grade", callback=not_blank, help='P, M, D or "Not claiming".')
@click.option("--assessor", callback=not_blank, help="The assessor's initials.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@who_option
@workspace_option
def claim_set(
    workspace: "Workspace",
    key: str,
    words: tuple[str, ...],
    candidates: tuple[str, ...],
    all_below: str | None,
    every: bool,
    dry_run: bool,
    who: str,
    **said: str | None,
) -> None:
    """Correct lines by hand: CANDIDATE's UNIT is GRADE (P, M, D or "Not claiming") by ASSESSOR (initials).

    Without an assessor a line keeps the one it has. For several candidates at once, leave the words out and say it with
    options; --all and --all-below pass over who is not entered for the unit, and who has it in an earlier claim.
    Another awarding body's unit goes by its title; one that is not on the claim by body and title: "other:NCFE:First
    Aid".

    \b
    claimbatch claim set 68199-05349-1 0042 3 M JH
    claimbatch claim set 68199-05349-1 --unit 3 --grade P --assessor JH --all-below 0042
    """
    from claimbatch.claims.claim import candidate_named, unit_label  # noqa: PLC0415
    from claimbatch.office.by_hand import correct  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    one, line = _line_said(words, said)
    if len([way for way in (one, candidates, all_below, every) if way]) != 1:
        raise click.UsageError("Say for whom: a candidate number, --candidate, --all-below or --all.")
    below = "" if every else all_below
    with open_claim(workspace, key) as opened:
        done = correct(
            opened,
            *line,
            candidates=[*filter(None, [one]), *candidates],
            below=below,
            who=who,
            dry_run=dry_run,
        )
    unit, made = unit_label(done.unit), done.made
    if one and not dry_run:
        number = made[0].candidate if made else candidate_named(one)
        say(f"Candidate {number}, {unit}: {made[0].kind if made else 'nothing to change'}.")
    else:
        show_changes(made)
        same = f", {done.same} as before" if done.same else ""
        say_done(f"{count(len(made), 'line').capitalize()} set{same}.", opened.claim, made, dry_run=dry_run)
    if done.over:
        say(f"Passed over, not entered for {unit} or claimed before: {', '.join(done.over)}.")


class _Line(NamedTuple):
    """A line as it was typed."""

    unit: str
    grade: str
    assessor: str


def _line_said(words: tuple[str, ...], said: Mapping[str, str | None]) -> tuple[str, _Line]:
    """The candidate, if it stands among the *words*, and the line: in words or, where they are left out, options."""
    if len(words) > len(LINE):
        raise click.UsageError(f'"{words[len(LINE)]}" is one word too many.')
    told = dict(zip(LINE, words, strict=False))
    if twice := [name for name in told if said.get(name)]:
        raise click.UsageError(f"The {twice[0]} is given twice.")
    told |= {name: value for name, value in said.items() if value}
    if missing := [name for name in ("unit", "grade") if name not in told]:
        raise click.UsageError(f"Say the {' and the '.join(missing)}, too.")
    if not told["grade"].strip():
        raise click.UsageError('The grade is blank: P, M, D or "Not claiming".')
    return told.get("candidate", ""), _Line(told["unit"], told["grade"], told.get("assessor", ""))


def show_changes(made: "Sequence[Event]") -> None:
    """The changes of a claim by hand, old and new."""
    from claimbatch.claims.claim import unit_label  # noqa: PLC0415
    from claimbatch.claims.merge import in_words  # noqa: PLC0415

    rows = [
        {
            "candidate": event.candidate,
            "unit": unit_label(event.unit),
            "old": in_words((event.old_grade, event.old_assessor)),
            "new": in_words((event.grade, event.assessor)),
        }
        for event in made
    ]
    show_table(rows, {"candidate": "Candidate", "unit": "Unit", "old": "Was", "new": "Is"})


def say_done(what: str, claim: "Claim", made: "Sequence[Event]", *, dry_run: bool) -> None:
    """Say *what* was done and how to take it back, or that it was only shown."""
    if dry_run:
        say(f"Nothing was changed; it would be {count(len(made), 'line')}.")
    else:
        say(f"{what} To take it back: {way_back(claim)}" if made else what)


def way_back(claim: "Claim") -> str:
    """The command that takes back whatever was done to *claim* since it was read."""
    return f"claimbatch claim restore {claim.key} --revision {claim.revision}"
