import os
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from node.artifacts import load_artifact
from node.client.courier import Courier
from node.client.errors import NodeProblem, TransactionFailed, UnexpectedAnswer, UnexpectedTransaction
from node.client.keys import new_key
from node.client.outbox import Outbox
from node.client.outcomes import ENTRY_TOPIC
from node.client.patience import Patience
from node.client.profile import Deployment
from node.client.transactions import Call, check_unsigned, sign_call
from node.client.writes import METHODS, LedgerWriter
from tests.node.client.answers import body_of, node_that

ACCOUNT = {"eth_getTransactionCount": "0x5", "eth_blockNumber": "0x9"}
DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
CALL = Call("AnchorRegistry", "anchorBatch", (DID, b"\1" * 32, b"\2" * 32, 7))
DEPLOYMENT = Deployment(
    "devnet",
    31337,
    "0x" + "0F" * 20,
    {"AnchorRegistry": "0x" + "aB" * 20, "DidRegistry": "0x" + "cd" * 20},
)
KEY = new_key("secp256k1", random=os.urandom)


def unsigned(**changes: str) -> dict[str, str]:
    return {
        "from": KEY.address,
        "to": DEPLOYMENT.address("AnchorRegistry").lower(),
        "data": "0x" + CALL.data.hex(),
        "value": "0x0",
        "nonce": "0x5",
        "chainId": "0x7a69",
        "gasLimit": "0x1000000",
        "gasPrice": "0x0",
        **changes,
    }


def test_the_call_that_was_meant_is_signed() -> None:
    signed = sign_call(unsigned(), call=CALL, deployment=DEPLOYMENT, key=KEY)
    assert Account.recover_transaction(signed.raw) == KEY.address
    assert signed.send_params["unsignedTransaction"] == unsigned()
    assert int(signed.send_params["v"], 16) in {31337 * 2 + 35, 31337 * 2 + 36}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("from", "0x" + "11" * 20),
        ("to", "0x" + "cd" * 20),
        ("data", "0x" + CALL.data[:-1].hex() + "08"),
        ("data", "0x" + (CALL.data + b"\0").hex()),
        ("data", "0x"),
        ("value", "0x1"),
        ("chainId", "0x1"),
        ("gasPrice", "0x1"),
        ("gasLimit", "0xffffffffff"),
        ("nonce", "0x" + "f" * 17),
        ("nonce", "5"),
        ("nonce", "0x"),
        ("nonce", "0x-5"),
        ("value", "0x" + "0" * 65),
    ],
)
def test_anything_else_is_never_signed(member: str, value: str) -> None:
    with pytest.raises(UnexpectedTransaction) as refusal:
        sign_call(unsigned(**{member: value}), call=CALL, deployment=DEPLOYMENT, key=KEY)
    assert refusal.value.member == member


@pytest.mark.parametrize(
    "given_value",
    [None, [], "0x", {}, {**unsigned(), "accessList": "0x"}, {**unsigned(), "nonce": 5}, {"from": "0x"}],
)
def test_what_is_no_transaction_is_never_signed(given_value: object) -> None:
    with pytest.raises(UnexpectedTransaction):
        sign_call(given_value, call=CALL, deployment=DEPLOYMENT, key=KEY)


@given(
    member=st.sampled_from(["to", "data", "chainId", "from"]),
    place=st.integers(0, 10**6),
    flip=st.integers(1, 15),
)
def test_no_flipped_digit_passes(member: str, place: int, flip: int) -> None:
    text = unsigned()[member].lower()
    at = 2 + place % (len(text) - 2)
    changed = text[:at] + f"{int(text[at], 16) ^ flip:x}" + text[at + 1 :]
    with pytest.raises(UnexpectedTransaction):
        check_unsigned(unsigned(**{member: changed}), call=CALL, deployment=DEPLOYMENT, sender=KEY.address)


def test_every_method_names_the_parameters_that_its_contract_takes() -> None:
    for name, method in METHODS.items():
        inputs = load_artifact(method.contract).function(name).inputs
        if method.struct:
            assert [label for _, label in inputs] == [method.struct]
            assert inputs[0][0].count(",") == len(method.parameters) - 1
        else:
            assert tuple(label for _, label in inputs) == method.parameters, name


def writer(folder: Path, answers: dict[str, Any]) -> LedgerWriter:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        body = body_of(request)
        value = (ACCOUNT | answers)[body["method"]]
        value = value(body["params"]) if callable(value) else value
        if isinstance(value, Exception):
            error = {"code": 3, "message": str(value)}
            return httpx.Response(400, json={"jsonrpc": "2.0", "id": 1, "error": error})
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": value})

    patience = Patience(attempts=3, sleep=lambda _: None)
    return LedgerWriter(Courier(Outbox(folder), node_that(answer), DEPLOYMENT, patience), KEY)


