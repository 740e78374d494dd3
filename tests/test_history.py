"""The history of a claim cannot be altered unnoticed."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.history import (
    EDITS,
    ENDS,
    FIELDS,
    STATEMENTS,
    STATES,
    Event,
    Kind,
    chained,
    detail,
    digest,
    facts,
    lines_after,
    start,
    verify,
    words_digest,
)

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
    history[position] = history[position]._replace(**{name: value + 1 if name == "revision" else value + "x"})
    assert verify(KEY, history) == position + 1


@given(histories, st.data())
def test_altering_an_event_and_its_hash_shows_at_the_next_one_if_there_is_one(history, data):
    position = data.draw(st.integers(0, len(history) - 1))
    forged = history[position]._replace(grade=history[position].grade + "D")
    history[position] = forged._replace(hash=digest(forged))
    assert verify(KEY, history) == (position + 2 if position + 1 < len(history) else None)


@given(histories)
def test_an_event_under_another_number_shows_although_its_hash_is_right(history):
    forged = history[-1]._replace(revision=history[-1].revision + 1)
    history[-1] = forged._replace(hash=digest(forged))
    assert verify(KEY, history) == len(history)


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


# --- what the words of a history are ------------------------------------------------------------------------------


def test_kinds_keep_their_names():
    """They stand in every store, under hashes."""
    assert " ".join(Kind) == (
        "created added changed removed received query answered declared undeclared submitted sampled in-sample "
        "not-in-sample agreed regraded undecided withdrawn reinstated withdrawn-whole completed reopened numbered "
        "purged"
    )


def test_what_each_kind_does_to_a_claim():
    """Those that state a grade, those that end with submission, those that carry a claim on, those that end it."""
    assert " ".join(STATEMENTS) == "added changed removed withdrawn reinstated"
    assert " ".join(EDITS) == "added changed removed received query answered declared undeclared"
    assert {kind: status.value for kind, status in STATES.items()} == {
        "created": "not-submitted",
        "submitted": "submitted",
        "sampled": "sampled",
        "completed": "completed",
        "withdrawn-whole": "withdrawn",
    }
    assert " ".join(ENDS) == "completed withdrawn-whole"


def test_further_facts_are_kept_as_json_in_one_order():
    kept = detail(reference="R1", lines=2, words="Zoë")
    assert kept == '{"lines": 2, "reference": "R1", "words": "Zoë"}'
    assert facts(Event("sampled", detail=kept)) == {"lines": 2, "reference": "R1", "words": "Zoë"}
    assert facts(Event("created")) == {}


def test_words_are_kept_as_their_digest():
    """Pinned, as are the digest of an event and the start of a chain: stores hold them."""
    assert words_digest("Zoë")[:12] == "c6a12698582f"
    assert digest(Event("added", who="Zoë", candidate="0042", unit="3", grade="P"))[:12] == "41bef3c156ca"
    assert start(KEY)[:12] == "47182420bc03"


def test_lines_are_the_last_word_on_each_candidate_and_unit():
    def said(kind, candidate="0042", unit="1", grade="P"):
        return Event(kind, candidate=candidate, unit=unit, grade=grade, assessor="JH" if grade else "")

    history = [
        said("added"),
        said("added", unit="2"),
        said("added", candidate="0043"),
        said("changed", grade="M"),
        said("removed", unit="2", grade=""),
        said("query", candidate="0044", grade="D"),
        said("withdrawn", candidate="0043", grade=""),
    ]
    assert lines_after(history) == {("0042", "1"): ("M", "JH")}
    assert lines_after(history[:3]) == dict.fromkeys(
        [("0042", "1"), ("0042", "2"), ("0043", "1")], ("P", "JH")
    )


@given(events)
def test_the_digest_is_that_of_the_values_as_canonical_json(event):
    values = {name: value for name, value in event._asdict().items() if name != "hash"}
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest(event) == hashlib.sha256(text.encode()).hexdigest()
