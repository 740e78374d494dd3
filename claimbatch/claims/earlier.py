"""What earlier claims of a qualification have to do with the next one's template.

What a moderator withdrew stands on it again as it was claimed, to be looked at and claimed anew. What another claim
holds, certificated or with the moderator, is greyed. What is neither, and was missed, can simply be claimed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from claimbatch.claims.claim import LABELS, OTHER, Line, Status
from claimbatch.claims.history import STATEMENTS
from claimbatch.claims.merge import in_words
from claimbatch.claims.register import Assessor, Entry
from claimbatch.claims.store import Store
from claimbatch.claims.today import Today
from claimbatch.form.contents import ANYBODY, Addressee, Other
from claimbatch.form.qualification import Qualification
from claimbatch.form.wording import wording

NAMED = 3  # claims that are named one by one
Target = tuple[str, str]  # candidate number, unit
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stands on a template because of earlier claims, by candidate and unit, each with the claim's key.

    *again* was withdrawn and is filled in, *held* is what other claims hold of the units that have a cell.
    """

    again: Mapping[Target, tuple[Line, str]] = field(default_factory=dict)
    held: Mapping[Target, tuple[Line, str, Status]] = field(default_factory=dict)

    @property
    def marks(self) -> dict[tuple[str, int], tuple[str, str]]:
        """The grades and initials that are filled in, in the cells of units."""
        return {cell: (line.grade, line.assessor) for cell, (line, _) in _cells(self.again).items()}

    @property
    def others(self) -> tuple[Other, ...]:
        """The rows that are filled in for other awarding bodies' units."""
        rows = []
        for line, _ in self.again.values():
            if line.unit.startswith(OTHER):
                _, body, title = line.unit.split(":", 2)
                rows.append(Other(line.candidate, title, body, line.grade, line.assessor))
        return tuple(rows)

    @property
    def said_again(self) -> dict[tuple[str, int], str]:
        """What is said beside the cells that are filled in."""
        words = wording()["before"]["again_cell"]
        return {
            cell: words.format(mark=in_words((line.grade, line.assessor)), claim=key)
            for cell, (line, key) in _cells(self.again).items()
        }

    @property
    def said_held(self) -> dict[tuple[str, int], str]:
        """What is said beside the cells whose unit another claim holds."""
        words = wording()["before"]["held_cell"]
        return {
            cell: words.format(
                mark=in_words((line.grade, line.assessor)), claim=key, status=LABELS[status].lower()
            )
            for cell, (line, key, status) in _cells(self.held).items()
        }

    def in_short(self, *, with_others: bool) -> tuple[tuple[str, str], ...]:
        """The same in a few lines for the sheet *Start here*: a word, and what it means."""
        words = wording()["before"]
        kinds = (
            ("again", "grade", [of for _, of in _cells(self.again).values()]),
            (
                "others",
                "unit",
                [of for x, of in self.again.values() if with_others and x.unit.startswith(OTHER)],
            ),
            ("held", "unit", [of for _, of, _ in _cells(self.held).values()]),
        )
        return tuple(
            (words[kind], words[f"{kind}_text"].format(**_counted(keys, what)))
            for kind, what, keys in kinds
            if keys
        )


def earlier(
    store: Store,
    centre_number: str,
    qualification: Qualification,
    *,
    entries: Iterable[Entry],
    people: Iterable[Assessor],
    shown: Collection[str],
    unit: int = 0,
    addressee: Addressee = ANYBODY,
) -> Earlier:
    """What earlier claims have to do with a template that has the candidates *shown* (and the one *unit*).

    Nothing is filled in that could not be claimed today, that the open claim has a word on, or that somebody else than
    the *addressee* assessed: it stands on that person's template. *entries* and *people* are the centre's for the
    qualification, all of them.
    """
    code = qualification.entry_code
    key, is_open = store.current_key(centre_number, code)
    held = store.claimed_before(centre_number, code, besides=key)
    gone = {
        target: one
        for target, one in store.withdrawn(centre_number, code).items()
        if target[0] in shown and (not unit or target[1] == str(unit)) and target not in held
    }
    again: dict[Target, tuple[Line, str]] = {}
    if gone:
        history = store.history(key) if is_open else []
        stated = {(event.candidate, event.unit) for event in history if event.kind in STATEMENTS}
        lines = {line for line, _ in gone.values()}
        fit = lines - {found.line for found in Today.of(qualification, entries, people).unfit(lines)}  # today
        mine = addressee.initials
        again = {
            target: one
            for target, one in sorted(gone.items())
            if target not in stated and one[0] in fit and mine in ("", one[0].assessor)
        }
    columns = {str(unit)} if unit else {str(offered.number) for offered in qualification.offered}
    now = store.lines_at(key)
    here = {
        target: one
        for target, one in held.items()
        if target[0] in shown and target[1] in columns and target not in now
    }
    return Earlier(again, here)


def _cells(targets: Mapping[Target, One]) -> dict[tuple[str, int], One]:
    """Those that have a cell of their own: not other awarding bodies' units."""
    return {(who, int(unit)): one for (who, unit), one in targets.items() if unit.isdigit()}


def _counted(keys_of: Iterable[str], what: str) -> dict[str, str]:
    """How many there are, and of which claims."""
    listed = list(keys_of)
    keys = sorted(set(listed))
    named = ", ".join(keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")
    return {
        "lines": f"{len(listed)} {what}{'s' * (len(listed) != 1)}",
        "claims": f"claim{'s' * (len(keys) != 1)} {named}",
    }
