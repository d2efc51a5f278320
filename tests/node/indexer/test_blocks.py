from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.indexer.blocks import Extend, Known, Rewind, TooDeep, Wait, continues, decide

WINDOW = 65


@dataclass
class Chain:
    """A ledger whose blocks are named by the branch they were mined on."""

    blocks: list[bytes] = field(default_factory=lambda: [b"genesis"])
    branch: int = 0

    def mine(self, count: int) -> None:
        for _ in range(count):
            self.blocks.append(b"%d/%d" % (self.branch, len(self.blocks)))

    def reorg(self, depth: int, growth: int) -> None:
        depth = min(depth, len(self.blocks) - 1)
        del self.blocks[len(self.blocks) - depth :]
        self.branch += 1
        self.mine(depth + growth)

    def shorten(self, depth: int) -> None:
        del self.blocks[len(self.blocks) - min(depth, len(self.blocks) - 1) :]
        self.branch += 1


@dataclass
class Followed:
    blocks: list[bytes] = field(default_factory=lambda: [b"genesis"])

    def step(self, chain: Chain) -> Extend | Rewind | Wait:
        start = max(0, len(self.blocks) - WINDOW)
        window = [Known(at, self.blocks[at]) for at in range(start, len(self.blocks))]
        hashes = {
            known.number: chain.blocks[known.number] for known in window if known.number < len(chain.blocks)
        }
        decision = decide(window, head=len(chain.blocks) - 1, hashes=hashes, longest=10)
        if isinstance(decision, Rewind):
            del self.blocks[decision.to + 1 :]
        if isinstance(decision, Extend):
            assert decision.first == len(self.blocks)
            self.blocks += chain.blocks[decision.first : decision.last + 1]
        return decision


EVENTS = st.one_of(
    st.tuples(st.just("mine"), st.integers(1, 40), st.just(0)),
    st.tuples(st.just("reorg"), st.integers(1, 64), st.integers(0, 5)),
    st.tuples(st.just("shorten"), st.integers(1, 10), st.just(0)),
    st.tuples(st.just("step"), st.integers(1, 6), st.just(0)),
)


@given(st.lists(EVENTS, max_size=30))
def test_the_followed_chain_becomes_the_ledgers_whatever_happened(events: list[tuple[str, int, int]]) -> None:
    chain, followed, taken_back = Chain(), Followed(), 0
    for what, number, growth in events:
        if what == "mine":
            chain.mine(number)
        elif what == "step":
            for _ in range(number):
                followed.step(chain)
        # more than 64 blocks may not be taken back between two looks
        elif taken_back + number <= 64:
            taken_back += number
            if what == "reorg":
                chain.reorg(number, growth)
            else:
                chain.shorten(number)
        if what == "step" and followed.blocks == chain.blocks:
            taken_back = 0
    chain.mine(1)
    for _ in range(len(chain.blocks) + 70):
        if isinstance(followed.step(chain), Wait):
            break
    assert followed.blocks == chain.blocks


@given(st.integers(1, 64))
def test_a_reorg_is_taken_back_to_the_common_ancestor_and_no_further(depth: int) -> None:
    chain, followed = Chain(), Followed()
    chain.mine(80)
    while not isinstance(followed.step(chain), Wait):
        pass
    chain.reorg(depth, 1)
    assert followed.step(chain) == Rewind(80 - depth)


def test_a_reorg_deeper_than_the_window_is_not_guessed_at() -> None:
    chain, followed = Chain(), Followed()
    chain.mine(100)
    while not isinstance(followed.step(chain), Wait):
        pass
    chain.reorg(65, 1)
    with pytest.raises(TooDeep):
        followed.step(chain)


def test_an_endpoint_that_lags_takes_nothing_back() -> None:
    chain, followed = Chain(), Followed()
    chain.mine(100)
    while not isinstance(followed.step(chain), Wait):
        pass
    for behind in (1, 5, 90):
        lagging = Chain(blocks=chain.blocks[: len(chain.blocks) - behind])
        assert followed.step(lagging) == Wait()


def test_blocks_continue_only_by_their_parents_hash() -> None:
    chain = [(number, b"h%d" % number, b"h%d" % (number - 1)) for number in range(5, 10)]
    assert continues(Known(4, b"h4"), chain)
    assert continues(None, chain)
    assert not continues(Known(4, b"other"), chain)
    assert not continues(Known(3, b"h4"), chain)
    for (_, one, _), (number, block_hash, _) in pairwise(chain):
        broken = [row for row in chain if row[1] != one]
        if number != 6:
            assert not continues(Known(4, b"h4"), broken)
        assert not continues(None, [*chain[: number - 5], (number, block_hash, b"other")])
