"""What verifications derived before, by the word that their keys begin with (`credentials.ports.Cache`)."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Final, TypeVar

from anchoring.bitstring import BitString
from credentials.published_status import LIST, MARKS, PublishedList
from credentials.status_list_credential import StatusListCredential
from credentials.status_list_token import StatusListToken

T = TypeVar("T")

LISTS: Final = frozenset({LIST, MARKS, "published status"})
"""Words of what holds an expanded status list, of up to a mebibyte."""
MOST: Final = 8192
"""Of everything else, each of a few kilobytes."""
MOST_OCTETS: Final = 64 * 1024 * 1024
"""Of lists together: some thousands of the usual size."""
_LEAST: Final = 1024
"""Octets that anything counts for at least, its key included."""
_MISSING: Final = object()


class VerificationMemory:
    """A bounded memory shared by threads: so many small things, and so many octets of status lists.

    A verdict asks ten times and more, so that what is known must cost nothing but a look into a dictionary.
    """

    def __init__(self, *, most: int = MOST, most_octets: int = MOST_OCTETS) -> None:
        """Remember at most so much."""
        self._small = _Generations(most, weigh=lambda _: 1)
        self._lists = _Generations(most_octets, weigh=octets_of)

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """What was derived for `key` before, or what `derive` returns now; what it raises is not kept."""
        memory = self._lists if isinstance(key, tuple) and key[0] in LISTS else self._small
        found = memory.young.get(key, _MISSING)
        if found is _MISSING:
            found = memory.old.get(key, _MISSING)
            if found is _MISSING:
                found = derive()
            memory.keep(key, found)
        answer: T = found
        return answer


class _Generations:
    """What was asked for lately, and what was before that: when the young are half of all, the old go.

    Looking up takes no lock: a dictionary's own look-up is one step for all threads.
    """

    def __init__(self, limit: int, *, weigh: Callable[[Any], int]) -> None:
        self.young: dict[Hashable, Any] = {}
        self.old: dict[Hashable, Any] = {}
        self._half = limit // 2
        self._weigh = weigh
        self._weight = 0
        self._lock = Lock()

    def keep(self, key: Hashable, found: Any) -> None:
        """The answer is among the young."""
        with self._lock:
            if key in self.young:
                return
            self._weight += self._weigh(found)
            if self._weight > self._half:
                self.young, self.old, self._weight = {}, self.young, self._weigh(found)
            self.young[key] = found


def octets_of(derived: object) -> int:
    """How much memory a list takes, alone or as what it was published as."""
    match derived:
        case PublishedList():
            return octets_of(derived.credential)
        case StatusListCredential() | StatusListToken():
            return octets_of(derived.status_list.bits)
        case BitString():
            return _LEAST + len(derived.octets)
    return _LEAST
