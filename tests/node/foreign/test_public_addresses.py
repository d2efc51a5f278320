"""Which addresses a stranger's server may have."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.foreign.public_addresses import is_public


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.219.146.1", "203.0.113.5", "2a00:1450:4001:800::200e", "2001:db8::5"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1",
        "10.0.0.5",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:0:7f00:1::",
        "2002:7f00:1::",
        "",
        "localhost",
        "2130706433",
    ],
)
def test_no_other_address_is(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_python_calls_the_machines_or_the_links_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        assert not is_public(str(address))
    if address.version == 6 and address.ipv4_mapped is not None:
        assert not is_public(str(address))
