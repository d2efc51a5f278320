"""Envelopes (VC Data Model 2.0 sections 4.12.1, 4.12.2): a token in a `data:` URL; the rest nobody signed."""

import re
from collections.abc import Mapping
from typing import Any, Final

ENVELOPED_CREDENTIAL: Final = "EnvelopedVerifiableCredential"

MEMBERS: Final = frozenset({"@context", "id", "type"})
"""All that an envelope may have."""
_DATA_URL: Final = re.compile(r"data:application/[a-z0-9.+-]{1,64},([A-Za-z0-9_.~-]+)", re.ASCII)


def token_in(members: Mapping[str, Any]) -> bytes | None:
    """The token that an envelope holds; None if there is none, or if the envelope says more than that.

    A token is a JWT or an SD-JWT and no JSON: there is no envelope in an envelope.
    """
    address = members.get("id")
    found = _DATA_URL.fullmatch(address) if isinstance(address, str) else None
    return found[1].encode() if found is not None and members.keys() <= MEMBERS else None


def is_of_type(members: Mapping[str, Any], name: str) -> bool:
    """Whether `name` is among the types of an object."""
    types = members.get("type")
    return name in (types if isinstance(types, list) else [types])
