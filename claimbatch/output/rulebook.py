"""The rules in words: one rule for a terminal, all of them for ``docs/rules.md``."""

import re
from collections.abc import Iterable, Sequence

from claimbatch.problems import Rule

# Numbers that stand for faults of workbooks that have no such column: they are kept for a form that has one.
KEPT_FREE = {
    "CB110": "It is kept for the check digit of a ULN, which no form has. In register files that is CB505.",
    "CB111": "It is kept for the check letter of a UCI, which no form has. In register files that is CB505.",
}
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
        + (f"\nIn a marked copy: {_words(rule.teacher)}" if rule.teacher else "")
    )


def markdown(rules: Iterable[Rule]) -> str:
    """All rules as a page: a table, then a section for each."""
    listed = list(rules)
    kept = [f"{code}: {words}" for code, words in KEPT_FREE.items()]
    return "\n".join([_HEAD, *_table(listed), "", *kept, "", *(_section(rule) for rule in listed)])


def _table(rules: Sequence[Rule]) -> list[str]:
    head = ["| code | name | severity | what it finds |", "|---|---|---|---|"]
    return head + [
        f"| [{r.code}](#{r.code.lower()}-{r.name}) | {r.name} | {r.severity.value} | {r.fault} |"
        for r in rules
    ]


def _section(rule: Rule) -> str:
    body = re.sub(r"^(Why|Wrong|Right):", r"\n**\1:**", rule.doc, flags=re.MULTILINE).replace(
        "\n\n\n", "\n\n"
    )
    body = body.replace("``", "`")
    words = f"> {_words(rule.message)}\n>\n> {_words(rule.hint)}"
    words += f"\n>\n> In a marked copy: {_words(rule.teacher)}" if rule.teacher else ""
    return f"## {rule.code} {rule.name}\n\n*{rule.severity.value.capitalize()}.* {body}\n\n{words}\n"


def _words(text: str) -> str:
    return re.sub(r"\{(\w+)\}", r"[\1]", text)
