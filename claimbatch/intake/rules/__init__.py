"""Every rule of claimbatch, by what it looks at. Adding one is a function here and a case file in ``tests/rules``."""

from collections.abc import Mapping

from claimbatch.claims import claim_rules
from claimbatch.claims.register import doubts as register_rules
from claimbatch.intake import guard, unit_list
from claimbatch.intake.rules import (
    added,
    beside,
    cells,
    cleared,
    lines,
    moderators,
    other,
    run,
    structure,
    workbook,
)
from claimbatch.problems import Rule

TABLE_RULES: Mapping[str, tuple[Rule, ...]] = {
    "candidates": lines.CANDIDATE_RULES,
    "cells": cells.RULES,
    "initials": lines.CELL_RULES,
    "locked": lines.LOCKED_RULES,
    "moved": lines.MOVED_RULES,
    "people": lines.PEOPLE_RULES,
    "lines": lines.LINE_RULES,
    "other": other.RULES,
    "cleared": cleared.RULES,
}

SHEET_RULES: tuple[Rule, ...] = (*structure.RULES, *beside.RULES, *added.RULES)

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (
            *guard.RULES,
            *workbook.RULES,
            *SHEET_RULES,
            *unit_list.RULES,
            *(rule for rules in TABLE_RULES.values() for rule in rules if rule is not lines.not_a_name),
            *run.RULES,
            *register_rules.RULES,
            *claim_rules.RULES,
            *moderators.RULES,
        ),
        key=lambda rule: rule.code,
    )
)


def fault_of(code: str) -> str:
    """What the rule *code* finds, in one sentence: how a query is told where its own words are not kept."""
    return next((rule.fault for rule in RULES if rule.code == code), code)
