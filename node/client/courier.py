"""Kept transactions brought to the ledger: sent until they are there, and signed anew only when that is safe.

An error of the node or of its ledger changes nothing that is kept: it is never nonce 0, and never a reason to
sign a second transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from node.client.api import Node
from node.client.errors import Refused, StillWaiting, TransactionFailed
from node.client.keys import PrivateKey
from node.client.nonces import next_nonce
from node.client.outbox import MANY, Outbox
from node.client.outbox_entry import OutboxEntry
from node.client.outcomes import Outcome
from node.client.patience import Patience
from node.client.profile import Deployment
from node.client.registries import Registries
from node.client.settlement import Settlement
from node.client.transactions import Call, sign_call
from node.failpoints import reach

_SEND_AGAIN = 20  # tries between two times that the same is sent


@dataclass(slots=True)
class Courier:
    """Brings the transactions of one outbox to the pinned ledger, through a node that is not trusted.

    Attributes:
        outbox: of the profile.
        node: that passes on.
        deployment: pinned.
        patience: how long to wait.
        registries: gives registry calls their access tokens; without it they go as they are.
        rechecked: hashes of what this process has asked for since it was mined, by whichever courier.
    """

    outbox: Outbox
    node: Node
    deployment: Deployment
    patience: Patience
    registries: Registries | None = None
    rechecked: set[str] = field(default_factory=set)
    settlement: Settlement = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is asked yet."""
        self.settlement = Settlement(
            self.outbox, self.node, self.deployment, self.registries, rechecked=self.rechecked
        )

    def carry(
        self, call: Call, *, key: PrivateKey, route: str, build: Callable[[], object], in_turn: bool = True
    ) -> OutboxEntry:
        """The transaction that carries the call: kept, taken by the node, perhaps on the ledger already.

        The one of a command that was cut off is gone on with. What is kept of before goes first.

        Args:
            call: what is meant.
            key: who signs.
            route: where the node takes the transaction.
            build: asks the node for the unsigned transaction.
            in_turn: wait for what was sent before, on which the call may depend, before it is built.

        Raises:
            StillWaiting: what was sent before is not on the ledger yet.
            NonceRefused: the node's count of nonces contradicts what the profile knows; nothing was signed.
            UnexpectedTransaction: the node asked for a signature over something else; nothing was signed.
            ClientError: the node refused, or does not answer.
        """
        account = key.address.lower()
        for attempt in self.patience.tries():
            with self.outbox.locked():
                entries = self.settlement.settled(account, again=attempt % _SEND_AGAIN == 0)
                own = self.outbox.same_call(entries, call)
                if own is None:
                    waiting = [
                        one for one in entries if one.is_waiting and one.hash not in self.settlement.refused
                    ]
                    if waiting and in_turn:
                        continue
                    own = self._signed(account, entries, call, key=key, route=route, build=build)
                elif own.block is not None and not own.has_succeeded:
                    continue  # its nonce is used: by whom, a few blocks more will tell
                if own.state == "signed" or own.hash in self.settlement.refused:
                    own = self.settlement.send(own)
            return own
        raise StillWaiting("a transaction signed before is not on the ledger yet, and goes first")

    def await_outcome(self, entry: OutboxEntry) -> Outcome:
        """What the ledger made of it, which is success.

        Raises:
            TransactionFailed: the contract refused it.
            StillWaiting: patience ended; it is kept, and the same command goes on.
            UnexpectedAnswer: the receipt is not that of this call.
        """
        for attempt in self.patience.tries():
            outcome = self.settlement.outcome(entry)
            if outcome is None:
                if attempt and attempt % _SEND_AGAIN == 0:
                    self.settle()
                continue
            reach("client-mined")
            with self.outbox.locked():
                entry = self.settlement.note(entry, outcome)
            if not outcome.succeeded:
                raise TransactionFailed(entry.hash, entry.reason or "no reason given")
            self.outbox.tell(entry)
            return outcome
        raise StillWaiting(
            f"no receipt yet for transaction {entry.hash}; it is kept and may still be included"
        )

    def settle(self) -> list[OutboxEntry]:
        """What is kept, as the ledger has it now; what is not there was sent again.

        Raises:
            ClientError: the node does not answer as it should.
        """
        with self.outbox.locked():
            for account in sorted({entry.account for entry in self.outbox.entries()}):
                self.settlement.settled(account, again=True)
            return self.outbox.entries()

    def refusal_of(self, entry: OutboxEntry) -> str | None:
        """Why the node did not take it when it was sent last."""
        return self.settlement.refused.get(entry.hash)

    def replace(
        self, account: str, nonce: int, *, key: PrivateKey, build: Callable[[OutboxEntry], object]
    ) -> OutboxEntry:
        """The waiting transaction with this nonce, signed anew with the same nonce and sent beside the first.

        The ledger takes one of the two. There is no fee to raise: what changes is the gas, asked for anew.

        Args:
            account: whose.
            nonce: of a waiting transaction.
            key: of the account.
            build: asks the node for the unsigned transaction of an entry's call.

        Raises:
            Refused: none waits with this nonce, or the ledger does not take another in its place.
            ClientError: the node refused, or does not answer.
        """
        with self.outbox.locked():
            rivals = [
                entry
                for entry in self.settlement.settled(account.lower(), again=True)
                if entry.nonce == nonce and entry.is_waiting
            ]
            if not rivals:
                raise Refused(f"no transaction with the nonce {nonce} waits in the outbox")
            old = rivals[-1]
            gas = max(int(one.signed.unsigned["gasLimit"], 16) for one in rivals)
            call = Call.of_data(old.contract, old.function, old.data)
            fresh = self._kept(
                build(old), call, key=key, route=old.route, nonce=nonce, least_gas=gas + gas // 4
            )
            return self.settlement.send(fresh)

    def _signed(
        self,
        account: str,
        entries: Sequence[OutboxEntry],
        call: Call,
        *,
        key: PrivateKey,
        route: str,
        build: Callable[[], object],
    ) -> OutboxEntry:
        if len(entries) > MANY:
            self.outbox.drop_old(entries)
        unsigned = build()
        counted = max(self.settlement.count(account, "latest"), self.settlement.count(account, "pending"))
        nonce = next_nonce(account, counted, entries, refused=self.settlement.refused)
        return self._kept(unsigned, call, key=key, route=route, nonce=nonce, overtakes=entries)

    def _kept(
        self,
        unsigned: object,
        call: Call,
        *,
        key: PrivateKey,
        route: str,
        nonce: int,
        least_gas: int = 0,
        overtakes: Sequence[OutboxEntry] = (),
    ) -> OutboxEntry:
        signed = sign_call(
            unsigned, call=call, deployment=self.deployment, key=key, nonce=nonce, least_gas=least_gas
        )
        entry = self.outbox.keep(
            OutboxEntry(
                key.address.lower(), nonce, call.contract, call.function, route, signed, self.outbox.deed
            )
        )
        self.outbox.overtaken(overtakes, call)
        reach("client-signed")
        return entry
