"""One signed transaction as the profile keeps it: what was meant, what was signed, what became of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self, get_args

from eth_utils.crypto import keccak

from node.client.transactions import SignedTransaction

State = Literal["signed", "sent", "mined", "final", "failed", "replaced"]
"""signed → sent → mined → final; `failed`: the contract refused it; `replaced`: its nonce went to another."""

_HASH = re.compile(r"0x[0-9a-f]{64}")
_ACCOUNT = re.compile(r"0x[0-9a-f]{40}")
_MAX_NONCE = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A transaction that was signed and may be on the ledger, now or later.

    Attributes:
        account: who signed, 0x and 40 small digits.
        nonce: of the account.
        contract: name of the contract.
        function: that is called.
        route: where the node takes it: an EBSI service, or the path of a batch's transaction.
        signed: the transaction.
        deed: what it was signed for, such as `register`; one deed may take several transactions.
        state: what is known of it.
        block: where it was mined or failed; before, the height at which its nonce was first seen used.
        reason: why it failed, or why the node did not take it.
        answered: whether the command that wanted it knows what became of it.
    """

    account: str
    nonce: int
    contract: str
    function: str
    route: str
    signed: SignedTransaction = field(repr=False)
    deed: str = ""
    state: State = "signed"
    block: int | None = None
    reason: str | None = None
    answered: bool = False

    @property
    def data(self) -> bytes:
        """The call data."""
        return bytes.fromhex(self.signed.unsigned["data"].removeprefix("0x"))

    @property
    def hash(self) -> str:
        """The transaction's hash, 0x and 64 digits."""
        return "0x" + self.signed.hash.hex()

    @property
    def is_waiting(self) -> bool:
        """Whether it is not on the ledger and its nonce is not known to be used."""
        return self.state in {"signed", "sent"} and self.block is None

    @property
    def is_open(self) -> bool:
        """Whether something may still become of it."""
        return self.state in {"signed", "sent", "mined"}

    @property
    def has_succeeded(self) -> bool:
        """Whether it is on the ledger, as far as is known."""
        return self.state in {"mined", "final"}

    def becomes(self, state: State, *, block: int | None = None, reason: str | None = None) -> Self:
        """The entry in another state."""
        return replace(self, state=state, block=block, reason=reason)

    def to_json(self) -> bytes:
        """As the profile keeps it."""
        members = {
            "account": self.account,
            "nonce": self.nonce,
            "contract": self.contract,
            "function": self.function,
            "route": self.route,
            "deed": self.deed,
            "unsignedTransaction": dict(self.signed.unsigned),
            "signedRawTransaction": "0x" + self.signed.raw.hex(),
            "signature": [hex(self.signed.v), hex(self.signed.r), hex(self.signed.s)],
            "hash": self.hash,
            "state": self.state,
            "block": self.block,
            "reason": self.reason,
            "answered": self.answered,
        }
        return json.dumps(members, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The entry that `to_json` printed.

        Raises:
            ValueError: it is none.
        """
        try:
            return cls._read(json.loads(content))
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__} {error}") from None

    @classmethod
    def _read(cls, members: Mapping[str, Any]) -> Self:
        raw = bytes.fromhex(members["signedRawTransaction"].removeprefix("0x"))
        unsigned = {str(name): str(value) for name, value in members["unsignedTransaction"].items()}
        v, r, s = (int(part, 16) for part in members["signature"])
        signed = SignedTransaction(unsigned=unsigned, raw=raw, hash=keccak(raw), v=v, r=r, s=s)
        state, nonce, block, answered = (members[name] for name in ("state", "nonce", "block", "answered"))
        if not _ACCOUNT.fullmatch(members["account"]) or not _HASH.fullmatch(members["hash"]):
            raise ValueError("an account or a hash that is none")
        if state not in get_args(State) or type(answered) is not bool:
            raise ValueError("a state that is none")
        if type(nonce) is not int or not 0 <= nonce <= _MAX_NONCE or type(block) not in {int, type(None)}:
            raise ValueError("a number that is none")
        texts = [members[name] for name in ("contract", "function", "route", "deed")]
        reason = members["reason"]
        if not all(isinstance(text, str) for text in (*texts, "" if reason is None else reason)):
            raise ValueError("a name that is no text")
        entry = cls(
            account=members["account"],
            nonce=nonce,
            contract=texts[0],
            function=texts[1],
            route=texts[2],
            signed=signed,
            deed=texts[3],
            state=state,
            block=block,
            reason=reason,
            answered=answered,
        )
        if entry.hash != members["hash"] or int(unsigned["nonce"], 16) != nonce:
            raise ValueError("members that contradict one another")
        bytes.fromhex(unsigned["data"].removeprefix("0x"))
        return entry
