"""Places in a status list, given out at random (Bitstring Status List section 2.1, protocol section 8)."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from .bitstring import BitString
from .errors import PoorRandomness, StatusListFull

MAX_SHARE: Final = Fraction(3, 4)
"""Of a list's entries: beyond, free ones become hard to meet, and the last ones easy to guess."""
# Three of four chosen indexes may be taken: so many in a row are not, in a lifetime of the universe.
_MOST_MISSES: Final = 512


def allot(taken: BitString, count: int, *, choose: Callable[[int], int]) -> tuple[int, ...]:
    """Return `count` free indexes, each equally likely, in an order that tells nothing (protocol section 8).

    An index that followed from the time or the order of issuing would tell who else was issued to.

    Args:
        taken: one entry for each of the list; not zero where the index is given out already.
        count: how many indexes are wanted.
        choose: given n, a number from 0 to n - 1, each equally likely and not to be foreseen:
            `secrets.randbelow` at the outer edge.

    Raises:
        StatusListFull: more than three quarters of the list would be taken.
        PoorRandomness: `choose` meets nothing but taken indexes.
        IndexOutOfRange: `choose` gives what it was not asked for.
    """
    length, before = len(taken), taken.count()
    if before + count > length * MAX_SHARE:
        raise StatusListFull(taken=before, wanted=count, length=length)
    allotted: dict[int, None] = {}
    misses = 0
    while len(allotted) < count:
        index = choose(length)
        if taken.get(index) or index in allotted:
            misses += 1
            if misses > _MOST_MISSES:
                raise PoorRandomness(f"{misses} indexes in a row are taken: this is not chance")
        else:
            misses = 0
            allotted[index] = None
    return tuple(allotted)
