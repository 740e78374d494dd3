"""Lines that are typed at the terminal, by candidate and unit."""

import click
import pytest

from claimbatch.cli.pairs import pairs_typed
from tests.claims_made import claim_of

CLAIM = claim_of("0042 Ahmed, Sana 1:P:JH 3:M:JH other:NCFE:First-Aid:M:SA\n0043 Brown, Tom 1:P:JH")
AID = "other:NCFE:First-Aid"


@pytest.mark.parametrize(
    ("candidates", "units", "pairs"),
    [
        ([], [], []),
        (["42"], ["Unit 3"], [("0042", "3")]),
        (["0042", "0043"], ["3", "1"], [("0042", "3"), ("0043", "1")]),
        (["0042", "0043"], ["1"], [("0042", "1"), ("0043", "1")]),
        (["0042"], ["1", "3", "first-aid"], [("0042", "1"), ("0042", "3"), ("0042", AID)]),
    ],
)
def test_candidates_and_units_go_together(candidates, units, pairs):
    """The first with the first; one alone goes with all."""
    assert pairs_typed(CLAIM, candidates, units) == pairs


@pytest.mark.parametrize(
    ("candidates", "units", "said"),
    [
        (["0042"], [], "give --candidate and --unit"),
        ([], ["1"], "give --candidate and --unit"),
        (["0042", "0043", "0044"], ["1", "3"], "3 candidates and 2 units"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(candidates, units, said):
    with pytest.raises(click.UsageError, match=said):
        pairs_typed(CLAIM, candidates, units)
