"""Hints speak to somebody at a terminal. On a page, where one names a command, it leads to the page that does it."""

import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup, escape

# What is done by the commands of one name, and where: a title and an address, which may have the claim's key in it.
DONE_BY: Mapping[str, tuple[str, str]] = {
    "entries": ("Register", "/register"),
    "assessors": ("Assessors", "/register/assessors"),
    "centre": ("Centres", "/register/centres"),
    "template": ("Templates", "/templates"),
    "qualifications": ("Qualifications", "/qualifications"),
    "check": ("Check workbooks", "/check"),
    "merge": ("Check workbooks", "/check"),
    "status": ("Today", "/"),
    "claims": ("Claims", "/claims"),
    "claim": ("Claim {key}", "/claims/{key}"),
    "report": ("Claim {key}", "/claims/{key}"),
    "export": ("Claim {key}", "/claims/{key}"),
    "sample": ("Sample of {key}", "/claims/{key}/sample"),
    "moderation": ("Outcome of {key}", "/claims/{key}/outcome"),
}
# Where it is done for one qualification, if the command names its entry code.
OF_ONE: Mapping[str, tuple[str, str]] = {
    "template": ("Templates of {code}", "/templates/{code}"),
    "qualifications": ("Units of {code}", "/qualifications/{code}"),
}
_SUBCOMMANDS = (
    "import|add-units?|remove-unit|add|rename|remove|list|restore|history|template|refresh|record|show|set|draw|"
    "simulate|folders|agree|change|complete|queries|answer|declare|submit|withdraw|number"
)
_ARGUMENT = r"--strategy [\w-]+|--?[a-z-]+|\"[^\"]*\"|'[^']*'|[A-Z]{2,}\b|\d[\w-]*|[\w./-]+\.xlsx|P\b|M\b|D\b"
_COMMAND = re.compile(rf"claimbatch ({'|'.join(DONE_BY)})\b(?: (?:{_SUBCOMMANDS})\b)?((?: (?:{_ARGUMENT}))*)")
_KEY = re.compile(r"\b\d{5}-\d{5}-\d+\b")
_CODE = re.compile(r"(?<=\s)\d{5}(?=\s|$)")


def guided(text: str) -> Markup:
    """*text*, escaped, with a link in the place of each command for which there is a page.

    >>> str(guided("Enter them first (claimbatch entries import FILE)."))
    'Enter them first (<a href="/register">Register</a>).'
    >>> str(guided('Take it off: claimbatch claim remove 68199-05349-1 --candidate 0042. <i>'))
    'Take it off: <a href="/claims/68199-05349-1">Claim 68199-05349-1</a>. &lt;i&gt;'
    >>> str(guided('Add it: claimbatch qualifications add-unit 05844 7 "Audio".'))
    'Add it: <a href="/qualifications/05844">Units of 05844</a>.'
    """
    return Markup("").join(_parts(text))


def _parts(text: str) -> Iterator[Markup]:
    at = 0
    for found in _COMMAND.finditer(text):
        title, path = DONE_BY[found[1]]
        key = _KEY.search(found[2])
        if "{key}" in path:
            title, path = (title.format(key=key[0]), path.format(key=key[0])) if key else DONE_BY["claims"]
        if found[1] in OF_ONE and (code := _CODE.search(found[2])):
            title, path = (part.format(code=code[0]) for part in OF_ONE[found[1]])
        yield escape(text[at : found.start()])
        yield Markup('<a href="{}">{}</a>').format(path, title)
        at = found.end()
    yield escape(text[at:])
