"""Who is reminded tonight: of workbooks that are due by a day, and of nothing twice within some days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from claimbatch.claims.sent import Sent, State
from claimbatch.claims.term import Course
from claimbatch.clock import day_of
from claimbatch.night.mail.background import Background
from claimbatch.night.mail.drafts import REMINDER, Draft, Facts, digest, some
from claimbatch.night.mail.owners import Owner
from claimbatch.night.mail.queue import DROPPED, Message
from claimbatch.settings import Mail


def reminders(night: Background, before: Sequence[Message], today: date) -> Iterator[Draft]:
    """A message for everybody who has something to return; *before* are the messages of earlier nights."""
    lately = _reminded(before, today - timedelta(days=night.settings.remind_every))
    due: dict[str, tuple[Owner, list[tuple[Course, Sent]]]] = {}
    for course in night.account.term:
        for sent in course.outstanding:
            owner = night.owners.of_name(sent.to)
            if owner and _is_time(sent, night.settings, today) and item(course, sent) not in lately:
                due.setdefault(owner.address, (owner, []))[1].append((course, sent))
    for owner, awaited in due.values():
        yield _reminder(night, owner, awaited, today)


def _reminder(night: Background, owner: Owner, awaited: Sequence[tuple[Course, Sent]], today: date) -> Draft:
    lists: dict[str, list[Facts]] = {"awaited": [], "faulty": []}
    for course, sent in awaited:
        came = sent.state in (State.PART, State.FAULTY)
        facts = night.sent_facts(course, sent)
        late = f", {facts['overdue']}" if facts["overdue"] else ""
        lists["faulty" if came else "awaited"].append({**facts, "overdue": late})
    facts = {
        "day": day_of(today.isoformat()),
        "centres": night.named({course.centre_number for course, _ in awaited}),
        "workbooks": some(len(awaited), "claim workbook"),
    }
    subject, text = night.words.reminder.written(facts, lists)
    about = tuple(item(course, sent) for course, sent in awaited)
    return Draft(REMINDER, owner.whom, owner.address, subject, text, key=digest(*about), about=about)


def item(course: Course, sent: Sent) -> str:
    """What tells a workbook that went out from all others, without a name."""
    return digest(course.key, sent.to, sent.form, str(sent.unit), sent.group)


def _is_time(sent: Sent, settings: Mail, today: date) -> bool:
    if not sent.due:
        return False
    due = date.fromisoformat(sent.due)
    first, last = due - timedelta(days=settings.remind_before), due + timedelta(days=settings.remind_after)
    return first <= today <= last


def _reminded(before: Iterable[Message], since: date) -> set[str]:
    """What somebody was reminded of after the day *since*; a message that was dropped reminded nobody."""
    return {
        about
        for message in before
        if message.kind == REMINDER and message.state != DROPPED and _day(message) > since
        for about in message.about
    }


def _day(message: Message) -> date:
    return datetime.fromisoformat(message.made).astimezone().date()
