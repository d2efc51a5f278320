"""Token Status Lists: the draft's examples, the order of bits against a slow twin, bombs and stumps."""

import base64
import gzip
import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.bitstring import STATUS_SIZES, BitString, expand_zlib
from anchoring.errors import IndexOutOfRange, MalformedStatusList, StatusListTooLarge, StatusMismatch
from anchoring.status_entry import BITSTRING_STATUS_LIST_ENTRY, StatusEntry
from anchoring.status_list import MAX_SIZE
from anchoring.token_status_list import (
    APPLICATION_SPECIFIC,
    INVALID,
    SUSPENDED,
    VALID,
    TokenStatusList,
    parse_token_status_list,
)

STATUSES = st.sampled_from(STATUS_SIZES).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.lists(st.integers(0, 2**size - 1), min_size=8 // size, max_size=8 // size), max_size=30),
    )
)


def base64url(octets: bytes) -> str:
    """Without padding, as the standard library has it."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def octets_of(text: str) -> bytes:
    """What `base64url` has encoded."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def slow_octets(statuses: list[int], size: int) -> bytes:
    """The draft's own words: entry 0 in the lowest bits of the first octet, and so on upwards."""
    number = sum(status << place * size for place, status in enumerate(statuses))
    return number.to_bytes(len(statuses) * size // 8, "little")


def of(statuses: list[int], size: int) -> TokenStatusList:
    """The list of these statuses, each set by its index."""
    bits = BitString.empty(len(statuses), size=size)
    for index, status in enumerate(statuses):
        bits = bits.with_set([index], status=status)
    return TokenStatusList(bits)


def claim(octets: bytes, size: Any = 1) -> dict[str, Any]:
    """A `status_list` over these octets."""
    return {"bits": size, "lst": base64url(zlib.compress(octets))}


@given(STATUSES)
def test_bits_are_read_and_written_as_the_slow_twin_has_them(made: tuple[int, list[list[int]]]) -> None:
    size, octets = made
    statuses = [status for octet in octets for status in octet]
    written = of(statuses, size).to_json()
    assert written["bits"] == size
    assert zlib.decompress(octets_of(str(written["lst"]))) == slow_octets(statuses, size)
    read = parse_token_status_list(claim(slow_octets(statuses, size), size))
    assert read == of(statuses, size)
    assert [read.bits.get(index) for index in range(len(statuses))] == statuses
    assert read.size_in_bits == len(statuses) * size
    assert [read.marks.get(index) == 1 for index in range(len(statuses))] == [
        status == INVALID for status in statuses
    ]


def test_the_drafts_examples_are_made_byte_for_byte(vectors: Path) -> None:
    examples = json.loads((vectors / "ietf-token-status-list" / "vectors.json").read_bytes())["vectors"]
    assert [example["bits"] for example in examples] == [1, 2]
    for example in examples:
        made = of(example["statuses"], example["bits"])
        assert made.to_json() == {"bits": example["bits"], "lst": example["lst"]}
        assert parse_token_status_list({"bits": example["bits"], "lst": example["lst"]}) == made
        expanded = expand_zlib(octets_of(example["lst"]), max_size=99)
        assert expanded.hex() == example["raw"]


def test_the_order_of_bits_is_not_that_of_a_bitstring() -> None:
    assert parse_token_status_list(claim(b"\x01\x80")).bits.octets == b"\x80\x01"
    assert parse_token_status_list(claim(b"\x1b", 2)).bits.octets == b"\xe4"
    assert parse_token_status_list(claim(b"\x1f", 4)).bits.get(0) == 0xF
    assert parse_token_status_list(claim(b"\x1f", 8)).bits.get(0) == 0x1F


def test_the_draft_names_these_statuses() -> None:
    assert (VALID, INVALID, SUSPENDED) == (0, 1, 2)
    assert sorted(APPLICATION_SPECIFIC) == [3, 11, 12, 13, 14, 15]


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (None, "one object"),
        ([], "one object"),
        ({"lst": claim(b"")["lst"]}, "bits"),
        *((claim(b"\0", bits), "bits") for bits in (0, 3, 16, -1, "1", 1.0, True, None)),
        ({"bits": 1}, "a text"),
        ({"bits": 1, "lst": 7}, "a text"),
        ({"bits": 1, "lst": ""}, "cut off"),
        ({"bits": 1, "lst": "e"}, "not base64url"),
        ({"bits": 1, "lst": claim(b"\0")["lst"] + "="}, "canonical"),
        ({"bits": 1, "lst": " " + claim(b"\0")["lst"]}, "canonical"),
        ({"bits": 1, "lst": "é"}, "canonical|base64url"),
        ({"bits": 1, "lst": "u" + claim(b"\0")["lst"]}, "canonical|base64url|compressed"),
        ({"bits": 1, "lst": base64url(gzip.compress(b"\0", mtime=0))}, "not compressed as it should be"),
        ({"bits": 1, "lst": base64url(zlib.compress(b"\0")[2:-4])}, "not compressed as it should be"),
        ({"bits": 1, "lst": base64url(zlib.compress(b"\0")[:-1])}, "cut off"),
        ({"bits": 1, "lst": base64url(zlib.compress(b"\0") + b"\0")}, "follows"),
    ],
    ids=str,
)
def test_what_is_no_list_of_tokens_is_refused(spoilt: object, sentence: str) -> None:
    with pytest.raises(MalformedStatusList, match=sentence):
        parse_token_status_list(spoilt)


