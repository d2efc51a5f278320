"""`/registry/search`: one box for a DID, an entry's number, any hash, or a name."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query, Request, Response

from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.services.organisation_names import names_of
from node.services.searching import MOST_TEXT, Found, Hit, Sort, search
from node.services.view import viewing
from node.web.asked_times import filled
from node.web.pages import HEADERS, marked, page, page_router

router = page_router()
WORDS = {
    Sort.ORGANISATION: marked("Organisation"),
    Sort.ENTRY: marked("Entry of the log"),
    Sort.BATCH: marked("Batch with this root"),
    Sort.ANCHOR: marked("Batch in which this digest is anchored"),
    Sort.SUBJECT: marked("Subject of entries"),
    Sort.TRANSACTION: marked("Entry of this transaction"),
    Sort.ACCREDITATION: marked("Accreditation"),
    Sort.STATUS_LIST: marked("Publication of this status list"),
    Sort.PAYLOAD: marked("Entry with this payload"),
}


@router.get("/registry/search")
def get_search(
    request: Request,
    node: NodeOf,
    q: Annotated[str | None, Query(description="What is looked for.")] = None,
) -> Response:
    """What goes by the text; the page of the only thing that does, if there is one alone."""
    wanted = filled(q)
    if wanted is not None and len(wanted) > MOST_TEXT:
        raise InvalidParameter(f"q has at most {MOST_TEXT} characters.")
    with viewing(node) as view:
        found = Found(()) if wanted is None else search(view, wanted)
        names = names_of(view, {one.did for one in found.hits if one.did is not None})
    if len(found.hits) == 1 and not found.cut:
        target = _target(found.hits[0])
        if target is not None:
            return _led_to(request, target)
    rows = [(WORDS[one.sort], one, _target(one)) for one in found.hits]
    return page(request, "registry/search.html", wanted=wanted, rows=rows, names=names, cut=found.cut)


def _target(hit: Hit) -> str | None:
    """The path of its page; None if it has none."""
    if hit.sort is Sort.ORGANISATION:
        return f"registry/issuers/{hit.did}"
    if hit.sort in {Sort.BATCH, Sort.ANCHOR} and hit.identity is not None:
        return f"registry/batches/{hit.did}/{hit.identity.hex()}/{hit.size}"
    return None if hit.index is None else f"registry/entries/{hit.index}"


def _led_to(request: Request, target: str) -> Response:
    """Relative, for the node may stand below a prefix that it does not know."""
    lang = request.query_params.get("lang")
    query = f"?{urlencode({'lang': lang})}" if lang else ""
    location = f"../{quote(target, safe='/:')}{query}"
    return Response(status_code=303, headers=HEADERS | {"Location": location, "Cache-Control": "no-cache"})
