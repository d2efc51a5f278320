"""Services of a DID document, added and taken away by EBSI's two methods."""

import json
from typing import Any

import pytest

from did.methods.ebsi import new_did
from tests.node.api.conftest import KAUNAS, TRENTO
from tests.node.api.test_json_rpc import DIDS, complaint, two_steps
from tests.node.api.world import World, rpc

pytestmark = pytest.mark.enable_socket

REGISTRY = {"id": "#registry", "type": "Registry", "serviceEndpoint": "https://registry.example"}
LIBRARY = {"id": f"{KAUNAS.did}#library", "type": "Library", "serviceEndpoint": "https://library.example"}


def services(world: World) -> Any:
    return world.ok(f"/did-registry/v5/identifiers/{KAUNAS.did}").get("service")


def add(world: World, service: dict[str, Any]) -> None:
    two_steps(world, DIDS, "addService", KAUNAS, did=KAUNAS.did, service=json.dumps(service))


def refusal(world: World, method: str, **given: Any) -> str:
    params = {"from": KAUNAS.address, "did": KAUNAS.did} | given
    return complaint(rpc(world.http, DIDS, method, params))


def test_services_are_added_and_revoked_and_all_else_stays(own: World) -> None:
    path = f"/did-registry/v5/identifiers/{KAUNAS.did}"
    before = own.ok(path)
    add(own, REGISTRY)
    add(own, LIBRARY)
    assert services(own) == [REGISTRY, LIBRARY]
    for same in ("#library", LIBRARY["id"]):
        assert "already exists" in refusal(own, "addService", service=json.dumps(REGISTRY | {"id": same}))
    two_steps(own, DIDS, "revokeService", KAUNAS, did=KAUNAS.did, serviceId=f"{KAUNAS.did}#registry")
    assert services(own) == [LIBRARY]
    two_steps(own, DIDS, "revokeService", KAUNAS, did=KAUNAS.did, serviceId="#library")
    assert own.ok(path) == before


@pytest.mark.parametrize(
    ("service", "words"),
    [
        ("no JSON", "must be a JSON object"),
        ("[]", "must be a JSON object"),
        ('{"id": "#a", "type": "A"}', "service has no serviceEndpoint"),
        ('{"id": 1, "type": "A", "serviceEndpoint": "https://a.example"}', "must be a string"),
        ('{"id": "#a", "id": "#b", "type": "A", "serviceEndpoint": "x"}', "must be a JSON object"),
        ("{" + " " * 40_000 + "}", "must be a JSON object"),
        ({"id": "#a"}, "missing parameter: service"),
        (None, "missing parameter: service"),
    ],
)
def test_what_is_no_service_is_refused(small: World, service: Any, words: str) -> None:
    assert words in refusal(small, "addService", service=service)


def test_a_service_that_is_not_there_is_not_revoked(small: World) -> None:
    assert refusal(small, "revokeService", serviceId="#nowhere") == "service not found: #nowhere"
    assert "missing parameter" in refusal(small, "revokeService")
    assert "unknown parameter" in refusal(
        small, "addService", service=json.dumps(REGISTRY), serviceId="#nowhere"
    )


def test_services_are_for_those_who_may_write_the_document(small: World) -> None:
    given = {"service": json.dumps(REGISTRY)}
    assert "not controller" in refusal(small, "addService", **given, **{"from": TRENTO.address})
    assert "not found" in refusal(small, "addService", **given, did=new_did(b"\7" * 16))
    assert "did:" in refusal(small, "addService", **given, did="did:ebsi:x")
