"""`GET /v1/anchors/{digest}`: who anchored a digest, when, accredited by whom, with receipts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from node.api.accreditation_forms import accreditation_form
from node.api.caching import json_answer
from node.api.forms import NodeOf, as_of, rfc3339
from node.api.pagination import PageQuery, cursor_after
from node.api.parameters import StrictRoute, hash_parameter, size_parameter
from node.api.receipt_forms import receipt_form
from node.services.receipts import FoundAnchor, anchors_of

router = APIRouter(route_class=StrictRoute, tags=["Anchors"])


@router.get("/v1/anchors/{digest}", response_model=None)
def get_anchors(
    request: Request,
    node: NodeOf,
    digest: str,
    page: PageQuery,
    log_size: Annotated[
        str | None, Query(alias="log-size", description="Prove at this earlier log size.")
    ] = None,
) -> Response:
    """The anchors of a digest, oldest first, at most a hundred a page. Of an unknown one `anchors` is empty.

    `batchesUnavailable` lists batches whose digests this node does not hold: while there are any, absence is
    not certain.
    """
    wanted = hash_parameter(digest)
    size = None if log_size is None else size_parameter(log_size, name="log-size")
    found = anchors_of(node, wanted, log_size=size, after=page.after, limit=page.limit)
    value = {
        "digest": digest,
        "anchors": [_anchor(digest, anchor) for anchor in found.found],
        "next": None if found.next_after is None else cursor_after(found.next_after),
        "batchesUnavailable": [
            {"did": batch.did, "root": batch.root.hex(), "size": batch.size} for batch in found.unavailable
        ],
        "asOf": as_of(found.as_of),
    }
    return json_answer(request, value)


def _anchor(digest: str, found: FoundAnchor) -> dict[str, Any]:
    batch = found.receipt.batch
    return {
        "issuer": {"did": batch.did, "name": found.receipt.issuer_name},
        "anchoredAt": rfc3339(batch.time),
        "state": "final" if found.final else "anchored",
        "accreditation": {
            "then": accreditation_form(found.receipt.then),
            "now": accreditation_form(found.now),
        },
        # Last, since it is the longest: who reads the answer by eye has seen who and when by then.
        "receipt": receipt_form(found.receipt, digest=digest, index=found.index, path=found.path),
    }
