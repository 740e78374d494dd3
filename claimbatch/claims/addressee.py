"""Whom a template is made for: the assessor of that name in the register, where there is one."""

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from claimbatch.claims.register import Assessor
from claimbatch.errors import ClaimbatchError
from claimbatch.files import plain_name
from claimbatch.form.contents import ANYBODY, Addressee
from claimbatch.form.layout import normal


def addressees(
    assessors: Iterable[Assessor], entry_code: str, given: Sequence[str] | None
) -> list[Addressee]:
    """Those *given*, by name or initials, as the register has them; None: every assessor; an empty name: nobody.

    Who is no assessor of *entry_code* there has no initials. Raises :class:`ClaimbatchError` where two assessors have
    the name, or nobody assesses it.
    """
    known = assessing(assessors, entry_code)
    if given is not None:
        return list(dict.fromkeys(_found(text, known, entry_code) if text else ANYBODY for text in given))
    if not known:
        raise ClaimbatchError(
            f"The register has no assessor of {entry_code}.",
            'Add them with: claimbatch assessors import, or assessors add. Or name them: --for "Full name".',
        )
    return known


def assessing(assessors: Iterable[Assessor], entry_code: str) -> list[Addressee]:
    """The assessors of *entry_code*, in the register's order."""
    return [Addressee(who.name, who.initials) for who in assessors if entry_code in who.entry_codes]


def current(addressee: Addressee, known: Iterable[Addressee]) -> Addressee:
    """The same person as the register has them now: renamed, removed, or added since."""
    known = list(known)
    same = [who for who in known if _plain(who.name) == _plain(addressee.name)]
    if len(same) != 1:
        same = [who for who in same or known if who.initials == addressee.initials]
    return same[0] if len(same) == 1 else Addressee(addressee.name)


def nearest(name: str, assessors: Iterable[Assessor]) -> str:
    """The assessor's name that *name* may be a slip for, or nothing."""
    return next(iter(get_close_matches(name, [who.name for who in assessors], n=1, cutoff=0.8)), "")


def in_file_name(addressee: Addressee, known: Iterable[Addressee]) -> str:
    """The name as a part of a file name on every system; with the initials where two names come out alike."""
    label = plain_name(unicodedata.normalize("NFC", addressee.name)) or "somebody"
    alike = [who for who in known if plain_name(who.name).casefold() == label.casefold()]
    return f"{label}-{plain_name(addressee.initials)}" if len(alike) > 1 and addressee.initials else label


def _found(text: str, known: Sequence[Addressee], entry_code: str) -> Addressee:
    by_initials = [who for who in known if who.initials.casefold() == text.strip().casefold()]
    by_name = [who for who in known if _plain(who.name) == _plain(text)]
    found = by_initials or by_name
    if len(found) > 1:
        initials = " or ".join(f"--for {who.initials}" for who in found)
        raise ClaimbatchError(
            f"{len(found)} assessors of {entry_code} are called {found[0].name}.", f"Say which: {initials}."
        )
    return found[0] if found else Addressee(" ".join(text.split()))


def _plain(name: str) -> str:
    """A name as it is compared: without case, double spaces, and the difference between ' and ’."""
    return normal(unicodedata.normalize("NFC", name).replace("’", "'"))
