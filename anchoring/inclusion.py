"""Inclusion proofs: that a leaf stands at its index under a root (RFC 9162 section 2.1.3)."""

from collections.abc import Sequence

from .errors import MalformedProof, RootMismatch
from .merkle import HASH_SIZE, hash_children


def verify_inclusion(
    *, leaf_hash: bytes, index: int, tree_size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Return if `path` leads from `leaf_hash` at `index` to `root` (RFC 9162 section 2.1.3.2).

    A path does not prove the size of a tree: some verify under several sizes, so the root must have been
    committed to together with its size.

    Args:
        leaf_hash: 32 bytes, `hash_leaf(entry)`; never the entry itself.
        index: position of the leaf, 0 <= index < tree_size.
        tree_size: number of leaves under `root`, taken from the anchor, not from the prover.
        path: 32-byte siblings from leaf to root; at most 14 for 10,000 leaves.
        root: 32 bytes, as found on the ledger.

    Raises:
        MalformedProof: a size or a length is impossible.
        RootMismatch: the computed root is another one.
    """
    if len(root) != HASH_SIZE:
        raise MalformedProof(f"a root is 32 bytes long, not {len(root)}")
    computed = root_from_inclusion(leaf_hash=leaf_hash, index=index, tree_size=tree_size, path=path)
    if computed != root:
        raise RootMismatch("the path leads to another root", expected=root, computed=computed)


def root_from_inclusion(*, leaf_hash: bytes, index: int, tree_size: int, path: Sequence[bytes]) -> bytes:
    """Return the root to which `path` leads from `leaf_hash` at `index` (RFC 9162 section 2.1.3.2).

    Args:
        leaf_hash: 32 bytes, `hash_leaf(entry)`.
        index: position of the leaf, 0 <= index < tree_size.
        tree_size: number of leaves under the root.
        path: 32-byte siblings from leaf to root, exactly as many as this index has in a tree of this size.

    Raises:
        MalformedProof: a size or a length is impossible.
    """
    if not 0 <= index < tree_size:
        raise MalformedProof(f"no leaf {index} in a tree of {tree_size}")
    for node in (leaf_hash, *path):
        if len(node) != HASH_SIZE:
            raise MalformedProof(f"a hash is 32 bytes long, not {len(node)}")
    computed = leaf_hash
    last = tree_size - 1  # the last index on the level that is being climbed
    climbed = 0
    while last:
        if index & 1 or index < last:  # else the node has no sibling and is promoted
            if climbed == len(path):
                raise MalformedProof(f"{climbed} hashes do not reach the root of {tree_size} leaves")
            sibling = path[climbed]
            climbed += 1
            if index & 1:
                computed = hash_children(left=sibling, right=computed)
            else:
                computed = hash_children(left=computed, right=sibling)
        index >>= 1
        last >>= 1
    if climbed != len(path):
        raise MalformedProof(f"{len(path)} hashes where the path has {climbed}")
    return computed
