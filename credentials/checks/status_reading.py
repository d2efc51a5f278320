"""What one entry of `credentialStatus` says, before all of a credential's entries are weighed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.verdict import Outcome

REVOKED: Final = "revoked"
SUSPENDED: Final = "suspended"
_SHOWN: Final = 200
"""Characters of what a credential claims that evidence repeats."""


@dataclass(frozen=True, slots=True)
class StatusReading:
    """One entry's outcome; the words mean what they mean in a `CheckResult`."""

    outcome: Outcome
    reason: str | None
    sentence: str
    evidence: Mapping[str, Any]
    findings: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """The lower, the worse: revocation, other failures, suspension, what is unknown, what passes."""
        if self.outcome is Outcome.FAILED:
            return 0 if self.reason == REVOKED else 2 if self.reason == SUSPENDED else 1
        return 3 if self.outcome is Outcome.NOT_DETERMINABLE else 4


def unread(entry: Mapping[str, Any], outcome: Outcome, reason: str, sentence: str) -> StatusReading:
    """The reading of an entry that could not be parsed."""
    evidence = {"type": _shown(entry.get("type")), "outcome": outcome.value, "reason": reason}
    return StatusReading(outcome, reason, sentence, evidence)


def _shown(value: object) -> str | None:
    return value[:_SHOWN] if isinstance(value, str) else None
