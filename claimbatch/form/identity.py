"""Who a workbook is: the token that a template carries in three places, and how it is sealed.

A file name proves nothing and a sheet can be retyped, so the token is sealed with the workspace's key:
HMAC-SHA-256 over the identity and a digest of the locked values. Three places (custom document property,
defined name, sheet *About*) because each of them is lost by one program or another.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

PROPERTY = "claimbatch"  # the custom document property
DEFINED_NAME = "claimbatch_template"
TOKEN_ITEM = "Template token"  # noqa: S105 - the row of the sheet About, no secret
_START = "claimbatch1"
_SHAPE = re.compile(
    _START
    + r"\|([0-9a-f]{12})\|(\w{1,10})\|(\w{1,10})\|(by-candidate|by-unit|sample|moderation)\|(\d{1,4})\|([0-9a-f]{12})"
    r"\|([0-9TZ:-]{20})\|(\d{1,9})\|([0-9a-f]{16})\|([0-9a-f]{32})"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a template says of itself.

    *form* is ``by-candidate`` or ``by-unit`` (then *unit* is its number, else 0), or ``sample`` or ``moderation``,
    which moderators fill in; *fingerprint* is that of its layout, *revision* the claim's at issue (0 where there was
    none), *locked* a digest of the locked values.
    """

    template_id: str
    centre_number: str
    entry_code: str
    form: str
    unit: int
    fingerprint: str
    issued_at: str
    revision: int
    locked: str

    def token(self, key: bytes) -> str:
        """The sealed token, at most 200 characters (a defined name holds 255)."""
        return f"{self._text()}|{_seal(key, self._text(), 32)}"

    def _text(self) -> str:
        items = (
            _START, self.template_id, self.centre_number, self.entry_code, self.form, self.unit,
            self.fingerprint, self.issued_at, self.revision, self.locked,
        )  # fmt: skip
        return "|".join(str(item) for item in items)


def issue(
    key: bytes,
    *,
    centre_number: str,
    entry_code: str,
    form: str,
    unit: int,
    fingerprint: str,
    issued_at: str,
    revision: int,
    claim_key: str,
    locked_rows: Iterable[tuple[str, ...]],
    addressee: tuple[str, ...] = (),
) -> Identity:
    """The identity of a new template. The same facts give the same template id.

    *addressee* is whom it is made for: two teachers' workbooks are two templates, whatever else they share.
    *claim_key* is the claim it belongs to: without it a template for the next claim, issued in the second in which
    the last one was submitted, would be taken for one of the last.
    """
    locked = _seal(key, "\n".join("\t".join(row) for row in sorted(locked_rows)), 16)
    facts = "|".join(
        (
            centre_number, entry_code, form, str(unit), fingerprint, issued_at, str(revision), claim_key, locked,
            *filter(None, addressee),
        )
    )  # fmt: skip
    template_id = _seal(key, facts, 12)
    return Identity(
        template_id, centre_number, entry_code, form, unit, fingerprint, issued_at, revision, locked
    )


def find_token(text: str) -> str:
    """The first token in *text*, or an empty string."""
    match = _SHAPE.search(text)
    return match[0] if match else ""


def read_token(token: str) -> Identity | None:
    """The identity that *token* states, sealed or not; None where it is no token."""
    match = _SHAPE.fullmatch(token)
    if not match:
        return None
    template_id, centre, entry_code, form, unit, fingerprint, issued_at, revision, locked, _ = match.groups()
    return Identity(
        template_id, centre, entry_code, form, int(unit), fingerprint, issued_at, int(revision), locked
    )


def is_sealed(token: str, key: bytes) -> bool:
    """Whether *token* was sealed with *key* and not altered since."""
    identity = read_token(token)
    return identity is not None and hmac.compare_digest(identity.token(key), token)


def locked_values(number: str, name: str, born: str, ocr_number: str) -> tuple[str, ...]:
    """A candidate's locked values as they are sealed and compared: text with single spaces, the date as ISO."""
    return tuple(" ".join(value.split()) for value in (number, name, born, ocr_number))


def row_digest(key: bytes, template_id: str, values: Iterable[str]) -> str:
    """A keyed digest of one candidate's locked values: tells whether they changed, without keeping them."""
    return _seal(key, template_id + "\t" + "\t".join(values), 16)


def assessor_digest(key: bytes, template_id: str, initials: str, name: str) -> str:
    """The same of a row of the sheet *Assessors*: whether it stands as it went out."""
    return row_digest(key, template_id, ("assessor", *(" ".join(text.split()) for text in (initials, name))))


def _seal(key: bytes, text: str, length: int) -> str:
    return hmac.digest(key, text.encode("utf-8"), "sha256").hex()[:length]
