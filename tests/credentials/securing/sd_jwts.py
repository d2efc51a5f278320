"""SD-JWTs for tests: of an issuer, of a holder, and by hand where nobody honest would make them."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from credentials.securing.disclosures import Disclosure
from credentials.securing.jose import sign_compact
from credentials.securing.sd_jwt_issuing import Selectively, issue_sd_jwt, present
from credentials.securing.signing_key import PrivateKey
from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key

from .keys import PRIVATE_KEYS

ISSUER = "did:web:university.example"
KID = f"{ISSUER}#key-1"
VCT = "https://credentials.example/degree"
NONCE, AUDIENCE, PRESENTED = "n-0S6_WzA2Mj", "https://employer.example", 1_795_255_200
HOLDER = derive_private_key(7_654_321, SECP256R1())
HOLDER_JWK = jwk_from_public_key(HOLDER.public_key())
ISSUER_JWK = jwk_from_public_key(PRIVATE_KEYS["ES256"].public_key())  # type: ignore[union-attr] # no raw secret
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "vct": VCT,
    "iat": 1_795_000_000,
    "nbf": 1_795_000_000,
    "exp": 1_900_000_000,
    "cnf": {"jwk": HOLDER_JWK},
    "sub": Selectively("did:key:zHolder"),
    "degree": Selectively({"name": Selectively("Master"), "ects": 120}),
    "skills": [Selectively("reading"), "writing", Selectively(["arithmetic"])],
}


class Salts:
    """Salts that nobody should use: 0, 1, 2, each 16 bytes."""

    def __init__(self) -> None:
        """Begin at 0."""
        self._next = 0

    def __call__(self) -> bytes:
        """The next one."""
        self._next += 1
        return self._next.to_bytes(16, "big")


def header(**members: Any) -> dict[str, Any]:
    """A header of an SD-JWT VC."""
    return {"typ": "dc+sd-jwt", "kid": KID} | members


def issued(claims: Mapping[str, Any] | None = None, *, decoys: int = 0, **members: Any) -> str:
    """An SD-JWT VC by the issuer, with all of its disclosures; `members` go into the header."""
    return issue_sd_jwt(
        CLAIMS if claims is None else claims,
        header=header(**members),
        key=PRIVATE_KEYS["ES256"],
        salt=Salts(),
        decoys=decoys,
    )


def everything(_disclosure: Disclosure) -> bool:
    """Show all."""
    return True


def named(*names: str | None) -> Any:
    """Show what has one of these names."""
    return lambda disclosure: disclosure.name in names


def presented(
    sd_jwt: str | None = None, *, show: Any = everything, holder: PrivateKey = HOLDER, **said: Any
) -> str:
    """A presentation with key binding by the holder."""
    binding: dict[str, Any] = {"nonce": NONCE, "audience": AUDIENCE, "issued_at": PRESENTED} | said
    return present(issued() if sd_jwt is None else sd_jwt, show=show, holder=holder, **binding)


def disclosure(*parts: Any) -> str:
    """The text of a disclosure of these parts, whatever they are."""
    return encode_base64url(json.dumps(list(parts)).encode())


def digest(text: str) -> str:
    """Its digest, by SHA-256."""
    return encode_base64url(sha256(text.encode()).digest())


def by_hand(payload: Mapping[str, Any], disclosures: Iterable[str] = (), **members: Any) -> str:
    """An SD-JWT signed over this very payload, with these disclosures."""
    front = sign_compact(
        header=header(**members), payload=json.dumps(payload).encode(), key=PRIVATE_KEYS["ES256"]
    )
    return "~".join([front, *disclosures, ""])
