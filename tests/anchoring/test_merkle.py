"""Trees against the recursive definition, at every size and every earlier size."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.errors import MalformedProof
from anchoring.merkle import EMPTY_ROOT, AppendOnlyTree, MerkleTree, hash_children, hash_leaf

from . import reference

LEAVES = [sha256(bytes([n])).digest() for n in range(70)]


def test_leaf_and_node_are_told_apart_by_their_prefix() -> None:
    left, right = LEAVES[:2]
    assert hash_leaf(left + right) == sha256(b"\x00" + left + right).digest()
    assert hash_children(left=left, right=right) == sha256(b"\x01" + left + right).digest()
    assert hash_children(left=left, right=right) != hash_children(left=right, right=left)


@pytest.mark.parametrize("size", range(71))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    tree = MerkleTree.from_leaves(b"".join(LEAVES[:size]))
    assert tree.size == size
    assert tree.root == reference.merkle_tree_hash(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 71))
def test_every_inclusion_path_is_that_of_the_definition(size: int) -> None:
    tree = MerkleTree.from_leaves(b"".join(LEAVES[:size]))
    growing = AppendOnlyTree(map(hash_leaf, LEAVES))
    for index in range(size):
        expected = reference.path(index, LEAVES[:size])
        assert list(tree.inclusion_path(index)) == expected
        assert list(growing.inclusion_path(index, size=size)) == expected


def test_a_growing_tree_answers_for_every_earlier_size() -> None:
    tree = AppendOnlyTree()
    for number, leaf in enumerate(LEAVES):
        tree.append_leaf_hash(hash_leaf(leaf))
        assert tree.size == number + 1
        assert tree.root() == reference.merkle_tree_hash(LEAVES[: number + 1])
    for size in range(71):
        assert tree.root(size) == reference.merkle_tree_hash(LEAVES[:size])
    assert tree.leaf_hash(69) == hash_leaf(LEAVES[69])
    assert tree.inclusion_path(3) == tree.inclusion_path(3, size=70)


@pytest.mark.parametrize("second", range(1, 41))
def test_every_consistency_path_is_that_of_the_definition(second: int) -> None:
    tree = AppendOnlyTree(map(hash_leaf, LEAVES))
    for first in range(1, second + 1):
        assert list(tree.consistency_path(first, second)) == reference.proof(first, LEAVES[:second])


@given(size=st.integers(0, 70), kept=st.integers(0, 70), data=st.data())
def test_a_truncated_tree_is_as_if_the_rest_had_never_been(size: int, kept: int, data: st.DataObject) -> None:
    kept = min(kept, size)
    tree = AppendOnlyTree(map(hash_leaf, LEAVES[:size]))
    tree.truncate(kept)
    assert tree.size == kept
    assert tree.root() == reference.merkle_tree_hash(LEAVES[:kept])
    other = data.draw(st.lists(st.sampled_from(LEAVES), max_size=20))
    tree.extend(map(hash_leaf, other))
    assert tree.root() == reference.merkle_tree_hash(LEAVES[:kept] + other)
    if tree.size:
        assert list(tree.consistency_path(1)) == reference.proof(1, LEAVES[:kept] + other)


def test_no_leaves_have_the_root_of_nothing() -> None:
    assert MerkleTree.from_leaves(b"").root == AppendOnlyTree().root() == EMPTY_ROOT == sha256(b"").digest()


def test_levels_are_kept_from_leaves_to_root() -> None:
    tree = MerkleTree.from_leaves(b"".join(LEAVES[:3]))
    assert tree.height == 3
    assert tree.level(0) == b"".join(map(hash_leaf, LEAVES[:3]))
    assert (
        tree.level(1)
        == hash_children(left=tree.level(0)[:32], right=tree.level(0)[32:64]) + tree.level(0)[64:]
    )
    assert tree.level(2) == tree.root


def test_the_last_leaf_is_not_doubled() -> None:
    odd = MerkleTree.from_leaves(b"".join(LEAVES[:3]))
    doubled = MerkleTree.from_leaves(b"".join([*LEAVES[:3], LEAVES[2]]))
    assert odd.root != doubled.root


@pytest.mark.parametrize("length", [1, 31, 33])
def test_lengths_that_are_no_hashes_are_refused(length: int) -> None:
    with pytest.raises(MalformedProof, match=f"{length} bytes"):
        MerkleTree.from_leaves(bytes(length))
    with pytest.raises(MalformedProof, match=f"{length} bytes"):
        MerkleTree(bytes(length))
    with pytest.raises(MalformedProof, match="32 bytes long"):
        AppendOnlyTree().append_leaf_hash(bytes(length))


def test_what_a_tree_never_had_is_refused() -> None:
    fixed = MerkleTree.from_leaves(b"".join(LEAVES[:3]))
    tree = AppendOnlyTree(map(hash_leaf, LEAVES[:3]))
    for index in (-1, 3):
        with pytest.raises(MalformedProof, match="no leaf"):
            fixed.inclusion_path(index)
        with pytest.raises(MalformedProof, match="no leaf"):
            tree.inclusion_path(index)
        with pytest.raises(MalformedProof, match="no leaf"):
            tree.leaf_hash(index)
        with pytest.raises(MalformedProof, match="no level"):
            fixed.level(index)
    with pytest.raises(MalformedProof, match="no leaf 2 in a tree of 2"):
        tree.inclusion_path(2, size=2)
    for size in (-1, 4):
        with pytest.raises(MalformedProof, match="never had the size"):
            tree.root(size)
        with pytest.raises(MalformedProof, match="never had the size"):
            tree.truncate(size)
        with pytest.raises(MalformedProof, match="never had the size"):
            tree.inclusion_path(0, size=size)
        with pytest.raises(MalformedProof, match="never had the size"):
            tree.consistency_path(1, size)
    for first, second in ((0, 3), (-1, 3), (3, 2)):
        with pytest.raises(MalformedProof, match="no consistency proof"):
            tree.consistency_path(first, second)


def test_ten_thousand_leaves_need_at_most_14_hashes_each() -> None:
    tree = MerkleTree.from_leaves(b"".join(number.to_bytes(32) for number in range(10_000)))
    assert {len(tree.inclusion_path(index)) for index in range(0, 10_000, 7)} <= set(range(15))
    assert len(tree.inclusion_path(0)) == 14
