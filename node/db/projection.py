"""What one log entry makes of the projection's tables: pure, run when following and when checking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Table

from anchoring.entry import KINDS, Entry
from node.db.tables import (
    BATCH,
    DID,
    ENTRY,
    POLICY,
    PROXY,
    REVISION,
    SCHEMA_REVISION,
    STATUS_PUBLICATION,
    USER_GRANT,
)

LARGEST = 2**63 - 1  # of a database's whole numbers; the ledger's go further, the payload keeps them
Row = dict[str, Any]
Fields = Mapping[str, Any]
ROOT_TAO = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the ledger an entry was found; hashes of 32 bytes."""

    block_number: int
    block_hash: bytes
    transaction_hash: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What a revision leaves in force for an attribute: what the next one may take over."""

    issuer_type: int
    tao: str
    attribute_id_tao: bytes
    root_tao: str


LatestStanding = Callable[[str, bytes], Standing | None]


def project(entry: Entry, place: Place, latest: LatestStanding) -> list[tuple[Table, Row]]:
    """The rows that `entry` makes, its own first.

    Args:
        entry: the entry.
        place: its block and transaction.
        latest: the standing of (did, attributeId) by the entries before this one; None if there was none.

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
    subject_type = KINDS[entry.kind].subject_type
    maker = _MAKERS.get(entry.kind) or _MAKERS.get(subject_type)
    if maker is None:
        return [(ENTRY, own)]
    change = entry.kind.rpartition(".")[2]
    made = maker(fields, change, latest)
    return [(ENTRY, own), *((table, {"entry_index": entry.index, **row}) for table, row in made)]


def readable(text: str) -> str:
    r"""The text with NUL written as `\x00`: PostgreSQL takes none, and the ledger does not forbid it."""
    return text.replace("\0", "\\x00")


def standing_of(row: Mapping[str, Any]) -> Standing:
    """The standing that a row of `revision` leaves in force."""
    return Standing(row["issuer_type"], row["tao"], row["attribute_id_tao"], row["root_tao"])


def _inserted_did(fields: Fields, _change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    return [(DID, {"did": readable(fields["did"])})]


def _metadata(fields: Fields, _change: str, latest: LatestStanding) -> list[tuple[Table, Row]]:
    did, tao = readable(fields["did"]), readable(fields["taoDid"])
    if fields["issuerType"] == ROOT_TAO:
        tao = root = did
    else:
        parent = latest(tao, fields["attributeIdTao"])
        root = parent.root_tao if parent else ""
    standing = Standing(fields["issuerType"], tao, fields["attributeIdTao"], root)
    return [(REVISION, _revision(fields, standing, None))]


def _data(fields: Fields, _change: str, latest: LatestStanding) -> list[tuple[Table, Row]]:
    standing = latest(readable(fields["did"]), fields["attributeId"]) or Standing(0, "", bytes(32), "")
    return [(REVISION, _revision(fields, standing, fields["attributeData"]))]


def _revision(fields: Fields, standing: Standing, body: bytes | None) -> Row:
    return {
        "did": readable(fields["did"]),
        "attribute_id": fields["attributeId"],
        "revision_id": fields["revisionId"],
        "issuer_type": standing.issuer_type,
        "tao": standing.tao,
        "attribute_id_tao": standing.attribute_id_tao,
        "root_tao": standing.root_tao,
        "body": body,
    }


def _proxy(fields: Fields, change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    row = {
        "did": readable(fields["did"]),
        "proxy_id": fields["proxyId"],
        "change": change,
        "proxy_data": readable(fields["proxyData"]),
    }
    return [(PROXY, row)]


def _schema(fields: Fields, change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    row = {
        "schema_id": fields["schemaId"],
        "schema_revision_id": fields["schemaRevisionId"],
        "metadata_id": fields.get("metadataId") or sha256(fields["metadata"]).digest(),
        "change": change,
    }
    return [(SCHEMA_REVISION, row)]


def _schema_metadata(fields: Fields, _change: str, latest: LatestStanding) -> list[tuple[Table, Row]]:
    return _schema(fields, "metadata", latest)


def _batch(fields: Fields, _change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    row = {
        "did": readable(fields["did"]),
        "root": fields["root"],
        "size": _bounded(fields["size"]),
        "attribute_id": fields["attributeId"],
    }
    return [(BATCH, row)]


def _status(fields: Fields, _change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    row = {
        "did": readable(fields["did"]),
        "attribute_id": fields["attributeId"],
        "url": readable(fields["url"]),
        "purpose": readable(fields["purpose"]),
        "bits": _bounded(fields["bits"]),
        "credential_digest": fields["credentialDigest"],
        "valid_from": _bounded(fields["validFrom"]),
        "valid_until": _bounded(fields["validUntil"]),
    }
    return [(STATUS_PUBLICATION, row)]


def _policy(fields: Fields, change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    row = {
        "policy_name": readable(fields["policyName"]),
        "change": change,
        "description": readable(fields["description"]),
    }
    return [(POLICY, row)]


def _grant(fields: Fields, change: str, _latest: LatestStanding) -> list[tuple[Table, Row]]:
    return [
        (
            USER_GRANT,
            {
                "position": position,
                "account": fields["user"],
                "attribute": readable(attribute),
                "granted": change == "granted",
            },
        )
        for position, attribute in enumerate(fields["attributes"])
    ]


def _bounded(number: int) -> int:
    return min(number, LARGEST)


# By kind where a kind stands alone, else by the type of its subject.
_MAKERS: Mapping[str, Callable[[Fields, str, LatestStanding], list[tuple[Table, Row]]]] = {
    "did.inserted": _inserted_did,
    "issuer.attribute.metadata": _metadata,
    "issuer.attribute.data": _data,
    "proxy": _proxy,
    "schema.metadata.updated": _schema_metadata,
    "schema": _schema,
    "anchors": _batch,
    "status": _status,
    "policy": _policy,
    "user": _grant,
}
