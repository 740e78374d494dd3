"""How the page is served: at which address, for whom, and how much may be sent to it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from claimbatch.web.roles import Role

MIB = 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one form may bring: bytes of a *file*, *files*, bytes in *total*, *fields*, and bytes of a field."""

    file: int = 16 * MIB
    files: int = 500
    total: int = 1024 * MIB
    fields: int = 5000
    field: int = MIB


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in with a password, and as what; *secret* is the hash of that."""

    name: str
    role: Role
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """How the page is served.

    Without *accounts* it is the page of whoever sits at this computer: *who* of the history, with *role*, let in by an
    address that holds a token. With them everybody signs in. *name* is what people type to reach it from elsewhere.
    *secret* makes the tokens; *idle* is after how many seconds without a request somebody has to come in anew.
    """

    port: int
    host: str = "127.0.0.1"
    name: str = ""
    secure: bool = False
    who: str = ""
    role: Role = Role.ADMINISTRATOR
    accounts: Mapping[str, Account] = field(default_factory=dict)
    limits: Limits = Limits()
    idle: int = 12 * 3600
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def local(self) -> bool:
        """Whether only this computer reaches it."""
        return self.host in LOOPBACK

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may call this server (the header *Host*)."""
        names = ["127.0.0.1", "localhost", "[::1]"] if self.local else [self.name or self.host]
        usual = 443 if self.secure else 80
        bare = names if self.port == usual else []
        return frozenset([*bare, *(f"{name}:{self.port}" for name in names)])

    @property
    def scheme(self) -> str:
        """``http`` on this computer alone, ``https`` with a certificate."""
        return "https" if self.secure else "http"

    @property
    def address(self) -> str:
        """The address that people open."""
        here = "[::1]" if self.host == "::1" else "127.0.0.1"
        name = self.name or (here if self.local else self.host)
        return f"{self.scheme}://{name}:{self.port}"

    @property
    def cookie(self) -> str:
        """The name of the session's cookie: browsers keep one jar for all ports of a computer."""
        return f"{'__Host-' if self.secure else ''}claimbatch-{self.port}"
