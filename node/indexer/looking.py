"""One look at the ledger: whom to believe, and whether what they say leads on, back, or nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.every_endpoint import EveryEndpoint, Seen
from node.chain.headers import headers
from node.chain.registries import Registries
from node.config import Deployment
from node.db.cursor import Cursor, read_cursor, read_window
from node.db.ledger_endpoints import EndpointState
from node.db.session import reading, writing
from node.errors import Alarm, AnotherLedger, LedgerRefused, LedgerUnavailable
from node.failpoints import reach
from node.indexer.agreement import (
    Chosen,
    Disagreement,
    choose,
    hold_against,
    hold_to_rewind,
    state_of,
)
from node.indexer.blocks import Extend, Known, Rewind, Wait, decide
from node.indexer.extending import Extending
from node.indexer.finality import finality_broken, tell
from node.indexer.projection import take_back
from node.indexer.rereading import read_again
from node.indexer.tail import LOG_GAP, Tail

_UNSTEADY = 20  # looks in a row at blocks that do not hold still
_OLD_HEAD = timedelta(seconds=60)  # for which the ledger may lack what was followed


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look begins with.

    Attributes:
        chosen: whom to follow.
        cursor: where the projection stands; None before the first step.
        known: the followed blocks that are remembered.
        behind: the ledger has not even what was followed.
    """

    chosen: Chosen
    cursor: Cursor | None
    known: tuple[Known, ...]
    behind: bool


