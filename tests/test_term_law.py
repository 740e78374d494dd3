"""The state of the term, which is counted for all claims at once, says what each claim's own history and standing say.

Histories are drawn freely, also such as no command would write: whatever stands in them, both ways count the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.claims.claim import Candidate, Status
from claimbatch.claims.history import STATEMENTS, Event, Kind, detail, facts, in_force, last_said
from claimbatch.claims.life import look
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.sent import Copy, Sent
from claimbatch.claims.store import Store, counting
from claimbatch.claims.term import Course, term
from claimbatch.data import schema_folder
from claimbatch.form.identity import Identity
from claimbatch.form.layout import BY_UNIT
from claimbatch.form.qualification_file import load_catalogue

CATALOGUE = load_catalogue(schema_folder())
OTHERS, EXAMINED, UNKNOWN = "05347", "05826", "99999"
CODES = (
    OTHERS,
    EXAMINED,
    UNKNOWN,
)  # one takes units of other bodies, one has examined units, one is not known
UNITS = ("1", "2", "5", "77", "other:NCFE:First Aid")
PEOPLE = ("0042", "0043", "0044")
INITIALS = ("JH", "SA")
TEMPLATES = ("T1", "T2")  # for units 1 and 2
KINDS = (
    *(Kind.ADDED,) * 5, *STATEMENTS, Kind.RECEIVED, *(Kind.QUERY,) * 3, Kind.ANSWERED,
    Kind.DECLARED, Kind.UNDECLARED, Kind.PURGED,
)  # fmt: skip
AT = "2026-11-02T09:00:00Z"
TODAY = date(2026, 11, 26)
Drawn = dict[str, Any]
ENDS = (Status.SUBMITTED, Status.SAMPLED, Status.COMPLETED, Status.WITHDRAWN)

people, units, initials = (st.sampled_from(some) for some in (PEOPLE, UNITS, INITIALS))


@st.composite
def happening(draw: st.DrawFn) -> Event:
    """One thing that happens to a claim."""
    kind = draw(st.sampled_from(KINDS))
    who, unit, template = draw(people), draw(units), draw(st.sampled_from(TEMPLATES))
    name = f"{template}{draw(st.sampled_from(['', '_marked']))}.xlsx"
    book = partial(Event, kind, "Pat", workbook=name, template_id=template)
    if kind in STATEMENTS:
        grade = draw(st.sampled_from("PMD")) if kind in (Kind.ADDED, Kind.CHANGED, Kind.REINSTATED) else ""
        back = draw(st.sampled_from([None] * 5 + [3]))
        line = book(candidate=who, unit=unit, grade=grade, assessor=draw(initials))
        return line._replace(template_id="", detail=detail(restored_to=back)) if back else line
    if kind == Kind.RECEIVED:
        more = {"whole": draw(st.booleans())} | draw(st.sampled_from([{}, {"follows": ["a"]}]))
        return book(sha256=draw(st.sampled_from("ab")), detail=detail(**more))
    if kind == Kind.QUERY:
        rule = draw(st.sampled_from(["CB306", "CB307"]))
        asked = draw(st.sampled_from(["", *UNITS]))
        cell = draw(st.sampled_from(["E5", "E6"]))
        return book(candidate=who, unit=asked, sha256="a", cell=cell, detail=detail(rule=rule))
    if kind == Kind.ANSWERED:
        return Event(kind, "Pat", who, unit, detail=detail(query=draw(st.integers(2, 8))))
    return Event(kind, "Pat", who)


histories = st.lists(happening(), min_size=3, max_size=20)
before = st.lists(st.tuples(histories, st.sampled_from(ENDS)), max_size=2)
entries = st.dictionaries(people, st.frozensets(st.sampled_from([1, 2, 5]), max_size=2))
terms = st.fixed_dictionaries(
    {
        code: st.tuples(entries, st.sets(initials), before, st.none() | histories, st.sets(st.sampled_from(TEMPLATES)))
        for code in CODES
    }
)  # fmt: skip


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_all_at_once_as_claim_by_claim(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A centre for each example; in the end all of them in one store, few claims to a question."""
    numbers = count(60001)
    with Store.open(url) as store:

        @settings(max_examples=12)
        @given(terms)
        def each(drawn: Drawn) -> None:
            centre = str(next(numbers))
            fill(store, centre, drawn)
            assert term(store, CATALOGUE, centre, today=TODAY) == list(claim_by_claim(store, centre))

        each()
        monkeypatch.setattr(counting, "AT_ONCE", 7)
        everywhere = [course for centre in store.centres() for course in claim_by_claim(store, centre)]
        assert term(store, CATALOGUE, today=TODAY) == everywhere
        of_code = [course for course in everywhere if course.entry_code == OTHERS]
        assert term(store, CATALOGUE, None, OTHERS, today=TODAY) == of_code
        assert sum(course.unfit for course in everywhere)
        assert sum(course.queries for course in everywhere)


