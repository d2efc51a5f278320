"""`/registry/batches/{did}/{root}/{size}`: one batch, and what made its issuer accredited for it."""

from fastapi import Request, Response

from did.syntax import parse_ebsi_did
from node.api.forms import NodeOf
from node.api.parameters import hash_parameter, size_parameter
from node.services.batch_in_full import batch_in_full
from node.services.view import viewing
from node.web.pages import page, page_router

router = page_router()


@router.get("/registry/batches/{did}/{root}/{size}")
def get_batch(request: Request, node: NodeOf, did: str, root: str, size: str) -> Response:
    """The batch's state, entry and finality, and its issuer's accreditation then and now."""
    issuer, hashed, count = parse_ebsi_did(did), hash_parameter(root, name="root"), size_parameter(size)
    with viewing(node) as view:
        found = batch_in_full(view, did=issuer, root=hashed, size=count)
    return page(
        request,
        "registry/batch.html",
        found=found,
        state=found.state,
        root=root,
        as_of=found.state.as_of,
        depth=node.settings.finality_depth,
    )