class Looking:
    """Looks at every endpoint of a ledger, and moves a database's projection to where they agree it is."""

    def __init__(
        self,
        engine: Engine,
        ledger: LedgerClient,
        deployment: Deployment,
        *,
        now: Callable[[], datetime],
        finality_depth: int,
        quorum: int,
    ) -> None:
        """Take what it works with; nothing is asked or written yet.

        Args:
            engine: the database, upgraded.
            ledger: names the endpoints.
            deployment: whose log is followed.
            now: the node's clock, aware UTC.
            finality_depth: blocks that follow a final one.
            quorum: endpoints that must answer alike.
        """
        self._engine, self._ledger, self._deployment = engine, ledger, deployment
        self._now, self._finality_depth, self._quorum = now, finality_depth, quorum
        self._endpoints = EveryEndpoint(ledger, now=now)
        self._log_address = bytes.fromhex(deployment.registry_log.removeprefix("0x"))
        self._tail = Tail(engine)
        self._extending = Extending(
            engine, deployment, endpoints=self._endpoints, tail=self._tail, quorum=quorum
        )
        self._checked = False
        self._behind_since: datetime | None = None
        self._avoid: str | None = None
        self._unsteady = 0
        self._seen: Sequence[Seen] = ()
        self._disputed: frozenset[str] = frozenset()

    def forget(self) -> None:
        """The database may have moved by other hands: nothing that is remembered of it holds."""
        self._tail.forget()

    def see(self) -> Sight:
        """Ask every endpoint, and choose whom to follow.

        Raises:
            Alarm: the endpoints disagree, or one of them is of another chain or lies about a header.
            AnotherLedger: ledger, deployment and database are not of one log.
            LedgerUnavailable: too few endpoints answered.
        """
        with reading(self._engine) as connection:
            cursor, window = read_cursor(connection), read_window(connection)
        known = tuple(Known(block.number, block.hash) for block in window)
        self._disputed, self._seen = frozenset(), ()
        try:
            self._seen = self._endpoints.look(known[-1].number if known else None)
            chosen = choose(
                self._seen,
                chain_id=self._deployment.chain_id,
                quorum=self._quorum,
                avoid=self._avoid,
                followed=known[-1].number if known else -1,
            )
            self._hold(chosen, known)
        except Disagreement as found:
            self._disputed = found.names
            raise
        self._check(chosen, cursor, known)
        behind = cursor is not None and chosen.newest < cursor.block_number
        return Sight(chosen, cursor, known, behind)

    @property
    def newest(self) -> int | None:
        """Number of the newest block that any endpoint had at the last look."""
        return max((one.head.number for one in self._seen if one.head), default=None)

    def states(self) -> list[EndpointState]:
        """Each endpoint as the last look found it."""
        return [
            EndpointState(
                one.name,
                state_of(one, newest=self.newest, disputed=self._disputed),
                one.head.number if one.head else None,
            )
            for one in self._seen
        ]

    def follow(self, sight: Sight) -> bool:
        """True if the cursor moved: up to a thousand blocks on, or back to the last common one.

        Raises:
            Alarm: entries or endpoints contradict one another or the database.
            BrokenHistory: an entry does not continue the log.
            LedgerError: the endpoint refused, lied, or is silent.
            StaleCursor: another follower moved the cursor first.
            TooDeep: more blocks were taken back than are remembered.
        """
        source, newest = sight.chosen.source, sight.chosen.newest
        try:
            if sight.cursor is None:
                first = self._deployment.first_block
                if newest < first:
                    return False
                return self._extend(sight, Extend(first, min(newest, first + self._extending.longest - 1)))
            hashes = self._hashes(sight)
            match decide(sight.known, head=newest, hashes=hashes, longest=self._extending.longest):
                case Rewind(to):
                    self._behind_since = None
                    followed = {block.number: block.hash for block in sight.known}
                    hold_to_rewind(sight.chosen.others, followed, to=to, said_by=source.name)
                    self._rewind(sight.cursor, to)
                    return True
                case Extend() as blocks:
                    self._behind_since = None
                    return self._extend(sight, blocks)
                case Wait():
                    self._wait(sight)
                    return False
        except Disagreement as found:
            self._disputed = found.names
            raise
        except (LedgerRefused, LedgerUnavailable):
            self._avoid = source.name
            raise

    def _hold(self, chosen: Chosen, known: Sequence[Known]) -> None:
        """The others' newest blocks are those followed, unless the source took the followed ones back."""
        tip = chosen.source.header
        if known and tip is not None and tip.hash == known[-1].hash:
            chain = {block.number: block.hash for block in known}
            hold_against(chosen.others, chain, said_by=chosen.source.name)

    def _check(self, chosen: Chosen, cursor: Cursor | None, known: Sequence[Known]) -> None:
        if not self._checked:
            Registries(chosen.source.ledger, self._deployment).check_ledger()
            self._checked = True
        if cursor is None:
            return
        if (cursor.chain_id, cursor.log_address) != (self._deployment.chain_id, self._log_address):
            raise AnotherLedger(
                "the log of this database", expected=self._log_address.hex(), found=cursor.log_address.hex()
            )
        if not known or known[-1].hash != cursor.block_hash:
            raise Alarm(
                "database-damaged", "cursor and remembered blocks disagree: run `ankyra node rebuild`"
            )

    def _extend(self, sight: Sight, blocks: Extend) -> bool:
        tip = sight.known[-1] if sight.known else None
        try:
            moved = self._extending.extend(sight.chosen, sight.cursor, tip, blocks)
        except Alarm as alarm:
            if alarm.name == LOG_GAP and sight.cursor is not None:
                ledger = sight.chosen.source.ledger
                read_again(self._engine, ledger, self._deployment, tail=self._tail, cursor=sight.cursor)
            raise
        if moved:
            self._unsteady = 0
            return True
        self._unsteady += 1
        if self._unsteady >= _UNSTEADY:
            raise Alarm(
                "ledger-unsteady",
                f"{self._unsteady} times in a row the blocks from {blocks.first} on changed while they were "
                f"read, or did not fit together ({sight.chosen.source.name})",
            )
        return False

    def _wait(self, sight: Sight) -> None:
        """Nothing is to be done; but a ledger that has not come back to what it had is told of."""
        now = self._now()
        if not sight.behind:
            self._behind_since = None
            return
        if self._behind_since is None or now < self._behind_since:
            self._behind_since = now
        if now - self._behind_since >= _OLD_HEAD:
            raise Alarm(
                "old-head",
                f"the ledger's newest block is {sight.chosen.newest}, {sight.known[-1].number} was followed: "
                "its endpoint is stuck, or was restored from an older state",
            )

    def _hashes(self, sight: Sight) -> dict[int, bytes]:
        """The source's hashes at the tip, and at every remembered block if the tip's is another."""
        tip = sight.chosen.source.header
        if tip is not None and tip.hash == sight.known[-1].hash:
            return {tip.number: tip.hash}
        found = headers(sight.chosen.source.ledger, [block.number for block in sight.known])
        return {header.number: header.hash for header in found if header is not None}

    def _rewind(self, cursor: Cursor, to: int) -> None:
        tail = self._tail.at(cursor)
        self._tail.forget()
        with writing(self._engine) as connection:
            reached = take_back(connection, expected=cursor, to=to, root_of=tail.root)
            broken = finality_broken(connection, cursor, reached, depth=self._finality_depth, now=self._now())
            reach("rewind-written")
        reach("rewind-committed")
        if broken is not None:
            tell(broken)
