"""What one log entry makes of the projection's tables: pure, run when following and when checking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Table

from anchoring.entry import KINDS, ZERO_HASH, Entry
from node.db import did_projection, timestamp_projection
from node.db.name_words import words_of_credential
from node.db.row_making import (
    ISSUERS,
    POLICIES,
    SCHEMAS,
    USERS,
    Known,
    Made,
    Row,
    Standing,
    Told,
    bounded,
    listing,
    readable,
)
from node.db.statistics_projection import tallied
from node.db.tables import (
    BATCH,
    ENTRY,
    NAME_WORD,
    POLICY,
    PROXY,
    REVISION,
    SCHEMA_REVISION,
    STATUS_PUBLICATION,
    USER_GRANT,
)

ROOT_TAO = 1
OPERATOR = "TPR:operator"
"""The policy that is there from the beginning, held by the account that the first entry names."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the ledger an entry was found; hashes of 32 bytes."""

    block_number: int
    block_hash: bytes
    transaction_hash: bytes


def project(entry: Entry, place: Place, known: Known) -> Made:
    """The rows that `entry` makes, its own first.

    Args:
        entry: the entry.
        place: its block and transaction.
        known: what the entries before this one have made.

    Raises:
        MalformedPayload: the payload is not the canonical encoding of its kind's fields.
    """
    fields = entry.fields
    did = fields.get("did")
    own: Row = {
        "entry_index": entry.index,
        "kind": entry.kind,
        "subject": entry.subject,
        "previous": entry.previous,
        "time": entry.time,
        "actor": entry.actor,
        "parent": entry.parent,
        "payload": entry.payload,
        "hash": entry.hash,
        "payload_hash": entry.payload_hash,
        "did": None if did is None else readable(cast("str", did)),
        "block_number": place.block_number,
        "block_hash": place.block_hash,
        "transaction_hash": place.transaction_hash,
    }
    maker = _MAKERS.get(entry.kind) or _MAKERS.get(KINDS[entry.kind].subject_type)
    if maker is None:
        return [(ENTRY, own)]
    told = Told(
        fields=fields,
        change=entry.kind.rpartition(".")[2],
        time=entry.time,
        first=entry.previous == ZERO_HASH,
        actor=entry.actor,
        known=known,
    )
    made = maker(told)
    if did is not None:
        made = [*made, *tallied(told, made, did=own["did"])]
    return [(ENTRY, own), *((table, {"entry_index": entry.index, **row}) for table, row in made)]


def standing_of(row: Mapping[str, Any]) -> Standing:
    """The standing that a row of `revision` leaves in force."""
    return Standing(row["issuer_type"], row["tao"], row["attribute_id_tao"], row["root_tao"])


def _opened(told: Told) -> Made:
    """The policy and its first holder, of whom no other entry tells."""
    operator = told.fields["operator"]
    return [
        (POLICY, {"policy_name": OPERATOR, "change": "inserted", "description": ""}),
        (USER_GRANT, {"position": 0, "account": operator, "attribute": OPERATOR, "granted": True}),
        listing(told, POLICIES, OPERATOR.encode()),
        listing(told, USERS, operator, position=1),
    ]


def _metadata(told: Told) -> Made:
    fields = told.fields
    did, tao = readable(fields["did"]), readable(fields["taoDid"])
    if fields["issuerType"] == ROOT_TAO:
        tao = root = did
    else:
        parent = told.known.standing(tao, fields["attributeIdTao"])
        root = parent.root_tao if parent else ""
    standing = Standing(fields["issuerType"], tao, fields["attributeIdTao"], root)
    return [(REVISION, _revision(told, standing, None)), *_new(told, ISSUERS, did.encode())]


def _data(told: Told) -> Made:
    did = readable(told.fields["did"])
    standing = told.known.standing(did, told.fields["attributeId"]) or Standing(0, "", bytes(32), "")
    body = told.fields["attributeData"]
    words: Made = [
        (NAME_WORD, {"position": position, "did": did, "word": word})
        for position, word in enumerate(words_of_credential(body))
    ]
    return [(REVISION, _revision(told, standing, body)), *words, *_new(told, ISSUERS, did.encode())]


