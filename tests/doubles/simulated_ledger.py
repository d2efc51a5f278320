"""A ledger in memory: blocks on demand, a pool, reorganisations of any depth; the same each time.

It keeps to what the real engine of the devnet does, and one suite holds both to it (`test_ledger_*.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from eth_account import Account
from eth_utils.address import to_checksum_address

from node.chain.transactions import SignedTransaction, read_transaction
from node.config import CONTRACTS, Deployment
from node.errors import MalformedTransaction
from tests.doubles.london import Block, Outcome
from tests.doubles.registries import OPERATOR_KEY, Event, Moment, Registries
from tests.doubles.registry_effects import Reverted, execute

CHAIN_ID = 424_242
BEGAN_AT = 1_790_000_000  # seconds; the genesis block's time
GAS = 120_000  # what every call of a contract costs here
INTRINSIC_GAS = 21_000


class NotTaken(Exception):
    """The pool refuses a transaction; `code` is JSON-RPC's."""

    def __init__(self, reason: str, code: int = -32_003) -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


def _addresses() -> Deployment:
    named: dict[str, str] = {
        name: to_checksum_address(sha256(name.encode()).digest()[:20]) for name in (*CONTRACTS, "RegistryLog")
    }
    log = named.pop("RegistryLog")
    return Deployment("simulated", CHAIN_ID, log, named, first_block=1)


@dataclass(frozen=True, slots=True)
class Found:
    """Where a transaction lies: its block and its place there."""

    block: Block
    place: int


