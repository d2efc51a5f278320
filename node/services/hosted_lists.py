"""The lists that stand under issuers' proxies: the one published last, or none (protocol section 7)."""

from datetime import datetime

from credentials.errors import TimeNotCome
from credentials.registry_urls import RegistryUrls
from node.db.issuer_anchors import size_until
from node.db.payloads import kept_payload
from node.db.proxies import Proxy, find_proxy, proxies_of
from node.db.published_lists import last_digest
from node.services.list_errors import (
    ListNotFound,
    ListUnavailable,
    ListUnreachable,
    ProxyDataRefused,
    ProxyNotFound,
)
from node.services.node import Node
from node.services.proxied_lists import OwnServer
from node.services.proxy_data import read_proxy_data
from node.services.trusted_issuers import attributes_in
from node.services.view import viewing


def listed_proxies(node: Node, did: str) -> list[Proxy]:
    """Return the issuer's proxies, in the order in which they were added.

    Raises:
        IssuerNotFound: the DID has no attribute.
    """
    with viewing(node) as view:
        attributes_in(view, did)
        return proxies_of(view.connection, did)


def proxy_of(node: Node, did: str, proxy_id: bytes) -> Proxy:
    """Return one of the issuer's proxies.

    Raises:
        ProxyNotFound: the issuer has none of that id now.
    """
    with viewing(node) as view:
        found = find_proxy(view.connection, did, proxy_id)
    if found is None:
        raise ProxyNotFound("0x" + proxy_id.hex())
    return found


def list_at(node: Node, path: str, *, at: datetime | None = None) -> bytes | OwnServer:
    """Return the list credential that stands under a path, under any origin of this registry.

    That is the one published last; where the issuer never published one there, and its proxy leads to a
    server of its own, it is there that it would be.

    Args:
        node: whose projection decides.
        path: as it stands in the list's URL after the origin.
        at: aware; what stood there at that time, by the ledger alone; now if None.

    Raises:
        TimeNotCome: `at` lies in the future.
        ProxyNotFound: the issuer has no such proxy then.
        ListNotFound: nothing was published there, or the path is none of a list.
        ListUnavailable: what was published last is not at hand: never an earlier list in its place.
        ListUnreachable: the proxy leads nowhere.
    """
    origins = node.settings.origins
    urls = [origin + path for origin in origins]
    named = RegistryUrls(origins).status_list(urls[0])
    if named is None:
        raise ListNotFound
    did, proxy_id, rest = named
    with viewing(node) as view:
        if at is not None and at > view.present:
            raise TimeNotCome
        stop = None if at is None else size_until(view.connection, int(at.timestamp()))
        proxy = find_proxy(view.connection, did, proxy_id, before=stop)
        if proxy is None:
            raise ProxyNotFound("0x" + proxy_id.hex())
        digest = last_digest(view.connection, did=did, urls=urls, before=stop)
        kept = None if digest is None else kept_payload(view.connection, digest)
    if kept is not None:
        return kept[0]
    if digest is not None:
        raise ListUnavailable(digest)
    if at is not None:
        raise ListNotFound
    try:
        data = read_proxy_data(proxy.proxy_data, origins=origins)
    except ProxyDataRefused as error:
        raise ListUnreachable(f"the proxy leads nowhere ({error})") from error
    if data.is_hosted_at(origins):
        raise ListNotFound
    return OwnServer(data, did, proxy_id, rest)
