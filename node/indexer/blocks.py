"""What a new block means: a pure decision over the last followed blocks and what the ledger says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_DEPTH = 64  # blocks that a reorganisation may take back
MAX_RANGE = 1_000  # blocks followed in one step


@dataclass(frozen=True, slots=True)
class Known:
    """A followed block: its number and hash."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Extend:
    """Follow the blocks first..last: they continue the last followed one."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rewind:
    """Take back every block above `to`: the ledger replaced them."""

    to: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing that the ledger says now contradicts or continues what was followed."""


class TooDeep(Exception):
    """None of the followed blocks that are still remembered is on the ledger."""


def decide(
    window: Sequence[Known], *, head: int, hashes: Mapping[int, bytes], longest: int = MAX_RANGE
) -> Extend | Rewind | Wait:
    """What to do, by the highest followed block that the ledger still has.

    Args:
        window: the last followed blocks, at least one, oldest first, numbers consecutive.
        head: number of the ledger's newest block.
        hashes: of the ledger's blocks, by number: of the window's last block at least, of all its blocks if
            that one differs; without those above the head.
        longest: blocks to follow in one step.

    Raises:
        TooDeep: the ledger has other blocks at all of the window's numbers.
    """
    tip = window[-1]
    if head < window[0].number:
        return Wait()  # an endpoint that lags far behind: it says nothing of these blocks
    if hashes.get(tip.number) == tip.hash:
        return Extend(tip.number + 1, min(head, tip.number + longest)) if head > tip.number else Wait()
    common = next((known for known in reversed(window) if hashes.get(known.number) == known.hash), None)
    if common is None:
        raise TooDeep(f"the ledger has other blocks from {window[0].number} to {tip.number}")
    # All of a shorter chain was followed: an endpoint that lags, or blocks taken back that may come again.
    return Wait() if common.number == head else Rewind(common.number)


def continues(tip: Known | None, chain: Sequence[tuple[int, bytes, bytes]]) -> bool:
    """Whether blocks (number, hash, parent's hash) follow one another, and the first follows `tip`."""
    before = tip
    for number, block_hash, parent_hash in chain:
        if before is not None and (number != before.number + 1 or parent_hash != before.hash):
            return False
        before = Known(number, block_hash)
    return True
