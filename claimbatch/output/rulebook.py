"""The rules in words: one rule for a terminal, all of them for ``docs/rules.md``."""

import re
from collections.abc import Iterable, Sequence

from claimbatch.problems import Rule

_HEAD = """# The rules

Every problem that claimbatch reports carries the code of a rule. An **error** must be put right before anything is
taken; a **query** is put right or explained. Numbers are never used again. This page is made by
`claimbatch rules --format markdown`.
"""


def explained(rule: Rule) -> str:
    """One rule in full: its code and name, what it finds, why, wrong and right, and what people are told."""
    return (
        f"{rule.code} {rule.name} ({rule.severity.value})\n\n{rule.doc}\n\n"
        f"Message: {_words(rule.message)}\nHint: {_words(rule.hint)}"
    )


def markdown(rules: Iterable[Rule]) -> str:
    """All rules as a page: a table, then a section for each."""
    listed = list(rules)
    return "\n".join([_HEAD, *_table(listed), "", *(_section(rule) for rule in listed)])


def _table(rules: Sequence[Rule]) -> list[str]:
    head = ["| code | name | severity | what it finds |", "|---|---|---|---|"]
    return head + [
        f"| [{r.code}](#{r.code.lower()}-{r.name}) | {r.name} | {r.severity.value} | {r.doc.splitlines()[0]} |"
        for r in rules
    ]


def _section(rule: Rule) -> str:
    body = re.sub(r"^(Why|Wrong|Right):", r"\n**\1:**", rule.doc, flags=re.MULTILINE).replace(
        "\n\n\n", "\n\n"
    )
    body = body.replace("``", "`")
    words = f"> {_words(rule.message)}\n>\n> {_words(rule.hint)}"
    return f"## {rule.code} {rule.name}\n\n*{rule.severity.value.capitalize()}.* {body}\n\n{words}\n"


def _words(text: str) -> str:
    return re.sub(r"\{(\w+)\}", r"[\1]", text)
