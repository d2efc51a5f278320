"""The permalink of a digest tells who anchored it and when, and nothing of what it is a digest of."""

import re

import pytest

from anchoring.digest import secured_digest
from tests.node.web.verifying_desk import Desk, text_of

pytestmark = pytest.mark.enable_socket

UNKNOWN = "00" * 32


def _digest(desk: Desk, kind: str) -> str:
    return secured_digest(desk.made.of[kind]).digest.hex()


def test_an_anchored_digest_is_told_as_the_api_tells_it(desk: Desk) -> None:
    digest = _digest(desk, "valid")
    answer = desk.http.get(f"/anchors/{digest}")
    (told,) = desk.http.get(f"/v1/anchors/{digest}").json()["anchors"]
    shown = text_of(answer.text)
    assert answer.status_code == 200
    for said in (
        digest,
        told["issuer"]["did"],
        told["issuer"]["name"],
        told["accreditation"]["then"]["sentence"],
    ):
        assert said in shown
    assert f'datetime="{told["anchoredAt"]}"' in answer.text
    assert told["state"] in shown
    assert f'href="../v1/anchors/{digest}"' in answer.text
    assert told["receipt"]["batch"]["root"] in answer.text
    for link in told["accreditation"]["now"]["links"]:
        assert f'href="../registry/issuers/{link["did"]}"' in answer.text


def test_nothing_of_the_credential_is_disclosed(desk: Desk) -> None:
    page = desk.http.get(f"/anchors/{_digest(desk, 'valid')}").text
    for secret in (
        "Teamwork",
        "Ana",
        "Andrei",
        "did:key:z1",
        desk.verdict(desk.made.of["valid"])["credential"]["id"],
    ):
        assert secret not in page


def test_an_unknown_digest_is_a_page_that_says_what_that_means(desk: Desk) -> None:
    for digest in (UNKNOWN, _digest(desk, "not anchored")):
        answer = desk.http.get(f"/anchors/{digest}")
        assert answer.status_code == 404
        assert "as far as this node has followed" in text_of(answer.text)
        assert "What that means" in answer.text


def test_a_digest_that_is_none_is_told_as_a_page(desk: Desk) -> None:
    answer = desk.http.get("/anchors/xyz")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize("written", ["{}", " 0x{} ", "{}\n"])
def test_the_form_leads_to_the_permalink(desk: Desk, written: str) -> None:
    digest = _digest(desk, "valid")
    answer = desk.http.get("/anchors", params={"digest": written.format(digest.upper()), "lang": "lt"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"anchors/{digest}?lang=lt")


def test_the_form_refuses_what_is_no_digest(desk: Desk) -> None:
    answer = desk.http.get("/anchors", params={"digest": "<b>"})
    assert (answer.status_code, "64 characters" in answer.text) == (400, True)
    assert desk.http.get("/anchors").status_code == 400


def test_the_verdict_links_to_the_permalink(desk: Desk) -> None:
    page = desk.judged("valid")
    link = re.search(r'href="\./(anchors/[0-9a-f]{64})"', page)
    assert link is not None
    assert desk.http.get(f"/{link[1]}").status_code == 200


def test_a_permalink_that_was_seen_is_not_sent_again(desk: Desk) -> None:
    first = desk.http.get(f"/anchors/{_digest(desk, 'valid')}")
    again = desk.http.get(first.url, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
