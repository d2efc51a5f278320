"""Who a client is: strangers cannot choose it, trusted proxies tell it, and behind one nobody is local."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from node.api.clients import Clients, address_of, is_local

TRUSTED = Clients(("127.0.0.1", "10.0.0.0/8", "2001:db8::/32"))


def scope(host: str | None, **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http", "client": None if host is None else (host, 5000), "headers": named}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:470:1:2:3:4:5:6", "2001:470:1:2::/64"),
        ("2001:470:1:2::9", "2001:470:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_client_is_an_address_or_a_network_of_64_bits(host: str | None, name: str) -> None:
    assert Clients().name(scope(host)) == name


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded"])
def test_what_a_stranger_says_of_itself_counts_for_nothing(header: str) -> None:
    said = {"x_forwarded_for": "198.51.100.9", "forwarded": "for=198.51.100.9"}[header]
    assert TRUSTED.name(scope("203.0.113.7", **{header: said})) == "203.0.113.7"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"x_forwarded_for": "198.51.100.9"}, "198.51.100.9"),
        ({"x_forwarded_for": "1.2.3.4, 198.51.100.9"}, "198.51.100.9"),  # the stranger wrote the first
        ({"x_forwarded_for": "198.51.100.9, 10.1.1.1, 127.0.0.1"}, "198.51.100.9"),
        ({"x_forwarded_for": "10.2.2.2"}, "10.2.2.2"),
        ({"x_forwarded_for": "198.51.100.9:4711"}, "198.51.100.9"),
        ({"x_forwarded_for": "2001:470:1:2::9"}, "2001:470:1:2::/64"),
        ({"forwarded": "for=198.51.100.9;proto=https"}, "198.51.100.9"),
        ({"forwarded": 'proto=https;For="[2001:470:1:2::9]:4711"'}, "2001:470:1:2::/64"),
        ({"forwarded": "for=1.2.3.4, for=198.51.100.9;by=10.0.0.1"}, "198.51.100.9"),
        ({"forwarded": "for=_hidden"}, "127.0.0.1"),
        ({"forwarded": "for=198.51.100.9, proto=https"}, "127.0.0.1"),
        ({"x_forwarded_for": "unknown"}, "127.0.0.1"),
        ({"x_forwarded_for": ""}, "127.0.0.1"),
        ({"x_forwarded_for": "198.51.100.9", "forwarded": "for=1.2.3.4"}, "127.0.0.1"),
        ({}, "127.0.0.1"),
    ],
)
def test_a_trusted_proxy_tells_who_the_client_is(said: dict[str, str], name: str) -> None:
    assert TRUSTED.name(scope("127.0.0.1", **said)) == name


def test_headers_given_twice_are_read_as_one_list() -> None:
    asked = scope("127.0.0.1")
    asked["headers"] = [(b"x-forwarded-for", b"1.2.3.4"), (b"X-Forwarded-For", b"198.51.100.9")]
    assert TRUSTED.name(asked) == "198.51.100.9"


@given(st.text(max_size=300), st.sampled_from(["x_forwarded_for", "forwarded"]))
@example('for="[::1', "forwarded")
@example("for=" * 70, "forwarded")
def test_no_header_breaks_the_naming(said: str, header: str) -> None:
    spelled = said.encode("latin-1", "replace").decode("latin-1")
    name = TRUSTED.name(scope("10.0.0.1", **{header: spelled}))
    assert address_of(name.partition("/")[0]) is not None


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_behind_a_trusted_proxy_nobody_is_local(header: str) -> None:
    asked = scope("127.0.0.1", **{header.replace("-", "_"): "127.0.0.1"})
    assert not is_local(asked)
    assert is_local(scope("127.0.0.1"))
