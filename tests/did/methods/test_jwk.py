import json

import pytest

from did.base64url import encode_base64url
from did.errors import InvalidDid, InvalidPublicKey, UnsupportedPublicKeyType
from did.methods.jwk import did_jwk_from_jwk, document_of_did_jwk, jwk_from_did_jwk
from tests.did.sample_keys import JWKS, RSA_JWK

SIGNING = {"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"}


def _did(text: str) -> str:
    return "did:jwk:" + encode_base64url(text.encode())


@pytest.mark.parametrize("name", JWKS)
def test_a_key_survives_with_all_its_members(name: str) -> None:
    jwk = {**JWKS[name], "kid": "first", "use": "sig"}
    assert jwk_from_did_jwk(did_jwk_from_jwk(jwk)) == jwk


def test_an_rsa_key_survives() -> None:
    assert jwk_from_did_jwk(did_jwk_from_jwk(RSA_JWK)) == RSA_JWK


@pytest.mark.parametrize(
    ("name", "use", "relationships"),
    [
        ("P-256", None, SIGNING | {"keyAgreement"}),
        ("P-256", "sig", SIGNING),
        ("P-256", "enc", {"keyAgreement"}),
        ("Ed25519", None, SIGNING),
    ],
)
def test_the_key_stands_where_its_use_and_type_allow(
    name: str, use: str | None, relationships: set[str]
) -> None:
    did = did_jwk_from_jwk(JWKS[name] if use is None else {**JWKS[name], "use": use})
    document = document_of_did_jwk(did)
    assert dict(document.relationships) == dict.fromkeys(relationships, (f"{did}#0",))


def test_a_private_key_gets_no_did_and_none_is_read_from_one() -> None:
    jwk = {**JWKS["P-256"], "d": "AA"}
    with pytest.raises(InvalidPublicKey):
        did_jwk_from_jwk(jwk)
    with pytest.raises(InvalidPublicKey):
        document_of_did_jwk(_did(json.dumps(jwk)))


@pytest.mark.parametrize(
    "did",
    [
        "did:key:zabc",
        "did:jwk:!",
        "did:jwk:e30=",
        "did:jwk:A",
        _did("[]"),
        _did("{"),
        _did('{"kty":"EC","kty":"EC"}'),
        "did:jwk:" + "A" * 2048,
    ],
)
def test_what_is_no_did_jwk_is_refused(did: str) -> None:
    with pytest.raises(InvalidDid):
        document_of_did_jwk(did)


def test_a_key_that_fits_no_did_is_refused() -> None:
    with pytest.raises(InvalidDid):
        did_jwk_from_jwk({**JWKS["P-256"], "kid": "x" * 2048})


def test_another_key_type_is_refused_by_type() -> None:
    with pytest.raises(UnsupportedPublicKeyType):
        document_of_did_jwk(_did('{"kty":"OKP","crv":"X25519","x":"AA"}'))
