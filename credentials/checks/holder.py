"""Check 10: a presentation is bound to its holder, to a nonce and to an audience (protocol section 7)."""

from typing import Final

from credentials.case import Case
from credentials.verdict import HOLDER, CheckResult, Outcome

_RESULT: Final = CheckResult(
    HOLDER,
    Outcome.NOT_APPLICABLE,
    "It is a credential and no presentation: who shows it is not part of it.",
    reason="no_presentation",
)


def check_holder(case: Case) -> CheckResult:  # noqa: ARG001 - every check takes its case
    """Not applicable: format refuses presentations by name, so a credential is all there can be."""
    return _RESULT
