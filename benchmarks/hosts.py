"""Hosts on one machine: network namespaces, joined by a bridge, each with an address of its own.

Between them is a network as between computers: nothing of one is heard on the loopback of another. They share the
processors and the disk. Making them needs root and the program ``ip``; where either is missing there is one host, this
one, and everything goes over its loopback.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NET = "10.231.77"
BRIDGE = "cbbridge"


class NoHostsError(Exception):
    """Why there are no namespaces here."""


@dataclass
class Hosts:
    """Gives hosts away: what a command on the next one begins with, and its address."""

    apart: bool
    given: int = 0

    def another(self) -> tuple[list[str], str]:
        """The next host."""
        if not self.apart:
            return [], "127.0.0.1"
        self.given += 1
        name, address = f"cb{self.given}", f"{NET}.{self.given + 1}"
        _ip("netns", "add", name)
        _ip("link", "add", f"veth{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", f"veth{name}", "master", BRIDGE, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        return ["ip", "netns", "exec", name], address


@contextmanager
def hosts() -> Iterator[Hosts]:
    """Hosts for as long as they are needed; says where they cannot be made."""
    try:
        _bridge()
    except NoHostsError as why:
        print(f"Without network namespaces, all over the loopback of this machine: {why}.")
        yield Hosts(apart=False)
        return
    made = Hosts(apart=True)
    try:
        yield made
    finally:
        for number in range(1, made.given + 1):
            _ip("netns", "delete", f"cb{number}")
        _ip("link", "delete", BRIDGE)


def _bridge() -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise NoHostsError("making them needs root")
    if not shutil.which("ip"):
        raise NoHostsError("the program ip is missing (package iproute2)")
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{NET}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
    except subprocess.CalledProcessError as fault:
        raise NoHostsError(f"ip says: {fault.stderr.strip()}") from None


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)  # noqa: S607
