"""The lists that stand under issuers' proxies: the one published last, or none (protocol section 7)."""

from credentials.registry_urls import RegistryUrls
from node.db.payloads import kept_payload
from node.db.proxies import Proxy, find_proxy, proxies_of
from node.db.published_lists import last_digest
from node.services.list_errors import ListNotFound, ListUnavailable, ProxyNotFound
from node.services.node import Node
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


def hosted_list(node: Node, path: str) -> bytes:
    """Return the list credential that was published last for a path, under any origin of this registry.

    Args:
        node: whose projection decides.
        path: as it stands in the list's URL after the origin.

    Raises:
        ProxyNotFound: the issuer has no such proxy now.
        ListNotFound: nothing was published there, or the path is none of a list.
        ListUnavailable: what was published last is not at hand: never an earlier list in its place.
    """
    origins = node.settings.origins
    urls = [origin + path for origin in origins]
    named = RegistryUrls(origins).status_list(urls[0])
    if named is None:
        raise ListNotFound
    did, proxy_id, _ = named
    with viewing(node) as view:
        if find_proxy(view.connection, did, proxy_id) is None:
            raise ProxyNotFound("0x" + proxy_id.hex())
        digest = last_digest(view.connection, did=did, urls=urls)
        if digest is None:
            raise ListNotFound
        kept = kept_payload(view.connection, digest)
    if kept is None:
        raise ListUnavailable(digest)
    return kept[0]
