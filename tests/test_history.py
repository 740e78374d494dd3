"""The history of a claim cannot be altered unnoticed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.history import FIELDS, Event, chained, digest, start, verify

KEY = "68199-05347-1"
AT = "2026-11-23T09:30:00Z"

words = st.text(max_size=5)
events = st.builds(
    Event, kind=words, who=words, candidate=words, unit=words, grade=words, cell=words, detail=words
)
histories = st.lists(events, min_size=1, max_size=6).map(
    lambda listed: chained(listed, head=start(KEY), revision=0, at=AT)
)


def test_a_short_history_looks_like_this():
    """The chain starts from the claim's key, each event carries the hash before it; the hashes are pinned."""
    chain = chained([Event("created"), Event("added", grade="P")], head=start(KEY), revision=0, at=AT)
    assert [(event.revision, event.kind, event.previous[:8], event.hash[:8]) for event in chain] == [
        (1, "created", "47182420", "294d29cc"),
        (2, "added", "294d29cc", "d5563e89"),
    ]


@given(histories)
def test_an_untouched_history_is_whole(history):
    assert verify(KEY, history) is None


@given(histories, st.data())
def test_altering_any_field_of_any_event_shows_at_that_event(history, data):
    position = data.draw(st.integers(0, len(history) - 1))
    name = data.draw(st.sampled_from(FIELDS))
    value = getattr(history[position], name)
    history[position] = replace(history[position], **{name: value + 1 if name == "revision" else value + "x"})
    assert verify(KEY, history) == position + 1


@given(histories, st.data())
def test_altering_an_event_and_its_hash_shows_at_the_next_one_if_there_is_one(history, data):
    position = data.draw(st.integers(0, len(history) - 1))
    forged = replace(history[position], grade=history[position].grade + "D")
    history[position] = replace(forged, hash=digest(forged))
    assert verify(KEY, history) == (position + 2 if position + 1 < len(history) else None)


@given(histories, st.data())
def test_leaving_out_an_event_shows_unless_it_was_the_last(history, data):
    position = data.draw(st.integers(0, len(history) - 1))
    del history[position]
    assert verify(KEY, history) == (position + 1 if position < len(history) else None)


@given(histories, histories)
def test_a_history_can_be_carried_on_in_parts(first, second):
    more = chained(second, head=first[-1].hash, revision=len(first), at=AT)
    assert verify(KEY, [*first, *more]) is None


@given(histories)
def test_the_history_of_another_claim_does_not_fit(history):
    assert verify("68199-05347-2", history) == 1
