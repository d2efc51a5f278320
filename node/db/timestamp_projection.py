"""What entries about timestamps make of the projection's tables (ebsi-api section 6)."""

from hashlib import sha256

from node.db.row_making import RECORDS, TIMESTAMPS, Made, Told, bounded, listing, readable
from node.db.tables import FIRST_VERSION_HASH, HASH_ALGORITHM, RECORD_CHANGE, RECORD_OWNER


def timestamp(told: Told) -> Made:
    """The timestamp's number, if nobody stamped the hash before."""
    return [listing(told, TIMESTAMPS, sha256(told.fields["hashValue"]).digest())] if told.first else []


def hash_algorithm(told: Told) -> Made:
    """What is said of the algorithm from now on."""
    row = {
        "hash_algorithm_id": bounded(told.fields["hashAlgorithmId"]),
        "output_length": bounded(told.fields["outputLength"]),
        "iana_name": readable(told.fields["ianaName"]),
        "oid": readable(told.fields["oid"]),
        "status": told.fields["status"],
        "multi_hash": readable(told.fields["multiHash"]),
    }
    return [(HASH_ALGORITHM, row)]


def record_version(told: Told) -> Made:
    """A version of a record changed; its first one makes the record, with the sender as its owner."""
    record_id, version_id = told.fields["recordId"], told.fields["versionId"]
    row = {"record_id": record_id, "version_id": bounded(version_id), "change": told.change}
    made: Made = [(RECORD_CHANGE, row)]
    if version_id:
        return made
    if told.first:
        made += [listing(told, RECORDS, record_id), (RECORD_OWNER, _owner(told, told.actor, "added"))]
    detached = told.change == "detached"
    values = (told.fields["versionHash"],) if detached else told.fields.get("hashValues", ())
    for position, value in enumerate(values):
        held = {
            "position": position,
            "record_id": record_id,
            "hash_digest": sha256(value).digest(),
            "held": not detached,
        }
        made.append((FIRST_VERSION_HASH, held))
    return made


def record_owner(told: Told) -> Made:
    """An account owns the record from now on, or does so no longer."""
    return [(RECORD_OWNER, _owner(told, told.fields["ownerId"], told.change))]


def _owner(told: Told, owner: bytes, change: str) -> dict[str, object]:
    return {
        "record_id": told.fields["recordId"],
        "owner": owner,
        "not_before": bounded(told.fields.get("notBefore", 0)),
        "not_after": bounded(told.fields.get("notAfter", 0)),
        "change": change,
    }
