"""Consistency proofs: that a larger log continues a smaller one (RFC 9162 section 2.1.4)."""

from collections.abc import Sequence

from .errors import MalformedProof, RootMismatch
from .merkle import HASH_SIZE, hash_children


def verify_consistency(
    *, first_size: int, second_size: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Return if the log of `second_root` continues that of `first_root` (RFC 9162 section 2.1.4.2).

    Args:
        first_size: number of entries under `first_root`, at least 1: an empty log proves nothing.
        second_size: number of entries under `second_root`, not smaller.
        first_root: 32 bytes, kept from the earlier checkpoint.
        second_root: 32 bytes, of the later checkpoint.
        path: 32-byte hashes; none if the sizes are equal.

    Raises:
        MalformedProof: a size or a length is impossible.
        RootMismatch: one of the computed roots is another one.
    """
    if not 1 <= first_size <= second_size:
        raise MalformedProof(f"no consistency proof leads from size {first_size} to size {second_size}")
    for node in (first_root, second_root, *path):
        if len(node) != HASH_SIZE:
            raise MalformedProof(f"a hash is 32 bytes long, not {len(node)}")
    if first_size == second_size:
        if path:
            raise MalformedProof("between equal sizes there is nothing to prove")
        _compare("one size has two roots", expected=first_root, computed=second_root)
        return
    first, second = _roots_from_path(first_size, second_size, first_root, path)
    _compare("the path does not begin at the first root", expected=first_root, computed=first)
    _compare("the path does not lead to the second root", expected=second_root, computed=second)


def _compare(message: str, *, expected: bytes, computed: bytes) -> None:
    if expected != computed:
        raise RootMismatch(message, expected=expected, computed=computed)


def _roots_from_path(
    first_size: int, second_size: int, first_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    # The climb begins at the largest complete subtree that ends the first tree; it is the first hash of the
    # path, unless it is the whole first tree, whose hash the verifier holds.
    height = (first_size & -first_size).bit_length() - 1
    node, last = (first_size - 1) >> height, (second_size - 1) >> height
    hashes = path if node else (first_root, *path)
    if not hashes:
        raise MalformedProof("the path has no hash to begin with")
    first = second = hashes[0]
    climbed = 1
    while last:
        if node & 1 or node < last:  # else the node has no sibling and is promoted
            if climbed == len(hashes):
                raise MalformedProof(f"the path ends below the root of {second_size} entries")
            sibling = hashes[climbed]
            climbed += 1
            if node & 1:
                first = hash_children(left=sibling, right=first)
                second = hash_children(left=sibling, right=second)
            else:
                second = hash_children(left=second, right=sibling)
        node >>= 1
        last >>= 1
    if climbed != len(hashes):
        raise MalformedProof(f"the path goes on above the root of {second_size} entries")
    return first, second
