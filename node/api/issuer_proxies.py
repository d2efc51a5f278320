"""EBSI's paths of issuers' proxies, and of the status lists hosted behind them (ebsi-api section 3)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from did.syntax import parse_ebsi_did
from node.api.caching import json_answer, text_answer
from node.api.forms import NodeOf
from node.api.negotiation import negotiate
from node.api.own_servers import own_servers
from node.api.pagination import EbsiPageQuery, ebsi_collection
from node.api.parameters import StrictRoute, hash_parameter, time_parameter
from node.api.recorded_answers import JSON_MEDIA
from node.services.hosted_lists import list_at, listed_proxies, proxy_of
from node.services.proxied_lists import OwnServer

router = APIRouter(route_class=StrictRoute, tags=["Trusted Issuers Registry (EBSI v5)"])
_PROXIES = "/trusted-issuers-registry/v5/issuers/{did}/proxies"


@router.get(_PROXIES, response_model=None)
def get_proxies(request: Request, node: NodeOf, did: str, page: EbsiPageQuery) -> Response:
    """The issuer's proxies, oldest first."""
    negotiate(request, (JSON_MEDIA,))
    proxies = listed_proxies(node, parse_ebsi_did(did))
    here = str(request.url.replace(query=""))
    items = [
        {"proxyId": f"0x{one.proxy_id.hex()}", "href": f"{here}/0x{one.proxy_id.hex()}"}
        for one in proxies[page.offset : page.offset + page.size]
    ]
    return json_answer(request, ebsi_collection(request, page, items=items, total=len(proxies)))


@router.get(_PROXIES + "/{proxy_id}", response_model=None)
def get_proxy(request: Request, node: NodeOf, did: str, proxy_id: str) -> Response:
    """A proxy's data, as the ledger has it."""
    named = hash_parameter(proxy_id.removeprefix("0x").lower(), name="proxyId")
    found = proxy_of(node, parse_ebsi_did(did), named)
    media_type = negotiate(request, (JSON_MEDIA,))
    return text_answer(request, found.proxy_data.encode(), media_type=media_type)


@router.get(_PROXIES + "/{proxy_id}/{rest:path}", response_model=None)
async def get_list(
    request: Request,
    node: NodeOf,
    did: str,  # noqa: ARG001 - the raw path says it as it is spelled
    proxy_id: str,  # noqa: ARG001 - likewise
    rest: str,  # noqa: ARG001 - likewise
    valid_at: Annotated[
        str | None,
        Query(alias="valid-at", description="RFC 3339 time: what had been published last by then."),
    ] = None,
) -> Response:
    """The status list credential published last under this path, a compact JWT; 503 if it is not at hand.

    Where none ever was, and the proxy leads to the issuer's own server, what that serves, verified.
    """
    negotiate(request, ("text/plain",))
    path = request.scope["raw_path"].decode("ascii", "replace")
    at = None if valid_at is None else time_parameter(valid_at, name="valid-at")
    found = await run_in_threadpool(list_at, node, path, at=at)
    if isinstance(found, OwnServer):
        found = await own_servers(request).list_of(node, found)
    return text_answer(request, found, media_type="text/plain; charset=utf-8")
