"""Batches: what one transaction commits to as (did, root, size) (protocol section 3)."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from operator import eq, lt
from typing import Final

from .errors import MalformedBatch, NotInBatch
from .merkle import HASH_SIZE, MerkleTree

MAX_BATCH_SIZE: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Batch:
    """Distinct digests in ascending order, with the tree whose leaves they are (protocol section 3).

    The order makes batches reproducible and lets a holder of all leaves show absence; a root alone proves
    neither order nor size of what nobody opened.

    Attributes:
        leaves: the digests, 32 bytes each, one after another.
        tree: the RFC 9162 tree over them.
    """

    leaves: bytes
    tree: MerkleTree

    @classmethod
    def from_digests(cls, digests: Iterable[bytes]) -> "Batch":
        """Return the batch of these digests, put in order (protocol section 3).

        Raises:
            MalformedBatch: there are none, too many, one twice, or one that is not 32 bytes long.
        """
        ordered = sorted(islice(digests, MAX_BATCH_SIZE + 1))
        _check_size(len(ordered))
        if set(map(len, ordered)) != {HASH_SIZE}:
            raise MalformedBatch("a digest is 32 bytes long")
        if any(map(eq, ordered, islice(ordered, 1, None))):
            raise MalformedBatch("a digest comes twice")
        leaves = b"".join(ordered)
        del ordered  # 80 MB at the largest size, which the tree can use
        return cls(leaves, MerkleTree.from_leaves(leaves))

    @classmethod
    def from_leaves(cls, leaves: bytes) -> "Batch":
        """Return the batch of these leaves, which must already be as a batch keeps them (protocol section 3).

        Args:
            leaves: digests of 32 bytes each, ascending and distinct, as nodes copy them from one another.

        Raises:
            MalformedBatch: there are none, too many, a part of one, or they do not ascend.
        """
        if len(leaves) % HASH_SIZE:
            raise MalformedBatch(f"{len(leaves)} bytes are no whole number of 32-byte digests")
        _check_size(len(leaves) // HASH_SIZE)
        digests = [leaves[at : at + HASH_SIZE] for at in range(0, len(leaves), HASH_SIZE)]
        if not all(map(lt, digests, islice(digests, 1, None))):
            raise MalformedBatch("the digests do not ascend")
        return cls(leaves, MerkleTree.from_leaves(leaves))

    @property
    def root(self) -> bytes:
        """The root that the ledger commits to, together with the size."""
        return self.tree.root

    @property
    def size(self) -> int:
        """The number of digests."""
        return len(self.leaves) // HASH_SIZE

    def index_of(self, digest: bytes) -> int:
        """Return the place of a digest, from 0.

        Raises:
            NotInBatch: it is none of the leaves.
        """
        index = bisect_left(range(self.size), digest, key=self._leaf)
        if index == self.size or self._leaf(index) != digest:
            raise NotInBatch(digest)
        return index

    def _leaf(self, index: int) -> bytes:
        return self.leaves[index * HASH_SIZE : (index + 1) * HASH_SIZE]


def _check_size(size: int) -> None:
    if not 1 <= size <= MAX_BATCH_SIZE:
        raise MalformedBatch(f"a batch has from 1 to {MAX_BATCH_SIZE} digests")
