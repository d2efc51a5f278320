"""What the follower's process does beside following: copying leaves and sending kept transactions again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sqlalchemy import Engine

from node.db.lease import read_sighting
from node.db.session import reading
from node.errors import LedgerError
from node.indexer.leaves import LeafCopier
from node.indexer.outbox import Outbox

_LOG = logging.getLogger("node.indexer.errands")


@dataclass(frozen=True, slots=True)
class Errands:
    """Done only by the process that holds the lease, so that two never send or copy the same."""

    engine: Engine
    holder: str
    outbox: Outbox
    copier: LeafCopier
    now: Callable[[], datetime]

    def step(self) -> bool:
        """True if something was sent or copied; False also while another process holds the lease."""
        now = self.now()
        with reading(self.engine) as connection:
            sighting = read_sighting(connection)
        if sighting is None or sighting.holder != self.holder or not sighting.working(now):
            return False
        copied = self.copier.step(now)
        try:
            sent = self.outbox.step(now)
        except LedgerError as error:
            _LOG.info("kept transactions wait: %s", error)
            sent = 0
        return bool(copied or sent)

    def run(self, stop: Event, *, poll_interval: float) -> None:
        """Go on until `stop` is set.

        Args:
            stop: set from another thread.
            poll_interval: seconds between two rounds.
        """
        try:
            while not stop.wait(poll_interval):
                self.step()
        finally:
            self.copier.close()
