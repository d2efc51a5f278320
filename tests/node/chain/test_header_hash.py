"""Hashes of headers: Besu's own, of every fork's form, and none that survives a change."""

import json
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_keys.datatypes import Signature
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from node.chain.header_hash import MAX_EXTRA_DATA, header_hash
from node.chain.headers import read_header
from node.config import Consensus
from node.errors import HeaderHashDiffers, MalformedLedgerAnswer

Block = dict[str, Any]
FOUND = json.loads(Path(__file__).with_name("besu_headers.json").read_text(encoding="utf-8"))
HEADERS: list[dict[str, Any]] = FOUND["headers"]
SEALED: dict[str, Any] = FOUND["sealed"]
EXTRA = [one["block"]["extraData"] for one in HEADERS]


def _rlp(text: str) -> list[Any]:
    found = rlp.decode(bytes.fromhex(text[2:]))
    assert isinstance(found, list)
    return found


def _flip(text: str) -> str:
    return text[:-1] + ("1" if text[-1] != "1" else "2")


@pytest.mark.parametrize("vector", HEADERS, ids=lambda one: str(one["name"]))
def test_a_besu_block_has_the_hash_that_its_network_gave_it(vector: dict[str, Any]) -> None:
    assert "0x" + header_hash(vector["block"], vector["consensus"]).hex() == vector["block"]["hash"]
    header = read_header(vector["block"], vector["consensus"])
    assert header is not None
    assert "0x" + header.parent_hash.hex() == vector["block"]["parentHash"]


@pytest.mark.parametrize("vector", HEADERS, ids=lambda one: str(one["name"]))
@pytest.mark.parametrize("wrong", ["ethereum", "qbft", "ibft2"])
def test_no_other_rule_gives_that_hash(vector: dict[str, Any], wrong: Consensus) -> None:
    if wrong != vector["consensus"]:
        assert "0x" + header_hash(vector["block"], wrong).hex() != vector["block"]["hash"]


@pytest.mark.parametrize("vector", [*HEADERS, SEALED], ids=lambda one: str(one["name"]))
def test_every_member_of_the_header_is_part_of_its_hash(vector: dict[str, Any]) -> None:
    block, consensus = vector["block"], vector["consensus"]
    right = header_hash(block, consensus)
    for name in block.keys() - {"hash", "extraData"}:
        assert header_hash(block | {name: _flip(block[name])}, consensus) != right, name
    vanity, validators, vote, round_number, seals = _rlp(block["extraData"])
    changed = [
        [b"\x07" * 32, validators, vote, round_number, seals],
        [vanity, [*validators[:-1], b"\x07" * 20], vote, round_number, seals],
        [vanity, validators, [b"\x07" * 20, b"\xff"], round_number, seals],
    ]
    for extra in changed:
        again = block | {"extraData": "0x" + rlp.encode(extra).hex()}
        assert header_hash(again, consensus) != right


@pytest.mark.parametrize("vector", [*HEADERS, SEALED], ids=lambda one: str(one["name"]))
def test_round_and_seals_are_no_part_of_the_hash(vector: dict[str, Any]) -> None:
    """The same block as two validators hold it: who sealed it, and in which round, may differ."""
    block, consensus = vector["block"], vector["consensus"]
    vanity, validators, vote, _, seals = _rlp(block["extraData"])
    other = [vanity, validators, vote, b"\x00\x00\x00\x05", seals[:1]]
    again = block | {"extraData": "0x" + rlp.encode(other).hex()}
    assert header_hash(again, consensus) == header_hash(block, consensus)


def test_the_validators_of_a_real_qbft_block_signed_its_header_with_its_round() -> None:
    """The members are read as Besu wrote them: its seals verify over them, without the seals themselves."""
    vanity, validators, vote, round_number, seals = _rlp(SEALED["block"]["extraData"])
    unsealed = rlp.encode([vanity, validators, vote, round_number, []])
    committed = header_hash(SEALED["block"] | {"extraData": "0x" + unsealed.hex()}, "ethereum")
    assert "0x" + committed.hex() == SEALED["committed"]
    signers = {
        Signature(seal).recover_public_key_from_msg_hash(committed).to_canonical_address() for seal in seals
    }
    assert len(signers) == 3
    assert signers < set(validators)


