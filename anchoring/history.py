"""The log replayed from its first entry: what an auditor does instead of believing (protocol section 1)."""

from collections.abc import Mapping, MutableMapping
from types import MappingProxyType

from .checkpoint import Checkpoint
from .entry import ZERO_HASH, Entry
from .errors import BrokenHistory, MalformedEntry
from .merkle import AppendOnlyTree
from .payload import subject_of_payload


class History:
    """A log that was followed entry by entry, each checked against those before it.

    That the root equals the ledger's is for the caller to compare: only the caller sees the ledger.
    """

    __slots__ = ("_closed", "_heads", "_time", "_tree")

    def __init__(self, heads: MutableMapping[bytes, bytes] | None = None) -> None:
        """Begin before the first entry.

        Args:
            heads: empty; where the hash of each subject's last entry is kept, in memory if None.
        """
        self._tree = AppendOnlyTree()
        self._heads: MutableMapping[bytes, bytes] = {} if heads is None else heads
        self._time = 0
        self._closed = False

    @property
    def size(self) -> int:
        """The number of entries appended."""
        return self._tree.size

    @property
    def heads(self) -> Mapping[bytes, bytes]:
        """For each subject the hash of its last entry, as the ledger's `heads` holds it."""
        return MappingProxyType(self._heads)

    @property
    def tree(self) -> AppendOnlyTree:
        """The tree over all entries, for inclusion and consistency paths; not to be appended to."""
        return self._tree

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first `size` entries, of all when None (RFC 9162 section 2.1.1).

        Raises:
            MalformedProof: the log has never had that size here.
        """
        return self._tree.root(size)

    def checkpoint(self, origin: str, *, size: int | None = None) -> Checkpoint:
        """Return the three lines for the log as it is, or was at `size` (protocol section 5).

        Raises:
            MalformedCheckpoint: the origin is none.
            MalformedProof: the log has never had that size here.
        """
        return Checkpoint(origin, self.size if size is None else size, self.root(size))

    def append(self, entry: Entry) -> None:
        """Take the next entry after checking that it continues the log (protocol sections 1 and 2).

        Raises:
            BrokenHistory: index, time, previous or subject are not those that the log requires, the payload
                is no payload of its kind, or the log was closed or never opened.
        """
        self._check_place(entry)
        try:
            subject = subject_of_payload(entry.kind, entry.payload)
        except MalformedEntry as error:
            raise BrokenHistory(str(error), index=entry.index) from error
        if subject != entry.subject:
            raise BrokenHistory("its payload speaks of another subject", index=entry.index)
        if entry.previous != self._heads.get(subject, ZERO_HASH):
            raise BrokenHistory("it does not follow its subject's last entry", index=entry.index)
        entry_hash = entry.hash
        self._tree.append_leaf_hash(entry_hash)
        self._heads[subject] = entry_hash
        self._time = entry.time
        self._closed = entry.kind == "log.closed"

    def _check_place(self, entry: Entry) -> None:
        if entry.index != self.size:
            raise BrokenHistory(f"entry {self.size} was expected", index=entry.index)
        if (entry.kind == "log.opened") != (entry.index == 0):
            raise BrokenHistory("a log begins with log.opened, and only begins with it", index=entry.index)
        if self._closed:
            raise BrokenHistory("it comes after log.closed", index=entry.index)
        if entry.time < self._time:
            raise BrokenHistory("it is earlier than the entry before it", index=entry.index)
