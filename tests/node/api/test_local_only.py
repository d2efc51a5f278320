"""Paths that build transactions are for programs on this machine, whatever address they seem to come from."""

import pytest
from starlette.requests import Request

from node.api.errors import NotLocal
from node.api.local_only import local_only
from node.api.problems import PROBLEMS


def _request(client: tuple[str, int] | None, *headers: str) -> Request:
    named = [(name.encode(), b"127.0.0.1") for name in headers]
    return Request({"type": "http", "method": "POST", "path": "/", "client": client, "headers": named})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_a_program_on_this_machine_is_let_in(host: str) -> None:
    local_only(_request((host, 5000)))


@pytest.mark.parametrize(
    "host",
    [
        "203.0.113.7",
        "10.0.0.1",
        "192.168.1.2",
        "0.0.0.0",  # noqa: S104 - a client's address, nothing listens there
        "::",
        "2001:db8::1",
        "::ffff:203.0.113.7",
        "fe80::1",
        "localhost",
        "127.0.0.1.example",
        "",
    ],
)
def test_another_machine_is_refused(host: str) -> None:
    with pytest.raises(NotLocal):
        local_only(_request((host, 5000)))
    assert PROBLEMS[NotLocal].status == 403


def test_a_client_without_an_address_is_refused() -> None:
    with pytest.raises(NotLocal):
        local_only(_request(None))


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "via"])
def test_who_comes_through_a_proxy_on_this_machine_is_refused(header: str) -> None:
    with pytest.raises(NotLocal):
        local_only(_request(("127.0.0.1", 5000), header))
