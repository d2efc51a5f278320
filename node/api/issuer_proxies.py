"""EBSI's paths of issuers' proxies, and of the status lists hosted behind them (ebsi-api section 3)."""

from email.utils import formatdate

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from did.syntax import parse_ebsi_did
from node.api.caching import text_answer
from node.api.forms import NodeOf
from node.api.listed_content import hexadecimal, listed_content
from node.api.negotiation import negotiate
from node.api.own_servers import own_servers
from node.api.pagination import EbsiPageQuery
from node.api.parameters import StrictRoute, ValidAt, hash_parameter, time_or_none
from node.api.recorded_answers import Content, recorded_answer
from node.services.hosted_lists import list_at, proxies_in, proxy_in
from node.services.listed_names import ListedNames
from node.services.proxied_lists import OwnServer
from node.services.view import View

router = APIRouter(route_class=StrictRoute, tags=["Trusted Issuers Registry (EBSI v5)"])
_TEXT = "text/plain; charset=utf-8"
_PROXIES = "/trusted-issuers-registry/v5/issuers/{did}/proxies"


@router.get(_PROXIES, response_model=None)
def get_proxies(
    request: Request, node: NodeOf, did: str, page: EbsiPageQuery, valid_at: ValidAt = None
) -> Response:
    """The issuer's proxies, oldest first."""
    named, at = parse_ebsi_did(did), time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = proxies_in(view, named, at=at)
        names = [one.proxy_id for one in found.proxies[page.offset : page.offset + page.size]]
        listed = ListedNames(names, total=len(found.proxies), recorded=found.recorded)
        return listed_content(request, page, listed, member="proxyId", spell=hexadecimal)

    return recorded_answer(request, node, made)


@router.get(_PROXIES + "/{proxy_id}", response_model=None)
def get_proxy(request: Request, node: NodeOf, did: str, proxy_id: str, valid_at: ValidAt = None) -> Response:
    """A proxy's data, as the ledger has it."""
    named = hash_parameter(proxy_id.removeprefix("0x").lower(), name="proxyId")
    issuer, at = parse_ebsi_did(did), time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = proxy_in(view, issuer, named, at=at)
        return Content(found.proxy_data.encode(), recorded=found.time)

    return recorded_answer(request, node, made)


@router.get(_PROXIES + "/{proxy_id}/{rest:path}", response_model=None)
async def get_list(
    request: Request,
    node: NodeOf,
    did: str,  # noqa: ARG001 - the raw path says it as it is spelled
    proxy_id: str,  # noqa: ARG001 - likewise
    rest: str,  # noqa: ARG001 - likewise
    valid_at: ValidAt = None,
) -> Response:
    """The status list credential published last under this path, a compact JWT; 503 if it is not at hand.

    Where none ever was, and the proxy leads to the issuer's own server, what that serves, verified.
    """
    negotiate(request, ("text/plain",))
    path = request.scope["raw_path"].decode("ascii", "replace")
    found = await run_in_threadpool(list_at, node, path, at=time_or_none(valid_at, name="valid-at"))
    if isinstance(found, OwnServer):
        content = await own_servers(request).list_of(node, found)
        return text_answer(request, content, media_type=_TEXT)
    answer = text_answer(request, found.content, media_type=_TEXT)
    answer.headers["Last-Modified"] = formatdate(found.published, usegmt=True)
    return answer
