"""Answers found before, by what they depend on: so that nothing is derived twice and nothing ever goes stale.

Keys hold the log's root up to the last entry that could matter. A root commits to all entries under it, and
an entry to its block's parent: after a reorganisation the key is another one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """A bounded memory shared by threads; what was not asked for longest is forgotten first."""

    def __init__(self, limit: int) -> None:
        """Remember at most `limit` answers."""
        self._limit = limit
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """Return what was found for `key` before, or else what `derive` finds now.

        Two threads may derive the same at once: they find the same.
        """
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = derive()
        with self._lock:
            self._found[key] = found
            while len(self._found) > self._limit:
                self._found.popitem(last=False)
        return found
