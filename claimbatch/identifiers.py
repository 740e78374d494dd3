"""The numbers that name centres, candidates, units and qualifications, and the slips that each one shows.

Rules with a check character were worked out or confirmed on printed examples; the source stands with each.
"""

import re

from claimbatch.errors import ClaimbatchError

UCI_LETTERS = "ABCDEFGHKLMRTVWXY"
URN_LETTERS = "ADFHJKLMRTY"
_ATOM, _LABEL = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+",
    r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
)  # of an address (RFC 5321)
NOT_A_ULN = ("9999999999", "TBC")  # OCR wants the field blank where the ULN is not known


def is_email_address(text: str) -> bool:
    """Whether *text* is the plain address of one person or office, ``exams@example.ac.uk``: nothing around it.

    >>> is_email_address("exams@example.ac.uk"), is_email_address("a@b.uk, c@d.uk"), is_email_address("Pat <p@b.uk>")
    (True, False, False)
    """
    return bool(re.fullmatch(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+", text))


def uln_problem(text: str) -> str:
    """What is wrong with the unique learner number *text*; empty where nothing is.

    Ten digits, the first not 0; weighted 10 to 1 they leave the remainder 10 when divided by 11 (Learning
    Records Service). OCR wants the field blank where the ULN is not known, never 9999999999 or TBC.

    >>> uln_problem("9276308686"), uln_problem("9276308668")
    ('', 'its last digit does not fit the others: one digit is mistyped')
    """
    if text.upper() in NOT_A_ULN:
        return "OCR wants it left blank where it is not known"
    if not re.fullmatch(r"[0-9]{10}", text):
        return "it is not ten digits"
    if text[0] == "0":
        return "a ULN never starts with 0"
    if _weighted(text, range(10, 0, -1)) % 11 != 10:
        return "its last digit does not fit the others: one digit is mistyped"
    return ""


def uci_problem(text: str) -> str:
    """What is wrong with the unique candidate identifier *text*; empty where nothing is.

    Centre (5), board (1), year (2), candidate (4) and a check letter (WJEC's guide). Where the board is a
    letter, the check letter is not checked: public programs disagree on the value of the board.

    >>> uci_problem("689990980001D"), uci_problem("689990980001E")
    ('', 'its last letter does not fit its digits: one of them is mistyped')
    """
    if not re.fullmatch(r"[0-9]{5}[0-9A-Z][0-9]{6}[A-Z]", text.upper()):
        return "it is not twelve digits and a letter"
    if text[5].isdigit() and uci_letter(text[:12]) != text[12].upper():
        return "its last letter does not fit its digits: one of them is mistyped"
    return ""


def uci_letter(digits: str) -> str:
    """The check letter of the twelve *digits* of a UCI: weights 16 to 5, remainder by 17."""
    return UCI_LETTERS[_weighted(digits, range(16, 4, -1)) % 17]


def urn_is_valid(text: str) -> bool:
    """Whether *text* is a unit reference whose letter fits: weights 8 to 2, remainder by 11.

    The rule was inferred; it holds for all printed references that were tried but one, which is a misprint.

    >>> urn_is_valid("M/507/4999"), urn_is_valid("T/507/6165")
    (True, False)
    """
    return is_urn(text) and URN_LETTERS[_remainder(text[2:5] + text[6:])] == text[0]


def qan_is_valid(text: str) -> bool:
    """Whether *text* is a qualification number whose last character fits: weights 8 to 2, by 11, X for 10.

    >>> qan_is_valid("601/8434/6"), qan_is_valid("601/8343/6")
    (True, False)
    """
    match = re.fullmatch(r"([0-9]{3})/([0-9]{4})/([0-9X])", text)
    return match is not None and "0123456789X"[_remainder(match[1] + match[2])] == match[3]


def candidate_number(text: str) -> str | None:
    """The candidate number in *text* as four digits, 0001 to 9999, or ``None``; lost zeros are given back.

    >>> candidate_number("42"), candidate_number("0000"), candidate_number("10000")
    ('0042', None, None)
    """
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) == 0:
        return None
    return text.zfill(4)


def is_urn(text: str) -> bool:
    """Whether *text* is written like a unit reference: ``M/507/4999``."""
    return bool(re.fullmatch(r"[A-Z]/[0-9]{3}/[0-9]{4}", text))


def entry_code(text: str) -> str:
    """*text* as an entry code: without spaces around it, a lost leading zero given back.

    >>> entry_code(" 5844 "), entry_code("05844"), entry_code("IT")
    ('05844', '05844', 'IT')
    """
    text = text.strip()
    return text.zfill(5) if re.fullmatch(r"[0-9]{1,5}", text) else text


def is_entry_code(text: str) -> bool:
    """Whether *text* could be an entry code: five digits, the leading zero included."""
    return bool(re.fullmatch(r"[0-9]{5}", text))


def is_centre_number(text: str) -> bool:
    """Whether *text* could be a centre number: five digits."""
    return bool(re.fullmatch(r"[0-9]{5}", text))


def check_centre_number(text: str) -> None:
    """Refuse a centre number that is not five digits."""
    if not is_centre_number(text):
        raise ClaimbatchError(f'"{text}" is not a centre number.', "It has five digits, like 68199.")


def _weighted(digits: str, weights: range) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _remainder(seven: str) -> int:
    return _weighted(seven, range(8, 1, -1)) % 11
