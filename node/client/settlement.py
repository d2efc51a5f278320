"""What became of kept transactions, and those sent again that the ledger does not have.

An error of the node or of its ledger changes nothing that is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from node.client.api import Node
from node.client.errors import NodeProblem, Refused, UnexpectedAnswer
from node.client.outbox import Outbox
from node.client.outbox_entry import OutboxEntry
from node.client.outcomes import Outcome, quantity, read_outcome
from node.client.profile import Deployment
from node.client.registries import Registries
from node.client.reverted import reason_of
from node.client.transactions import Call
from node.failpoints import reach

FINAL_AFTER = 64
"""Blocks after which no reorganisation is expected to take a transaction back."""
LOST_AFTER = 12
"""Blocks for which a nonce must be seen used, and the transaction not, before it is signed anew."""

_KNOWN = ("already known", "already imported", "known transaction", "alreadyknown", "nonce too low")
_UNDERPRICED = "underpriced"
_REFUSALS = range(400, 500)
_TOO_MANY_REQUESTS = 429


@dataclass(slots=True)
class Settlement:
    """The entries of one outbox and the pinned ledger; whoever calls holds the outbox's lock."""

    outbox: Outbox
    node: Node
    deployment: Deployment
    registries: Registries | None = None
    refused: dict[str, str] = field(default_factory=dict)
    """Why the node did not take a transaction when it was sent last, by its hash."""
    rechecked: set[str] = field(default_factory=set)
    """Hashes of what this process has asked for since it was mined."""

    def settled(self, account: str, *, again: bool) -> list[OutboxEntry]:
        """The account's entries as the ledger has them; with `again`, what is not there is sent again.

        Raises:
            ClientError: the node does not answer as it should.
        """
        entries = self.outbox.entries(account)
        open_ones = [entry for entry in entries if self._to_ask(entry)]
        if not open_ones:
            return entries
        head = quantity(self.node.ledger("eth_blockNumber", []), what="the height")
        used = self.count(account, "latest")  # before the receipts: what it counts has one by then
        for entry in entries:
            if not self._to_ask(entry, head=head):
                continue
            outcome = self.outcome(entry)
            if outcome is not None:
                self.rechecked.add(entry.hash)
                self.note(entry, outcome, head=head)
            elif used > entry.nonce:
                self._note_passed(entry, entries, head=head)
            elif again:
                self._send_again(entry)
            elif not entry.is_waiting:
                self.outbox.keep(entry.becomes("sent"))
        return self.outbox.entries(account)

    def _to_ask(self, entry: OutboxEntry, *, head: int | None = None) -> bool:
        """Whether the ledger is to be asked: of what is mined, once by each process, and when it is deep."""
        if entry.state in {"mined", "failed"} and entry.hash in self.rechecked:
            deep = head is not None and entry.block is not None and head >= entry.block + FINAL_AFTER
            return entry.state == "mined" and deep
        return entry.is_open or (entry.state == "failed" and entry.block is not None)

    def send(self, entry: OutboxEntry) -> OutboxEntry:
        """The node has it.

        Raises:
            NodeProblem: the node does not take it, and says why.
            NodeUnreachable: no answer; it is kept.
        """
        self.refused.pop(entry.hash, None)
        try:
            self._hand_over(entry)
        except NodeProblem as problem:
            title = problem.title.lower()
            if _UNDERPRICED in title or _UNDERPRICED in problem.detail.lower():
                raise Refused(
                    f"the ledger does not take another transaction in place of the one with the nonce "
                    f"{entry.nonce}, since no fee can be raised where gas is free: {problem.title}"
                ) from None
            if not any(words in title or words in problem.detail.lower() for words in _KNOWN):
                if problem.status in _REFUSALS and problem.status != _TOO_MANY_REQUESTS:
                    self.refused[entry.hash] = problem.detail or problem.title
                raise
        reach("client-sent")
        return self.outbox.keep(entry.becomes("sent"))

    def _send_again(self, entry: OutboxEntry) -> None:
        """It was sent once more; what the node says against it is remembered, and keeps nothing else back."""
        try:
            self.send(entry)
        except Refused as refusal:  # a rival with its nonce is on its way
            self.refused[entry.hash] = str(refusal)
        except NodeProblem:
            if entry.hash not in self.refused:
                raise
        if entry.hash in self.refused and (entry.answered or not entry.is_waiting):
            # the ledger took it back, and only its command can bring it there again
            self.outbox.keep(replace(entry.becomes("sent"), answered=False))

    def _hand_over(self, entry: OutboxEntry) -> None:
        if entry.route.startswith("/"):
            self.node.post(entry.route, {"signedRawTransaction": "0x" + entry.signed.raw.hex()})
            return
        params, method = entry.signed.send_params, "sendSignedTransaction"
        if self.registries is None:
            sent = self.node.rpc(entry.route, method, params)
        else:
            call = Call.of_data(entry.contract, entry.function, entry.data)
            sent = self.registries.rpc(entry.route, call, method, params)
        if not isinstance(sent, str) or sent.lower() != entry.hash:
            raise UnexpectedAnswer(
                f"the node names another transaction than the one signed: {str(sent)[:80]}"
            )

    def note(self, entry: OutboxEntry, outcome: Outcome, *, head: int | None = None) -> OutboxEntry:
        """The entry with its outcome, on the disk."""
        deep = head is not None and head >= outcome.block + FINAL_AFTER
        if outcome.succeeded:
            noted = entry.becomes("final" if deep else "mined", block=None if deep else outcome.block)
        else:
            reason = entry.reason or reason_of(
                self.node, outcome.receipt, entry, address=self.deployment.address(entry.contract)
            )
            noted = entry.becomes("failed", block=None if deep else outcome.block, reason=reason)
        return noted if noted == entry else self.outbox.keep(noted)

    def _note_passed(self, entry: OutboxEntry, entries: Sequence[OutboxEntry], *, head: int) -> None:
        """Its nonce is used, and not by itself; after some blocks that stands, and it is `replaced`.

        Of several with one nonce, at most one is on the ledger, and the others are over with it.
        """
        if entry.state == "mined" or entry.block is None or entry.state == "failed":
            self.outbox.keep(entry.becomes("sent", block=head))
        elif head >= entry.block + LOST_AFTER:
            rival = any(
                one.nonce == entry.nonce and one.hash != entry.hash and one.state != "replaced"
                for one in entries
            )
            reason = (
                "another transaction of this profile" if rival else "a transaction that is not this profile's"
            )
            self.outbox.keep(entry.becomes("replaced", reason=f"its nonce was used by {reason}"))

    def outcome(self, entry: OutboxEntry) -> Outcome | None:
        """What the ledger made of it; None while it is not there.

        Raises:
            UnexpectedAnswer: the receipt is another transaction's, or lacks the entry of the call.
            ClientError: no answer.
        """
        receipt: Any = self.node.ledger("eth_getTransactionReceipt", [entry.hash])
        return read_outcome(receipt, entry=entry, log=self.deployment.registry_log)

    def count(self, account: str, block: str) -> int:
        """How many nonces the account used; an error is an error, and no number.

        Args:
            account: 0x address.
            block: `latest`, or `pending` to count what waits for the next block.

        Raises:
            ClientError: no answer, or no number.
        """
        counted = self.node.ledger("eth_getTransactionCount", [account, block])
        return quantity(counted, what="the count of nonces")
