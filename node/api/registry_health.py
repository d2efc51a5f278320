"""`/health` of each of EBSI's services: the node's readiness in EBSI's words (ebsi-api section 1.2)."""

from typing import Any

from fastapi import APIRouter, Response

from node.api.caching import json_bytes
from node.api.forms import NodeOf
from node.api.parameters import StrictRoute
from node.errors import DatabaseUnavailable
from node.services.node import Node
from node.services.status import node_status

router = APIRouter(route_class=StrictRoute, tags=["Registries (EBSI)"])
HEALTH_PATHS = (
    "/did-registry/v5/health",
    "/trusted-issuers-registry/v5/health",
    "/trusted-schemas-registry/v3/health",
    "/trusted-policies-registry/v3/health",
    "/timestamp/v4/health",
    "/authorisation/v4/health",
    "/ledger/v4/health",
)
_DATABASE, _LEDGER, _PROJECTION = "Database", "Besu", "Projection"


def get_health(node: NodeOf) -> Response:
    """200 if the service can be relied on, else 503; either way what it stands on, each `up` or `down`."""
    details = _details(node)
    down = {name: found for name, found in details.items() if found["status"] == "down"}
    value = {
        "status": "error" if down else "ok",
        "info": {name: found for name, found in details.items() if name not in down},
        "error": down,
        "details": details,
    }
    return Response(
        json_bytes(value),
        status_code=503 if down else 200,
        media_type="application/json",
        headers={"Cache-Control": "no-store"} | ({"Retry-After": "5"} if down else {}),
    )


def _details(node: Node) -> dict[str, dict[str, Any]]:
    """What `/readyz` rests on: the follower's last look, so that nobody's question reaches the ledger."""
    try:
        status = node_status(node)
    except DatabaseUnavailable:
        return {_DATABASE: _standing("does not answer")}
    return {
        _DATABASE: _standing(None),
        _LEDGER: _standing(None if status.ledger_reachable else "does not answer"),
        _PROJECTION: _standing(None if status.ready else "is behind, or was stopped: /readyz says more"),
    }


def _standing(complaint: str | None) -> dict[str, Any]:
    return {"status": "up"} if complaint is None else {"status": "down", "message": complaint}


for _path in HEALTH_PATHS:
    router.add_api_route(
        _path, get_health, response_model=None, name="get" + _path.replace("/", "_").replace("-", "_")
    )