def _revision(told: Told, standing: Standing, body: bytes | None) -> Row:
    return {
        "did": readable(told.fields["did"]),
        "attribute_id": told.fields["attributeId"],
        "revision_id": told.fields["revisionId"],
        "issuer_type": standing.issuer_type,
        "tao": standing.tao,
        "attribute_id_tao": standing.attribute_id_tao,
        "root_tao": standing.root_tao,
        "body": body,
    }


def _new(told: Told, collection: str, name: bytes) -> Made:
    return [] if told.known.is_listed(collection, name) else [listing(told, collection, name)]


def _proxy(told: Told) -> Made:
    row = {
        "did": readable(told.fields["did"]),
        "proxy_id": told.fields["proxyId"],
        "change": told.change,
        "proxy_data": readable(told.fields["proxyData"]),
    }
    return [(PROXY, row)]


def _schema(told: Told) -> Made:
    listed = [listing(told, SCHEMAS, told.fields["schemaId"])] if told.first else []
    return [_schema_revision(told, told.change), *listed]


def _schema_metadata(told: Told) -> Made:
    return [_schema_revision(told, "metadata")]


def _schema_revision(told: Told, change: str) -> tuple[Table, Row]:
    fields = told.fields
    row = {
        "schema_id": fields["schemaId"],
        "schema_revision_id": fields["schemaRevisionId"],
        "metadata_id": fields.get("metadataId") or sha256(fields["metadata"]).digest(),
        "change": change,
    }
    return SCHEMA_REVISION, row


def _batch(told: Told) -> Made:
    row = {
        "did": readable(told.fields["did"]),
        "root": told.fields["root"],
        "size": bounded(told.fields["size"]),
        "attribute_id": told.fields["attributeId"],
    }
    return [(BATCH, row)]


def _status(told: Told) -> Made:
    fields = told.fields
    row = {
        "did": readable(fields["did"]),
        "attribute_id": fields["attributeId"],
        "url": readable(fields["url"]),
        "purpose": readable(fields["purpose"]),
        "bits": bounded(fields["bits"]),
        "credential_digest": fields["credentialDigest"],
        "valid_from": bounded(fields["validFrom"]),
        "valid_until": bounded(fields["validUntil"]),
    }
    return [(STATUS_PUBLICATION, row)]


def _policy(told: Told) -> Made:
    name = readable(told.fields["policyName"])
    row = {
        "policy_name": name,
        "change": told.change,
        "description": readable(told.fields["description"]),
    }
    listed = [listing(told, POLICIES, name.encode())] if told.change == "inserted" else []
    return [(POLICY, row), *listed]


def _grant(told: Told) -> Made:
    account = told.fields["user"]
    grants: Made = [
        (
            USER_GRANT,
            {
                "position": position,
                "account": account,
                "attribute": readable(attribute),
                "granted": told.change == "granted",
            },
        )
        for position, attribute in enumerate(told.fields["attributes"])
    ]
    return grants + _new(told, USERS, account)


# By kind where a kind stands alone, else by the type of its subject.
_MAKERS: Mapping[str, Callable[[Told], Made]] = {
    "log.opened": _opened,
    "did.inserted": did_projection.inserted,
    "did.controller.added": did_projection.controller,
    "did.controller.revoked": did_projection.controller,
    "did.relationship.added": did_projection.relationship,
    "did.method.expired": did_projection.expired,
    "did.method.revoked": did_projection.revoked,
    "did.method.rolled": did_projection.rolled,
    "issuer.attribute.metadata": _metadata,
    "issuer.attribute.data": _data,
    "proxy": _proxy,
    "schema.metadata.updated": _schema_metadata,
    "schema": _schema,
    "anchors": _batch,
    "status": _status,
    "policy": _policy,
    "user": _grant,
    "timestamp": timestamp_projection.timestamp,
    "algorithm": timestamp_projection.hash_algorithm,
    "timestamp.record.owner.added": timestamp_projection.record_owner,
    "timestamp.record.owner.revoked": timestamp_projection.record_owner,
    "record": timestamp_projection.record_version,
}
