"""What files may be called, and names that nothing stands under yet."""

import os
import re
from itertools import count
from pathlib import Path, PurePosixPath

_LONGEST = 200  # bytes of a name
_DEVICE = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE
)  # files of every folder of Windows


def shown(path: Path) -> str:
    """A path as it is printed and kept: with ``/`` on every system, and text even where the name is not (old zips)."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def plain_name(text: str, longest: int = 60) -> str:
    """*text* as a part of a file name on every system: letters, digits, ``_`` and ``-``, never too long; maybe empty.

    >>> plain_name("13 A/B"), plain_name("../../x"), plain_name("24/11/2026")
    ('13-A-B', 'x', '24-11-2026')
    """
    return re.sub(r"[^\w-]+", "-", text).strip("-")[:longest].rstrip("-")


def portable(part: str) -> str:
    r"""A part of a server's key as a name that every system takes and that leads nowhere: never a step upwards.

    >>> portable(".."), portable("Jones\\claim.xlsx"), portable("a:b?.xlsx "), portable("con.xlsx")
    ('_', 'Jones_claim.xlsx', 'a_b_.xlsx', '_con.xlsx')
    """
    plain = re.sub(r'[\x00-\x1f\x7f\\/:*?"<>|#]', "_", part)
    while len(plain.encode("utf-8", "replace")) > _LONGEST:
        plain = f"{PurePosixPath(plain).stem[:-1]}{PurePosixPath(plain).suffix[:20]}"
    plain = plain.rstrip(" .") or "_"
    return f"_{plain}" if _DEVICE.match(plain) else plain


def free_path(path: Path, ending: str = "") -> Path:
    """*path*, or the next that nothing stands under: with *ending*, then numbered (``x_2.xlsx``)."""
    if not path.exists():
        return path
    stems = (f"{path.stem}{ending}{f'_{n}' if n > 1 else ''}" for n in count(1 if ending else 2))
    return next(name for stem in stems if not (name := path.with_name(stem + path.suffix)).exists())
