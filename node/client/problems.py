"""Why a node refused, in whichever form its paths say so; cut to what a person reads."""

import json
from collections.abc import Mapping
from typing import Any

from node.client.errors import NodeProblem

_MAX_DETAIL = 2000  # characters that are shown


def read_json(content: bytes) -> object:
    """The value, or None where there is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def problem_in(status: int, content: bytes) -> NodeProblem | None:
    """The problem that an answer tells of; None where it tells of none.

    RFC 9457 members; elsewhere those of JSON-RPC 2.0 section 5.1, RFC 6749 section 5.2, DID Resolution.
    """
    value = read_json(content)
    members = value if isinstance(value, dict) else {}
    if isinstance(members.get("error"), dict):
        return rpc_problem(status, members["error"])
    if isinstance(members.get("error"), str) and isinstance(members.get("error_description"), str):
        code, detail = members["error"][:_MAX_DETAIL], members["error_description"][:_MAX_DETAIL]
        return NodeProblem(status, title=code, detail=detail, code=code)
    if isinstance(members.get("didResolutionMetadata"), dict):
        return _resolution_problem(status, members)
    if "title" not in members:
        return None
    return NodeProblem(
        status,
        title=str(members.get("title", "no reason given"))[:_MAX_DETAIL],
        detail=str(members.get("detail") or "")[:_MAX_DETAIL],
        code=str(members.get("code") or ""),
    )


def _resolution_problem(status: int, members: Mapping[str, Any]) -> NodeProblem:
    """DID Resolution's error in the problem's code; a deactivated DID has none, only its status 410."""
    resolution = members["didResolutionMetadata"]
    error, detail = resolution.get("error"), str(resolution.get("errorMessage") or "")
    metadata = members.get("didDocumentMetadata")
    if not error and isinstance(metadata, dict) and metadata.get("deactivated") is True:
        error = "deactivated"
    code = str(error or "")[:_MAX_DETAIL]
    return NodeProblem(status, title=code or "no reason given", detail=detail[:_MAX_DETAIL], code=code)


def rpc_problem(status: int, error: object) -> NodeProblem:
    """The problem in a JSON-RPC `error`; where the ledger sent revert data, with it."""
    members = error if isinstance(error, dict) else {}
    data = members.get("data")
    if isinstance(data, dict):
        data = data.get("data")
    return NodeProblem(
        status,
        title=str(members.get("message", "no reason given"))[:_MAX_DETAIL],
        detail="",
        code=str(members.get("code", "")),
        data=data if isinstance(data, str) else None,
    )
