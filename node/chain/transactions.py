"""Signed transactions from outside: read strictly, compared with what was asked for, never repaired."""

from dataclasses import dataclass

import rlp
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from node.accounts import Account
from node.artifacts import ArtifactError, load_artifact
from node.chain.client import LedgerClient
from node.errors import (
    LedgerRefused,
    MalformedTransaction,
    WrongArguments,
    WrongChain,
    WrongContract,
    WrongFunction,
    WrongSender,
    WrongValue,
)

MAX_SIZE = 131_072  # bytes; what ledger engines take
_FIELDS = 9
_FEE_MARKET = b"\x02"
_FEE_MARKET_FIELDS = 12
_ADDRESS = 20
_SELECTOR = 4
_EIP155 = 35
_TYPED = 0x7F  # a first byte up to this announces a typed transaction (EIP-2718)
_KNOWN_ALREADY = ("already known", "already imported", "known transaction", "alreadyknown")
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction and who signed it; addresses in EIP-55; no `to`: it creates a contract.

    Attributes:
        raw: its one encoding.
        hash: 32 bytes.
        sender: who signed.
        chain_id: that it is for; None: for any.
        nonce: of the sender.
        gas_price: the most that it pays for gas.
        gas: its limit.
        to: whom it goes to.
        value: that it moves.
        data: the call.
        kind: 0 for a legacy transaction, 2 for one of EIP-1559.
        priority_fee: of EIP-1559; 0 for a legacy one.
    """

    raw: bytes
    hash: bytes
    sender: str
    chain_id: int | None
    nonce: int
    gas_price: int
    gas: int
    to: str | None
    value: int
    data: bytes
    kind: int = 0
    priority_fee: int = 0


def read_transaction(raw: bytes) -> SignedTransaction:
    """The transaction that the bytes are the one encoding of: legacy (with or without EIP-155), or EIP-1559.

    Raises:
        MalformedTransaction: too large, of another type, not canonical RLP, or without a valid signature.
    """
    if not raw or len(raw) > MAX_SIZE:
        raise MalformedTransaction(f"a signed transaction has 1 to {MAX_SIZE} bytes, not {len(raw)}")
    if raw[:1] == _FEE_MARKET:
        return _read_fee_market(raw)
    if raw[0] <= _TYPED:
        raise MalformedTransaction("only legacy transactions and those of EIP-1559 are taken")
    parts = _fields(raw, count=_FIELDS)
    nonce, gas_price, gas, to, value, data, v, r, s = parts
    _check_fields((nonce, gas_price, gas, value, v, r, s), to=to, s=s)
    recovery = int.from_bytes(v, "big")
    return SignedTransaction(
        raw=raw,
        hash=keccak(raw),
        sender=_signer(raw),
        chain_id=(recovery - _EIP155) // 2 if recovery >= _EIP155 else None,
        nonce=int.from_bytes(nonce, "big"),
        gas_price=int.from_bytes(gas_price, "big"),
        gas=int.from_bytes(gas, "big"),
        to=to_checksum_address(to) if to else None,
        value=int.from_bytes(value, "big"),
        data=data,
    )


def _read_fee_market(raw: bytes) -> SignedTransaction:
    """The transaction of EIP-1559; an access list has no use where gas is free, and is not taken."""
    parts = _fields(raw[1:], count=_FEE_MARKET_FIELDS, empty=8)
    chain_id, nonce, priority_fee, max_fee, gas, to, value, data, _, parity, r, s = parts
    _check_fields((chain_id, nonce, priority_fee, max_fee, gas, value, parity, r, s), to=to, s=s)
    if parity not in {b"", b"\x01"}:
        raise MalformedTransaction("the parity of a signature is 0 or 1")
    return SignedTransaction(
        raw=raw,
        hash=keccak(raw),
        sender=_signer(raw),
        chain_id=int.from_bytes(chain_id, "big"),
        nonce=int.from_bytes(nonce, "big"),
        gas_price=int.from_bytes(max_fee, "big"),
        gas=int.from_bytes(gas, "big"),
        to=to_checksum_address(to) if to else None,
        value=int.from_bytes(value, "big"),
        data=data,
        kind=2,
        priority_fee=int.from_bytes(priority_fee, "big"),
    )


def _fields(content: bytes, *, count: int, empty: int | None = None) -> list[bytes]:
    """The fields of an RLP list, all of them bytes but the one at `empty`, which is an empty list."""
    try:
        parts = rlp.decode(content)
    except (rlp.exceptions.RLPException, RecursionError):
        raise MalformedTransaction("the bytes are not canonical RLP") from None
    if len(parts) != count or isinstance(parts, bytes):
        raise MalformedTransaction(f"such a transaction has {count} fields")
    for place, part in enumerate(parts):
        if not isinstance(part, bytes) and (place != empty or part):
            raise MalformedTransaction("a field is a list, and no access list is taken")
    if empty is not None and isinstance(parts[empty], bytes):
        raise MalformedTransaction("the access list is no list")
    return list(parts)


def _check_fields(numbers: tuple[bytes, ...], *, to: bytes, s: bytes) -> None:
    if any(part.startswith(b"\0") or len(part) > 32 for part in numbers):  # noqa: PLR2004 - bytes of a word
        raise MalformedTransaction("a number is longer than it needs to be")
    if len(to) not in {0, _ADDRESS}:
        raise MalformedTransaction("a recipient is 20 bytes, or none")
    if not 0 < int.from_bytes(s, "big") <= _HALF_ORDER:
        raise MalformedTransaction("the signature is not in its canonical half (EIP-2)")


def _signer(raw: bytes) -> str:
    try:
        return str(Account.recover_transaction(raw))
    except Exception as error:  # noqa: BLE001 - the library raises many kinds for a bad signature
        raise MalformedTransaction(f"no account signed this ({type(error).__name__})") from None


def send_transaction(ledger: LedgerClient, transaction: SignedTransaction) -> str | None:
    """Why the ledger did not take the transaction; None if it took it, now or before.

    Raises:
        LedgerUnavailable: no endpoint answered.
        MalformedLedgerAnswer: one answered, and not as a ledger.
    """
    try:
        ledger.request("eth_sendRawTransaction", "0x" + transaction.raw.hex())
    except LedgerRefused as refusal:
        known = any(words in refusal.reason.lower() for words in _KNOWN_ALREADY)
        return None if known else refusal.reason
    return None


def check_transaction(
    transaction: SignedTransaction,
    *,
    sender: str,
    chain_id: int,
    contract: str,
    address: str,
    function: str,
    arguments: tuple[object, ...] | None = None,
) -> tuple[object, ...]:
    """The arguments of the call, if the transaction is `sender`'s call of `function` and nothing else.

    Args:
        transaction: as read.
        sender: who was to sign, a 0x-address.
        chain_id: of this ledger.
        contract: name of the contract.
        address: where it is, a 0x-address.
        function: to be called.
        arguments: as they must be; None takes any that the function's types allow.

    Raises:
        WrongSender: another account signed.
        WrongChain: it is for another chain, or for any.
        WrongContract: it goes elsewhere.
        WrongValue: it moves value or pays for gas.
        WrongFunction: it calls another function.
        WrongArguments: with other arguments, or not in their canonical encoding.
    """
    if transaction.sender.lower() != sender.lower():
        raise WrongSender(expected=sender, found=transaction.sender)
    if transaction.chain_id != chain_id:
        raise WrongChain(expected=chain_id, found=transaction.chain_id)
    if (transaction.to or "").lower() != address.lower():
        raise WrongContract(expected=address, found=transaction.to)
    if moved := transaction.value or transaction.gas_price or transaction.priority_fee:
        raise WrongValue(expected=0, found=moved)
    fragment = load_artifact(contract).function(function)
    if transaction.data[:_SELECTOR] != fragment.selector:
        raise WrongFunction(expected=fragment.signature, found="0x" + transaction.data[:_SELECTOR].hex())
    try:
        found = fragment.decode_arguments(transaction.data)
    except ArtifactError as error:
        raise WrongArguments(expected=fragment.signature, found=str(error)) from None
    if arguments is not None and found != arguments:
        raise WrongArguments(expected=arguments, found=found)
    return found
