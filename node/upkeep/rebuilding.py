"""`ankyra node rebuild`: what differs is dropped, followed again from the ledger, copied again from peers.

Each part is mended in a transaction of its own, and what is as it must be stays: after an interruption the
same command goes on where it was.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from node.chain.headers import head
from node.clock import wall_clock
from node.config import Settings
from node.db.batches import AnchoredBatch, unavailable_batches
from node.db.check import Difference, check_blobs, check_contents, check_projection
from node.db.cursor import drop_projection, read_cursor
from node.db.lease import Lease, read_sighting
from node.db.mending import drop_ownerless, mend_blob, mend_content
from node.db.session import reading, writing
from node.errors import DatabaseUnavailable, LedgerUnavailable, NodeError
from node.indexer.contents import ContentCopier
from node.indexer.follower import LEASE, Follower, Step
from node.indexer.leaves import LeafCopier
from node.indexer.recheck_kept import mend_kept, recheck_kept
from node.progress import SILENT, Progress
from node.services.node import Node
from node.upkeep.checking import CheckReport, check, differs_from_the_ledger
from node.upkeep.opening import Clock, opened

_PATIENCE = 40
"""Looks at the ledger, without a step forward, before a rebuild ends short of its head."""


class FollowerAtWork(NodeError):
    """A server follows into the database that is to be rebuilt."""

    def __init__(self) -> None:
        super().__init__(
            f"a server follows into this database: stop it first (after a crash wait {LEASE.seconds} seconds)"
        )


class FollowingStopped(NodeError):
    """The ledger cannot be followed to its head; what is followed stays, and the next call goes on."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the rebuild is not finished: {reason}; run `ankyra node rebuild` again")
        self.reason = reason


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


def rebuild_node(
    settings: Settings, *, progress: Progress = SILENT, clock: Clock = wall_clock
) -> RebuildReport:
    """Drop what differs, follow the ledger to its head, copy digests and lists from peers.

    Args:
        settings: whose database; no server may be at work on it.
        progress: told how far the work is.
        clock: the present, aware UTC.

    Raises:
        FollowerAtWork: a server follows into this database; nothing was dropped.
        FollowingStopped: the ledger cannot be followed to its head.
        LedgerUnavailable: the ledger does not answer; if that is so at the start, nothing was dropped.
        NodeError: the database or the deployment file cannot be used, or the ledger is another one.
    """
    with opened(settings, clock) as node:
        turn = _Turn(node, progress)
        turn.take()
        try:
            node.registries.check_ledger()
            mended = _mend_projection(node, turn) + _mend_blobs(node, turn) + _mend_contents(node, turn)
            progress.say(f"{mended} differences; now the ledger is followed to its head")
            _follow(node, turn)
            missing = _copy(node, turn)
        finally:
            turn.lease.release()
        return RebuildReport(check=check(node, progress), mended=mended, unavailable=missing)


class _Turn:
    """The right to follow, taken again while work is told of: a check may take longer than a lease lasts."""

    def __init__(self, node: Node, progress: Progress) -> None:
        self._node, self._progress = node, progress
        self.lease = Lease(node.engine, node.holder)
        self._taken_at: datetime | None = None

    def take(self) -> None:
        now = self._node.clock()
        if not self.lease.take(now, lasts=LEASE):
            raise FollowerAtWork
        self._taken_at = now

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        if self._taken_at is None or self._node.clock() - self._taken_at > LEASE / 5:
            self.take()
        self._progress.reach(what, done, total)

    def say(self, sentence: str) -> None:
        self._progress.say(sentence)


def _mend_projection(node: Node, turn: _Turn) -> int:
    """Return how many differences there were; after one there is no projection."""
    with reading(node.engine) as connection:
        wrong = _count(check_projection(connection, progress=turn.reach))
    wrong = wrong or _count(differs_from_the_ledger(node, turn))
    if wrong:
        with writing(node.engine) as connection:
            drop_projection(connection)
    return wrong


def _mend_blobs(node: Node, turn: _Turn) -> int:
    """Return how many differences there were; damaged leaves are gone, what is made of sound ones is new."""
    damaged: set[tuple[bytes, int]] = set()
    wrong, ownerless = 0, False
    with reading(node.engine) as connection:
        for found in check_blobs(connection, progress=turn.reach):
            wrong += 1
            if found.root is not None and found.size is not None:
                damaged.add((found.root, found.size))
            else:
                ownerless = True
    if ownerless:
        with writing(node.engine) as connection:
            drop_ownerless(connection)
    for done, (root, size) in enumerate(sorted(damaged), start=1):
        with writing(node.engine) as connection:
            mend_blob(connection, root=root, size=size)
        turn.reach("damaged batches", done, len(damaged))
    return wrong


def _mend_contents(node: Node, turn: _Turn) -> int:
    """Return how many differences there were among what issuers handed in."""
    with reading(node.engine) as connection:
        unreadable = list(recheck_kept(connection, node.deployment, progress=turn.reach))
    for found in unreadable:
        with writing(node.engine) as connection:
            assert found.kept_hash is not None
            mend_kept(connection, node.deployment, found.kept_hash)
    with reading(node.engine) as connection:
        damaged = list(check_contents(connection, progress=turn.reach))
    for done, found in enumerate(damaged, start=1):
        with writing(node.engine) as connection:
            mend_content(connection, found)
        turn.reach("damaged contents", done, len(damaged))
    return len(unreadable) + len(damaged)


def _follow(node: Node, turn: _Turn) -> None:
    """Follow to where the ledger's head was at the beginning, or further."""
    follower = Follower(
        node.engine,
        node.ledger,
        node.deployment,
        holder=node.holder,
        now=node.clock,
        finality_depth=node.settings.finality_depth,
        quorum=node.settings.ledger_quorum,
    )
    newest, patience = head(node.ledger).number, _PATIENCE
    while (step := follower.step()) in {Step.MOVED, Step.IDLE}:
        with reading(node.engine) as connection:
            cursor = read_cursor(connection)
        reached = cursor.block_number if cursor else 0
        turn.reach("blocks followed", reached, max(newest, reached))
        if step is Step.MOVED:
            continue
        if reached >= newest or newest < node.deployment.first_block:
            return
        patience -= 1  # the ledger reorganises, or its endpoints are not of one height
        if not patience:
            raise FollowingStopped(f"the ledger is not followed beyond block {reached} of {newest}")
        time.sleep(node.settings.poll_interval)
    match step:
        case Step.WAITS:
            raise FollowerAtWork
        case Step.UNREACHABLE:
            raise LedgerUnavailable("the ledger stopped answering: run `ankyra node rebuild` again")
        case Step.NO_DATABASE:
            raise DatabaseUnavailable("the database stopped answering: run `ankyra node rebuild` again")
    with reading(node.engine) as connection:
        sighting = read_sighting(connection)
    raise FollowingStopped((sighting and sighting.alarm_sentence) or "an alarm stopped the follower")


def _copy(node: Node, turn: _Turn) -> tuple[AnchoredBatch, ...]:
    """Return the batches whose digests are still missing after every peer was asked."""
    leaves = LeafCopier(node.engine, node.settings.peers)
    contents = ContentCopier(node.engine, node.settings.peers)
    try:
        batches = leaves.step(node.clock())
        lists = 0
        while copied := contents.step(node.clock()):
            lists += copied
    finally:
        leaves.close()
        contents.close()
    turn.say(f"digests of {batches} batches and {lists} status lists copied from peers")
    with reading(node.engine) as connection:
        return tuple(unavailable_batches(connection))


def _count(found: Iterable[Difference]) -> int:
    return sum(1 for _ in found)
