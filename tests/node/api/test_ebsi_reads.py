"""EBSI's reading paths, in EBSI's spelling."""

import pytest

from did.methods.ebsi import new_did
from tests.node.api.conftest import ACADEMY, COUNCIL, KAUNAS, TRENTO
from tests.node.api.world import World

pytestmark = pytest.mark.enable_socket


def test_ebsis_did_registry_gives_the_bare_document_as_of_a_time(small: World) -> None:
    path = f"/did-registry/v5/identifiers/{KAUNAS.did}"
    answer = small.get(path)
    assert answer.headers["content-type"] == "application/did+ld+json"
    document = answer.json()
    assert document["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert "@context" not in small.get(path, headers={"Accept": "application/did+json"}).json()
    past = small.ok(path, params={"valid-at": "2020-01-01T00:00:00Z"})
    assert (past["id"], "verificationMethod" in past) == (KAUNAS.did, False)
    for wrong in ("yesterday", "2020-01-01", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00"):
        assert small.get(path, params={"valid-at": wrong}).status_code == 400
    assert small.get(path, headers={"Accept": "text/html"}).status_code == 406


def test_ebsis_errors_are_titled_as_there(small: World) -> None:
    unknown = new_did(b"\1" * 16)
    for path, title in (
        (f"/did-registry/v5/identifiers/{unknown}", "Identifier Not Found"),
        (f"/trusted-issuers-registry/v5/issuers/{unknown}", "Issuer Not Found"),
        (f"/trusted-issuers-registry/v5/issuers/{KAUNAS.did}/attributes/{'ab' * 32}", "Attribute Not Found"),
        (f"/trusted-schemas-registry/v3/schemas/0x{'ab' * 32}", "Schema Not Found"),
    ):
        problem = small.get(path).json()
        assert (problem["status"], problem["title"], problem["type"]) == (404, title, "about:blank")
    for path in (
        "/did-registry/v5/identifiers/did:ebsi:x",
        "/did-registry/v5/identifiers?page[size]=51",
        "/did-registry/v5/identifiers?unknown=1",
        "/trusted-issuers-registry/v5/issuers/nobody",
        "/trusted-schemas-registry/v3/schemas/notAnId0",
    ):
        problem = small.get(path).json()
        assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "about:blank")


def test_ebsis_lists_are_paged_with_their_four_links(small: World) -> None:
    first = small.ok("/did-registry/v5/identifiers", params={"page[size]": "3"})
    assert [item["did"] for item in first["items"]] == [COUNCIL.did, ACADEMY.did, KAUNAS.did]
    assert (first["total"], first["pageSize"]) == (4, 3)
    second = small.ok(first["links"]["next"])
    assert [item["did"] for item in second["items"]] == [TRENTO.did]
    assert small.ok(second["items"][0]["href"])["id"] == TRENTO.did
    issuers = small.ok("/trusted-issuers-registry/v5/issuers")
    assert issuers["total"] == 4


def test_an_attribute_is_found_by_any_of_its_revisions(small: World) -> None:
    base = f"/trusted-issuers-registry/v5/issuers/{KAUNAS.did}"
    assert small.ok(base)["hasAttributes"] is True
    listed = small.ok(small.ok(base)["attributes"])
    attribute_id = listed["items"][0]["id"]
    latest = small.ok(listed["items"][0]["href"])["attribute"]
    assert (latest["issuerType"], latest["tao"], latest["rootTao"]) == ("TI", ACADEMY.did, COUNCIL.did)
    assert latest["body"].count(".") == 2
    revisions = small.ok(f"{base}/attributes/0x{attribute_id}/revisions")
    assert [item["id"] for item in revisions["items"]] == [attribute_id, latest["hash"]]
    assert small.ok(revisions["items"][1]["href"])["attribute"] == latest
    assert small.ok(f"{base}/attributes/{latest['hash']}")["attribute"] == latest
    assert small.ok(revisions["items"][0]["href"])["attribute"]["body"] == ""
