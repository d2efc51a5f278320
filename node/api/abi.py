"""`/abi` of each of EBSI's registries: the interface of the contract behind it (ebsi-api sections 2 to 6)."""

from collections.abc import Callable
from functools import cache

from fastapi import APIRouter, Request, Response

from node.api.caching import json_bytes, text_answer
from node.api.negotiation import negotiate
from node.api.parameters import StrictRoute
from node.artifacts import load_artifact

router = APIRouter(route_class=StrictRoute, tags=["Registries (EBSI)"])
_CONTRACTS = {
    "/did-registry/v5": "DidRegistry",
    "/trusted-issuers-registry/v5": "TrustedIssuersRegistry",
    "/trusted-schemas-registry/v3": "TrustedSchemasRegistry",
    "/trusted-policies-registry/v3": "TrustedPoliciesRegistry",
    "/timestamp/v4": "AnchorRegistry",
}
ABI_PATHS = tuple(f"{service}/abi" for service in _CONTRACTS)


@cache
def _abi(contract: str) -> bytes:
    return json_bytes(load_artifact(contract).raw["abi"])


def _get_abi(contract: str) -> Callable[[Request], Response]:
    def get_abi(request: Request) -> Response:
        return text_answer(request, _abi(contract), media_type=negotiate(request, ("application/json",)))

    return get_abi


for _service, _contract in _CONTRACTS.items():
    router.add_api_route(
        f"{_service}/abi",
        _get_abi(_contract),
        response_model=None,
        name=f"get_abi_{_contract}",
        description=f"The interface of the contract {_contract}, as its compiler printed it.",
    )
