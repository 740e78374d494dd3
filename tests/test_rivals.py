"""What workbooks of one run say against each other: told in few words, and at the same cost however many they are."""

import pytest

from claimbatch.claims.merge import Mark, Statement
from claimbatch.intake import said
from claimbatch.intake.said import Said, compare
from claimbatch.intake.stance import Stance
from claimbatch.intake.tables import Person
from claimbatch.intake.values import squeeze
from tests.centre import CENTRE, IT

BLANK = ("", "")


class Counted(tuple[str, str]):
    """A mark that counts how often marks are held against each other."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        Counted.compared += 1
        return tuple.__ne__(self, other)

    __hash__ = tuple.__hash__


def say(workbook: str, mark: Mark, template: str = "", *, cell: int = 5) -> Said:
    """A workbook's word on Unit 1 of candidate 0042, in E5 unless elsewhere."""
    s = Statement(
        CENTRE, IT, "68199-05349-1", "0042", "1", mark, BLANK, workbook, workbook, "Grades", cell, 5,
        template or workbook,
    )  # fmt: skip
    return Said(s, BLANK, Stance(BLANK, speaks=True), "Unit 1")


def messages(run: list[Said]) -> dict[str, str]:
    return {problem.place.workbook: problem.message for problem in compare(run)}


def claimants(count: int) -> list[Said]:
    """All but the last say the same: whoever looks for somebody who differs has the longest way."""
    return [say(f"{n:04}.xlsx", Counted(("P" if n < count - 1 else "M", "JH"))) for n in range(count)]


def test_the_first_who_say_otherwise_are_named_and_the_others_counted() -> None:
    """In the order of the run; whoever agrees is no rival."""
    marks = [("P", "JH"), ("P", "JH"), ("M", "JH"), ("D", "SA"), ("M", "JH"), ("M", "SA")]
    told = messages([say(f"{n}.xlsx", mark) for n, mark in enumerate(marks)])
    assert (told["0.xlsx"], told["1.xlsx"], told["2.xlsx"]) == (
        (
            "P by JH here, but M by JH in 2.xlsx, Grades!E5; D by SA in 3.xlsx, Grades!E5; "
            "M by JH in 4.xlsx, Grades!E5; and 1 more."
        ),
        (
            "P by JH here, but M by JH in 2.xlsx, Grades!E5; D by SA in 3.xlsx, Grades!E5; "
            "M by JH in 4.xlsx, Grades!E5; and 1 more."
        ),
        (
            "M by JH here, but P by JH in 0.xlsx, Grades!E5; P by JH in 1.xlsx, Grades!E5; "
            "D by SA in 3.xlsx, Grades!E5; and 1 more."
        ),
    )


def test_of_several_it_is_told_in_few_words_which_are_from_the_same_template() -> None:
    one, two, three = (
        say("a.xlsx", ("P", "JH"), "t"),
        say("b.xlsx", ("M", "JH"), "t"),
        say("c.xlsx", ("D", "JH")),
    )
    assert messages([one, two, three])["a.xlsx"] == (
        "P by JH here, but M by JH in b.xlsx, Grades!E5 (made from the same template); D by JH in c.xlsx, Grades!E5."
    )


def test_a_line_is_compared_a_few_times_however_many_claim_it() -> None:
    """Twice the claimants are twice the comparisons, and the longest message grows by no more than a number."""
    seen, longest = [], []
    for count in (100, 200, 400):
        rivals, Counted.compared = claimants(count), 0
        longest.append(max(map(len, messages(rivals).values())))
        seen.append(Counted.compared / count)
    assert max(seen) < 10
    assert max(seen) - min(seen) < 1
    assert max(longest) < 200


def test_namesakes_among_new_assessors_are_looked_at_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred workbooks bring JH Jo Hughes, one JH Jim Hall: each of them is told the first of the others."""
    squeezed: list[str] = []

    def counted(name: str) -> str:
        squeezed.append(name)
        return squeeze(name)

    monkeypatch.setattr(said, "squeeze", counted)
    nothing = Person(0, CENTRE, IT, "JH", "", "", True, "JH", "Assessors", 5, 1, "", "", "", "", 0, 0, "")
    names = ["Jo Hughes"] * 100 + ["Jim Hall"]
    people = [(f"{n:03}.xlsx", nothing._replace(name=name)) for n, name in enumerate(names)]
    told = [problem.facts["holder"] for problem in said.same_initials(people)]
    assert told == ["Jim Hall in 100.xlsx"] * 100 + ["Jo Hughes in 000.xlsx"]
    assert len(squeezed) <= 3 * len(people)
