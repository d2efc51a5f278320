"""Who may reach the paths that build transactions: programs on this machine, until access tokens exist."""

import ipaddress

from fastapi import Request

from node.api.errors import NotLocal

_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers of a proxy: behind one every client seems local, so none of them is taken for local."""


def local_only(request: Request) -> None:
    """Return if the client is a program on this machine that came directly.

    Raises:
        NotLocal: the peer's address is no loopback address, or a proxy stands between.
    """
    client = request.client
    if client is None or not _is_loopback(client.host) or any(name in request.headers for name in _PROXIED):
        raise NotLocal


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
