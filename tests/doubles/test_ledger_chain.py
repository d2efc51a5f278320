"""What the node relies on of a ledger, asked of both: headers, the log, views, events, reorganisations."""

import pytest
import rlp
from eth_utils.crypto import keccak

from anchoring.history import History
from node.artifacts import load_artifact
from node.chain.headers import head, headers, log_state
from node.chain.logs import ENTRY_TOPIC, fetch_entries
from node.chain.quantity import number
from node.chain.transactions import read_transaction
from node.errors import LedgerRefused
from tests.doubles.conftest import LedgerUnderTest
from tests.doubles.ledger_writer import REVOKED

ROOT, OTHER_ROOT = (bytes([at]) * 32 for at in (1, 2))
LIST_URL = "https://lists.example/1"
HEADER = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"),
    *("difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce"),
    "baseFeePerGas",
)
QUANTITIES = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}


def test_the_deployments_chain_and_contracts_are_there(world: LedgerUnderTest) -> None:
    world.registries.check_ledger()
    assert world.client.request("eth_getCode", "0x" + "55" * 20, "latest") == "0x"


def test_a_blocks_name_is_the_hash_of_its_header(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    for _ in range(3):
        world.mine()
    for at in range(world.deployment.first_block, head(world.client).number + 1):
        block = world.client.request("eth_getBlockByNumber", hex(at), False)  # noqa: FBT003 - JSON-RPC's
        fields = [
            number(block[name]) if name in QUANTITIES else bytes.fromhex(block[name][2:]) for name in HEADER
        ]
        assert "0x" + keccak(rlp.encode(fields)).hex() == block["hash"], at
        assert block == world.client.request("eth_getBlockByHash", block["hash"], False)  # noqa: FBT003 - same


def test_the_root_at_each_block_is_that_of_the_entries_so_far(world: LedgerUnderTest) -> None:
    resumed = head(world.client).number  # the engine kept no state of what was before
    issuer = world.issuer()
    for root in (ROOT, OTHER_ROOT):
        world.writer.send(world.writer.anchoring(issuer, root))
        world.writer.send(world.writer.publishing(issuer, root, url=LIST_URL))
        world.mine()
    log, newest = world.deployment.registry_log, head(world.client)
    history = History()
    for at in range(world.deployment.first_block, newest.number + 1):
        (block,) = headers(world.client, [at])
        assert block is not None
        for logged in fetch_entries(world.client, log, first=at, last=at):
            assert (logged.block_number, logged.block_hash) == (at, block.hash)
            assert (logged.entry.time, logged.entry.parent) == (block.time, block.parent_hash)
            history.append(logged.entry)
        if at > resumed:
            state = log_state(world.client, log, block_hash=block.hash)
            assert (state.size, state.root) == (history.size, history.root())
    together = fetch_entries(world.client, log, first=world.deployment.first_block, last=newest.number)
    assert [logged.entry.index for logged in together] == list(range(history.size))


def test_the_same_writes_make_the_same_entries(world: LedgerUnderTest) -> None:
    start = head(world.client).number + 1
    issuer = world.issuer()
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    for digest in (ROOT, OTHER_ROOT):
        world.writer.send(world.writer.publishing(issuer, digest, url=LIST_URL))
    world.writer.write(issuer.key, "DidRegistry", "updateBaseDocument", issuer.did, '{"a":1}')
    world.mine()
    world.writer.accredit(issuer, REVOKED)
    world.mine()
    world.writer.write(issuer.key, "RegistryLog", "mark")
    world.mine()
    log = world.deployment.registry_log
    entries = [e.entry for e in fetch_entries(world.client, log, first=start, last=head(world.client).number)]
    assert [entry.kind for entry in entries] == [
        *("did.inserted", "issuer.began", "issuer.attribute.metadata", "anchor.batch", "issuer.began"),
        *("status.published", "status.published", "did.base.updated", "issuer.attribute.metadata"),
        "log.mark",
    ]
    assert [entry.fields.get("authority") for entry in entries] == [0, 2, 2, 0, 0, 0, 0, 0, 2, None]
    operator, own = (
        bytes.fromhex(world.writer.address(key)[2:]) for key in (world.writer.operator_key, issuer.key)
    )
    assert [entry.actor for entry in entries] == [own, operator, operator, *[own] * 5, operator, own]
    first, second = entries[2].fields, entries[8].fields
    assert (first["issuerType"], second["issuerType"]) == (1, REVOKED)
    assert first["revisionId"] == issuer.attribute_id
    assert second["revisionId"] == world.writer.revision_after(issuer, entries[8].time, issuer.attribute_id)


def test_a_reorganisation_replaces_blocks_and_forgets_their_transactions(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    log, kept = world.deployment.registry_log, head(world.client)
    signed = world.writer.anchoring(issuer, ROOT)
    name = world.writer.send(signed)
    world.mine()
    gone = head(world.client)
    world.mine()
    world.reorg(2)
    new = headers(world.client, [kept.number, kept.number + 1, kept.number + 2, kept.number + 3])
    assert new[0] == kept
    assert new[1] is not None
    assert new[2] is not None
    assert (new[1].parent_hash, new[2].parent_hash, new[3]) == (kept.hash, new[1].hash, None)
    assert new[1].hash != gone.hash
    by_hash = world.client.request("eth_getBlockByHash", "0x" + gone.hash.hex(), False)  # noqa: FBT003 - JSON-RPC's
    assert by_hash is None
    with pytest.raises(LedgerRefused):
        log_state(world.client, log, block_hash=gone.hash)
    assert world.client.request("eth_getTransactionReceipt", name) is None
    assert world.client.request("eth_getTransactionByHash", name) is None
    assert world.writer.nonce(issuer.key, "latest") == read_transaction(signed).nonce
    assert fetch_entries(world.client, log, first=kept.number + 1, last=kept.number + 2) == []
    world.writer.send(signed)
    world.mine()
    (found,) = fetch_entries(world.client, log, first=kept.number + 1, last=kept.number + 3)
    assert found.entry.fields["root"] == ROOT
    assert found.entry.parent == new[2].hash


def test_views_answer_as_of_the_block_that_is_named(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    before = head(world.client)
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    world.mine()
    after = head(world.client)
    log = world.deployment.registry_log
    sizes = [log_state(world.client, log, block_hash=block.hash).size for block in (before, after)]
    assert sizes[1] == sizes[0] + 1
    size = {"to": log, "data": "0x" + load_artifact("RegistryLog").function("size").selector.hex()}
    assert number(world.client.request("eth_call", size, hex(before.number))) == sizes[0]
    assert number(world.client.request("eth_call", size, "latest")) == sizes[1]
    for named, code in (({"blockHash": "0x" + "44" * 32}, -32_001), (hex(after.number + 1), -32_602)):
        with pytest.raises(LedgerRefused) as caught:
            world.client.request("eth_call", size, named)
        assert caught.value.code == code
    assert world.registries.call("DidRegistry", "isController", issuer.did, issuer.address) is True
    assert world.registries.call("DidRegistry", "isController", issuer.did, "0x" + "66" * 20) is False
    assert world.registries.call("AnchorRegistry", "isAnchored", issuer.did, ROOT, 1) is True
    assert world.registries.call("AnchorRegistry", "isAnchored", issuer.did, ROOT, 2) is False


def test_events_are_asked_for_by_range_and_topic(world: LedgerUnderTest) -> None:
    issuer = world.issuer()
    world.writer.send(world.writer.anchoring(issuer, ROOT))
    world.mine()
    newest = head(world.client).number
    asked = {"address": world.deployment.registry_log, "topics": ["0x" + ENTRY_TOPIC.hex()]}
    first, last = hex(world.deployment.first_block), hex(newest)
    everything = world.client.request("eth_getLogs", {**asked, "fromBlock": first, "toBlock": last})
    assert len(everything) > 3
    beyond = {**asked, "fromBlock": first, "toBlock": hex(newest + 10)}
    assert world.client.request("eth_getLogs", beyond) == everything
    assert world.client.request("eth_getLogs", {**asked, "fromBlock": last, "toBlock": first}) == []
    one = everything[-1]
    only = {**asked, "topics": [None, one["topics"][1]], "fromBlock": first, "toBlock": last}
    assert world.client.request("eth_getLogs", only) == [one]
    by_hash = {"address": world.deployment.registry_log, "blockHash": one["blockHash"]}
    assert world.client.request("eth_getLogs", by_hash) == [one]
    nobody = {**asked, "address": "0x" + "55" * 20, "fromBlock": first, "toBlock": last}
    assert world.client.request("eth_getLogs", nobody) == []
    beginning_beyond = {"fromBlock": hex(newest + 1), "toBlock": hex(newest + 2)}
    for impossible in (beginning_beyond, {"blockHash": "0x" + "33" * 32}):
        with pytest.raises(LedgerRefused):
            world.client.request("eth_getLogs", impossible)


def test_a_batch_is_answered_call_by_call(world: LedgerUnderTest) -> None:
    chain_id, missing, height = world.client.batch(
        [("eth_chainId", ()), ("eth_getTransactionReceipt", ("0x" + "22" * 32,)), ("eth_blockNumber", ())]
    )
    assert number(chain_id) == world.deployment.chain_id
    assert missing is None
    assert number(height) == head(world.client).number
    with pytest.raises(LedgerRefused) as caught:
        world.client.batch([("eth_chainId", ()), ("eth_noSuchMethod", ())])
    assert caught.value.code == -32_601
    assert headers(world.client, [10_000_000]) == [None]
