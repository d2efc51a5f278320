"""Each refusal of a contract has words, and the words carry its evidence."""

import re

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from node.artifacts import CONTRACTS, Fragment, load_artifact
from node.reverts import MAX_REVERT, REVERTS, decode_revert

ERRORS = {
    fragment.signature: fragment
    for contract in CONTRACTS
    for fragment in load_artifact(contract).errors.values()
}
SAMPLES: dict[str, object] = {
    "address": "0x" + "ab" * 20,
    "bytes32": bytes(range(32)),
    "bytes": b"\x01\x02",
    "string": "a text",
    "uint8": 3,
    "uint64": 1_800_000_000,
    "uint256": 1_800_000_000,
}


def _data(error: Fragment) -> bytes:
    return error.encode([SAMPLES[kind] for kind, _ in error.inputs])


def test_every_error_of_every_contract_is_in_the_table_and_no_other() -> None:
    assert {error.name for error in ERRORS.values()} == set(REVERTS)


def test_no_name_stands_for_two_errors() -> None:
    assert len({error.name for error in ERRORS.values()}) == len(ERRORS)
    assert len({error.selector for error in ERRORS.values()}) == len(ERRORS)


@pytest.mark.parametrize("signature", sorted(ERRORS))
def test_a_sentence_names_only_evidence_that_the_error_has(signature: str) -> None:
    error = ERRORS[signature]
    words = REVERTS[error.name]
    assert set(re.findall(r"{(\w+)}", words.sentence)) <= {name for _, name in error.inputs}
    assert words.sentence.endswith(".")


@pytest.mark.parametrize("signature", sorted(ERRORS))
def test_every_error_is_decoded(signature: str) -> None:
    error = ERRORS[signature]
    found = decode_revert(_data(error), function="anchorBatch")
    assert found is not None
    assert found.name == error.name
    assert dict(found.args) == {name: SAMPLES[kind] for kind, name in error.inputs}
    assert "{" not in found.sentence
    assert "{" not in (found.ebsi or "")


def test_evidence_is_shown_as_people_read_it() -> None:
    found = decode_revert(_data(ERRORS["EndInThePast(uint256,uint256)"]))
    assert found is not None
    assert "2027-01-15T08:00:00Z" in found.sentence
    found = decode_revert(_data(ERRORS["TaoNotAccredited(string,bytes32,uint8)"]))
    assert found is not None
    assert found.sentence == f"a text cannot accredit: its attribute {bytes(range(32)).hex()} is TI now."
    found = decode_revert(_data(ERRORS["NotAnOperator(address)"]))
    assert found is not None
    assert found.sentence == "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB does not hold TPR:operator."


def test_a_missing_right_has_ebsis_string_with_the_function() -> None:
    found = decode_revert(_data(ERRORS["NotAController(address,string)"]), function="addController")
    assert found is not None
    assert found.ebsi == "not controller and not authorized for policy DID:addController"


def test_solidity_strings_are_passed_on() -> None:
    found = decode_revert(bytes.fromhex("08c379a0") + encode(["string"], ["invalid did"]))
    assert found is not None
    assert (found.name, found.ebsi, found.sentence) == ("Error", "invalid did", "invalid did")


def test_what_is_no_refusal_of_ours_is_none() -> None:
    assert decode_revert(b"") is None
    assert decode_revert(b"\x00\x01\x02") is None
    assert decode_revert(bytes.fromhex("4e487b71") + bytes(32)) is None
    assert decode_revert(bytes.fromhex("08c379a0") + b"\xff" * 32) is None
    assert decode_revert(_data(ERRORS["NotAnOperator(address)"]) + bytes(MAX_REVERT)) is None


def test_surplus_and_missing_bytes_are_none() -> None:
    data = _data(ERRORS["DidExists(string)"])
    assert decode_revert(data + bytes(32)) is None
    assert decode_revert(data[:-32]) is None


@given(st.sampled_from(sorted(ERRORS)), st.binary(max_size=400))
def test_no_bytes_after_a_selector_raise(signature: str, rest: bytes) -> None:
    found = decode_revert(ERRORS[signature].selector + rest)
    assert found is None or found.name == ERRORS[signature].name


@given(st.text(max_size=100))
def test_texts_from_outside_are_never_taken_for_a_pattern(text: str) -> None:
    found = decode_revert(ERRORS["DidExists(string)"].encode([text]))
    assert found is not None
    assert found.sentence == f"{text} is registered already."
