"""``claimbatch rules``: what each code means, why, and what is wrong and right."""

import click

from claimbatch.cli.session import format_option, show_table
from claimbatch.errors import ClaimbatchError


@click.command()
@click.argument("code", required=False)
@format_option("table", "json", "csv", "markdown")
def rules(code: str | None, style: str) -> None:
    """List the rules, or explain the rule CODE (or name)."""
    from claimbatch.intake.rules import RULES  # noqa: PLC0415
    from claimbatch.output.rulebook import KEPT_FREE, explained, markdown  # noqa: PLC0415

    wanted = [r for r in RULES if not code or code.upper() == r.code or code.lower() == r.name]
    if not wanted:
        kept = KEPT_FREE.get(str(code).upper())
        raise ClaimbatchError(f"There is no rule {code}.", kept or "claimbatch rules lists them all.")
    if code and style == "table":
        click.echo(explained(wanted[0]))
        return
    if style == "markdown":
        click.echo(markdown(wanted), nl=False)
        return
    listed = [
        {"code": r.code, "name": r.name, "severity": r.severity.value, "fault": r.fault} for r in wanted
    ]
    show_table(
        listed, {"code": "Code", "name": "Name", "severity": "Severity", "fault": "What it finds"}, style
    )
