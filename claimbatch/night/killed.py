"""Finishes runs that were killed: what they had taken is put away and accounted for; where nothing was, nothing is."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from claimbatch import clock
from claimbatch.errors import ClaimbatchError
from claimbatch.files import TEMPORARY, clear_stale
from claimbatch.intake.parcel import problems_in
from claimbatch.night.account import Account
from claimbatch.night.accounting import account_of
from claimbatch.night.carrying import Carried, carry_out
from claimbatch.night.changes import is_taken
from claimbatch.night.places import Places
from claimbatch.night.plan import Plan, read_plan
from claimbatch.night.remembered import Remembered
from claimbatch.night.runs import FOUND, TAKEN, all_runs
from claimbatch.night.tonight import Tonight
from claimbatch.problems import Problem


def finish_killed(tonight: Tonight) -> Iterator[Account]:
    """Finish every run that came to no end; the account of each, before it is called ended."""
    for run in all_runs(tonight.places.runs):
        if run.id != tonight.run.id and run.has_ended:
            run.clear()  # it may have been killed just while it did so
        elif run.id != tonight.run.id:
            killed = replace(tonight, run=run)
            yield _finished(killed, tonight.run.id)
            run.end("killed", finished_by=tonight.run.id)


def _finished(killed: Tonight, by: str) -> Account:
    plan = read_plan(killed.run.folder)
    if plan is None or not (killed.run.last(TAKEN) or is_taken(killed.store, plan)):
        account = account_of(killed, Plan(clock.stamp()), Carried(), ())
    else:
        carried = carry_out(killed, plan)
        remember(killed, carried)
        account = account_of(killed, plan, carried, _problems(killed))
    return replace(account, finished_by=by, ended=clock.stamp())


def _problems(killed: Tonight) -> tuple[Problem, ...]:
    """What the run had found; nothing where another version of claimbatch kept it in another way."""
    try:
        with (killed.run.folder / FOUND).open("rb") as file:
            return tuple(problems_in(file))
    except Exception:  # whatever unpickling makes of it: the counts stand in the plan
        return ()


def clear_half_written(places: Places, *, everywhere: bool) -> None:
    """Remove the temporary files of runs that were killed: they may hold names, and under the lock nobody writes them.

    They are in *runs*, and *everywhere* only where a run was killed that had begun its work.
    """
    clear_stale(places.runs, 0)
    tops = (places.runs, places.done, places.rejected, places.quarantine, places.claims)
    for top in tops if everywhere else ():
        if isinstance(top, Path):
            for folder in {left.parent for left in top.rglob(f"{TEMPORARY}*.tmp")}:
                clear_stale(folder, 0)
        else:
            with suppress(ClaimbatchError):  # that the server is not there, the run says
                top.server.clear(top.key)


def remember(tonight: Tonight, carried: Carried) -> Remembered:
    """Remember what waits for a correction, from now on, and no longer what has been corrected."""
    runs, heads = tonight.places.runs, tonight.store.heads()
    issued = tonight.store.templates({fact.template_id for fact in carried.facts})
    claims = {template: heads.get(one.claim_key, (0, ""))[0] for template, one in issued.items()}
    facts = [replace(fact, since=claims.get(fact.template_id, 0)) for fact in carried.facts]
    remembered = Remembered.read(runs).with_rejected(carried.gone, facts)
    remembered.write(runs)
    return remembered
