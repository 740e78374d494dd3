"""The centres of a workspace: which one is meant, and adding one."""

from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.identifiers import check_centre_number


def the_centre(store: Store, given: str | None) -> str:
    """The number of the centre *given*, or of the only one that the workspace holds."""
    centres = store.centres()
    if given and given not in centres:
        raise ClaimbatchError(
            f"This workspace holds no centre {given}.", f'Add it: claimbatch centre add {given} "Name".'
        )
    if not given and len(centres) != 1:
        raise ClaimbatchError(
            f"This workspace holds {len(centres)} centres.",
            f"Say which: --centre {next(iter(centres), '68199')}.",
        )
    return given or next(iter(centres))


def add_centre(store: Store, number: str, name: str) -> None:
    """Add a centre by its *number* and *name*, or give one that is there another name."""
    check_centre_number(number)
    if not name.strip():
        raise ClaimbatchError("The centre's name is blank.", 'Give it: claimbatch centre add NUMBER "Name"')
    store.add_centre(number, " ".join(name.split()))
