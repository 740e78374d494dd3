"""Text for CSV that a spreadsheet would otherwise run as a formula."""

import re

_RUNS = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the last four are full-width twins


def disarmed(text: str) -> str:
    """*text* with a leading ``'`` where a spreadsheet would run it.

    Text that starts with ``'`` and then such a character gets one more, so that taking one off always
    gives back what was there.

    >>> disarmed("=1+1"), disarmed("'=1+1"), disarmed("'t Hart, Anna")
    ("'=1+1", "''=1+1", "'t Hart, Anna")
    """
    return f"'{text}" if _RUNS.match(text) else text
