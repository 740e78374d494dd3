"""The words on a template, from ``templates/how-to-fill-in.toml``, with the template's own facts put in."""

import tomllib
from functools import cache
from typing import Any

from claimbatch.data import template_folder
from claimbatch.form.contents import Contents
from claimbatch.form.qualification import Unit


@cache
def wording() -> dict[str, Any]:
    """Every word of a template that is no heading, as the file has it."""
    return tomllib.loads((template_folder() / "how-to-fill-in.toml").read_text("utf-8"))


def words_of(contents: Contents) -> dict[str, str]:
    """What stands for ``{entry_code}``, ``{centre_name}`` and the like in titles and instructions.

    *scope* is what the form claims, *doubt* what is not confirmed about the unit of a by-unit form, *not_known* what
    is not known of the list of units.
    """
    unit = contents.qualification.unit(contents.layout.unit)
    not_known = contents.qualification.units_missing.partition(":")[0].rstrip(".")
    return {
        "centre_number": contents.identity.centre_number,
        "centre_name": contents.centre_name,
        "entry_code": contents.identity.entry_code,
        "form": contents.layout.title,
        "claim": contents.claim,
        "qualification": contents.qualification.title,
        "unit": unit.label if unit else "",
        "scope": _scope(unit) if unit else "all units",
        "doubt": doubts(unit) if unit else "",
        "not_known": not_known,
        "units_note": wording()["missing"]["units" if not_known else "complete"].format(not_known=not_known),
    }


def _scope(unit: Unit) -> str:
    return unit.full_title if unit.title else f"{unit.label} {unit_title(unit)}"


def unit_title(unit: Unit) -> str:
    """The title of *unit*, or words that say it is not known."""
    return unit.title or str(wording()["unconfirmed"]["title"])


def doubts(unit: Unit) -> str:
    """What is not confirmed about *unit*, in a sentence; empty where all is."""
    words = wording()["unconfirmed"]
    if unit.assessment is None or not unit.assessment_verified:
        return str(words["assessment"])
    return "" if unit.verified else str(words["details"])
