"""A registry write as its issuer signed it: refused if that is certain, else kept before it is sent."""

from node.chain.transactions import SignedTransaction
from node.db.issuers import attributes
from node.db.kept_transactions import EXPIRED, FAILED, NONCE_USED, find_kept
from node.db.session import reading, writing
from node.errors import TransactionReverted
from node.failpoints import reach
from node.services.errors import RpcRefused
from node.services.kept_transactions import keep_signed, send_kept, sender_of
from node.services.node import Node
from node.services.timestamp_calls import TIMESTAMP, TIMESTAMP_POLICIES
from node.services.transaction_standing import Standing, standing_of

_OPEN_TO_ALL = "DidRegistry"
_OF_THE_ACCREDITED = frozenset({"anchorBatch", "publishStatusList", *TIMESTAMP_POLICIES})
"""Of the AnchorRegistry's functions: the others stamp whatever anybody sends."""


def relay(
    node: Node, transaction: SignedTransaction, *, contract: str, function: str, arguments: tuple[object, ...]
) -> None:
    """Keep the transaction and send it; the same one again changes nothing, whatever became of the answer.

    A refusal is certain if nothing else of this sender is under way: then it is answered, and nothing kept.
    Where the ledger does not answer before anything is kept, nothing is: the sender has the transaction, and
    the same call again is the same transaction.

    Args:
        node: which keeps and sends.
        transaction: checked to be the call of `function`.
        contract: name of the contract that it calls.
        function: of that contract.
        arguments: of the call.

    Raises:
        RpcRefused: it can never be mined, or the contract would refuse it: the message is EBSI's.
        TooManyTransactions: too many of its sender wait already.
        LedgerUnavailable: the ledger does not answer; nothing was kept.
    """
    with reading(node.engine) as connection:
        kept = find_kept(connection, transaction.hash)
    if kept is not None and kept.state == FAILED:
        raise RpcRefused(f"The transaction failed: {kept.error or 'for a reason that is not known'}")
    vouched_for, did = True, _did(arguments)
    if kept is None or kept.state == EXPIRED:
        sender = sender_of(transaction)
        standing = standing_of(
            node, transaction_hash=transaction.hash, sender=sender, nonce=transaction.nonce
        )
        if standing.entered:
            return  # there is nothing to keep
        vouched_for = _is_vouched_for(node, transaction, standing, contract, function, did)
    reach("transaction-checked")
    with writing(node.engine) as connection:
        kept = keep_signed(
            node,
            connection,
            transaction,
            contract=contract,
            function=function,
            did=did,
            vouched_for=vouched_for,
        )
    reach("transaction-kept")
    send_kept(node, transaction, kept)


def _is_vouched_for(
    node: Node,
    transaction: SignedTransaction,
    standing: Standing,
    contract: str,
    function: str,
    did: str | None,
) -> bool:
    """Return whether the contract takes the call now from one who is accredited.

    Anybody can register a DID with a key just made, and sign for any nonce: such transactions, of which the
    ledger need never take one, must not fill the outbox.

    Raises:
        RpcRefused: it is certain that the transaction will never be in the log.
    """
    if standing.mined:
        return True
    if standing.dead_since is not None:
        raise RpcRefused(f"nonce too low: {NONCE_USED}")
    try:
        node.registries.check_call(contract, function, transaction.data, transaction.sender)
    except TransactionReverted as error:
        # With transactions before it still to be mined, the contract may well take it after them.
        if standing.used == transaction.nonce:
            raise RpcRefused(error.ebsi or str(error)) from error
        return False
    if contract != _OPEN_TO_ALL:  # but for timestamps, calls that the accredited alone can make
        return contract != TIMESTAMP.contract or function in _OF_THE_ACCREDITED
    with reading(node.engine) as connection:
        return did is not None and bool(attributes(connection, did))


def _did(arguments: tuple[object, ...]) -> str | None:
    """The DID that the call is about, its first argument, also where the function takes one struct."""
    first = arguments[0]
    first = first[0] if isinstance(first, tuple) and first else first
    return first if isinstance(first, str) and first.startswith("did:") else None
