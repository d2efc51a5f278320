"""The state of all contracts after a block, and the one log that every change is appended to."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from eth_account import Account
from eth_utils.crypto import keccak

from anchoring.entry import Entry, encode_payload
from anchoring.kinds import KINDS
from anchoring.merkle import MerkleTree
from anchoring.payload import subject_of_payload
from node.artifacts import CONTRACTS
from node.chain.logs import ENTRY_TOPIC
from node.config import Deployment

OPERATOR_KEY: Final = bytes(range(1, 33))
OPERATOR: Final = str(Account.from_key(OPERATOR_KEY).address)
_WORD = 32


@dataclass(frozen=True, slots=True)
class Event:
    """One event: the emitting contract, up to four topics, and the rest."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class Moment:
    """What a contract sees of the block that it runs in; time in seconds."""

    number: int
    time: int
    parent: bytes


@dataclass(slots=True)
class Registries:
    """The state of all contracts after some block; `copy` it before it is changed."""

    deployment: Deployment
    nonces: dict[str, int] = field(default_factory=dict)
    leaf_hashes: list[bytes] = field(default_factory=list)
    heads: dict[bytes, bytes] = field(default_factory=dict)
    controllers: dict[str, str] = field(default_factory=dict)
    attributes: dict[tuple[str, bytes], int] = field(default_factory=dict)
    last_revisions: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    owners: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)
    batches: set[tuple[str, bytes, int]] = field(default_factory=set)
    lists: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)
    marked_block: int = 0
    _root: tuple[int, bytes] = (0, bytes(_WORD))

    def copy(self) -> "Registries":
        """Another state, equal to this one, that can be changed by itself."""
        twin = copy(self)
        for name in ("nonces", "leaf_hashes", "heads", "controllers", "attributes", "last_revisions",
                     "owners", "batches", "lists", "policies"):  # fmt: skip
            setattr(twin, name, copy(getattr(self, name)))
        return twin

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.leaf_hashes)

    @property
    def root(self) -> bytes:
        """The log's root; zero before it was opened."""
        if self._root[0] != self.size:
            self._root = self.size, MerkleTree(b"".join(self.leaf_hashes)).root
        return self._root[1]

    def open_log(self, moment: Moment) -> Event:
        """The event of the log's creation."""
        fields: dict[str, object] = {
            "chainId": self.deployment.chain_id,
            "log": _address(self.deployment.registry_log),
            "writers": [_address(address) for address in self.deployment.contracts.values()],
            "codeHashes": [keccak(name.encode()) for name in self.deployment.contracts],
            "predecessorOrigin": "",
            "predecessorSize": 0,
            "predecessorRoot": bytes(_WORD),
            "operator": _address(OPERATOR),
        }
        return self.append("log.opened", fields, OPERATOR, moment)

    def contract_at(self, address: str) -> str | None:
        """The name of the contract there, if there is one."""
        return next((n for n in CONTRACTS if self.deployment.address(n).lower() == address.lower()), None)

    def append(self, kind: str, fields: Mapping[str, object], actor: str, moment: Moment) -> Event:
        """The event of an entry, which is now the log's last (protocol section 1)."""
        payload = encode_payload(kind, fields)
        subject = subject_of_payload(kind, payload)
        entry = Entry(
            index=self.size,
            kind=kind,
            subject=subject,
            previous=self.heads.get(subject, bytes(_WORD)),
            time=moment.time,
            actor=_address(actor),
            parent=moment.parent,
            payload=payload,
        )
        self.heads[subject] = entry.hash
        self.leaf_hashes.append(entry.hash)
        words: tuple[bytes | int, ...] = (
            entry.previous,
            entry.time,
            entry.actor,
            entry.parent,
            5 * _WORD,
            len(payload),
        )
        padding = bytes(-len(payload) % _WORD)
        topics = (ENTRY_TOPIC, word(entry.index), KINDS[kind].code, subject)
        content = b"".join(map(word, words)) + payload + padding
        return Event(_address(self.deployment.registry_log), topics, content)


def _address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def word(value: bytes | int) -> bytes:
    """One ABI word."""
    return value.to_bytes(_WORD, "big") if isinstance(value, int) else value.rjust(_WORD, b"\0")
