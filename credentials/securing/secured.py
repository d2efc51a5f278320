"""A credential and what secures it, before anything is believed (VC Data Model 2.0 section 4.12)."""

from dataclasses import dataclass
from typing import Any, Literal

from credentials.model import Credential

from .jose import ParsedJws

Mechanism = Literal["vc-jwt", "vc-jose", "embedded-proof"]


@dataclass(frozen=True, slots=True)
class SecuredCredential:
    """A parsed credential with its one securing mechanism; the signature has not been checked.

    Attributes:
        credential: by the rules of its data model.
        mechanism: `vc-jwt` (VCDM 1.1, claim `vc`), `vc-jose` (VCDM 2.0, `vc+jwt`) or `embedded-proof`.
        digest: 32 bytes, under which it is anchored (protocol section 3).
        verification_method: the DID URL of the key, as `kid` or the proof names it.
        algorithm: `alg` of a JWS, the type of a proof.
        jws: its parts, for the two JWS mechanisms.
        document: the JSON-LD document with its proof, for an embedded one.
        not_before: claimed by `nbf`, in seconds; None if absent. Model rules hold it against the credential.
        issued_at: claimed by `iat`, in seconds; None if absent.
        expires: claimed by `exp`, in seconds; None if absent.
    """

    credential: Credential
    mechanism: Mechanism
    digest: bytes
    verification_method: str
    algorithm: str
    jws: ParsedJws | None = None
    document: dict[str, Any] | None = None
    not_before: int | None = None
    issued_at: int | None = None
    expires: int | None = None
