"""The strict reader against the general one: they agree on all that an encoder prints."""

import pytest
from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from anchoring.abi import decode_canonical
from anchoring.errors import MalformedPayload

VALUES: dict[str, st.SearchStrategy[object]] = {
    "uint8": st.integers(0, 2**8 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "uint160": st.integers(0, 2**160 - 1),
    "uint256": st.integers(0, 2**256 - 1),
    "bool": st.booleans(),
    "bytes32": st.binary(min_size=32, max_size=32),
    "bytes": st.binary(max_size=70),
}
TYPES = [*VALUES, *(f"{name}[]" for name in VALUES)]


def _values(abi_type: str) -> st.SearchStrategy[object]:
    if abi_type.endswith("[]"):
        return st.lists(VALUES[abi_type[:-2]], max_size=3).map(tuple)
    return VALUES[abi_type]


@st.composite
def _encodings(draw: st.DrawFn) -> tuple[list[str], tuple[object, ...]]:
    types = draw(st.lists(st.sampled_from(TYPES), max_size=5))
    return types, tuple(draw(_values(abi_type)) for abi_type in types)


@given(_encodings())
def test_what_an_encoder_prints_is_read(drawn: tuple[list[str], tuple[object, ...]]) -> None:
    types, values = drawn
    assert decode_canonical(types, abi_encode(types, values)) == values


@given(drawn=_encodings(), data=st.data())
def test_what_is_read_is_what_an_encoder_prints(
    drawn: tuple[list[str], tuple[object, ...]], data: st.DataObject
) -> None:
    types, values = drawn
    payload = bytearray(abi_encode(types, values))
    for _ in range(data.draw(st.integers(0, 2))):
        if payload:
            payload[data.draw(st.integers(0, len(payload) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    cut = data.draw(st.sampled_from([0, 0, 1, 32]))
    changed = bytes(payload[: len(payload) - cut]) + bytes(data.draw(st.sampled_from([0, 0, 1, 32])))
    try:
        read = decode_canonical(types, changed)
    except MalformedPayload:
        return
    assert abi_encode(types, read) == changed
    assert read == abi_decode(types, changed)


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32) for number in numbers)


@pytest.mark.parametrize(
    ("types", "payload"),
    [
        (["uint8"], _words(256)),
        (["uint64"], _words(2**64)),
        (["uint160"], _words(2**160)),
        (["bool"], _words(2)),
        (["uint8"], b""),
        (["uint8"], bytes(31)),
        (["uint8"], bytes(33)),
        ([], b"\0"),
        (["bytes"], _words(31, 0)),
        (["bytes"], _words(64, 0, 0)),
        (["bytes"], _words(32)),
        (["bytes"], _words(32, 1)),
        (["bytes"], _words(32, 31, 1)),
        (["bytes"], _words(32, 33, 1)),
        (["bytes"], _words(32, 2**255)),
        (["bytes", "bytes"], _words(64, 64, 0)),
        (["bytes[]"], _words(32, 1, 64, 0, 0)),
        (["bytes[]"], _words(32, 2, 64, 64, 0)),
        (["bytes[]"], _words(32, 2**64)),
        (["uint64[]"], _words(32, 1)),
        (["uint64[]"], _words(32, 1, 2**64)),
    ],
)
def test_other_encodings_are_refused(types: list[str], payload: bytes) -> None:
    with pytest.raises(MalformedPayload):
        decode_canonical(types, payload)
