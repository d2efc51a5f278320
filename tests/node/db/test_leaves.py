import itertools
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from anchoring.inclusion import verify_inclusion
from anchoring.merkle import MerkleTree, hash_leaf
from node.db.leaves import (
    HELD,
    MALFORMED,
    drop_blob,
    find_blob,
    find_digest,
    inclusion_path,
    prefix,
    read_leaves,
    store_leaves,
)
from node.db.session import reading, writing
from node.db.tables import BATCH_BLOB, BATCH_LEAF, BATCH_TILE
from node.errors import LeavesDisagree, NoSuchLeaf

BLOBS = (BATCH_BLOB, BATCH_TILE, BATCH_LEAF)
_unique = itertools.count()


def ascending(count: int) -> bytes:
    salt = next(_unique)
    return b"".join(sorted(sha256(b"%d/%d" % (salt, at)).digest() for at in range(count)))


@pytest.mark.parametrize(
    "count", [1, 2, 3, 255, 256, 257, 511, 512, 513, 700, 65_535, 65_536, 65_537, 70_000]
)
def test_a_path_through_tiles_is_the_path_of_the_tree(engine: Engine, count: int) -> None:
    leaves = ascending(count)
    tree = MerkleTree.from_leaves(leaves)
    with writing(engine) as connection:
        blob = store_leaves(connection, root=tree.root, size=count, leaves=leaves)
    assert blob.state == HELD
    with reading(engine) as connection:
        for position in {0, 1, 254, 255, 256, 257, count // 2, count - 2, count - 1}:
            if 0 <= position < count:
                path = inclusion_path(connection, blob, position)
                assert path == tree.inclusion_path(position)
                leaf = leaves[position * 32 : position * 32 + 32]
                verify_inclusion(
                    leaf_hash=hash_leaf(leaf), index=position, tree_size=count, path=path, root=tree.root
                )
        assert b"".join(read_leaves(connection, blob)) == leaves


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.integers(1, 1_200), st.data())
def test_every_stored_digest_is_found_at_its_place(engine: Engine, count: int, data: st.DataObject) -> None:
    leaves = ascending(count)
    root = MerkleTree.from_leaves(leaves).root
    position = data.draw(st.integers(0, count - 1))
    with writing(engine) as connection:
        blob = store_leaves(connection, root=root, size=count, leaves=leaves)
        found = find_digest(connection, leaves[position * 32 : position * 32 + 32])
        assert [(place.blob, place.position) for place in found] == [(blob, position)]


def test_a_digest_that_shares_64_bits_with_leaves_is_not_taken_for_one_of_them(engine: Engine) -> None:
    # an issuer chooses digests freely, so prefixes may collide at will
    leaves = b"".join(bytes(8) + at.to_bytes(24, "big") for at in range(0, 2_000, 2))
    root = MerkleTree.from_leaves(leaves).root
    with writing(engine) as connection:
        store_leaves(connection, root=root, size=1_000, leaves=leaves)
        for at in (0, 1, 998, 999, 1_998, 1_999):
            found = find_digest(connection, bytes(8) + at.to_bytes(24, "big"))
            assert [place.position for place in found] == ([at // 2] if at % 2 == 0 else [])


def test_leaves_of_another_root_are_not_kept(engine: Engine) -> None:
    leaves = ascending(300)
    root = MerkleTree.from_leaves(leaves).root
    wrong = bytes([leaves[0] ^ 1]) + leaves[1:]
    for offered in (wrong, leaves[:-32], leaves + bytes(32), b"", leaves[:-1], root):
        with pytest.raises(LeavesDisagree), writing(engine) as connection:
            store_leaves(connection, root=root, size=300, leaves=offered)
    with reading(engine) as connection:
        for table in (BATCH_BLOB, BATCH_TILE, BATCH_LEAF):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def test_unsorted_doubled_or_miscounted_leaves_are_malformed_and_inclusion_stands(engine: Engine) -> None:
    sound = ascending(300)
    unsorted = sound[32:64] + sound[:32] + sound[64:]
    doubled = sound[:32] + sound
    for leaves, size in ((unsorted, 300), (doubled, 301), (sound, 299), (sound, 301)):
        tree = MerkleTree.from_leaves(leaves)
        with writing(engine) as connection:
            blob = store_leaves(connection, root=tree.root, size=size, leaves=leaves)
            assert blob.state == MALFORMED
            assert blob.count == len(leaves) // 32
            assert inclusion_path(connection, blob, 7) == tree.inclusion_path(7)
            assert find_digest(connection, leaves[7 * 32 : 8 * 32])[-1].blob == blob


def test_a_malformed_batch_of_one_digest_many_times_answers_with_one_place(engine: Engine) -> None:
    leaves = bytes(32) * 5_000
    with writing(engine) as connection:
        store_leaves(connection, root=MerkleTree.from_leaves(leaves).root, size=5_000, leaves=leaves)
        assert [found.position for found in find_digest(connection, bytes(32))] == [0]


def test_the_same_leaves_twice_are_one_blob(engine: Engine) -> None:
    leaves = ascending(10)
    root = MerkleTree.from_leaves(leaves).root
    with writing(engine) as connection:
        first = store_leaves(connection, root=root, size=10, leaves=leaves)
        assert store_leaves(connection, root=root, size=10, leaves=leaves) == first
        assert connection.execute(select(func.count()).select_from(BATCH_LEAF)).scalar() == 10


@pytest.mark.parametrize("damaged", [True, False])
@pytest.mark.parametrize("count", [1, 600, 8_193])
def test_a_dropped_blob_leaves_nothing_behind_and_takes_nothing_else(
    engine: Engine, count: int, *, damaged: bool
) -> None:
    leaves, others = ascending(count), ascending(300)
    root, other = (MerkleTree.from_leaves(some).root for some in (leaves, others))
    with writing(engine) as connection:
        store_leaves(connection, root=other, size=300, leaves=others)
        before = {table: connection.execute(select(table)).all() for table in BLOBS}
        store_leaves(connection, root=root, size=count, leaves=leaves)
        drop_blob(connection, root=root, size=count, damaged=damaged)
        assert find_blob(connection, root=root, size=count) is None
        assert find_digest(connection, leaves[:32]) == []
        for table in BLOBS:
            assert connection.execute(select(table)).all() == before[table]


def test_a_position_outside_the_leaves_is_refused(engine: Engine) -> None:
    leaves = ascending(3)
    with writing(engine) as connection:
        blob = store_leaves(connection, root=MerkleTree.from_leaves(leaves).root, size=3, leaves=leaves)
        for position in (-1, 3, 256):
            with pytest.raises(NoSuchLeaf):
                inclusion_path(connection, blob, position)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_prefixes_sort_as_digests_do(one: bytes, other: bytes) -> None:
    assert -(2**63) <= prefix(one) < 2**63
    assert (prefix(one) < prefix(other)) == (one[:8] < other[:8])
