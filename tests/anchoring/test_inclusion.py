"""Inclusion: vectors, the definition, properties, and a foreign implementation."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from anchoring.errors import AnchoringError, MalformedProof, RootMismatch
from anchoring.inclusion import root_from_inclusion, verify_inclusion
from anchoring.merkle import AppendOnlyTree, MerkleTree, hash_children, hash_leaf

from .claims import check_inclusion, flip, inclusion_claims

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "inclusion.json").read_text("utf-8"))
LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=80, unique=True)


@pytest.mark.parametrize("vector", VECTORS["cases"], ids=lambda vector: str(vector["name"]))
def test_vectors(vector: dict[str, Any]) -> None:
    claim = dict(VECTORS["claims"][vector["claim"]], **vector["change"])
    claim = {
        "leaf_hash": bytes.fromhex(claim["leaf_hash"]),
        "index": claim["index"],
        "tree_size": claim["tree_size"],
        "path": [bytes.fromhex(node) for node in claim["path"]],
        "root": bytes.fromhex(claim["root"]),
    }
    if vector["good"]:
        verify_inclusion(**claim)
    else:
        with pytest.raises(AnchoringError):
            verify_inclusion(**claim)


def test_true_claims_pass_and_no_named_lie_survives() -> None:
    check_inclusion(verify_inclusion)


@given(leaves=LEAVES, data=st.data())
def test_every_proved_leaf_verifies(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = MerkleTree.from_leaves(b"".join(leaves))
    verify_inclusion(
        leaf_hash=hash_leaf(leaves[index]),
        index=index,
        tree_size=len(leaves),
        path=tree.inclusion_path(index),
        root=tree.root,
    )


@given(leaves=LEAVES, data=st.data())
def test_no_flipped_bit_survives(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = MerkleTree.from_leaves(b"".join(leaves))
    hashes = [hash_leaf(leaves[index]), *tree.inclusion_path(index), tree.root]
    place, bit = data.draw(st.integers(0, len(hashes) - 1)), data.draw(st.integers(0, 255))
    hashes[place] = flip(hashes[place], bit)
    with pytest.raises(RootMismatch) as refusal:
        verify_inclusion(
            leaf_hash=hashes[0], index=index, tree_size=len(leaves), path=hashes[1:-1], root=hashes[-1]
        )
    assert refusal.value.expected == hashes[-1]
    assert refusal.value.computed != hashes[-1]


@given(leaves=LEAVES, data=st.data())
def test_no_inner_node_passes_for_a_document(leaves: list[bytes], data: st.DataObject) -> None:
    tree = MerkleTree.from_leaves(b"".join(leaves))
    number = data.draw(st.integers(0, tree.height - 1))
    nodes = tree.level(number)
    place = data.draw(st.integers(0, len(nodes) // 32 - 1))
    inner = nodes[place * 32 : place * 32 + 32]
    index = min(place << number, tree.size - 1)
    for size in {tree.size, len(nodes) // 32}:
        for path in (tree.inclusion_path(index), tree.inclusion_path(index)[number:]):
            for at in {min(index, size - 1), place}:
                with pytest.raises(AnchoringError):
                    verify_inclusion(
                        leaf_hash=hash_leaf(inner), index=at, tree_size=size, path=path, root=tree.root
                    )


@given(st.integers(1, 2**40), st.data())
def test_a_path_is_as_long_as_the_place_demands(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    lengths = set()
    for length in range(43):
        try:
            root_from_inclusion(leaf_hash=bytes(32), index=index, tree_size=size, path=[bytes(32)] * length)
        except MalformedProof:
            continue
        lengths.add(length)
    assert len(lengths) == 1


def test_a_path_does_not_prove_the_size() -> None:
    tree = MerkleTree.from_leaves(bytes(31) + b"\x01" + bytes(31) + b"\x02" + bytes(31) + b"\x03" + bytes(32))
    path = tree.inclusion_path(0)
    for size in (3, 4):
        verify_inclusion(leaf_hash=tree.level(0)[:32], index=0, tree_size=size, path=path, root=tree.root)


def test_paths_of_a_growing_log_verify_at_every_size() -> None:
    for claim in inclusion_claims():
        verify_inclusion(**claim)  # type: ignore[arg-type]  # claims are of mixed types


@given(leaves=LEAVES, data=st.data())
def test_a_foreign_implementation_agrees(leaves: list[bytes], data: st.DataObject) -> None:
    foreign = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        foreign.append_entry(leaf)
    ours = AppendOnlyTree(map(hash_leaf, leaves))
    index = data.draw(st.integers(0, len(leaves) - 1))
    size = data.draw(st.integers(index + 1, len(leaves)))
    assert foreign.get_root(size) == ours.root(size)
    theirs = [bytes.fromhex(node) for node in foreign.prove_inclusion(index + 1, size).serialize()["path"]]
    assert tuple(theirs[1:]) == ours.inclusion_path(index, size=size)
    verify_inclusion(
        leaf_hash=theirs[0], index=index, tree_size=size, path=theirs[1:], root=foreign.get_root(size)
    )


def test_children_are_hashed_in_their_order() -> None:
    left, right = hash_leaf(b"a"), hash_leaf(b"b")
    root = hash_children(left=left, right=right)
    verify_inclusion(leaf_hash=right, index=1, tree_size=2, path=[left], root=root)
    with pytest.raises(RootMismatch):
        verify_inclusion(leaf_hash=right, index=0, tree_size=2, path=[left], root=root)
