"""Each bad input gets a page that says what the API says, and nothing in it breaks the page."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from did.base64url import encode_base64url
from node.web.verify_headlines import WORDS
from tests.node.api.bad_credentials import BAD, bad_country
from tests.node.web.verifying_desk import Desk, Documents, checks_on, desk_over, text_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home, documents = bad_country()
    made = Documents(home, datetime.fromtimestamp(home.world.now, UTC), documents)
    with desk_over(made, tmp_path_factory.mktemp("bad")) as desk:
        yield desk


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_told_as_the_api_tells_it(bad: Desk, name: str) -> None:
    told = bad.verdict(bad.made.of[name])
    page = bad.judged(name)
    assert checks_on(page) == [(check["name"], check["reason"] or "") for check in told["checks"]]
    assert " ".join(WORDS[told["outcome"]][1:3]) in text_of(page)


def _jwt(payload: str, header: str = '{"alg":"ES256","kid":"did:key:z1#1"}') -> bytes:
    parts = (encode_base64url(text.encode()) for text in (header, payload, "signature" * 8))
    return ".".join(parts).encode()


def _achieved(claim: Any) -> str:
    return json.dumps({"type": "MicroCredential", "credentialSubject": {"hasClaim": claim}})


_KINDS: tuple[Any, ...] = (1, None, [], {}, "x", ["y"])
ODD = {
    "half a pair": _jwt(r'{"iss":"did:key:z1","vc":{"id":"\ud800"}}'),
    "half a pair, unsigned": rb'{"credentialSubject":{"hasClaim":{"title":"\ud800"}}}',
    "a huge number": _jwt('{"iss":"did:key:z1","vc":{"n":' + "9" * 5000 + "}}"),
    "unsigned": _achieved({"title": {"en": "</textarea></pre><script>x</script>"}}).encode(),
    "no title": _achieved({"title": {"en": ""}}).encode(),
    "titles of all kinds": _achieved([{"title": one} for one in _KINDS]).encode(),
    "direction marks": _achieved({"title": "\u202eevil\u2066\x07"}).encode(),
    "a wall of text": _achieved({"title": "x" * 100_000}).encode(),
    "many claims": _achieved([{"title": f"{number}"} for number in range(5000)]).encode(),
    "percent signs": _achieved({"title": "100 %(n)s %s {{ 7 * 7 }} {% raw %}"}).encode(),
}


@pytest.mark.parametrize("lang", ["en", "lt"])
@pytest.mark.parametrize("name", ODD)
def test_whatever_stands_in_a_document_is_text(bad: Desk, name: str, lang: str) -> None:
    documents = [("document", (name, ODD[name]))]
    for files in (documents, documents * 2):
        answer = bad.hand_in(*files, lang=lang)
        assert answer.status_code == 200
        assert "<script>x" not in answer.text
        shown = re.sub(r"<textarea.*?</textarea>", "", answer.text, flags=re.DOTALL)  # carried as it was
        assert not {"\u202e", "\u2066", "\x07"} & set(shown)
        if name == "percent signs":
            assert "100 %(n)s %s {{ 7 * 7 }} {% raw %}" in text_of(shown)
