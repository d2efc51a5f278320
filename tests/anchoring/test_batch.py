"""Batches: sorted, distinct, bounded, and found again."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.batch import MAX_BATCH_SIZE, Batch
from anchoring.errors import MalformedBatch, NotInBatch
from anchoring.inclusion import verify_inclusion
from anchoring.merkle import hash_leaf

from . import reference
from .claims import ENTRIES

DIGESTS = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=60, unique=True)


@given(DIGESTS)
def test_a_batch_is_its_digests_in_order(digests: list[bytes]) -> None:
    batch = Batch.from_digests(iter(digests))
    assert batch.leaves == b"".join(sorted(digests))
    assert batch.size == len(digests)
    assert batch.root == reference.merkle_tree_hash(sorted(digests))
    assert Batch.from_digests(reversed(digests)).leaves == batch.leaves
    copied = Batch.from_leaves(batch.leaves)
    assert (copied.leaves, copied.root) == (batch.leaves, batch.root)


@given(DIGESTS, st.binary(min_size=32, max_size=32))
def test_every_digest_is_found_and_proved(digests: list[bytes], stranger: bytes) -> None:
    batch = Batch.from_digests(digests)
    for digest in digests:
        index = batch.index_of(digest)
        verify_inclusion(
            leaf_hash=hash_leaf(digest),
            index=index,
            tree_size=batch.size,
            path=batch.tree.inclusion_path(index),
            root=batch.root,
        )
    if stranger not in digests:
        with pytest.raises(NotInBatch) as refusal:
            batch.index_of(stranger)
        assert refusal.value.digest == stranger


def test_each_digest_is_found_at_its_own_place_and_its_neighbours_nowhere() -> None:
    for size in range(1, 10):
        digests = [bytes([2 * number + 1]) * 32 for number in range(size)]
        batch = Batch.from_digests(digests[::-1])
        assert (batch.size, batch.root) == (size, reference.merkle_tree_hash(digests))
        assert Batch.from_leaves(batch.leaves).root == batch.root
        assert [batch.index_of(digest) for digest in digests] == list(range(size))
        for stranger in (bytes([2 * number]) * 32 for number in range(size + 1)):
            with pytest.raises(NotInBatch):
                batch.index_of(stranger)


def test_leaves_are_compared_whole_and_from_their_first_byte() -> None:
    digests = sorted(ENTRIES)
    assert Batch.from_leaves(b"".join(digests)).root == reference.merkle_tree_hash(digests)


def test_leaves_that_end_within_a_digest_are_refused_as_such() -> None:
    for part in (b"\x01", b"\xff" * 31):
        with pytest.raises(MalformedBatch, match="no whole number of 32-byte digests"):
            Batch.from_leaves(bytes(32) + part)


@pytest.mark.parametrize(
    "digests",
    [
        [],
        [bytes(32), bytes(32)],
        [b"\x01" * 32, bytes(32), b"\x01" * 32],
        [bytes(31)],
        [bytes(32), b"\x01" * 33],
        [b""],
    ],
)
def test_wrong_digests_are_refused(digests: list[bytes]) -> None:
    with pytest.raises(MalformedBatch):
        Batch.from_digests(digests)


@pytest.mark.parametrize(
    "leaves",
    [
        b"",
        bytes(31),
        bytes(65),
        bytes(32) + b"\x01" * 31,
        bytes(64),
        b"\x01" * 32 + bytes(32),
        bytes(32) + b"\x02" * 32 + b"\x01" * 32,
    ],
)
def test_leaves_that_are_no_batch_are_refused(leaves: bytes) -> None:
    with pytest.raises(MalformedBatch):
        Batch.from_leaves(leaves)


def test_the_limit_is_the_protocols() -> None:
    assert MAX_BATCH_SIZE == 1_048_576


def test_one_digest_more_than_the_largest_batch_is_refused() -> None:
    digests = [number.to_bytes(32) for number in range(MAX_BATCH_SIZE + 1)]
    sentence = f"from 1 to {MAX_BATCH_SIZE} digests$"
    with pytest.raises(MalformedBatch, match=sentence):
        Batch.from_digests(digests)
    with pytest.raises(MalformedBatch, match=sentence):
        Batch.from_leaves(b"".join(digests))
    assert Batch.from_digests(digests[:-1]).size == MAX_BATCH_SIZE


def test_an_endless_source_is_not_read_to_its_end() -> None:
    def endless() -> Iterator[bytes]:
        number = 0
        while True:
            yield sha256(number.to_bytes(8)).digest()
            number += 1

    with pytest.raises(MalformedBatch, match=f"from 1 to {MAX_BATCH_SIZE}"):
        Batch.from_digests(endless())
