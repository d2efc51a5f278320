"""Where an issuer says that its lists are, and what it must not say on a ledger that is public for ever."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.services.list_errors import ProxyDataRefused
from node.services.proxy_data import ProxyData, read_proxy_data
from tests.corruptions import corrupted_text

ORIGINS = ("https://registry.example", "http://127.0.0.1:8080")
DATA = {"prefix": "https://uni.example/lists", "headers": {}, "testSuffix": "/1"}


def read(**change: Any) -> ProxyData:
    return read_proxy_data(json.dumps(DATA | change), origins=ORIGINS)


def test_the_data_say_where_lists_are() -> None:
    data = read()
    assert (data.url("2"), data.test_url) == ("https://uni.example/lists/2", "https://uni.example/lists/1")
    assert not data.is_hosted_at(ORIGINS)
    assert read(testSuffix="status/1").test_url == "https://uni.example/lists/status/1"
    assert read(prefix="https://uni.example:8443/").url("a/b") == "https://uni.example:8443/a/b"
    assert read(prefix="https://[2001:db8::5]").origin == "https://[2001:db8::5]"


@pytest.mark.parametrize("origin", ORIGINS)
def test_under_the_registrys_own_origin_nodes_host_them(origin: str) -> None:
    assert read(prefix=origin, testSuffix="").is_hosted_at(ORIGINS)


def test_one_header_may_be_asked_for() -> None:
    assert read().cache_control is None
    assert read(headers={"Cache-Control": "no-cache"}).cache_control == "no-cache"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"headers": {"Authorization": "Bearer x"}}, "'Authorization'"),
        ({"headers": {"Cookie": "session=x"}}, "'Cookie'"),
        ({"headers": {"X-Api-Key": "x"}}, "'X-Api-Key'"),
        ({"headers": {"Cache-Control": "a", "cache-control": "b"}}, "one value"),
        ({"headers": {"Cache-Control": "no-cache\r\nCookie: x"}}, "printable"),
        ({"headers": {"Cache-Control": 7}}, "printable"),
        ({"headers": {"Cache-Control": "x" * 513}}, "Cache-Control"),
        ({"headers": []}, "headers is an object"),
        ({"prefix": "http://uni.example"}, "https://"),
        ({"prefix": "https://user:secret@uni.example"}, "user's name"),
        ({"prefix": "https://uni.example/?token=x"}, "query"),
        ({"prefix": "https://uni.example/#x"}, "fragment"),
        ({"prefix": "https://uni.example/../x"}, "https URL"),
        ({"prefix": "https://uni.example\\x"}, "https URL"),
        ({"prefix": "https://"}, "https URL"),
        ({"prefix": 7}, "text"),
        ({"prefix": "https://uni.example/" + "x" * 500}, "at most 512"),
        ({"testSuffix": "/1?token=x"}, "query"),
        ({"testSuffix": "/../x"}, "testSuffix"),
        ({"secret": "x"}, "an object of"),
    ],
)
def test_what_opens_a_server_or_leads_nowhere_is_refused(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ProxyDataRefused, match=word) as refusal:
        read(**change)
    assert str(refusal.value).startswith("invalid proxyData: ")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "7", '{"prefix":"https://a.example","prefix":"https://b.example"}', "\ud800"]
)
def test_what_is_no_such_object_is_refused(text: str) -> None:
    with pytest.raises(ProxyDataRefused):
        read_proxy_data(text, origins=ORIGINS)


@given(corrupted_text(json.dumps(DATA)) | st.text(max_size=60))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    try:
        data = read_proxy_data(text, origins=ORIGINS)
    except ProxyDataRefused:
        return
    assert data.origin in ORIGINS or data.origin.startswith("https://")
    assert "@" not in data.origin
    assert data.url("1").startswith(data.origin + "/")
