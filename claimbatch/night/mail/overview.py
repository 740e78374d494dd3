"""The summary of a night for the exams office, or whoever looks after the computer: what to do first, and counts."""

from collections.abc import Iterator, Sequence

from claimbatch.claims.claim import LABELS, Status
from claimbatch.clock import day
from claimbatch.night.account import Account, ClaimChanged, Fate, File, Mailed
from claimbatch.night.mail.background import Background
from claimbatch.night.mail.drafts import FAULTY, OFFICE, SUMMARY, Draft, Facts, digest, some


def summary(night: Background, sent: Sequence[Mailed]) -> Iterator[Draft]:
    """What the night did, for everybody of the settings; *sent* is what came of its other messages."""
    told = {mailed.whom for mailed in sent if mailed.state == "sent" and mailed.kind != SUMMARY}
    facts = {**_facts(night), "people": some(len(told), "person", "people")}
    subject, text = night.words.summary.written(facts, _lists(night, sent))
    for address in night.settings.summary:
        yield Draft(SUMMARY, OFFICE, address, subject, text, key=digest(SUMMARY, address))


def _facts(night: Background) -> Facts:
    account = night.account
    arrived = sum(file.fate is not Fate.LEFT for file in account.files)
    counted = (sum(getattr(c, kind) for c in account.claims) for kind in ("added", "changed", "removed"))
    return {
        "day": day(account.started),
        "centres": night.every_centre,
        "run": account.id,
        "page": f"runs/{account.id}/summary.html",
        "arrived": some(arrived, "workbook"),
        "merged": some(account.count(Fate.MERGED) + account.count(Fate.PART), "workbook"),
        "faulty": some(sum(account.count(fate) for fate in FAULTY), "workbook"),
        "left": some(account.count(Fate.LEFT), "file"),
        "claims": some(len(_moved(account)), "claim"),
        "lines": _lines(*counted),
        "outstanding": some(sum(len(course.outstanding) for course in account.term), "workbook"),
        "late": str(sum(len(course.late) for course in account.term) or "none"),
    }


def _lists(night: Background, sent: Sequence[Mailed]) -> dict[str, Sequence[Facts]]:
    account = night.account
    return {
        "undone": [{"why": undone.why, "hint": undone.hint} for undone in account.undone],
        "rejected": _told(night, account, Fate.REJECTED, Fate.PART),
        "queries": [night.facts(file) | _who(night, file) for file in account.files if _asks(file)],
        "quarantined": _told(night, account, Fate.QUARANTINED),
        "left": _told(night, account, Fate.LEFT),
        "claims": [
            {
                "claim": claim.key,
                "qualification": night.title(claim.entry_code),
                "status": LABELS[Status(claim.status)].lower() if claim.status else "",
                "lines": _lines(claim.added, claim.changed, claim.removed),
            }
            for claim in _moved(account)
        ],
        "late": [night.sent_facts(course, late) for course in account.term for late in course.late],
        "mails": [
            {"message": f"{mailed.kind} for {mailed.whom}, {mailed.state}", "why": mailed.why}
            for mailed in sent
            if mailed.why
        ],
    }


def _moved(account: Account) -> list[ClaimChanged]:
    """The claims of which a line changed; others were only written anew."""
    return [claim for claim in account.claims if claim.added or claim.changed or claim.removed]


def _asks(file: File) -> bool:
    return file.fate is Fate.MERGED and file.queries > 0


def _told(night: Background, account: Account, *fates: Fate) -> list[Facts]:
    return [
        night.facts(file) | _who(night, file) for fate in fates for file in account.files if file.fate is fate
    ]


def _who(night: Background, file: File) -> Facts:
    owner = night.owner(file)
    return {"told": f"Told: {owner.whom}." if owner else "Nobody is told: no address is known."}


def _lines(added: int, changed: int, removed: int) -> str:
    return f"{added} added, {changed} changed, {removed} removed"
