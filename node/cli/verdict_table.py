"""The checks of a verdict as a table: number, name, outcome with its sign, and a sentence each."""

from rich.table import Table
from rich.text import Text

from credentials.verdict import Outcome
from node.cli.output import draw, hanging, harmless
from node.client.node_verdict import NodeCheck, NodeVerdict

_SIGNS = {
    Outcome.PASSED: ("✔", "green"),
    Outcome.FAILED: ("✘", "bold red"),
    Outcome.NOT_DETERMINABLE: ("?", "yellow"),
    Outcome.NOT_APPLICABLE: ("·", "dim"),
}


def show_checks(verdict: NodeVerdict) -> None:
    """All checks of a node's verdict are printed, then what they found beside deciding."""
    drawn = Table(box=None, pad_edge=False)
    for column in ("#", "check", "outcome", "what was found"):
        drawn.add_column(column, overflow="fold", no_wrap=column != "what was found")
    for check in verdict.checks:
        drawn.add_row(*_row(check))
    draw(drawn)
    for finding in verdict.findings:
        hanging("  ! ", finding, style="yellow")


def _row(check: NodeCheck) -> tuple[Text, ...]:
    sign, style = _SIGNS[check.outcome]
    words = check.outcome.value.replace("_", " ")
    if not check.required and check.outcome in {Outcome.FAILED, Outcome.NOT_DETERMINABLE}:
        words, style = f"{words}, does not decide", "dim yellow"
    return (
        Text(str(check.check.number), style="dim"),
        Text(check.check.name),
        Text(f"{sign} {words}", style=style),
        Text(harmless(check.sentence)),
    )
