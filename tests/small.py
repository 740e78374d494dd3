"""A small qualification for tests, which a workspace holds in a file of its own and may correct at any time."""

from collections.abc import Collection

from tests.centre import Centre

CODE = "05990"
UNITS = (1, 2, 3)
FILE = """
subject = "tests"
level = 3
suite = 2012

[[qualification]]
entry_code = "{code}"
title = "OCR Level 3 Cambridge Technical Certificate in Tests"
verified = true
other_awarding_body_units = {other}

[unit_defaults]
verified = true
{units}"""


def offer(
    centre: Centre, units: Collection[int] = UNITS, *, examined: Collection[int] = (), other: bool = True
) -> None:
    """Let the workspace's file say that the qualification has these *units*; *other*: other bodies' units too."""
    rows = "".join(
        f'\n[[unit]]\nnumber = {unit}\ntitle = "Unit title {unit}"\ncredits = 10\n'
        f'assessment = "{"external" if unit in examined else "internal"}"\n'
        for unit in sorted({*units, *examined})
    )
    text = FILE.format(code=CODE, other=str(other).lower(), units=rows)
    (centre.workspace.folder / "schemas" / "tests.toml").write_text(text, "utf-8")
    centre.catalogue = centre.workspace.catalogue()
