"""A signed transaction is taken only if it is exactly the one asked for."""

from typing import Any

import pytest
import rlp
from eth_account import Account
from eth_utils.crypto import keccak

from node.artifacts import load_artifact
from node.chain.transactions import check_transaction, read_transaction
from node.errors import (
    MalformedTransaction,
    WrongArguments,
    WrongChain,
    WrongContract,
    WrongFunction,
    WrongSender,
    WrongValue,
)

KEY = bytes(range(1, 33))
OTHER_KEY = bytes(range(2, 34))
ADDRESS = Account.from_key(b"\x05" * 32).address
ARGUMENTS = ("did:ebsi:zExample", b"\x01" * 32, b"\x02" * 32, 10_000)
ANCHOR = load_artifact("AnchorRegistry").function("anchorBatch")
DATA = ANCHOR.encode(ARGUMENTS)
ASKED: dict[str, Any] = {
    "sender": Account.from_key(KEY).address,
    "chain_id": 31_337,
    "contract": "AnchorRegistry",
    "address": ADDRESS,
    "function": "anchorBatch",
    "arguments": ARGUMENTS,
}


def signed(key: bytes = KEY, **changes: Any) -> bytes:
    fields = {"nonce": 3, "gasPrice": 0, "gas": 300_000, "to": ADDRESS, "value": 0, "data": DATA}
    transaction = Account.sign_transaction({**fields, "chainId": 31_337, **changes}, key)
    return bytes(transaction.raw_transaction)


def test_the_transaction_asked_for_is_taken() -> None:
    transaction = read_transaction(signed())
    assert check_transaction(transaction, **ASKED) == ARGUMENTS
    assert transaction.nonce == 3
    assert check_transaction(transaction, **{**ASKED, "arguments": None}) == ARGUMENTS


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(signed(OTHER_KEY), WrongSender, id="another key"),
        pytest.param(signed(chainId=1), WrongChain, id="another chain"),
        pytest.param(signed(to=Account.from_key(OTHER_KEY).address), WrongContract, id="another contract"),
        pytest.param(signed(to=""), WrongContract, id="a creation"),
        pytest.param(signed(value=1), WrongValue, id="value"),
        pytest.param(signed(gasPrice=1), WrongValue, id="gas price"),
        pytest.param(signed(data=b"\x00" * 4 + DATA[4:]), WrongFunction, id="another selector"),
        pytest.param(signed(data=b""), WrongFunction, id="no data"),
        pytest.param(signed(data=DATA + bytes(32)), WrongArguments, id="surplus data"),
        pytest.param(signed(data=ANCHOR.encode((*ARGUMENTS[:3], 9_999))), WrongArguments, id="another size"),
        pytest.param(signed(data=DATA[:-32]), WrongArguments, id="too few data"),
    ],
)
def test_another_transaction_is_refused_with_its_own_error(raw: bytes, error: type[Exception]) -> None:
    transaction = read_transaction(raw)
    with pytest.raises(error):
        check_transaction(transaction, **ASKED)


def test_a_transaction_for_any_chain_is_refused() -> None:
    fields = {"nonce": 3, "gasPrice": 0, "gas": 300_000, "to": ADDRESS, "value": 0, "data": DATA}
    transaction = read_transaction(bytes(Account.sign_transaction(fields, KEY).raw_transaction))
    assert transaction.chain_id is None
    with pytest.raises(WrongChain):
        check_transaction(transaction, **ASKED)


def resigned(place: int, value: bytes) -> bytes:
    parts = rlp.decode(signed())
    parts[place] = value
    return bytes(rlp.encode(parts))


def fee_market(key: bytes = KEY, **changes: Any) -> bytes:
    fees = {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}
    fields = {"nonce": 3, "gas": 300_000, "to": ADDRESS, "value": 0, "data": DATA, "chainId": 31_337}
    return bytes(Account.sign_transaction({**fees, **fields, **changes}, key).raw_transaction)


def remade(place: int, value: Any) -> bytes:
    parts = rlp.decode(fee_market()[1:])
    parts[place] = value
    return b"\x02" + bytes(rlp.encode(parts))


def test_a_transaction_of_eip_1559_is_taken_as_well() -> None:
    transaction = read_transaction(fee_market())
    assert check_transaction(transaction, **ASKED) == ARGUMENTS
    assert (transaction.kind, transaction.nonce, transaction.chain_id) == (2, 3, 31_337)
    signed_by = Account.sign_transaction(
        {"type": 2, "maxFeePerGas": 7, "maxPriorityFeePerGas": 5, "nonce": 0, "gas": 1}
        | {"to": ADDRESS, "value": 0, "data": b"", "chainId": 1},
        KEY,
    )
    paying = read_transaction(bytes(signed_by.raw_transaction))
    assert (paying.gas_price, paying.priority_fee, paying.hash) == (7, 5, bytes(signed_by.hash))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(fee_market(OTHER_KEY), WrongSender, id="another key"),
        pytest.param(fee_market(chainId=1), WrongChain, id="another chain"),
        pytest.param(
            fee_market(to=Account.from_key(OTHER_KEY).address), WrongContract, id="another contract"
        ),
        pytest.param(fee_market(to=""), WrongContract, id="a creation"),
        pytest.param(fee_market(value=1), WrongValue, id="value"),
        pytest.param(fee_market(maxFeePerGas=1), WrongValue, id="fee"),
        pytest.param(fee_market(maxFeePerGas=1, maxPriorityFeePerGas=1), WrongValue, id="priority fee"),
        pytest.param(fee_market(data=b""), WrongFunction, id="no data"),
        pytest.param(fee_market(data=DATA[:-32]), WrongArguments, id="too few data"),
    ],
)
def test_another_one_of_eip_1559_is_refused_with_its_own_error(raw: bytes, error: type[Exception]) -> None:
    transaction = read_transaction(raw)
    with pytest.raises(error):
        check_transaction(transaction, **ASKED)


HIGH_S = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        bytes(200_000),
        b"\x02" + signed()[1:],
        signed()[:-1],
        signed() + b"\x00",
        rlp.encode(b"nine here"),
        rlp.encode([b"1"] * 8),
        rlp.encode([[b"1"]] * 9),
        b"\xc1" * 100_000,
        resigned(0, b"\x00\x03"),
        resigned(3, b"\x01" * 19),
        resigned(7, b""),
        resigned(8, b""),
        resigned(8, (HIGH_S - int.from_bytes(rlp.decode(signed())[8], "big")).to_bytes(32, "big")),
        resigned(8, b"\x01" * 33),
        b"\x02",
        b"\x01" + fee_market()[1:],
        fee_market()[:-1],
        fee_market() + b"\x00",
        fee_market(accessList=[{"address": ADDRESS, "storageKeys": []}]),
        b"\x02" + rlp.encode([b"1"] * 12),
        b"\x02" + rlp.encode([b"1"] * 11),
        remade(1, b"\x00\x03"),
        remade(5, b"\x01" * 19),
        remade(8, b""),
        remade(8, [b"\x01"]),
        remade(7, []),
        remade(9, b"\x02"),
        remade(9, b"\x1b"),
        remade(11, b""),
        remade(11, (HIGH_S - int.from_bytes(rlp.decode(fee_market()[1:])[11], "big")).to_bytes(32, "big")),
    ],
    ids=lambda raw: f"{len(raw)} bytes {keccak(bytes(raw)).hex()[:8]}",
)
def test_bytes_that_are_no_canonical_signed_transaction_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedTransaction):
        read_transaction(bytes(raw))
