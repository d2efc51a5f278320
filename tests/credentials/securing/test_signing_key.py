import copy
import pickle
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256K1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    derive_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import UnfitKey
from credentials.securing.algorithms import SECP256K1_ORDER
from credentials.securing.signing_key import NistSigningKey, signing_key
from did.jwk import jwk_from_public_key, public_key

from .keys import PRIVATE_KEYS, SECRET


@pytest.mark.parametrize("alg", PRIVATE_KEYS)
def test_a_key_knows_its_algorithm_and_its_public_half(alg: str) -> None:
    key = signing_key(PRIVATE_KEYS[alg])
    assert key.alg == alg
    assert jwk_from_public_key(public_key(key.public_jwk)) == key.public_jwk
    assert signing_key(key) is key


@pytest.mark.parametrize("alg", PRIVATE_KEYS)
def test_a_key_never_shows_or_copies_its_secret(alg: str) -> None:
    key = signing_key(PRIVATE_KEYS[alg])
    shown = f"{key!r} {key}"
    assert key.public_jwk["x"] in shown
    for spelling in (SECRET.hex(), repr(SECRET), str(int.from_bytes(SECRET, "big")), "1234567"):
        assert spelling not in shown
    assert not hasattr(key, "__dict__")
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(UnfitKey):
            copier(key)


@pytest.mark.parametrize("alg", PRIVATE_KEYS)
def test_signatures_are_deterministic(alg: str) -> None:
    key = signing_key(PRIVATE_KEYS[alg])
    assert key.sign(b"same") == key.sign(b"same") != key.sign(b"other")


@given(st.binary(max_size=40))
def test_what_is_hashed_already_is_signed_alike(message: bytes) -> None:
    key = NistSigningKey(derive_private_key(7, SECP256R1()))
    assert key.sign_hashed(sha256(message).digest()) == key.sign(message)


def test_another_algorithm_does_not_sign_a_sha_256() -> None:
    with pytest.raises(UnfitKey, match="ES384"):
        NistSigningKey(derive_private_key(7, SECP384R1())).sign_hashed(bytes(32))


@given(st.binary(max_size=40))
def test_a_ledger_keys_signature_has_the_lower_s(message: bytes) -> None:
    signature = signing_key(SECRET).sign(message)
    assert int.from_bytes(signature[32:], "big") <= SECP256K1_ORDER // 2


def test_a_ledger_key_is_the_same_from_either_library() -> None:
    other = derive_private_key(int.from_bytes(SECRET, "big"), SECP256K1())
    assert signing_key(other).public_jwk == signing_key(SECRET).public_jwk
    assert signing_key(other).sign(b"a") == signing_key(SECRET).sign(b"a")


@pytest.mark.parametrize(
    "secret", [b"", SECRET[:31], SECRET + b"\0", bytes(32), SECP256K1_ORDER.to_bytes(32, "big"), b"\xff" * 32]
)
def test_bytes_that_are_no_secret_are_refused_and_not_shown(secret: bytes) -> None:
    with pytest.raises(UnfitKey) as caught:
        signing_key(secret)
    assert caught.value.__cause__ is None
    assert "ff" * 16 not in str(caught.value)


def test_a_curve_without_an_algorithm_is_refused() -> None:
    with pytest.raises(UnfitKey):
        NistSigningKey(derive_private_key(7, SECP521R1()))
