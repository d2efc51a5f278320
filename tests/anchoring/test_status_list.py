"""Subjects of status list credentials: ours come back, others' are read, what only resembles them is not."""

import json
import zlib
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.bitstring import BitString
from anchoring.errors import (
    MalformedStatusList,
    StatusListTooLarge,
    StatusListTooShort,
    UnknownStatusType,
)
from anchoring.status_list import (
    BITSTRING_STATUS_LIST,
    LIST_TYPES,
    MAX_SIZE,
    MIN_LENGTH,
    STATUS_LIST_2021,
    StatusList,
    decode_list,
    encode_list,
    parse_status_list,
)

BLANK = BitString.empty(MIN_LENGTH)
URL = "https://registry.example/lists/7#list"
INDEXES = st.sets(st.integers(0, MIN_LENGTH - 1), max_size=20)


def subject(list_type: str = BITSTRING_STATUS_LIST, **changes: object) -> dict[str, object]:
    """Return a subject that is read, with these members changed; None takes one out."""
    members = {
        "id": URL,
        "type": list_type,
        "statusPurpose": "revocation",
        "encodedList": encode_list(BLANK.with_set([5]), list_type=list_type),
    } | changes
    return {name: value for name, value in members.items() if value is not None}


def ebsi(vectors: Path, name: str) -> Any:
    folder = vectors / "ebsi" / "vcdm1.1-revocation-statuslist-schema-1.3.0"
    return json.loads((folder / f"examples_issuer-revocation-{name}-bitstring.json").read_bytes())


@pytest.mark.parametrize(("name", "bits"), [("empty", []), ("revoked-1-4", [15, 39])])
def test_ebsis_examples_are_read_and_printed_again(vectors: Path, name: str, bits: list[int]) -> None:
    # the second is named after the octets that it changes, not after its bits
    given = ebsi(vectors, name)["credentialSubject"]
    status_list = parse_status_list(given)
    assert status_list.bits == BLANK.with_set(bits)
    assert status_list.purposes == ("revocation",)
    assert status_list.id == given["id"]
    printed = status_list.to_subject()
    assert printed.keys() == given.keys()
    assert parse_status_list(printed) == status_list


def test_the_specifications_example_is_read_and_printed_byte_for_byte(vectors: Path) -> None:
    examples = json.loads((vectors / "w3c-bitstring-status-list" / "spec-examples.json").read_bytes())
    given = examples["list"]["credentialSubject"]
    status_list = parse_status_list(given)
    assert len(status_list.bits) == examples["expected"]["bits"]
    assert status_list.bits.count() == examples["expected"]["set"]
    assert status_list.to_subject() == given


@given(
    INDEXES,
    st.sampled_from(
        [(STATUS_LIST_2021, 1, None), *((BITSTRING_STATUS_LIST, size, 9) for size in (1, 2, 4, 8))]
    ),
)
def test_what_was_printed_is_read_again(indexes: set[int], shape: tuple[str, int, int | None]) -> None:
    list_type, size, ttl = shape
    bits = BitString.empty(MIN_LENGTH, size=size).with_set(indexes)
    purposes = ("revocation",) if ttl is None else ("revocation", "suspension")
    status_list = StatusList(list_type, purposes, bits, id=URL if len(indexes) % 2 else None, ttl=ttl)
    subject_read = json.loads(json.dumps(status_list.to_subject()))
    assert parse_status_list(subject_read, size=size) == status_list


def test_members_that_mean_nothing_here_are_left_to_the_credential() -> None:
    assert parse_status_list(subject(name="Transcripts of 2026")) == parse_status_list(subject())


@pytest.mark.parametrize(
    "changes",
    [
        {"type": None},
        {"type": ["BitstringStatusList"]},
        {"id": 7},
        {"id": ""},
        {"id": "x" * 2049},
        {"statusPurpose": None},
        {"statusPurpose": 1},
        {"statusPurpose": ""},
        {"statusPurpose": "ä"},
        {"statusPurpose": "x" * 65},
        {"statusPurpose": []},
        {"statusPurpose": ["revocation", 1]},
        {"statusPurpose": ["revocation", "revocation"]},
        {"statusPurpose": [str(number) for number in range(9)]},
        {"ttl": "300000"},
        {"ttl": True},
        {"ttl": -1},
        {"ttl": 2**53},
        {"ttl": 1.5},
        {"statusSize": 2},
        {"statusMessage": []},
        {"statusMessages": []},
        {"encodedList": None},
        {"encodedList": 7},
    ],
    ids=str,
)
def test_a_subject_with_an_impossible_member_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedStatusList):
        parse_status_list(subject(**changes))


@pytest.mark.parametrize("changes", [{"statusPurpose": ["revocation"]}, {"ttl": 1}], ids=str)
def test_what_only_the_newer_list_has_is_refused_in_the_older(changes: dict[str, Any]) -> None:
    assert parse_status_list(subject(**changes)).purposes == ("revocation",)
    with pytest.raises(MalformedStatusList):
        parse_status_list(subject(STATUS_LIST_2021, **changes))


@pytest.mark.parametrize("value", [None, [], [subject()], "subject"], ids=["null", "empty", "list", "text"])
def test_a_subject_is_one_object(value: object) -> None:
    with pytest.raises(MalformedStatusList, match="one object"):
        parse_status_list(value)


