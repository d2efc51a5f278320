"""Whatever clients, ledgers, peers and files say: a reader answers, or raises an error of its own room."""

import gzip
import io
import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from eth_account import Account
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from anchoring.entry import KINDS
from anchoring.errors import AnchoringError
from credentials.errors import CredentialsError, Unavailable
from did.errors import DidError
from did.methods.ebsi import new_did
from did.syntax import parse_did
from node.api.batches import offered_batch
from node.api.errors import ApiError
from node.api.json_body import parse_json
from node.api.json_rpc import parse_call
from node.api.ledger_calls import read_calls
from node.api.negotiation import negotiate
from node.api.parameters import hash_parameter, size_parameter, time_parameter
from node.api.verification_request import Parameters, asked_in_json
from node.backup.errors import BackupError
from node.backup.form import BackupReader
from node.chain.client import LedgerClient
from node.chain.logs import ENTRY_TOPIC, decode_event
from node.chain.quantity import number, octets
from node.chain.receipts import read_receipt
from node.chain.transactions import read_transaction
from node.client.errors import ClientError
from node.client.problems import problem_in
from node.client.profile import load_profile
from node.client.receipts import receipt_from_json
from node.config import load_deployment
from node.errors import LedgerUnavailable, MalformedLedgerAnswer, NodeError
from node.foreign.json_ld import altered, require_one_spelling
from node.foreign.web_dids import ListedWebDids
from node.reverts import decode_revert
from node.services.errors import ServiceError
from node.services.ledger_calls import bounded_params
from node.services.proxy_data import read_proxy_data
from node.services.registry_calls import (
    DID_REGISTRY,
    TRUSTED_ISSUERS_REGISTRY,
    TRUSTED_SCHEMAS_REGISTRY,
    read_call,
)
from tests.anchoring.world import ANCHOR, RECEIPT
from tests.corruptions import as_mapping, corrupted_bytes, corrupted_json, corrupted_text

LOG = "0x" + "ab" * 20
HASH = "0x" + "cd" * 32
KIND = "0x" + KINDS[ANCHOR.kind].code.hex()
DID = new_did(bytes(16))
SIGNED = bytes(
    Account.sign_transaction(
        {
            "nonce": 3,
            "gasPrice": 0,
            "gas": 9,
            "to": bytes(20),
            "value": 0,
            "data": b"\1" * 36,
            "chainId": 31_337,
        },
        bytes(range(1, 33)),
    ).raw_transaction
)

LEDGER_CALL: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "eth_call",
    "params": [{"to": LOG, "data": "0x00", "gas": "0x5208"}, "latest"],
}


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


EVENT: dict[str, Any] = {
    "address": LOG,
    "topics": ["0x" + ENTRY_TOPIC.hex(), "0x" + _word(ANCHOR.index).hex(), KIND, "0x" + ANCHOR.subject.hex()],
    "data": "0x"
    + (
        ANCHOR.previous
        + _word(ANCHOR.time)
        + bytes(12)
        + ANCHOR.actor
        + ANCHOR.parent
        + _word(160)
        + _word(len(ANCHOR.payload))
        + ANCHOR.payload
    ).hex(),
    "blockNumber": "0x10",
    "blockHash": HASH,
    "transactionHash": HASH,
}
TRANSACTION_RECEIPT = {
    "transactionHash": HASH,
    "status": "0x1",
    "blockNumber": "0x10",
    "blockHash": HASH,
    "logs": [EVENT],
}
CALL = {"jsonrpc": "2.0", "method": "eth_call", "params": [{}], "id": 1}
BATCH = {
    "did": DID,
    "attributeId": "ab" * 32,
    "from": LOG,
    "root": "cd" * 32,
    "size": 1,
    "digests": "A" * 43,
    "jws": "a.b.c",
}
ENVELOPE = {
    "credential": "eyJ.a.b",
    "asOf": "2026-11-21T10:00:00Z",
    "policy": {"relax": ["issuer"]},
    "receipt": json.loads(RECEIPT.to_json()),
}
PROBLEM = {"type": "about:blank", "title": "No", "status": 400, "detail": "Because.", "code": "no"}
RPC_PROBLEM = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32600, "message": "no"}}
RESOLUTION = {"didResolutionMetadata": {"error": "notFound"}, "didDocumentMetadata": {"deactivated": True}}
DEPLOYMENT = {
    "name": "desk",
    "chainId": 31_337,
    "registryLog": LOG,
    "firstBlock": 1,
    "contracts": dict.fromkeys(
        (
            *("TrustedPoliciesRegistry", "DidRegistry", "TrustedIssuersRegistry"),
            *("TrustedSchemasRegistry", "AnchorRegistry"),
        ),
        LOG,
    ),
}
PROFILE = {
    "did": DID,
    "node": "http://127.0.0.1:8080",
    "ledger_key": "l",
    "credential_key": "c",
    "deployment": None,
    "retired_keys": ["old"],
}
JSON_LD = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "id": "urn:a",
    "type": ["A"],
    "b": {"c": "1"},
}
HEADER = (
    b'{"chainId":1,"createdAt":"2026-11-21T10:00:00+00:00","length":0,"logAddress":"' + LOG.encode() + b'",'
    b'"logRoot":"' + b"ab" * 32 + b'","logSize":1,"schema":"0002"}\n'
)
BACKUP = b"ankyra-backup/1 " + sha256(HEADER).hexdigest().encode() + b"\n" + HEADER
REGISTRIES = (DID_REGISTRY, TRUSTED_ISSUERS_REGISTRY, TRUSTED_SCHEMAS_REGISTRY)
PARAMS = {"from": LOG, "did": DID, "baseDocument": "{}", "vMethodId": "k", "publicKey": "0x04" + "ab" * 64}
PARAMS |= {"isSecp256k1": True, "notBefore": 1, "notAfter": 2}  # type: ignore[dict-item] # as callers mix them


