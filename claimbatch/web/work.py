"""Work that takes longer than a request: done in the background, while a page says how far it is."""

import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from starlette.responses import Response

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.web.page import Visit


@dataclass
class Work:
    """*what* is done, as the beginning of a sentence: ``Checking``. *error* says why it came to no good end."""

    what: str
    error: ClaimbatchError | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._over.is_set()

    def start(self, act: Callable[[], None]) -> None:
        """Begin it, in a thread of its own."""
        threading.Thread(target=self._do, args=(act,), daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Until it is over, but not longer: what is soon done needs no page that says how far it is."""
        self._over.wait(seconds)

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ClaimbatchError as error:
            self.error = error
        except OSError as error:
            why = error.strerror or "a file could not be read or written"
            self.error = ClaimbatchError(
                f"{self.what} could not be finished: {why}.", "Try again in a moment.", Exit.NOT_FINISHED
            )
        except Exception as error:
            name = type(error).__name__
            print(f"claimbatch: {self.what.lower()} failed: {name}", file=sys.stderr)  # noqa: T201 - no other place
            words = f"{self.what} failed. It is a mistake in claimbatch, not in what you did."
            self.error = ClaimbatchError(words, "What was done until then stands.", Exit.NOT_FINISHED)
        finally:
            self._over.set()


class HowFar(NamedTuple):
    """How many of how many *things* have *become* something: 3 of 10 workbooks checked."""

    done: int
    total: int
    things: str
    become: str


def unless_over(
    visit: Visit, work: Work, far: HowFar, crumb: tuple[str, str], rows: Sequence[Any] = ()
) -> Response | None:
    """The page that says how far *work* is, or the part of it that the script asks for; None where it is over."""
    if work.is_over:
        return Response(headers={"hx-refresh": "true"}) if visit.is_part else None
    page = "progress.html.j2" if visit.is_part else "waiting.html.j2"
    return visit.show(page, work=work, far=far, crumbs=[crumb], rows=rows)
