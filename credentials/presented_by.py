"""Who shows a credential: the holder of the presentation around it, by which key, and how that ended."""

from dataclasses import dataclass

from did.jwk import Jwk

from .verdict import CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedBy:
    """The holder of a presentation, as far as each of its credentials is concerned.

    Attributes:
        holder: a DID; None where the presentation names none.
        verification_method: the DID URL of the key by which it was signed; None if it was not.
        jwk: that key; None where none was found that signed it.
        result: of check 10 for the presentation itself, whatever its credentials say.
    """

    holder: str | None
    verification_method: str | None
    jwk: Jwk | None
    result: CheckResult
