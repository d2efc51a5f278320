"""What a verification asks of the outside: the record of the ledger as of one state, content, other DIDs.

Every answer of a `Record` comes from one and the same state of the ledger. A port that cannot answer raises
`Unavailable`, also while its answer is iterated: checks make that `not_determinable`, never absence.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from credentials.accreditation import Revision
from did.document import DidDocument
from did.methods.ebsi import Change
from did.syntax import Did

T = TypeVar("T")

MOST_DIDS: Final = 16
"""DIDs with one key that are told apart: anybody may record somebody else's key as a key of their own."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A batch of an issuer on the ledger: the entry's index and time (ledger seconds), and its identity."""

    index: int
    time: int
    did: str
    attribute_id: bytes
    root: bytes
    size: int
    final: bool


@dataclass(frozen=True, slots=True)
class Batches:
    """How many batches an issuer has anchored up to a time, and those whose leaves are not at hand.

    Of these the earliest are listed, in log order; `unlisted` counts the others, all of which are later.
    `malformed` counts batches that were re-hashed and found unsorted, doubled or of another size: inclusion
    in them stands, absence from them is not shown.
    """

    count: int
    unavailable: tuple[Anchor, ...]
    malformed: int = 0
    unlisted: int = 0


@dataclass(frozen=True, slots=True)
class SchemaRevision:
    """A schema as one entry registered it."""

    index: int
    time: int
    schema_id: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class StatusPublication:
    """One publication of a status list; times in ledger seconds, `bits` counts entries of one bit."""

    index: int
    time: int
    did: str
    attribute_id: bytes
    url: str
    purpose: str
    bits: int
    credential_digest: bytes
    valid_from: int
    valid_until: int


class Record(Protocol):
    """What the ledger recorded, as of one state. Sequences are in log order."""

    @property
    def state(self) -> Hashable:
        """A name of the state that no other state has, such as the log's root; a part of a `Cache`'s keys."""

    @property
    def size(self) -> int:
        """How many entries have been followed; 0 means that nothing is known."""

    @property
    def time(self) -> int | None:
        """Ledger seconds up to which it has been followed, no earlier than its last entry; None before."""

    def changes_of(self, did: Did) -> Sequence[Change]:
        """All `did.*` entries of a did:ebsi; none if it is not registered."""

    def dids_with_method(self, v_method_id: str) -> Sequence[str]:
        """DIDs that ever had a verification method of this id under `assertionMethod`, those first recorded.

        There are at most `MOST_DIDS` of them.
        """

    def attributes_of(self, did: str) -> Sequence[bytes]:
        """Ids of all attributes of an issuer, in the order of their first entries."""

    def revisions_of(self, did: str, attribute_id: bytes) -> Sequence[Revision]:
        """All revisions of an attribute; none if there is no such attribute."""

    def schema_revisions(self, schema_id: bytes) -> Sequence[SchemaRevision]:
        """All revisions of a schema; none if it is not registered."""

    def publications_of(self, did: str, url: str) -> Sequence[StatusPublication]:
        """All publications of the list at exactly this URL by this issuer."""

    def anchors_of(self, did: str, digest: bytes) -> Sequence[Anchor]:
        """The issuer's batches in whose leaves at hand the digest lies, each proved by its path."""

    def batch(self, did: str, root: bytes, size: int) -> Anchor | None:
        """The batch of this identity; None if it is not on the ledger."""

    def batches_of(self, did: str, until: int) -> Batches:
        """The issuer's batches recorded at or before `until` (ledger seconds)."""


class Contents(Protocol):
    """Content by its hash, copied beforehand: nothing is fetched while verifying."""

    def content(self, content_hash: bytes) -> bytes | None:
        """The bytes with this SHA-256; None if they are not at hand."""


class WebDids(Protocol):
    """DIDs whose documents others serve (did:web)."""

    def did_document(self, did: Did) -> DidDocument:
        """The document as it is now.

        Raises:
            Unavailable: it is not to be had; one sentence says why.
        """


class Proofs(Protocol):
    """Embedded proofs of JSON-LD credentials."""

    def verify_proof(self, document: Mapping[str, Any]) -> None:
        """Return if the only proof of `document` is by the verification method that it names.

        Raises:
            InvalidSignature: it is not.
            Unavailable: this proof cannot be judged here; one sentence says why.
        """


class CanonicalRdf(Protocol):
    """RDF as one text that all who hold the same statements come to (RDFC-1.0)."""

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        """The canonical N-Quads of each of `documents`, whose every word is in them.

        Raises:
            Unavailable: a context is unknown, a term means nothing, an IRI is none, or it would take too
                long; one sentence says which.
        """


class SealAnchors(Protocol):
    """Authorities that the verifier trusts to say whose seal is whose."""

    def certificates(self) -> tuple[bytes, ...]:
        """The DER of their certificates, or of single seals that are trusted as they are."""


class Cache(Protocol):
    """A bounded memory of what was derived before."""

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """What was derived for `key` before, or what `derive` returns now; what it raises is not kept."""


class NoMemory:
    """A cache that keeps nothing."""

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:  # noqa: ARG002 - the port has it
        """What `derive` returns."""
        return derive()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that a verification may ask, and the time at which it asks (aware UTC).

    That is the asker's clock; where the record goes further, `verify` takes its time for the present.
    """

    now: datetime
    record: Record
    contents: Contents
    cache: Cache
    web_dids: WebDids | None = None
    proofs: Proofs | None = None
    canonical: CanonicalRdf | None = None
    seal_anchors: SealAnchors | None = None
