"""What could not be done, as it is told: of a server that is not there, not for each of a hundred thousand files."""

from claimbatch.errors import ClaimbatchError
from claimbatch.files.refusals import Silent
from claimbatch.night.account import Undone


def told_of(what: str, error: ClaimbatchError | None) -> list[Undone]:
    """What is to be told of an *error*; nothing of a server that was not even asked, as it had been silent before."""
    if error is None or (isinstance(error, Silent) and error.again):
        return []
    return [Undone(what, error.message, error.hint)]
