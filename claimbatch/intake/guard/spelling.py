"""How the programs that schools use write rows and texts: what is written so is read the same way by every program.

Excel, LibreOffice and openpyxl write so; what does not match is not wrong, but takes the walk. The expressions never go
back over what they have matched, so that no part makes them slow.
"""

import re
from functools import lru_cache

_NAMED = rb"(?:amp|lt|gt|quot|apos);"
# References to characters that may stand in any text: from 200 on, and none of them a surrogate.
_SHOWN = rb"[#](?:[2-9][0-9]{2,3}|1[0-9]{3}|[1-4][0-9]{4});"
# Those to characters that no program takes for blank.
_LETTER = rb"[#](?!12288;)(?:[2-9][0-9]{2}|1[0-9]{3}|[1-4][0-9]{4});"
_SIGN = rb"!-%'-;=-^`-~\xc3-\xdf\xe4-\xf4"  # in UTF-8 no blank begins with C3 to DF or E4 to F4
_NO_TEXT = rb"\x00-\x08\x0b\x0c\x0e-\x1f"
_BLANKS = rb"[^!-~\xc3-\xdf\xe4-\xf4" + _NO_TEXT + rb"]*+"
_TEXT = rb"[^<" + _NO_TEXT + rb"]*+"
# Certainly not blank: after any blanks comes a letter, a digit or a sign, and no escape (_x0020_).
_SAYS = _BLANKS + rb"(?:[" + _SIGN + rb"]|&" + _LETTER + rb")" + _TEXT
# In a value the reader takes no references but those by name.
_VALUE = _BLANKS + rb"[" + _SIGN + rb"](?:[^<&" + _NO_TEXT + rb"]++|&" + _NAMED + rb")*+"
# The end of a cell that holds nothing.
_NOTHING = rb'(?:/>|\ t="(?:n|inlineStr)"(?:></c>|\ ?/>)|></c>|\ />)'
# The empty groups tell what was met at least once; a group around what it means could be left half matched.
ROWS = re.compile(
    rb"""(?><row\ r="%(row)s"(?:\ hidden="(?:1|true)"(?P<hidden>)|\ s="[0-9]+"|\ %(attribute)s)*+\ ?(?:/>|>
        (?:<c\ r="%(column)s(?P=row)"(?:\ s="[0-9]++")?+(?:
            \ t="s"><v>[0-9]{1,9}+</v></c>
          | \ t="inlineStr"(?P<inline>)><is><t(?:\ xml:space="preserve")?>%(says)s</t></is></c>
          | %(nothing)s
          | (?:\ t="(?:n|str|b|e(?P<error>))")?+>
              (?:<f(?P<formula>)(?:\ [a-z][a-z0-9]{0,3}="[^"<>&\x00-\x1f\x7f-\xff]*+")*+(?:/>|>%(text)s</f>))?+
              (?:<v>%(value)s</v>|(?P<hollow>)(?:<v></v>(?P<void>)|<v\ ?/>)?+)</c>
        ))*+</row>)\s*+)*+"""
    % {
        b"row": rb"(?P<row>[1-9][0-9]{0,2}|[1-3][0-9]{3})",  # up to row 3999, and column RZ:
        b"column": rb"[A-R]?[A-Z]",  # within the area that the walk allows
        b"attribute": rb'(?!xmlns)(?:x14ac:(?P<dated>))?[a-zA-Z]{2,}+="[^"<>&\x00-\x1f\x7f-\xff]*+"',
        b"nothing": _NOTHING,
        b"says": _SAYS,
        b"value": _VALUE,
        b"text": _TEXT,
    },
    re.VERBOSE,
)
STRINGS = re.compile(rb'(?><si><t(?: xml:space="preserve")?>%s</t></si>\s*+)*+' % _SAYS)
FAULTS = re.compile(
    rb"""<c\ r="([A-Z0-9]+)"(?:\ s="[0-9]+")?+(?:\ t="(\w+)")?+>
        ((?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?)(?:<v>([^<]*)</v>|<v\ ?/>)?</c>""",
    re.VERBOSE,
)
HIDDEN_ROW = re.compile(rb'<row r="([0-9]+)"[^<>]* hidden="(?:1|true)"')
# What is only formatted, after something of its kind: anywhere else it may stand in what is no row or no set of rows.
_CELL = rb'<c r="%s[A-Z]{1,3}+[1-9][0-9]{0,6}+"(?: s="[0-9]++")?+' + _NOTHING
EMPTY_CELLS = re.compile(_CELL % rb'(?<=</c><c r=")' + rb"(?:%s)*+" % (_CELL % b""))
_ROW = (
    rb'<row r="%s[1-9][0-9]{0,6}+"(?: (?:x14ac:)?(?!xmlns)[a-zA-Z]{2,}+="[^"<>&\x00-\x1f\x7f-\xff]*+"| s="[0-9]+")*+ ?'
    rb"(?:/>|>(?:%s)*+</row>)"
)
EMPTY_ROWS = re.compile(
    _ROW % (rb'(?<=</row><row r=")', _CELL % b"") + rb"(?:%s)*+" % (_ROW % (b"", _CELL % b""))
)
REFERENCE = re.compile(rb"&(?!" + _NAMED + rb"|" + _SHOWN + rb")")


@lru_cache(maxsize=64)
def with_format(formats: frozenset[int]) -> re.Pattern[bytes]:
    """Cells that hold something and have one of the *formats*; the first is that of a cell that states none."""
    stated = rb's="0*(?:%s)"' % b"|".join(b"%d" % number for number in sorted(formats))
    unstated = rb"|(?! s=)" if 0 in formats else b""
    return re.compile(rb'<c r="([A-Z0-9]+)"(?: %s%s)[^<>]*(?<!/)>(?!</c>)' % (stated, unstated))
