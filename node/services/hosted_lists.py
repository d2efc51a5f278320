"""The lists that stand under issuers' proxies: the one published last, or none (protocol section 7)."""

from dataclasses import dataclass
from datetime import datetime

from credentials.errors import TimeNotCome
from credentials.registry_urls import RegistryUrls
from node.db.entries import size_at_time
from node.db.issuers import last_recorded
from node.db.payloads import kept_payload
from node.db.proxies import Proxy, find_proxy, last_changed, proxies_of
from node.db.published_lists import last_publication
from node.services.errors import IssuerNotFound
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
from node.services.view import View, viewing


@dataclass(frozen=True, slots=True)
class Proxies:
    """An issuer's proxies, oldest first, and when one of them last changed (ledger seconds)."""

    proxies: list[Proxy]
    recorded: int | None


@dataclass(frozen=True, slots=True)
class HostedList:
    """A list credential as its issuer signed it, and when it was published (ledger seconds)."""

    content: bytes
    published: int


def proxies_in(view: View, did: str, *, at: datetime | None) -> Proxies:
    """Return the issuer's proxies in `view`.

    Args:
        view: to read from.
        did: the issuer's.
        at: aware, as they were then; as they are if None.

    Raises:
        TimeNotCome: `at` lies in the future.
        IssuerNotFound: the DID has no attribute then.
    """
    stop = _size_at(view, at)
    if last_recorded(view.connection, did, before=stop) is None:
        raise IssuerNotFound(did)
    found = proxies_of(view.connection, did, before=stop)
    return Proxies(found, last_changed(view.connection, did, before=stop))


def proxy_in(view: View, did: str, proxy_id: bytes, *, at: datetime | None) -> Proxy:
    """Return one of the issuer's proxies in `view`.

    Raises:
        TimeNotCome: `at` lies in the future.
        ProxyNotFound: the issuer has none of that id then.
    """
    found = find_proxy(view.connection, did, proxy_id, before=_size_at(view, at))
    if found is None:
        raise ProxyNotFound("0x" + proxy_id.hex())
    return found


def list_at(node: Node, path: str, *, at: datetime | None = None) -> HostedList | OwnServer:
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
        proxy = proxy_in(view, did, proxy_id, at=at)
        last = last_publication(view.connection, did=did, urls=urls, before=_size_at(view, at))
        kept = None if last is None else kept_payload(view.connection, last[0])
    if last is not None:
        if kept is None:
            raise ListUnavailable(last[0])
        return HostedList(kept[0], last[1])
    if at is not None:
        raise ListNotFound
    try:
        data = read_proxy_data(proxy.proxy_data, origins=origins)
    except ProxyDataRefused as error:
        raise ListUnreachable(f"the proxy leads nowhere ({error})") from error
    if data.is_hosted_at(origins):
        raise ListNotFound
    return OwnServer(data, did, proxy_id, rest)


def _size_at(view: View, at: datetime | None) -> int | None:
    if at is None:
        return None
    if at > view.present:
        raise TimeNotCome
    return size_at_time(view.connection, int(at.timestamp()))
