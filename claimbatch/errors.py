"""The one exception that claimbatch raises on purpose.

What is wrong *in a file* is never an exception: it is a :class:`claimbatch.problems.Problem`.
What is wrong with the *request* or the *workspace* is this one, and the command line prints it
as one sentence and a hint, without a traceback.
"""

from enum import IntEnum


class Exit(IntEnum):
    """What a command says to the script that called it (a fixed contract)."""

    DONE = 0
    ERRORS_FOUND = 1
    WRONG_REQUEST = 2
    WRONG_SETUP = 3
    LOCKED = 4
    NOT_FINISHED = 5


class ClaimbatchError(Exception):
    """A request that cannot be carried out: one sentence, one hint, one exit code."""

    def __init__(self, message: str, hint: str = "", exit_code: Exit = Exit.WRONG_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