def _negotiated(accept: str) -> object:
    header = accept.encode("utf-8", "replace")
    request = Request({"type": "http", "headers": [(b"accept", header)]})
    return negotiate(request, ("application/json", "text/plain"))


def _called(value: Any) -> None:
    for registry in REGISTRIES:
        for method in registry.methods:
            with suppress(ServiceError):
                read_call(registry, method, as_mapping(value))


def _spelled(value: Any) -> None:
    require_one_spelling(as_mapping(value))
    list(altered(as_mapping(value)))


def _asked_of(value: Any) -> object:
    return asked_in_json(json.dumps(value).encode(), Parameters(None, None, None, None))


READERS: dict[str, tuple[Callable[[Any], object], st.SearchStrategy[Any]]] = {
    "transaction": (read_transaction, corrupted_bytes(SIGNED)),
    "number": (number, corrupted_text("0x10", HASH)),
    "octets": (octets, corrupted_text(HASH)),
    "event": (lambda value: decode_event(value, LOG), corrupted_json(EVENT)),
    "transaction-receipt": (
        lambda value: read_receipt(value, transaction_hash=b"\xcd" * 32, log_address=LOG),
        corrupted_json(TRANSACTION_RECEIPT),
    ),
    "revert": (decode_revert, corrupted_bytes(bytes.fromhex("08c379a0") + _word(32) + _word(1) + _word(1))),
    "call": (parse_call, corrupted_json(CALL)),
    "registry-call": (_called, corrupted_json(PARAMS)),
    "batch": (offered_batch, corrupted_json(BATCH)),
    "envelope": (_asked_of, corrupted_json(ENVELOPE)),
    "envelope-bytes": (
        lambda body: asked_in_json(body, Parameters(None, None, None, None)),
        corrupted_bytes(json.dumps(ENVELOPE).encode()),
    ),
    "as-of": (
        lambda text: Parameters(text, text, text, text).asked(b""),
        corrupted_text("2026-11-21T10:00:00Z", "issuer,status"),
    ),
    "body": (parse_json, corrupted_bytes(json.dumps(BATCH).encode())),
    "hash": (hash_parameter, corrupted_text("ab" * 32)),
    "size": (size_parameter, corrupted_text("1048576")),
    "time": (
        lambda text: time_parameter(text, name="valid-at"),
        corrupted_text("2026-11-21T10:00:00.5+01:00"),
    ),
    "accept": (_negotiated, corrupted_text("text/*;q=0.5, application/json;q=1, */*;q=0")),
    "problem": (lambda body: problem_in(400, body), corrupted_bytes(json.dumps(PROBLEM).encode())),
    "problem-members": (lambda value: problem_in(400, json.dumps(value).encode()), corrupted_json(PROBLEM)),
    "rpc-problem": (lambda value: problem_in(400, json.dumps(value).encode()), corrupted_json(RPC_PROBLEM)),
    "resolution-problem": (
        lambda value: problem_in(410, json.dumps(value).encode()),
        corrupted_json(RESOLUTION),
    ),
    "offered-receipt": (
        lambda value: receipt_from_json(as_mapping(value), salt=None),
        corrupted_json(json.loads(RECEIPT.to_json())),
    ),
    "json-ld": (
        _spelled,
        corrupted_json(JSON_LD),
    ),
    "ledger-calls": (read_calls, corrupted_json([LEDGER_CALL, LEDGER_CALL | {"id": "a"}])),
    "ledger-call": (
        lambda call: bounded_params("eth_call", [call, "latest"], head=lambda: 7),
        corrupted_json(LEDGER_CALL["params"][0]),
    ),
    "ledger-filter": (
        lambda asked: bounded_params("eth_getLogs", [asked], head=lambda: 7),
        corrupted_json(
            {"address": [LOG], "topics": [HASH, [HASH, None]], "fromBlock": "0x1", "toBlock": "0x2"}
        ),
    ),
    "proxy-data": (
        lambda text: read_proxy_data(text, origins=("https://registry.example",)),
        corrupted_text(
            '{"prefix":"https://uni.example/a","headers":{"Cache-Control":"no-cache"},"testSuffix":"/1"}'
        ),
    ),
    "backup": (lambda content: BackupReader(Path("backup"), io.BytesIO(content)), corrupted_bytes(BACKUP)),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_reader_answers_or_raises_an_error_of_its_room(name: str, data: st.DataObject) -> None:
    read, given_to_it = READERS[name]
    value = data.draw(given_to_it)
    with suppress(
        *(ApiError, ServiceError, NodeError, ClientError, BackupError),
        *(AnchoringError, CredentialsError, DidError),
    ):
        read(value)


FILES: dict[str, tuple[Callable[[Path], object], str, Any]] = {
    "deployment": (lambda folder: load_deployment(folder / "deployment.json"), "deployment.json", DEPLOYMENT),
    "profile": (load_profile, "profile.json", PROFILE),
}


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_a_file_that_was_tampered_with_is_read_or_refused(
    name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read, file, specimen = FILES[name]
    folder = tmp_path_factory.mktemp(name)
    content = data.draw(
        corrupted_json(specimen).map(lambda value: json.dumps(value).encode())
        | corrupted_bytes(json.dumps(specimen).encode())
    )
    (folder / file).write_bytes(content)
    with suppress(NodeError, ClientError):
        read(folder)


PACKED = gzip.compress(bytes(1_000_000))


def _bomb(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=PACKED, headers={"Content-Encoding": "gzip"})


def test_a_ledger_cannot_send_what_swells_when_it_is_unpacked() -> None:
    ledger = LedgerClient(["http://ledger.invalid"], transport=httpx.MockTransport(_bomb))
    with pytest.raises(LedgerUnavailable, match="content encoding"):
        ledger.request("eth_blockNumber")


def test_a_host_of_did_web_cannot_either() -> None:
    hosts = ListedWebDids(["uni.example"], connect=lambda: httpx.Client(transport=httpx.MockTransport(_bomb)))
    with pytest.raises(Unavailable, match="content encoding"):
        hosts.did_document(parse_did("did:web:uni.example"))


@pytest.mark.parametrize("spelled", ["0xab cd", "0xab\n", "0x\tab", "0xabc", "ab", "0xé0", "0x_1"])
def test_bytes_are_spelled_without_gaps(spelled: str) -> None:
    with pytest.raises(MalformedLedgerAnswer):
        octets(spelled)
    assert octets("0x") == b""


@pytest.mark.parametrize("place", ["blockNumber", "index", "time"])
def test_a_number_that_no_database_counts_to_is_no_entrys(place: str) -> None:
    changed = json.loads(json.dumps(EVENT))
    if place == "blockNumber":
        changed["blockNumber"] = hex(2**63)
    elif place == "index":
        changed["topics"][1] = "0x" + _word(2**63).hex()
    else:
        changed["data"] = "0x" + (ANCHOR.previous + _word(2**63)).hex() + EVENT["data"][130:]
    with pytest.raises(MalformedLedgerAnswer, match="further"):
        decode_event(changed, LOG)


def test_the_specimens_of_the_ledger_are_read() -> None:
    assert decode_event(EVENT, LOG).entry == ANCHOR
    read = read_receipt(TRANSACTION_RECEIPT, transaction_hash=b"\xcd" * 32, log_address=LOG)
    assert read is not None
    assert [found.entry for found in read.entries] == [ANCHOR]
