"""What the follower's process does beside following: copying leaves, sending kept transactions again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

from sqlalchemy import Engine

from node.db.lease import read_sighting
from node.db.session import reading
from node.errors import DatabaseUnavailable, LedgerError

_LOG = logging.getLogger("node.indexer.errands")


class Errand(Protocol):
    """Something to be done again and again."""

    def step(self, now: datetime) -> int:
        """Do what is due; return how much that was."""


@dataclass(frozen=True, slots=True)
class Errands:
    """An errand done only by the process that holds the lease, so that two never send or copy the same.

    Each errand has a thread of its own: a peer that answers slowly must not keep a transaction waiting.
    """

    engine: Engine
    holder: str
    errand: Errand
    now: Callable[[], datetime]

    def step(self) -> bool:
        """True if something was sent or copied; False also while another process holds the lease.

        What the ledger or the database keeps from being done waits: the follower tells that they are away.
        """
        now = self.now()
        try:
            with reading(self.engine) as connection:
                sighting = read_sighting(connection)
            if sighting is None or sighting.holder != self.holder or not sighting.working(now):
                return False
            return self.errand.step(now) > 0
        except (LedgerError, DatabaseUnavailable) as error:
            _LOG.info("%s waits: %s", type(self.errand).__name__, type(error).__name__)
            return False

    def run(self, stop: Event, *, poll_interval: float) -> None:
        """Go on until `stop` is set.

        Args:
            stop: set from another thread.
            poll_interval: seconds between two rounds.
        """
        while not stop.wait(poll_interval):
            self.step()
