import json
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import AlgorithmRefused, CredentialsError, InvalidSignature, MalformedJws, UnfitKey
from credentials.securing.algorithms import SECP256K1_ORDER
from credentials.securing.jose import (
    CompactSigner,
    Limits,
    parse_compact,
    sign_compact,
    verify_compact,
    verify_parsed,
)
from credentials.securing.signing_key import signing_key
from did.base64url import decode_base64url, encode_base64url
from did.jwk import Jwk, jwk_from_public_key

from .keys import PRIVATE_KEYS, rsa_key

JWKS: dict[str, Jwk] = {alg: signing_key(key).public_jwk for alg, key in PRIVATE_KEYS.items()}
SIGNED = {
    alg: sign_compact(header={"typ": "JWT", "kid": "k"}, payload=b'{"a":1}', key=key)
    for alg, key in PRIVATE_KEYS.items()
}
GOOD = SIGNED["ES256"]


def _compact(header: object, payload: bytes = b"{}", signature: bytes = bytes(64)) -> str:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join(encode_base64url(part) for part in (text, payload, signature))


def _rsa(alg: str) -> tuple[str, Jwk]:
    signing_input = _compact({"alg": alg}).rpartition(".")[0]
    padding = PKCS1v15() if alg == "RS256" else PSS(MGF1(SHA256()), 32)
    signature = rsa_key().sign(signing_input.encode(), padding, SHA256())
    return f"{signing_input}.{encode_base64url(signature)}", jwk_from_public_key(rsa_key().public_key())


@pytest.mark.parametrize("alg", SIGNED)
def test_what_was_signed_is_verified_and_returned(alg: str) -> None:
    assert verify_compact(SIGNED[alg], jwk=JWKS[alg]) == b'{"a":1}'
    assert parse_compact(SIGNED[alg]).header == {"alg": alg, "typ": "JWT", "kid": "k"}


@pytest.mark.parametrize("alg", PRIVATE_KEYS)
def test_what_is_signed_comes_with_its_digest(alg: str) -> None:
    signer = CompactSigner(header={"kid": "k"}, key=PRIVATE_KEYS[alg])
    for payload in (b"", b"{}", bytes(5000)):
        text, digest = signer.sign_digested(payload)
        assert digest == sha256(text).digest()
        assert verify_compact(text.decode(), jwk=JWKS[alg]) == payload
        assert signer.sign(payload) == text


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_rsa_seals_are_verified(alg: str) -> None:
    jws, jwk = _rsa(alg)
    assert verify_compact(jws, jwk=jwk) == b"{}"
    head, _, signature = jws.rpartition(".")
    with pytest.raises(InvalidSignature):
        verify_compact(
            f"{head}.{encode_base64url(decode_base64url(signature, max_bytes=256)[::-1])}", jwk=jwk
        )


