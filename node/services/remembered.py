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

    def __init__(self, limit: int, *, weigh: Callable[[T], int] = lambda _: 1) -> None:
        """Remember at most `limit` answers.

        Args:
            limit: what all answers may weigh together; one alone may weigh more.
            weigh: what one answer weighs, at least 1.
        """
        self._limit, self._weigh = limit, weigh
        self._weight = 0
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def peek(self, key: Hashable) -> T | None:
        """Return what was found for `key` before, None if nothing is remembered."""
        with self._lock:
            if key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key]

    def get(
        self, key: Hashable, derive: Callable[[], T], *, holds: Callable[[T], bool] = lambda _: True
    ) -> T:
        """Return what was found for `key` before, or else what `derive` finds now.

        Two threads may derive the same at once: they find the same.

        Args:
            key: all that the answer depends on but time.
            derive: finds the answer.
            holds: whether what was found before is still the answer.
        """
        with self._lock:
            if key in self._found and holds(self._found[key]):
                self._found.move_to_end(key)
                return self._found[key]
        found = derive()
        with self._lock:
            if key in self._found:
                self._weight -= self._weigh(self._found.pop(key))
            self._found[key] = found
            self._weight += self._weigh(found)
            while self._weight > self._limit and len(self._found) > 1:
                self._weight -= self._weigh(self._found.popitem(last=False)[1])
        return found
