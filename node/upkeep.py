"""A node's database checked and mended: the projection from the ledger, batches' digests from peers."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from anchoring.merkle import HASH_SIZE, MerkleTree
from node.clock import wall_clock
from node.config import Settings
from node.db.batches import AnchoredBatch, unavailable_batches
from node.db.check import MOST, Difference, check_database
from node.db.cursor import read_cursor
from node.db.digest import projection_digest
from node.db.lease import Lease
from node.db.leaves import drop_blob, find_blob, read_leaves, store_leaves
from node.db.session import reading, writing
from node.errors import LedgerUnavailable, NodeError
from node.indexer.follower import LEASE, Follower, Step
from node.indexer.leaves import LeafCopier
from node.indexer.recheck import make_room, recheck
from node.services.node import Node, open_node

Tell = Callable[[str], None]
Clock = Callable[[], datetime]


class FollowerAtWork(NodeError):
    """A server follows into the database that is to be rebuilt."""

    def __init__(self) -> None:
        super().__init__(
            f"a server follows into this database: stop it first (after a crash wait {LEASE.seconds} seconds)"
        )


class DatabaseUnreadable(NodeError):
    """The database is damaged below its tables."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"the database cannot be read ({reason}): move it away and serve again; what it held comes back "
            "from the ledger and from peers"
        )


