"""SD-JWTs with key binding verified, beside the library that RFC 9901's examples were made with."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from benchmarks.figures import Figure, best_of
from credentials.securing.jose import verify_parsed
from credentials.securing.key_binding import verify_key_binding
from credentials.securing.sd_jwt import parse_sd_jwt
from credentials.securing.sd_jwt_issuing import Selectively, issue_sd_jwt, present
from did.jwk import jwk_from_public_key

COUNT = 300
ROUNDS = 5
AUDIENCE = "https://employer.example"
ISSUER, HOLDER = (derive_private_key(number, SECP256R1()) for number in (1_234_567, 7_654_321))
ISSUER_JWK, HOLDER_JWK = (jwk_from_public_key(key.public_key()) for key in (ISSUER, HOLDER))


class _Salts:
    """Salts that nobody should use: 16 bytes each, one after the other."""

    def __init__(self) -> None:
        self._next = 0

    def __call__(self) -> bytes:
        self._next += 1
        return self._next.to_bytes(16, "big")


def _presentations() -> list[tuple[str, str]]:
    """Presentations of ten disclosures, two of them within another, with their nonces."""
    salts = _Salts()
    return [(_presentation(f"nonce-{number}", number, salts), f"nonce-{number}") for number in range(COUNT)]


def _presentation(nonce: str, number: int, salts: _Salts) -> str:
    claims = {
        "iss": "did:web:university.example",
        "vct": "https://credentials.example/degree",
        "iat": 1_795_000_000,
        "exp": 1_900_000_000,
        "cnf": {"jwk": HOLDER_JWK},
        "sub": Selectively(f"did:example:{number}"),
        "title": Selectively("Water and the city"),
        "ects": Selectively(3),
        "eqf": Selectively(7),
        "outcomes": [
            Selectively(f"Explains principle {place} of urban water management") for place in range(3)
        ],
        "assessment": Selectively({"grade": Selectively(9), "supervised": Selectively("by a person")}),
    }
    issued = issue_sd_jwt(
        claims,
        header={"typ": "dc+sd-jwt", "kid": "did:web:university.example#key-1"},
        key=ISSUER,
        salt=salts,
        decoys=2,
    )
    return present(
        issued, show=lambda _one: True, holder=HOLDER, nonce=nonce, audience=AUDIENCE, issued_at=1_795_255_200
    )


def _ours(presentations: list[tuple[str, str]]) -> None:
    for text, nonce in presentations:
        parsed = parse_sd_jwt(text)
        verify_parsed(parsed.jws, jwk=ISSUER_JWK)
        binding = parsed.key_binding
        assert binding is not None
        verify_key_binding(
            binding, bound=parsed.bound, hash_name=parsed.hash_name, jwk=parsed.payload["cnf"]["jwk"]
        )
        assert (binding.nonce, binding.audiences) == (nonce, (AUDIENCE,))
        assert parsed.disclosed.members["assessment"]["grade"] == 9


def _theirs(presentations: list[tuple[str, str]]) -> None:
    key = JWK.from_pyca(ISSUER.public_key())
    for text, nonce in presentations:
        verifier = SDJWTVerifier(text, lambda _issuer, _header: key, AUDIENCE, nonce)
        assert verifier.get_verified_payload()["assessment"]["grade"] == 9


def run() -> list[Figure]:
    """Verify the same presentations by either, in turn."""
    presentations = _presentations()
    ours, theirs = best_of(ROUNDS, lambda: _ours(presentations), lambda: _theirs(presentations))
    return [
        Figure("SD-JWT with key binding, 10 disclosures", COUNT / ours, "/s"),
        Figure("the same by sd-jwt", COUNT / theirs, "/s"),
        Figure("of the rate of sd-jwt", theirs / ours, "x", limit=0.6, floor=True),
    ]
