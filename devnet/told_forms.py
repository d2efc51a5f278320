"""What became of one credential of each format, as the summary shows it: a line for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from devnet.forms import FORMS

_STYLES = {"valid": "bold green", "invalid": "bold red", "indeterminate": "bold yellow"}
_WHY = {"no_framework": "nobody on this ledger accredits its issuer"}
"""What a reason means here, for people."""


def told_forms(seen: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return a line for each format: its outcome, and the numbers of the checks that passed.

    Args:
        seen: what the step observed, by form.
    """
    table = Table.grid(padding=(0, 2))
    for form, name in FORMS.items():
        told = seen[form]
        outcome, reason = told["outcome"], told["reason"]
        table.add_row(
            Text(name),
            Text(outcome, style=_STYLES[outcome]),
            Text("passed " + " ".join(str(number) for number in told["passed"])),
            Text("" if reason is None else f"{told['decided_by']}: {_WHY.get(reason, reason)}", style="dim"),
        )
    return table