def test_the_example_of_rfc_7515_appendix_a3_is_verified() -> None:
    jws = (
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb"
        "290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }
    assert json.loads(verify_compact(jws, jwk=jwk))["iss"] == "joe"


def test_the_example_of_rfc_8037_appendix_a4_is_verified() -> None:
    jws = (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhi"
        "jcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert verify_compact(jws, jwk=jwk) == b"Example of Ed25519 signing"


@given(st.sampled_from(sorted(SIGNED)), st.data())
def test_no_changed_character_survives(alg: str, data: st.DataObject) -> None:
    jws = SIGNED[alg]
    place = data.draw(st.integers(0, len(jws) - 1))
    other = data.draw(st.sampled_from("ABab01-_.=").filter(lambda c: c != jws[place]))
    with pytest.raises(CredentialsError):
        verify_compact(jws[:place] + other + jws[place + 1 :], jwk=JWKS[alg])


@given(st.sampled_from(sorted(SIGNED)), st.integers(0, 800))
def test_no_flipped_bit_of_a_signature_survives(alg: str, bit: int) -> None:
    head, _, text = SIGNED[alg].rpartition(".")
    signature = bytearray(decode_base64url(text, max_bytes=96))
    signature[bit // 8 % len(signature)] ^= 1 << bit % 8
    with pytest.raises(InvalidSignature):
        verify_compact(f"{head}.{encode_base64url(bytes(signature))}", jwk=JWKS[alg])


@pytest.mark.parametrize("alg", SIGNED)
def test_a_signature_of_another_form_is_refused(alg: str) -> None:
    head, _, text = SIGNED[alg].rpartition(".")
    good = decode_base64url(text, max_bytes=96)
    for signature in (b"", good[:-1], good + b"\0", bytes(len(good))):
        with pytest.raises(InvalidSignature):
            verify_compact(f"{head}.{encode_base64url(signature)}", jwk=JWKS[alg])


@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES256K"])
def test_a_number_with_more_zeros_before_it_is_no_second_signature(alg: str) -> None:
    head, _, text = SIGNED[alg].rpartition(".")
    good = decode_base64url(text, max_bytes=96)
    padded = good[: len(good) // 2] + b"\0" + good[len(good) // 2 :]
    with pytest.raises(InvalidSignature):
        verify_compact(f"{head}.{encode_base64url(padded)}", jwk=JWKS[alg])


def test_either_s_of_a_secp256k1_signature_is_accepted_as_rfc_8812_allows() -> None:
    head, _, text = SIGNED["ES256K"].rpartition(".")
    signature = decode_base64url(text, max_bytes=64)
    high = SECP256K1_ORDER - int.from_bytes(signature[32:], "big")
    jws = f"{head}.{encode_base64url(signature[:32] + high.to_bytes(32, 'big'))}"
    assert verify_compact(jws, jwk=JWKS["ES256K"]) == b'{"a":1}'


@pytest.mark.parametrize("number", [0, SECP256K1_ORDER, 2**256 - 1])
@pytest.mark.parametrize("half", [0, 1])
def test_a_number_outside_the_group_is_no_signature(number: int, half: int) -> None:
    head, _, text = SIGNED["ES256K"].rpartition(".")
    signature = bytearray(decode_base64url(text, max_bytes=64))
    signature[32 * half : 32 * half + 32] = number.to_bytes(32, "big")
    with pytest.raises(InvalidSignature):
        verify_compact(f"{head}.{encode_base64url(bytes(signature))}", jwk=JWKS["ES256K"])


OTHERS: dict[str, Jwk] = {
    "ES256": jwk_from_public_key(derive_private_key(99, SECP256R1()).public_key()),
    "ES384": jwk_from_public_key(derive_private_key(99, SECP384R1()).public_key()),
    "ES256K": signing_key(bytes([9]) * 32).public_jwk,
    "EdDSA": jwk_from_public_key(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()),
}


@pytest.mark.parametrize("alg", SIGNED)
def test_another_key_of_the_same_type_is_refused(alg: str) -> None:
    with pytest.raises(InvalidSignature):
        verify_compact(SIGNED[alg], jwk=OTHERS[alg])


@pytest.mark.parametrize("alg", SIGNED)
@pytest.mark.parametrize("other", SIGNED)
def test_the_algorithm_must_fit_the_keys_curve(alg: str, other: str) -> None:
    if alg == other:
        return
    with pytest.raises(UnfitKey, match=f"{alg} takes"):
        verify_compact(SIGNED[alg], jwk=JWKS[other])


def test_an_rsa_key_signs_nothing_but_rsa() -> None:
    with pytest.raises(UnfitKey):
        verify_compact(SIGNED["ES256"], jwk={**_rsa("RS256")[1], "crv": "P-256"})


@pytest.mark.parametrize(
    "alg", ["none", "NONE", "HS256", "HS512", "ES512", "ES256 ", "es256", "", None, 7, ["ES256"], {}]
)
def test_unsigned_symmetric_and_unknown_algorithms_are_refused(alg: object) -> None:
    jws = _compact({"alg": alg})
    with pytest.raises(AlgorithmRefused):
        verify_compact(jws, jwk=JWKS["ES256"], algorithms=["none", "HS256", "ES256"])


def test_a_header_without_an_algorithm_is_refused() -> None:
    with pytest.raises(AlgorithmRefused):
        parse_compact(_compact({}))


def test_only_the_callers_algorithms_are_accepted() -> None:
    assert verify_compact(SIGNED["ES256"], jwk=JWKS["ES256"], algorithms={"ES256"})
    with pytest.raises(AlgorithmRefused):
        verify_parsed(parse_compact(SIGNED["ES256"]), jwk=JWKS["ES256"], algorithms={"ES256K"})


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256", "crit": ["exp"], "exp": 1},
        {"alg": "ES256", "crit": []},
        {"alg": "ES256", "b64": False},
        {"alg": "ES256", "b64": True},
        b'{"alg":"ES256","alg":"ES256"}',
        b'["ES256"]',
        b"",
        b"\xff",
        b'{"alg":"ES256"',
        {"alg": "ES256", "x": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
        {"alg": "ES256", "x": "y" * 32_768},
    ],
    ids=range(11),
)
def test_a_header_that_is_not_understood_whole_is_refused(header: object) -> None:
    with pytest.raises(MalformedJws):
        parse_compact(_compact(header))


@pytest.mark.parametrize(
    "jws",
    [
        "",
        "." * 1000,
        GOOD + ".",
        GOOD + ".AA",
        GOOD.rpartition(".")[0],
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD.replace(".", "..", 1),
        GOOD.replace(".", "\u2024", 1),
    ],
    ids=range(10),
)
def test_another_serialisation_is_refused(jws: str) -> None:
    with pytest.raises(MalformedJws):
        parse_compact(jws)


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
def test_each_part_is_bounded_before_it_is_decoded(part: str) -> None:
    jws = _compact({"alg": "ES256"}, bytes(100), bytes(100))
    sizes = {"header": 16, "payload": 100, "signature": 100}
    assert parse_compact(jws, limits=Limits(**sizes)).payload == bytes(100)
    with pytest.raises(MalformedJws, match="more than"):
        parse_compact(jws, limits=Limits(**{**sizes, part: sizes[part] - 1}))


@given(st.text(alphabet="eyJhbGciOiJFUzI1NiJ9.AB-_=", max_size=80))
def test_a_parsed_text_is_the_only_one_for_its_parts(text: str) -> None:
    try:
        parsed = parse_compact("eyJhbGciOiJFUzI1NiJ9" + text)
    except CredentialsError:
        return
    assert (
        parsed.signing_input + b"." + encode_base64url(parsed.signature).encode()
        == ("eyJhbGciOiJFUzI1NiJ9" + text).encode()
    )


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"alg": "ES384"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"d": "AA"},
        {"crv": "P-521"},
        {"x": "AA"},
    ],
)
def test_a_key_declared_for_something_else_or_broken_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnfitKey):
        verify_compact(SIGNED["ES256"], jwk={**JWKS["ES256"], **change})


