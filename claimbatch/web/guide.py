"""Hints speak to somebody at a terminal. On a page, where one names a command, it leads to the page that does it."""

import re
from collections.abc import Callable, Iterator, Mapping

from markupsafe import Markup, escape

# What is done by the commands of one name, and where: a title and an address, which may have the claim's key in it.
DONE_BY: Mapping[str, tuple[str, str]] = {
    "entries": ("Register", "/register"),
    "assessors": ("Register", "/register"),
    "centre": ("Register", "/register"),
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
_SUBCOMMANDS = (
    "import|add|rename|remove|list|restore|history|template|refresh|add-units?|remove-unit|record|show|set|draw|"
    "simulate|folders|agree|change|complete|queries|answer|declare|submit|withdraw|number"
)
_ARGUMENT = r"--strategy [\w-]+|--?[a-z-]+|\"[^\"]*\"|'[^']*'|[A-Z]{2,}\b|\d[\w-]*|[\w./-]+\.xlsx|P\b|M\b|D\b"
_COMMAND = re.compile(rf"claimbatch ({'|'.join(DONE_BY)})\b(?: (?:{_SUBCOMMANDS})\b)?((?: (?:{_ARGUMENT}))*)")
_KEY = re.compile(r"\b\d{5}-\d{5}-\d+\b")


def guided(text: str, reaches: Callable[[str], bool]) -> Markup:
    """*text*, escaped, with a link in the place of each command for which there is a page (*reaches* says so).

    >>> str(guided("Enter them first (claimbatch entries import FILE).", lambda path: True))
    'Enter them first (<a href="/register">Register</a>).'
    >>> str(guided('Take it off: claimbatch claim remove 68199-05349-1 --candidate 0042. <i>', lambda path: True))
    'Take it off: <a href="/claims/68199-05349-1">Claim 68199-05349-1</a>. &lt;i&gt;'
    """
    return Markup("").join(_parts(text, reaches))


def _parts(text: str, reaches: Callable[[str], bool]) -> Iterator[Markup]:
    at = 0
    for found in _COMMAND.finditer(text):
        title, path = DONE_BY[found[1]]
        key = _KEY.search(found[2])
        if "{key}" in path:
            title, path = (title.format(key=key[0]), path.format(key=key[0])) if key else DONE_BY["claims"]
        if reaches(path):
            yield escape(text[at : found.start()])
            yield Markup('<a href="{}">{}</a>').format(path, title)
            at = found.end()
    yield escape(text[at:])
