"""Purge: when their time is over, names and dates of birth leave the store, and counts, grades and hashes stay.

A centre keeps personal data as long as it needs it for reviews and appeals, and no longer. A candidate goes when all
claims that name them ended (completed or withdrawn) before a day; whoever is on a later or unfinished claim stays.
What imports of the register changed, old and new, goes as well: for those candidates always, and all of it from before
that day, after which such an import can no longer be undone.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import datetime

from claimbatch import clock
from claimbatch.claims.history import Event, Kind
from claimbatch.claims.store import Store, Writer
from claimbatch.claims.store.purge import Old


@dataclass(frozen=True, slots=True)
class Purge:
    """What is to be removed: the claims that ended *before* that moment, each with its candidates.

    *imports* is how many imports of the register from before then still keep what they changed. *traces*: in the files
    of the database it may be readable still, because only its owner may rewrite them.
    """

    before: str
    claims: tuple[Old, ...] = ()
    imports: int = 0
    traces: bool = False

    @property
    def candidates(self) -> int:
        """How many people are removed."""
        return len({(old.centre_number, number) for old in self.claims for number in old.candidates})

    @property
    def explanations(self) -> int:
        """How many explanations of queries are removed."""
        return sum(old.explanations for old in self.claims)


def plan(store: Store, months: int) -> Purge:
    """What a purge of claims that ended more than so many *months* ago would remove."""
    before = _earlier(clock.now(), months).strftime(clock.STAMP)
    return Purge(before, tuple(store.old_claims(before)), store.old_imports(before))


def carry_out(store: Store, purge: Purge, who: str) -> Purge:
    """Remove what *purge* names, as far as it still may go; returns what was removed, and whether traces are left."""

    def work(writer: Writer) -> Purge:
        now = Purge(purge.before, tuple(writer.old_claims(purge.before)), writer.old_imports(purge.before))
        writer.remove_people(now.claims, purge.before, who)
        for old in now.claims:
            writer.record(
                old.key, [Event(Kind.PURGED, who=who, candidate=number) for number in old.candidates]
            )
        return now

    now = store.write(work)
    return replace(now, traces=not store.scrub())


def _earlier(moment: datetime, months: int) -> datetime:
    """*moment* so many *months* ago; the last day of a shorter month where it has no such day.

    >>> _earlier(datetime(2026, 3, 31), 1)
    datetime.datetime(2026, 2, 28, 0, 0)
    """
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
