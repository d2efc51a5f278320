import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.errors import InvalidEncoding
from did.multibase import decode_base58btc, decode_varint, encode_base58btc, encode_varint


@given(st.binary(min_size=1, max_size=64))
def test_base58btc_gives_back_what_was_encoded(data: bytes) -> None:
    assert decode_base58btc(encode_base58btc(data)) == data


@given(st.text(alphabet="z123ABab0OIl \n", max_size=10))
def test_only_what_the_printer_prints_is_base58btc(text: str) -> None:
    try:
        data = decode_base58btc(text)
    except InvalidEncoding:
        return
    assert encode_base58btc(data) == text


@pytest.mark.parametrize("text", ["", "z", "m12", "Z12", "z0", "z1 ", " z1", "z1\n", "zé", "z" + "2" * 1024])
def test_what_is_no_bounded_base58btc_is_refused(text: str) -> None:
    with pytest.raises(InvalidEncoding):
        decode_base58btc(text)


@given(st.integers(min_value=0, max_value=2**63 - 1), st.binary(max_size=4))
def test_a_varint_gives_back_its_value_and_the_rest(value: int, rest: bytes) -> None:
    assert decode_varint(encode_varint(value) + rest) == (value, rest)


def test_the_multicodec_of_canonical_json_keys_is_d1_d6_03() -> None:
    assert encode_varint(0xEB51) == bytes.fromhex("d1d603")


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\x80\x00", b"\xff\x00", b"\x80" * 9 + b"\x01", b"\xff" * 20]
)
def test_an_endless_or_padded_varint_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidEncoding):
        decode_varint(data)