def test_a_key_declared_for_this_is_accepted() -> None:
    jwk = {**JWKS["ES256"], "use": "sig", "alg": "ES256", "key_ops": ["verify"], "kid": "k"}
    assert verify_compact(SIGNED["ES256"], jwk=jwk)


def test_the_header_cannot_name_another_algorithm_than_the_keys() -> None:
    assert sign_compact(header={"alg": "ES256"}, payload=b"", key=PRIVATE_KEYS["ES256"])
    with pytest.raises(UnfitKey):
        sign_compact(header={"alg": "EdDSA"}, payload=b"", key=PRIVATE_KEYS["ES256"])


def _endless() -> dict[str, Any]:
    header: dict[str, Any] = {}
    header["x"] = header
    return header


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["a"]},
        {"b64": False},
        {"x": object()},
        {"x": float("nan")},
        {"x": "\ud800"},
        {"x": "y" * 32_768},
        _endless(),
    ],
    ids=range(7),
)
def test_nothing_is_signed_that_the_parser_would_refuse(header: dict[str, Any]) -> None:
    with pytest.raises(MalformedJws):
        sign_compact(header=header, payload=b"", key=PRIVATE_KEYS["ES256"])


def test_a_payload_beyond_the_bound_is_not_signed() -> None:
    with pytest.raises(MalformedJws):
        sign_compact(header={}, payload=bytes(1024 * 1024 + 1), key=PRIVATE_KEYS["ES256"])
