"""What verifications derived before, by the word that their keys begin with (`credentials.ports.Cache`)."""

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from anchoring.bitstring import BitString
from credentials.published_status import LIST, PublishedList
from credentials.status_list_credential import StatusListCredential
from node.services.remembered import Remembered

T = TypeVar("T")

LISTS: Final = frozenset({LIST, "published status"})
"""Words of what holds an expanded status list, of up to a mebibyte."""
MOST: Final = 4096
"""Of everything else, each of a few kilobytes."""
MOST_OCTETS: Final = 32 * 1024 * 1024
"""Of lists together: two thousand of the usual size."""
_LEAST: Final = 1024
"""Octets that anything counts for at least, its key included."""


class VerificationMemory:
    """A bounded memory shared by threads: so many small things, and so many octets of status lists."""

    def __init__(self, *, most: int = MOST, most_octets: int = MOST_OCTETS) -> None:
        """Remember at most so much."""
        self._small: Remembered[Any] = Remembered(most)
        self._lists: Remembered[Any] = Remembered(most_octets, weigh=octets_of)

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """What was derived for `key` before, or what `derive` returns now; what it raises is not kept."""
        of_lists = isinstance(key, tuple) and key[0] in LISTS
        found: T = (self._lists if of_lists else self._small).get(key, derive)
        return found


def octets_of(derived: object) -> int:
    """How much memory a list takes, alone or as what it was published as."""
    match derived:
        case PublishedList():
            marks = derived.marked_before
            return octets_of(derived.credential) + (0 if marks is None else len(marks.octets))
        case StatusListCredential():
            return octets_of(derived.status_list.bits)
        case BitString():
            return _LEAST + len(derived.octets)
    return _LEAST
