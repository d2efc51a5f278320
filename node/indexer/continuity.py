"""That new entries continue the log: `anchoring.history` from the middle, with heads out of the database."""

from collections.abc import Iterable, Mapping

from anchoring.entry import ZERO_HASH, Entry
from anchoring.errors import BrokenHistory, MalformedEntry
from anchoring.merkle import AppendOnlyTree
from anchoring.payload import subject_of_payload


class LogTail:
    """The end of the followed log: its tree, and what the next entry must agree with."""

    def __init__(self, leaf_hashes: Iterable[bytes], *, time: int, closed: bool) -> None:
        """Stand after the entries kept.

        Args:
            leaf_hashes: of every entry so far, in log order.
            time: of the last entry, in seconds.
            closed: whether it was `log.closed`.
        """
        self._tree = AppendOnlyTree(leaf_hashes)
        self._time, self._closed = time, closed
        self._heads: dict[bytes, bytes] = {}

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._tree.size

    def root(self, size: int | None = None) -> bytes:
        """The root of all entries, or of the first `size` (RFC 9162 section 2.1.1)."""
        return self._tree.root(size)

    def know(self, heads: Mapping[bytes, bytes]) -> None:
        """Of the subjects about to be appended to, only these have entries: the hashes of their last."""
        self._heads = dict(heads)

    def append(self, entry: Entry) -> bytes:
        """The hash of the next entry, once it was checked to continue the log (protocol sections 1 and 2).

        Raises:
            BrokenHistory: index, time, previous, subject or payload are not those that the log requires.
        """
        index = entry.index
        if index != self.size:
            raise BrokenHistory(f"entry {self.size} was expected", index=index)
        if (entry.kind == "log.opened") != (index == 0) or self._closed:
            raise BrokenHistory("a log begins with log.opened and ends with log.closed", index=index)
        if entry.time < self._time:
            raise BrokenHistory("it is earlier than the entry before it", index=index)
        try:
            subject = subject_of_payload(entry.kind, entry.payload)
        except MalformedEntry as error:
            raise BrokenHistory(str(error), index=index) from error
        if subject != entry.subject:
            raise BrokenHistory("its payload speaks of another subject", index=index)
        if entry.previous != self._heads.get(subject, ZERO_HASH):
            raise BrokenHistory("it does not follow its subject's last entry", index=index)
        entry_hash = entry.hash
        self._tree.append_leaf_hash(entry_hash)
        self._heads[subject] = entry_hash
        self._time, self._closed = entry.time, entry.kind == "log.closed"
        return entry_hash
