"""Links in answers lead to where the client asked, which only a trusted proxy may say for it."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from node.api.asked import told_by_proxy
from node.app import application
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, served

ISSUER = f"/trusted-issuers-registry/v5/issuers/{KAUNAS.did}"
ELSEWHERE = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api-pilot.ebsi.eu"}


def scope(*headers: tuple[str, str]) -> dict[str, Any]:
    named = [(name.lower().encode(), value.encode("latin-1")) for name, value in (("Host", "node"), *headers)]
    return {"type": "http", "scheme": "http", "headers": named}


def told(*headers: tuple[str, str]) -> tuple[str, str]:
    found = told_by_proxy(scope(*headers))
    (host,) = [value for name, value in found["headers"] if name == b"host"]
    return found["scheme"], host.decode()


def test_a_proxy_tells_scheme_and_host() -> None:
    assert told() == ("http", "node")
    assert told(*ELSEWHERE.items()) == ("https", "api-pilot.ebsi.eu")
    assert told(("X-Forwarded-Host", "[2001:db8::1]:8443")) == ("http", "[2001:db8::1]:8443")


@pytest.mark.parametrize("scheme", ["ftp", "https,http", "HTTPS", ""])
def test_what_is_no_scheme_is_let_be(scheme: str) -> None:
    assert told(("X-Forwarded-Proto", scheme)) == ("http", "node")


@pytest.mark.parametrize("host", ["a/b", "a b", "a,b", 'a"b', "user@a", "a:port", "", "-a", "\xe9.eu"])
def test_what_is_no_host_is_let_be(host: str) -> None:
    assert told(("X-Forwarded-Host", host)) == ("http", "node")


def test_a_header_that_comes_twice_is_let_be() -> None:
    twice = [("X-Forwarded-Host", "a.example"), ("X-Forwarded-Host", "b.example")]
    assert told(*twice) == ("http", "node")


@pytest.mark.enable_socket
def test_links_are_of_the_host_that_was_asked_and_a_stranger_s_word_counts_for_nothing(small: World) -> None:
    assert small.ok(ISSUER, headers=ELSEWHERE)["attributes"] == f"{small.url}{ISSUER}/attributes"
    settings = small.node.settings.model_copy(update={"trusted_proxies": ("127.0.0.1",)})
    app = application(replace(small.node, settings=settings))
    with served(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        assert http.get(ISSUER).json()["attributes"] == f"{url}{ISSUER}/attributes"
        behind = http.get(ISSUER, headers=ELSEWHERE).json()
        assert behind["attributes"] == f"https://api-pilot.ebsi.eu{ISSUER}/attributes"
        page = http.get(f"{ISSUER}/attributes", headers=ELSEWHERE).json()
        assert page["links"]["next"].startswith("https://api-pilot.ebsi.eu/trusted-issuers-registry/")
        assert page["items"][0]["href"].startswith("https://api-pilot.ebsi.eu/trusted-issuers-registry/")
