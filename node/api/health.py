"""`/healthz`, `/readyz`, `/metrics`: for those who operate the node."""

from typing import Any, cast

from fastapi import APIRouter, Request, Response

from node.api.caching import json_bytes
from node.api.forms import NodeOf, rfc3339
from node.api.metrics import Metrics
from node.api.parameters import StrictRoute
from node.services.holdings import didkit_is_up
from node.services.ledger_status import LedgerStatus
from node.services.status import node_status

router = APIRouter(route_class=StrictRoute, tags=["Operation"])
_NO_STORE = {"Cache-Control": "no-store"}


@router.get("/healthz", response_model=None)
def healthz() -> Response:
    """The process answers."""
    return Response(json_bytes({"status": "ok"}), media_type="application/json", headers=_NO_STORE)


@router.get("/readyz", response_model=None)
def readyz(node: NodeOf) -> Response:
    """200 if answers are up to date, 503 if not; either way how far the node has followed."""
    found = node_status(node)
    value = {
        "ready": found.ready,
        "lagSeconds": found.lag_seconds,
        "cursor": found.cursor,
        "head": found.head,
        "size": found.size,
        "ledger": "reachable" if found.ledger_reachable else "unreachable",
        "alarm": found.alarm,
        "alarmSentence": found.alarm_sentence,
        "follower": found.follower,
        **_ledger(found.ledger),
    }
    return Response(
        json_bytes(value),
        status_code=200 if found.ready else 503,
        media_type="application/json",
        headers=_NO_STORE,
    )


def _ledger(found: LedgerStatus) -> dict[str, Any]:
    broken = found.last_broken
    return {
        "endpoints": [
            {
                "name": one.name,
                "reachable": one.state != "unreachable",
                "agrees": one.state in {"agrees", "lags"},
                "state": one.state,
                "head": one.head,
            }
            for one in found.endpoints
        ],
        "finalBlock": found.final_block,
        "finalityBroken": broken
        and {
            "times": found.finality_broken,
            "lastAt": rfc3339(broken.at),
            "firstBlock": broken.first_block,
            "blocks": broken.blocks,
            "entries": broken.entries,
        },
    }


@router.get("/metrics", response_model=None)
def metrics(request: Request, node: NodeOf) -> Response:
    """Figures in Prometheus' text format."""
    figures = cast("Metrics", request.app.state.metrics)
    figures.set_status(node_status(node))
    figures.set_holdings(figures.holdings.of(node), didkit_up=didkit_is_up(node))
    return figures.exposition()
