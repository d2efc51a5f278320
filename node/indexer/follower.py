"""Following the ledger: one follower to a database looks again and again, and says what stops it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from threading import Event

from sqlalchemy import Connection, Engine

from node.chain.client import LedgerClient
from node.config import Deployment
from node.db.lease import Lease, note_alarm, note_sight, read_sighting
from node.db.ledger_endpoints import EndpointState, note_endpoints, read_endpoints
from node.db.session import reading, writing
from node.errors import Alarm, DatabaseUnavailable, LedgerUnavailable, StaleCursor
from node.indexer.agreement import Disagreement
from node.indexer.alarms import Alarming, alarm_of
from node.indexer.looking import Looking
from node.indexer.steering import steer

_LOG = logging.getLogger("node.indexer.follower")
LEASE = timedelta(seconds=15)
_PATIENCE = 10  # looks that an alarm makes the follower sit out


class Step(Enum):
    """What one look at the ledger came to."""

    MOVED = "moved"
    IDLE = "idle"
    WAITS = "waits"  # another follower holds the lease
    UNREACHABLE = "unreachable"
    ALARMED = "alarmed"
    NO_DATABASE = "no database"  # it does not answer; nothing is known


class Follower:
    """Keeps a database's projection where the ledger is; `step` once, or `run` until told to stop."""

    def __init__(
        self,
        engine: Engine,
        ledger: LedgerClient,
        deployment: Deployment,
        *,
        holder: str,
        now: Callable[[], datetime],
        finality_depth: int = 2,
        quorum: int = 1,
    ) -> None:
        """Take what it works with; nothing is asked or written yet.

        Args:
            engine: the database, upgraded.
            ledger: JSON-RPC to the ledger; each of its endpoints is asked.
            deployment: whose log is followed.
            holder: a name that no other process uses for the lease.
            now: the node's clock, aware UTC.
            finality_depth: blocks that must follow a block before it is called final.
            quorum: endpoints that must answer alike before a block is followed.
        """
        self._engine, self._ledger, self._holder, self._now = engine, ledger, holder, now
        self._lease = Lease(engine, holder)
        self._looking = Looking(
            engine, ledger, deployment, now=now, finality_depth=finality_depth, quorum=quorum
        )
        self._noted: list[EndpointState] | None = None
        self._alarmed = True  # perhaps by the process before
        self._told: str | None = None

    def run(self, stop: Event, *, poll_interval: float) -> None:
        """Follow until `stop` is set; then the lease is free for another.

        Args:
            stop: set from another thread.
            poll_interval: seconds between two looks when there is nothing to do.
        """
        try:
            while not stop.is_set():
                match self.step():
                    case Step.MOVED:
                        continue
                    case Step.ALARMED:
                        stop.wait(poll_interval * _PATIENCE)
                    case _:
                        stop.wait(poll_interval)
        finally:
            self.release()

    def release(self) -> None:
        """Another may follow at once."""
        try:
            self._lease.release()
        except DatabaseUnavailable:
            _LOG.warning("the database is away: another follows when the lease has run out")

    def step(self) -> Step:
        """Look once, and follow what there is, up to a thousand blocks."""
        try:
            if not self._lease.take(self._now(), lasts=LEASE):
                self._forget()  # when its turn comes the database will have moved
                with reading(self._engine) as connection:
                    steer(self._ledger, read_endpoints(connection))
                return Step.WAITS
            return self._look()
        except DatabaseUnavailable as error:
            self._forget()
            self._alarmed = True  # which one is noted is not known any more
            self._tell("database-away", str(error))
            return Step.NO_DATABASE

    def _look(self) -> Step:
        try:
            moved = self._look_twice()
        except LedgerUnavailable:
            with writing(self._engine) as connection:
                note_sight(connection, holder=self._holder, now=self._now(), head=None)
                self._note_endpoints(connection)
            return Step.UNREACHABLE
        except StaleCursor:
            self._forget()
            return Step.IDLE
        except Alarm as alarm:
            self._raise(alarm)
            return Step.ALARMED
        except Alarming as error:
            self._raise(alarm_of(error))
            return Step.ALARMED
        if self._alarmed:
            with writing(self._engine) as connection:
                note_alarm(connection, holder=self._holder, name=None, sentence=None)
            self._alarmed = False
        self._tell(None)
        return Step.MOVED if moved else Step.IDLE

    def _look_twice(self) -> bool:
        """True if the cursor moved. Endpoints that hear of a block at other times agree the next moment."""
        try:
            return self._look_once()
        except Disagreement:
            return self._look_once()

    def _look_once(self) -> bool:
        sight = self._looking.see()
        with writing(self._engine) as connection:
            newest = sight.chosen.newest
            note_sight(
                connection, holder=self._holder, now=self._now(), head=newest, current=not sight.behind
            )
            self._note_endpoints(connection)
            standing = read_sighting(connection)
            # Perhaps by another process that followed since: then nobody but this one can take it back.
            self._alarmed = self._alarmed or (standing is not None and standing.alarm is not None)
        moved = self._looking.follow(sight)
        steer(self._ledger, self._looking.states())
        return moved

    def _note_endpoints(self, connection: Connection) -> None:
        states = self._looking.states()
        if states != self._noted:
            note_endpoints(connection, states, holder=self._holder)
            self._noted = states

    def _raise(self, alarm: Alarm) -> None:
        self._alarmed = True
        self._looking.forget()
        with writing(self._engine) as connection:
            if (newest := self._looking.newest) is not None:
                note_sight(connection, holder=self._holder, now=self._now(), head=newest, current=False)
            note_alarm(connection, holder=self._holder, name=alarm.name, sentence=str(alarm))
            self._note_endpoints(connection)
        self._tell(alarm.name, str(alarm))

    def _forget(self) -> None:
        self._looking.forget()
        self._noted = None

    def _tell(self, name: str | None, sentence: str = "") -> None:
        """Log an alarm when it is raised or gone, and not at each of the looks that find it still there."""
        if name == self._told:
            return
        if name:
            _LOG.error("alarm %s: %s", name, sentence)
        else:
            _LOG.warning("alarm %s is gone: following again", self._told)
        self._told = name
