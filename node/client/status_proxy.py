"""The proxy under which an issuer's status lists stand (EBSI Trusted Issuers Registry v5, proxies)."""

import json
from hashlib import sha256

from node.client.errors import NodeProblem, StillWaiting
from node.client.issuer import Issuer

_NOT_FOUND = 404


def register_proxy(issuer: Issuer) -> str:
    """The URL under which the issuer's lists stand; its proxy is on the ledger, now or from before.

    The proxy names this registry's own origin: nodes host the lists, and forward to nobody.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    origin = issuer.registry_origin()
    data = json.dumps({"prefix": origin, "headers": {}, "testSuffix": ""}, separators=(",", ":"))
    path = f"/trusted-issuers-registry/v5/issuers/{issuer.did}/proxies/0x{sha256(data.encode()).hexdigest()}"
    try:
        issuer.node.get(path)
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        issuer.writer().write_once("addIssuerProxy", did=issuer.did, proxyData=data)
        _await_proxy(issuer, path)
    return origin + path


def _await_proxy(issuer: Issuer, path: str) -> None:
    """Return once the node shows the proxy: before, it takes no list under it."""
    for _ in issuer.patience.tries():
        try:
            issuer.node.get(path)
        except NodeProblem as problem:
            if problem.status != _NOT_FOUND:
                raise
        else:
            return
    raise StillWaiting(f"the proxy is on the ledger, and {issuer.node.url} does not show it yet")
