"""Issuers who hand signed transactions in at a node, through its own services."""

import json
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Engine

from node.chain.transactions import SignedTransaction, read_transaction
from node.config import Settings
from node.db.session import writing
from node.db.submissions import accept
from node.indexer.errands import Errands
from node.indexer.follower import Follower
from node.indexer.outbox import Outbox
from node.services.batch_transactions import submit_transaction
from node.services.log_tree import LogTree
from node.services.memory import Memory
from node.services.node import Node
from node.services.registry_calls import DID_REGISTRY
from node.services.registry_rpc import SEND, serve_call
from tests.doubles.ledger_writer import Issuer, Writer
from tests.node.stateful.world import World

FINALITY = 2
EXPIRY = 3_600  # seconds


class Process:
    """A node's process that has just started: what it serves and what runs beside that."""

    def __init__(self, world: World, engine: Engine, holder: str) -> None:
        deployment, ledger = world.ledger.deployment, world.client
        settings = Settings(data_dir=world.folder, batch_expiry=EXPIRY, finality_depth=FINALITY)
        self.holder = holder
        self.node = Node(
            settings=settings,
            deployment=deployment,
            engine=engine,
            ledger=ledger,
            registries=world.registries,
            clock=world.clock,
            log=LogTree(),
            memory=Memory(),
            holder=holder,
        )
        self.follower = Follower(
            engine, ledger, deployment, holder=holder, now=world.clock, finality_depth=FINALITY
        )
        outbox = Outbox(engine, ledger, world.registries, FINALITY)
        self.sending = Errands(engine, holder, outbox, world.clock)

    def step(self) -> None:
        """Look at the ledger, then at the outbox."""
        self.follower.step()
        self.sending.step()


@dataclass(frozen=True, slots=True)
class Handed:
    """A signed transaction that an issuer has; `root` where it anchors a batch."""

    issuer: Issuer
    transaction: SignedTransaction
    root: bytes | None

    @property
    def turn(self) -> tuple[str, int]:
        """Sender and nonce, of which only one is ever mined."""
        return self.transaction.sender, self.transaction.nonce


class Clients:
    """Signs for issuers, each with a count of nonces of its own, and hands in."""

    def __init__(self, writer: Writer, engine: Engine) -> None:
        self._writer, self._engine = writer, engine
        self._signed: defaultdict[str, set[int]] = defaultdict(set)
        self._batches = 0

    def nonce(self, issuer: Issuer, manner: str) -> int:
        """The next nonce, one that was given out before and is not used, or one beyond a gap."""
        used = self._writer.nonce(issuer.key, "latest")
        open_ones = {nonce for nonce in self._signed[issuer.did] if nonce >= used}
        following = used
        while following in open_ones:
            following += 1
        match manner:
            case "again" if open_ones:
                chosen = min(open_ones)
            case "gap":
                chosen = following + 1
            case _:
                chosen = following
        self._signed[issuer.did].add(chosen)
        return chosen

    def batch(self, issuer: Issuer, *, now: int, root: bytes | None = None) -> bytes:
        """The root of a batch that the node has accepted."""
        if root is None:
            self._batches += 1
            root = self._batches.to_bytes(32, "big")
        with writing(self._engine) as connection:
            accept(
                connection,
                did=issuer.did,
                root=root,
                size=1,
                attribute_id=issuer.attribute_id,
                sender=bytes.fromhex(issuer.address[2:]),
                jws="",
                unsigned_transaction=json.dumps({}),
                accepted_at=now,
                expires_at=now + EXPIRY,
            )
        return root

    def anchoring(self, issuer: Issuer, root: bytes, *, nonce: int, gas: int) -> Handed:
        """The signed transaction that anchors a batch."""
        raw = self._writer.anchoring(issuer, root, nonce=nonce, gas=gas)
        return Handed(issuer, read_transaction(raw), root)

    def updating(self, issuer: Issuer, document: str, *, nonce: int) -> Handed:
        """The signed transaction that changes a DID's base document."""
        raw = self._writer.sign(
            issuer.key, "DidRegistry", "updateBaseDocument", issuer.did, document, nonce=nonce
        )
        return Handed(issuer, read_transaction(raw), None)

    @staticmethod
    def hand_in(process: Process, handed: Handed) -> None:
        """The node has taken it, or raises what it raises."""
        signed = handed.transaction
        if handed.root is not None:
            submit_transaction(
                process.node, did=handed.issuer.did, root=handed.root, size=1, signed_transaction=signed.raw
            )
            return
        unsigned = {
            "from": signed.sender,
            "to": signed.to,
            "data": "0x" + signed.data.hex(),
            "value": hex(signed.value),
            "nonce": hex(signed.nonce),
            "chainId": hex(signed.chain_id or 0),
            "gasLimit": hex(signed.gas),
            "gasPrice": hex(signed.gas_price),
        }
        params = {"unsignedTransaction": unsigned, "signedRawTransaction": "0x" + signed.raw.hex()}
        serve_call(process.node, DID_REGISTRY, SEND, [params])
