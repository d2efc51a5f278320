"""A JWS by its parts, out of either JSON serialisation with one signature (RFC 7515 section 7.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged

JWS_MEMBERS: Final = frozenset({"payload", "protected", "signature", "signatures"})
"""By one of which a JSON object without a proof is told to be a JWS."""

_ADDED: Final = frozenset({"etsiU"})


@dataclass(frozen=True, slots=True)
class JwsParts:
    """The texts of which a JWS consists, as they stand.

    Attributes:
        protected: the signed header, base64url.
        payload: base64url, or what it is a text of (RFC 7797).
        signature: base64url.
        unprotected: the header that nobody signed.
        compact: whether it stood in the compact serialisation.
    """

    protected: str
    payload: str
    signature: str
    unprotected: Mapping[str, Any] = field(default_factory=dict)
    compact: bool = False

    @property
    def unencoded(self) -> bytes:
        """The payload of a JWS with `b64` false: the text itself (RFC 7797 section 5.2).

        Raises:
            MalformedCredential: it stands between two dots, where no credential can.
        """
        if self.compact:
            raise MalformedCredential("a payload that is not encoded stands in the JSON serialisation only")
        return self.payload.encode()

    @property
    def signing_input(self) -> bytes:
        """What is signed: the header and the payload, as they stand."""
        return f"{self.protected}.{self.payload}".encode()


def parts_of_compact(text: str) -> JwsParts:
    """The parts of a compact JWS.

    Args:
        text: of which the digest was computed, so that the form is known to be right.
    """
    protected, payload, signature = text.split(".")
    return JwsParts(protected, payload, signature, compact=True)


def parts_of_json(members: Mapping[str, Any]) -> JwsParts:
    """The parts of a JWS in the flattened form, or in the general one with one signature.

    Args:
        members: of which the digest was computed, so that the form is known to be right.

    Raises:
        NotJudged: its unprotected header says what nobody signed.
    """
    part = members["signatures"][0] if "signatures" in members else members
    unprotected = part.get("header", {})
    if not unprotected.keys() <= _ADDED:
        surplus = ", ".join(sorted(name[:40] for name in unprotected.keys() - _ADDED))
        raise NotJudged(f"what its unprotected header says is signed by nobody: {surplus[:120]!r}")
    return JwsParts(part["protected"], members["payload"], part["signature"], unprotected)
