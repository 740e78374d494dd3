"""One night: looks at the inbox, checks what is there, takes what is clean, answers the rest, and puts all of it away.

Everything is prepared before anything is taken (:mod:`claimbatch.night.plan`), so that a night that is killed at any
moment is finished by the next one and ends as if it had not been.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from claimbatch import clock
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.results import Checked, Tell, Watch, untold, unwatched
from claimbatch.night.account import Account, ClaimChanged, Fate, File, Undone
from claimbatch.night.accounting import account_of, as_claims_stand
from claimbatch.night.arrivals import arrivals, see_that_they_are_there
from claimbatch.night.carrying import Carried, carry_out
from claimbatch.night.killed import clear_half_written, finish_killed, remember
from claimbatch.night.lock import locked
from claimbatch.night.log import log_of
from claimbatch.night.mail import send, unsent
from claimbatch.night.noting import note_claims, note_end, note_files, note_inbox
from claimbatch.night.past import thin_out
from claimbatch.night.places import Places
from claimbatch.night.plan import Plan
from claimbatch.night.remembered import Remembered
from claimbatch.night.runs import Run
from claimbatch.night.staging import Staging, stage
from claimbatch.night.taking import take
from claimbatch.night.telling import tell
from claimbatch.night.tonight import Tonight
from claimbatch.night.writing import Writing, write_claims
from claimbatch.office.term import courses_now
from claimbatch.workspace import Workspace

NOT_TONIGHT = "It could not be taken tonight; the next run tries again."


def run(
    workspace: Workspace,
    who: str,
    once: Sequence[str | Path] = (),
    watch: Watch = unwatched,
    *,
    patience: float = 0,
    told: Tell = untold,
) -> list[Account]:
    """Do one night's work, by *who*; with *once* on these files and folders alone.

    For a night that is at work already it waits *patience* seconds at most. *watch* is told how far it is; *told* is
    where a cluster shows what it does, if one reads.

    Its account comes last; before it those of runs that were killed, and that it has finished.

    What is wrong with one file or one claim keeps no other from its due: it stands in the account. Raises
    :class:`ClaimbatchError` where nothing can be done: somebody else is at it, or the workspace is not in order.
    """
    places = Places.of(workspace)
    see_that_they_are_there(places, once)
    workspace.key()
    workspace.catalogue()
    with (
        workspace.store() as store,
        locked(places.runs, who, store, patience=patience) as (before, confirm),
    ):
        clear_half_written(places, everywhere=before is not None)
        this = Run.begin(places.runs, who)
        try:
            accounts = _work(Tonight(workspace, places, store, this, who, watch, confirm, told), once)
        except ClaimbatchError as error:
            if not this.is_planned:  # else the next run goes on by the plan
                this.end("stopped", why=error.exit_code.name.lower())
            raise
        this.end(files=len(accounts[-1].files))
        thin_out(places.runs, workspace.config.night.keep_runs)
        return accounts


def exit_of(accounts: Iterable[Account]) -> Exit:
    """What the command says to the script that called it."""
    some = list(accounts)
    if any(account.undone for account in some):
        return Exit.NOT_FINISHED
    return Exit.ERRORS_FOUND if any(file.errors for one in some for file in one.files) else Exit.DONE


def _work(tonight: Tonight, once: Sequence[str | Path]) -> list[Account]:
    since = time.monotonic()
    killed = [_told(tonight, _mailed(tonight, account)) for account in finish_killed(tonight)]
    staging = _stage(tonight, once)
    account = _take(tonight, staging)
    writing = _write(tonight, account)
    account = replace(
        account,
        ended=clock.stamp(),
        seconds=round(time.monotonic() - since, 3),
        took_over=tuple(one.id for one in killed),
        claims=_with_written(account.claims, writing),
        term=tuple(courses_now(tonight.workspace, tonight.store)),
        undone=(*account.undone, *writing.undone),
    )
    return [*killed, _told(tonight, _mailed(tonight, account))]


def _mailed(tonight: Tonight, account: Account) -> Account:
    """The account with the messages that were sent about it; of one that was killed, with the term as it stands now."""
    account = as_claims_stand(tonight, account)
    now = account.term or tuple(courses_now(tonight.workspace, tonight.store))
    mails = tuple(send(tonight.workspace, replace(account, term=now)))
    return replace(account, mails=mails, undone=(*account.undone, *unsent(mails)))


def _stage(tonight: Tonight, once: Sequence[str | Path]) -> Staging:
    """Copies of what arrived, and what was left."""
    try:
        seen = arrivals(tonight.workspace, tonight.places, once)
    except ClaimbatchError as error:
        if once:
            raise
        return Staging(undone=(Undone("inbox", error.message, error.hint),))
    staging = stage(seen.arrived, tonight.run.staged, tonight.watch, tonight.places.at_once)
    note_inbox(tonight.log, tonight.run.id, len(seen.arrived), len(seen.left))
    return replace(staging, left=(*seen.left, *staging.left))


def _take(tonight: Tonight, staging: Staging) -> Account:
    """What was taken and put away; where that cannot be, all of it is left for the next night."""
    left = [File(name, Fate.LEFT, why) for name, why in staging.left]
    undone = [*staging.undone]
    plan, carried, problems = Plan(clock.stamp()), Carried(), Checked().problems
    try:
        prepared = take(tonight, staging.books, Remembered.read(tonight.places.runs))
    except ClaimbatchError as error:
        if error.exit_code is Exit.WRONG_SETUP:
            raise
        undone.append(Undone("take", error.message, error.hint))
        left += [File(book.arrived.name, Fate.LEFT, NOT_TONIGHT) for book in staging.books]
    else:
        plan, problems = prepared.plan, prepared.examined.checked.problems
        undone += prepared.undone
        tonight.confirm()
        carried = carry_out(tonight, plan)
        remember(tonight, carried)
    account = account_of(tonight, plan, carried, problems)
    files = sorted((*account.files, *left), key=lambda file: file.name)
    note_files(tonight.log, files)
    return replace(account, files=tuple(files), undone=(*undone, *account.undone))


def _write(tonight: Tonight, account: Account) -> Writing:
    """The claims that have changed, written."""
    tonight.confirm()
    runs = tonight.places.runs
    remembered = Remembered.read(runs)
    writing = write_claims(tonight, remembered.written, {claim.key: claim for claim in account.claims})
    note_claims(tonight.log, writing.changed)
    replace(remembered, written=writing.written).write(runs)
    return writing


def _with_written(changed: Sequence[ClaimChanged], writing: Writing) -> tuple[ClaimChanged, ...]:
    """The claims that *changed* and those that were written, by key: a claim may be written for a change by hand."""
    every = {claim.key: claim for claim in (*changed, *writing.changed)}
    return tuple(claim for _, claim in sorted(every.items()))


def _told(tonight: Tonight, account: Account) -> Account:
    """The account, told to all who are to hear of it."""
    note_end(log_of(tonight.places.runs / account.id), account)
    try:
        tell(tonight.workspace, account, tonight.places.runs / account.id)
    except ClaimbatchError as error:
        undone = Undone("account", f"The account could not be written: {error.message}", error.hint)
        return replace(account, undone=(*account.undone, undone))
    return account
