"""The key that a credential names for whoever may show it: the claim `cnf` (RFC 7800 section 3.1)."""

from typing import Any

from credentials.errors import KeyRefused
from credentials.securing.reading import MAX_SIZE
from credentials.securing.secured import SecuredCredential
from did.json_text import parse_object


def confirmation_of(secured: SecuredCredential) -> Any:
    """The value of `cnf`, beside the credential or in it; None where it has none.

    Args:
        secured: a credential that was read, so that what its JWT holds is strict JSON.
    """
    if secured.mechanism == "vc-jwt" and secured.jws is not None:  # in no other is anything beside it
        claims = parse_object(secured.jws.payload, max_bytes=MAX_SIZE)
        if "cnf" in claims:
            return claims["cnf"]
    return secured.credential.members.get("cnf")


def named_by(confirmation: object) -> tuple[str, Any]:
    """By what a `cnf` names its one key, and the value (RFC 7800 section 3.1).

    Raises:
        KeyRefused: it names none, or more than one: which of them is meant, nobody could tell.
    """
    if isinstance(confirmation, dict) and len(confirmation) == 1:
        ((name, value),) = confirmation.items()
        if name in {"jwk", "kid"}:
            return name, value
    raise KeyRefused("unknown_confirmation", "It is bound (cnf) in a way that is not known here.")
