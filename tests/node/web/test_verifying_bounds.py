"""What comes by the form is bounded, and what is wrong with it is told where it can be put right."""

import gzip
import re

import httpx
import pytest

from credentials.securing.reading import MAX_SIZE
from node.web.verify_form import MAX_FORM, MOST_DOCUMENTS
from tests.credentials.presentations import Wallet
from tests.node.web.verifying_desk import Desk, Field, text_of

pytestmark = pytest.mark.enable_socket


def _refused(answer: httpx.Response, status: int) -> str:
    """What the form says that is shown again."""
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert 'id="hand-in"' in answer.text
    summary = re.search(
        r'<div class="notice problem" role="alert" id="problem" tabindex="-1" autofocus>(.*?)</div>',
        answer.text,
        re.DOTALL,
    )
    assert summary is not None
    assert "Traceback" not in answer.text
    return text_of(summary[1])


def _file(content: bytes, name: str = "a.jwt") -> Field:
    return ("document", (name, content))


@pytest.mark.parametrize(
    "fields", [[_file(b"", "")], [("text", (None, b" \r\n "))], [("nonce", (None, b"n"))]]
)
def test_a_form_in_which_nothing_was_chosen_is_told(desk: Desk, fields: list[Field]) -> None:
    assert "Nothing was handed in" in _refused(desk.hand_in(*fields), 400)


def test_a_body_is_refused_by_what_it_announces(desk: Desk) -> None:
    assert str(MAX_FORM) in _refused(desk.hand_in(_file(bytes(MAX_FORM))), 413)


def test_a_document_beyond_a_mebibyte_is_refused_with_its_name(desk: Desk) -> None:
    assert "large.jwt is too large" in _refused(desk.hand_in(_file(b"A" * (MAX_SIZE + 1), "large.jwt")), 400)
    assert desk.hand_in(_file(b"A" * MAX_SIZE)).status_code == 200


def test_more_documents_than_are_judged_at_once_are_refused(desk: Desk) -> None:
    many = [_file(b"x")] * (MOST_DOCUMENTS + 1)
    assert f"these are {MOST_DOCUMENTS + 1}" in _refused(desk.hand_in(*many), 400)
    assert "fields" in _refused(desk.hand_in(*many * 3), 400)
    assert desk.hand_in(*many[1:]).status_code == 200


def test_a_field_that_is_not_known_is_refused_as_text(desk: Desk) -> None:
    said = _refused(desk.hand_in(_file(b"x"), ("<i>policy</i>", (None, b"relax"))), 400)
    assert "<i>policy</i>" in said


def test_a_field_twice_and_a_field_that_is_no_text_are_refused(desk: Desk) -> None:
    assert "twice: nonce" in _refused(desk.hand_in(_file(b"x"), *[("nonce", (None, b"n"))] * 2), 400)
    assert "no text: nonce" in _refused(desk.hand_in(_file(b"x"), ("nonce", (None, b"\xff"))), 400)
    assert "one line" in _refused(desk.hand_in(_file(b"x"), nonce="a\x00b"), 400)
    assert "one line" in _refused(desk.hand_in(_file(b"x"), audience="a" * 5000), 400)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("yesterday", "RFC 3339"),
        ("2026-13-01T00:00", "does not exist"),
        ("2026-02-30T00:00:00Z", "not a time that exists"),
        ("9999-12-31T23:59", "Nobody can say yet"),
    ],
)
def test_a_time_without_sense_is_refused(desk: Desk, moment: str, said: str) -> None:
    assert said in _refused(desk.hand_in(_file(desk.made.of["valid"]), as_of=moment), 400)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
    ],
)
def test_what_is_no_form_is_refused(desk: Desk, kind: str, status: int) -> None:
    answer = desk.http.post("/", content=b'{"credential": "x"}', headers={"content-type": kind})
    _refused(answer, status)


def test_packed_bodies_are_not_unpacked(desk: Desk) -> None:
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    headers = {"content-type": "multipart/form-data; boundary=x", "content-encoding": "gzip"}
    _refused(desk.http.post("/", content=packed, headers=headers), 400)
    archive = b"PK\x03\x04" + packed
    assert "This is not a credential that can be read" in desk.hand_in(_file(archive, "a.zip")).text


def test_a_parameter_or_a_language_that_there_is_not_is_told(desk: Desk) -> None:
    files = [_file(desk.made.of["valid"])]
    for query in ({"relax": "status"}, {"lang": "tlh"}):
        answer = desk.http.post("/", files=files, params=query)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_presentation_of_more_than_are_judged_together_is_refused(desk: Desk) -> None:
    shown = b'{"@context":["https://www.w3.org/2018/credentials/v1"],"type":"VerifiablePresentation","verifiableCredential":['
    shown += b",".join([b'"a.b.c"'] * 101) + b"]}"
    assert "101 credentials" in _refused(desk.hand_in(_file(shown)), 400)


def test_presentations_that_show_more_together_are_refused(desk: Desk) -> None:
    shown = Wallet(desk.made.home.world).shows(*[b"a.b.c"] * 60)
    assert desk.hand_in(_file(shown)).status_code == 200
    assert "At most 100 credentials" in _refused(desk.hand_in(_file(shown), _file(shown)), 400)


NASTY = {
    "zeros": bytes(1000),
    "not utf-8": b"\xff\xfe" * 1000,
    "brackets": b"[" * MAX_SIZE,
    "objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "tildes": b"a.b.c" + b"~" * 100_000,
    "dots": b"." * MAX_SIZE,
    "half a pair": rb'{"@context":["\ud800"],"proof":{"type":"x","jws":"y"}}',
    "unsigned": b'{"credentialSubject":{"hasClaim":{"title":"<svg onload=x>"}}}',
    "unsigned, deep": b'{"credentialSubject":' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}",
}


@pytest.mark.parametrize("name", NASTY)
def test_whatever_is_handed_in_gets_a_page(desk: Desk, name: str) -> None:
    answer = desk.hand_in(_file(NASTY[name], f"{name}.jwt"))
    assert answer.status_code == 200
    assert "Not valid" in answer.text or "Cannot be determined" in answer.text
    assert "<svg onload" not in answer.text
    assert "✔ Valid" in text_of(desk.judged("valid"))
