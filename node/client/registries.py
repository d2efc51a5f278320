"""JSON-RPC of the registries, each call with the access token that it needs (EBSI APIs, two-step writes)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from node.client.access_tokens import AccessTokens, Scope
from node.client.api import Node
from node.client.errors import NodeProblem, Refused
from node.client.transactions import Call

_WRITES: Mapping[str, Scope] = {
    "did-registry/v5": "didr_write",
    "trusted-issuers-registry/v5": "tir_write",
    "trusted-schemas-registry/v3": "tsr_write",
    "v1/status-lists": "tir_write",
}
_UNAUTHORISED, _NOT_FOUND = 401, 404


@dataclass(slots=True)
class Registries:
    """The registries of one node, as one DID writes to them.

    Attributes:
        node: who is asked.
        did: who writes.
        tokens: of that DID.
        invitation: the credential that invites the DID to register itself, if the profile has one.
    """

    node: Node
    did: str
    tokens: AccessTokens
    invitation: Callable[[], str | None]
    _recorded: bool = field(default=False)

    def rpc(self, route: str, call: Call, method: str, params: Mapping[str, Any]) -> object:
        """The `result` of one JSON-RPC call for a contract call; a refused token is replaced once.

        Args:
            route: the service, such as `did-registry/v5`.
            call: that is built or sent: it decides which scope is needed.
            method: the contract's function, or `sendSignedTransaction`.
            params: its one parameter object.

        Raises:
            NodeProblem: the service refused; its message in words.
            NodeUnreachable: no answer.
        """
        scope, credentials = self.needed(route, call)
        try:
            return self.node.rpc(
                route, method, params, token=self.tokens.token(scope, credentials=credentials)
            )
        except NodeProblem as problem:
            if problem.status != _UNAUTHORISED:
                raise
        self.tokens.forget(scope)
        return self.node.rpc(route, method, params, token=self.tokens.token(scope, credentials=credentials))

    def needed(self, route: str, call: Call) -> tuple[Scope, tuple[str, ...]]:
        """The scope that a call needs now, and the credentials that entitle to it.

        Who is not registered yet registers by invitation, who has recorded no accreditation yet records the
        first by that accreditation itself; everything else is written in one's own right.

        Raises:
            Refused: nobody invited the DID yet, or the route takes no tokens.
            ClientError: the node does not answer as it should.
        """
        if call.function == "insertDidDocument":
            invitation = self.invitation()
            if invitation is None and self.tokens.are_asked_for():
                raise Refused(
                    f"{self.did} is not invited to register itself: `ankyra issuer onboard` says whom to ask"
                )
            return "didr_invite", () if invitation is None else (invitation,)
        if call.function == "setAttributeData" and not self._has_attributes():
            accreditation = call.arguments[2]
            assert isinstance(accreditation, bytes)
            return "tir_invite", (accreditation.decode("ascii"),)
        if route not in _WRITES:
            raise Refused(f"no scope is known for {route}")
        return _WRITES[route], ()

    def _has_attributes(self) -> bool:
        """Whether the node knows of an accreditation that this DID recorded."""
        if not self._recorded:
            try:
                found = self.node.get(f"/trusted-issuers-registry/v5/issuers/{self.did}")
            except NodeProblem as problem:
                if problem.status != _NOT_FOUND:
                    raise
                return False
            self._recorded = found.get("hasAttributes") is True
        return self._recorded
