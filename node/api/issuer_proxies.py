"""EBSI's paths of issuers' proxies, and of the status lists hosted behind them (ebsi-api section 3)."""

from fastapi import APIRouter, Request, Response

from did.syntax import parse_ebsi_did
from node.api.caching import json_answer, text_answer
from node.api.forms import NodeOf
from node.api.pagination import EbsiPageQuery, ebsi_collection
from node.api.parameters import StrictRoute, hash_parameter
from node.services.hosted_lists import hosted_list, listed_proxies, proxy_of

router = APIRouter(route_class=StrictRoute, tags=["Trusted Issuers Registry (EBSI v5)"])
_PROXIES = "/trusted-issuers-registry/v5/issuers/{did}/proxies"


@router.get(_PROXIES, response_model=None)
def get_proxies(request: Request, node: NodeOf, did: str, page: EbsiPageQuery) -> Response:
    """The issuer's proxies, oldest first."""
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
    return text_answer(request, found.proxy_data.encode(), media_type="application/json")


@router.get(_PROXIES + "/{proxy_id}/{rest:path}", response_model=None)
def get_hosted_list(request: Request, node: NodeOf, did: str, proxy_id: str, rest: str) -> Response:  # noqa: ARG001 - the raw path says it as it is spelled
    """The status list credential published last under this path, a compact JWT; 503 if it is not at hand."""
    path = request.scope["raw_path"].decode("ascii", "replace")
    return text_answer(request, hosted_list(node, path), media_type="text/plain; charset=utf-8")
