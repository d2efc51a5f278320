"""What the node relies on of a ledger, asked of both: nonces, the pool, receipts, refusals, shapes."""

from typing import Any

import pytest

from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.headers import head
from node.chain.logs import ENTRY_TOPIC
from node.chain.quantity import number
from node.chain.transactions import read_transaction, send_transaction
from node.errors import LedgerRefused, TransactionReverted
from tests.doubles.conftest import LedgerUnderTest, engine, simulated
from tests.doubles.ledger_writer import FAR, REVOKED, Issuer
from tests.ledger import DeployedLedger

ROOT, OTHER_ROOT, THIRD_ROOT = (bytes([at]) * 32 for at in (1, 2, 3))
LIST_URL = "https://lists.example/1"


def name_of(raw: bytes) -> str:
    return "0x" + read_transaction(raw).hash.hex()


def receipt(client: LedgerClient, raw: bytes) -> Any:
    return client.request("eth_getTransactionReceipt", name_of(raw))


def transaction(client: LedgerClient, raw: bytes) -> Any:
    return client.request("eth_getTransactionByHash", name_of(raw))


def refusal(client: LedgerClient, raw: bytes) -> str:
    """Why the pool does not take it."""
    with pytest.raises(LedgerRefused) as caught:
        client.request("eth_sendRawTransaction", "0x" + raw.hex())
    return caught.value.reason