def test_a_list_of_another_type_is_told_apart_from_a_malformed_one() -> None:
    with pytest.raises(UnknownStatusType) as caught:
        parse_status_list(subject("RevocationList2020"))
    assert caught.value.status_type == "RevocationList2020"
    with pytest.raises(UnknownStatusType):
        StatusList("TokenStatusList", ("revocation",), BLANK)


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_a_list_of_fewer_entries_than_a_herd_is_refused(size: int) -> None:
    octets = bytes(MIN_LENGTH * size // 8 - 1)
    encoded = encode_list(BitString(octets), list_type=BITSTRING_STATUS_LIST)
    with pytest.raises(StatusListTooShort) as caught:
        parse_status_list(subject(encodedList=encoded), size=size)
    assert (caught.value.length, caught.value.minimum) == (len(octets) * 8 // size, 131_072)


@given(st.binary(max_size=300))
def test_one_list_has_one_spelling(octets: bytes) -> None:
    for list_type in LIST_TYPES:
        encoded = encode_list(BitString(octets), list_type=list_type)
        assert decode_list(encoded, list_type=list_type) == octets
        for spoilt in (
            encoded + "=",
            encoded + "\n",
            " " + encoded,
            encoded[1:],
            encoded + "A",
            encoded + "ä",
        ):
            with pytest.raises(MalformedStatusList):
                decode_list(spoilt, list_type=list_type)


def test_ebsis_base64_may_leave_its_padding_out_and_the_newer_form_must() -> None:
    for count in range(1, 4):
        octets = bytes(range(count))
        printed = b64encode(zlib.compress(octets)).decode()
        assert decode_list(printed, list_type=STATUS_LIST_2021) == octets
        assert decode_list(printed.rstrip("="), list_type=STATUS_LIST_2021) == octets
    multibase = encode_list(BitString(bytes(MIN_LENGTH // 8)), list_type=BITSTRING_STATUS_LIST)
    padded = multibase + "=" * (-(len(multibase) - 1) % 4 or 4)
    with pytest.raises(MalformedStatusList, match="canonical form"):
        decode_list(padded, list_type=BITSTRING_STATUS_LIST)


def test_half_of_a_padding_and_spare_bits_are_refused() -> None:
    octets = next(octets for size in range(9) if len(zlib.compress(octets := b"\1" * size)) % 3 == 1)
    printed = b64encode(zlib.compress(octets)).decode()
    assert printed.endswith("==")
    spare = printed[:-3] + chr(ord(printed[-3]) + 1) + "=="
    assert b64decode(spare) == zlib.compress(octets)
    for spoilt in (printed[:-1], spare):
        with pytest.raises(MalformedStatusList, match="canonical form"):
            decode_list(spoilt, list_type=STATUS_LIST_2021)


def test_each_type_has_its_own_alphabet_and_compression() -> None:
    octets = next(
        octets
        for number in range(999)
        if {"+", "/"}
        <= set(encode_list(BitString(octets := bytes([number % 256]) * number), list_type=STATUS_LIST_2021))
    )
    older = encode_list(BitString(octets), list_type=STATUS_LIST_2021)
    newer = encode_list(BitString(octets), list_type=BITSTRING_STATUS_LIST)
    assert newer == "u" + urlsafe_b64encode(b64decode(older)).decode().rstrip("=")
    for spoilt, list_type in (
        (older, BITSTRING_STATUS_LIST),
        ("u" + older.rstrip("="), BITSTRING_STATUS_LIST),
        (newer, STATUS_LIST_2021),
        (newer[1:], STATUS_LIST_2021),
        ("u" + urlsafe_b64encode(zlib.compress(octets)).decode().rstrip("="), BITSTRING_STATUS_LIST),
        ("", STATUS_LIST_2021),
        ("", BITSTRING_STATUS_LIST),
        ("u", BITSTRING_STATUS_LIST),
    ):
        with pytest.raises(MalformedStatusList):
            decode_list(spoilt, list_type=list_type)


@pytest.mark.parametrize("list_type", LIST_TYPES)
def test_a_bomb_in_a_subject_is_never_expanded(list_type: str) -> None:
    bomb = encode_list(BitString(bytes(MAX_SIZE + 1)), list_type=list_type)
    assert len(bomb) < 2048
    with pytest.raises(StatusListTooLarge) as caught:
        parse_status_list(subject(list_type, encodedList=bomb))
    assert caught.value.limit == MAX_SIZE


def test_a_text_longer_than_any_list_is_not_even_decoded() -> None:
    for text in ("A" * 4000, "%" * 4000):
        with pytest.raises(StatusListTooLarge):
            decode_list(text, list_type=STATUS_LIST_2021, max_size=1024)
    with pytest.raises(MalformedStatusList, match="canonical form"):
        decode_list("%" * 2000, list_type=STATUS_LIST_2021, max_size=1024)


def test_a_list_that_cannot_be_compressed_is_within_the_bounds() -> None:
    octets = b"".join(
        zlib.crc32(number.to_bytes(4, "big")).to_bytes(4, "big") for number in range(MAX_SIZE // 4)
    )
    for list_type in LIST_TYPES:
        assert decode_list(encode_list(BitString(octets), list_type=list_type), list_type=list_type) == octets


def test_a_list_counts_bits_as_publications_do_and_marks_whatever_is_set() -> None:
    bits = BitString.empty(131_072, size=2).with_set([3], status=2)
    status_list = StatusList(BITSTRING_STATUS_LIST, ("revocation",), bits)
    assert status_list.size_in_bits == 262_144
    assert status_list.marks == bits
