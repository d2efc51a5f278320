"""The state of the record, read from the database once for all requests that wait for it together.

What a remembered answer still needs of the database is whether the record is the same. A reading that began
before a request came is not good enough for it: its client may know of something newer.
"""

import asyncio

from anyio import CapacityLimiter, to_thread

from node.db.cursor import read_cursor
from node.db.lease import read_sighting
from node.db.session import reading
from node.services.node import Node
from node.services.view import RecordState


class SharedReading:
    """Reads the state for whoever waits, in a thread of its own, one reading after another."""

    def __init__(self, node: Node) -> None:
        """Nothing is read before somebody asks."""
        self._node = node
        self._waiting: asyncio.Future[RecordState] | None = None
        self._task: asyncio.Task[None] | None = None
        self.last: RecordState | None = None
        """The state that was read last, here or by whoever put it here: it may be older than the record."""

    async def state(self) -> RecordState:
        """Return the state of the record, by a reading that begins after the call.

        Raises:
            DatabaseUnavailable: it does not answer.
        """
        loop = asyncio.get_running_loop()
        if self._waiting is None:
            self._waiting = loop.create_future()
            self._waiting.add_done_callback(_told)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._read_for_all())
        return await asyncio.shield(self._waiting)

    async def _read_for_all(self) -> None:
        limiter = CapacityLimiter(1)
        while self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            try:
                self.last = await to_thread.run_sync(self._read, limiter=limiter)
                waiting.set_result(self.last)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it is
                waiting.set_exception(error)

    def _read(self) -> RecordState:
        with reading(self._node.engine) as connection:
            return RecordState(
                cursor=read_cursor(connection), sighting=read_sighting(connection), now=self._node.clock()
            )


def _told(waiting: "asyncio.Future[RecordState]") -> None:
    """An error nobody waits for any more is none."""
    if not waiting.cancelled():
        waiting.exception()