def fill(store: Store, centre: str, drawn: Drawn) -> None:
    """Put a *centre* with what was *drawn* of each qualification into the store."""
    store.add_centre(centre, "Example College")
    register = [
        Entry(centre, code, Candidate(who, f"{who}, Jo"), of_units)
        for code, (entered, *_) in drawn.items()
        for who, of_units in entered.items()
    ]
    if register:
        store.save_register(RegisterFile(tuple(register), columns=frozenset({"candidate_name", "units"})))
    assessing = {who: frozenset(code for code in drawn if who in drawn[code][1]) for who in INITIALS}
    store.save_assessors(
        Assessor(centre, who, f"{who} Hughes", codes) for who, codes in assessing.items() if codes
    )
    for code, (_, _, ended, is_open, sent) in drawn.items():
        for history, status in ended:
            carry_on(store, claim(store, centre, code, history, sent), status)
        if is_open is not None:
            claim(store, centre, code, is_open, sent)
        elif not ended:
            send(store, centre, code, sent)


def claim(store: Store, centre: str, code: str, history: list[Event], sent: Iterable[str]) -> str:
    """Begin a claim with this *history*, for which templates were *sent*; its key."""
    with store.writing() as writer:
        key = writer.open_claim(centre, code, "Pat")
        writer.record(
            key, [e._replace(template_id=e.template_id and f"{key}-{e.template_id}") for e in history]
        )
    send(store, centre, code, sent)
    return key


def carry_on(store: Store, key: str, status: Status) -> None:
    with store.writing() as writer:
        writer._change(key, status=status.value)


def send(store: Store, centre: str, code: str, templates: Iterable[str]) -> None:
    """Issue *templates* for the claim that is open, or the one to come."""
    key, is_open = store.current_key(centre, code)
    for name in sorted(templates):
        revision = store.history(key)[-1].revision if is_open else 0
        identity = Identity(f"{key}-{name}", centre, code, BY_UNIT, int(name[1:]), "", AT, revision, "")
        store.issue(identity, key, dict.fromkeys(PEOPLE, ""))


def claim_by_claim(store: Store, centre: str) -> Iterator[Course]:
    """The courses of the *centre*, from each claim's whole history and its standing."""
    for code in CODES:
        begun = store.claims(centre, code)[::-1]
        entered = len(store.entries(centre, code))
        for row in begun:
            if row is not begun[-1] and row.status in (Status.COMPLETED, Status.WITHDRAWN):
                continue
            history = store.history(row.key)
            course = Course(
                centre, code, row.key, row.status, row.claim_number, entered, row.candidates, row.lines,
                sent=tuple(sent_out(store, row.key, history)),
            )  # fmt: skip
            if row.status is Status.NOT_SUBMITTED and code != UNKNOWN:
                stands = look(store, CATALOGUE, row.key)
                course = replace(
                    course,
                    unfit=len(stands.unfit),
                    queries=len(stands.open_queries),
                    undeclared=len(stands.undeclared),
                )
            yield course
        sent = tuple(sent_out(store, f"{centre}-{code}-1", ()))
        if not begun and (entered or sent):
            yield Course(centre, code, f"{centre}-{code}-1", entered=entered, sent=sent)


def sent_out(store: Store, key: str, history: Sequence[Event]) -> Iterator[Sent]:
    """The templates that were issued for the claim *key*, with what came back of them and stands."""
    came = [e for e in in_force(history) if e.kind == Kind.RECEIVED]
    brought = Counter(e.template_id for e in last_said(history).values() if e.grade)
    for name in store.templates([f"{key}-{name}" for name in TEMPLATES]):
        copies = [Copy(e.workbook, e.at, facts(e)["whole"]) for e in came if e.template_id == name]
        yield Sent(
            "", BY_UNIT, int(name[-1]), "", AT, 1, len(PEOPLE), brought[name], tuple(copies), len(PEOPLE),
            templates=(name,),
        )  # fmt: skip