def receipt(params: Any, **members: object) -> dict[str, object]:
    """Of a transaction that updated a base document, with its entry in the log."""
    kind = "0x" + b"did.base.updated".ljust(32, b"\0").hex()
    words = [bytes(32), (7).to_bytes(32, "big"), bytes.fromhex(KEY.address[2:]).rjust(32, b"\0")]
    data = "0x" + b"".join([*words, bytes(32), (160).to_bytes(32, "big"), bytes(32)]).hex()
    event = {
        "address": DEPLOYMENT.registry_log.lower(),
        "topics": [ENTRY_TOPIC, "0x0", kind, "0x0"],
        "data": data,
    }
    return {"transactionHash": params[0], "status": "0x1", "blockNumber": "0x2", "logs": [event], **members}


def update_base_document(params: list[dict[str, str]]) -> dict[str, str]:
    call = Call("DidRegistry", "updateBaseDocument", (params[0]["did"], params[0]["baseDocument"]))
    return unsigned(to=DEPLOYMENT.address("DidRegistry"), data="0x" + call.data.hex())


def hash_of_raw(params: list[dict[str, str]]) -> str:
    from eth_utils.crypto import keccak

    return "0x" + keccak(bytes.fromhex(params[0]["signedRawTransaction"][2:])).hex()


def test_a_write_ends_with_its_receipt(tmp_path: Path) -> None:
    answers = {
        "updateBaseDocument": update_base_document,
        "sendSignedTransaction": hash_of_raw,
        "eth_getTransactionReceipt": receipt,
    }
    outcome = writer(tmp_path, answers).write("updateBaseDocument", did=DID, baseDocument="{}")
    assert (outcome.block, outcome.time) == (2, 7)


@pytest.mark.parametrize(
    "change",
    [
        {"logs": []},
        {"logs": [{"address": "0x" + "11" * 20}]},
        {"transactionHash": "0x" + "22" * 32},
        {"status": "0x2"},
        {"blockNumber": None},
    ],
    ids=str,
)
def test_a_success_without_the_entry_of_the_pinned_log_is_none(
    tmp_path: Path, change: dict[str, object]
) -> None:
    answers = {
        "updateBaseDocument": update_base_document,
        "sendSignedTransaction": hash_of_raw,
        "eth_getTransactionReceipt": lambda params: receipt(params, **change),
    }
    with pytest.raises(UnexpectedAnswer):
        writer(tmp_path, answers).write("updateBaseDocument", did=DID, baseDocument="{}")
    assert [entry.state for entry in Outbox(tmp_path).entries()] == ["sent"]


def test_a_failed_transaction_says_why_in_words(tmp_path: Path) -> None:
    error = load_artifact("DidRegistry").errors
    fragment = next(part for part in error.values() if part.name == "NotAController")
    values: list[object] = [KEY.address if kind == "address" else DID for kind, _ in fragment.inputs]
    answers = {
        "updateBaseDocument": update_base_document,
        "sendSignedTransaction": hash_of_raw,
        "eth_getTransactionReceipt": lambda params: receipt(
            params, status="0x0", revertReason="0x" + fragment.encode(values).hex()
        ),
    }
    with pytest.raises(TransactionFailed, match="no valid ledger key"):
        writer(tmp_path, answers).write("updateBaseDocument", did=DID, baseDocument="{}")


def test_a_failed_transaction_without_a_reason_is_asked_again(tmp_path: Path) -> None:
    answers = {
        "updateBaseDocument": update_base_document,
        "sendSignedTransaction": hash_of_raw,
        "eth_getTransactionReceipt": lambda params: receipt(params, status="0x0"),
        "eth_call": ValueError("execution reverted: not a controller"),
    }
    with pytest.raises(TransactionFailed, match="not a controller"):
        writer(tmp_path, answers).write("updateBaseDocument", did=DID, baseDocument="{}")


def test_a_node_that_names_another_transaction_is_not_believed(tmp_path: Path) -> None:
    answers = {"updateBaseDocument": update_base_document, "sendSignedTransaction": "0x" + "00" * 32}
    with pytest.raises(UnexpectedAnswer):
        writer(tmp_path, answers).write("updateBaseDocument", did=DID, baseDocument="{}")


def test_a_refusal_before_signing_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(NodeProblem, match="did not found"):
        writer(tmp_path, {"updateBaseDocument": ValueError("did not found")}).write(
            "updateBaseDocument", did=DID, baseDocument="{}"
        )


def test_a_misspelled_parameter_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="surplus"):
        writer(tmp_path, {}).write("updateBaseDocument", did=DID, baseDocument="{}", surplus=1)
