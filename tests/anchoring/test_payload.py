"""Payloads: exact round trips, refusals, and strings that are no text."""

from hashlib import sha256

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given
from hypothesis import strategies as st

from anchoring.entry import KINDS, decode_payload, encode_payload, subject_of, subject_of_payload
from anchoring.errors import MalformedPayload, UnknownKind
from anchoring.payload import MAX_PAYLOAD_SIZE

from .entries import kinds_and_fields

DID = "did:ebsi:zfEmvX5twhXjQJiCWsukvQA"
STATUS = {
    "did": DID,
    "attributeId": b"\x01" * 32,
    "url": "https://ktu.example/status/1",
    "purpose": "revocation",
    "bits": 1,
    "credentialDigest": b"\x05" * 32,
    "validFrom": 1,
    "validUntil": 2,
    "authority": 1,
}


@given(kinds_and_fields())
def test_fields_come_back_and_nothing_else_is_canonical(drawn: tuple[str, dict[str, object]]) -> None:
    kind, fields = drawn
    payload = encode_payload(kind, fields)
    assert decode_payload(kind, payload) == fields
    types = [abi_type for abi_type, _ in KINDS[kind].fields]
    assert payload == abi_encode(types, [fields[name] for _, name in KINDS[kind].fields])
    assert subject_of_payload(kind, payload) == subject_of(kind, fields)


@given(drawn=kinds_and_fields(), data=st.data())
def test_bytes_are_refused_or_canonical(drawn: tuple[str, dict[str, object]], data: st.DataObject) -> None:
    kind, fields = drawn
    payload = bytearray(encode_payload(kind, fields))
    for _ in range(data.draw(st.integers(1, 3))):
        if payload:
            payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = decode_payload(kind, bytes(payload))
    except MalformedPayload:
        return
    if "\\x" not in repr(decoded).replace("\\\\x", "\\x"):
        assert encode_payload(kind, decoded) == payload


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=400))
def test_random_bytes_raise_nothing_else(kind: str, payload: bytes) -> None:
    try:
        decode_payload(kind, payload)
    except MalformedPayload:
        return
    assert kind == "log.mark" or len(payload) >= 32


def test_a_gap_between_offset_and_tail_is_refused() -> None:
    payload = encode_payload("did.controller.added", {"did": DID, "controller": DID, "authority": 0})
    head, tail = payload[:96], payload[96:]
    shifted = b"".join((int.from_bytes(head[at : at + 32]) + 32).to_bytes(32) for at in (0, 32)) + head[64:96]
    with pytest.raises(MalformedPayload, match="where"):
        decode_payload("did.controller.added", shifted + bytes(32) + tail)
    with pytest.raises(MalformedPayload, match="bytes where the fields fill"):
        decode_payload("did.controller.added", payload + bytes(32))


def test_an_offset_beyond_all_memory_is_refused() -> None:
    payload = b"\xff" * 32 + bytes(64)
    with pytest.raises(MalformedPayload):
        decode_payload("did.base.updated", payload)


def test_a_string_that_is_no_text_stops_nobody() -> None:
    payload = abi_encode(["bytes", "bytes", "uint8"], [DID.encode(), b"{\xff}", 0])
    assert decode_payload("did.base.updated", payload)["baseDocument"] == "{\\xff}"
    assert subject_of_payload("did.base.updated", payload) == subject_of(
        "did.base.updated", {"did": DID, "baseDocument": "", "authority": 0}
    )


def test_the_subject_comes_from_the_bytes_and_not_from_their_spelling_for_people() -> None:
    types = ["string", "bytes32", "bytes", "string", "uint64", "bytes32", "uint64", "uint64", "uint8"]
    values = [STATUS[name] for _, name in KINDS["status.published"].fields]
    raw = abi_encode(types, [*values[:2], b"\xff", *values[3:]])
    assert decode_payload("status.published", raw)["url"] == "\\xff"
    assert subject_of_payload("status.published", raw) != subject_of(
        "status.published", {**STATUS, "url": "\\xff"}
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("did", DID.encode()),
        ("did", "\ud800"),
        ("attributeId", b"\x01" * 31),
        ("attributeId", b"\x01" * 33),
        ("attributeId", "01" * 32),
        ("bits", True),
        ("bits", -1),
        ("bits", 2**64),
        ("bits", "1"),
        ("authority", 256),
        ("colour", "blue"),
    ],
)
def test_fields_of_another_type_are_refused(name: str, value: object) -> None:
    with pytest.raises(MalformedPayload):
        encode_payload("status.published", {**STATUS, name: value})


def test_lists_and_addresses_are_checked_one_by_one() -> None:
    grant: dict[str, object] = {"user": b"\x07" * 20, "attributes": ("LOG:close",), "authority": 2}
    assert decode_payload("policy.granted", encode_payload("policy.granted", grant)) == grant
    for name, value in (("user", b"\x07" * 19), ("attributes", "LOG:close"), ("attributes", (1,))):
        with pytest.raises(MalformedPayload, match=name):
            encode_payload("policy.granted", {**grant, name: value})


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(MalformedPayload, match="has the fields did, attributeId"):
        encode_payload("anchor.batch", {"did": DID})


def test_a_payload_has_a_largest_size() -> None:
    fields: dict[str, object] = {"did": DID, "baseDocument": "x" * (MAX_PAYLOAD_SIZE - 192), "authority": 0}
    assert len(encode_payload("did.base.updated", fields)) == MAX_PAYLOAD_SIZE
    too_long = {**fields, "baseDocument": "x" * (MAX_PAYLOAD_SIZE - 191)}
    with pytest.raises(MalformedPayload, match="at most 32768"):
        encode_payload("did.base.updated", too_long)
    with pytest.raises(MalformedPayload, match="at most 32768"):
        decode_payload("did.base.updated", bytes(MAX_PAYLOAD_SIZE + 32))


def test_an_unknown_kind_is_refused() -> None:
    for ask in (lambda: encode_payload("x", {}), lambda: decode_payload("x", b"")):
        with pytest.raises(UnknownKind):
            ask()


def test_the_hashes_of_texts_name_the_subject() -> None:
    expected = b"status".ljust(32, b"\0") + sha256(DID.encode()).digest()
    expected += sha256(b"https://ktu.example/status/1").digest()
    assert subject_of("status.published", STATUS) == sha256(expected).digest()
