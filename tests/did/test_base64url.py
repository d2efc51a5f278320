import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.base64url import decode_base64url, encode_base64url
from did.errors import InvalidEncoding


@given(st.binary(max_size=200))
def test_decoding_gives_back_what_was_encoded(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data), max_bytes=200) == data


@given(st.text(alphabet="ABab01-_=+/ \n\ud800é", max_size=12))
def test_only_what_the_encoder_prints_is_accepted(text: str) -> None:
    try:
        data = decode_base64url(text, max_bytes=12)
    except InvalidEncoding:
        return
    assert encode_base64url(data) == text


def test_the_vector_of_rfc_7515_appendix_c_encodes() -> None:
    assert encode_base64url(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"


@pytest.mark.parametrize("text", ["A", "AA=", "AB", "AAB", "A+A", "A/", "AA\n", "\uff21A"])
def test_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(InvalidEncoding):
        decode_base64url(text, max_bytes=12)


@pytest.mark.parametrize("length", range(8))
def test_the_bound_counts_decoded_bytes(length: int) -> None:
    text = encode_base64url(bytes(length))
    assert decode_base64url(text, max_bytes=length) == bytes(length)
    with pytest.raises(InvalidEncoding, match="more than"):
        decode_base64url(text + "AA", max_bytes=length)
