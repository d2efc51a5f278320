"""Who may write: the bearer token of a request, and the names that this node's authorisation server has.

The `Host` of a request chooses among the operator's `origins`, and never adds to them: a presentation for
another server would count here if whoever passes it on could name that server. Only a program on this machine
that comes directly may call the node by its loopback address, which means this machine to everybody.
"""

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from node.api.clients import address_of, is_local
from node.services.access_rules import Writer, scopes_of, writer_to
from node.services.access_tokens import Access, read_access
from node.services.authorisation_errors import AccessRefused
from node.services.invitations import SERVER
from node.services.node import Node

_SCHEME: Final = "bearer"


def issuer_of(request: Request, node: Node) -> str:
    """Return the name of the authorisation server under which the client reached it."""
    host = request.headers.get("host", "").lower()
    for origin in node.settings.origins:
        if urlsplit(origin).netloc.lower() == host:
            return origin + SERVER
    return _loopback(request) or node.settings.origins[0] + SERVER


def audiences_of(request: Request, node: Node) -> frozenset[str]:
    """Return the names by which presentations and tokens may mean this authorisation server."""
    named = {origin + SERVER for origin in node.settings.origins}
    return frozenset(named | {local} if (local := _loopback(request)) else named)


def writer_of(request: Request, node: Node) -> Writer:
    """Return who writes to the registry of the request's path.

    Raises:
        AccessRefused: there is no token that counts for this registry.
        DatabaseUnavailable: the database does not answer.
    """
    return writer_to(request.url.path, access_of(request, node))


def access_of(request: Request, node: Node) -> Access:
    """Return what the request's bearer token gives (RFC 6750 section 2.1).

    Raises:
        AccessRefused: there is no token, there are two, or it does not count.
        DatabaseUnavailable: the database does not answer.
    """
    given = request.headers.getlist("authorization")
    if not given:
        scopes = " or ".join(f"'openid {name}'" for name in scopes_of(request.url.path).names)
        raise AccessRefused(
            f"An access token is needed: Authorization: Bearer …. POST {SERVER}/token gives one "
            f"for a presentation, with the scope {scopes}",
            missing=True,
        )
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != _SCHEME or not token.isascii() or " " in token:
        raise AccessRefused("Authorization must be Bearer and one access token")
    return read_access(node, token, audiences=audiences_of(request, node))


def _loopback(request: Request) -> str | None:
    """The server's name by the loopback address that a program on this machine called it by."""
    host = request.headers.get("host", "").lower()
    try:
        name = urlsplit(f"//{host}").hostname or ""
        port = urlsplit(f"//{host}").port
    except ValueError:
        return None
    spelled = f"[{name}]" if ":" in name else name
    if host != (spelled if port is None else f"{spelled}:{port}"):
        return None
    found = address_of(name)
    is_loopback = name == "localhost" or (found is not None and found.is_loopback)
    return f"http://{host}{SERVER}" if is_loopback and is_local(request.scope) else None
