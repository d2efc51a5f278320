"""The walk's comparison notices each way in which an answer can differ from its line."""

import json
from typing import Any

import httpx
import pytest

from tests.docs.conformance.answers import complaints
from tests.docs.conformance.rows import Row, row_of

COLLECTION = "| `GET /things` | `200` collection of `id href` | served |"
PROBLEM = "| `GET /things/x` | `404` problem `Not Found` | served |"
OBJECT = "| `GET /things/1` | `200` `application/json` `id inner.name` | served |"
TRANSACTION = "| `POST /jsonrpc`, `change` | `200` transaction | served |"
REFUSED = "| `POST /jsonrpc`, `change` | `400` RPC error | served |"
LINK = "http://node/things?page[after]=1&page[size]=2"
ANSWERS: dict[str, dict[str, Any]] = {
    COLLECTION: {
        "self": LINK,
        "items": [{"id": "1", "href": "http://node/things/1"}],
        "total": 1,
        "pageSize": 2,
        "links": dict.fromkeys(("first", "prev", "next", "last"), LINK),
    },
    PROBLEM: {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "No x.",
        "code": "notFound",
    },
    OBJECT: {"id": "1", "inner": {"name": "one"}},
    TRANSACTION: {
        "jsonrpc": "2.0",
        "id": 7,
        "result": dict.fromkeys(
            ("from", "to", "data", "value", "nonce", "chainId", "gasLimit", "gasPrice"), "0x0"
        ),
    },
    REFUSED: {"jsonrpc": "2.0", "id": 7, "error": {"code": -32600, "message": "no"}},
}


def row(line: str) -> Row:
    return row_of(1, "/base", line)


def answered(line: str, body: object, **change: Any) -> list[str]:
    read = row(line)
    problem = read.status >= 400
    media = "application/problem+json" if problem else "application/json"
    headers = {"content-type": media, "access-control-allow-origin": "*"} | change.pop("headers", {})
    status = change.pop("status", read.status)
    return complaints(read, httpx.Response(status, headers=headers, content=json.dumps(body).encode()))


@pytest.mark.parametrize("line", ANSWERS)
def test_a_true_line_is_not_complained_of(line: str) -> None:
    assert answered(line, ANSWERS[line]) == []


@pytest.mark.parametrize("line", ANSWERS)
def test_another_status_media_type_or_origin_is_noticed(line: str) -> None:
    body = ANSWERS[line]
    assert answered(line, body, status=201)
    assert answered(line, body, headers={"content-type": "text/html"})
    assert answered(line, body, headers={"access-control-allow-origin": "http://one"})


@pytest.mark.parametrize("line", ANSWERS)
def test_each_member_left_out_or_added_is_noticed(line: str) -> None:
    body = ANSWERS[line]
    for name in body:
        assert answered(line, {other: value for other, value in body.items() if other != name}), name
    assert answered(line, body | {"surprise": 1})
    assert answered(line, [body])
    assert answered(line, None)


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (COLLECTION, {"items": []}),
        (COLLECTION, {"items": [{"id": "1"}]}),
        (COLLECTION, {"total": "1"}),
        (COLLECTION, {"self": LINK.replace("[", "%5B")}),
        (COLLECTION, {"links": {"first": LINK}}),
        (PROBLEM, {"title": "Gone"}),
        (PROBLEM, {"type": "urn:ankyra:problem:notFound"}),
        (OBJECT, {"inner": {}}),
        (OBJECT, {"inner": "one"}),
        (TRANSACTION, {"result": "0x00"}),
        (REFUSED, {"error": "no"}),
    ],
)
def test_what_differs_within_is_noticed(line: str, change: dict[str, Any]) -> None:
    assert answered(line, ANSWERS[line] | change)


def test_what_is_served_after_all_is_noticed() -> None:
    unserved = OBJECT.replace("served", "not served: nobody asks")
    assert answered(unserved, {}, status=404) == []
    assert answered(unserved, ANSWERS[OBJECT])


def test_a_refusal_that_does_not_say_what_would_do_is_noticed() -> None:
    for status, header in ((401, "www-authenticate"), (405, "allow")):
        line = PROBLEM.replace("404", str(status))
        body = ANSWERS[PROBLEM] | {"status": status}
        assert answered(line, body)
        assert answered(line, body, headers={header: "GET"}) == []


@pytest.mark.parametrize(
    "line", ["| `GET /a` | `200` |", "| `GET /a` | `200` | perhaps |", "| `GET /a` | served | served |"]
)
def test_a_line_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises((AssertionError, ValueError, IndexError)):
        row(line)