def _silent(_sentence: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class Found:
    """One difference, for people and for machines."""

    difference: Difference

    @property
    def sentence(self) -> str:
        """Which row of which table, what is wrong with it, and the log entry that it belongs to."""
        found = self.difference
        entry = "" if found.entry_index is None else f" (log entry {found.entry_index})"
        return f"{found.table} {found.key}: {found.what}{entry}"

    def to_json(self) -> dict[str, Any]:
        """Return the members table, key, entryIndex, what."""
        found = self.difference
        return {"table": found.table, "key": found.key, "entryIndex": found.entry_index, "what": found.what}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        differences: at most a thousand.
        size: log entries kept.
        digest: over the projection, as it is kept.
        ledger_compared: whether the ledger answered; if not, the database was compared with itself alone.
    """

    differences: tuple[Found, ...]
    size: int
    digest: bytes
    ledger_compared: bool

    @property
    def sentence(self) -> str:
        """The result in words."""
        against = (
            "itself and the ledger" if self.ledger_compared else "itself alone (the ledger does not answer)"
        )
        wrong = len(self.differences)
        result = "no difference" if not wrong else f"{wrong} difference{'' if wrong == 1 else 's'}"
        return f"{self.size} entries compared with {against}: {result}; projection digest {self.digest.hex()}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "differences": [found.to_json() for found in self.differences],
            "size": self.size,
            "digest": self.digest.hex(),
            "ledgerCompared": self.ledger_compared,
        }


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild came to.

    Attributes:
        check: of the database afterwards.
        mended: differences that were there before.
        unavailable: batches whose digests are held neither here nor by a peer.
    """

    check: CheckReport
    mended: int
    unavailable: tuple[AnchoredBatch, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong and nothing is missing any more."""
        return not self.check.differences and not self.unavailable

    @property
    def sentence(self) -> str:
        """The result in words."""
        missing = len(self.unavailable)
        lost = f"; the digests of {missing} batches are held by no peer" if missing else ""
        return f"rebuilt; {self.mended} differences before{lost}; now {self.check.sentence}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "whole": self.whole,
            "mended": self.mended,
            "unavailable": [
                {"did": batch.did, "root": batch.root.hex(), "size": batch.size} for batch in self.unavailable
            ],
            "check": self.check.to_json(),
        }


def check_node(settings: Settings, *, progress: Tell = _silent, clock: Clock = wall_clock) -> CheckReport:
    """Return every difference between what is kept and what the entries, the roots and the ledger say.

    Args:
        settings: whose database; a server may be at work on it.
        progress: told a sentence now and then.
        clock: the present, aware UTC.

    Raises:
        NodeError: the database or the deployment file cannot be used; one line says why.
    """
    with _opened(settings, clock) as node:
        return _check(node, progress)


def rebuild_node(settings: Settings, *, progress: Tell = _silent, clock: Clock = wall_clock) -> RebuildReport:
    """Drop the projection and every damaged blob, follow the ledger again, copy digests from peers.

    Args:
        settings: whose database; no server may be at work on it.
        progress: told a sentence now and then.
        clock: the present, aware UTC.

    Raises:
        FollowerAtWork: a server follows into this database; nothing was dropped.
        LedgerUnavailable: the ledger does not answer; if that is so at the start, nothing was dropped.
        NodeError: the database or the deployment file cannot be used, or the ledger is another one.
    """
    with _opened(settings, clock) as node:
        lease = Lease(node.engine, node.holder)
        _take(lease, node)
        try:
            node.registries.check_ledger()
            with reading(node.engine) as connection:
                damaged = list(check_database(connection, progress=_counting(progress)))
            progress(f"{len(damaged)} differences; the projection is followed again")
            _take(lease, node)  # the check may have taken longer than the lease lasts
            make_room(node.engine, [found for found in damaged if not _mended_here(node.engine, found)])
            _follow(node, progress)
            missing = _copy(node, progress)
        finally:
            lease.release()
        return RebuildReport(check=_check(node, progress), mended=len(damaged), unavailable=missing)


@contextmanager
def _opened(settings: Settings, clock: Clock) -> Iterator[Node]:
    node = open_node(settings, clock=clock, holder=f"upkeep-{secrets.token_hex(8)}")
    try:
        yield node
    except DBAPIError as error:
        raise DatabaseUnreadable(error.orig) from error
    finally:
        node.close()


def _check(node: Node, progress: Tell) -> CheckReport:
    compared = True
    with reading(node.engine) as connection:
        differences = list(check_database(connection, progress=_counting(progress)))
        cursor = read_cursor(connection)
        size = cursor.size if cursor else 0
        digest = projection_digest(connection, size=size)
    named = {(found.table, found.key) for found in differences}
    try:
        again = recheck(node.engine, node.ledger, node.deployment, progress=_counting(progress))
        differences += [found for found in again if (found.table, found.key) not in named]
    except LedgerUnavailable:
        compared = False
    return CheckReport(
        differences=tuple(Found(found) for found in differences[:MOST]),
        size=size,
        digest=digest,
        ledger_compared=compared,
    )


def _take(lease: Lease, node: Node) -> None:
    if not lease.take(node.clock(), lasts=LEASE):
        raise FollowerAtWork


def _mended_here(engine: Engine, found: Difference) -> bool:
    """Return whether a blob's own leaves still hash to its root: then what is derived from them is redone."""
    if found.root is None or found.size is None:
        return False
    with writing(engine) as connection:
        blob = find_blob(connection, root=found.root, size=found.size)
        if blob is None:
            return False
        leaves = b"".join(read_leaves(connection, blob))
        leaves = leaves[: len(leaves) // HASH_SIZE * HASH_SIZE]
        if not leaves or MerkleTree.from_leaves(leaves).root != found.root:
            return False
        drop_blob(connection, root=found.root, size=found.size)
        store_leaves(connection, root=found.root, size=found.size, leaves=leaves)
    return True


def _follow(node: Node, progress: Tell) -> None:
    follower = Follower(node.engine, node.ledger, node.deployment, holder=node.holder, now=node.clock)
    while (step := follower.step()) is Step.MOVED:
        with reading(node.engine) as connection:
            cursor = read_cursor(connection)
        progress(f"followed to block {cursor.block_number if cursor else 0}")
    if step is Step.UNREACHABLE:
        raise LedgerUnavailable("the ledger stopped answering: run `ankyra node rebuild` again")


def _copy(node: Node, progress: Tell) -> tuple[AnchoredBatch, ...]:
    """Return the batches whose digests are still missing after every peer was asked."""
    copier = LeafCopier(node.engine, node.settings.peers)
    try:
        copied = copier.step(node.clock())
    finally:
        copier.close()
    progress(f"digests of {copied} batches copied from peers")
    with reading(node.engine) as connection:
        return tuple(unavailable_batches(connection))


def _counting(progress: Tell) -> Callable[[str, int], None]:
    return lambda what, count: progress(f"{what}: {count}")
