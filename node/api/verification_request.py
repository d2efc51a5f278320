"""What a request for a verdict asks: the document, the time, the policy, and what the holder was told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anchoring.errors import MalformedReceipt
from anchoring.receipt import Receipt, parse_receipt
from credentials.expected import NOTHING_EXPECTED, Expected
from credentials.plain_text import MAX_ADDRESS, is_plain
from credentials.presentation import MAX_NONCE
from node.api.errors import InvalidJson, InvalidParameter, InvalidRequest
from node.api.json_body import parse_json
from node.api.parameters import time_parameter

MOST_RELAXED = 16
_MEMBERS = frozenset({"credential", "asOf", "policy", "receipt", "expectedNonce", "expectedAudience"})
_JWT_BEGINS = b"eyJ"  # base64url of what a JSON object begins with


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks to be judged, and how."""

    document: bytes
    at: datetime | None = None
    relaxed: frozenset[str] = frozenset()
    receipt: Receipt | None = None
    expected: Expected = NOTHING_EXPECTED


@dataclass(frozen=True, slots=True)
class Parameters:
    """The query's, which speak for a bare document."""

    as_of: str | None
    relax: str | None
    nonce: str | None
    audience: str | None

    def asked(self, document: bytes) -> Asked:
        """What they ask of a bare document.

        Raises:
            InvalidParameter: one of them is no time, no short list of names, or no text of its kind.
        """
        names = [] if self.relax is None else self.relax.split(",")
        at = None if self.as_of is None else time_parameter(self.as_of, name="as-of")
        expected = Expected(
            nonce=_text(self.nonce, name="expected-nonce", most=MAX_NONCE, refusal=InvalidParameter),
            audience=_text(
                self.audience, name="expected-audience", most=MAX_ADDRESS, refusal=InvalidParameter
            ),
        )
        return Asked(document, at, _relaxed(names, InvalidParameter), expected=expected)

    def refuse(self) -> None:
        """Return if there are none, beside an envelope, which says all itself.

        Raises:
            InvalidParameter: there is one.
        """
        if any(value is not None for value in (self.as_of, self.relax, self.nonce, self.audience)):
            raise InvalidParameter(
                "as-of, relax, expected-nonce and expected-audience are for a bare credential; "
                "in an envelope say asOf, policy, expectedNonce and expectedAudience."
            )


def looks_like_an_envelope(body: bytes) -> bool:
    """Whether a body that was declared as a credential would be read as an envelope if declared as JSON."""
    try:
        value = parse_json(body)
    except InvalidJson:
        return False
    return isinstance(value, dict) and "credential" in value and "@context" not in value


def asked_in_json(body: bytes, parameters: Parameters) -> Asked:
    """Return what a body declared as `application/json` asks.

    Raises:
        InvalidJson: it is not strict JSON.
        InvalidRequest: it is neither a credential nor the envelope.
        InvalidParameter: the query speaks beside an envelope.
    """
    if body.lstrip().startswith(_JWT_BEGINS):
        raise InvalidJson("The body is not JSON but looks like a JWT: declare it as application/vc+jwt.")
    value = parse_json(body)
    if not isinstance(value, dict):
        raise InvalidRequest(
            "The body must be a JSON object: a credential or a presentation, or the envelope "
            "{credential, asOf, policy, receipt, expectedNonce, expectedAudience}."
        )
    if "@context" in value or "payload" in value:  # JSON-LD, or a JWS in its JSON serialisation
        return parameters.asked(body)
    parameters.refuse()
    if "credential" not in value:
        raise InvalidRequest("The member credential is missing.")
    if unknown := sorted(value.keys() - _MEMBERS):
        named = ", ".join(name[:64] for name in unknown[:8])
        raise InvalidRequest(f"An envelope has no such members: {named}.")
    return Asked(
        document=_document(value["credential"]),
        at=_optional(value, "asOf", _moment),
        relaxed=_optional(value, "policy", _policy) or frozenset(),
        receipt=_optional(value, "receipt", _receipt),
        expected=Expected(
            nonce=_text(value.get("expectedNonce"), name="expectedNonce", most=MAX_NONCE),
            audience=_text(value.get("expectedAudience"), name="expectedAudience", most=MAX_ADDRESS),
        ),
    )


def _optional(members: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return None if members.get(name) is None else read(members[name])


def _document(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).encode()
    raise InvalidRequest(
        "credential must be a string (a compact JWT, an SD-JWT) or an object (JSON-LD with a proof)."
    )


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise InvalidRequest("asOf must be an RFC 3339 time such as 2026-11-21T10:00:00Z.")
    return time_parameter(value, name="asOf")


def _policy(value: Any) -> frozenset[str]:
    if not isinstance(value, dict) or value.keys() - {"relax"}:
        raise InvalidRequest('policy must be an object with "relax": names of checks that shall not decide.')
    names = value.get("relax", [])
    if not isinstance(names, list):
        raise InvalidRequest("policy.relax must be a list of names of checks.")
    return _relaxed(names, InvalidRequest)


def _relaxed(names: list[Any], refusal: type[InvalidRequest | InvalidParameter]) -> frozenset[str]:
    if len(names) > MOST_RELAXED or not all(isinstance(name, str) for name in names):
        raise refusal(f"relax takes at most {MOST_RELAXED} names of checks.")
    return frozenset(names)


def _text(
    value: Any, *, name: str, most: int, refusal: type[InvalidRequest | InvalidParameter] = InvalidRequest
) -> str | None:
    if value is None or is_plain(value, most=most):
        return value
    raise refusal(f"{name} must be a text of 1 to {most} printable characters.")


def _receipt(value: Any) -> Receipt:
    """Return the receipt, whose members come in the order in which it was printed.

    Raises:
        InvalidRequest: it is none.
    """
    try:
        return parse_receipt(json.dumps(value, indent=2).encode() + b"\n")
    except MalformedReceipt as error:
        raise InvalidRequest(f"The receipt cannot be used: {error}.") from error
