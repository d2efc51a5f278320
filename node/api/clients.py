"""Who a client is: one address, or one /64 of IPv6, as the connection or a trusted proxy tells it."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any

Scope = Mapping[str, Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers that a proxy adds: who comes with one of them does not come directly."""
_MOST_HOPS = 32
_NETWORK_OF_A_CLIENT = 64
"""Bits of IPv6 that are one client: whoever has an address has its whole /64."""
_NOBODY = "unknown"
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]{1,64}"|[^;"\s]{1,64})\s*(?=;|$)', re.IGNORECASE)
_WITH_PORT = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?|([0-9.]{7,15})(?::[0-9]{1,5})?")


class Clients:
    """Tells clients apart; what a stranger says of itself counts for nothing.

    Args:
        trusted: addresses and networks of the proxies whose word on the client is taken.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted = tuple(ipaddress.ip_network(one) for one in trusted)

    def trusts(self, host: str) -> bool:
        """Whether `host` is a proxy whose word is taken."""
        found = address_of(host)
        return found is not None and any(found in network for network in self._trusted)

    def name(self, scope: Scope) -> str:
        """Return the name under which the client of an ASGI connection is counted.

        Of a trusted proxy's headers the hops are read from the nearest on, and the first that is no trusted
        proxy is the client. A proxy that says nothing readable, or two things at once (`Forwarded` beside
        `X-Forwarded-For`, of which it may have passed on one unseen), is counted itself.
        """
        host = peer(scope)
        if not self.trusts(host):
            return counted(host)
        for hop in reversed(_hops(scope)):
            if address_of(hop) is None:
                return counted(host)
            host = hop
            if not self.trusts(hop):
                break
        return counted(host)


def peer(scope: Scope) -> str:
    """Return the address at the other end of the connection, empty where there is none."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def comes_directly(scope: Scope) -> bool:
    """Whether no header says that a proxy stands between."""
    return not any(name.decode("latin-1").lower() in PROXY_HEADERS for name, _ in scope["headers"])


def is_local(scope: Scope) -> bool:
    """Whether the client is a program on this machine that came directly."""
    found = address_of(peer(scope))
    return found is not None and found.is_loopback and comes_directly(scope)


def counted(host: str) -> str:
    """Return the name under which `host` is counted: an IPv4 address, the /64 of an IPv6 address."""
    found = address_of(host)
    if found is None:
        return _NOBODY
    if found.version == 4:  # noqa: PLR2004 - IPv4
        return str(found)
    return str(ipaddress.ip_network((int(found), _NETWORK_OF_A_CLIENT), strict=False))


def address_of(host: str) -> Address | None:
    """Return the address that `host` spells, IPv4 where it is mapped into IPv6; None if it spells none."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _hops(scope: Scope) -> list[str]:
    """Hosts that the proxies' headers name, the nearest last; none if the headers cannot be trusted."""
    listed = _header(scope, b"x-forwarded-for")
    forwarded = _header(scope, b"forwarded")
    if listed and forwarded:
        return []
    if listed:
        return [_host(part.strip()) for part in listed.split(",")[-_MOST_HOPS:]]
    return [_named(part) for part in forwarded.split(",")[-_MOST_HOPS:]] if forwarded else []


def _header(scope: Scope, wanted: bytes) -> str:
    found = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
    return ",".join(found)


def _named(element: str) -> str:
    """The node of `for=` in one element (RFC 7239 section 4); empty if there is none."""
    found = _FOR.search(element)
    return _host(found[1].strip('"')) if found else ""


def _host(text: str) -> str:
    """`text` without its port and brackets (RFC 7239 section 6)."""
    found = _WITH_PORT.fullmatch(text)
    return (found[1] or found[2]) if found else text
