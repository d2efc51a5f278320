"""What a node's verdict on a credential comes to, as steps compare it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from devnet.node_process import NodeProcess
from devnet.step import Facts
from node.client.issuing import rfc3339

VALID: Facts = {"outcome": "valid", "decided_by": None, "reason": None}


def decided_against(check: str, reason: str, *, outcome: str = "invalid") -> Facts:
    """Return what `decided` shows of a verdict that one check decides."""
    return {"outcome": outcome, "decided_by": check, "reason": reason}


def verdict(node: NodeProcess, credential: Path, *, as_of: datetime | None = None) -> dict[str, Any]:
    """Return the whole verdict of a node, asked over HTTP.

    Args:
        node: asked.
        credential: its file.
        as_of: the time asked for; now if not given.

    Raises:
        ClientError: the node refuses or does not answer.
    """
    question: dict[str, Any] = {"credential": credential.read_text(encoding="ascii")}
    if as_of is not None:
        question["asOf"] = rfc3339(as_of)
    return node.api.post("/v1/verifications", question)


def decided(told: Facts) -> dict[str, Any]:
    """Return the outcome of a verdict, and the first check that decided against it with its reason."""
    for outcome in ("failed", "not_determinable"):
        for check in told["checks"]:
            if check["required"] and check["outcome"] == outcome:
                against = {"decided_by": check["name"], "reason": check["reason"]}
                return {"outcome": told["outcome"], **against}
    return {"outcome": told["outcome"], "decided_by": None, "reason": None}


def outcomes(told: Facts) -> dict[str, str]:
    """Return how each check ended, by its name."""
    return {check["name"]: check["outcome"] for check in told["checks"]}
