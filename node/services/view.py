"""One state of the database for the length of one answer, and how old that state is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from anchoring.checkpoint import Checkpoint, origin
from node.db.cursor import Cursor, read_cursor
from node.db.lease import Sighting, read_sighting
from node.db.session import reading
from node.services.errors import LogSizeUnknown
from node.services.node import Node


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the node had followed when it answered.

    Attributes:
        block: number of the last followed block; None before the first.
        block_time: its time.
        size: entries followed.
        lag_seconds: for how long the answer may be out of date; None if the ledger was never seen.
    """

    block: int | None
    block_time: datetime | None
    size: int
    lag_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """How far the record goes, and the time of day at which it is looked at.

    Attributes:
        cursor: of the last followed block; None before the first.
        sighting: of the ledger; None if it was not looked up, or never written.
        now: the present, aware UTC.
    """

    cursor: Cursor | None
    sighting: Sighting | None
    now: datetime

    @property
    def present(self) -> datetime:
        """The time by which keys, accreditations and credentials are judged.

        It is not before the newest block: by a clock that was set back, what is new would not be valid yet.
        """
        if self.cursor is None:
            return self.now
        return max(self.now, datetime.fromtimestamp(self.cursor.block_time, UTC))

    @property
    def size(self) -> int:
        """How many log entries this state holds."""
        return self.cursor.size if self.cursor else 0

    @property
    def as_of(self) -> AsOf:
        """How far this state goes, and how old it is."""
        cursor = self.cursor
        return AsOf(
            block=cursor.block_number if cursor else None,
            block_time=datetime.fromtimestamp(cursor.block_time, UTC) if cursor else None,
            size=self.size,
            lag_seconds=lag_seconds(cursor, self.sighting, self.now),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class View(RecordState):
    """A state of the database that stays the same throughout one answer."""

    node: Node
    connection: Connection

    @property
    def origin(self) -> str:
        """The checkpoint origin of this node's log (C2SP tlog-checkpoint)."""
        deployment = self.node.deployment
        address = bytes.fromhex(deployment.registry_log.removeprefix("0x"))
        return origin(deployment.name, deployment.chain_id, address)

    def is_final(self, block_number: int) -> bool:
        """Whether as many blocks follow `block_number` as the operator asks for."""
        return (
            self.cursor is not None
            and self.cursor.block_number - block_number >= self.node.settings.finality_depth
        )

    def checked_size(self, size: int | None, *, least: int = 1) -> int:
        """Return `size`, or the whole log's for None.

        Raises:
            LogSizeUnknown: this state has never had that size, or it is below `least`.
        """
        asked = self.size if size is None else size
        if not least <= asked <= self.size:
            raise LogSizeUnknown(asked, known=self.size, least=least)
        return asked

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the checkpoint of the log at `size`, or of the whole.

        Raises:
            LogSizeUnknown: this state has never had that size.
            ProjectionDamaged: the entries do not hash to the root compared with the ledger's.
        """
        asked = self.checked_size(size)
        return Checkpoint(origin=self.origin, size=asked, root=self.root_at(asked))

    def root_at(self, size: int) -> bytes:
        """Return the root of the first `size` entries of this state (RFC 9162 section 2.1.1).

        Raises:
            ProjectionDamaged: as for `checkpoint`.
        """
        return self.node.log.root(self.connection, size=size, cursor=self.cursor)

    def inclusion_path(self, index: int, *, size: int) -> tuple[bytes, ...]:
        """Return the path of entry `index` in the log of `size` (RFC 9162 section 2.1.3.1).

        Raises:
            ProjectionDamaged: as for `checkpoint`.
        """
        return self.node.log.inclusion_path(self.connection, index=index, size=size, cursor=self.cursor)

    def consistency_path(self, first: int, second: int) -> tuple[bytes, ...]:
        """Return the path from size `first` to size `second` (RFC 9162 section 2.1.4.1).

        Raises:
            ProjectionDamaged: as for `checkpoint`.
        """
        return self.node.log.consistency_path(self.connection, first=first, second=second, cursor=self.cursor)


@contextmanager
def viewing(node: Node, *, aging: bool = True) -> Iterator[View]:
    """Give a view of the database as it is now; all of one answer is read from it.

    Args:
        node: whose database.
        aging: False where the answer does not tell how old it is: it is not looked up then.
    """
    with reading(node.engine) as connection:
        yield View(
            node=node,
            connection=connection,
            cursor=read_cursor(connection),
            sighting=read_sighting(connection) if aging else None,
            now=node.clock(),
        )


def lag_seconds(cursor: Cursor | None, sighting: Sighting | None, now: datetime) -> int | None:
    """Return the seconds for which the ledger may have gone on unseen.

    At the head of what was last seen of the ledger: since it was seen. Behind it: since the time of the last
    followed block.
    """
    if sighting is None or sighting.ledger_seen_at is None:
        return None
    unseen = now - sighting.ledger_seen_at
    if cursor is not None and sighting.ledger_head is not None and cursor.block_number < sighting.ledger_head:
        unseen = max(unseen, now - datetime.fromtimestamp(cursor.block_time, UTC))
    return max(0, int(unseen.total_seconds()))
