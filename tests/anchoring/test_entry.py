"""Entries against the ABI's own encoder, and every spelling that no printer prints."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from anchoring.entry import (
    KINDS,
    MAX_INDEX,
    MAX_PAYLOAD_SIZE,
    MAX_TIME,
    Entry,
    encode_payload,
    entry_from_json,
    entry_to_json,
    issuer_of,
    subject_of,
)
from anchoring.errors import MalformedEntry, UnknownKind

from .entries import ACTOR, entries

DID = "did:ebsi:zfEmvX5twhXjQJiCWsukvQA"
MEMBERS = ["index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash"]
FIELDS = {"did": DID, "attributeId": b"\x01" * 32, "root": b"\x02" * 32, "size": 10_000, "authority": 0}
ENTRY = Entry(
    index=7,
    kind="anchor.batch",
    subject=subject_of("anchor.batch", FIELDS),
    previous=b"\x03" * 32,
    time=1_795_255_200,
    actor=ACTOR,
    parent=b"\x04" * 32,
    payload=encode_payload("anchor.batch", FIELDS),
)


@given(entries())
def test_the_data_is_what_the_ledger_encodes(entry: Entry) -> None:
    types = ["uint8", "bytes32", "bytes32", "bytes32", "uint64", "address", "bytes32", "bytes32"]
    values = [
        1,
        entry.kind.encode(),
        entry.subject,
        entry.previous,
        entry.time,
        entry.actor,
        entry.parent,
        entry.payload_hash,
    ]
    assert entry.data == abi_encode(types, values)
    assert len(entry.data) == 256
    assert entry.payload_hash == sha256(entry.payload).digest()
    assert entry.hash == sha256(b"\x00" + entry.data).digest()


@given(entries())
def test_what_is_printed_is_read_back(entry: Entry) -> None:
    assert entry_from_json(entry_to_json(entry)) == entry


def test_an_entry_is_printed_for_people_and_programs() -> None:
    printed = entry_to_json(ENTRY)
    assert list(printed) == MEMBERS
    assert printed["time"] == "2026-11-21T10:00:00Z"
    assert printed["actor"] == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
    assert printed["previous"] == "03" * 32
    assert ENTRY.recorded_at == datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("index", True),
        ("index", "7"),
        ("index", -1),
        ("index", 8.0),
        ("index", MAX_INDEX + 1),
        ("kind", "anchor.batches"),
        ("kind", 3),
        ("subject", "00" * 31),
        ("previous", "03" * 31 + " 03"),
        ("previous", "0x" + "03" * 32),
        ("previous", "zz" * 32),
        ("time", "2026-11-21T10:00:00.0Z"),
        ("time", "2026-11-21T10:00:00+00:00"),
        ("time", "2026-11-21T9:00:00Z"),
        ("time", "\uff12026-11-21T10:00:00Z"),
        ("time", "1969-12-31T23:59:59Z"),
        ("time", 1_795_255_200),
        ("actor", "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"),
        ("actor", "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        ("actor", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb922"),
        ("parent", None),
        ("payload", "AB"),
        ("payload", "ab" * MAX_PAYLOAD_SIZE + "ab"),
        ("hash", "00" * 32),
        ("colour", "blue"),
    ],
)
def test_other_spellings_are_refused(name: str, value: object) -> None:
    with pytest.raises(MalformedEntry):
        entry_from_json({**entry_to_json(ENTRY), name: value})


@pytest.mark.parametrize("name", MEMBERS)
def test_a_missing_member_is_refused(name: str) -> None:
    with pytest.raises(MalformedEntry, match=name):
        entry_from_json({key: value for key, value in entry_to_json(ENTRY).items() if key != name})


@pytest.mark.parametrize(
    "change",
    [
        {"index": -1},
        {"index": MAX_INDEX + 1},
        {"time": -1},
        {"time": MAX_TIME + 1},
        {"subject": bytes(31)},
        {"previous": bytes(33)},
        {"parent": b""},
        {"actor": bytes(32)},
        {"payload": bytes(MAX_PAYLOAD_SIZE + 1)},
    ],
)
def test_impossible_entries_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(MalformedEntry):
        replace(ENTRY, **change)  # type: ignore[arg-type]  # one row of the table has one field's type


def test_the_largest_values_are_kept() -> None:
    entry = replace(ENTRY, index=MAX_INDEX, time=MAX_TIME, payload=bytes(MAX_PAYLOAD_SIZE))
    assert entry_from_json(entry_to_json(entry)) == entry


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownKind, match=r"did\.invented") as refusal:
        replace(ENTRY, kind="did.invented")
    assert refusal.value.kind == "did.invented"


@given(entries(), st.data())
def test_every_field_changes_the_hash(entry: Entry, data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from(["kind", "subject", "previous", "time", "actor", "parent", "payload"]), label="field"
    )
    if name == "kind":
        value: object = data.draw(st.sampled_from(sorted(KINDS)))
    elif name == "time":
        value = data.draw(st.integers(0, MAX_TIME))
    else:
        value = bytes(byte ^ 1 for byte in getattr(entry, name) or b"\x00")
    if value != getattr(entry, name):
        assert replace(entry, **{name: value}).hash != entry.hash  # type: ignore[arg-type]  # as above


def test_an_entry_names_the_issuer_it_is_about() -> None:
    assert issuer_of(ENTRY) == DID
    mark = replace(ENTRY, kind="log.mark", payload=b"")
    assert issuer_of(mark) is None
    assert mark.fields == {}
    assert ENTRY.fields == FIELDS
