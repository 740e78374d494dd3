"""What an import changes, one by one with their names, in the sentences of commands and pages."""

from claimbatch.claims.register.changes import Counts
from claimbatch.office.by_name import by_name, counted, in_numbers
from claimbatch.office.changes import ChangeRow

BROWN = ("68199", "0043", "Brown, Tom")


def test_all_that_changes_of_somebody_stands_together_and_first_what_asks():
    rows = [
        ChangeRow("gone", *BROWN, "05349", asks=True, claimed=True),
        ChangeRow("gone", *BROWN, "05347", asks=True),
        ChangeRow("changed", "68199", "0042", "Ahmed, Sana", "", "UCI", "", "681990250102M"),
        ChangeRow("changed", *BROWN, "", "name", "Brown, Tom", "Brown, Thomas", asks=True),
        ChangeRow("changed", *BROWN, "", "date of birth", "2008-03-04", "2008-03-05", asks=True),
        ChangeRow("changed", *BROWN, "05349", "units", "1 2", "1 3"),
        ChangeRow("new", "68199", "0060", "Li, Bo", "05349"),
    ]
    assert [one.told() for one in by_name(rows)] == [
        "0060 Li, Bo (05349)",
        "0043 Brown, Tom → Brown, Thomas; date of birth 2008-03-04 → 2008-03-05",
        "0042 Ahmed, Sana: UCI blank → 681990250102M",
        "0043 Brown, Tom (05349): units 1 2 → 1 3",
        "0043 Brown, Tom (05349 05347), on a claim, which keeps its lines",
    ]
    assert by_name(rows)[0].told(several=True) == "68199 0060 Li, Bo (05349)"


def test_how_much_it_is_in_words():
    counts = Counts(2, 3, new=1, changed=0, unchanged=2, removed=(("68199", "05349", "0042"),))
    assert counted("entries", counts) == "2 candidates, 3 entries: 1 new, 2 unchanged, 1 removed"
    assert counted("assessors", Counts(entries=1)) == "1 assessor"
    assert in_numbers(counts) == "1 new, 1 removed"
