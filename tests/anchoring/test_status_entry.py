"""Entries of `credentialStatus`: which bits of which list they mean, and in one spelling only."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.bitstring import BitString
from anchoring.errors import (
    IndexOutOfRange,
    MalformedStatusEntry,
    StatusListTooShort,
    StatusMismatch,
    UnknownStatusPurpose,
    UnknownStatusType,
)
from anchoring.status_entry import (
    BITSTRING_STATUS_LIST_ENTRY,
    PURPOSES,
    STATUS_LIST_2021_ENTRY,
    StatusEntry,
    parse_status_entry,
)
from anchoring.status_list import (
    BITSTRING_STATUS_LIST,
    MIN_LENGTH,
    STATUS_LIST_2021,
    StatusList,
    parse_status_list,
)

LIST = "https://registry.example/trusted-issuers-registry/v5/issuers/did:ebsi:z1/proxies/0x1/lists/7"
MESSAGES = [
    {"status": "0x3", "message": "undefined"},
    {"status": "0x00", "message": "pending", "colour": "grey"},
    {"status": "0x1", "message": "accepted"},
    {"status": "0x2", "message": "rejected"},
]


def entry(entry_type: str = BITSTRING_STATUS_LIST_ENTRY, **changes: object) -> dict[str, object]:
    """Return an entry that is read, with these members changed; None takes one out."""
    members = {
        "id": f"{LIST}#94567",
        "type": entry_type,
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": LIST,
    } | changes
    return {name: value for name, value in members.items() if value is not None}


def test_the_specifications_example_points_into_its_list(vectors: Path) -> None:
    examples = json.loads((vectors / "w3c-bitstring-status-list" / "spec-examples.json").read_bytes())
    given = examples["entry"]["credentialStatus"]
    read = parse_status_entry(given)
    assert read.to_json() == given
    assert read.status_list_index == 94567
    assert read.status_list_credential == examples["list"]["id"]
    assert read.status_in(parse_status_list(examples["list"]["credentialSubject"])) == 0


def test_the_test_suites_entry_without_a_list_is_refused(vectors: Path) -> None:
    file = vectors / "w3c-bitstring-status-list" / "invalidStatusListCredentialId.json"
    given = json.loads(file.read_bytes())["credentialStatus"]
    with pytest.raises(MalformedStatusEntry, match="invalid-id"):
        parse_status_entry(given)
    assert parse_status_entry(given | {"statusListCredential": LIST}).status_list_index == 32516


@given(
    st.sampled_from([(kind, purpose) for kind, purposes in PURPOSES.items() for purpose in purposes]),
    st.integers(0, 10**19 - 1),
    st.sampled_from([None, f"{LIST}#1", "urn:uuid:98de47eb-4290-4515-a07a-a7a8acc15973"]),
    st.sampled_from([1, 2, 4, 8]),
    st.lists(st.sampled_from(["https://a.example/", "https://b.example/?q#f"]), max_size=3),
)
def test_what_was_printed_is_read_again(
    kind: tuple[str, str],
    index: int,
    entry_id: str | None,
    size: int,
    references: list[str],
) -> None:
    if kind[0] == STATUS_LIST_2021_ENTRY:
        size, references = 1, []
    messages = tuple(f"status {status}" for status in range(2**size)) if size > 1 or references else ()
    printed = StatusEntry(*kind, index, LIST, entry_id, size, messages, tuple(references))
    assert parse_status_entry(json.loads(json.dumps(printed.to_json()))) == printed


def test_messages_are_ordered_by_their_status() -> None:
    read = parse_status_entry(entry(statusPurpose="message", statusSize=2, statusMessage=MESSAGES))
    assert read.status_messages == ("pending", "accepted", "rejected", "undefined")


def test_members_that_mean_nothing_here_are_left_to_the_credential() -> None:
    assert parse_status_entry(entry(name="mine")) == parse_status_entry(entry())


@pytest.mark.parametrize(
    "index",
    [
        None,
        94567,
        "",
        "-1",
        "+1",
        "01",
        "00",
        "1.0",
        "1e3",
        " 1",
        "1\n",
        "0x10",
        "1_0",
        "٣",
        "9" * 20,
        "9" * 9999,
    ],
    ids=repr,
)
def test_an_index_has_one_spelling(index: object) -> None:
    for entry_type in PURPOSES:
        with pytest.raises(MalformedStatusEntry, match="statusListIndex"):
            parse_status_entry(entry(entry_type, statusListIndex=index))


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        "invalid-id",
        "/lists/7",
        "//registry.example/7",
        "https:",
        "https://a b",
        "https://ä",
        "https://a\n",
    ],
    ids=repr,
)
def test_a_list_is_named_by_an_absolute_url(url: object) -> None:
    with pytest.raises(MalformedStatusEntry):
        parse_status_entry(entry(statusListCredential=url))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 7},
        {"id": "relative"},
        {"id": ""},
        {"id": LIST},
        {"type": None},
        {"type": ["BitstringStatusListEntry"]},
        {"statusPurpose": None},
        {"statusPurpose": ["revocation"]},
        {"statusListCredential": "https://" + "a" * 2041},
        {"statusSize": "1"},
        {"statusSize": True},
        {"statusSize": 0},
        {"statusSize": 3, "statusMessage": MESSAGES * 2},
        {"statusSize": 2**64},
        {"statusSize": 1.0},
        {"statusSize": 2},
        {"statusSize": 1, "statusMessage": MESSAGES},
        {"statusSize": 8, "statusMessage": MESSAGES * 100},
        {"statusMessage": []},
        {"statusMessage": {}},
        {"statusMessage": None, "statusReference": []},
        {"statusReference": 7},
        {"statusReference": ["https://a.example", 7]},
        {"statusReference": "relative"},
        {"statusReference": ["https://a.example"] * 17},
    ],
    ids=lambda changes: str(changes)[:70],
)
def test_an_entry_with_an_impossible_member_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedStatusEntry):
        parse_status_entry(entry(**changes))


@pytest.mark.parametrize(
    "last",
    [
        [],
        [MESSAGES[0]],
        [{"status": "0x4", "message": ""}],
        [{"status": "2", "message": ""}],
        [{"status": 2, "message": ""}],
        [{"status": "0x002", "message": ""}],
        [{"status": "0x2"}],
        [{"status": "0x2", "message": "x" * 1025}],
        ["0x2"],
    ],
    ids=lambda last: str(last)[:50],
)
def test_each_possible_status_has_one_message(last: list[object]) -> None:
    assert parse_status_entry(entry(statusSize=2, statusMessage=MESSAGES)).status_size == 2
    with pytest.raises(MalformedStatusEntry):
        parse_status_entry(entry(statusSize=2, statusMessage=[*MESSAGES[:3], *last]))


@pytest.mark.parametrize(
    "changes",
    [
        {"statusSize": 1},
        {"statusSize": 2, "statusMessage": MESSAGES},
        {"statusMessage": [{"status": "0x0", "message": "no"}, {"status": "0x1", "message": "yes"}]},
        {"statusReference": "https://a.example"},
    ],
    ids=lambda changes: str(changes)[:70],
)
def test_what_only_the_newer_entry_has_is_refused_in_the_older(changes: dict[str, Any]) -> None:
    read = parse_status_entry(entry(**changes))
    with pytest.raises(MalformedStatusEntry, match="one bit"):
        parse_status_entry(entry(STATUS_LIST_2021_ENTRY, **changes))
    if read != parse_status_entry(entry()):
        with pytest.raises(MalformedStatusEntry, match="one bit"):
            StatusEntry(
                STATUS_LIST_2021_ENTRY,
                "revocation",
                1,
                LIST,
                status_size=read.status_size,
                status_messages=read.status_messages,
                status_references=read.status_references,
            )


@pytest.mark.parametrize("value", [None, [], [entry()], "entry"], ids=["null", "empty", "list", "text"])
def test_an_entry_is_one_object(value: object) -> None:
    with pytest.raises(MalformedStatusEntry, match="an object"):
        parse_status_entry(value)


def test_an_unknown_type_or_purpose_is_told_apart_from_a_malformed_entry() -> None:
    with pytest.raises(UnknownStatusType) as of_type:
        parse_status_entry({"id": "https://essif.europa.eu/status/45", "type": "AnyExtension"})
    assert of_type.value.status_type == "AnyExtension"
    with pytest.raises(UnknownStatusType):
        StatusEntry("AnyExtension", "revocation", 1, LIST)
    for entry_type, purpose in (
        (BITSTRING_STATUS_LIST_ENTRY, "holiday"),
        (STATUS_LIST_2021_ENTRY, "message"),
    ):
        with pytest.raises(UnknownStatusPurpose) as for_purpose:
            parse_status_entry(entry(entry_type, statusPurpose=purpose))
        assert for_purpose.value.status_purpose == purpose


def test_an_index_below_zero_is_no_entry() -> None:
    with pytest.raises(MalformedStatusEntry, match="from 0 on"):
        StatusEntry(BITSTRING_STATUS_LIST_ENTRY, "revocation", -1, LIST)


@pytest.mark.parametrize(
    ("entry_type", "list_type"),
    [(STATUS_LIST_2021_ENTRY, STATUS_LIST_2021), (BITSTRING_STATUS_LIST_ENTRY, BITSTRING_STATUS_LIST)],
)
def test_an_entry_has_the_status_at_its_place(entry_type: str, list_type: str) -> None:
    read = parse_status_entry(entry(entry_type))
    clear = BitString.empty(MIN_LENGTH)
    for bits, status in ((clear.with_set([94566, 94568]), 0), (clear.with_set([94567]), 1)):
        assert read.status_in(StatusList(list_type, ("revocation",), bits)) == status


@pytest.mark.parametrize("size", [2, 4, 8])
def test_a_list_is_read_with_the_size_that_the_entry_names(size: int) -> None:
    bits = BitString.empty(MIN_LENGTH, size=size).with_set([7], status=2**size - 2)
    messages = tuple(str(status) for status in range(2**size))
    pointing = StatusEntry(
        BITSTRING_STATUS_LIST_ENTRY, "message", 7, LIST, status_size=size, status_messages=messages
    )
    # kept as entries of one bit, as it is before any credential says otherwise
    kept = StatusList(BITSTRING_STATUS_LIST, ("message",), BitString(bits.octets))
    assert pointing.status_in(kept) == 2**size - 2
    with pytest.raises(StatusListTooShort):
        pointing.status_in(StatusList(BITSTRING_STATUS_LIST, ("message",), BitString.empty(MIN_LENGTH)))


def test_a_list_of_another_type_or_for_another_purpose_answers_nothing() -> None:
    bits = BitString.empty(MIN_LENGTH)
    read = parse_status_entry(entry())
    with pytest.raises(StatusMismatch, match="the list for suspension, refresh"):
        read.status_in(StatusList(BITSTRING_STATUS_LIST, ("suspension", "refresh"), bits))
    with pytest.raises(StatusMismatch, match="does not point into a StatusList2021"):
        read.status_in(StatusList(STATUS_LIST_2021, ("revocation",), bits))
    assert read.status_in(StatusList(BITSTRING_STATUS_LIST, ("suspension", "revocation"), bits)) == 0


def test_an_index_beyond_the_list_is_not_clear() -> None:
    read = parse_status_entry(entry(statusListIndex=str(MIN_LENGTH)))
    with pytest.raises(IndexOutOfRange):
        read.status_in(StatusList(BITSTRING_STATUS_LIST, ("revocation",), BitString.empty(MIN_LENGTH)))
