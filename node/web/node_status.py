"""`/node`: how this node fares: how far it has followed, what is final, who agrees with it."""

from importlib.metadata import version

from fastapi import Request, Response

from anchoring.checkpoint import Checkpoint
from node.api.forms import NodeOf
from node.db.peer_states import read_peers
from node.services.status import READY_LAG_SECONDS, node_status
from node.services.view import viewing
from node.web.pages import NEVER_KEPT, marked, page, page_router

router = page_router()
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
STATES = {
    "agrees": marked("agrees"),
    "lags": marked("agrees, and is behind"),
    "disagrees": marked("tells something else"),
    "unusable": marked("answers with errors"),
    "unreachable": marked("does not answer"),
}

PEER_STATES = {
    "agrees": marked("has the same log"),
    "behind": marked("has the same log, as far as it has come"),
    "disagrees": marked("has another log"),
    "another": marked("follows another ledger"),
    "unusable": marked("serves no checkpoint"),
    "unreachable": marked("does not answer"),
}


@router.get("/node")
def get_node(request: Request, node: NodeOf) -> Response:
    """What `/readyz` tells, and the checkpoint of the log, for people."""
    status = node_status(node)
    checkpoint: Checkpoint | None = None
    with viewing(node) as view:
        as_of, peers = view.as_of, read_peers(view.connection)
        if view.size:
            checkpoint = view.checkpoint()
    return page(
        request,
        "registry/node.html",
        cached=NEVER_KEPT,
        found=status,
        checkpoint=checkpoint,
        deployment=node.deployment,
        database=_DATABASES.get(node.engine.dialect.name, node.engine.dialect.name),
        depth=node.settings.finality_depth,
        quorum=node.settings.ledger_quorum,
        peers=peers,
        peer_states=PEER_STATES,
        asked=len(node.settings.peers),
        most_lag=READY_LAG_SECONDS,
        states=STATES,
        running=version("ankyra"),
        as_of=as_of,
    )
