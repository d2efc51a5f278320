"""`/anchors/{digest}`: where a digest is anchored. Nothing else is disclosed: a digest says nothing else."""

from typing import Annotated, Final

from fastapi import Query, Request, Response

from node.api.errors import InvalidDigest
from node.api.forms import NodeOf
from node.api.pagination import PageQuery, cursor_after
from node.api.parameters import hash_parameter
from node.services.receipts import anchors_of
from node.web.languages import language_of
from node.web.pages import HEADERS, page, page_router

router = page_router()

_SEE_OTHER: Final = 303
_NOT_FOUND: Final = 404
_ON_A_PAGE: Final = 10


@router.get("/anchors")
def get_look_up(
    request: Request, digest: Annotated[str, Query(description="64 hexadecimal characters.")]
) -> Response:
    """The way from a form to the permalink."""
    try:
        wanted = hash_parameter(digest.strip().lower().removeprefix("0x")).hex()
    except InvalidDigest as error:
        raise InvalidDigest("A digest has 64 characters, of 0 to 9 and a to f.") from error
    language = language_of(request)
    query = f"?lang={language.tag}" if language.chosen else ""
    return Response(status_code=_SEE_OTHER, headers={**HEADERS, "Location": f"anchors/{wanted}{query}"})


@router.get("/anchors/{digest}")
def get_anchored(request: Request, node: NodeOf, digest: str, asked: PageQuery) -> Response:
    """The anchors of a digest, oldest first; of an unknown one, what that means."""
    wanted = hash_parameter(digest)
    found = anchors_of(node, wanted, log_size=None, after=asked.after, limit=min(asked.limit, _ON_A_PAGE))
    known = bool(found.found)
    return page(
        request,
        "verify/anchor.html" if known else "verify/not_anchored.html",
        status=200 if known else _NOT_FOUND,
        digest=digest,
        found=found,
        begun=asked.after is None,
        further=None if found.next_after is None else cursor_after(found.next_after),
        base=str(request.base_url),
    )