def test_a_genesis_block_is_hashed_as_it_is() -> None:
    genesis = HEADERS[0]["block"] | {"number": "0x0"}
    assert header_hash(genesis, "qbft") == header_hash(genesis, "ibft2") == header_hash(genesis, "ethereum")


def test_a_header_that_is_not_what_its_hash_says_is_told_with_both_hashes() -> None:
    block = HEADERS[0]["block"] | {"stateRoot": "0x" + "07" * 32}
    with pytest.raises(HeaderHashDiffers) as caught:
        read_header(block, "qbft")
    assert "0x" + caught.value.claimed.hex() == block["hash"]
    assert caught.value.computed == header_hash(block, "qbft")
    assert caught.value.number == 0xE5F2


@pytest.mark.parametrize("name", sorted(HEADERS[0]["block"].keys() - {"hash", "baseFeePerGas"}))
def test_a_member_that_is_missing_or_of_another_form_is_refused(name: str) -> None:
    block: Block = HEADERS[0]["block"]
    without = {key: value for key, value in block.items() if key != name}
    with pytest.raises(MalformedLedgerAnswer, match=name):
        header_hash(without, "qbft")
    others: tuple[object, ...] = (None, 7, "", "0x" + "g" * 64, [], {}, "0x" + "00" * (MAX_EXTRA_DATA + 1))
    for wrong in others:
        with pytest.raises(MalformedLedgerAnswer):
            header_hash(block | {name: wrong}, "qbft")


@pytest.mark.parametrize(
    "extra",
    [
        "0x",
        "0xc0",
        "0x80",
        "0x" + "c1" * 40_000,
        "0xf8ff",
        "0x" + rlp.encode([b"", [], b"", b"", []]).hex(),
        "0x" + rlp.encode([bytes(32), [b"short"], b"", b"", []]).hex(),
        "0x" + rlp.encode([bytes(32), b"", b"", b"", []]).hex(),
        "0x" + rlp.encode([bytes(32), [], b"", b"", [], b""]).hex(),
    ],
)
@pytest.mark.parametrize("consensus", ["qbft", "ibft2"])
def test_extra_data_of_another_form_are_refused(extra: str, consensus: Consensus) -> None:
    with pytest.raises(MalformedLedgerAnswer, match="consensus"):
        header_hash(HEADERS[0]["block"] | {"extraData": extra}, consensus)


@given(
    block=st.dictionaries(
        st.sampled_from([*HEADERS[0]["block"], "withdrawalsRoot", "blobGasUsed", "requestsHash"]),
        st.one_of(
            st.none(),
            st.integers(),
            st.lists(st.text()),
            st.binary(max_size=300).map(lambda raw: "0x" + raw.hex()),
            st.binary(min_size=32, max_size=32).map(lambda raw: "0x" + raw.hex()),
            st.integers(0, 2**256).map(hex),
            st.sampled_from(EXTRA),
        ),
    ),
    consensus=st.sampled_from(["ethereum", "qbft", "ibft2"]),
)
def test_whatever_is_answered_is_a_header_or_refused(block: Block, consensus: Consensus) -> None:
    whole = HEADERS[0]["block"] | block
    try:
        found = read_header(whole, consensus)
    except (MalformedLedgerAnswer, HeaderHashDiffers):
        return
    assert found is not None
    assert "0x" + found.hash.hex() == whole["hash"]


def test_the_hash_of_an_ethereum_header_is_that_of_its_encoding() -> None:
    """A slow twin for one block: the list written out by hand."""
    block = HEADERS[0]["block"]

    def data(name: str) -> bytes:
        return bytes.fromhex(block[name][2:])

    def whole(name: str) -> int:
        return int(block[name], 16)

    roots = [data(name) for name in ("stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom")]
    counts = [whole(name) for name in ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")]
    before = [data(name) for name in ("parentHash", "sha3Uncles", "miner")]
    after = [data(name) for name in ("extraData", "mixHash", "nonce")]
    encoded = rlp.encode([*before, *roots, *counts, *after, whole("baseFeePerGas")])
    assert header_hash(block, "ethereum") == keccak(encoded)
