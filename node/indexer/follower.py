"""Following the ledger: look, decide, check, write; one follower to a database, the others wait."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from threading import Event

from sqlalchemy import Engine

from anchoring.errors import BrokenHistory
from node.chain.client import LedgerClient
from node.chain.headers import Header, head, headers, log_state
from node.chain.logs import LoggedEntry, fetch_entries
from node.chain.registries import Registries
from node.config import Deployment
from node.db.cursor import Block, Cursor, read_cursor, read_window
from node.db.entries import entry_at, heads_of, leaf_hashes
from node.db.lease import Lease, note_alarm, note_sight
from node.db.session import reading, writing
from node.errors import (
    Alarm,
    AnotherLedger,
    LedgerRefused,
    LedgerUnavailable,
    MalformedLedgerAnswer,
    StaleCursor,
)
from node.indexer.blocks import MAX_RANGE, Extend, Known, Rewind, TooDeep, Wait, continues, decide
from node.indexer.continuity import LogTail
from node.indexer.projection import take_back, write_entries

_LOG = logging.getLogger("node.indexer.follower")
LEASE = timedelta(seconds=15)
_STATE_KEPT = 32  # blocks back from the head for which every ledger node still has its state
_PATIENCE = 10  # looks that an alarm makes the follower sit out


class Step(Enum):
    """What one look at the ledger came to."""

    MOVED = "moved"
    IDLE = "idle"
    WAITS = "waits"  # another follower holds the lease
    UNREACHABLE = "unreachable"
    ALARMED = "alarmed"


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
    ) -> None:
        """Take what it works with; nothing is asked or written yet.

        Args:
            engine: the database, upgraded.
            ledger: JSON-RPC to the ledger.
            deployment: whose log is followed.
            holder: a name that no other process uses for the lease.
            now: the node's clock, aware UTC.
        """
        self._engine, self._ledger, self._deployment = engine, ledger, deployment
        self._holder, self._now = holder, now
        self._lease = Lease(engine, holder)
        self._log_address = bytes.fromhex(deployment.registry_log.removeprefix("0x"))
        self._range = MAX_RANGE
        self._tail: LogTail | None = None
        self._checked = False
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
        self._lease.release()

    def step(self) -> Step:
        """Look once, and follow what there is, up to a thousand blocks."""
        if not self._lease.take(self._now(), lasts=LEASE):
            self._tail = None  # when its turn comes the database will have moved
            return Step.WAITS
        try:
            moved = self._look()
        except LedgerUnavailable:
            with writing(self._engine) as connection:
                note_sight(connection, holder=self._holder, now=self._now(), head=None)
            return Step.UNREACHABLE
        except StaleCursor:
            self._tail = None
            return Step.IDLE
        except Alarm as alarm:
            self._raise(alarm)
            return Step.ALARMED
        except (AnotherLedger, BrokenHistory, LedgerRefused, MalformedLedgerAnswer, TooDeep) as error:
            self._raise(Alarm(_NAMES[type(error)], str(error)))
            return Step.ALARMED
        if self._alarmed:
            self._alarmed = False
            with writing(self._engine) as connection:
                note_alarm(connection, holder=self._holder, name=None, sentence=None)
            self._tell(None)
        return Step.MOVED if moved else Step.IDLE

    def _raise(self, alarm: Alarm) -> None:
        self._alarmed, self._tail = True, None
        with writing(self._engine) as connection:
            note_alarm(connection, holder=self._holder, name=alarm.name, sentence=str(alarm))
        self._tell(alarm)

    def _tell(self, alarm: Alarm | None) -> None:
        """Log an alarm when it is raised or gone, and not at each of the looks that find it still there."""
        name = alarm.name if alarm else None
        if name == self._told:
            return
        if alarm:
            _LOG.error("alarm %s: %s", alarm.name, alarm)
        else:
            _LOG.warning("alarm %s is gone: following again", self._told)
        self._told = name

    def _look(self) -> bool:
        """True if the cursor moved."""
        if not self._checked:
            Registries(self._ledger, self._deployment).check_ledger()
            self._checked = True
        newest = head(self._ledger)
        with writing(self._engine) as connection:
            note_sight(connection, holder=self._holder, now=self._now(), head=newest.number)
            cursor, window = read_cursor(connection), read_window(connection)
        if cursor is None:
            first = self._deployment.first_block
            if newest.number < first:
                return False
            last = min(newest.number, first + self._range - 1)
            return self._extend(None, None, Extend(first, last), newest.number)
        if (cursor.chain_id, cursor.log_address) != (self._deployment.chain_id, self._log_address):
            raise AnotherLedger(
                "the log of this database", expected=self._log_address.hex(), found=cursor.log_address.hex()
            )
        if not window or window[-1].hash != cursor.block_hash:
            raise Alarm(
                "database-damaged", "cursor and remembered blocks disagree: run `ankyra node rebuild`"
            )
        known = [Known(block.number, block.hash) for block in window]
        decision = decide(known, head=newest.number, hashes=self._hashes(known), longest=self._range)
        match decision:
            case Wait():
                return False
            case Rewind(to):
                self._rewind(cursor, to)
                return True
            case Extend():
                return self._extend(cursor, known[-1], decision, newest.number)

    def _hashes(self, known: list[Known]) -> dict[int, bytes]:
        """The ledger's hashes at the tip, and at every remembered block if the tip's is another."""
        tip = headers(self._ledger, [known[-1].number])[0]
        if tip is not None and tip.hash == known[-1].hash:
            return {tip.number: tip.hash}
        found = headers(self._ledger, [block.number for block in known])
        return {header.number: header.hash for header in found if header is not None}

    def _rewind(self, cursor: Cursor, to: int) -> None:
        tail = self._log_tail(cursor)
        self._tail = None
        with writing(self._engine) as connection:
            take_back(connection, expected=cursor, to=to, root_of=tail.root)

    def _extend(self, cursor: Cursor | None, tip: Known | None, blocks: Extend, newest: int) -> bool:
        found = headers(self._ledger, range(blocks.first, blocks.last + 1))
        chain = [header for header in found if header is not None]
        if len(chain) != len(found) or not continues(tip, [(h.number, h.hash, h.parent_hash) for h in chain]):
            return False  # the ledger reorganised between two questions: the next look will tell
        try:
            entries = fetch_entries(
                self._ledger, self._deployment.registry_log, first=blocks.first, last=blocks.last
            )
        except (LedgerRefused, LedgerUnavailable):
            if self._range == 1:
                raise
            self._range = max(1, (blocks.last - blocks.first + 1) // 2)  # perhaps it was too much at once
            return True
        self._range = min(MAX_RANGE, self._range * 2)
        tail = self._log_tail(cursor)
        if not self._append(tail, chain, entries):
            return False
        if not self._agrees(tail, chain[-1], newest):
            return False
        reached = chain[-1]
        with writing(self._engine) as connection:
            write_entries(
                connection,
                entries,
                expected=cursor,
                cursor=Cursor(
                    chain_id=self._deployment.chain_id,
                    log_address=self._log_address,
                    block_number=reached.number,
                    block_hash=reached.hash,
                    block_time=reached.time,
                    size=tail.size,
                    root=tail.root(),
                ),
                blocks=[Block(h.number, h.hash, h.parent_hash, h.time) for h in chain],
            )
        self._tail = tail
        return True

    def _append(self, tail: LogTail, chain: list[Header], entries: list[LoggedEntry]) -> bool:
        """True if all entries are of these very blocks and continue the log."""
        by_number = {header.number: header for header in chain}
        self._tail = None  # until the entries are written the tail is ahead of the database
        with reading(self._engine) as connection:
            tail.know(heads_of(connection, {logged.entry.subject for logged in entries}))
        for logged in entries:
            header = by_number.get(logged.block_number)
            if header is None or header.hash != logged.block_hash:
                return False
            if (logged.entry.time, logged.entry.parent) != (header.time, header.parent_hash):
                raise BrokenHistory("time or parent are not its block's", index=logged.entry.index)
            tail.append(logged.entry)
        return True

    def _agrees(self, tail: LogTail, reached: Header, newest: int) -> bool:
        """True if the ledger's log has this size and root after the block, or if that cannot be asked yet.

        Far behind the head ledger nodes no longer keep the state. What is written unchecked then is covered
        by the comparison at the end of the catching up: a root commits to every entry.
        """
        if reached.number < newest - _STATE_KEPT:
            return True
        log = self._deployment.registry_log
        try:
            state = log_state(self._ledger, log, block_hash=reached.hash)
        except LedgerRefused:
            if self._replaced(reached):
                return False
            raise
        if (state.size, state.root) == (tail.size, tail.root()):
            return True
        if self._replaced(reached):
            return False
        raise Alarm(
            "root-mismatch",
            f"after block {reached.number} the ledger's log has {state.size} entries and the root "
            f"{state.root.hex()}; its events make {tail.size} entries and the root {tail.root().hex()}",
        )

    def _replaced(self, block: Header) -> bool:
        found = headers(self._ledger, [block.number])[0]
        return found is None or found.hash != block.hash

    def _log_tail(self, cursor: Cursor | None) -> LogTail:
        if self._tail is not None and (cursor is None or self._tail.root() == cursor.root):
            return self._tail
        with reading(self._engine) as connection:
            hashes = leaf_hashes(connection)
            last = entry_at(connection, len(hashes) - 1) if hashes else None
        tail = LogTail(
            hashes,
            time=last.entry.time if last else 0,
            closed=last is not None and last.entry.kind == "log.closed",
        )
        if cursor is not None and (tail.size, tail.root()) != (cursor.size, cursor.root):
            raise Alarm(
                "database-damaged",
                f"the entries kept make the root {tail.root().hex()} of {tail.size}, the cursor tells of "
                f"{cursor.root.hex()} of {cursor.size}: run `ankyra node check`, then `ankyra node rebuild`",
            )
        self._tail = tail
        return tail


_NAMES: dict[type[Exception], str] = {
    AnotherLedger: "another-ledger",
    BrokenHistory: "broken-history",
    LedgerRefused: "ledger-refuses",
    MalformedLedgerAnswer: "malformed-answer",
    TooDeep: "reorg-too-deep",
}
