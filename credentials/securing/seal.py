"""An electronic seal as it was read: by which certificate, when, and what else came with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from did.base64url import encode_base64url

from .certificate import CertificateChain

_BY_HASH: Final = "ni:///sha-256;"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a JAdES signature says of itself; nothing of it has been verified.

    Attributes:
        chain: the certificate of the seal and those that came with it.
        sealed_at: when it claims to have been made (`sigT`, `iat`), aware UTC.
        named_issuer: the URI by which the credential names its issuer: anybody may write anything there.
        kid: the header's name of the key, None if it has none.
        signed_properties: names of signed properties that are reported and not judged, such as `adoTst`.
        added: names of what was added to `etsiU` since, which nobody signed: time stamps, revocation data.
        bound: whether a DID has been found whose key it is.
    """

    chain: CertificateChain
    sealed_at: datetime
    named_issuer: str
    kid: str | None = None
    signed_properties: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    bound: bool = False

    @property
    def name(self) -> str:
        """The certificate by its hash (RFC 6920 section 3): whose seal it is, where no DID has its key."""
        return f"{_BY_HASH}{encode_base64url(self.chain.seal.fingerprint)}"
