from collections.abc import Iterator

import base58
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from did.errors import DidError, InvalidDid, InvalidPublicKey, UnsupportedPublicKeyType
from did.jwk import Jwk, jwk_from_public_key, public_key
from did.methods.key import did_key_from_jwk, did_key_jcs_from_jwk, document_of_did_key, jwk_from_did_key
from did.multibase import decode_base58btc, encode_base58btc, encode_varint
from tests.did.foreign_vectors import load
from tests.did.sample_keys import JWKS, RSA_JWK

PRINTERS = [did_key_from_jwk, did_key_jcs_from_jwk]


def _did(code: int, raw: bytes) -> str:
    return "did:key:" + encode_base58btc(encode_varint(code) + raw)


def _jwks_in(value: object) -> Iterator[Jwk]:
    if isinstance(value, dict):
        if isinstance(value.get("publicKeyJwk"), dict):
            yield value["publicKeyJwk"]
        for inner in value.values():
            yield from _jwks_in(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _jwks_in(inner)


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize("name", JWKS)
def test_a_key_survives_in_its_did(name: str, printer: type) -> None:
    assert jwk_from_did_key(printer(JWKS[name])) == JWKS[name]


@given(st.integers(1, 2**255))
def test_both_signs_of_y_survive_compression(secret: int) -> None:
    jwk = jwk_from_public_key(derive_private_key(secret, SECP256R1()).public_key())
    assert jwk_from_did_key(did_key_from_jwk(jwk)) == jwk


@pytest.mark.parametrize(
    "name", ["ed25519-x25519.json", "nist-curves.json", "secp256k1.json", "bls12381.json", "rsa.json"]
)
def test_the_community_groups_vectors_are_met_or_refused_by_type(name: str) -> None:
    for did, vector in load(f"w3c-ccg-did-key/{name}").items():
        if did.startswith(("did:key:z6Mk", "did:key:zDn", "did:key:z82", "did:key:zQ3s")):
            jwk = jwk_from_did_key(did)
            assert did_key_from_jwk(jwk) == did
            for stated in _jwks_in(vector["didDocument"]):
                assert stated == jwk or stated["crv"] == "X25519"
        else:
            with pytest.raises(UnsupportedPublicKeyType):
                jwk_from_did_key(did)


def test_the_x25519_vectors_are_refused_by_type() -> None:
    dids = {
        name for name in load("w3c-ccg-did-key/x25519.json")["didDocument"] if name.startswith("did:key:")
    }
    assert dids
    for did in dids:
        with pytest.raises(UnsupportedPublicKeyType):
            jwk_from_did_key(did)


def test_the_vectors_say_the_same_bytes_of_an_ed25519_key() -> None:
    for did, vector in load("w3c-ccg-did-key/ed25519-x25519.json").items():
        if "publicKeyBase58" in vector["verificationKeyPair"]:
            assert _did(0xED, base58.b58decode(vector["verificationKeyPair"]["publicKeyBase58"])) == did


def test_ebsis_vector_of_a_natural_person_is_met() -> None:
    for vector in load("ebsi/did-key-jwk_jcs-pub.json"):
        assert jwk_from_did_key(vector["did"]) == vector["publicKeyJwk"]
        assert did_key_jcs_from_jwk(vector["publicKeyJwk"]) == vector["did"]


def test_a_natural_persons_did_begins_as_ebsi_says() -> None:
    did = did_key_jcs_from_jwk(JWKS["P-256"])
    assert did.startswith("did:key:z2dmzD81cgPx8Vki7")
    assert decode_base58btc(did.removeprefix("did:key:")).startswith(
        b'\xd1\xd6\x03{"crv":"P-256","kty":"EC","x"'
    )


@pytest.mark.parametrize("printer", PRINTERS)
def test_the_document_holds_the_key_under_all_but_key_agreement(printer: type) -> None:
    did = printer(JWKS["P-256"])
    document = document_of_did_key(did)
    key_id = f"{did}#{did.removeprefix('did:key:')}"
    assert document.verification_method[0].id == key_id
    assert document.verification_method[0].public_key_jwk == JWKS["P-256"]
    assert dict(document.relationships) == dict.fromkeys(
        ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"], (key_id,)
    )


@pytest.mark.parametrize("printer", PRINTERS)
def test_an_rsa_key_gets_no_did(printer: type) -> None:
    with pytest.raises(UnsupportedPublicKeyType):
        printer(RSA_JWK)


@pytest.mark.parametrize(
    ("code", "raw"),
    [(0x1205, bytes(67)), (0xEC, bytes(32)), (0xEB, bytes(96)), (0x1202, bytes(67)), (0, b"")],
)
def test_another_multicodec_is_refused_by_type(code: int, raw: bytes) -> None:
    with pytest.raises(UnsupportedPublicKeyType):
        jwk_from_did_key(_did(code, raw))


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        (0xED, bytes(31)),
        (0xED, b"\x01" + bytes(31)),
        (0x1200, b"\x02" + bytes(31)),
        (0x1200, b"\x05" + bytes(32)),
        (0x1200, b"\x02" + b"\xff" * 32),
        (0x1200, b"\x04" + bytes(64)),
        (0xE7, b"\x02" + b"\x05".rjust(32, b"\0")),
        (0x1201, b"\x02" + bytes(32)),
        (0xEB51, b"{"),
        (0xEB51, b"[]"),
        (0xEB51, b'{"kty":"EC"}'),
    ],
)
def test_bytes_that_are_no_key_of_their_type_are_refused(code: int, raw: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        jwk_from_did_key(_did(code, raw))


def test_a_canonical_json_key_has_one_spelling_only() -> None:
    jwk = JWKS["P-256"]
    for members in ({**jwk, "use": "sig"}, {**jwk, "d": "AA"}):
        with pytest.raises(InvalidPublicKey):
            jwk_from_did_key(_did(0xEB51, rfc8785.dumps(members)))
    for text in (rfc8785.dumps(jwk).replace(b":", b": "), rfc8785.dumps(jwk).replace(b"crv", b"\\u0063rv")):
        with pytest.raises(InvalidPublicKey):
            jwk_from_did_key(_did(0xEB51, text))
    with pytest.raises(UnsupportedPublicKeyType):
        jwk_from_did_key(_did(0xEB51, rfc8785.dumps(RSA_JWK)))


@pytest.mark.parametrize(
    "did", ["did:web:a", "did:key:abc", "did:key:z", "did:key:z0", "did:key:z6Mk:x", "nonsense"]
)
def test_what_is_no_did_key_is_refused(did: str) -> None:
    with pytest.raises(InvalidDid):
        jwk_from_did_key(did)


@given(st.sampled_from([0xED, 0x1200, 0x1201, 0xE7, 0xEB51]), st.binary(max_size=70))
def test_no_bytes_come_through_that_are_no_key(code: int, raw: bytes) -> None:
    try:
        jwk = jwk_from_did_key(_did(code, raw))
    except DidError:
        return
    public_key(jwk)
    assert _did(code, raw) in {did_key_from_jwk(jwk), did_key_jcs_from_jwk(jwk)}
