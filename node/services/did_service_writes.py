"""`addService` and `revokeService` of the DID Registry: EBSI's shorter ways to a base document (section 2.3).

The contract knows no services, so that what is built is `updateBaseDocument`: the base document as this node
has followed it, with one service more or less. What was recorded since is written over, as at EBSI.
"""

import json
from collections.abc import Mapping
from typing import Any

from did.errors import InvalidDid, InvalidJson
from did.json_text import parse_object
from did.syntax import Did, parse_ebsi_did
from node.services.did_documents import state_in
from node.services.errors import RpcRefused
from node.services.node import Node
from node.services.registry_calls import DID_REGISTRY, MAX_TEXT
from node.services.registry_rpc import serve_call
from node.services.view import viewing

_SERVICES = {"addService": "service", "revokeService": "serviceId"}
_NEEDED = ("id", "type", "serviceEndpoint")  # DID Core section 5.4
_NOT_AN_ARRAY = "The services of the base document are no array: write it anew with updateBaseDocument"


def serve_did_call(node: Node, method: str, params: list[Any]) -> Any:
    """Return what `serve_call` does; a call about a service is one about the base document.

    Raises:
        RpcRefused: there is no such service, or one already, or `serve_call` refuses.
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
        TransactionRefused: as `serve_call` does.
        TooManyTransactions: likewise.
        LedgerUnavailable: likewise.
    """
    if method in _SERVICES and len(params) == 1 and isinstance(params[0], Mapping):
        method, params = "updateBaseDocument", [_rewritten(node, method, params[0])]
    return serve_call(node, DID_REGISTRY, method, params)


def _rewritten(node: Node, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    name = _SERVICES[method]
    if missing := [needed for needed in ("did", name) if not isinstance(given.get(needed), str)]:
        raise RpcRefused(f"missing parameter: {', '.join(missing)}")
    did, told = _did(given["did"]), given[name]
    base = _base_document(node, did)
    services = base.get("service", [])
    if not isinstance(services, list):
        raise RpcRefused(_NOT_AN_ARRAY)
    changed = _with(services, did, told) if method == "addService" else _without(services, did, told)
    base = {key: value for key, value in base.items() if key != "service"}
    document = base | ({"service": changed} if changed else {})
    kept = {key: value for key, value in given.items() if key != name}
    return kept | {"baseDocument": json.dumps(document, ensure_ascii=False, separators=(",", ":"))}


def _did(text: str) -> Did:
    try:
        return parse_ebsi_did(text)
    except InvalidDid as error:
        raise RpcRefused(f"did: {error}") from error


def _base_document(node: Node, did: Did) -> dict[str, Any]:
    with viewing(node) as view:
        text = state_in(view, did).base_documents[-1][1]
    try:
        return parse_object(text, max_bytes=MAX_TEXT)
    except InvalidJson as error:
        raise RpcRefused(f"The base document is no JSON object: {error}") from error


def _with(services: list[Any], did: Did, text: str) -> list[Any]:
    try:
        service = parse_object(text, max_bytes=MAX_TEXT)
    except InvalidJson as error:
        raise RpcRefused(f"service must be a JSON object, written as a string: {error}") from error
    if missing := [name for name in _NEEDED if not service.get(name)]:
        raise RpcRefused(f"service has no {', '.join(missing)}")
    if not isinstance(service["id"], str):
        raise RpcRefused("the id of a service must be a string")
    if any(_names(one, did, service["id"]) for one in services):
        raise RpcRefused(f"service already exists: {service['id'][:128]}")
    return [*services, service]


def _without(services: list[Any], did: Did, name: str) -> list[Any]:
    kept = [one for one in services if not _names(one, did, name)]
    if len(kept) == len(services):
        raise RpcRefused(f"service not found: {name[:128]}")
    return kept


def _names(service: Any, did: Did, name: str) -> bool:
    """Whether this is the service of that name; `#a` and `<did>#a` are one (DID Core section 3.2.2)."""
    found = service.get("id") if isinstance(service, Mapping) else None
    return isinstance(found, str) and found.removeprefix(did) == name.removeprefix(did)
