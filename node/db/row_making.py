"""What makers of the projection's rows work with: an entry in its parts, and what came of those before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Table

from node.db.tables import LISTED

LARGEST = 2**63 - 1  # of a database's whole numbers; the ledger's go further, the payload keeps them
Row = dict[str, Any]
Fields = Mapping[str, Any]
Made = list[tuple[Table, Row]]

DIDS, ISSUERS, SCHEMAS, POLICIES, USERS = "did", "issuer", "schema", "policy", "user"
TIMESTAMPS, RECORDS = "timestamp", "record"
"""The collections whose members are numbered in `listed`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a revision leaves in force for an attribute: what the next one may take over."""

    issuer_type: int
    tao: str
    attribute_id_tao: bytes
    root_tao: str


@dataclass(frozen=True, slots=True)
class KeyInterval:
    """A verification method stands under a relationship in [not_before, not_after); seconds."""

    relationship: str
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True)
class MonthTally:
    """What a DID counts up to, in the last month in which it counted anything (`months.month_at`)."""

    month: int
    batches: int
    credentials: int
    publications: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What everybody counts up to since the log began; `given` and `revoked` are accreditations."""

    issuers: int = 0
    batches: int = 0
    credentials: int = 0
    given: int = 0
    revoked: int = 0
    publications: int = 0


class Known(Protocol):
    """What the entries before one have made, as far as rows of that one depend on it."""

    def standing(self, did: str, attribute_id: bytes) -> Standing | None:
        """The attribute's standing; None if it has none yet."""

    def count(self, collection: str) -> int:
        """How many members the collection has."""

    def is_listed(self, collection: str, name: bytes) -> bool:
        """Whether it has this one; asked of issuers and users only."""

    def intervals(self, did: str, v_method_id: str) -> Sequence[KeyInterval]:
        """What a DID's verification method stands under and when, one for each relationship."""

    def month_tally(self, did: str) -> MonthTally | None:
        """What the DID counts up to; None if it counted nothing yet."""

    def totals(self) -> Totals:
        """What everybody counts up to."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, as a maker of rows takes it.

    Attributes:
        fields: of its payload.
        change: the last word of its kind: `inserted`, `updated`.
        time: when it was recorded, in seconds.
        first: it is its subject's first entry.
        actor: 20 bytes, the account that called the registry.
        known: what the entries before it have made.
    """

    fields: Fields
    change: str
    time: int
    first: bool
    actor: bytes
    known: Known


def listing(told: Told, collection: str, name: bytes, *, position: int = 0) -> tuple[Table, Row]:
    """The row that makes `name` the collection's next member; `position` tells two of one entry apart."""
    row = {
        "position": position,
        "collection": collection,
        "ordinal": told.known.count(collection),
        "name": name,
    }
    return LISTED, row


def readable(text: str) -> str:
    r"""The text with NUL written as `\x00`: PostgreSQL takes none, and the ledger does not forbid it."""
    return text.replace("\0", "\\x00")


def bounded(number: int) -> int:
    """The number, or the largest that a database keeps."""
    return min(number, LARGEST)
