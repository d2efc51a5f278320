"""Access tokens for tests that are about something else: minted by the node's own key for whoever writes."""

import json
from collections.abc import Generator
from typing import Any

import httpx

from did.errors import InvalidDid
from did.methods.ebsi import new_did
from did.syntax import parse_ebsi_did
from node.artifacts import load_artifact
from node.chain.transactions import read_transaction
from node.errors import NodeError
from node.services.access_rules import SCOPES_OF
from node.services.node import Node
from node.services.node_keys import TOKEN_LIFE, signing_key
from tests.ledger import DeployedLedger

ISSUER = "https://registry.ankyra.invalid/authorisation/v4"
SOMEBODY = str(new_did(b"\0" * 16))
OPERATOR = str(new_did(b"\1" * 16))
DIDS_OF: dict[str, str] = {}
"""Account → DID of all who may write, as tests make them up."""
_INSERT = load_artifact("DidRegistry").function("insertDidDocument")


def mint(node: Node, did: str, scope: str, **over: Any) -> str:
    """An access token as the node gives it, but for `over`."""
    now = int(node.clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": did, "scp": f"openid {scope}"}
    return signing_key(node).sign(claims | {"iat": now, "exp": now + TOKEN_LIFE} | over)


class Minted(httpx.Auth):
    """Gives each write without a token one of the DID whose account is to sign, or has signed."""

    requires_request_body = True

    def __init__(self, node: Node, ledger: DeployedLedger) -> None:
        self._node, self._ledger = node, ledger

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Let the request go with its token."""
        if request.url.path.endswith("/jsonrpc") and "authorization" not in request.headers:
            scopes = next(found for at, found in SCOPES_OF.items() if request.url.path.startswith(at))
            scope, did = scopes.write, self._did(request.content)
            if (invited := _registers(request.content)) is not None and scope == "didr_write":
                scope, did = "didr_invite", invited
            request.headers["Authorization"] = f"Bearer {mint(self._node, did, scope)}"
        yield request

    def _did(self, body: bytes) -> str:
        account = _account(body)
        operator = self._ledger.operator.account
        if account == operator.address.lower() and account not in DIDS_OF:
            return self._operators_did()
        return DIDS_OF.get(account, SOMEBODY)

    def _operators_did(self) -> str:
        """The operator of the ledger has a DID as well, since whoever writes through a node has one."""
        registry, operator = self._ledger.deployment.address("DidRegistry"), self._ledger.operator
        exists = self._node.registries.call("DidRegistry", "isController", OPERATOR, operator.account.address)
        if not exists:
            point = b"\x04" + bytes(operator.account._key_obj.public_key.to_bytes())
            base = '{"@context":["https://www.w3.org/ns/did/v1"]}'
            key = ("l", point, True, self._ledger.ledger.time(), 4_000_000_000)
            operator.transact("DidRegistry", registry, "insertDidDocument", OPERATOR, base, *key)
        return OPERATOR


def _params(body: bytes) -> tuple[str, dict[str, Any]]:
    try:
        call = json.loads(body)
        (params,) = call["params"]
        return str(call["method"]), params if isinstance(params, dict) else {}
    except (ValueError, KeyError, TypeError):
        return "", {}


def _raw(params: dict[str, Any]) -> bytes:
    try:
        return bytes.fromhex(str(params["signedRawTransaction"]).removeprefix("0x"))
    except (KeyError, ValueError):
        return b""


def _account(body: bytes) -> str:
    _, params = _params(body)
    if raw := _raw(params):
        try:
            return read_transaction(raw).sender.lower()
        except NodeError:
            return ""
    return str(params.get("from", "")).lower()


def _registers(body: bytes) -> str | None:
    """The DID that a call registers, or that the signed one does; None if it is another call."""
    method, params = _params(body)
    did = params.get("did") if method == "insertDidDocument" else None
    if method == "sendSignedTransaction" and (raw := _raw(params)):
        try:
            data = read_transaction(raw).data
        except NodeError:
            return None
        if data.startswith(_INSERT.selector):
            did = _INSERT.decode_arguments(data)[0]
    try:
        return parse_ebsi_did(str(did))
    except InvalidDid:
        return None
