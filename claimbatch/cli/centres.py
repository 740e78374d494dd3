"""Which centre a command means."""

from typing import TYPE_CHECKING

from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.claims.store import Store


def the_centre(store: "Store", given: str | None) -> str:
    """The centre *given*, or the only one that the workspace holds."""
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
