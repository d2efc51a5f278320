import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import UnfitKey, UnusableCertificate
from credentials.securing.jades import SEAL_ALGORITHMS
from credentials.securing.jades_signing import seal
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from credentials.securing.seal import Seal

from .certificates import NOW, Sealer, ec_key, sealer
from .credentials import EBSI, SECONDS
from .sealed import members

SEALER = sealer()


@pytest.mark.parametrize(("of", "alg"), [(SEALER, "ES256"), (sealer(rsa=True), "RS256")], ids=["EC", "RSA"])
def test_what_is_sealed_is_read_and_verified(of: Sealer, alg: str) -> None:
    text = seal(members(), key=of.private, certificates=of.x5c, at=NOW)
    secured = read_secured(text.encode())
    assert isinstance(secured.parts, Seal)
    assert (secured.mechanism, secured.algorithm, secured.issued_at) == ("jades", alg, SECONDS)
    assert secured.credential.members == members()
    assert secured.jws is not None
    verify_parsed(secured.jws, jwk=secured.parts.chain.seal.jwk, algorithms=SEAL_ALGORITHMS)
    assert "kid" not in secured.jws.header


def test_a_seal_may_name_the_key_of_a_did() -> None:
    text = seal(members(), key=SEALER.private, certificates=SEALER.x5c, at=NOW, kid=f"{EBSI}#seal")
    parts = read_secured(text.encode()).parts
    assert isinstance(parts, Seal)
    assert parts.kid == f"{EBSI}#seal"


@pytest.mark.parametrize("private", [derive_private_key(3, SECP384R1()), Ed25519PrivateKey.generate()])
def test_a_certificate_of_another_key_seals_nothing(private: Ed25519PrivateKey) -> None:
    with pytest.raises(UnfitKey, match="another key"):
        seal(members(), key=private, certificates=SEALER.x5c, at=NOW)


def test_a_key_that_no_certificate_has_seals_nothing() -> None:
    with pytest.raises(UnfitKey, match="ES256K"):
        seal(
            members(),
            key=ec_key(5).private_numbers().private_value.to_bytes(32, "big"),
            certificates=[],
            at=NOW,
        )
    with pytest.raises(UnusableCertificate):
        seal(members(), key=SEALER.private, certificates=[], at=NOW)
