"""Merkle trees over SHA-256 as RFC 9162 section 2.1 defines them: order matters, the odd node is promoted."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from .errors import MalformedProof

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
_NODE = b"\x01"


def hash_leaf(entry: bytes) -> bytes:
    """Return the leaf hash of `entry`, SHA-256(0x00 || entry) (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def hash_children(*, left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, SHA-256(0x01 || left || right) (RFC 9162 section 2.1.1).

    Args:
        left: 32 bytes, the hash of the subtree with the smaller indexes.
        right: 32 bytes, the hash of the subtree with the larger indexes.
    """
    return sha256(_NODE + left + right).digest()


class MerkleTree:
    """A finished tree: one bytes object for each level, so that 1,000,000 leaves take 64 MB.

    A last node without a sibling is kept on its level and repeated, unhashed, one level up.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: bytes) -> None:
        """Take the level of leaf hashes.

        Args:
            leaf_hashes: the hashes, 32 bytes each, one after another.

        Raises:
            MalformedProof: the length is no multiple of 32.
        """
        if len(leaf_hashes) % HASH_SIZE:
            raise MalformedProof(f"{len(leaf_hashes)} bytes are no whole number of 32-byte hashes")
        self._levels = [leaf_hashes]
        while len(self._levels[-1]) > HASH_SIZE:
            self._levels.append(_parents(self._levels[-1]))

    @classmethod
    def from_leaves(cls, leaves: bytes) -> "MerkleTree":
        """Return the tree over 32-byte leaves (RFC 9162 section 2.1.1).

        Args:
            leaves: the leaves themselves, not their hashes, 32 bytes each, one after another.

        Raises:
            MalformedProof: the length is no multiple of 32.
        """
        if len(leaves) % HASH_SIZE:
            raise MalformedProof(f"{len(leaves)} bytes are no whole number of 32-byte leaves")
        prefix = b"\x00"
        return cls(
            b"".join([sha256(prefix + leaves[at : at + 32]).digest() for at in range(0, len(leaves), 32)])
        )

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // HASH_SIZE

    @property
    def root(self) -> bytes:
        """The root hash; for no leaves the hash of nothing (RFC 9162 section 2.1.1)."""
        return self._levels[-1] or EMPTY_ROOT

    @property
    def height(self) -> int:
        """The number of levels, leaves and root included."""
        return len(self._levels)

    def level(self, number: int) -> bytes:
        """Return the nodes of a level, 32 bytes each; level 0 holds the leaf hashes.

        Raises:
            MalformedProof: there is no such level.
        """
        if not 0 <= number < len(self._levels):
            raise MalformedProof(f"no level {number} in a tree of {len(self._levels)} levels")
        return self._levels[number]

    def inclusion_path(self, index: int) -> tuple[bytes, ...]:
        """Return the siblings from leaf `index` to the root (RFC 9162 section 2.1.3.1).

        Raises:
            MalformedProof: there is no such leaf.
        """
        if not 0 <= index < self.size:
            raise MalformedProof(f"no leaf {index} in a tree of {self.size}")
        path = []
        for nodes in self._levels[:-1]:
            if sibling := nodes[(index ^ 1) * HASH_SIZE : ((index ^ 1) + 1) * HASH_SIZE]:
                path.append(sibling)
            index >>= 1
        return tuple(path)


class AppendOnlyTree:
    """A growing tree that still answers for every size it has had (RFC 9162 sections 2.1.3 and 2.1.4).

    Only complete subtrees are kept, for they never change: level k holds size >> k nodes. Whatever is ragged
    at the right edge of some size is folded together when asked for.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        """Take the first leaf hashes, 32 bytes each.

        Raises:
            MalformedProof: a hash has another length.
        """
        self._levels = [bytearray()]
        self.extend(leaf_hashes)

    @property
    def size(self) -> int:
        """The number of leaves."""
        return len(self._levels[0]) // HASH_SIZE

    def append_leaf_hash(self, leaf_hash: bytes) -> None:
        """Add one leaf hash at the right edge.

        Raises:
            MalformedProof: it is not 32 bytes long.
        """
        if len(leaf_hash) != HASH_SIZE:
            raise MalformedProof(f"a leaf hash is 32 bytes long, not {len(leaf_hash)}")
        completed = self.size  # its trailing one bits count the subtrees that this leaf completes
        self._levels[0] += leaf_hash
        number = 0
        while completed & 1:
            if number + 1 == len(self._levels):
                self._levels.append(bytearray())
            self._levels[number + 1] += sha256(_NODE + self._levels[number][-64:]).digest()
            completed >>= 1
            number += 1

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Add leaf hashes at the right edge, in order.

        Raises:
            MalformedProof: a hash is not 32 bytes long; those before it stay.
        """
        for leaf_hash in leaf_hashes:
            self.append_leaf_hash(leaf_hash)

    def leaf_hash(self, index: int) -> bytes:
        """Return the leaf hash at `index`.

        Raises:
            MalformedProof: there is no such leaf.
        """
        self._check_index(index, self.size)
        return self._node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` leaves, of all when None (RFC 9162 section 2.1.1).

        Raises:
            MalformedProof: the tree has never had that size.
        """
        size = self._check_size(self.size if size is None else size)
        return self._range_root(0, size) if size else EMPTY_ROOT

    def inclusion_path(self, index: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """Return the siblings from leaf `index` to the root of `size` leaves (RFC 9162 section 2.1.3.1).

        Raises:
            MalformedProof: there is no such leaf, or the tree has never had that size.
        """
        size = self._check_size(self.size if size is None else size)
        self._check_index(index, size)
        return tuple(self._siblings(index, size))

    def consistency_path(self, first: int, second: int | None = None) -> tuple[bytes, ...]:
        """Return the proof that `second` leaves continue the first `first` (RFC 9162 section 2.1.4.1).

        Raises:
            MalformedProof: not 1 <= first <= second <= size.
        """
        second = self._check_size(self.size if second is None else second)
        if not 1 <= first <= second:
            raise MalformedProof(f"no consistency proof leads from size {first} to size {second}")
        start, stop, path, whole = 0, second, list[bytes](), True
        while first != stop:
            middle = start + (1 << (stop - start - 1).bit_length() - 1)
            if first <= middle:
                path.append(self._range_root(middle, stop))
                stop = middle
            else:
                path.append(self._range_root(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._range_root(start, stop))
        return tuple(reversed(path))

    def truncate(self, size: int) -> None:
        """Forget all leaves from index `size` on, as after a reorganisation of the ledger.

        Raises:
            MalformedProof: the tree has never had that size.
        """
        self._check_size(size)
        for number, nodes in enumerate(self._levels):
            del nodes[(size >> number) * HASH_SIZE :]

    def _check_size(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise MalformedProof(f"a tree of {self.size} has never had the size {size}")
        return size

    @staticmethod
    def _check_index(index: int, size: int) -> None:
        if not 0 <= index < size:
            raise MalformedProof(f"no leaf {index} in a tree of {size}")

    def _node(self, number: int, index: int) -> bytes:
        return bytes(self._levels[number][index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def _range_root(self, start: int, stop: int) -> bytes:
        """Return the root of leaves [start, stop); `start` is a multiple of a power of two >= the range."""
        root = b""
        for number in range(len(self._levels)):
            if (stop - start) >> number & 1:
                complete = self._node(number, (stop >> number) - 1)
                root = sha256(_NODE + complete + root).digest() if root else complete
                stop -= 1 << number
        return root

    def _siblings(self, index: int, size: int) -> Iterator[bytes]:
        for number in range((size - 1).bit_length()):
            start = ((index >> number) ^ 1) << number
            if start < size:
                yield self._range_root(start, min(start + (1 << number), size))


def _parents(nodes: bytes) -> bytes:
    paired = len(nodes) // 64 * 64
    parents = [sha256(_NODE + nodes[at : at + 64]).digest() for at in range(0, paired, 64)]
    return b"".join(parents) + nodes[paired:]
