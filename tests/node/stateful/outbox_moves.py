"""What issuers, the ledger and a node of two processes may do next, and what the node promised thereby."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
)

from node.db.batches import anchored_batch
from node.db.cursor import read_cursor
from node.db.kept_transactions import (
    KeptTransaction,
    find_kept,
)
from node.db.session import reading
from node.errors import LedgerError, SubmissionConflict
from node.services.errors import AnotherTransactionKept, RpcRefused, TooManyTransactions
from tests.doubles.ledger_endpoints import HONEST, MOODS
from tests.doubles.ledger_writer import REVOKED, ROOT_TAO, Issuer, Writer, an_issuer
from tests.doubles.london import Block
from tests.doubles.registries import OPERATOR_KEY
from tests.node.stateful.clients import EXPIRY, Clients, Handed, Process
from tests.node.stateful.world import FATES, Death, World, killed_at, reorganise

SERVING = ("transaction-checked", "transaction-kept", "transaction-sent")
SENDING = ("outbox-sending", "outbox-sent", "outbox-settling", "entries-written", "rewind-written")
PAST = 70
REFUSALS = (AnotherTransactionKept, LedgerError, RpcRefused, SubmissionConflict, TooManyTransactions)
WEATHER = st.sampled_from([HONEST] * len(MOODS) + list(MOODS))
PLENTY, STARVED, HOPELESS = 900_000, 40_000, 20_000  # gas: enough, fails in its block, never taken


class OutboxMoves(RuleBasedStateMachine):
    """Issuers, a node of two processes, one ledger; whoever extends it judges them."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World
        self.ever: dict[bytes, Block] = {}
        self.signed: dict[bytes, Handed] = {}
        self.promised: set[bytes] = set()
        self.before: dict[bytes, KeptTransaction] = {}
        self.lives = 0

    @initialize(issuers=st.integers(1, 2))
    def begin(self, issuers: int) -> None:
        self.world = World(endpoints=1)
        self.ledger, self.engine = self.world.ledger, self.world.database("node")
        self.truth = self.world.honest_client()
        self.writer = Writer(self.truth, self.ledger.deployment, OPERATOR_KEY)
        self.issuers = [an_issuer(f"university {number}") for number in range(issuers)]
        for issuer in self.issuers:
            self.writer.register(issuer, now=self.ledger.time)
        self.mine(PAST)
        self.clients = Clients(self.writer, self.engine)
        self.processes = [self.process(), self.process()]
        for _ in range(2):
            self.processes[0].step()

    def process(self) -> Process:
        self.lives += 1
        return Process(self.world, self.engine, f"process {self.lives}")

    @property
    def now(self) -> int:
        return int(self.world.clock().timestamp())

    def mine(self, count: int) -> None:
        self.ledger.mine(count)
        self.remember()

    def remember(self) -> None:
        for block in reversed(self.ledger.blocks):
            if block.hash in self.ever:
                break
            self.ever[block.hash] = block

    def issuer(self, which: int) -> Issuer:
        return self.issuers[which % len(self.issuers)]

    def hand_in(self, who: int, handed: Handed) -> None:
        """What the node took without an error is a promise."""
        name = handed.transaction.hash
        self.signed[name] = handed
        try:
            self.clients.hand_in(self.processes[who], handed)
        except REFUSALS:
            return
        if not self.is_anchored(handed):
            self.promised.add(name)

    def is_anchored(self, handed: Handed) -> bool:
        """Whether the batch is on the ledger already, so that another transaction for it need not be kept."""
        if handed.root is None:
            return False
        with reading(self.engine) as connection:
            known = anchored_batch(connection, did=handed.issuer.did, root=handed.root, size=1)
        return known is not None

    @rule(
        who=st.integers(0, 1),
        which=st.integers(0, 1),
        manner=st.sampled_from(["next", "next", "next", "again", "gap"]),
        gas=st.sampled_from([PLENTY, PLENTY, PLENTY, PLENTY, STARVED, HOPELESS]),
        mood=WEATHER,
    )
    def hand_in_a_batch(self, who: int, which: int, manner: str, gas: int, mood: str) -> None:
        issuer = self.issuer(which)
        root = self.clients.batch(issuer, now=self.now)
        nonce = self.clients.nonce(issuer, manner)
        with self.weather(mood):
            self.hand_in(who, self.clients.anchoring(issuer, root, nonce=nonce, gas=gas))

    @rule(
        who=st.integers(0, 1),
        which=st.integers(0, 1),
        manner=st.sampled_from(["next", "again", "gap"]),
        mood=WEATHER,
    )
    def hand_in_a_write(self, who: int, which: int, manner: str, mood: str) -> None:
        issuer = self.issuer(which)
        nonce = self.clients.nonce(issuer, manner)
        document = f'{{"number":{len(self.signed)}}}'
        with self.weather(mood):
            self.hand_in(who, self.clients.updating(issuer, document, nonce=nonce))

    @rule(who=st.integers(0, 1), place=st.integers(0, 20))
    def hand_in_again(self, who: int, place: int) -> None:
        """The very same transaction: an issuer who had no answer."""
        if self.signed:
            names = list(self.signed)
            self.hand_in(who, self.signed[names[place % len(names)]])

    @rule(who=st.integers(0, 1), place=st.integers(0, 20), manner=st.sampled_from(["next", "again"]))
    def sign_a_batch_anew(self, who: int, place: int, manner: str) -> None:
        """Another transaction for a batch that has one."""
        batches = [handed for handed in self.signed.values() if handed.root is not None]
        if batches:
            known = batches[place % len(batches)]
            root = self.clients.batch(known.issuer, now=self.now, root=known.root)
            nonce = self.clients.nonce(known.issuer, manner)
            gas = PLENTY + len(self.signed)  # or it would be the same transaction
            self.hand_in(who, self.clients.anchoring(known.issuer, root, nonce=nonce, gas=gas))

    @rule(who=st.integers(0, 1), which=st.integers(0, 1), where=st.sampled_from(SERVING))
    def die_while_serving(self, who: int, which: int, where: str) -> None:
        issuer = self.issuer(which)
        root = self.clients.batch(issuer, now=self.now)
        nonce = self.clients.nonce(issuer, "next")
        handed = self.clients.anchoring(issuer, root, nonce=nonce, gas=PLENTY)
        try:
            with killed_at(where):
                self.hand_in(who, handed)
        except Death:
            self.processes[who] = self.process()
            if where != SERVING[0]:
                self.promised.add(handed.transaction.hash)  # it was kept

    @rule(which=st.integers(0, 1))
    def write_elsewhere(self, which: int) -> None:
        """An issuer writes to the ledger past the node, with a nonce that the node may have a claim on."""
        issuer = self.issuer(which)
        nonce = self.writer.nonce(issuer.key, "latest")
        raw = self.writer.sign(issuer.key, "RegistryLog", "mark", nonce=nonce)
        self.ledger.pool = {
            name: t for name, t in self.ledger.pool.items() if (t.sender, t.nonce) != (issuer.address, nonce)
        }
        self.writer.send(raw)

    @rule(which=st.integers(0, 1), kind=st.sampled_from([ROOT_TAO, REVOKED]))
    def judge_an_issuer(self, which: int, kind: int) -> None:
        """The operator revokes or renews an accreditation."""
        self.writer.accredit(self.issuer(which), kind)
        self.mine(1)

    @rule(count=st.integers(1, 4))
    def mine_some(self, count: int) -> None:
        self.mine(count)

    @rule(
        depth=st.one_of(st.integers(1, 4), st.integers(1, 40)),
        growth=st.integers(-1, 2),
        fate=st.sampled_from(FATES),
    )
    def reorganise(self, depth: int, growth: int, fate: str) -> None:
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
        oldest = max(3, (cursor.block_number if cursor else 0) - 60)
        depth = min(depth, self.ledger.head.number - oldest)
        if depth < 1:
            return
        reorganise(self.ledger, depth, blocks=max(1, depth + growth), fate=fate)
        self.remember()

    @rule()
    def empty_the_pool(self) -> None:
        self.ledger.drop_pool()

    @contextmanager
    def weather(self, mood: str) -> Iterator[None]:
        """The endpoint is in this mood for a while."""
        self.world.endpoints[0].mood = mood
        try:
            yield
        finally:
            self.world.endpoints[0].mood = HONEST

    @rule()
    def forget_state(self) -> None:
        self.world.endpoints[0].state_kept = 4

    @rule(seconds=st.sampled_from([1, 6, 70, EXPIRY + 1, -20, -EXPIRY]))
    def move_the_clock(self, seconds: int) -> None:
        self.world.clock.walk(seconds)

    @rule(who=st.integers(0, 1), times=st.integers(1, 3), mood=WEATHER)
    def work(self, who: int, times: int, mood: str) -> None:
        """The node follows, and sends what it keeps."""
        with self.weather(mood):
            for _ in range(times):
                self.processes[who].step()

    @rule(which=st.integers(0, 1), quiet=st.integers(0, 3), gas=st.sampled_from([PLENTY, PLENTY, STARVED]))
    def anchor(self, which: int, quiet: int, gas: int) -> None:
        """As it goes on most days: handed in, mined, followed."""
        self.hand_in_a_batch(who=0, which=which, manner="next", gas=gas, mood=HONEST)
        self.mine(1 + quiet)
        self.work(who=0, times=2, mood=HONEST)

    @rule(depth=st.integers(1, 5), fate=st.sampled_from(FATES))
    def take_back(self, depth: int, fate: str) -> None:
        """A reorganisation that is followed before the outbox looks again."""
        self.reorganise(depth, 1, fate)
        for process in self.processes:
            process.follower.step()

    @rule(who=st.integers(0, 1), behind=st.integers(0, 5), depth=st.integers(0, 5))
    def work_on_an_old_head(self, who: int, behind: int, depth: int) -> None:
        """The endpoint shows an old head, perhaps of a branch that was left."""
        self.world.endpoints[0].freeze(behind=behind)
        self.reorganise(depth, 1, "gone")
        self.processes[who].step()
        self.world.endpoints[0].mend()

    @rule(who=st.integers(0, 1))
    def only_send(self, who: int) -> None:
        """The outbox is ahead of the follower."""
        self.processes[who].sending.step()

    @rule(who=st.integers(0, 1), where=st.sampled_from(SENDING), times=st.integers(1, 2))
    def die_at_work(self, who: int, where: str, times: int) -> None:
        try:
            with killed_at(where, times):
                self.processes[who].step()
        except Death:
            self.processes[who] = self.process()

    @rule(who=st.integers(0, 1), requests=st.integers(1, 5), depth=st.integers(0, 3))
    def work_while_it_changes(self, who: int, requests: int, depth: int) -> None:
        """While the outbox asks, the ledger reorganises and the other process follows it there."""

        def change() -> None:
            self.reorganise(depth, 1, "gone")
            self.mine(1)
            self.world.clock.walk(60)
            for _ in range(2):
                self.processes[1 - who].follower.step()

        self.world.network.after(requests, change)
        self.processes[who].sending.step()
        self.world.network.calm()

    def kept(self, name: bytes) -> KeptTransaction | None:
        with reading(self.engine) as connection:
            return find_kept(connection, name)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.truth.close()
            self.world.close()
