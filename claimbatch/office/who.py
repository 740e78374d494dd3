"""Who does something, where nobody says."""

import getpass


def computer_user() -> str:
    """The name of the computer's user."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):  # Windows has no pwd to ask
        return "unknown"
