"""`GET /v1/issuers`: who may issue, by whose accreditation, with which keys, and what they anchored."""

from typing import Any

from fastapi import APIRouter, Request, Response

from did.methods.ebsi import Interval, KeyHistory
from did.syntax import parse_ebsi_did
from node.api.accreditation_forms import accreditation_form
from node.api.caching import json_answer
from node.api.forms import NodeOf, as_of, rfc3339, rfc3339_or_none
from node.api.pagination import PageQuery, cursor_after
from node.api.parameters import StrictRoute
from node.db.issuers import Revision
from node.services.accreditations import Accreditation
from node.services.issuers import IssuerSummary, issuer_detail, issuer_page
from node.services.trusted_issuers import ISSUER_TYPES, Attribute

MOST_REVISIONS = 100
"""Revisions of one attribute in one answer, the latest; EBSI's path pages through all of them."""

router = APIRouter(route_class=StrictRoute, tags=["Issuers"])


@router.get("/v1/issuers", response_model=None)
def get_issuers(request: Request, node: NodeOf, page: PageQuery) -> Response:
    """Issuers in the order in which they were first accredited, each with its chain up to a Root TAO."""
    found = issuer_page(node, limit=page.limit, offset=page.after or 0)
    value = {
        "items": [_summary(one) for one in found.items],
        "next": None if found.next_after is None else cursor_after(found.next_after),
        "asOf": as_of(found.as_of),
    }
    return json_answer(request, value)


@router.get("/v1/issuers/{did}", response_model=None)
def get_issuer(request: Request, node: NodeOf, did: str) -> Response:
    """One issuer: accreditations and their revisions, keys over time, anchors."""
    found = issuer_detail(node, parse_ebsi_did(did))
    value = {
        "did": found.did,
        "name": found.name,
        "attributes": [
            _attribute(attribute, standing)
            for attribute, standing in zip(found.attributes, found.standings, strict=True)
        ],
        "accreditation": accreditation_form(found.accreditation),
        "keys": [_key(found.did, key) for key in found.keys],
        "anchors": {
            "count": found.anchors.count,
            "digests": found.anchors.digests,
            "first": rfc3339_or_none(found.anchors.first),
            "last": rfc3339_or_none(found.anchors.last),
        },
        "asOf": as_of(found.as_of),
    }
    return json_answer(request, value)


def _summary(found: IssuerSummary) -> dict[str, Any]:
    own = found.accreditation.links[0].link
    return {
        "did": found.did,
        "name": found.name,
        "issuerType": own.issuer_type.label,
        "attributes": found.attributes,
        "inForce": found.accreditation.in_force,
        "chain": [named.link.did for named in found.accreditation.links],
        "since": None if own.since is None else rfc3339(own.since.time),
        "entryIndex": None if own.since is None else own.since.index,
    }


def _attribute(attribute: Attribute, standing: Accreditation) -> dict[str, Any]:
    own = standing.links[0].link
    latest = attribute.latest
    return {
        "attributeId": attribute.attribute_id.hex(),
        "issuerType": own.issuer_type.label,
        "tao": latest.tao,
        "rootTao": latest.root_tao,
        "since": None if own.since is None else rfc3339(own.since.time),
        "until": None if own.until is None else rfc3339(own.until.time),
        "accreditation": accreditation_form(standing),
        "revisions": [_revision(revision) for revision in attribute.revisions[-MOST_REVISIONS:]],
        "revisionCount": len(attribute.revisions),
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "revisionId": revision.revision_id.hex(),
        "entryIndex": revision.entry_index,
        "recordedAt": rfc3339(revision.time),
        "issuerType": ISSUER_TYPES.get(revision.issuer_type, "Undefined"),
        "tao": revision.tao,
        "credential": bool(revision.body),
    }


def _key(did: str, key: KeyHistory) -> dict[str, Any]:
    revoked = key.revoked
    return {
        "id": f"{did}#{key.v_method_id}",
        "type": str((key.jwk or {}).get("crv") or (key.jwk or {}).get("kty") or "unreadable"),
        "added": rfc3339(key.added.time),
        "relationships": [_interval(interval) for interval in key.intervals],
        "revoked": None if revoked is None else {"at": rfc3339(revoked.time), "entryIndex": revoked.index},
    }


def _interval(interval: Interval) -> dict[str, Any]:
    return {
        "name": interval.relationship,
        "notBefore": rfc3339(interval.not_before.seconds),
        "notAfter": rfc3339(interval.not_after.seconds),
        "setBy": {
            "notBefore": interval.not_before.set_by.index,
            "notAfter": interval.not_after.set_by.index,
        },
    }
