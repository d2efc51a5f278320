"""The record of the ledger as one view of the database has it: what verifications ask (`credentials.ports`).

What the log alone decides is remembered under the log's root; what depends on leaves at hand is looked up
each time, since leaves come and go without an entry.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import Connection

from anchoring.errors import AnchoringError
from anchoring.inclusion import verify_inclusion
from anchoring.merkle import hash_leaf
from credentials.accreditation import Revision
from credentials.keys import ASSERTION
from credentials.ports import MOST_DIDS, Anchor, Batches, SchemaRevision, StatusPublication
from did.methods.ebsi import Change
from did.syntax import Did
from node.db import issuers, schemas
from node.db.did_filters import dids_ever_of_key
from node.db.issuer_anchors import (
    IssuerBatch,
    Place,
    batches_without_leaves,
    completeness,
    issuer_batch,
    places_of,
    size_until,
)
from node.db.leaves import inclusion_path, read_tile
from node.db.payloads import kept_payload
from node.db.published_lists import publications_of_list
from node.errors import NoSuchLeaf
from node.services.accreditations import revisions_of
from node.services.did_documents import changes_of
from node.services.view import View

T = TypeVar("T")

MOST_ANCHORS = 16
"""Of one digest by one issuer, the earliest: a verdict needs the first."""
MOST_UNAVAILABLE = 1_000
"""Batches without leaves that are listed, the earliest; the others are counted."""


@dataclass(frozen=True, slots=True)
class ViewRecord:
    """`credentials.ports.Record` over one view.

    Raises:
        ProjectionDamaged: when it is made: the database does not hash to what the ledger has.
    """

    view: View
    state: bytes = field(init=False)
    _seen: dict[Hashable, Any] = field(init=False, default_factory=dict)
    """What was read of this very view: several credentials judged by it ask for the same."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", self.view.root_at(self.view.size) if self.view.size else b"")

    @property
    def size(self) -> int:
        """How many entries have been followed."""
        return self.view.size

    @property
    def time(self) -> int | None:
        """Of the last followed block."""
        cursor = self.view.cursor
        return None if cursor is None else cursor.block_time

    def changes_of(self, did: Did) -> tuple[Change, ...]:
        """All `did.*` entries of a did:ebsi."""
        return self._remembered(("changes", did), lambda: tuple(changes_of(self.view.connection, did)))

    def dids_with_method(self, v_method_id: str) -> tuple[str, ...]:
        """The first DIDs that ever had a verification method of this id under `assertionMethod`."""
        return self._remembered(
            ("dids with method", v_method_id),
            lambda: dids_ever_of_key(
                self.view.connection, v_method_id, relationship=ASSERTION, limit=MOST_DIDS
            ),
        )

    def attributes_of(self, did: str) -> tuple[bytes, ...]:
        """Ids of all attributes of an issuer."""
        return self._remembered(
            ("attributes", did), lambda: tuple(issuers.attributes(self.view.connection, did))
        )

    def revisions_of(self, did: str, attribute_id: bytes) -> tuple[Revision, ...]:
        """All revisions of an attribute."""
        return self._remembered(
            ("revisions", did, attribute_id), lambda: tuple(revisions_of(self.view, did, attribute_id))
        )

    def schema_revisions(self, schema_id: bytes) -> tuple[SchemaRevision, ...]:
        """All revisions of a schema."""
        return self._remembered(("schema", schema_id), lambda: self._schema_revisions(schema_id))

    def publications_of(self, did: str, url: str) -> tuple[StatusPublication, ...]:
        """All publications of the list at exactly this URL by this issuer."""
        return self._remembered(("publications", did, url), lambda: self._publications(did, url))

    def anchors_of(self, did: str, digest: bytes) -> tuple[Anchor, ...]:
        """The issuer's earliest batches in which the digest lies, each proved by its path."""
        found: list[Anchor] = []
        for place in places_of(self.view.connection, did=did, digest=digest):
            if self._is_proved(place, digest):
                found.append(self._anchor(place.batch))
                if len(found) == MOST_ANCHORS:
                    break
        return tuple(found)

    def batch(self, did: str, root: bytes, size: int) -> Anchor | None:
        """The batch of this identity."""
        found = issuer_batch(self.view.connection, did=did, root=root, size=size)
        return None if found is None else self._anchor(found)

    def batches_of(self, did: str, until: int) -> Batches:
        """The issuer's batches recorded at or before `until`; of those unavailable the earliest."""
        connection, cursor = self.view.connection, self.view.cursor
        whole = cursor is not None and cursor.block_time <= until
        stop = self.view.size if whole else size_until(connection, until)
        return self._once(("batches", did, stop), lambda: self._batches(did, stop))

    def _batches(self, did: str, stop: int) -> Batches:
        connection = self.view.connection
        found = completeness(connection, did=did, stop=stop)
        unavailable: tuple[IssuerBatch, ...] = ()
        if found.unavailable:
            unavailable = batches_without_leaves(connection, did=did, stop=stop, limit=MOST_UNAVAILABLE)
        unlisted = found.unavailable - len(unavailable)
        return Batches(found.count, tuple(map(self._anchor, unavailable)), found.malformed, unlisted)

    def _schema_revisions(self, schema_id: bytes) -> tuple[SchemaRevision, ...]:
        connection = self.view.connection
        return tuple(
            SchemaRevision(
                index=change.entry_index,
                time=change.time,
                schema_id=schema_id,
                content=schemas.schema_document(connection, change),
            )
            for change in schemas.schema_changes(connection, schema_id)
            if change.change != "metadata"
        )

    def _publications(self, did: str, url: str) -> tuple[StatusPublication, ...]:
        return tuple(
            StatusPublication(
                index=found.entry_index,
                time=found.time,
                did=did,
                attribute_id=found.attribute_id,
                url=url,
                purpose=found.purpose,
                bits=found.bits,
                credential_digest=found.credential_digest,
                valid_from=found.valid_from,
                valid_until=found.valid_until,
            )
            for found in publications_of_list(self.view.connection, did=did, url=url)
        )

    def _is_proved(self, place: Place, digest: bytes) -> bool:
        try:
            verify_inclusion(
                leaf_hash=hash_leaf(digest),
                index=place.position,
                tree_size=place.batch.size,
                path=inclusion_path(self.view.connection, place.blob, place.position, read=self._read_tile),
                root=place.batch.root,
            )
        except (AnchoringError, NoSuchLeaf):
            return False
        return True

    def _anchor(self, batch: IssuerBatch) -> Anchor:
        return Anchor(
            index=batch.entry_index,
            time=batch.time,
            did=batch.did,
            attribute_id=batch.attribute_id,
            root=batch.root,
            size=batch.size,
            final=self.view.is_final(batch.block_number),
        )

    def _read_tile(self, connection: Connection, blob_id: int, level: int, position: int) -> bytes:
        return self._once(
            ("tile", blob_id, level, position), lambda: read_tile(connection, blob_id, level, position)
        )

    def _once(self, key: Hashable, read: Callable[[], T]) -> T:
        if key not in self._seen:
            self._seen[key] = read()
        seen: T = self._seen[key]
        return seen

    def _remembered(self, key: tuple[Hashable, ...], derive: Callable[[], T]) -> T:
        found: T = self.view.node.memory.recorded.get((self.state, *key), derive)
        return found


@dataclass(frozen=True, slots=True)
class KeptContents:
    """`credentials.ports.Contents` over what this node keeps by its hash."""

    view: View

    def content(self, content_hash: bytes) -> bytes | None:
        """The bytes with this SHA-256; None if they are not kept, or no longer hash to it."""
        kept = kept_payload(self.view.connection, content_hash)
        if kept is None or sha256(kept[0]).digest() != content_hash:
            return None
        return kept[0]
