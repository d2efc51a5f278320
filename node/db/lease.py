"""Who follows for this database, and what that follower last saw; another waits until the lease runs out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, insert, or_, select, true, update

from node.db.session import writing
from node.db.tables import FOLLOWER

if TYPE_CHECKING:
    from node.db.follower_lock import FollowerLock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the follower last knew of the ledger and of itself; times are of the node's clock."""

    holder: str | None
    lease_until: datetime
    ledger_reachable: bool
    ledger_head: int | None
    ledger_seen_at: datetime | None
    alarm: str | None
    alarm_sentence: str | None
    updated_at: datetime

    def shows_the_head(self, followed: int) -> bool:
        """Whether the ledger answered last and had no block beyond `followed`, and no alarm is on."""
        return (
            self.ledger_reachable
            and self.alarm is None
            and self.ledger_head is not None
            and followed >= self.ledger_head
        )

    def working(self, now: datetime) -> bool:
        """Whether somebody holds the lease at `now`."""
        return self.holder is not None and self.lease_until > now


class Lease:
    """The right to follow for a database, which one process has at a time.

    On SQLite the row decides: a lease that nobody renews runs out. On PostgreSQL a lock of the holder's own
    connection decides, which is free as soon as its process is gone, and the row tells the others who has it.
    """

    def __init__(self, engine: Engine, holder: str) -> None:
        """Nothing is taken yet.

        Args:
            engine: the database, upgraded.
            holder: a name that no other process uses.
        """
        self._engine, self.holder = engine, holder
        self._lock: FollowerLock | None = None
        if engine.dialect.name == "postgresql":
            from node.db import follower_lock

            self._lock = follower_lock.FollowerLock(engine, holder)

    def take(self, now: datetime, *, lasts: timedelta) -> bool:
        """True if this process follows until `now + lasts`; False while another one does.

        Raises:
            DatabaseUnavailable: the database does not answer; nobody is known to follow.
        """
        if self._lock and not self._lock.hold():
            return False
        with writing(self._engine) as connection:
            decided = self._lock is not None
            return take_lease(connection, holder=self.holder, now=now, lasts=lasts, decided=decided)

    def release(self) -> None:
        """Another may follow at once.

        Raises:
            DatabaseUnavailable: the database does not answer; the row still tells of this process.
        """
        try:
            with writing(self._engine) as connection:
                release_lease(connection, holder=self.holder)
        finally:
            if self._lock:
                self._lock.let_go()


def take_lease(
    connection: Connection, *, holder: str, now: datetime, lasts: timedelta, decided: bool = False
) -> bool:
    """True if `holder` follows until `now + lasts`; False while another's lease runs.

    Args:
        connection: of a writing transaction.
        holder: who is to follow.
        now: the node's clock.
        lasts: until when, unless it is renewed.
        decided: True if a lock says that `holder` follows, whoever the row names.
    """
    at = _milliseconds(now)
    if connection.execute(select(FOLLOWER.c.id)).first() is None:
        connection.execute(insert(FOLLOWER).values(id=1, **_unseen(at)))
    free = or_(
        FOLLOWER.c.holder.is_(None),
        FOLLOWER.c.holder == holder,
        FOLLOWER.c.lease_until <= at,
        FOLLOWER.c.lease_until > at + _span(lasts),  # longer than any: taken by a clock that was set wrong
    )
    taken = connection.execute(
        update(FOLLOWER)
        .where(true() if decided else free)
        .values(holder=holder, lease_until=at + _span(lasts), updated_at=at)
    )
    return taken.rowcount == 1


def release_lease(connection: Connection, *, holder: str) -> None:
    """`holder` no longer follows; a lease of another stands."""
    connection.execute(update(FOLLOWER).where(FOLLOWER.c.holder == holder).values(holder=None, lease_until=0))


def note_sight(
    connection: Connection, *, holder: str, now: datetime, head: int | None, current: bool = True
) -> None:
    """The ledger answered `holder` at `now` with this head, or (None) did not answer.

    Args:
        connection: of a writing transaction.
        holder: who looked.
        now: the node's clock.
        head: number of the ledger's newest block.
        current: False if older blocks than those followed were all that it had: then it was not really seen.
    """
    values: dict[str, object] = {"ledger_reachable": head is not None, "updated_at": _milliseconds(now)}
    if head is not None:
        values["ledger_head"] = head
    if head is not None and current:
        values["ledger_seen_at"] = _milliseconds(now)
    connection.execute(update(FOLLOWER).where(FOLLOWER.c.holder == holder).values(**values))


def note_alarm(connection: Connection, *, holder: str, name: str | None, sentence: str | None) -> None:
    """The follower has stopped for this reason, or (None) goes on; who lost its lease has no say any more."""
    connection.execute(
        update(FOLLOWER).where(FOLLOWER.c.holder == holder).values(alarm=name, alarm_sentence=sentence)
    )


def read_sighting(connection: Connection) -> Sighting | None:
    """What the follower last wrote; None before there was one."""
    row = connection.execute(select(FOLLOWER)).first()
    if row is None:
        return None
    return Sighting(
        holder=row.holder,
        lease_until=_moment(row.lease_until),
        ledger_reachable=row.ledger_reachable,
        ledger_head=row.ledger_head,
        ledger_seen_at=None if row.ledger_seen_at is None else _moment(row.ledger_seen_at),
        alarm=row.alarm,
        alarm_sentence=row.alarm_sentence,
        updated_at=_moment(row.updated_at),
    )


def _unseen(at: int) -> dict[str, object]:
    return {
        "holder": None,
        "lease_until": 0,
        "ledger_reachable": False,
        "ledger_head": None,
        "ledger_seen_at": None,
        "alarm": None,
        "alarm_sentence": None,
        "updated_at": at,
    }


def _milliseconds(moment: datetime) -> int:
    return _span(moment - _EPOCH)


def _span(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
