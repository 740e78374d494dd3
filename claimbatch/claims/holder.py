"""Who holds a lock that only one run may have at a time."""

from dataclasses import dataclass

from claimbatch import clock
from claimbatch.errors import ClaimbatchError, Exit


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs, on which computer, as which process, since when."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.host} (process {self.pid}), since {clock.local(self.since)}"


def at_work(by: Holder | None, more: str = "") -> ClaimbatchError:
    """Another night has the lock."""
    return ClaimbatchError(
        f"Another night is at work: {by}." if by else "Another night is just beginning.",
        f"Wait until it has finished; nothing was done now.{more}",
        Exit.LOCKED,
    )