def test_base64_of_the_other_alphabet_is_refused() -> None:
    octets = bytes(range(256))
    text = claim(octets)["lst"]
    assert "-" in text or "_" in text
    assert len(parse_token_status_list({"bits": 8, "lst": text}).bits) == 256
    with pytest.raises(MalformedStatusList, match="canonical"):
        parse_token_status_list({"bits": 8, "lst": text.replace("-", "+").replace("_", "/")})


def test_a_bomb_is_refused_before_it_is_expanded() -> None:
    bomb = claim(bytes(64 * MAX_SIZE))
    tracemalloc.start()
    try:
        with pytest.raises(StatusListTooLarge):
            parse_token_status_list(bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 * MAX_SIZE
    finally:
        tracemalloc.stop()
    with pytest.raises(StatusListTooLarge):
        parse_token_status_list({"bits": 1, "lst": "A" * 2 * MAX_SIZE})
    assert parse_token_status_list(claim(bytes(9)), max_size=9).size_in_bits == 72
    with pytest.raises(StatusListTooLarge):
        parse_token_status_list(claim(bytes(10)), max_size=9)


@given(st.binary(max_size=60), st.sampled_from(STATUS_SIZES))
def test_the_parser_takes_nothing_or_a_list_that_it_prints_alike(compressed: bytes, size: int) -> None:
    lst = base64url(compressed)
    try:
        read = parse_token_status_list({"bits": size, "lst": lst}, max_size=500)
    except MalformedStatusList:
        return
    assert parse_token_status_list(read.to_json()) == read


@given(st.binary(min_size=1, max_size=40), st.sampled_from(STATUS_SIZES), st.data())
def test_matching_entries_are_those_that_are_equal(octets: bytes, size: int, data: st.DataObject) -> None:
    bits = BitString(octets, size)
    status = data.draw(st.integers(0, 2**size - 1))
    found = bits.matching(status)
    assert [found.get(index) for index in range(len(bits))] == [
        int(bits.get(index) == status) for index in range(len(bits))
    ]
    with pytest.raises(MalformedStatusList, match="cannot hold"):
        bits.matching(2**size)


def test_an_entry_of_a_bitstring_is_not_looked_up_in_a_list_of_tokens() -> None:
    entry = StatusEntry(BITSTRING_STATUS_LIST_ENTRY, "revocation", 0, "https://a.example/1")
    with pytest.raises(StatusMismatch, match="TokenStatusList"):
        entry.status_in(TokenStatusList(BitString.empty(131_072)))


def test_an_index_beyond_the_list_is_none() -> None:
    with pytest.raises(IndexOutOfRange):
        of([1, 0, 0, 1], 2).bits.get(4)
