"""Places in a list: free, distinct, and each as chance gave it."""

from collections import Counter
from collections.abc import Callable
from itertools import permutations, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.allotment import allot
from anchoring.bitstring import BitString
from anchoring.errors import IndexOutOfRange, PoorRandomness, StatusListFull


def drawn(*numbers: int) -> Callable[[int], int]:
    """Return chance that gives these numbers, one after another."""
    stream = iter(numbers)
    return lambda _: next(stream)


@given(st.binary(min_size=1, max_size=16), st.sampled_from([1, 2]), st.integers(0, 64), st.randoms())
def test_indexes_are_the_first_free_ones_that_chance_gave(
    octets: bytes, size: int, count: int, chance: Random
) -> None:
    taken = BitString(octets, size)
    count = min(count, max(0, len(taken) * 3 // 4 - taken.count()))
    if taken.count() + count > len(taken) * 3 // 4:
        with pytest.raises(StatusListFull):
            allot(taken, count, choose=chance.randrange)
        return
    given: list[int] = []

    def choose(length: int) -> int:
        assert length == len(taken)
        given.append(chance.randrange(length))
        return given[-1]

    allotted = allot(taken, count, choose=choose)
    assert allotted == tuple(dict.fromkeys(index for index in given if not taken.get(index)))
    assert len(allotted) == len(set(allotted)) == count
    assert taken.with_set(allotted).count() == taken.count() + count


def test_each_order_of_free_indexes_is_equally_likely() -> None:
    # every stream of three draws from eight: where two free ones came, which two in which order
    taken = BitString.empty(8).with_set([0, 5])
    found: Counter[tuple[int, ...]] = Counter()
    for numbers in product(range(8), repeat=3):
        try:
            found[allot(taken, 2, choose=drawn(*numbers))] += 1
        except StopIteration:
            continue
    assert set(found) == set(permutations([1, 2, 3, 4, 6, 7], 2))
    assert len(set(found.values())) == 1


def test_a_list_is_filled_to_three_quarters_and_no_further() -> None:
    taken = BitString.empty(16).with_set(range(10))
    assert allot(taken, 2, choose=drawn(9, 15, 0, 15, 10)) == (15, 10)
    with pytest.raises(StatusListFull) as caught:
        allot(taken, 3, choose=drawn())
    assert (caught.value.taken, caught.value.wanted, caught.value.length) == (10, 3, 16)
    with pytest.raises(StatusListFull):
        allot(BitString(b""), 1, choose=drawn())


def test_nothing_is_chosen_where_nothing_is_wanted() -> None:
    assert allot(BitString.empty(8), 0, choose=drawn()) == ()


def test_a_list_half_full_costs_about_two_choices_each() -> None:
    chance, calls = Random(7), 0

    def choose(length: int) -> int:
        nonlocal calls
        calls += 1
        return chance.randrange(length)

    taken = BitString.empty(131_072).with_set(range(65_536))
    assert len(allot(taken, 1000, choose=choose)) == 1000
    assert 1800 < calls < 2300


def test_chance_that_is_none_ends_the_search() -> None:
    with pytest.raises(PoorRandomness):
        allot(BitString.empty(8), 2, choose=lambda _: 3)
    # so many misses may come in all, only not in a row
    misses = [0] * 500
    assert allot(BitString.empty(8).with_set([0]), 2, choose=drawn(*misses, 1, *misses, 2)) == (1, 2)


@pytest.mark.parametrize("index", [-1, 8])
def test_chance_that_leaves_the_list_is_refused(index: int) -> None:
    with pytest.raises(IndexOutOfRange):
        allot(BitString.empty(8), 1, choose=drawn(index))
