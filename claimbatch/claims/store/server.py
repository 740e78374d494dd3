"""How claimbatch connects to a PostgreSQL server: a few connections that are kept, and found out where they are dead.

All of it may be said otherwise in the store's address, which takes whatever libpq takes.
"""

import os
import platform
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL

POOL: Mapping[str, Any] = {
    "pool_size": 2,  # of one process: a command needs one, the nightly run one more for its lock
    "max_overflow": 13,  # a page's threads at their busiest; closed again afterwards
    "pool_timeout": 10,  # seconds until a thread that has got none says that others are at work
    "pool_pre_ping": True,  # a connection that died while nobody used it is not handed out
    "pool_recycle": 1800,  # seconds; firewalls forget connections that last
}
CONNECT_TIMEOUT = 10  # seconds
_ALIVE_HERE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}  # seconds, seconds, times
# The server lets go of what a computer held that lost its power or its network, locks above all: after a minute. Its
# own settings would have others wait for two hours.
_ALIVE = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"


def settings_of(url: URL) -> dict[str, Any]:
    """What SQLAlchemy is to know of connections to *url*; nothing of SQLite."""
    if url.get_backend_name() == "sqlite":
        return {}
    named = f"claimbatch on {platform.node()}"[:40] + f" ({os.getpid()})"  # the server keeps 63 characters
    usual = {"connect_timeout": CONNECT_TIMEOUT, "application_name": named, **_ALIVE_HERE}
    given = {name: value for name, value in usual.items() if name not in url.query}
    return {
        **POOL,
        "connect_args": {**given, "options": f"{_ALIVE} {_text(url.query.get('options'))}".strip()},
    }


def _text(given: tuple[str, ...] | str | None) -> str:
    return given if isinstance(given, str) else " ".join(given or ())
