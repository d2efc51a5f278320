"""One reading of the record's state for all who wait: never one that began before they asked."""

import asyncio
from collections.abc import Iterator
from threading import Event, Semaphore

import pytest

from node.api.shared_reading import SharedReading
from node.errors import DatabaseUnavailable
from node.services.node import Node
from node.services.view import RecordState
from tests.credentials.world import country
from tests.node.projected import node_of


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with node_of(country().world, tmp_path_factory.mktemp("shared")) as made:
        yield made


class Slow(SharedReading):
    """Reads when it is let; counts how often, and fails where it is told to."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.readings, self.fails, self.let, self.began = 0, False, Event(), Semaphore(0)

    def _read(self) -> RecordState:
        self.readings += 1
        self.began.release()
        assert self.let.wait(20)
        if self.fails:
            raise DatabaseUnavailable("it is away")
        return super()._read()


async def waiting(shared: Slow, count: int) -> list[asyncio.Task[RecordState]]:
    tasks = [asyncio.create_task(shared.state()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


def test_it_reads_what_the_database_says(node: Node) -> None:
    state = asyncio.run(SharedReading(node).state())
    assert state.size == len(country().world.log)
    assert state.cursor is not None


def test_who_asks_during_a_reading_waits_for_the_next_one_together(node: Node) -> None:
    async def play() -> None:
        shared = Slow(node)
        first = await waiting(shared, 1)
        assert await asyncio.to_thread(shared.began.acquire, timeout=20)
        late = await waiting(shared, 50)
        shared.let.set()
        states = await asyncio.gather(*first, *late)
        assert shared.readings == 2
        assert states[0] is not states[1]
        assert all(state is states[1] for state in states[1:])

    asyncio.run(play())


def test_all_are_told_that_the_database_is_away_and_the_next_may_ask_again(node: Node) -> None:
    async def play() -> None:
        shared = Slow(node)
        shared.fails = True
        shared.let.set()
        found = await asyncio.gather(*await waiting(shared, 3), return_exceptions=True)
        assert all(isinstance(one, DatabaseUnavailable) for one in found)
        shared.fails = False
        assert (await shared.state()).cursor is not None

    asyncio.run(play())


def test_who_goes_away_takes_the_answer_from_nobody(node: Node) -> None:
    async def play() -> None:
        shared = Slow(node)
        leaves, stays = await waiting(shared, 2)
        assert await asyncio.to_thread(shared.began.acquire, timeout=20)
        leaves.cancel()
        shared.let.set()
        assert (await stays).cursor is not None
        assert leaves.cancelled()

    asyncio.run(play())
