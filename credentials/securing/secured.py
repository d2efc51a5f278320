"""A credential and what secures it, before anything is believed (VC Data Model 2.0 section 4.12)."""

from dataclasses import dataclass
from typing import Any, Literal

from credentials.model import Credential

from .jose import ParsedJws
from .proof_sets import EmbeddedProofs
from .sd_jwt import SdJwt
from .seal import Seal

Mechanism = Literal[
    "vc-jwt", "vc-jose", "sd-jwt-vc", "jades", "data-integrity", "ed25519-signature-2020", "embedded-proof"
]


@dataclass(frozen=True, slots=True)
class SecuredCredential:
    """A parsed credential with its one securing mechanism; the signature has not been checked.

    Attributes:
        credential: by the rules of its data model.
        mechanism: `vc-jwt` (VCDM 1.1, claim `vc`), `vc-jose` (VCDM 2.0, `vc+jwt`), `sd-jwt-vc`,
            `jades`, `data-integrity`, `ed25519-signature-2020`, or `embedded-proof` for proofs of the kinds
            before those.
        digest: 32 bytes, under which it is anchored (protocol section 3).
        verification_method: the DID URL of the key, as `kid` or the proof names it.
        algorithm: `alg` of a JWS, the cryptosuite of a proof, its type if it names none.
        jws: its parts, for the JWS mechanisms.
        document: the JSON-LD document with its proofs, for embedded ones.
        not_before: claimed by `nbf`, in seconds; None if absent. Model rules hold it against the credential.
        issued_at: claimed by `iat`, or when the latest proof was made, in seconds; None if absent.
        expires: claimed by `exp`, or by the proof that ends first, in seconds; None if absent.
        parts: what one mechanism has that others have not: all proofs, the seal, disclosures and key binding.
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
    parts: EmbeddedProofs | Seal | SdJwt | None = None
