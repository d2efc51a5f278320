"""What runs beside the API in one process: the follower, the outbox, the copying of missing leaves."""

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from node.errors import NodeError
from node.indexer.follower import Follower, Step
from node.indexer.leaves import LeafCopier
from node.indexer.outbox import Outbox
from node.services.node import Node

_LOG = logging.getLogger("node.background")
_STOP_SECONDS = 30


class Background:
    """Threads that keep the projection where the ledger is; started and stopped with the server.

    The outbox and the copier may run beside those of another process: what they do is safe to do twice.
    """

    def __init__(self, node: Node) -> None:
        """Take the node; nothing runs yet."""
        self._node = node
        self._follower = Follower(
            node.engine, node.ledger, node.deployment, holder=node.holder, now=node.clock
        )
        self._outbox = Outbox(node.engine, node.ledger, node.registries, node.settings.finality_depth)
        self._leaves = LeafCopier(node.engine, node.settings.peers)
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin to follow, to send what is kept, and to copy what is missing."""
        for name, run in (
            ("follower", self._follow),
            ("outbox", lambda: self._repeat(self._outbox.step)),
            ("leaves", lambda: self._repeat(self._leaves.step)),
        ):
            thread = Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def step(self) -> None:
        """Do by hand what the threads do: follow to the head, copy and send once."""
        while self._follower.step() is Step.MOVED:
            pass
        self._once(self._leaves.step)
        self._once(self._outbox.step)

    def stop(self) -> None:
        """Let the threads finish what they are at, and free the lease for another process."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        self._leaves.close()

    def _follow(self) -> None:
        """Follow until told to stop; what nobody foresaw is logged, and following goes on."""
        while not self._stop.is_set():
            try:
                self._follower.run(self._stop, poll_interval=self._node.settings.poll_interval)
            except Exception:  # noqa: BLE001 -- reads must not end because following stumbled
                _LOG.exception("the follower stumbled")
                self._stop.wait(self._node.settings.poll_interval)

    def _repeat(self, step: Callable[[datetime], int]) -> None:
        while not self._stop.is_set():
            try:
                self._once(step)
            except Exception:  # noqa: BLE001 -- likewise
                _LOG.exception("a background step stumbled")
            self._stop.wait(self._node.settings.poll_interval)

    def _once(self, step: Callable[[datetime], int]) -> None:
        try:
            step(self._node.clock())
        except NodeError as error:
            _LOG.info("a background step waits: %s", type(error).__name__)
