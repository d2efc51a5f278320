"""What an asker told whoever shows something: a nonce and its own name, against replay and forwarding."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .plain_text import MAX_ADDRESS, is_plain
from .verdict import HOLDER, CheckResult, Outcome

_MAX_AUDIENCES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The nonce and the audience that the asker gave to the holder; None where it gave none.

    Without them nobody can tell a presentation made for this asker from a copy of another one.
    """

    nonce: str | None = None
    audience: str | None = None


NOTHING_EXPECTED: Final = Expected()


def audiences_of(value: object) -> tuple[str, ...] | None:
    """The names in an `aud` claim or a `domain`: a text or a list of them; None if it is neither."""
    listed = value if isinstance(value, list) else [value]
    if len(listed) > _MAX_AUDIENCES or not all(is_plain(name, most=MAX_ADDRESS) for name in listed):
        return None
    return tuple(listed)


def check_expected(
    expected: Expected, *, nonce: str | None, audiences: Collection[str], evidence: Mapping[str, Any]
) -> CheckResult | None:
    """The result of check 10 where a nonce or an audience keeps it from passing; None if both fit.

    What contradicts goes before what nobody could know.

    Args:
        expected: what the asker told the holder.
        nonce: of what was signed; None if there is none.
        audiences: whom it was signed for; none if that is not said.
        evidence: of the check, without the two.
    """
    shown = {**evidence, "nonce": nonce, "audience": list(audiences)}
    for fault in (_other_nonce(expected, nonce), _other_audience(expected, audiences)):
        if fault is not None:
            return CheckResult(HOLDER, Outcome.FAILED, fault[1], shown, reason=fault[0])
    if expected.nonce is None:
        return _unknown("no_expected_nonce", "with which nonce", shown)
    if expected.audience is None:
        return _unknown("no_expected_audience", "for which audience", shown)
    return None


def _unknown(reason: str, what: str, evidence: Mapping[str, Any]) -> CheckResult:
    sentence = f"It may be a copy of what was shown to somebody else: {what} it was asked for was not said."
    return CheckResult(HOLDER, Outcome.NOT_DETERMINABLE, sentence, evidence, reason=reason)


def _other_nonce(expected: Expected, nonce: str | None) -> tuple[str, str] | None:
    if expected.nonce is None or nonce == expected.nonce:
        return None
    if nonce is None:
        return "no_nonce", "It was not made for this request: it has no nonce."
    return "other_nonce", "It was made for another request: its nonce is not the expected one."


def _other_audience(expected: Expected, audiences: Collection[str]) -> tuple[str, str] | None:
    if expected.audience is None or expected.audience in audiences:
        return None
    if not audiences:
        return "no_audience", "It does not say for whom it was made (aud, domain)."
    return "other_audience", "It was made for somebody else: its audience is not the expected one."
