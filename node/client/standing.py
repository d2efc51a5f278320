"""How a DID stands in the trusted issuers registry, as a node shows it (EBSI APIs, issuers)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.client.api import Node
from node.client.errors import NodeProblem, UnexpectedAnswer

_REGISTRY = "/trusted-issuers-registry/v5/issuers"
_ID = re.compile(r"(?:0x)?([0-9a-f]{64})")
_NOT_FOUND = 404
_MOST = 50
"""Attributes that are looked at: who is being onboarded has one or two."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One accreditation on the ledger.

    Attributes:
        attribute_id: 32 bytes.
        issuer_type: RootTAO, TAO, TI or Revoked.
        body: the credential, a compact JWT; empty while it is only reserved.
    """

    attribute_id: bytes
    issuer_type: str
    body: str


def attributes_of(node: Node, did: str) -> list[Attribute]:
    """The DID's accreditations, reserved ones too, oldest first.

    Raises:
        ClientError: the node does not answer as it should.
    """
    try:
        listed = node.get(f"{_REGISTRY}/{did}/attributes", params={"page[size]": str(_MOST)}).get("items")
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        return []
    if not isinstance(listed, list):
        raise UnexpectedAnswer(f"{node.url} lists no attributes of {did}")
    names = [_ID.fullmatch(str(item.get("id"))) for item in listed if isinstance(item, Mapping)]
    found = [attribute_of(node, did, bytes.fromhex(name[1])) for name in names if name is not None]
    return [attribute for attribute in found if attribute is not None]


def attribute_of(node: Node, did: str, attribute_id: bytes) -> Attribute | None:
    """The DID's attribute as it stands now; None if the node knows none.

    Args:
        node: who is asked.
        did: of the issuer.
        attribute_id: 32 bytes.

    Raises:
        ClientError: the node does not answer as it should.
    """
    try:
        found: Any = node.get(f"{_REGISTRY}/{did}/attributes/{attribute_id.hex()}").get("attribute")
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        return None
    kind, body = (found.get("issuerType"), found.get("body")) if isinstance(found, Mapping) else (None, None)
    if not isinstance(kind, str) or not isinstance(body, str):
        raise UnexpectedAnswer(f"{node.url} shows an attribute of {did} that is none")
    return Attribute(attribute_id, kind, body)
