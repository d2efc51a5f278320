"""Calls of the policies contract, which knows names where EBSI's clients may give numbers (section 5)."""

import re
from collections.abc import Mapping
from typing import Any

from node.services.errors import RpcRefused
from node.services.node import Node
from node.services.registry_calls import Registry
from node.services.registry_rpc import serve_call
from node.services.trusted_policies import policy_named
from node.services.view import viewing

TRUSTED_POLICIES_REGISTRY = Registry(
    "TrustedPoliciesRegistry",
    {
        "insertPolicy": ("policyName", "description"),
        "updatePolicy": ("policyName", "description"),
        "activatePolicy": ("policyName",),
        "deactivatePolicy": ("policyName",),
        "insertUserAttributes": ("user", "attributes"),
        "deleteUserAttribute": ("user", "attribute"),
    },
)
_NUMBER = re.compile(r"[0-9]{1,78}|0x[0-9a-fA-F]{1,64}", re.ASCII)
_BY_NUMBER = frozenset({"updatePolicy", "activatePolicy", "deactivatePolicy"})


def serve_policy_call(node: Node, method: str, params: list[Any]) -> Any:
    """Return what `serve_call` does, with `policyId` in the place of `policyName` where a policy is changed.

    Raises:
        RpcRefused: both are given, there is no such policy, or `serve_call` refuses.
        TransactionRefused: as `serve_call` does.
        TooManyTransactions: likewise.
        LedgerUnavailable: likewise.
    """
    return serve_call(node, TRUSTED_POLICIES_REGISTRY, method, _named(node, method, params))


def _named(node: Node, method: str, params: list[Any]) -> list[Any]:
    if method not in _BY_NUMBER or len(params) != 1 or not isinstance(params[0], Mapping):
        return params
    given = dict(params[0])
    if "policyId" not in given:
        return params
    if "policyName" in given:
        raise RpcRefused("Use either policyId or policyName to identify the policy, but not both")
    number = _decimal(given.pop("policyId"))
    with viewing(node) as view:
        name = policy_named(view, number, by_number=True)
    if name is None:
        raise RpcRefused(f"There is no policy {number}")
    return [given | {"policyName": name}]


def _decimal(value: Any) -> str:
    """EBSI's whole number: a JSON number, or its digits, or 0x and hexadecimal ones."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise RpcRefused("policyId must be a whole number")
    return str(int(text, 16 if text.startswith("0x") else 10))