def test_a_transaction_is_taken_once_waits_and_is_mined(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    signed = world.writer.anchoring(issuer, ROOT)
    nonce = read_transaction(signed).nonce
    assert transaction(world.client, signed) is None
    assert world.writer.send(signed) == name_of(signed)
    assert send_transaction(world.client, read_transaction(signed)) is None  # known already is taken
    assert "already" in refusal(world.client, signed)
    assert receipt(world.client, signed) is None
    waiting = transaction(world.client, signed)
    assert waiting["blockHash"] is waiting["blockNumber"] is None
    assert world.writer.nonce(issuer.key, "latest") == nonce
    assert world.writer.nonce(issuer.key, "pending") == nonce + 1
    world.mine()
    mined, newest = receipt(world.client, signed), head(world.client)
    assert number(mined["status"]) == 1
    assert (mined["blockHash"], number(mined["blockNumber"])) == ("0x" + newest.hash.hex(), newest.number)
    assert transaction(world.client, signed)["blockHash"] == mined["blockHash"]
    assert world.writer.nonce(issuer.key, "latest") == nonce + 1
    assert "nonce too low" in refusal(world.client, signed)


def test_a_receipt_shows_the_entry_that_its_transaction_made(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    nonce = world.writer.nonce(issuer.key)
    signed = [
        world.writer.anchoring(issuer, root, nonce=nonce + at) for at, root in enumerate((ROOT, OTHER_ROOT))
    ]
    for raw in signed:
        world.writer.send(raw)
    world.mine()
    logs = world.client.request("eth_getLogs", {"fromBlock": "latest", "toBlock": "latest"})
    for place, raw in enumerate(signed):
        found = receipt(world.client, raw)
        assert number(found["transactionIndex"]) == place
        (event,) = found["logs"]
        assert event == logs[place]
        assert event["topics"][0] == "0x" + ENTRY_TOPIC.hex()
        assert event["address"].lower() == world.deployment.registry_log.lower()
        assert number(event["logIndex"]) == place
        assert event["transactionHash"] == name_of(raw)


def test_what_fails_in_a_block_has_status_zero_and_uses_its_nonce(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    nonce = world.writer.nonce(issuer.key)
    first, again = (world.writer.anchoring(issuer, ROOT, nonce=nonce + at) for at in (0, 1))
    starved = world.writer.anchoring(issuer, OTHER_ROOT, nonce=nonce + 2, gas=40_000)
    for raw in (first, again, starved):
        world.writer.send(raw)
    world.mine()
    assert number(receipt(world.client, first)["status"]) == 1
    for raw in (again, starved):
        found = receipt(world.client, raw)
        assert (number(found["status"]), found["logs"]) == (0, [])
    assert world.writer.nonce(issuer.key, "latest") == nonce + 3
    hopeless = world.writer.anchoring(issuer, OTHER_ROOT, nonce=nonce + 3, gas=20_000)
    assert "intrinsic gas" in refusal(world.client, hopeless)


def test_a_gap_in_the_nonces_holds_up_what_follows_until_it_is_filled(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    nonce = world.writer.nonce(issuer.key)
    roots = (ROOT, OTHER_ROOT, THIRD_ROOT)
    signed = [world.writer.anchoring(issuer, root, nonce=nonce + at) for at, root in enumerate(roots)]
    for raw in (signed[2], signed[1]):
        world.writer.send(raw)
    world.mine()
    assert [receipt(world.client, raw) for raw in signed] == [None] * 3
    assert world.writer.nonce(issuer.key, "latest") == nonce
    assert transaction(world.client, signed[2]) is not None
    world.writer.send(signed[0])
    assert world.writer.nonce(issuer.key, "pending") == nonce + 3
    world.mine()
    assert [number(receipt(world.client, raw)["transactionIndex"]) for raw in signed] == [0, 1, 2]


def test_of_two_transactions_with_one_nonce_the_pool_keeps_the_first(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    nonce = world.writer.nonce(issuer.key)
    one, other = (world.writer.anchoring(issuer, root, nonce=nonce) for root in (ROOT, OTHER_ROOT))
    world.writer.send(one)
    assert "underpriced" in refusal(world.client, other)
    world.mine()
    assert receipt(world.client, one) is not None
    assert receipt(world.client, other) is None
    assert transaction(world.client, other) is None
    assert "nonce too low" in refusal(world.client, other)


def test_bytes_that_are_no_transaction_are_not_taken(world: LedgerUnderTest) -> None:
    with pytest.raises(LedgerRefused) as caught:
        world.client.request("eth_sendRawTransaction", "0x1234")
    assert caught.value.code == -32_602


def test_a_transaction_is_built_with_the_next_nonce_of_the_pool(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    arguments = (issuer.did, issuer.attribute_id, OTHER_ROOT, 1)
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    built = world.registries.build_transaction("AnchorRegistry", "anchorBatch", arguments, issuer.address)
    assert number(built["nonce"]) == world.writer.nonce(issuer.key, "latest") + 1
    assert 100_000 < number(built["gasLimit"]) < 1_000_000


def refused_calls(issuer: Issuer, stranger: str) -> dict[str, tuple[str, str, str, tuple[object, ...]]]:
    """Calls that the contracts refuse, by the name of the error: contract, function, sender, arguments."""
    anchor, publish = ("AnchorRegistry", "anchorBatch"), ("AnchorRegistry", "publishStatusList")
    accredit = ("TrustedIssuersRegistry", "setAttributeMetadata")
    who, me, end = (issuer.did, issuer.attribute_id), issuer.address, (OTHER_ROOT, 1, FAR)
    return {
        "BatchExists": (*anchor, me, (*who, ROOT, 1)),
        "EmptyRoot": (*anchor, me, (*who, bytes(32), 1)),
        "InvalidBatchSize": (*anchor, me, (*who, OTHER_ROOT, 0)),
        "NotAController": (*anchor, stranger, (*who, OTHER_ROOT, 1)),
        "NoSuchAttribute": (*anchor, me, (issuer.did, ROOT, OTHER_ROOT, 1)),
        "StatusListChanged": (*publish, me, (*who, LIST_URL, "suspension", 131_072, *end)),
        "StatusListTooShort": (*publish, me, (*who, LIST_URL, "revocation", 8, *end)),
        "EmptyDigest": (*publish, me, (*who, LIST_URL, "revocation", 131_072, bytes(32), 1, FAR)),
        "InvalidValidity": (*publish, me, (*who, LIST_URL, "revocation", 131_072, ROOT, 2, 2)),
        "TaoAttributeNotFound": (*accredit, me, (issuer.did, ROOT, 3, issuer.did, ROOT)),
        "RootTaoNeedsPolicy": (*accredit, me, (issuer.did, ROOT, 1, issuer.did, ROOT)),
        "NotAnOperator": ("TrustedPoliciesRegistry", "insertPolicy", me, ("X:y", "z")),
    }


def test_refusals_carry_the_contracts_own_error(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    world.writer.send(world.writer.publishing(issuer, ROOT, url=LIST_URL))
    world.mine()
    for error, (contract, function, sender, arguments) in refused_calls(issuer, "0x" + "66" * 20).items():
        data = load_artifact(contract).function(function).encode(arguments)
        with pytest.raises(TransactionReverted) as called:
            world.registries.check_call(contract, function, data, sender)
        with pytest.raises(TransactionReverted) as estimated:
            world.registries.build_transaction(contract, function, arguments, sender)
        assert (called.value.name, estimated.value.name) == (error, error)
        assert called.value.data == estimated.value.data
        asked = {"from": sender, "to": world.deployment.address(contract), "data": "0x" + data.hex()}
        with pytest.raises(LedgerRefused) as refused:
            world.client.request("eth_call", asked, "latest")
        assert (refused.value.code, refused.value.data) == (3, "0x" + called.value.data.hex())


def test_a_revoked_accreditation_is_refused_from_its_block_on(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    world.writer.accredit(issuer, REVOKED)
    world.mine()
    batch = load_artifact("AnchorRegistry").function("anchorBatch")
    data = batch.encode((issuer.did, issuer.attribute_id, OTHER_ROOT, 1))
    call = ("AnchorRegistry", "anchorBatch", data, issuer.address)
    with pytest.raises(TransactionReverted) as revoked:
        world.registries.check_call(*call)
    assert revoked.value.name == "AccreditationRevoked"
    world.registries.check_call(*call, block=hex(head(world.client).number - 1))


@pytest.mark.enable_socket
def test_the_simulated_ledger_answers_in_the_engines_shapes(deployed: DeployedLedger) -> None:
    shapes: list[list[Any]] = []
    for world in (simulated(), engine(deployed)):
        issuer = world.issuer()
        signed = world.writer.anchoring(issuer, ROOT)
        world.writer.send(signed)
        waiting = transaction(world.client, signed)
        world.mine()
        found = receipt(world.client, signed)
        block = world.client.request("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC's
        shapes.append([block, found, found["logs"][0], transaction(world.client, signed), waiting])
        world.client.close()
    for ours, engines in zip(*shapes, strict=True):
        assert ours.keys() <= engines.keys()
        for name, value in ours.items():
            assert type(value) is type(engines[name]), name
            if isinstance(value, str):
                assert value[:2] == engines[name][:2] == "0x"
