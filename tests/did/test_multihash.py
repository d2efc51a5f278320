"""Multihashes: what others print, what is no multihash, and back again."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.base64url import decode_base64url
from did.errors import InvalidEncoding
from did.multihash import CODES, decode_multihash, encode_multihash

PRINTED = "EiDIVMa0OK3HgiSv_tEwLs1ZopJ7Pw8es7jdx_3BN3Wlrg"
"""A timestamp's id in EBSI's API description, without its multibase prefix."""


def test_a_sha2_256_begins_with_0x12_and_its_length() -> None:
    digest = sha256(b"").digest()
    assert encode_multihash("sha2-256", digest) == b"\x12\x20" + digest
    assert decode_multihash(b"\x12\x20" + digest) == (0x12, digest)


def test_what_others_printed_is_read() -> None:
    code, digest = decode_multihash(decode_base64url(PRINTED, max_bytes=34))
    assert (code, len(digest)) == (CODES["sha2-256"], 32)


def test_a_code_above_127_takes_two_bytes() -> None:
    assert encode_multihash("sha2-224", bytes(28))[:3] == b"\x93\x20\x1c"


@given(st.sampled_from(sorted(CODES)), st.binary(max_size=200))
def test_a_multihash_is_read_as_it_was_written(name: str, digest: bytes) -> None:
    assert decode_multihash(encode_multihash(name, digest)) == (CODES[name], digest)


@given(st.binary(max_size=40))
def test_whatever_is_read_is_what_would_be_written(data: bytes) -> None:
    try:
        code, digest = decode_multihash(data)
    except InvalidEncoding:
        return
    for name, known in CODES.items():
        if known == code:
            assert encode_multihash(name, digest) == data


@pytest.mark.parametrize(
    "data", [b"", b"\x12", b"\x12\x20", b"\x12\x20" + bytes(31), b"\x12\x01\x00\x00", b"\x92"]
)
def test_what_is_no_multihash_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidEncoding):
        decode_multihash(data)


@pytest.mark.parametrize("name", ["", "sha-256", "SHA2-256", "x" * 100])
def test_a_name_that_multihashes_do_not_know_is_refused(name: str) -> None:
    with pytest.raises(InvalidEncoding, match="no name of a multihash"):
        encode_multihash(name, b"")
