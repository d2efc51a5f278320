"""Entries of the log: their 256 bytes, their hash, their printed form (protocol section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from eth_utils.address import to_checksum_address

from .errors import MalformedEntry
from .kinds import KINDS, Kind, kind_from_code, known_kind
from .merkle import HASH_SIZE, hash_leaf
from .payload import (
    ADDRESS_SIZE,
    MAX_PAYLOAD_SIZE,
    decode_payload,
    encode_payload,
    subject_of,
    subject_of_payload,
)
from .subject import (
    anchors_subject,
    attribute_subject,
    did_subject,
    issuer_subject,
    status_subject,
    subject,
)

__all__ = [
    "KINDS",
    "MAX_INDEX",
    "MAX_PAYLOAD_SIZE",
    "MAX_TIME",
    "ZERO_HASH",
    "Entry",
    "Kind",
    "anchors_subject",
    "attribute_subject",
    "decode_payload",
    "did_subject",
    "encode_payload",
    "entry_from_json",
    "entry_to_json",
    "issuer_of",
    "issuer_subject",
    "kind_from_code",
    "known_kind",
    "status_subject",
    "subject",
    "subject_of",
    "subject_of_payload",
]

ZERO_HASH: Final = bytes(HASH_SIZE)
MAX_INDEX: Final = 2**53 - 1  # the largest integer that every JSON reader keeps
MAX_TIME: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
_VERSION: Final = (1).to_bytes(32, "big")
_ADDRESS_PADDING: Final = bytes(32 - ADDRESS_SIZE)
_TIME_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change that a registry accepted, as the one log keeps it (protocol section 1).

    Attributes:
        index: place in the log.
        kind: name of the kind, `anchor.batch`; one that the protocol lists.
        subject: 32 bytes.
        previous: 32 bytes, hash of the subject's entry before; zeros for its first.
        time: seconds since 1970, of the block.
        actor: 20 bytes, the account that called the registry.
        parent: 32 bytes, hash of the block before.
        payload: ABI encoding of the kind's fields, at most 32 KiB.

    Raises:
        MalformedEntry: a value or a length is impossible.
        UnknownKind: no registry writes this kind.
    """

    index: int
    kind: str
    subject: bytes
    previous: bytes
    time: int
    actor: bytes
    parent: bytes
    payload: bytes

    def __post_init__(self) -> None:
        known_kind(self.kind)
        if not 0 <= self.index <= MAX_INDEX:
            raise MalformedEntry(f"no entry has the index {self.index}")
        if not 0 <= self.time <= MAX_TIME:
            raise MalformedEntry(f"no entry has the time {self.time}")
        if not len(self.subject) == len(self.previous) == len(self.parent) == HASH_SIZE:
            raise MalformedEntry("subject, previous and parent are 32 bytes each")
        if len(self.actor) != ADDRESS_SIZE:
            raise MalformedEntry(f"an actor is 20 bytes long, not {len(self.actor)}")
        if len(self.payload) > MAX_PAYLOAD_SIZE:
            raise MalformedEntry(f"a payload has at most {MAX_PAYLOAD_SIZE} bytes, not {len(self.payload)}")

    @property
    def payload_hash(self) -> bytes:
        """SHA-256 of the payload."""
        return sha256(self.payload).digest()

    @property
    def data(self) -> bytes:
        """The 256 bytes that are the leaf: eight ABI words, the version first (protocol section 1)."""
        return b"".join(
            (
                _VERSION,
                KINDS[self.kind].code,
                self.subject,
                self.previous,
                self.time.to_bytes(32, "big"),
                _ADDRESS_PADDING,
                self.actor,
                self.parent,
                sha256(self.payload).digest(),
            )
        )

    @property
    def hash(self) -> bytes:
        """The leaf hash of the data: what the log and the head of the subject hold (protocol section 1)."""
        return hash_leaf(self.data)

    @property
    def fields(self) -> dict[str, object]:
        """The payload's fields by name, decoded anew at each call (protocol section 10).

        Raises:
            MalformedPayload: the payload is not the canonical encoding of its kind's fields.
        """
        return decode_payload(self.kind, self.payload)

    @property
    def recorded_at(self) -> datetime:
        """The time of the block, aware, UTC."""
        return _EPOCH + timedelta(seconds=self.time)


def issuer_of(entry: Entry) -> str | None:
    """Return the DID that an entry is about, or None for schemas, policies, timestamps and the log itself.

    Raises:
        MalformedPayload: the payload is not the canonical encoding of its kind's fields.
    """
    if ("string", "did") not in KINDS[entry.kind].fields:
        return None
    return str(entry.fields["did"])


def entry_to_json(entry: Entry) -> dict[str, object]:
    """Return the printed form of an entry: hex in lower case, addresses in EIP-55, times in RFC 3339."""
    return {
        "index": entry.index,
        "kind": entry.kind,
        "subject": entry.subject.hex(),
        "previous": entry.previous.hex(),
        "time": entry.recorded_at.strftime(_TIME_FORM),
        "actor": to_checksum_address(entry.actor),
        "parent": entry.parent.hex(),
        "payload": entry.payload.hex(),
        "hash": entry.hash.hex(),
    }


def entry_from_json(value: Mapping[str, object]) -> Entry:
    """Return the entry whose printed form is `value`, and nothing that would be printed otherwise.

    Raises:
        MalformedEntry: a member is missing, surplus, of another type or spelling, or the hash is another one.
    """
    entry = Entry(
        index=_integer(value, "index"),
        kind=_text(value, "kind"),
        subject=_hex(value, "subject"),
        previous=_hex(value, "previous"),
        time=_time(_text(value, "time")),
        actor=_hex(value, "actor"),
        parent=_hex(value, "parent"),
        payload=_hex(value, "payload"),
    )
    printed = entry_to_json(entry)
    if printed != value:
        wrong = sorted(
            {name for name in printed if printed[name] != value.get(name)} | (value.keys() - printed.keys())
        )
        raise MalformedEntry(f"not as an entry is printed: {', '.join(wrong)}")
    return entry


def _integer(value: Mapping[str, object], name: str) -> int:
    number = value.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        raise MalformedEntry(f"{name} is an integer")
    return number


def _text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise MalformedEntry(f"{name} is a text")
    return text


def _hex(value: Mapping[str, object], name: str) -> bytes:
    text = _text(value, name)
    if len(text) > 2 * MAX_PAYLOAD_SIZE:
        raise MalformedEntry(f"{name} is too long")
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise MalformedEntry(f"{name} is hexadecimal") from error


def _time(text: str) -> int:
    try:
        moment = datetime.strptime(text, _TIME_FORM).replace(tzinfo=UTC)
    except ValueError as error:
        raise MalformedEntry("time is written as 2026-11-21T10:00:00Z") from error
    return (moment - _EPOCH) // timedelta(seconds=1)
