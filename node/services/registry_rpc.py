"""EBSI's two steps to write: build an unsigned transaction, then send it signed (ebsi-api section 1.4)."""

from collections.abc import Mapping
from typing import Any

from node.artifacts import SELECTOR_SIZE, load_artifact
from node.chain.quantity import number, octets
from node.chain.transactions import SignedTransaction, check_transaction, read_transaction
from node.errors import MalformedLedgerAnswer, TransactionReverted
from node.services.errors import RpcRefused
from node.services.node import Node
from node.services.proxied_lists import check_proxy_call
from node.services.registry_calls import Registry, check_arguments, read_call
from node.services.relay import relay

SEND = "sendSignedTransaction"
_UNSIGNED = ("from", "to", "data", "value", "nonce", "chainId", "gasLimit", "gasPrice")
_FEE_MARKET = (*_UNSIGNED[:-1], "maxFeePerGas", "maxPriorityFeePerGas")
_SENT = frozenset({"protocol", "unsignedTransaction", "r", "s", "v", "signedRawTransaction"})


def serve_call(node: Node, registry: Registry, method: str, params: list[Any]) -> Any:
    """Return the unsigned transaction that `method` asks for, or the hash of the one that was sent.

    Raises:
        RpcRefused: the call is malformed, or the contract would refuse it: the message is EBSI's.
        TransactionRefused: the signed transaction is not the unsigned one, or not for this registry.
        ServiceError: too many of its sender wait already, or a proxy's data cannot be used.
        LedgerUnavailable: the ledger does not answer; nothing was kept.
    """
    if len(params) != 1 or not isinstance(params[0], Mapping):
        raise RpcRefused("params must be an array of exactly one object")
    if method == SEND:
        return "0x" + _send(node, registry, params[0]).hex()
    call = read_call(registry, method, params[0])
    check_proxy_call(node, call.function, call.arguments, ask=True)
    try:
        return node.registries.build_transaction(
            call.contract, call.function, call.arguments, sender=call.sender
        )
    except TransactionReverted as error:
        raise RpcRefused(error.ebsi or str(error)) from error


def _send(node: Node, registry: Registry, given: Mapping[str, Any]) -> bytes:
    if surplus := sorted(given.keys() - _SENT):
        raise RpcRefused(f"unknown parameter: {', '.join(name[:64] for name in surplus)}")
    unsigned, raw = given.get("unsignedTransaction"), given.get("signedRawTransaction")
    if given.get("protocol", "eth") != "eth":
        raise RpcRefused('protocol must be "eth"')
    if not isinstance(unsigned, Mapping) or not isinstance(raw, str):
        raise RpcRefused("unsignedTransaction and signedRawTransaction are needed")
    transaction = read_transaction(_octets("signedRawTransaction", raw))
    _same(transaction, unsigned)
    function = _function(registry, transaction)
    arguments = check_transaction(
        transaction,
        sender=str(unsigned.get("from")),
        chain_id=node.deployment.chain_id,
        contract=registry.contract,
        address=node.deployment.address(registry.contract),
        function=function,
    )
    check_arguments(registry, function, arguments)
    check_proxy_call(node, function, arguments, ask=False)
    relay(node, transaction, contract=registry.contract, function=function, arguments=arguments)
    return transaction.hash


def _function(registry: Registry, transaction: SignedTransaction) -> str:
    selector = transaction.data[:SELECTOR_SIZE]
    artifact = load_artifact(registry.contract)
    for name in registry.methods:
        if artifact.function(name).selector == selector:
            return name
    raise RpcRefused(f"The transaction calls 0x{selector.hex()}, which is no method of this registry")


def _same(transaction: SignedTransaction, unsigned: Mapping[str, Any]) -> None:
    """Return if the signed transaction is the unsigned one (ebsi-api section 1.4, step 2).

    One of EIP-1559 may be told as the legacy one that was built, since neither pays for gas.
    """
    names: tuple[str, ...] = _UNSIGNED
    if transaction.kind and "gasPrice" not in unsigned:
        names = _FEE_MARKET
    if unsigned.keys() != set(names):
        raise RpcRefused(f"unsignedTransaction has the members {', '.join(names)}")
    signed = {
        "from": transaction.sender.lower(),
        "to": (transaction.to or "").lower(),
        "data": transaction.data,
        "value": transaction.value,
        "nonce": transaction.nonce,
        "chainId": transaction.chain_id,
        "gasLimit": transaction.gas,
        "gasPrice": transaction.gas_price,
        "maxFeePerGas": transaction.gas_price,
        "maxPriorityFeePerGas": transaction.priority_fee,
    }
    for name in names:
        if _read(name, unsigned[name]) != signed[name]:
            raise RpcRefused(f"signedRawTransaction is not unsignedTransaction: {name} differs")


def _read(name: str, value: Any) -> str | bytes | int:
    if name in {"from", "to"}:
        return str(value).lower()
    if name == "data":
        return _octets(name, value)
    try:
        return number(value)
    except MalformedLedgerAnswer as error:
        raise RpcRefused(f"{name} must be a 0x quantity") from error


def _octets(name: str, value: Any) -> bytes:
    try:
        return octets(value)
    except MalformedLedgerAnswer as error:
        raise RpcRefused(f"{name} must be 0x and hexadecimal characters, two for each byte") from error
