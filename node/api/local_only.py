"""Who may reach the paths that build transactions: programs on this machine, until access tokens exist."""

from fastapi import Request

from node.api.clients import is_local
from node.api.errors import NotLocal


def local_only(request: Request) -> None:
    """Return if the client is a program on this machine that came directly.

    Behind a proxy every client seems local, so that none of them is taken for local, whatever proxies the
    operator trusts.

    Raises:
        NotLocal: the peer's address is no loopback address, or a proxy stands between.
    """
    if not is_local(request.scope):
        raise NotLocal
