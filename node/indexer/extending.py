"""Following new blocks: fetched, continued, held against every endpoint's word, and written as one."""

from sqlalchemy import Engine

from node.chain.every_endpoint import EveryEndpoint, Seen
from node.chain.headers import Header, LogState, headers, log_state
from node.chain.logs import LoggedEntry, fetch_entries
from node.config import Deployment
from node.db.cursor import Block, Cursor
from node.db.session import writing
from node.errors import Alarm, ForeignLog, LedgerAnswerTooLarge, LedgerRefused, LedgerUnavailable
from node.failpoints import reach
from node.indexer.agreement import Chosen, count_alike, hold_against
from node.indexer.blocks import MAX_RANGE, Extend, Known, continues
from node.indexer.continuity import LogTail
from node.indexer.projection import write_entries
from node.indexer.tail import Tail

_STATE_KEPT = 32  # blocks back from the head for which every ledger node still has its state


class Extending:
    """Extends a database's projection by blocks that the endpoints agree on."""

    def __init__(
        self, engine: Engine, deployment: Deployment, *, endpoints: EveryEndpoint, tail: Tail, quorum: int
    ) -> None:
        """Take what it works with; nothing is asked yet.

        Args:
            engine: the database, upgraded.
            deployment: whose log is followed.
            endpoints: of the ledger.
            tail: of the log in that database.
            quorum: endpoints that must answer alike, the source counted.
        """
        self._engine, self._deployment, self._endpoints = engine, deployment, endpoints
        self._tail, self._quorum = tail, quorum
        self._log_address = bytes.fromhex(deployment.registry_log.removeprefix("0x"))
        self.longest = MAX_RANGE
        """Blocks to ask for in one step: fewer after the endpoint found it too much."""

    def extend(self, chosen: Chosen, cursor: Cursor | None, tip: Known | None, blocks: Extend) -> bool:
        """True if the cursor moved, or if the same is to be tried at once with fewer blocks.

        Args:
            chosen: whom to follow, and against whom that is held.
            cursor: from which the step is taken; None for the first.
            tip: the last followed block.
            blocks: those to follow.

        Raises:
            Alarm: entries or endpoints contradict one another.
            BrokenHistory: an entry does not continue the log.
            LedgerError: the source refused, lied, or is silent.
            StaleCursor: another follower moved the cursor first.
        """
        source = chosen.source
        found = headers(source.ledger, range(blocks.first, blocks.last + 1))
        chain = [header for header in found if header is not None]
        if len(chain) != len(found) or not continues(tip, [(h.number, h.hash, h.parent_hash) for h in chain]):
            return False  # the ledger reorganised between two questions: the next look will tell
        hold_against(chosen.others, {h.number: h.hash for h in chain}, said_by=source.name)
        entries = self._fetch(source, blocks)
        if entries is None:
            return True
        tail = self._tail.at(cursor)
        if not self._tail.grow(tail, chain, entries, cursor=cursor):
            if _replaced(source, chain[-1]):
                return False
            raise ForeignLog("an event of another block than the ledger has at its number")
        if not self._agrees(tail, chain[-1], chosen):
            return False
        reach("entries-fetched")
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
            reach("entries-written")
        reach("entries-committed")
        self._tail.keep(tail)
        return True

    def _fetch(self, source: Seen, blocks: Extend) -> list[LoggedEntry] | None:
        """The blocks' entries; None if it was perhaps too much at once, and less is to be asked for."""
        log = self._deployment.registry_log
        try:
            entries = fetch_entries(source.ledger, log, first=blocks.first, last=blocks.last)
        except (LedgerAnswerTooLarge, LedgerRefused, LedgerUnavailable):
            if self.longest == 1:
                raise
            self.longest = max(1, (blocks.last - blocks.first + 1) // 2)
            return None
        self.longest = min(MAX_RANGE, self.longest * 2)
        return entries

    def _agrees(self, tail: LogTail, reached: Header, chosen: Chosen) -> bool:
        """True if the log has this size and root after the block wherever that can be asked.

        Far behind the head ledger nodes need no longer keep the state. What is written unchecked then is
        covered by the comparison at the end of the catching up: a root commits to every entry.
        """
        source, mine = chosen.source, LogState(tail.size, tail.root())
        state = self._log_state(source, reached, chosen.newest)
        if state != mine and _replaced(source, reached):
            return False
        if state is not None and state != mine:
            raise Alarm(
                "root-mismatch",
                f"after block {reached.number} the ledger's log has {state.size} entries and the root "
                f"{state.root.hex()}; its events make {mine.size} entries and the root {mine.root.hex()}",
            )
        stands = self._endpoints.stands(
            chosen.others, height=reached.number, log_address=self._deployment.registry_log
        )
        alike = count_alike(stands, reached, mine, said_by=source.name)
        if alike < self._quorum:
            raise LedgerUnavailable(
                f"{alike} of the {self._quorum} endpoints that must agree have block {reached.number}"
            )
        return True

    def _log_state(self, source: Seen, reached: Header, newest: int) -> LogState | None:
        """The log after the block, as the source says; None if it need not know that any more."""
        try:
            return log_state(source.ledger, self._deployment.registry_log, block_hash=reached.hash)
        except LedgerRefused:
            if reached.number < newest - _STATE_KEPT or _replaced(source, reached):
                return None
            raise


def _replaced(source: Seen, block: Header) -> bool:
    found = headers(source.ledger, [block.number])[0]
    return found is None or found.hash != block.hash
