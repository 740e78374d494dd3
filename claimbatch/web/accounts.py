"""Who may sign in with a password: ``users.json`` of the workspace, readable by its owner alone.

Only a page that other computers reach has passwords. They are kept as scrypt hashes, each with its own salt.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import write_atomic
from claimbatch.web.roles import Role
from claimbatch.web.settings import Account

FILE = "users.json"
SHORTEST, LONGEST = 12, 256  # characters of a password
_COST, _BLOCK, _LANES = 2**15, 8, 1  # of scrypt: 32 MiB and about a tenth of a second
_NOBODY = "scrypt$32768$8$1$00$00"


def load_accounts(folder: Path) -> dict[str, Account]:
    """The accounts of the workspace at *folder*, by name."""
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text("utf-8"))
        return {name: Account(name, Role(one["role"]), one["secret"]) for name, one in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ClaimbatchError(
            f"{path} cannot be read.", "Delete it, and add the users again.", Exit.WRONG_SETUP
        ) from None


def save_accounts(folder: Path, accounts: Mapping[str, Account]) -> None:
    """Write the accounts of the workspace at *folder*."""
    kept = {one.name: {"role": one.role.value, "secret": one.secret} for one in accounts.values()}
    write_atomic(folder / FILE, json.dumps(kept, indent=2, sort_keys=True) + "\n")


def new_account(name: str, role: Role, password: str) -> Account:
    """An account with *password*; one that is too short is refused."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ClaimbatchError(
            f"The password has {len(password)} characters.",
            f"Choose one of {SHORTEST} to {LONGEST}: three or four words that do not belong together are easy to keep.",
        )
    salt = secrets.token_bytes(16)
    made = _hash(password, salt, _COST, _BLOCK, _LANES)
    return Account(name, role, f"scrypt${_COST}${_BLOCK}${_LANES}${salt.hex()}${made.hex()}")


def signed_in(accounts: Mapping[str, Account], name: str, password: str) -> Account | None:
    """The account of *name* if that is its *password*; it takes as long where there is no such name."""
    account = accounts.get(name)
    _, cost, block, lanes, salt, kept = (account.secret if account else _NOBODY).split("$")
    made = _hash(password[:LONGEST], bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return account if hmac.compare_digest(made.hex(), kept) else None


def _hash(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        password.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=256 * cost * block, dklen=32
    )
