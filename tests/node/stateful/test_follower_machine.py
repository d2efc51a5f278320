"""The follower through histories that nobody wrote: reorganisations, liars, deaths, rivals, clocks."""

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from node.chain.client import LedgerClient
from node.db.cursor import WINDOW, drop_projection, read_cursor, read_window
from node.db.digest import projection_digest
from node.db.entries import leaf_hashes, log_size
from node.db.lease import read_sighting
from node.db.session import reading, writing
from node.db.tables import ENTRY
from node.indexer.alarms import ALARMS
from node.indexer.follower import Follower, Step
from tests.doubles.ledger_endpoints import HONEST, MOODS
from tests.doubles.ledger_writer import Writer, an_issuer
from tests.doubles.london import Block
from tests.doubles.registries import OPERATOR_KEY
from tests.doubles.simulated_ledger import SimulatedLedger
from tests.node.stateful.lies import LIES
from tests.node.stateful.world import FATES, Death, World, briefly, killed_at, reorganise

DEATHS = ("entries-fetched", "entries-written", "entries-committed", "rewind-written", "rewind-committed")
TURNED = "the events turned round"
PAST = 70
"""Blocks before the machine begins: more than a reorganisation may take back."""


class FollowerMachine(RuleBasedStateMachine):
    """One database, two processes that would follow, a ledger that does what ledgers do."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World
        self.ever: dict[bytes, Block] = {}
        self.written = self.lives = 0

    @initialize(endpoints=st.sampled_from([1, 1, 2, 3]))
    def begin(self, endpoints: int) -> None:
        self.world = World(endpoints=endpoints)
        self.engine = self.world.database("node")
        self.ledger = self.world.ledger
        self.truth = self.world.honest_client()
        self.writer = Writer(self.truth, self.ledger.deployment, OPERATOR_KEY)
        self.issuer = an_issuer("university")
        self.writer.register(self.issuer, now=self.ledger.time)
        self.mine(PAST)
        self.processes = [self.process(), self.process()]

    def process(self, client: LedgerClient | None = None) -> Follower:
        """A process that has just started."""
        self.lives += 1
        return Follower(
            self.engine,
            client or self.world.client,
            self.ledger.deployment,
            holder=f"process {self.lives}",
            now=self.world.clock,
        )

    def mine(self, count: int) -> None:
        self.ledger.mine(count)
        self.remember()

    def remember(self) -> None:
        for block in reversed(self.ledger.blocks):
            if block.hash in self.ever:
                break
            self.ever[block.hash] = block

    @rule(count=st.integers(1, 3), quiet=st.integers(0, 5), kind=st.integers(0, 4))
    def write(self, count: int, quiet: int, kind: int) -> None:
        """Entries of several kinds, in one block, and quiet blocks after it."""
        for _ in range(count):
            self.written += 1
            digest = self.written.to_bytes(32, "big")
            key = self.issuer.key
            if kind == 0:
                self.writer.write(key, "RegistryLog", "mark")
            elif kind == 1:
                name = f"X:{self.written}"
                self.writer.write(OPERATOR_KEY, "TrustedPoliciesRegistry", "insertPolicy", name, "")
            elif kind == 2:
                self.writer.send(self.writer.publishing(self.issuer, digest, url="https://lists.example/1"))
            elif kind == 3:
                self.writer.accredit(self.issuer, 1)
            else:
                self.writer.send(self.writer.anchoring(self.issuer, digest))
        self.mine(1 + quiet)

    @rule(
        depth=st.one_of(st.integers(1, 4), st.integers(1, 64)),
        growth=st.integers(-2, 3),
        fate=st.sampled_from(FATES),
    )
    def reorganise(self, depth: int, growth: int, fate: str) -> None:
        """Other blocks take the place of the last ones; never so many that none of those followed is left."""
        depth = min(depth, self.ledger.head.number - self.oldest())
        if depth < 1:
            return
        reorganise(self.ledger, depth, blocks=max(0, depth + growth), fate=fate)
        self.remember()

    def oldest(self) -> int:
        """Number of the oldest block that a reorganisation must leave alone."""
        with reading(self.engine) as connection:
            window = read_window(connection)
        return window[0].number if window else 3

    @rule(which=st.integers(0, 2), mood=st.sampled_from(MOODS))
    def upset(self, which: int, mood: str) -> None:
        """An endpoint is away, or answers nothing of use."""
        self.endpoint(which).mood = mood

    @rule(which=st.integers(0, 2), lie=st.sampled_from(sorted(LIES)))
    def corrupt(self, which: int, lie: str) -> None:
        """An endpoint lies from now on."""
        self.endpoint(which).tamper = LIES[lie]

    @rule(which=st.integers(0, 2), behind=st.integers(0, 80))
    def freeze(self, which: int, behind: int) -> None:
        """An endpoint shows an old head from now on, soon perhaps of a branch that was left."""
        self.endpoint(which).freeze(behind=behind)

    @rule(which=st.integers(0, 2))
    def estrange(self, which: int) -> None:
        """An endpoint is of another chain."""
        other = SimulatedLedger(chain_id=7)
        other.mine(PAST)
        self.endpoint(which).ledger = other

    @rule(which=st.integers(0, 2))
    def forget_state(self, which: int) -> None:
        """An endpoint keeps the state of the last few blocks only."""
        self.endpoint(which).state_kept = 8

    @rule()
    def mend(self) -> None:
        """Every endpoint behaves."""
        for endpoint in self.world.endpoints:
            endpoint.ledger = self.ledger
            endpoint.mend()

    def endpoint(self, which: int) -> Any:
        return self.world.endpoints[which % len(self.world.endpoints)]

    @rule(seconds=st.sampled_from([1, 5, 20, 70, 3_600, -1, -30, -3_600]))
    def move_the_clock(self, seconds: int) -> None:
        self.world.clock.walk(seconds)

    @rule(who=st.integers(0, 1), times=st.integers(1, 4))
    def look(self, who: int, times: int) -> None:
        """A process looks."""
        for _ in range(times):
            self.judge(who, self.processes[who].step())

    @rule(who=st.integers(0, 1), where=st.sampled_from(DEATHS))
    def die(self, who: int, where: str) -> None:
        """A process is killed at some place of a look, and another one started in its stead."""
        try:
            with killed_at(where):
                self.processes[who].step()
        except Death:
            self.processes[who] = self.process()

    @rule(who=st.integers(0, 1))
    def restart(self, who: int) -> None:
        """A process is killed between two looks."""
        self.processes[who] = self.process()

    @rule(who=st.integers(0, 1), requests=st.integers(1, 9), depth=st.integers(0, 3))
    def look_while_it_changes(self, who: int, requests: int, depth: int) -> None:
        """The ledger mines or reorganises between two questions of one look."""

        def change() -> None:
            self.reorganise(depth, 1, "gone")
            self.mine(1)

        self.world.network.after(requests, change)
        self.judge(who, self.processes[who].step())
        self.world.network.calm()

    @rule(who=st.integers(0, 1), requests=st.integers(1, 9))
    def look_while_another_takes_over(self, who: int, requests: int) -> None:
        """A process stops in the middle of a look for so long that the other one follows in its stead."""

        def overtake() -> None:
            self.world.clock.walk(60)
            for _ in range(2):
                self.processes[1 - who].step()

        self.world.network.after(requests, overtake)
        self.judge(who, self.processes[who].step())
        self.world.network.calm()

    def judge(self, who: int, step: Step) -> None:
        """An alarm is raised for a cause, never at an honest ledger; and it is told by its name."""
        causes = [e for e in self.world.endpoints if not self.behaves(e)]
        if step is Step.ALARMED:
            sighting = self.sighting()
            assert causes or self.lacks_what_was_followed(), sighting
            # Who lost its lease meanwhile has no say any more.
            assert sighting.alarm in ALARMS or sighting.holder != self.holder(who)
        if step is Step.UNREACHABLE:
            assert causes

    def holder(self, who: int) -> str:
        return self.processes[who]._holder

    def behaves(self, endpoint: Any) -> bool:
        return (
            endpoint.mood == HONEST
            and endpoint.tamper in {None, LIES[TURNED]}
            and endpoint.frozen is None
            and endpoint.ledger is self.ledger
        )

    def lacks_what_was_followed(self) -> bool:
        """The ledger became shorter, and has stayed so for a minute: that is told of (alarm `old-head`)."""
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
        behind = cursor is not None and cursor.block_number > self.ledger.head.number
        return behind and self.sighting().alarm == "old-head"

    def sighting(self) -> Any:
        with reading(self.engine) as connection:
            return read_sighting(connection)

    @rule()
    def settle(self) -> None:
        """Once every endpoint behaves, the projection becomes what a newcomer makes of the ledger."""
        self.mend()
        self.reach_the_head()

    @rule(which=st.integers(0, 2))
    @precondition(lambda self: len(self.world.endpoints) > 1)
    def settle_with_one_away(self, which: int) -> None:
        """It needs no more than the endpoints that answer."""
        self.mend()
        self.endpoint(which).mood = "refuses"
        self.reach_the_head()

    def reach_the_head(self) -> None:
        self.world.clock.walk((self.world.clock.latest - self.world.clock.time).total_seconds() + 60)
        for _ in range(12):
            if (step := self.processes[0].step()) is Step.IDLE:
                break
            if self.lacks_what_was_followed():
                self.mine(1)
                continue
            assert step is Step.MOVED, (step, self.sighting())
        with reading(self.engine) as connection:
            cursor, sighting = read_cursor(connection), read_sighting(connection)
            found = projection_digest(connection, size=log_size(connection))
        assert cursor is not None
        # a chain that became shorter is waited for: its blocks may come again
        ahead = cursor.block_number > self.ledger.head.number
        assert ahead or cursor.block_hash == self.ledger.head.hash
        assert sighting is not None
        assert (sighting.alarm, sighting.ledger_reachable) == (None, True)
        if ahead:
            self.mine(cursor.block_number - self.ledger.head.number + 1)
            self.reach_the_head()
        else:
            assert found == self.newcomers_digest()

    def newcomers_digest(self) -> bytes:
        """Of what a follower of the honest ledger writes into an empty database."""
        self.lives += 1
        engine = self.world.database(f"newcomer {self.lives}")
        newcomer = Follower(
            engine, self.truth, self.ledger.deployment, holder="newcomer", now=self.world.clock
        )
        while newcomer.step() is Step.MOVED:
            pass
        with reading(engine) as connection:
            return projection_digest(connection, size=log_size(connection))

    @rule()
    def rebuild(self) -> None:
        """The operator drops the projection."""
        with writing(self.engine) as connection:
            drop_projection(connection)

    @invariant()
    def what_is_kept_is_a_true_chain_up_to_some_block(self) -> None:
        with reading(self.engine) as connection:
            cursor, window = read_cursor(connection), read_window(connection)
            hashes = list(leaf_hashes(connection))
            places = connection.execute(select(ENTRY.c.block_number, ENTRY.c.block_hash)).all()
        if cursor is None:
            assert (window, hashes) == ([], [])
            return
        block = self.ever[cursor.block_hash]  # else it was never on the ledger
        state = block.registries
        assert (cursor.block_number, cursor.size, cursor.root) == (block.number, state.size, state.root)
        assert b"".join(hashes) == b"".join(state.leaf_hashes)
        assert window[-1].hash == cursor.block_hash
        assert len(window) <= WINDOW
        assert all(later.parent_hash == earlier.hash for earlier, later in pairwise(window))
        assert all(self.ever[at].number == number for number, at in places)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.truth.close()
            self.world.close()


def test_no_history_leads_the_follower_astray() -> None:
    run_state_machine_as_test(FollowerMachine, settings=briefly(share=3, steps=30))
