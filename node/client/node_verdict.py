"""A node's verdict on a credential, as its answer tells it: read strictly, its outcome computed again."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.errors import Busy, MalformedCredential
from credentials.moments import parse_moment
from credentials.verdict import CHECKS, HOLDER, REQUIRED, SCHEMA, CheckName, Outcome, VerdictOutcome
from node.client.api import Node
from node.client.errors import NodeProblem, NodeUnreachable, NoNode, UnexpectedAnswer
from node.client.patience import Patience

_MAX_FINDINGS = 1000
_NOW_OF_A_NODE = timedelta(seconds=60)
"""A node whose clock is behind takes a time asked for that is still to come for its own present."""


@dataclass(frozen=True, slots=True)
class NodeCheck:
    """One check as the node tells it.

    Attributes:
        check: which one.
        outcome: how it ended.
        required: whether it decides.
        reason: a stable word for why it did not pass.
        sentence: for people.
    """

    check: CheckName
    outcome: Outcome
    required: bool
    reason: str | None
    sentence: str

    @property
    def decided(self) -> VerdictOutcome:
        """What this check alone comes to."""
        return _outcome((self,))


@dataclass(frozen=True, slots=True)
class NodeVerdict:
    """A whole verdict, which is the node's word.

    Attributes:
        outcome: computed here from the checks.
        sentence: for people.
        at: the time asked for, aware UTC.
        judged_at: the time by which keys and accreditations were judged: of the anchor, or of the asking.
        issuer: the DID that the credential names; None if none could be read.
        checks: all of them, in their order.
        findings: what must not pass silently.
        members: the answer as it came.
    """

    outcome: VerdictOutcome
    sentence: str
    at: datetime
    judged_at: datetime
    issuer: str | None
    checks: tuple[NodeCheck, ...]
    findings: tuple[str, ...]
    members: Mapping[str, Any]

    def check(self, name: CheckName) -> NodeCheck:
        """One of its checks."""
        return self.checks[name.number]


_UNTIL_FREE: Final = Patience(attempts=9, first=0.2, longest=2.0)
"""Eight seconds of pauses: as long as a busy machine takes to start what judges."""


def ask_verdict(
    node: Node, asked: Mapping[str, Any], *, patience: Patience = _UNTIL_FREE
) -> Mapping[str, Any]:
    """The answer to `POST /v1/verifications`, asked again while what judges is busy; then as it is.

    Raises:
        ClientError: the node refuses or does not answer, the first time.
    """
    answer: Mapping[str, Any] = {}
    for attempt in patience.tries():
        try:
            answer = node.post("/v1/verifications", asked)
        except (NodeProblem, NodeUnreachable):
            if not attempt:
                raise
            break  # the answer that is there stands
        if not is_busy(answer):
            break
    return answer


def is_busy(answer: Mapping[str, Any]) -> bool:
    """Whether an answer of whatever form leaves open what would be told soon: what judges it is busy."""
    if answer.get("outcome") != "indeterminate":
        return False
    return any(check.get("reason") == Busy.reason for check in _checks_in(answer))


def _checks_in(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """All checks in an answer: on one credential, or on a presentation and what it shows."""
    credentials = answer.get("credentials")
    listed = [answer.get("holder")]
    for told in [answer, *(credentials if isinstance(credentials, list) else [])]:
        checks = told.get("checks") if isinstance(told, Mapping) else None
        listed += checks if isinstance(checks, list) else []
    return (check for check in listed if isinstance(check, Mapping))


def read_verdict(
    answer: Mapping[str, Any],
    *,
    digest: bytes | None,
    as_of: datetime | None,
    relaxed: Collection[str],
    url: str,
) -> NodeVerdict:
    """The verdict in an answer to `POST /v1/verifications`.

    Args:
        answer: the node's.
        digest: 32 bytes, of the credential that was handed in; None if it has none.
        as_of: the time asked for, or None.
        relaxed: names of the checks that were asked not to decide.
        url: of the node, for messages.

    Raises:
        NoNode: it is none.
        UnexpectedAnswer: it contradicts itself, or answers another question.
    """
    if answer.get("schema") != SCHEMA:
        raise NoNode(url, "/v1/verifications", f"the answer is no {SCHEMA}")
    try:
        verdict = _verdict(answer)
        told = answer["credential"]["digest"]
    except (KeyError, TypeError, ValueError, MalformedCredential) as error:
        raise UnexpectedAnswer(f"the verdict of {url} cannot be read: {error}") from None
    # Of who shows it a node asks wherever it can: the check is required as soon as it is applicable.
    shown = set() if verdict.check(HOLDER).outcome is Outcome.NOT_APPLICABLE else {HOLDER.name}
    required = (REQUIRED | shown) - frozenset(relaxed)
    if {check.check.name for check in verdict.checks if check.required} != required:
        raise UnexpectedAnswer(f"{url} judged by another policy than the one asked for")
    if answer.get("outcome") != verdict.outcome:
        raise UnexpectedAnswer(f"the outcome of {url} is not what its own checks come to")
    if told is not None and (digest is None or told != digest.hex()):
        raise UnexpectedAnswer(f"{url} judged another credential than the one handed in")
    if told is None and verdict.outcome == "valid":
        raise UnexpectedAnswer(f"{url} calls a credential valid and does not name it")
    if as_of is not None and not as_of - _NOW_OF_A_NODE <= verdict.at <= as_of:
        raise UnexpectedAnswer(f"{url} judged as of another time than the one asked for")
    return verdict


def _verdict(answer: Mapping[str, Any]) -> NodeVerdict:
    listed, findings = answer["checks"], answer["findings"]
    if len(listed) != len(CHECKS) or len(findings) > _MAX_FINDINGS:
        raise ValueError("not all checks, or more findings than there can be")
    checks = tuple(read_check(name, members) for name, members in zip(CHECKS, listed, strict=True))
    issuer = answer["credential"]["issuer"]
    return NodeVerdict(
        outcome=_outcome(checks),
        sentence=_text(answer["sentence"]),
        at=parse_moment(answer["at"], name="at"),
        judged_at=parse_moment(answer["judgedAt"], name="judgedAt"),
        issuer=None if issuer is None else _text(issuer),
        checks=checks,
        findings=tuple(map(_text, findings)),
        members=answer,
    )


def read_check(name: CheckName, members: Mapping[str, Any]) -> NodeCheck:
    """One check in an answer.

    Raises:
        KeyError, TypeError, ValueError: it is none, or another.
    """
    if (members["number"], members["name"]) != (name.number, name.name):
        raise ValueError(f"check {name.number} is not {name.name}")
    reason = members["reason"]
    return NodeCheck(
        check=name,
        outcome=Outcome(members["outcome"]),
        required=members["required"] is True,
        reason=None if reason is None else _text(reason),
        sentence=_text(members["sentence"]),
    )


def _outcome(checks: Collection[NodeCheck]) -> VerdictOutcome:
    """By the rule of protocol section 7: unknown is not valid, and failed goes before unknown."""
    outcomes = {check.outcome for check in checks if check.required}
    if Outcome.FAILED in outcomes:
        return "invalid"
    return "indeterminate" if Outcome.NOT_DETERMINABLE in outcomes else "valid"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is none")
    return value
