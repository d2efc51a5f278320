"""Timestamps, hash algorithms and records as EBSI shows them (ebsi-api section 6)."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from anchoring.errors import MalformedDocument
from anchoring.strict_json import parse_json
from did.errors import InvalidEncoding
from did.multihash import encode_multihash
from node.db import records as db
from node.db import timestamps
from node.db.entries import StoredEntry
from node.db.row_making import RECORDS
from node.services.errors import TooManyToShow
from node.services.listed_names import ListedNames, names_in
from node.services.recorded_by import recorded_by
from node.services.registry_errors import (
    HashAlgorithmNotFound,
    RecordNotFound,
    TimestampNotFound,
    VersionNotFound,
)
from node.services.view import View

MOST_CHANGES = 1_000
"""Of one version, or of a record's owners, that one answer is made of."""
MOST_OCTETS = 4 * 1024 * 1024
"""Of payloads that one answer is made of."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """The first time that somebody stamped a hash.

    Attributes:
        multihash: of the stamped hash, by the name that its algorithm has now.
        data: what the sender put beside it.
        entry: of the log, and where on the ledger it is.
        recorded: time of the newest entry that this rests on, in ledger seconds.
    """

    multihash: bytes
    data: bytes
    entry: StoredEntry
    recorded: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands.

    Attributes:
        owners: accounts whose ownership was not revoked, in the order in which they came.
        revoked_owners: the others.
        first_version: hash values that it holds.
        last_version: likewise.
        total_versions: how many there are.
        recorded: time of its newest entry, in ledger seconds.
    """

    owners: list[bytes]
    revoked_owners: list[bytes]
    first_version: list[bytes]
    last_version: list[bytes]
    total_versions: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: hash values that it holds, and what its owners say of it, oldest first."""

    hashes: list[bytes]
    info: list[object]
    recorded: int


def hash_algorithm_in(
    view: View, hash_algorithm_id: int, *, at: datetime | None = None
) -> timestamps.HashAlgorithm:
    """Return a hash algorithm as it was last described; `at`: by then.

    Raises:
        HashAlgorithmNotFound: there is none of that number, or was not yet.
    """
    before = recorded_by(view, at)
    found = timestamps.hash_algorithm(view.connection, hash_algorithm_id, before=before)
    if found is None:
        raise HashAlgorithmNotFound(hash_algorithm_id)
    return found


def timestamp_in(view: View, hash_digest: bytes, *, timestamp_id: str) -> Timestamp:
    """Return the first timestamp of the hash whose SHA-256 is `hash_digest`.

    A function that has no multihash name, or another than multihashes know, is told as `identity`.

    Raises:
        TimestampNotFound: nobody stamped it; the sentence names `timestamp_id`.
    """
    found = timestamps.first_timestamp(view.connection, hash_digest)
    if found is None:
        raise TimestampNotFound(timestamp_id)
    fields = found.entry.fields
    value, data = _octets(fields["hashValue"]), _octets(fields["timestampData"])
    algorithm = timestamps.hash_algorithm(view.connection, _whole(fields["hashAlgorithmId"]))
    try:
        multihash = encode_multihash(algorithm.multi_hash if algorithm else "", value)
    except InvalidEncoding:
        multihash = encode_multihash("identity", value)
    recorded = max(found.entry.time, algorithm.time if algorithm else 0)
    return Timestamp(multihash=multihash, data=data, entry=found, recorded=recorded)


def listed_records(
    view: View, *, owner: bytes | None, first_version: bytes | None, offset: int, limit: int
) -> ListedNames:
    """Return record ids in the order of the ledger: all, or those that meet each filter given.

    Args:
        view: what is known.
        owner: 20 bytes; the account owns the record.
        first_version: the first version holds this hash value, or the one with this SHA-256.
        offset: how many to leave out.
        limit: how many at most.
    """
    connection, page = view.connection, {"offset": offset, "limit": limit}
    digests = () if first_version is None else (sha256(first_version).digest(), first_version)
    if owner is not None:
        names, total = db.owned_records(connection, owner, hash_digests=digests, **page)
    elif digests:
        names, total = db.records_by_hash(connection, digests, **page)
    else:
        return names_in(view, RECORDS, offset=offset, limit=limit)
    return ListedNames(names, total, None)


def record_in(view: View, record_id: bytes, *, named: str, at: datetime | None = None) -> Record:
    """Return a record; `at`: as recorded by then.

    Raises:
        RecordNotFound: there is none, or was not yet; the sentence calls it `named`.
        TooManyToShow: it has more owners, or its first or last version more changes, than one answer shows.
    """
    before = recorded_by(view, at)
    total = _count_versions(view, record_id, named=named, before=before)
    last = db.last_change(view.connection, record_id, before=before)
    assert last is not None
    changes = db.owner_changes(view.connection, record_id, before=before, limit=MOST_CHANGES + 1)
    if len(changes) > MOST_CHANGES:
        raise TooManyToShow(MOST_CHANGES, what="owners of this record")
    revoked = dict.fromkeys(change.owner for change in changes if not change.added)
    first = _version(view, record_id, 0, before)
    return Record(
        owners=[change.owner for change in changes if change.added and change.owner not in revoked],
        revoked_owners=list(revoked),
        first_version=first.hashes,
        last_version=first.hashes if total == 1 else _version(view, record_id, total - 1, before).hashes,
        total_versions=total,
        recorded=last.entry.time,
    )


def count_versions(view: View, record_id: bytes, *, named: str) -> int:
    """Return how many versions a record has.

    Raises:
        RecordNotFound: there is none; the sentence calls it `named`.
    """
    return _count_versions(view, record_id, named=named, before=None)


def _count_versions(view: View, record_id: bytes, *, named: str, before: int | None) -> int:
    total = db.count_versions(view.connection, record_id, before=before)
    if not total:
        raise RecordNotFound(named)
    return total


def version_in(
    view: View, record_id: bytes, version_id: int, *, named: str, at: datetime | None = None
) -> Version:
    """Return one version of a record; `at`: as recorded by then.

    Raises:
        RecordNotFound: there is no such record, or was not yet; the sentence calls it `named`.
        VersionNotFound: it has no such version, or had not yet.
        TooManyToShow: it has more changes than one answer shows.
    """
    before = recorded_by(view, at)
    if version_id >= _count_versions(view, record_id, named=named, before=before):
        raise VersionNotFound(version_id)
    return _version(view, record_id, version_id, before)


def _version(view: View, record_id: bytes, version_id: int, before: int | None) -> Version:
    size = db.version_size(view.connection, record_id, version_id, before=before)
    if size.changes > MOST_CHANGES:
        raise TooManyToShow(MOST_CHANGES, what="changes of this version")
    if size.octets > MOST_OCTETS:
        raise TooManyToShow(MOST_OCTETS, what="octets about this version")
    hashes: dict[bytes, None] = {}
    info: list[object] = []
    entries = db.version_entries(view.connection, record_id, version_id, before=before)
    for found in entries:
        fields = found.entry.fields
        detached = fields.get("versionHash")
        if isinstance(detached, bytes):
            hashes.pop(detached, None)
        values = fields.get("hashValues", ())
        assert isinstance(values, tuple)
        hashes.update(dict.fromkeys(values))
        if said := _octets(fields.get("versionInfo", b"")):
            info.append(_said(said))
    return Version(list(hashes), info, entries[-1].entry.time)


def _said(content: bytes) -> object:
    """What an owner says of a version: JSON as it is, anything else as its octets in hexadecimal."""
    try:
        value = parse_json(content, max_size=len(content)).value
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (MalformedDocument, ValueError):
        return "0x" + content.hex()
    return value


def _octets(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
