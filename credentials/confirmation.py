"""The key that a credential names for whoever may show it: the claim `cnf` (RFC 7800 section 3.1)."""

from typing import Any

from credentials.securing.reading import MAX_SIZE
from credentials.securing.secured import SecuredCredential
from did.json_text import parse_object


def confirmation_of(secured: SecuredCredential) -> Any:
    """The value of `cnf`, beside the credential or in it; None where it has none.

    Args:
        secured: a credential that was read, so that what its JWT holds is strict JSON.
    """
    if secured.jws is not None:
        claims = parse_object(secured.jws.payload, max_bytes=MAX_SIZE)
        if "cnf" in claims:
            return claims["cnf"]
    return secured.credential.members.get("cnf")
