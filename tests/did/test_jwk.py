import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP521R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from did.base64url import encode_base64url
from did.errors import InvalidPublicKey, UnsupportedPublicKeyType
from did.jwk import jwk_from_public_key, jwk_from_raw_secp256k1, public_key, thumbprint

from .sample_keys import JWKS, KEYS, RSA_JWK, p256, raw_secp256k1


@pytest.mark.parametrize("name", JWKS)
def test_a_key_survives_the_round_trip(name: str) -> None:
    assert public_key(JWKS[name]) == KEYS[name]
    assert jwk_from_public_key(public_key(JWKS[name])) == JWKS[name]


@given(st.integers(1, 2**255))
def test_every_coordinate_keeps_its_leading_zeros(secret: int) -> None:
    jwk = jwk_from_public_key(p256(secret))
    assert len(jwk["x"]) == len(jwk["y"]) == 43
    assert jwk_from_public_key(public_key(jwk)) == jwk


def test_an_rsa_key_survives_the_round_trip() -> None:
    assert jwk_from_public_key(public_key(RSA_JWK)) == RSA_JWK
    assert RSA_JWK["e"] == "AQAB"


def test_the_thumbprint_of_rfc_8037_appendix_a3_is_reproduced() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(jwk) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("name", JWKS)
def test_members_that_do_not_identify_the_key_leave_the_thumbprint_alone(name: str) -> None:
    jwk = JWKS[name]
    reordered = {"kid": "a", "use": "sig", **dict(reversed(jwk.items()))}
    assert thumbprint(reordered) == thumbprint(jwk)


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_member_is_refused_and_not_shown(member: str) -> None:
    with pytest.raises(InvalidPublicKey) as caught:
        public_key({**JWKS["P-256"], member: "c2VjcmV0"})
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("name", ["P-256", "P-384", "secp256k1"])
@pytest.mark.parametrize("member", ["x", "y"])
def test_a_point_beside_the_curve_is_refused(name: str, member: str) -> None:
    jwk = JWKS[name]
    wrong = encode_base64url(bytes(len(jwk[member]) * 3 // 4 - 1) + b"\x05")
    with pytest.raises(InvalidPublicKey, match="not on"):
        public_key({**jwk, member: wrong})


def test_a_coordinate_beyond_the_field_is_refused() -> None:
    with pytest.raises(InvalidPublicKey):
        public_key({**JWKS["P-256"], "x": encode_base64url(b"\xff" * 32)})


@pytest.mark.parametrize(
    "change",
    [
        {"x": None},
        {"x": 7},
        {"x": ""},
        {"x": "AA"},
        {"y": "AA"},
        {"x": "A" * 44},
        {"x": "!" * 43},
        {"x": JWKS["P-256"]["x"] + "="},
    ],
)
def test_a_malformed_member_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidPublicKey):
        public_key({**JWKS["P-256"], **change})


def test_a_missing_member_is_refused() -> None:
    with pytest.raises(InvalidPublicKey):
        public_key({"kty": "EC", "crv": "P-256", "x": JWKS["P-256"]["x"]})


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "oct"},
        {"kty": 5},
        {"kty": ["EC"]},
        {**JWKS["P-256"], "crv": "P-521"},
        {**JWKS["P-256"], "crv": "Ed25519"},
        {**JWKS["Ed25519"], "crv": "X25519"},
    ],
)
def test_another_type_is_told_apart_from_a_broken_key(jwk: dict[str, object]) -> None:
    with pytest.raises(UnsupportedPublicKeyType):
        thumbprint(jwk)


def test_a_key_of_another_curve_is_not_printed() -> None:
    with pytest.raises(UnsupportedPublicKeyType):
        jwk_from_public_key(derive_private_key(7, SECP521R1()).public_key())


def test_an_ed25519_point_of_small_order_is_refused() -> None:
    with pytest.raises(InvalidPublicKey, match="small order"):
        public_key({"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(b"\x01" + bytes(31))})


@pytest.mark.parametrize(
    "change",
    [
        {"n": ""},
        {"e": ""},
        {"e": "AAEAAQ"},
        {"n": encode_base64url(b"\x00" + bytes([128] + [0] * 254 + [1]))},
        {"n": encode_base64url(bytes([64] + [0] * 254 + [1]))},
        {"n": encode_base64url(bytes([128] + [0] * 255))},
        {"n": encode_base64url(bytes([128] + [0] * 1023 + [1]))},
        {"e": "AQ"},
        {"e": "AQAA"},
    ],
)
def test_an_rsa_key_that_is_short_even_or_padded_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(InvalidPublicKey):
        public_key({**RSA_JWK, **change})


@given(st.integers(1, 2**255))
def test_a_raw_ledger_key_and_its_jwk_are_one_key(secret: int) -> None:
    raw = raw_secp256k1(secret)
    key = public_key(jwk_from_raw_secp256k1(raw))
    assert jwk_from_public_key(key) == jwk_from_raw_secp256k1(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        raw_secp256k1(7)[:-1],
        raw_secp256k1(7) + b"\0",
        b"\x02" + raw_secp256k1(7)[1:],
        raw_secp256k1(7)[:-1] + b"\0",
        b"\x04" + b"\xff" * 64,
    ],
)
def test_bytes_that_are_no_raw_ledger_key_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        jwk_from_raw_secp256k1(raw)
