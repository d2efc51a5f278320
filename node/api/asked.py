"""Under which scheme and host a client asked: what a trusted proxy says of it, else what the request says."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from node.api.clients import Clients, peer

Scope = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

_SCHEMES = frozenset({"http", "https"})
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


class Asked:
    """ASGI layer that gives requests from trusted proxies the address that the client asked (X-Forwarded-*).

    Links in answers lead where the client came from. What a stranger says of itself counts for nothing, and
    a header that comes twice or with two values neither: one of them may be the client's own.
    """

    def __init__(self, app: App, *, clients: Clients) -> None:
        self._app = app
        self._clients = clients

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request; other kinds of connections pass as they are."""
        if scope["type"] == "http" and self._clients.trusts(peer(scope)):
            scope = told_by_proxy(scope)
        await self._app(scope, receive, send)


def told_by_proxy(scope: Scope) -> Scope:
    """Return `scope` with the scheme and host that the proxy's headers name, each if it is one value."""
    told = dict(scope)
    scheme = _only(scope, b"x-forwarded-proto")
    if scheme in _SCHEMES:
        told["scheme"] = scheme
    host = _only(scope, b"x-forwarded-host")
    if host is not None and _HOST.fullmatch(host):
        others = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
        told["headers"] = [(b"host", host.encode("ascii")), *others]
    return told


def _only(scope: Scope, wanted: bytes) -> str | None:
    found = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
    return found[0].strip() if len(found) == 1 and "," not in found[0] else None
