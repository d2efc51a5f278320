"""Receipts: one printed form, read strictly."""

import json
from dataclasses import replace
from typing import Any

import pytest

from anchoring.digest import file_hash, salted_digest
from anchoring.errors import MalformedReceipt, NotSecured
from anchoring.receipt import MAX_RECEIPT_SIZE, MEDIA_TYPE, parse_receipt

from .world import ANCHOR, BATCH, CHAIN, RECEIPT, WORLD

Members = dict[str, Any]


def _print(members: Members) -> bytes:
    return json.dumps(members, indent=2).encode() + b"\n"


def test_what_is_printed_is_read_back() -> None:
    salted = replace(RECEIPT, salt=bytes(range(32)))
    for receipt in (RECEIPT, salted, replace(RECEIPT, accreditation=())):
        assert parse_receipt(receipt.to_json()) == receipt
    assert MEDIA_TYPE == "application/vnd.ankyra.receipt+json"


def test_a_receipt_is_readable() -> None:
    members = json.loads(RECEIPT.to_json())
    assert list(members) == ["version", "digest", "batch", "entry", "log", "accreditation", "checkpoint"]
    assert list(members["batch"]) == ["did", "attributeId", "root", "size", "index", "path"]
    assert members["entry"]["kind"] == "anchor.batch"
    assert members["checkpoint"].count("\n") == 3
    assert _print(members) == RECEIPT.to_json()


def test_other_printed_forms_are_refused() -> None:
    printed = RECEIPT.to_json()
    members = json.loads(printed)
    for other in (
        printed[:-1],
        printed + b"\n",
        b" " + printed,
        json.dumps(members).encode(),
        json.dumps(members, indent=2, sort_keys=True).encode() + b"\n",
        printed.replace(b"\n", b"\r\n"),
        printed.replace(b'"digest"', b'"d\\u0069gest"'),
        printed.replace(b'"version": 1', b'"version": 1.0'),
        printed.replace(b'"version": 1', b'"version": true'),
        printed.replace(b'"version": 1', b'"version": 2'),
        printed.replace(RECEIPT.digest.hex().encode(), RECEIPT.digest.hex().upper().encode()),
    ):
        with pytest.raises(MalformedReceipt):
            parse_receipt(other)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("surplus",), 1),
        (("batch", "surplus"), 1),
        (("log", "surplus"), 1),
        (("entry", "surplus"), 1),
        (("accreditation", 0, "surplus"), 1),
        (("digest",), "00" * 31),
        (("digest",), "zz" * 32),
        (("digest",), 7),
        (("salt",), "00" * 31),
        (("salt",), None),
        (("batch",), []),
        (("batch", "did"), 1),
        (("batch", "size"), True),
        (("batch", "size"), "11"),
        (("batch", "size"), -1),
        (("batch", "size"), 11.0),
        (("batch", "path"), ["00" * 32] * 65),
        (("batch", "path"), {}),
        (("batch", "path", 0), "00" * 33),
        (("log", "index"), None),
        (("entry", "time"), 5),
        (("entry",), None),
        (("accreditation",), None),
        (("accreditation",), [1]),
        (("accreditation", 0, "entry"), "x"),
        (("checkpoint",), "one line"),
        (("checkpoint",), None),
    ],
)
def test_other_members_are_refused(place: tuple[str | int, ...], value: object) -> None:
    members = json.loads(RECEIPT.to_json())
    inner = members
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(MalformedReceipt):
        parse_receipt(_print(members))


@pytest.mark.parametrize(
    "name", ["version", "digest", "batch", "entry", "log", "accreditation", "checkpoint"]
)
def test_a_missing_member_is_refused(name: str) -> None:
    members = json.loads(RECEIPT.to_json())
    del members[name]
    with pytest.raises(MalformedReceipt):
        parse_receipt(_print(members))


def test_a_chain_of_more_than_sixteen_links_is_refused() -> None:
    receipt = WORLD.receipt(RECEIPT.digest, BATCH, ANCHOR, CHAIN * 6)
    with pytest.raises(MalformedReceipt, match="at most 16"):
        parse_receipt(receipt.to_json())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b'{"version": 1, "version": 1}',
        b"[" * 10_000,
        b" " * (MAX_RECEIPT_SIZE + 1),
    ],
)
def test_hostile_bytes_are_refused(document: bytes) -> None:
    with pytest.raises(MalformedReceipt):
        parse_receipt(document)


def test_a_receipt_knows_how_its_document_counts() -> None:
    salt = bytes(range(32))
    salted = replace(RECEIPT, salt=salt)
    assert salted.digest_of(b"%PDF") == salted_digest(salt=salt, file_hash=file_hash(b"%PDF"))
    with pytest.raises(NotSecured):
        RECEIPT.digest_of(b"%PDF")
    signed = b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA"
    assert RECEIPT.digest_of(signed) == file_hash(signed)
