"""Bit strings, held against lists of numbers; their compressed form, against bombs and stumps."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.bitstring import STATUS_SIZES, BitString, expand
from anchoring.errors import IndexOutOfRange, MalformedStatusList, StatusListTooLarge

KILOBYTE = 1024
SIZES = st.sampled_from(STATUS_SIZES)
BITS = st.builds(BitString, st.binary(max_size=40), SIZES)


def slow_twin(bits: BitString) -> list[int]:
    """Return the entries as the digits of one text, left to right."""
    digits = "".join(f"{octet:08b}" for octet in bits.octets)
    return [int(digits[place : place + bits.size], 2) for place in range(0, len(digits), bits.size)]


@given(BITS)
def test_every_entry_is_the_slow_twins(bits: BitString) -> None:
    twin = slow_twin(bits)
    assert len(bits) == len(twin)
    assert [bits.get(index) for index in range(len(bits))] == twin
    assert bits.count() == sum(entry != 0 for entry in twin)


@given(st.data(), BITS.filter(len))
def test_setting_and_clearing_change_these_entries_alone(data: st.DataObject, bits: BitString) -> None:
    indexes = data.draw(st.lists(st.integers(0, len(bits) - 1)))
    status = data.draw(st.integers(0, 2**bits.size - 1))
    before, twin = slow_twin(bits), slow_twin(bits)
    for index in indexes:
        twin[index] = status
    changed = bits.with_set(indexes, status=status)
    assert slow_twin(changed) == twin
    assert slow_twin(bits) == before
    expected = tuple(index for index, entry in enumerate(twin) if entry != before[index])
    assert changed.diff(bits) == bits.diff(changed) == expected
    assert not any(changed.with_cleared(indexes).get(index) for index in indexes)


@pytest.mark.parametrize("size", STATUS_SIZES)
def test_an_empty_string_has_no_entry_set(size: int) -> None:
    bits = BitString.empty(1024, size=size)
    assert len(bits) == 1024
    assert bits.count() == 0
    assert bits == BitString(bytes(128 * size), size)
    assert bits.diff(bits) == ()


def test_the_first_entry_is_the_most_significant_bit() -> None:
    assert BitString.empty(16).with_set([0]).octets == b"\x80\x00"
    assert BitString.empty(16).with_set([15]).octets == b"\x00\x01"
    assert BitString.empty(4, size=4).with_set([1], status=0xA).octets == b"\x0a\x00"


def test_the_same_octets_are_read_with_the_size_that_a_credential_names() -> None:
    bits = BitString(b"\x1b")
    assert bits.with_size(1) is bits
    assert slow_twin(bits.with_size(2)) == [0, 1, 2, 3]
    with pytest.raises(MalformedStatusList, match="not 3"):
        bits.with_size(3)


@pytest.mark.parametrize("index", [-1, 16, 2**63])
def test_an_index_beyond_the_list_is_refused_whatever_is_done_with_it(index: int) -> None:
    bits = BitString.empty(16)
    for use in (bits.get, lambda index: bits.with_set([0, index]), lambda index: bits.with_cleared([index])):
        with pytest.raises(IndexOutOfRange) as caught:
            use(index)
        assert (caught.value.index, caught.value.length) == (index, 16)


def test_impossible_shapes_are_refused() -> None:
    for length, size in ((-8, 1), (7, 1), (3, 2), (1, 4)):
        with pytest.raises(MalformedStatusList, match="whole octets"):
            BitString.empty(length, size=size)
    for size in (0, 3, 5, 16, -1):
        with pytest.raises(MalformedStatusList, match="1, 2, 4 or 8"):
            BitString(b"", size)
    for status in (-1, 4):
        with pytest.raises(MalformedStatusList, match="cannot hold"):
            BitString(b"\0", 2).with_set([0], status=status)


@pytest.mark.parametrize("other", [BitString(bytes(3)), BitString(bytes(2), 2)])
def test_lists_of_different_shapes_are_not_compared(other: BitString) -> None:
    with pytest.raises(MalformedStatusList, match="two states of one list"):
        BitString(bytes(2)).diff(other)


@given(st.binary(max_size=3000))
def test_what_was_compressed_is_expanded_and_needs_all_its_bytes(octets: bytes) -> None:
    compressed = BitString(octets).compress()
    assert compressed == BitString(octets).compress()
    assert gzip.decompress(compressed) == octets == expand(compressed, max_size=len(octets))
    with pytest.raises(MalformedStatusList, match="cut off"):
        expand(compressed[:-1], max_size=len(octets))
    with pytest.raises(MalformedStatusList, match="follows"):
        expand(compressed + b"\0", max_size=len(octets))
    if octets:
        with pytest.raises(StatusListTooLarge):
            expand(compressed, max_size=len(octets) - 1)


def test_the_compressed_form_names_neither_time_nor_platform() -> None:
    assert BitString.empty(8).compress()[:10] == bytes.fromhex("1f8b0800000000000003")


def test_no_flipped_bit_gives_another_list() -> None:
    octets = BitString.empty(131_072).with_set([4, 77_777]).octets
    compressed = BitString(octets).compress()
    refused = 0
    for place in range(len(compressed) * 8):
        flipped = bytearray(compressed)
        flipped[place // 8] ^= 1 << place % 8
        try:
            assert expand(bytes(flipped), max_size=len(octets)) == octets
        except MalformedStatusList:
            refused += 1
    # time and platform in the header mean nothing, nor do the bits between the last code and the checksum
    assert refused >= (len(compressed) - 10) * 8


def test_the_zlib_form_is_read_only_where_it_is_allowed() -> None:
    compressed = zlib.compress(bytes(64))
    assert expand(compressed, max_size=64, zlib_too=True) == bytes(64)
    for spoilt, sentence in ((compressed[:-1], "cut off"), (compressed + b"\0", "follows")):
        with pytest.raises(MalformedStatusList, match=sentence):
            expand(spoilt, max_size=64, zlib_too=True)
    with pytest.raises(MalformedStatusList, match="not compressed as it should be"):
        expand(compressed, max_size=64)


@pytest.mark.parametrize(
    "compressed",
    [b"", b"\x1f", b"plain text", bytes(100), zlib.compress(b"x" * 9)[2:], gzip.compress(b"a") * 2],
    ids=["nothing", "one byte", "text", "zeros", "raw deflate", "two members"],
)
def test_what_is_not_one_member_is_refused(compressed: bytes) -> None:
    with pytest.raises(MalformedStatusList):
        expand(compressed, max_size=100)


@pytest.mark.parametrize("zlib_too", [False, True])
def test_a_bomb_is_never_expanded(zlib_too: bool) -> None:  # noqa: FBT001 - a parameter of the test
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(compressor.compress(bytes(KILOBYTE * KILOBYTE)) for _ in range(64)) + compressor.flush()
    assert len(bomb) < 70 * KILOBYTE
    tracemalloc.start()
    try:
        with pytest.raises(StatusListTooLarge) as caught:
            expand(bomb, max_size=16 * KILOBYTE, zlib_too=zlib_too)
        assert tracemalloc.get_traced_memory()[1] < KILOBYTE * KILOBYTE
    finally:
        tracemalloc.stop()
    assert caught.value.limit == 16 * KILOBYTE
