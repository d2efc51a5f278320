"""EBSI's Trusted Policies Registry, `/trusted-policies-registry/v3` (ebsi-api section 5)."""

import json
import re

from fastapi import APIRouter, Request, Response

from node.api.body_schemas import JSON_RPC
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf, address
from node.api.json_rpc import answer_call
from node.api.listed_content import listed_content
from node.api.pagination import EbsiPageQuery
from node.api.parameters import ValidAt, time_or_none
from node.api.recorded_answers import Content, RecordedRoute, recorded_answer
from node.db.row_making import POLICIES, USERS
from node.services.listed_names import names_in
from node.services.policy_calls import serve_policy_call
from node.services.trusted_policies import policy_in, user_in
from node.services.view import View

router = APIRouter(route_class=RecordedRoute, tags=["Trusted Policies Registry (EBSI v3)"])
_SERVICE = "/trusted-policies-registry/v3"
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)


@router.get(_SERVICE + "/policies", response_model=None)
def get_policies(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Policies, in the order of their insertion; the deactivated ones too."""

    def made(view: View) -> Content:
        found = names_in(view, POLICIES, offset=page.offset, limit=page.size)
        return listed_content(request, page, found, member="policyName", spell=bytes.decode)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/policies/{policy_name:path}", response_model=None)
def get_policy(request: Request, node: NodeOf, policy_name: str, valid_at: ValidAt = None) -> Response:
    """One policy, by its name or its number; `status` is false while it is deactivated."""
    at = time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = policy_in(view, policy_name, at=at)
        value = {
            "policyId": str(found.policy_id),
            "policyName": found.policy_name,
            "description": found.description,
            "status": found.active,
        }
        return Content(value, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/users", response_model=None)
def get_users(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Accounts that were ever granted a policy, in the order in which that came."""

    def made(view: View) -> Content:
        found = names_in(view, USERS, offset=page.offset, limit=page.size)
        return listed_content(request, page, found, member="user", spell=address)

    return recorded_answer(request, node, made)


@router.get(_SERVICE + "/users/{user}", response_model=None)
def get_user(request: Request, node: NodeOf, user: str, valid_at: ValidAt = None) -> Response:
    """What an account holds; a deactivated policy counts for nobody, and is not among it."""
    at = time_or_none(valid_at, name="valid-at")
    if not _ADDRESS.fullmatch(user):
        raise InvalidParameter(json.dumps(["user must be an Ethereum address"]))
    account = bytes.fromhex(user[2:])

    def made(view: View) -> Content:
        found = user_in(view, account, at=at)
        return Content({"user": found.address, "attributes": found.attributes}, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.post(_SERVICE + "/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(request, lambda call: serve_policy_call(node, call.method, call.params))
