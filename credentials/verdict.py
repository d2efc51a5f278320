"""What a verification says: numbered checks with outcomes, evidence and sentences (protocol section 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Literal

from .model import Credential

SCHEMA: Final = "ankyra-verdict/1"
"""Name of the JSON form: members are added under it, never changed or taken away."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

VerdictOutcome = Literal["valid", "invalid", "indeterminate"]


class Outcome(StrEnum):
    """How one check ended. Unknown is not absent, and absent is not passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_DETERMINABLE = "not_determinable"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class CheckName:
    """A check's number in protocol section 7, and the name by which a policy relaxes it."""

    number: int
    name: str


FORMAT: Final = CheckName(0, "format")
ISSUER: Final = CheckName(1, "issuer")
SIGNATURE: Final = CheckName(2, "signature")
VALIDITY: Final = CheckName(3, "validity")
SCHEMA_CHECK: Final = CheckName(4, "schema")
ACCREDITATION: Final = CheckName(5, "accreditation")
STATUS: Final = CheckName(6, "status")
ANCHOR: Final = CheckName(7, "anchor")
TIMELINE: Final = CheckName(8, "timeline")
PROFILE: Final = CheckName(9, "profile")
HOLDER: Final = CheckName(10, "holder")

CHECKS: Final = (
    FORMAT, ISSUER, SIGNATURE, VALIDITY, SCHEMA_CHECK, ACCREDITATION, STATUS, ANCHOR, TIMELINE, PROFILE,
    HOLDER,
)  # fmt: skip
REQUIRED: Final = frozenset(check.name for check in CHECKS[:9])
"""Required of a credential; `holder` as well of a presentation. `profile` never is: it informs."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's outcome.

    Attributes:
        check: which one.
        outcome: how it ended.
        sentence: for people: what was found, or what is missing to find it.
        evidence: for machines: names to JSON values (keys, entries, times in RFC 3339 UTC, hashes in hex).
        findings: what must not pass silently though it decides nothing.
        reason: a stable word for why it did not pass, such as `revoked` or `retroactive`; None if it did.
    """

    check: CheckName
    outcome: Outcome
    sentence: str
    evidence: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    findings: tuple[str, ...] = ()
    reason: str | None = None

    def to_json(self, *, required: bool) -> dict[str, Any]:
        """The members of one element of `checks`."""
        return {
            "number": self.check.number,
            "name": self.check.name,
            "outcome": self.outcome.value,
            "required": required,
            "reason": self.reason,
            "sentence": self.sentence,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of one credential, in the order of their numbers.

    Attributes:
        results: one for each of `CHECKS`.
        at: the time asked for (T).
        judged_at: the time by which keys and accreditations were judged: of the anchor, or of the asking.
        digest: 32 bytes, under which the credential is anchored; None if it has none.
        issuer: the DID that the credential names; None if none could be read.
        credential_id: its `id`.
        relaxed: names of the checks that the policy does not require.
        required: names of those that it does.
        past: whether the time asked for lies before the asking; the sentence names it then.
        credential: as it was judged, no part of the JSON form; None if it could not be read.
    """

    results: tuple[CheckResult, ...]
    at: datetime
    judged_at: datetime
    digest: bytes | None
    issuer: str | None
    credential_id: str | None
    relaxed: tuple[str, ...]
    required: frozenset[str]
    past: bool = False
    credential: Credential | None = None

    @property
    def outcome(self) -> VerdictOutcome:
        """`invalid` if a required check failed, `indeterminate` if one is not determinable, else `valid`."""
        outcomes = {result.outcome for result in self.results if result.check.name in self.required}
        if Outcome.FAILED in outcomes:
            return "invalid"
        return "indeterminate" if Outcome.NOT_DETERMINABLE in outcomes else "valid"

    @property
    def deciding(self) -> CheckResult | None:
        """The first required check that keeps the verdict from being `valid`: a failed one before others."""
        for outcome in (Outcome.FAILED, Outcome.NOT_DETERMINABLE):
            for result in self.results:
                if result.outcome is outcome and result.check.name in self.required:
                    return result
        return None

    @property
    def sentence(self) -> str:
        """The verdict for people; of a relaxed check that did not pass, what was found all the same."""
        return f"As of {rfc3339(self.at)}: {self._present}" if self.past else self._present

    @property
    def _present(self) -> str:
        if self.deciding is not None:
            return self.deciding.sentence
        if not self.relaxed:
            return "Genuine, in force, and issued by somebody accredited."
        open_ones = (
            f" Not required, {result.check.name}: {result.sentence}"
            for result in self.results
            if result.check.name in self.relaxed
            and result.outcome in {Outcome.FAILED, Outcome.NOT_DETERMINABLE}
        )
        return f"Valid by a policy that does not require: {', '.join(self.relaxed)}.{''.join(open_ones)}"

    @property
    def findings(self) -> tuple[str, ...]:
        """What all checks found that must not pass silently."""
        return tuple(finding for result in self.results for finding in result.findings)

    def result(self, check: CheckName) -> CheckResult:
        """The result of one check."""
        return self.results[check.number]

    def to_json(self) -> dict[str, Any]:
        """The JSON form, described in `docs/verdict.md`."""
        return {
            "schema": SCHEMA,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "at": rfc3339(self.at),
            "judgedAt": rfc3339(self.judged_at),
            "credential": {
                "id": self.credential_id,
                "issuer": self.issuer,
                "digest": self.digest.hex() if self.digest is not None else None,
            },
            "checks": [
                result.to_json(required=result.check.name in self.required) for result in self.results
            ],
            "relaxed": list(self.relaxed),
            "findings": list(self.findings),
        }


@lru_cache(maxsize=4096)
def rfc3339(moment: datetime) -> str:
    """`2026-11-21T10:00:00Z`: UTC, whole seconds (RFC 3339)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"
