"""Subjects are typed: nothing of one type can pass for another."""

from hashlib import sha256

import pytest
from eth_abi.abi import encode as abi_encode

from anchoring.entry import KINDS, subject_of
from anchoring.errors import MalformedEntry
from anchoring.subject import (
    anchors_subject,
    attribute_subject,
    did_subject,
    issuer_subject,
    status_subject,
    subject,
)

DID = "did:ebsi:zfEmvX5twhXjQJiCWsukvQA"
ID = b"\x09" * 32


def _defined(subject_type: str, a: bytes, b: bytes = bytes(32)) -> bytes:
    return sha256(abi_encode(["bytes32"] * 3, [subject_type.encode(), a, b])).digest()


def _h(text: str) -> bytes:
    return sha256(text.encode()).digest()


def test_subjects_are_those_of_the_protocol() -> None:
    assert did_subject(DID) == _defined("did", _h(DID))
    assert attribute_subject(DID, ID) == _defined("attribute", _h(DID), ID)
    assert issuer_subject(DID) == _defined("issuer", _h(DID))
    assert anchors_subject(DID) == _defined("anchors", _h(DID))
    assert status_subject(DID, "https://a.example") == _defined("status", _h(DID), _h("https://a.example"))


@pytest.mark.parametrize(
    ("kind", "identity", "expected"),
    [
        ("did.inserted", {"did": DID}, did_subject(DID)),
        ("issuer.began", {"did": DID}, issuer_subject(DID)),
        ("issuer.attribute.data", {"did": DID, "attributeId": ID}, attribute_subject(DID, ID)),
        ("issuer.proxy.removed", {"did": DID, "proxyId": ID}, _defined("proxy", _h(DID), ID)),
        ("anchor.batch", {"did": DID}, anchors_subject(DID)),
        ("status.published", {"did": DID, "url": "u"}, status_subject(DID, "u")),
        ("schema.updated", {"schemaId": ID}, _defined("schema", ID)),
        ("policy.inserted", {"policyName": "LOG:close"}, _defined("policy", _h("LOG:close"))),
        ("policy.granted", {"user": b"\x07" * 20}, _defined("user", bytes(12) + b"\x07" * 20)),
        ("timestamp.hashes", {"hashValue": b"abc"}, _defined("timestamp", sha256(b"abc").digest())),
        ("timestamp.record.info", {"recordId": ID}, _defined("record", ID)),
        ("timestamp.algorithm.updated", {"hashAlgorithmId": 5}, _defined("algorithm", (5).to_bytes(32))),
        ("log.mark", {}, _defined("log", bytes(32))),
    ],
)
def test_each_kind_speaks_of_its_own_subject(kind: str, identity: dict[str, object], expected: bytes) -> None:
    empty: dict[str, object] = {
        "string": "",
        "bytes": b"",
        "bytes32": bytes(32),
        "address": bytes(20),
        "bool": False,
    }
    fields = {
        name: () if abi_type.endswith("[]") else empty.get(abi_type, 0)
        for abi_type, name in KINDS[kind].fields
    }
    assert subject_of(kind, {**fields, **identity}) == expected


def test_a_type_is_part_of_the_subject() -> None:
    assert len({subject(name, ID) for name in ("did", "schema", "record", "algorithm", "anchors")}) == 5


def test_impossible_subjects_are_refused() -> None:
    for subject_type, a, b in (
        ("d" * 33, ID, ID),
        ("dïd", ID, ID),
        ("did", ID[:31], ID),
        ("did", ID, ID + b"\0"),
    ):
        with pytest.raises(MalformedEntry):
            subject(subject_type, a, b)
    with pytest.raises(MalformedEntry, match="surrogate"):
        did_subject("did:\udc80")
