"""The double of the record port, held to the suite that every record is held to."""

from collections.abc import Callable

import pytest

from credentials.errors import Unavailable
from credentials.ports import NoMemory, Record

from .memory_record import RememberingCache
from .record_suite import SUITE, Crowd, crowded
from .world import country


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return crowded()


@pytest.mark.parametrize("promise", SUITE, ids=lambda promise: promise.__name__)
def test_the_double_keeps_each_promise(promise: Callable[[Record, Crowd], None], crowd: Crowd) -> None:
    promise(crowd.world.record, crowd)


def test_each_entry_and_each_loss_is_another_state() -> None:
    world = country().world
    states = [world.record.state]
    world.register_schema(b"{}")
    states.append(world.record.state)
    world.lose_leaves(world.record.batches[0].anchor)
    states.append(world.record.state)
    assert len(set(states)) == 3


def test_a_record_out_of_order_says_so() -> None:
    home = country()
    home.world.record.out_of_order.add("batches_of")
    with pytest.raises(Unavailable):
        home.world.record.batches_of(home.university.did, 0)


def test_no_memory_derives_each_time_and_a_cache_once() -> None:
    for cache, expected in ((NoMemory(), [1, 2]), (RememberingCache(), [1, 1])):
        counted: list[int] = []

        def derive(counted: list[int] = counted) -> int:
            counted.append(0)
            return len(counted)

        assert [cache.get("key", derive), cache.get("key", derive)] == expected
