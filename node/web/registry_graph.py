"""`/registry/accreditations`: who accredited whom as of a day, drawn and as a list."""

from typing import Annotated

from fastapi import Query, Request, Response

from did.methods.ebsi import ledger_seconds
from did.syntax import Did, parse_ebsi_did
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.api.parameters import hash_parameter
from node.db.entries import size_at_time
from node.services.accreditation_graph import Graph, graph_under, whole_graph
from node.services.errors import AttributeNotFound, IssuerNotFound
from node.services.issuers import standing_attribute
from node.services.sheets import Place
from node.services.view import View, viewing
from node.web.asked_times import asked_time, filled
from node.web.graph_drawing import BOX_HEIGHT, BOX_WIDTH, drawing
from node.web.pages import page, page_router
from node.web.places import PlaceQuery

PAGE = 50
"""Trees, or nodes directly below the top of the only one, on one page."""

router = page_router()


@router.get("/registry/accreditations")
def get_accreditations(
    request: Request,
    node: NodeOf,
    place: PlaceQuery,
    as_of: Annotated[str | None, Query(alias="as-of", description="A day or a time.")] = None,
    root: Annotated[str | None, Query(description="A DID: what stands under it.")] = None,
    attribute: Annotated[str | None, Query(description="Which of its accreditations.")] = None,
) -> Response:
    """The trees under all Root TAOs, or the one under an organisation."""
    then, top = asked_time(as_of, name="as-of"), filled(root)
    if attribute is not None and top is None:
        raise InvalidParameter("attribute stands beside root.")
    with viewing(node) as view:
        size = view.size if then is None else size_at_time(view.connection, ledger_seconds(then.instant))
        if top is None:
            graph = whole_graph(view, size=size, limit=PAGE, place=place)
        else:
            graph = _under(view, parse_ebsi_did(top), attribute, size=size, place=place)
        freshness = view.as_of
    asked = {"as-of": then.text if then else None, "root": top, "attribute": attribute}
    return page(
        request,
        "registry/accreditations.html",
        graph=graph,
        drawn=drawing(graph.trees),
        box_width=BOX_WIDTH,
        box_height=BOX_HEIGHT,
        asked={name: value for name, value in asked.items() if value is not None},
        then=then,
        as_of=freshness,
    )


def _under(view: View, did: Did, attribute: str | None, *, size: int, place: Place) -> Graph:
    if attribute is not None:
        attribute_id = hash_parameter(attribute, name="attribute")
    else:
        standing = standing_attribute(view, did, before_index=size)
        if standing is None:
            raise IssuerNotFound(did)
        attribute_id = standing
    found = graph_under(view, (did, attribute_id), size=size, limit=PAGE, place=place)
    if found is None:
        raise AttributeNotFound(attribute_id.hex())
    return found
