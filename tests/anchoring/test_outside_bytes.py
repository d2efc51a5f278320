"""Whatever strangers send: a parser of this room answers, or raises an error of this room; printers agree."""

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.accreditation_entry import EBSI_ACCREDITATION_ENTRY, parse_accreditation_entry
from anchoring.batch import Batch
from anchoring.checkpoint import parse_checkpoint
from anchoring.digest import secured_digest
from anchoring.entry import KINDS, entry_from_json, entry_to_json
from anchoring.errors import AnchoringError
from anchoring.kinds import kind_from_code
from anchoring.payload import decode_payload, encode_payload
from anchoring.receipt import parse_receipt
from anchoring.receipt_verification import verify_receipt
from anchoring.status_entry import check_url, parse_status_entry
from anchoring.status_list import BITSTRING_STATUS_LIST, STATUS_LIST_2021, decode_list, parse_status_list
from anchoring.strict_json import parse_json
from tests.corruptions import as_mapping, corrupted_bytes, corrupted_json, corrupted_text

from .world import ANCHOR, BATCH, DIGESTS, ORIGIN, RECEIPT, WORLD

CHECKPOINT = WORLD.history.checkpoint(ORIGIN).text()
PRINTED = RECEIPT.to_json()
LIST = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(16_384))).decode().rstrip("=")
BOMB = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(50_000_000))).decode().rstrip("=")
URL = "https://registry.ankyra.invalid/trusted-issuers-registry/v5/issuers/x/proxies/y/1"
STATUS = {
    "id": f"{URL}#5",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "5",
    "statusListCredential": URL,
}
SUBJECT = {"type": BITSTRING_STATUS_LIST, "statusPurpose": "revocation", "encodedList": LIST}
ACCREDITED = {
    "type": EBSI_ACCREDITATION_ENTRY,
    "id": "https://registry.ankyra.invalid/trusted-issuers-registry/v5/issuers/x/attributes/" + "ab" * 32,
}
JWT = b".".join(
    base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"ES256"}', b"{}", bytes(64))
)

READERS: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "checkpoint": (parse_checkpoint, corrupted_bytes(CHECKPOINT.encode())),
    "checkpoint-text": (parse_checkpoint, corrupted_text(CHECKPOINT)),
    "entry": (lambda value: entry_from_json(as_mapping(value)), corrupted_json(entry_to_json(ANCHOR))),
    "leaves": (Batch.from_leaves, corrupted_bytes(BATCH.leaves, b"")),
    "kind": (kind_from_code, corrupted_bytes(ANCHOR.kind.encode().ljust(32, b"\0"))),
    "status-entry": (parse_status_entry, corrupted_json(STATUS)),
    "status-url": (check_url, corrupted_text(URL)),
    "accreditation-entry": (parse_accreditation_entry, corrupted_json(ACCREDITED)),
    "status-list": (parse_status_list, corrupted_json(SUBJECT)),
    "encoded-list": (
        lambda text: decode_list(text, list_type=BITSTRING_STATUS_LIST),
        corrupted_text(LIST) | st.just(BOMB),
    ),
    "encoded-list-2021": (
        lambda text: decode_list(text, list_type=STATUS_LIST_2021),
        corrupted_text(LIST[1:]) | st.just(BOMB[1:]),
    ),
    "json": (parse_json, corrupted_bytes(json.dumps(STATUS).encode(), b'{"a":1,"a":2}', b"\xef\xbb\xbf{}")),
    "receipt": (parse_receipt, corrupted_bytes(PRINTED)),
    "document": (secured_digest, corrupted_bytes(JWT, JWT + b"~e30~", b'{"proof":{}}', b"%PDF-1.7")),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_parser_answers_or_raises_an_error_of_its_room(name: str, data: st.DataObject) -> None:
    read, given_to_it = READERS[name]
    value = data.draw(given_to_it)
    with suppress(AnchoringError):
        read(value)


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_a_payload_decodes_to_what_it_encodes_or_is_refused(kind: str, data: st.DataObject) -> None:
    specimen = next((entry.payload for entry in WORLD.entries if entry.kind == kind), bytes(64))
    payload = data.draw(corrupted_bytes(specimen, bytes(32), bytes(320)))
    try:
        fields = decode_payload(kind, payload)
    except AnchoringError:
        return
    if not any("\\x" in text for text in _strings(fields.values())):  # what is not UTF-8 is told to people
        assert encode_payload(kind, fields) == payload


def _strings(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _strings(value)


@given(corrupted_bytes(CHECKPOINT.encode()))
def test_what_is_read_as_a_checkpoint_is_printed_the_same(body: bytes) -> None:
    try:
        read = parse_checkpoint(body)
    except AnchoringError:
        return
    assert read.text().encode() == body


@given(st.data())
def test_a_receipt_is_read_and_judged_or_refused(data: st.DataObject) -> None:
    document = data.draw(corrupted_bytes(PRINTED))
    try:
        verify_receipt(parse_receipt(document), digest=DIGESTS[4], checkpoint=None)
    except AnchoringError:
        return
    assert document == PRINTED
