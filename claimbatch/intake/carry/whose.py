"""Whose rows an old template has: of whom the register does not know for sure, nothing may be carried.

A candidate number alone does not say who it is: after a purge, or in another year, it is given to somebody else. The
store keeps no names of a template, but a keyed digest of each row: it tells whether the register's person is still the
one of whom the template spoke. Where it does not, the row itself has to name that person. A number that was not on the
template, and was never anybody else's, was added by hand and means whom the register has.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from claimbatch.form.identity import locked_values, row_digest
from claimbatch.intake.judge import Finding
from claimbatch.intake.known import Entered, Known
from claimbatch.intake.rules.lines import duplicate_candidate
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import read_candidate_number, read_date, read_text, squeeze

TWICE = "the candidate stands on this sheet twice"
OVERTYPED = "the row's name or date of birth was changed: nobody can tell whose it is"
ANOTHER = "the register has somebody else under this candidate number now"
UNNAMED = "nothing here says whose candidate number this is now"

_PEOPLE = ("grades", "assessed", "claim")  # the sheets on which a row names its candidate
_NAMING = ("number", "name", "born", "ocr_number")


def strangers(
    old: Submission, known: Known, findings: Iterable[Finding], purged: Collection[str]
) -> dict[str, str]:
    """The candidate numbers of *old* of which nothing may be carried, each with the reason.

    *purged* are the numbers whose people were removed from the register some day, and from what is known of the
    template with it. Those who are not entered at all are not among them: they have no row on a current template.
    """
    identity = old.identity
    entered = known.entries.get((identity.centre_number, identity.entry_code), {})
    digests = known.issued[identity.template_id].digests
    found: dict[str, str] = {}
    for number, named in _named(old).items():
        if number not in entered:
            continue
        now = row_digest(known.key, identity.template_id, _locked(number, entered[number]))
        added = bool(digests) and number not in digests and number not in purged
        if digests.get(number) != now and not added:
            found[number] = _other_person(named, entered[number], issued=number in digests)
    found.update(_unclear(old, findings))
    return {number: why for number, why in found.items() if why and number in entered}


def _locked(number: str, who: Entered) -> tuple[str, ...]:
    return locked_values(number, who.name, who.born, who.ocr_number)


def _named(old: Submission) -> Mapping[str, list[tuple[str, str]]]:
    """Every candidate number, with the names and dates of birth that stand beside it."""
    named: dict[str, list[tuple[str, str]]] = {}
    for key, table in old.tables.items():
        for _, values in table.rows:
            beside = named.setdefault(read_candidate_number(table.value(values, "number")).value, [])
            if key in _PEOPLE:
                name = squeeze(read_text(table.value(values, "name")).value)
                beside.append((name, read_date(table.value(values, "born")).value))
    return named


def _other_person(named: Iterable[tuple[str, str]], who: Entered, *, issued: bool) -> str:
    """Why the register's person may not be the one whom the rows name; empty where it is.

    A template that was *issued* with the number and is still as it was speaks of the same person, corrected since,
    if name or date of birth are the same (as an import has it, too). One that was not must have both right.
    """
    named = [(name, born) for name, born in named if name]
    for name, born in named:
        alike = (name == squeeze(who.name), born == who.born or (not issued and not (born and who.born)))
        if not (any(alike) if issued else all(alike)):
            return ANOTHER
    return "" if named else UNNAMED


def _unclear(old: Submission, findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """The candidates whom an error in a locked cell speaks against: that cell will be as the register has it again."""
    naming = {
        (table.name, table.columns.get(name, 0))
        for key, table in old.tables.items()
        if key in _PEOPLE
        for name in _NAMING
    }
    for finding in findings:
        problem, (_, sheet, _, column) = finding.problem, finding.cell
        if problem.is_error and (sheet, column) in naming and problem.candidate:
            yield problem.candidate, TWICE if problem.rule is duplicate_candidate else OVERTYPED
