"""What a night says in its log: where it has come to, each file with what became of it, each claim that was written."""

import os
from collections.abc import Iterable

from claimbatch import __version__
from claimbatch.night.account import Account, ClaimChanged, File
from claimbatch.night.log import Log


def note_inbox(log: Log, run: str, arrived: int, left: int) -> None:
    """The *run* is at work: so many files have *arrived*, and so many are *left* as they are."""
    log("inbox looked at", run=run, version=__version__, pid=os.getpid(), files=arrived, count=left)


def note_files(log: Log, files: Iterable[File]) -> None:
    """What became of each of the *files*."""
    for file in files:
        log(
            "file done",
            file=file.name,
            fate=file.fate.value,
            sha256=file.sha256,
            size=file.size,
            folder=file.moved_to,
            lines=file.lines,
            held=file.held,
            errors=file.errors,
            queries=file.queries,
        )


def note_claims(log: Log, claims: Iterable[ClaimChanged]) -> None:
    """Each of the *claims* that changed."""
    for one in claims:
        log(
            "claim written",
            claim=one.key,
            head=one.head,
            state=one.status,
            added=one.added,
            changed=one.changed,
            removed=one.removed,
            count=len(one.written),
        )


def note_end(log: Log, account: Account) -> None:
    """What could not be done, what was sent, and that the run has ended."""
    for undone in account.undone:
        log("not done", what=undone.what)
    for mail in account.mails:
        log("message", kind=mail.kind, state=mail.state.replace(" ", "-"))
    log(
        "run ended",
        run=account.id,
        took_over=" ".join(account.took_over),
        files=len(account.files),
        claims=len(account.claims),
        undone=len(account.undone),
        errors=sum(file.errors for file in account.files),
        seconds=account.seconds,
    )