class SimulatedLedger:
    """One chain and one pool. Block 1 holds the log's creation."""

    def __init__(self, *, chain_id: int = CHAIN_ID, automine: bool = False) -> None:
        """Begin a chain.

        Args:
            chain_id: as `eth_chainId` answers.
            automine: True makes a block of each transaction that can be executed.
        """
        known = _addresses()
        self.deployment = Deployment(known.name, chain_id, known.registry_log, known.contracts, 1)
        self.automine = automine
        self.time = BEGAN_AT
        self.pool: dict[bytes, SignedTransaction] = {}
        self._branch = 0
        empty = Registries(self.deployment)
        self.blocks = [Block(0, bytes(32), self.time, bytes(20), (), empty)]
        self._begin()

    @property
    def head(self) -> Block:
        """The newest block."""
        return self.blocks[-1]

    def send(self, raw: bytes) -> bytes:
        """The hash of a transaction that the pool took.

        Raises:
            NotTaken: malformed, known, of a nonce that was used, or of one that another one in the pool has.
        """
        try:
            transaction = read_transaction(raw)
        except MalformedTransaction:
            raise NotTaken("Failed to decode transaction", -32_602) from None
        if transaction.chain_id not in {None, self.deployment.chain_id}:
            raise NotTaken("invalid chain id", -32_000)
        if transaction.nonce < self.head.registries.nonces.get(transaction.sender, 0):
            raise NotTaken("nonce too low")
        if transaction.gas < INTRINSIC_GAS:
            raise NotTaken("intrinsic gas too low", -32_000)
        if transaction.hash in self.pool:
            raise NotTaken("transaction already imported")
        if any(self._same_turn(transaction, other) for other in self.pool.values()):
            raise NotTaken(
                "replacement transaction underpriced"
            )  # gas costs nothing: no price outbids another
        self.pool[transaction.hash] = transaction
        if self.automine and self._executable(self.head.registries):
            self.mine()
        return transaction.hash

    def mine(self, count: int = 1) -> Block:
        """The newest block after `count` more; the first takes what the pool has to execute."""
        for _ in range(count):
            self._mine(self._executable(self.head.registries))
        return self.head

    def walk(self, seconds: int) -> None:
        """The next block is this much later than it would be."""
        self.time += seconds

    def drop_pool(self) -> None:
        """Every waiting transaction is forgotten, as by an engine's restart."""
        self.pool.clear()

    def reorganise(
        self,
        depth: int,
        *,
        blocks: int | None = None,
        again: Collection[bytes] = (),
        back: Collection[bytes] = (),
    ) -> list[SignedTransaction]:
        """The transactions of the last `depth` blocks that vanished when others took their place.

        Args:
            depth: blocks taken back; block 1 and what is before it stay.
            blocks: made instead; as many as were taken back unless given.
            again: hashes of transactions that come again in the first of the new blocks, as far as they can.
            back: hashes of transactions that return to the pool.
        """
        depth = min(depth, self.head.number - 1)
        gone = [o.transaction for block in self.blocks[len(self.blocks) - depth :] for o in block.outcomes]
        del self.blocks[len(self.blocks) - depth :]
        self._branch += 1
        for transaction in gone:
            if transaction.hash in back:
                self.pool[transaction.hash] = transaction
        coming = [transaction for transaction in gone if transaction.hash in again]
        for number in range(depth if blocks is None else blocks):
            self._mine(_in_turn(coming, self.head.registries) if number == 0 else [])
        self._forget_used()
        kept = {o.transaction.hash for block in self.blocks for o in block.outcomes} | self.pool.keys()
        return [transaction for transaction in gone if transaction.hash not in kept]

    def locate(self, transaction_hash: bytes) -> Found | None:
        """Where the transaction lies on the chain, if it does."""
        return locate(self.blocks, transaction_hash)

    def _begin(self) -> None:
        creation = {"nonce": 0, "gasPrice": 0, "gas": GAS, "value": 0, "data": b"\xfe",
                    "chainId": self.deployment.chain_id}  # fmt: skip
        signed = read_transaction(bytes(Account.sign_transaction(creation, OPERATOR_KEY).raw_transaction))
        registries, moment = self._next()
        opened = registries.open_log(moment)
        registries.nonces[signed.sender] = 1
        self._append(moment, (Outcome(signed, succeeded=True, gas_used=GAS, events=(opened,)),), registries)

    def _mine(self, transactions: list[SignedTransaction]) -> None:
        registries, moment = self._next(changes=bool(transactions))
        outcomes = tuple(_execute(transaction, registries, moment) for transaction in transactions)
        self._append(moment, outcomes, registries)
        self._forget_used()

    def _next(self, *, changes: bool = True) -> tuple[Registries, Moment]:
        self.time = max(self.time, self.head.time) + 1
        registries = self.head.registries
        moment = Moment(self.head.number + 1, self.time, self.head.hash)
        return (registries.copy() if changes else registries), moment

    def _append(self, moment: Moment, outcomes: tuple[Outcome, ...], registries: Registries) -> None:
        # Each branch has another miner: an empty block would else be the one that it replaces.
        miner = sha256(b"branch %d" % self._branch).digest()[:20] if self._branch else bytes(20)
        self.blocks.append(Block(moment.number, moment.parent, moment.time, miner, outcomes, registries))

    def _executable(self, registries: Registries) -> list[SignedTransaction]:
        return _in_turn(list(self.pool.values()), registries)

    def _forget_used(self) -> None:
        nonces = self.head.registries.nonces
        self.pool = {h: t for h, t in self.pool.items() if t.nonce >= nonces.get(t.sender, 0)}

    @staticmethod
    def _same_turn(one: SignedTransaction, other: SignedTransaction) -> bool:
        return (one.sender, one.nonce) == (other.sender, other.nonce)


def locate(blocks: Collection[Block], transaction_hash: bytes) -> Found | None:
    """Where the transaction lies in these blocks, if it does."""
    for block in blocks:
        for place, outcome in enumerate(block.outcomes):
            if outcome.transaction.hash == transaction_hash:
                return Found(block, place)
    return None


def _in_turn(waiting: list[SignedTransaction], registries: Registries) -> list[SignedTransaction]:
    """What can be executed, in the order of arrival, each sender's nonces without a gap."""
    nonces, chosen = dict(registries.nonces), []
    found = True
    while found:
        found = False
        for transaction in waiting:
            if transaction not in chosen and transaction.nonce == nonces.get(transaction.sender, 0):
                nonces[transaction.sender] = transaction.nonce + 1
                chosen.append(transaction)
                found = True
    return chosen


def _execute(transaction: SignedTransaction, registries: Registries, moment: Moment) -> Outcome:
    registries.nonces[transaction.sender] = transaction.nonce + 1
    events: tuple[Event, ...] = ()
    succeeded = transaction.gas >= GAS and transaction.to is not None
    if succeeded:
        try:
            events = execute(
                registries,
                sender=transaction.sender,
                to=transaction.to or "",
                data=transaction.data,
                moment=moment,
            )
        except Reverted:
            succeeded = False
    gas_used = min(GAS, transaction.gas)
    return Outcome(transaction, succeeded=succeeded, gas_used=gas_used, events=events)
