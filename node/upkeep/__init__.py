"""A node's database checked and mended: the projection from the ledger, batches' digests from peers."""

from node.upkeep.checking import CheckReport, Found, check_node
from node.upkeep.opening import DatabaseUnreadable
from node.upkeep.rebuilding import FollowerAtWork, FollowingStopped, RebuildReport, rebuild_node

__all__ = [
    "CheckReport", "DatabaseUnreadable", "FollowerAtWork", "FollowingStopped", "Found", "RebuildReport",
    "check_node", "rebuild_node",
]  # fmt: skip
