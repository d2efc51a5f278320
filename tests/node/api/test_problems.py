import json
import logging
import re
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from node.api.problems import INTERNAL_ERROR, PROBLEMS
from node.app import application
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, batch_body, digests

pytestmark = pytest.mark.enable_socket

HASH = "ab" * 32
PATHS = (
    *("/healthz", "/readyz", "/v1/history", "/v1/issuers", "/v1/log/checkpoint", "/v1/log/digest"),
    *(f"/v1/issuers/{KAUNAS.did}", f"/v1/anchors/{HASH}", f"/v1/payloads/{HASH}", "/v1/deployment"),
    *(f"/1.0/identifiers/{KAUNAS.did}", f"/v1/batches/{KAUNAS.did}/{HASH}/1"),
    *("/did-registry/v5/identifiers", f"/did-registry/v5/identifiers/{KAUNAS.did}"),
    *("/trusted-issuers-registry/v5/issuers", "/trusted-schemas-registry/v3/schemas"),
)


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_query_parameter_is_refused_everywhere(small: World, path: str) -> None:
    answer = small.get(path, params={"surprise": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknownParameter")


def test_a_parameter_given_twice_is_refused(small: World) -> None:
    answer = small.get("/v1/history?limit=1&limit=2")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidParameter")


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/anchors", "/v1/anchors/", "/v1//history", "/docs/", "/%ff"]
)
def test_a_path_that_does_not_exist_is_a_problem_too(small: World, path: str) -> None:
    answer = small.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (answer.json()["code"], answer.json()["type"]) == ("notFound", "urn:ankyra:problem:notFound")


@pytest.mark.parametrize(
    "path",
    [
        "/track-and-trace/v1/documents",
        "/track-and-trace/v1",
        "/trusted-contracts-registry/v1/contracts",
        "/did-registry/v4/identifiers",
        "/did-registry/nothing",
        "/proxy-data-registry/v3/",
    ],
)
def test_where_ebsi_has_something_and_this_node_has_not_the_answer_is_ebsis(small: World, path: str) -> None:
    for answer in (small.get(path), small.http.post(path, json={})):
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        problem = answer.json()
        assert (problem["type"], problem["title"], problem["status"]) == ("about:blank", "Not Found", 404)


def test_a_method_that_is_not_served_is_a_problem_with_allow(small: World) -> None:
    answer = small.http.delete("/v1/history")
    assert (answer.status_code, answer.json()["code"]) == (405, "methodNotAllowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalidJson"),
        (b"\xff\xfe", 400, "invalidJson"),
        (b'{"did":1,"did":2}', 400, "invalidJson"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "invalidJson"),
        (b"", 400, "invalidJson"),
        (b"null", 400, "invalidRequest"),
    ],
)
def test_json_that_is_not_strict_is_refused(small: World, body: bytes, status: int, code: str) -> None:
    answer = small.http.post("/v1/batches", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_oversized_body_is_refused_by_its_length_alone(small: World) -> None:
    connection = HTTPConnection(small.url.removeprefix("http://"))
    connection.putrequest("POST", f"/v1/batches/{KAUNAS.did}/{'ab' * 32}/1/transaction")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "tooLarge")
    connection.close()


def test_what_nobody_foresaw_is_a_500_with_an_id_and_no_trace(
    small: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("node.api.issuers.issuer_page", explode)
    with caplog.at_level(logging.ERROR):
        answer = small.get("/v1/issuers")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internalError")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    incident = problem["detail"].rpartition("id ")[2].rstrip(")")
    record = next(record for record in caplog.records if incident in record.getMessage())
    assert record.exc_info is not None


def test_head_is_get_without_its_body(small: World) -> None:
    asked = small.http.head("/v1/deployment")
    got = small.get("/v1/deployment")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["etag"] == got.headers["etag"]
    assert asked.headers["content-length"] == got.headers["content-length"]


def test_every_answer_forbids_guessing_its_type_and_lets_any_page_read(small: World) -> None:
    for path in ("/v1/issuers", "/nothing", "/docs"):
        headers = small.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["access-control-allow-origin"] == "*"
    assert "server" not in small.get("/healthz").headers


