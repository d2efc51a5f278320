"""What became of one credential of each format, as the summary shows it: a line for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from devnet.forms import FORMS

_STYLES = {"valid": "bold green", "invalid": "bold red", "indeterminate": "bold yellow"}
_WHY = {"no_framework": "nobody on this ledger accredits its issuer"}
"""What a reason means here, for people."""
_WIDTH = max(map(len, FORMS.values()))


def told_forms(seen: Mapping[str, Mapping[str, Any]]) -> Iterator[Text]:
    """Yield a line for each format: its outcome, and the numbers of the checks that passed.

    Args:
        seen: what the step observed, by form.
    """
    for form, name in FORMS.items():
        told = seen[form]
        outcome, reason = told["outcome"], told["reason"]
        passed = " ".join(str(number) for number in told["passed"])
        why = "" if reason is None else f"; {told['decided_by']}: {_WHY.get(reason, reason)}"
        yield Text.assemble(
            f"  {name:<{_WIDTH}}  ",
            (f"{outcome:<13}", _STYLES[outcome]),
            f"  passed {passed}",
            (why, "dim"),
        )
