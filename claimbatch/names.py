"""Names of people: when two are the same name, what is no name, and what a name looks like that was damaged.

A name is typed with one apostrophe here and another there, saved composed or decomposed, with one space or two:
:func:`squeeze` is what all of those have in common, and the one place that says so.
"""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u02bb\u02b9\u2032\u0060\u00b4\uff07", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-")
)
_ERROR = re.compile(r"#+|#(?:[A-Z][A-Z_]*[!?]?|N/A|DIV/0!)")
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_DAY = re.compile(rf"(?i)\d{{1,4}}[-/ .]{_MONTH}(?:[-/ .,]+\d{{2,4}})?|{_MONTH}[-/ .]\d{{2,4}}")
_QUESTION = re.compile(r"\w\?|\?\w")
_FOREIGN = re.compile(r"[^\x00-\x7f]{2,}")
_CAPITALS = re.compile(
    r"(?:(?:Mc|Mac|O['’]|D['’]|de|De|St\.?)?[^\W\d_a-z]{2,}|[^\W\d_a-z]['’][^\W\d_a-z]{2,})"
)
REPLACED = "\N{REPLACEMENT CHARACTER}"
_ARTICLES = {"DE", "DA", "DI", "DU", "LA", "LE", "EL", "AL", "VAN", "VON", "DER", "DEN", "DOS", "TE", "TER"}


def visible(text: str) -> str:
    """*text* without the characters that only direct how others are set: soft hyphens, joiners, direction marks.

    >>> visible("P\\u200e")
    'P'
    """
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")


@lru_cache(maxsize=8192)
def typed(text: str) -> str:
    """*text* however its apostrophes, hyphens, accents and spaces were typed; capitals still count.

    >>> typed("O\\u2019Neill,  Zoe\\u0308") == "O'Neill, Zoë"
    True
    """
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", visible(text))).strip()
    return plain if plain.isascii() and "`" not in plain else plain.translate(_ALIKE)


@lru_cache(maxsize=8192)
def squeeze(text: str) -> str:
    """*text* as it is compared: two names are the same where this is.

    >>> squeeze("O\\u2019NEILL,  Fay") == squeeze("O'Neill, Fay")
    True
    """
    return typed(text).casefold()


def is_name(text: str) -> bool:
    """Whether *text* could be somebody's name: it has a letter, and is no error, no date, nothing unreadable.

    >>> [is_name(text) for text in ("Null", "NA", "True", "May", "#N/A", "0", "08-May")]
    [True, True, True, True, False, False, False]
    """
    if REPLACED in text or not any(map(str.isalpha, text)):
        return False
    return not (_ERROR.fullmatch(text) or _DAY.fullmatch(text))


def surname_first(name: str) -> str:
    """``SURNAME Forename`` as ``SURNAME, Forename``, told by the capitals; any other name as it stands.

    >>> surname_first("VAN DER BERG Anna"), surname_first("Harry KING"), surname_first("Harry King")
    ('VAN DER BERG, Anna', 'KING, Harry', 'Harry King')
    """
    words = name.split()
    capital = [bool(_CAPITALS.fullmatch(word.replace("-", "").replace(".", ""))) for word in words]
    if "," in name or not any(capital) or not any(map(_mixed, words)):
        return name
    first = next((i for i, is_capital in enumerate(capital) if not is_capital), len(words))
    last = next((i for i, is_capital in enumerate(reversed(capital)) if not is_capital), len(words))
    if bool(first) == bool(last) or sum(capital) != first + last:
        return name
    split = first or len(words) - last
    surname, others = (words[:split], words[split:]) if first else (words[split:], words[:split])
    if set(surname) <= _ARTICLES:
        return name
    return f"{' '.join(surname)}, {' '.join(others)}"


def mended(text: str) -> str:
    """What *text* was before UTF-8 was read as something else; empty where that did not happen.

    >>> mended("Nov\\u00c3\\u00a1k, Zoë"), mended("Zoë")
    ('Novák, Zoë', '')
    """
    if text.isascii():
        return ""
    better = _FOREIGN.sub(lambda run: _as_utf8(run[0]) or run[0], text)
    return better if better != text else ""


def is_damaged(text: str) -> bool:
    """Whether letters of a name were lost or mistaken on its way: ``Zo?``, ``ZoÃ«``.

    >>> is_damaged("Zo?"), is_damaged("Zoë")
    (True, False)
    """
    return bool(REPLACED in text or _QUESTION.search(text) or mended(text))


def may_have_been(damaged: str, name: str) -> bool:
    """Whether *name* is what *damaged* was before the damage.

    >>> may_have_been("Nov?k, Zo?", "Novák, Zoë"), may_have_been("Zo?", "Zack")
    (True, False)
    """
    if is_damaged(name):
        return False
    parts = re.split(rf"[?{REPLACED}]", squeeze(mended(damaged) or damaged))
    return bool(re.fullmatch(".{0,2}".join(map(re.escape, parts)), squeeze(name)))


def _mixed(word: str) -> bool:
    return len(word) > 1 and word[:1].isupper() and word[1:] != word[1:].upper()


def _as_utf8(text: str) -> str:
    """Characters above ASCII taken back to the bytes they were read from, and read as UTF-8."""
    for page in ("cp1252", "mac_roman"):
        try:
            data = b"".join(
                letter.encode("latin-1") if "\x80" <= letter <= "\x9f" else letter.encode(page)
                for letter in text
            )
            return data.decode("utf-8")
        except UnicodeError:
            continue
    return ""
