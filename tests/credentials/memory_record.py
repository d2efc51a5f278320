"""The record port in memory: what a ledger recorded, with batches whose leaves may be missing."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from credentials.accreditation import Revision, revision_after
from credentials.errors import Unavailable
from credentials.ports import MOST_DIDS, Anchor, Batches, SchemaRevision, StatusPublication
from did.errors import DidError
from did.methods.ebsi import Change, key_history
from did.syntax import Did

T = TypeVar("T")


@dataclass
class KnownBatch:
    """A batch on the ledger; `leaves` is None where they are not at hand."""

    anchor: Anchor
    leaves: frozenset[bytes] | None
    malformed: bool = False


@dataclass
class MemoryRecord:
    """`credentials.ports.Record` over lists; `out_of_order` names the methods that raise `Unavailable`."""

    entries: int = 0
    time: int | None = None
    alterations: int = 0
    most_listed: int = 1_000
    out_of_order: set[str] = field(default_factory=set)
    number: int = field(default_factory=count().__next__)  # an address may be given to another record later
    changes: dict[str, list[Change]] = field(default_factory=dict)
    revisions: dict[tuple[str, bytes], list[Revision]] = field(default_factory=dict)
    schemas: dict[bytes, list[SchemaRevision]] = field(default_factory=dict)
    publications: list[StatusPublication] = field(default_factory=list)
    batches: list[KnownBatch] = field(default_factory=list)

    def write(self, kind: str, fields: Mapping[str, Any], *, index: int, time: int) -> None:
        """Take one entry of the ledger."""
        self.entries += 1
        self.time = time
        if kind.startswith("did."):
            self.changes.setdefault(fields["did"], []).append(Change(index, time, kind, fields))
        elif kind.startswith("issuer.attribute."):
            place = (fields["did"], fields["attributeId"])
            known = self.revisions.get(place, [])
            previous = known[-1] if known else None
            revision = revision_after(previous, index=index, time=time, kind=kind, fields=fields)
            self.revisions.setdefault(place, []).append(revision)
        elif kind in {"schema.inserted", "schema.updated"}:
            revision_of_schema = SchemaRevision(index, time, fields["schemaId"], fields["schema"])
            self.schemas.setdefault(fields["schemaId"], []).append(revision_of_schema)
        elif kind == "anchor.batch":
            anchor = Anchor(
                index=index,
                time=time,
                did=fields["did"],
                attribute_id=fields["attributeId"],
                root=fields["root"],
                size=fields["size"],
                final=True,
            )
            self.batches.append(KnownBatch(anchor, None))
        elif kind == "status.published":
            self.publications.append(
                StatusPublication(
                    index=index,
                    time=time,
                    did=fields["did"],
                    attribute_id=fields["attributeId"],
                    url=fields["url"],
                    purpose=fields["purpose"],
                    bits=fields["bits"],
                    credential_digest=fields["credentialDigest"],
                    valid_from=fields["validFrom"],
                    valid_until=fields["validUntil"],
                )
            )

    @property
    def state(self) -> Hashable:
        """Another name after each entry and each change of what is at hand."""
        return ("memory", self.number, self.entries, self.alterations)

    @property
    def size(self) -> int:
        """How many entries were written."""
        return self.entries

    def changes_of(self, did: Did) -> Sequence[Change]:
        """Of the port."""
        self._answer("changes_of")
        return tuple(self.changes.get(did, ()))

    def dids_with_method(self, v_method_id: str) -> Sequence[str]:
        """Of the port."""
        self._answer("dids_with_method")
        first: dict[str, int] = {}
        for did, changes in self.changes.items():
            try:
                histories = key_history(changes)
            except DidError:  # a history that no contract could have written, which some tests write
                continue
            for history in histories:
                added = [
                    one.not_before.set_by.index
                    for one in history.intervals
                    if one.relationship == "assertionMethod" and history.v_method_id == v_method_id
                ]
                if added:
                    first[did] = min(added)
        return tuple(sorted(first, key=first.__getitem__)[:MOST_DIDS])

    def attributes_of(self, did: str) -> Sequence[bytes]:
        """Of the port."""
        self._answer("attributes_of")
        return tuple(attribute_id for holder, attribute_id in self.revisions if holder == did)

    def revisions_of(self, did: str, attribute_id: bytes) -> Sequence[Revision]:
        """Of the port."""
        self._answer("revisions_of")
        return tuple(self.revisions.get((did, attribute_id), ()))

    def schema_revisions(self, schema_id: bytes) -> Sequence[SchemaRevision]:
        """Of the port."""
        self._answer("schema_revisions")
        return tuple(self.schemas.get(schema_id, ()))

    def publications_of(self, did: str, url: str) -> Sequence[StatusPublication]:
        """Of the port."""
        self._answer("publications_of")
        return tuple(one for one in self.publications if (one.did, one.url) == (did, url))

    def anchors_of(self, did: str, digest: bytes) -> Sequence[Anchor]:
        """Of the port."""
        self._answer("anchors_of")
        return tuple(
            known.anchor
            for known in self.batches
            if known.anchor.did == did and known.leaves is not None and digest in known.leaves
        )

    def batch(self, did: str, root: bytes, size: int) -> Anchor | None:
        """Of the port."""
        self._answer("batch")
        for known in self.batches:
            if (known.anchor.did, known.anchor.root, known.anchor.size) == (did, root, size):
                return known.anchor
        return None

    def batches_of(self, did: str, until: int) -> Batches:
        """Of the port."""
        self._answer("batches_of")
        recorded = [known for known in self.batches if known.anchor.did == did and known.anchor.time <= until]
        unavailable = tuple(known.anchor for known in recorded if known.leaves is None)
        return Batches(
            count=len(recorded),
            unavailable=unavailable[: self.most_listed],
            malformed=sum(known.malformed for known in recorded),
            unlisted=len(unavailable[self.most_listed :]),
        )

    def _answer(self, method: str) -> None:
        if method in self.out_of_order:
            raise Unavailable(f"{method} does not answer.")


@dataclass
class MemoryContents:
    """`credentials.ports.Contents` over a dictionary."""

    kept: dict[bytes, bytes] = field(default_factory=dict)

    def content(self, content_hash: bytes) -> bytes | None:
        """Of the port."""
        return self.kept.get(content_hash)


@dataclass
class RememberingCache:
    """`credentials.ports.Cache` that keeps everything; `derived` counts what had to be derived."""

    kept: dict[Hashable, Any] = field(default_factory=dict)
    derived: int = 0

    def get(self, key: Hashable, derive: Callable[[], T]) -> T:
        """Of the port."""
        if key not in self.kept:
            self.derived += 1
            self.kept[key] = derive()
        found: T = self.kept[key]
        return found
