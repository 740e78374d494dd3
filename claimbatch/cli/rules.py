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
    from claimbatch.output.rulebook import explained, markdown  # noqa: PLC0415

    if code:
        for rule in RULES:
            if code.upper() == rule.code or code.lower() == rule.name:
                click.echo(explained(rule))
                return
        raise ClaimbatchError(f"There is no rule {code}.", "claimbatch rules lists them all.")
    if style == "markdown":
        click.echo(markdown(RULES), nl=False)
        return
    listed = [
        {"code": r.code, "name": r.name, "severity": r.severity.value, "fault": r.doc.splitlines()[0]}
        for r in RULES
    ]
    show_table(
        listed, {"code": "Code", "name": "Name", "severity": "Severity", "fault": "What it finds"}, style
    )
