"""Lists that issuers keep on servers of their own: read through the node, verified, and never hosted.

Verdicts know nothing of them: they read only what is published on the ledger (ADR 9).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from credentials.registry_urls import RegistryUrls
from credentials.status_list_credential import SignedList
from node.foreign.fetching import NotFetched
from node.services.list_errors import ListInvalid, ListRefused, ListUnreachable
from node.services.list_verification import verified_list
from node.services.node import Node
from node.services.proxy_data import ProxyData, read_proxy_data
from node.services.view import View, viewing

_REGISTERING = frozenset({"addIssuerProxy", "updateIssuerProxy"})
_WHITE_SPACE = b" \t\r\n"


def check_proxy_call(node: Node, function: str, arguments: Sequence[Any], *, ask: bool) -> None:
    """Return if the call registers no proxy, or one whose data may stand on the ledger.

    Args:
        node: whose origins are this registry's.
        function: of a contract.
        arguments: of the call, the issuer's DID first, a proxy's data last.
        ask: also whether the issuer's own server serves a list of its own there, if the data names one.

    Raises:
        ProxyDataRefused: the data cannot be used, or holds what must not be public.
        ListUnreachable: the server serves nothing there.
        ListInvalid: what it serves is no list of this issuer.
    """
    if function not in _REGISTERING:
        return
    data = read_proxy_data(arguments[-1], origins=node.settings.origins)
    if not ask or data.is_hosted_at(node.settings.origins):
        return
    text = _served(node, data, data.test_url)
    with viewing(node) as view:
        _of_issuer(view, text, arguments[0])


@dataclass(frozen=True, slots=True)
class OwnServer:
    """Where an issuer keeps a list by itself.

    Attributes:
        data: of its proxy.
        did: the issuer's.
        proxy_id: 32 bytes.
        rest: of the path.
    """

    data: ProxyData
    did: str
    proxy_id: bytes
    rest: str


def proxied_list(node: Node, place: OwnServer) -> bytes:
    """Return the list that the issuer's own server serves now, or did less than half a minute ago, verified.

    Raises:
        ListUnreachable: the server serves nothing there.
        ListInvalid: what it serves is no list of this issuer for this place that is in force.
        NodeBehind: nothing has been followed yet.
    """
    text = _served(node, place.data, place.data.url(place.rest))
    with viewing(node) as view:
        read = _of_issuer(view, text, place.did)
        now = int(view.present.timestamp())
    named = RegistryUrls(node.settings.origins).status_list(read.url)
    if named != (place.did, place.proxy_id, place.rest):
        raise ListInvalid("its id is the URL of another place.")
    if (read.valid_until is not None and read.valid_until <= now) or (read.valid_from or 0) > now:
        raise ListInvalid("it is not in force now.")
    return text


def _served(node: Node, data: ProxyData, url: str) -> bytes:
    if node.issuers_lists is None:
        raise ListUnreachable("this node asks no such server")
    try:
        return node.issuers_lists.text(url, cache_control=data.cache_control).strip(_WHITE_SPACE)
    except NotFetched as error:
        raise ListUnreachable(f"at {data.origin}, {error}") from error


def _of_issuer(view: View, text: bytes, did: str) -> SignedList:
    try:
        read = verified_list(view, text)
    except ListRefused as error:
        raise ListInvalid(str(error)) from error
    if read.issuer != did:
        raise ListInvalid("it is another issuer's.")
    return read
