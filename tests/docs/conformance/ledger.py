"""A call of every method that EBSI's Ledger API passes on."""

from typing import Any

from tests.docs.conformance.town import Town


def ledger_call(town: Town, method: str) -> dict[str, Any]:
    """The JSON-RPC call; a method that no ledger knows has no parameters."""
    ledger = town.play.world.ledger
    contract = ledger.deployment.registry_log
    block, first = (_block(town, at) for at in ("latest", hex(ledger.deployment.first_block)))
    transaction = first["transactions"][0]
    number, digest = block["number"], block["hash"]
    parameters: dict[str, list[Any]] = {
        "eth_call": [{"to": town.values["operator"], "data": "0x"}, "latest"],
        "eth_estimateGas": [{"from": town.values["timestamper"], "to": town.values["operator"]}],
        "eth_getBlockByHash": [digest, False],
        "eth_getBlockByNumber": [number, False],
        "eth_getBlockReceipts": [number],
        "eth_getBlockTransactionCountByHash": [digest],
        "eth_getBlockTransactionCountByNumber": [number],
        "eth_getCode": [contract, "latest"],
        "eth_getLogs": [{"fromBlock": number, "toBlock": number}],
        "eth_getTransactionByHash": [transaction],
        "eth_getTransactionByBlockHashAndIndex": [digest, "0x0"],
        "eth_getTransactionByBlockNumberAndIndex": [number, "0x0"],
        "eth_getTransactionCount": [town.values["timestamper"], "latest"],
        "eth_getTransactionReceipt": [transaction],
        "eth_getUncleByBlockHashAndIndex": [digest, "0x0"],
        "eth_getUncleByBlockNumberAndIndex": [number, "0x0"],
        "eth_getUncleCountByBlockHash": [digest],
        "eth_getUncleCountByBlockNumber": [number],
    }
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters.get(method, [])}


def _block(town: Town, at: str) -> dict[str, Any]:
    full = False
    found: dict[str, Any] = town.play.world.ledger.ledger.rpc.request("eth_getBlockByNumber", at, full)
    return found
