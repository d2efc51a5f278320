"""What verifications derived before, by the word that their keys begin with (`credentials.ports.Cache`)."""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from node.services.remembered import Remembered

T = TypeVar("T")

LARGE: Final = frozenset({"status_list"})
"""Words of what may take a megabyte each: an expanded status list."""
MOST: Final = 4096
MOST_LARGE: Final = 32


class VerificationMemory:
    """A bounded memory shared by threads: many small things, few large ones."""

    def __init__(self, *, most: int = MOST, most_large: int = MOST_LARGE) -> None:
        """Remember at most so many."""
        self._small: Remembered[Any] = Remembered(most)
        self._large: Remembered[Any] = Remembered(most_large)

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """What was derived for `key` before, or what `derive` returns now; what it raises is not kept."""
        large = isinstance(key, tuple) and key[0] in LARGE
        found: T = (self._large if large else self._small).get(key, derive)
        return found
