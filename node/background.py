"""What runs beside the API in one process: follower, outbox, copying of leaves and lists, their counting."""

import logging
from threading import Event, Thread
from typing import Protocol

from anchoring.checkpoint import Checkpoint
from node.indexer.contents import ContentCopier
from node.indexer.errands import Errands
from node.indexer.follower import Follower, Step
from node.indexer.leaves import LeafCopier
from node.indexer.list_changes import ListChanges
from node.indexer.outbox import Outbox
from node.indexer.peer_agreement import PeerAgreement
from node.services.errors import LogSizeUnknown, ProjectionDamaged
from node.services.node import Node
from node.services.view import viewing

_LOG = logging.getLogger("node.background")
_STOP_SECONDS = 30


class Run(Protocol):
    """Work that goes on until it is told to stop."""

    def __call__(self, stop: Event, *, poll_interval: float) -> None:
        """Work; look again every `poll_interval` seconds."""


class Background:
    """Threads that keep the projection where the ledger is; started and stopped with the server.

    Only one process follows a database, and only that one sends and copies; the others wait for its lease.
    """

    def __init__(self, node: Node) -> None:
        """Take the node; nothing runs yet."""
        self._node = node
        self._follower = Follower(
            node.engine,
            node.ledger,
            node.deployment,
            holder=node.holder,
            now=node.clock,
            finality_depth=node.settings.finality_depth,
            quorum=node.settings.ledger_quorum,
        )
        engine, peers = node.engine, node.settings.peers
        self._copiers = (LeafCopier(engine, peers), ContentCopier(engine, peers))
        outbox = Outbox(
            node.engine,
            node.ledger,
            node.registries,
            node.settings.finality_depth,
            node.settings.batch_expiry,
        )
        self._copying = tuple(
            Errands(node.engine, node.holder, copier, node.clock) for copier in self._copiers
        )
        self._counting = Errands(node.engine, node.holder, ListChanges(node.engine), node.clock)
        self._agreement = PeerAgreement(engine, peers, self._checkpoint)
        self._comparing = Errands(node.engine, node.holder, self._agreement, node.clock)
        self._sending = Errands(node.engine, node.holder, outbox, node.clock)
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin to follow, to send what is kept, and to copy what is missing."""
        work: tuple[tuple[str, Run], ...] = (
            ("follower", self._follower.run),
            *(("copying", copying.run) for copying in self._copying),
            ("counting", self._counting.run),
            ("comparing", self._comparing.run),
            ("sending", self._sending.run),
        )
        for name, run in work:
            thread = Thread(target=self._persist, args=(run,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def step(self) -> None:
        """Do by hand what the threads do: follow to the head, copy, count and send once."""
        while self._follower.step() is Step.MOVED:
            pass
        for copying in self._copying:
            copying.step()
        self._counting.step()
        self._sending.step()

    def compare(self) -> None:
        """Hold peers' checkpoints against the log by hand, if it is time; a peer may let wait for it."""
        self._comparing.step()

    def stop(self) -> None:
        """Let the threads finish what they are at, and free the lease for another process."""
        self._stop.set()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        for reader in (*self._copiers, self._agreement):
            reader.close()

    def _checkpoint(self, size: int | None) -> Checkpoint | None:
        """The checkpoint here at a size, at the largest for None or a larger one; None: there is none."""
        with viewing(self._node, aging=False) as view:
            try:
                return view.checkpoint(view.size if size is None else min(max(size, 1), view.size))
            except (LogSizeUnknown, ProjectionDamaged):
                return None

    def _persist(self, run: Run) -> None:
        """Run until told to stop; what nobody foresaw is logged, and the work goes on."""
        while not self._stop.is_set():
            try:
                run(self._stop, poll_interval=self._node.settings.poll_interval)
            except Exception:  # noqa: BLE001 -- reads must not end because this stumbled
                _LOG.exception("background work stumbled")
                self._stop.wait(self._node.settings.poll_interval)
