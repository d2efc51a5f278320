import json
from typing import Any

import httpx
import pytest

from node.artifacts import load_artifact
from tests.node.api.conftest import ACADEMY, COUNCIL, KAUNAS, STRANGER, TRENTO
from tests.node.api.world import FOREVER, Actor, World, rpc, sign

pytestmark = pytest.mark.enable_socket

DIDS, ISSUERS, SCHEMAS = (
    f"/{path}/jsonrpc"
    for path in ("did-registry/v5", "trusted-issuers-registry/v5", "trusted-schemas-registry/v3")
)
BESU = "/ledger/v4/blockchains/besu"


def result(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["jsonrpc"], body["id"]) == ("2.0", 7)
    return body["result"]


def complaint(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["error"]["code"] == -32600
    return str(body["error"]["message"])


def two_steps(world: World, path: str, method: str, actor: Actor, **params: Any) -> str:
    """Build, sign, send; return the transaction's hash once it is mined well."""
    unsigned = result(rpc(world.http, path, method, {"from": actor.address, **params}))
    sent = {"protocol": "eth", "unsignedTransaction": unsigned, "r": "0x1", "s": "0x1", "v": "0x1b"}
    sent["signedRawTransaction"] = sign(unsigned, actor.ledger_secret)
    name = str(result(rpc(world.http, path, "sendSignedTransaction", sent)))
    world.follow()
    receipt = result(rpc(world.http, BESU, "eth_getTransactionReceipt", name))
    assert receipt["status"] == "0x1"
    return name


def test_a_did_is_inserted_changed_and_rolled_in_two_steps_each(own: World) -> None:
    now = own.ledger.ledger.time()
    base = json.dumps({"@context": ["https://www.w3.org/ns/did/v1"]})
    key = {"vMethodId": "l", "publicKey": "0x" + STRANGER.public_point.hex(), "isSecp256k1": True}
    dates = {"notBefore": now, "notAfter": FOREVER}

    def write(method: str, **params: Any) -> None:
        two_steps(own, DIDS, method, STRANGER, did=STRANGER.did, **params)

    write("insertDidDocument", baseDocument=base, **key, **dates)
    write("updateBaseDocument", baseDocument=base[:-1] + ',"x":1}')
    write("addController", controller=KAUNAS.did)
    write("addVerificationRelationship", name="assertionMethod", vMethodId="l", **dates)
    next_key = {"vMethodId": "l2", "publicKey": "0x" + Actor(99, "next").public_point.hex()}
    roll = key | next_key | dates | {"did": STRANGER.did, "oldVMethodId": "l", "duration": 3600}
    two_steps(own, DIDS, "rollVerificationMethod", STRANGER, args=roll)
    document = own.ok(f"/did-registry/v5/identifiers/{STRANGER.did}")
    assert document["controller"] == [STRANGER.did, KAUNAS.did]
    assert document["x"] == 1
    assert set(document["capabilityInvocation"]) == {f"{STRANGER.did}#l", f"{STRANGER.did}#l2"}
    write("revokeController", controller=KAUNAS.did)
    assert own.ok(f"/did-registry/v5/identifiers/{STRANGER.did}")["controller"] == [STRANGER.did]


def test_an_accreditation_is_reserved_and_accepted_in_two_steps_each(own: World) -> None:
    attribute = "0x" + "5a" * 32
    tao = {"taoDid": ACADEMY.did, "attributeIdTao": "0x" + ACADEMY.attribute_id.hex()}
    params = {"did": STRANGER.did, "revisionId": attribute, "issuerType": 3, **tao}
    two_steps(own, ISSUERS, "setAttributeMetadata", ACADEMY, **params)
    issuer = own.ok(f"/trusted-issuers-registry/v5/issuers/{STRANGER.did}")
    assert issuer["hasAttributes"] is False
    found = own.ok(f"/trusted-issuers-registry/v5/issuers/{STRANGER.did}/attributes/{attribute}")["attribute"]
    assert found == {
        "hash": "5a" * 32,
        "body": "",
        "issuerType": "TI",
        "tao": ACADEMY.did,
        "rootTao": COUNCIL.did,
    }


def test_a_schema_is_registered_by_who_holds_the_policy(own: World) -> None:
    operator = Actor(0, "operator")
    operator.ledger_secret = bytes(own.ledger.operator.account.key)
    schema, schema_id = b'{"type":"object"}', "0x" + "5c" * 32
    params = {"schemaId": schema_id, "schema": "0x" + schema.hex(), "metadata": "0x7b7d"}
    two_steps(own, SCHEMAS, "insertSchema", operator, **params)
    assert own.get(f"/trusted-schemas-registry/v3/schemas/{schema_id}").content == schema
    listed = own.ok("/trusted-schemas-registry/v3/schemas")
    assert own.get(listed["items"][0]["href"]).content == schema
    refusal = complaint(
        rpc(
            own.http,
            SCHEMAS,
            "insertSchema",
            {"from": KAUNAS.address, **params, "schemaId": "0x" + "5d" * 32},
        )
    )
    assert "TSR:insertSchema" in refusal


def test_the_contracts_refusal_comes_in_ebsis_words(small: World) -> None:
    params = {
        "from": TRENTO.address,
        "did": KAUNAS.did,
        "baseDocument": '{"@context":"https://www.w3.org/ns/did/v1"}',
    }
    message = complaint(rpc(small.http, DIDS, "updateBaseDocument", params))
    assert message == "not controller and not authorized for policy DID:updateBaseDocument"


@pytest.mark.parametrize(
    "change", ["from", "to", "data", "value", "nonce", "chainId", "gasLimit", "gasPrice"]
)
def test_a_signed_transaction_that_differs_from_the_unsigned_one_is_refused(
    small: World, change: str
) -> None:
    params = {"from": KAUNAS.address, "did": KAUNAS.did, "controller": TRENTO.did}
    unsigned = result(rpc(small.http, DIDS, "addController", params))
    raw = sign(unsigned, KAUNAS.ledger_secret)
    other = {"from": TRENTO.address, "to": TRENTO.address, "data": "0x00"}.get(change, "0x7777")
    sent = {"protocol": "eth", "unsignedTransaction": unsigned | {change: other}, "signedRawTransaction": raw}
    assert change in complaint(rpc(small.http, DIDS, "sendSignedTransaction", sent))


def test_a_signed_transaction_for_another_chain_contract_or_function_is_refused(small: World) -> None:
    params = {"from": KAUNAS.address, "did": KAUNAS.did, "controller": TRENTO.did}
    unsigned = result(rpc(small.http, DIDS, "addController", params))
    log = small.ledger.deployment.registry_log
    for change, word in (
        ({"chainId": "0x1"}, "chain id"),
        ({"to": log}, "recipient"),
        ({"data": "0xdeadbeef"}, "no method"),
        ({"data": unsigned["data"][:-2]}, "arguments"),
        ({"value": "0x1"}, "value"),
    ):
        altered = unsigned | change
        raw = sign(altered, KAUNAS.ledger_secret, value=int(altered["value"], 16))
        sent = {"protocol": "eth", "unsignedTransaction": altered, "signedRawTransaction": raw}
        assert word in complaint(rpc(small.http, DIDS, "sendSignedTransaction", sent))
    foreign = {"protocol": "eth", "unsignedTransaction": unsigned}
    foreign["signedRawTransaction"] = sign(unsigned, KAUNAS.ledger_secret)
    assert "no method" in complaint(rpc(small.http, ISSUERS, "sendSignedTransaction", foreign))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b'{"jsonrpc":"2.0","jsonrpc":"2.0"}', -32700),
        (b"\xff", -32700),
        (b"[" * 100 + b"]" * 100, -32700),
        (b"[]", -32600),
        (b'"x"', -32600),
        (b'{"jsonrpc":"1.0","method":"x","params":[]}', -32600),
        (b'{"jsonrpc":"2.0","method":7,"params":[]}', -32600),
        (b'{"jsonrpc":"2.0","method":"x","params":{}}', -32600),
        (b'{"jsonrpc":"2.0","method":"x","params":[],"id":[]}', -32600),
        (b'{"jsonrpc":"2.0","method":"x","params":[],"surplus":1}', -32600),
        (b'{"jsonrpc":"2.0","method":"addController","params":[]}', -32600),
        (b'{"jsonrpc":"2.0","method":"addController","params":[{},{}]}', -32600),
        (b'{"jsonrpc":"2.0","method":"nothing","params":[{}]}', -32600),
    ],
)
def test_a_malformed_call_is_a_json_rpc_error(small: World, body: bytes, code: int) -> None:
    answer = small.http.post(DIDS, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_call_that_is_too_long_or_not_declared_as_json_is_refused(small: World) -> None:
    answer = small.http.post(DIDS, content=b" " * 300_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert small.http.post(DIDS, content=b"{}", headers={"content-type": "text/plain"}).status_code == 415


def test_the_ledger_is_read_through_the_node_and_only_read(small: World) -> None:
    assert int(result(rpc(small.http, BESU, "eth_chainId")), 16) == small.ledger.deployment.chain_id
    assert int(result(rpc(small.http, BESU, "eth_blockNumber")), 16) == small.ledger.ledger.height()
    count = result(rpc(small.http, BESU, "eth_getTransactionCount", KAUNAS.address, "latest"))
    assert int(count, 16) > 0
    for method in (
        "eth_sendRawTransaction",
        "anvil_mine",
        "evm_snapshot",
        "debug_traceCall",
        "eth_newFilter",
        "",
    ):
        answer = rpc(small.http, BESU, method)
        assert (answer.status_code, answer.json()["error"]["code"]) == (200, -32601)


def test_a_call_that_reverts_carries_the_contracts_evidence(small: World) -> None:
    acting = load_artifact("DidRegistry").function("actingAuthority")
    call = {
        "to": small.ledger.deployment.address("DidRegistry"),
        "data": "0x" + acting.encode((KAUNAS.did, TRENTO.address)).hex(),
    }
    error = rpc(small.http, BESU, "eth_call", call, "latest").json()["error"]
    assert load_artifact("DidRegistry").errors[bytes.fromhex(error["data"][2:10])].name == "NotAController"