def test_metrics_count_requests_by_route_and_never_by_did_or_digest(small: World) -> None:
    digest = digests("private")[0].hex()
    small.get(f"/v1/anchors/{digest}")
    small.http.post("/v1/batches", json=batch_body(KAUNAS, []))
    text = small.get("/metrics").text
    assert 'route="/v1/anchors/{digest}"' in text
    assert digest not in text
    assert "did:ebsi" not in text
    for name in ("head_block", "cursor_block", "log_size", "lag_seconds", "outbox_age_seconds"):
        assert f"\nankyra_{name} " in text


def test_the_access_log_names_routes_and_never_dids_or_digests(
    small: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="node.access"):
        small.get(f"/v1/issuers/{KAUNAS.did}")
        small.get("/healthz")  # once this is answered, the line of the one before is written
    lines = [record for record in caplog.records if record.name == "node.access"]
    assert getattr(lines[0], "route", None) == "/v1/issuers/{did}"
    assert KAUNAS.did not in str([vars(line) for line in lines])


def test_the_docs_page_loads_nothing_from_anywhere(small: World) -> None:
    page = small.get("/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for word in ("<script", "http://", "https://", "@import", "url("):
        assert word not in page.text
    schema = small.ok("/openapi.json")
    for path in schema["paths"]:
        assert path in page.text


def test_the_front_door_is_the_verifying_page_and_leads_to_the_docs_page(small: World) -> None:
    answer = small.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert 'href="./docs"' in answer.text


def documented() -> str:
    return (Path(__file__).parents[3] / "docs" / "api.md").read_text()


def test_docs_api_md_names_every_operation(small: World) -> None:
    schema = application(small.node).openapi()
    text = documented()
    for path, methods in schema["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in text, f"{method.upper()} {path}"


def test_docs_api_md_names_every_problem_with_its_status() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", documented(), re.MULTILINE))
    expected = {problem.code: str(problem.status) for problem in (*PROBLEMS.values(), INTERNAL_ERROR)}
    assert rows == expected


def test_openapi_describes_query_parameters_and_bodies(small: World) -> None:
    schema = json.loads(small.get("/openapi.json").text)
    names = [item["name"] for item in schema["paths"]["/v1/history"]["get"]["parameters"]]
    assert set(names) == {"limit", "cursor", "issuer", "subject", "kind", "from", "to"}
    body = schema["paths"]["/v1/batches"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == set(batch_body(KAUNAS, digests(1)))


def test_openapi_describes_the_verdict_and_never_the_frameworks_own_refusal(small: World) -> None:
    operation = small.ok("/openapi.json")["paths"]["/v1/verifications"]["post"]
    assert operation["summary"] == "Judge a credential or a presentation"
    assert "422" not in operation["responses"]
    problem = operation["responses"]["400"]["content"]
    assert set(problem) == {"application/problem+json"}
    schema, _ = operation["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"]
    told = small.http.post("/v1/verifications", content=b"{}").json()
    for described, made in (
        (schema, told),
        (schema["properties"]["checks"]["items"], told["checks"][0]),
        (schema["properties"]["credential"], told["credential"]),
        (schema["properties"]["asOf"], told["asOf"]),
    ):
        assert set(described["required"]) == set(described["properties"]) == set(made)
    assert {"application/vc+jwt", "application/vc", "application/ld+json", "application/json"} <= set(
        operation["requestBody"]["content"]
    )


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "/v1/verifications?relax=signature",
            "'signature' cannot be relaxed; these can be: issuer, validity,",
        ),
        ("/v1/verifications?relax=status,", "A check without a name (is there a comma too many?) cannot be"),
        ("/v1/verifications?as-of=2999-01-01T00:00:00Z", "Nobody can say yet what will be true then:"),
    ],
)
def test_a_refusal_is_a_whole_sentence(small: World, path: str, sentence: str) -> None:
    detail = small.http.post(path, content=b"{}").json()["detail"]
    assert detail.startswith(sentence)
    assert detail.endswith(".")
