"""Addresses at which strangers' servers may stand: none of this machine's, its network's or its provider's.

Which addresses have a meaning of their own is told by IANA's special-purpose registries (RFC 6890).
"""

import ipaddress
from typing import Final

_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by providers
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # the link; clouds tell secrets there
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols
        "192.88.99.0/24",  # relays to IPv6
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measurements within a network
        "224.0.0.0/4",  # groups
        "240.0.0.0/4",  # reserved, and everybody
        "2001::/23",  # protocols, Teredo among them, which holds an IPv4 address
        "2002::/16",  # 6to4, which holds one too
    )
)
_GIVEN_OUT: Final = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is public; the rest maps IPv4, or is the machine's, the link's or the site's own."""


def is_public(address: str) -> bool:
    """Return whether a server at `address` can be a stranger's, reached as by anybody else.

    Addresses for documentation (RFC 5737, RFC 3849) count as such: nobody has them, so nothing of anybody's
    can be reached there.

    Args:
        address: IPv4 or IPv6, as a resolver writes it.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone too: that is an address of the link
        return False
    if isinstance(found, ipaddress.IPv6Address) and found not in _GIVEN_OUT:
        return False
    return not any(found in network for network in _NOT_PUBLIC if network.version == found.version)
