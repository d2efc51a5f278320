"""What an operator decides by hand: who is a Root TAO, and which schemas there are."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from devnet.entries import payloads_of
from devnet.errors import NotAsked, NotUp, StateUnusable
from devnet.folder import Running
from devnet.rpc import JsonRpc
from devnet.sender import Sender
from did.errors import DidError
from did.json_text import parse_object
from did.multibase import encode_base58btc
from did.syntax import parse_ebsi_did
from node.artifacts import load_artifact
from node.client.accreditation import ISSUER_TYPES
from node.config import Deployment, load_deployment
from node.errors import ConfigurationError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

ATTRIBUTE_SIZE = 32
"""Bytes of an attribute id."""

LARGEST_SCHEMA = 32_768
"""Bytes of a schema: what one entry of the log holds; the contract counts its metadata too."""


class Desk(Protocol):
    """Whose operator decides: a devnet's folder, or that of a deployment on a network."""

    path: Path
    deployment: Path

    def running(self) -> Running | None:
        """Return where the ledger answers."""

    def operator(self) -> LocalAccount:
        """Return the operator's account."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """A DID that may become a Root TAO, or is one.

    Attributes:
        attribute_id: 32 bytes, reserved for that.
        before: whether it was reserved before, so that nothing was written.
        rpc: URL of the ledger.
    """

    attribute_id: bytes
    before: bool
    rpc: str


def appoint(devnet: Desk, did: str, *, attribute_id: bytes | None = None) -> Appointed:
    """Return the attribute that `did` has as a Root TAO on the ledger; one reserved before is left as it is.

    Args:
        devnet: up.
        did: a did:ebsi of a legal entity; it accepts with `ankyra issuer accept --root`.
        attribute_id: 32 bytes, not zero; random if None, and none is reserved.

    Raises:
        NotAsked: no such DID, or no such attribute id.
        NotUp: the devnet is down.
        TransactionRefused: the contract refused, in words.
    """
    try:
        parse_ebsi_did(did)
    except DidError as error:
        raise NotAsked(str(error)) from error
    if attribute_id is not None and (len(attribute_id) != ATTRIBUTE_SIZE or not any(attribute_id)):
        raise NotAsked("an attribute id is 64 hexadecimal digits, not all of them 0")
    with at_office(devnet) as (operator, deployment):
        rpc = operator.rpc
        reserved = _reserved_as_root(rpc, deployment, did)
        found = next((one for one in reserved if attribute_id in {None, one}), None)
        if found is not None:
            return Appointed(found, before=True, rpc=rpc.url)
        chosen = attribute_id or secrets.token_bytes(ATTRIBUTE_SIZE)
        root = (did, chosen, ISSUER_TYPES["RootTAO"], did, chosen)
        registry = deployment.address("TrustedIssuersRegistry")
        operator.transact("TrustedIssuersRegistry", registry, "setAttributeMetadata", *root)
        return Appointed(chosen, before=False, rpc=rpc.url)


def register_schema(devnet: Desk, file: Path) -> str:
    """Return the id, `z` and base58btc of the bytes' SHA-256, of the JSON Schema that is on the ledger now.

    One that was registered before is left as it is: its id says that it holds the same bytes.

    Args:
        devnet: up.
        file: a JSON object of at most `LARGEST_SCHEMA` bytes; its `title` becomes the metadata's.

    Raises:
        NotAsked: the file cannot be read, or is no JSON object.
        NotUp: the devnet is down.
        TransactionRefused: the contract refused, in words.
    """
    schema = _read(file)
    try:
        title = parse_object(schema, max_bytes=LARGEST_SCHEMA).get("title")
    except DidError as error:
        raise NotAsked(f"{file} is no JSON Schema: {error}") from error
    named = title if isinstance(title, str) else file.name
    metadata = json.dumps({"title": named}, ensure_ascii=False).encode()
    schema_id = hashlib.sha256(schema).digest()
    with at_office(devnet) as (operator, deployment):
        registry = deployment.address("TrustedSchemasRegistry")
        insert = load_artifact("TrustedSchemasRegistry").function("insertSchema")
        data = insert.encode((schema_id, schema, metadata))
        if not operator.is_refused_as("SchemaExists", registry, data):
            operator.send(registry, data)
    return encode_base58btc(schema_id)


@contextmanager
def at_office(devnet: Desk) -> Iterator[tuple[Sender, Deployment]]:
    """Yield the operator, at the ledger that is up, and where the contracts are.

    Raises:
        NotUp: the devnet is down.
        StateUnusable: its deployment cannot be read.
    """
    running = devnet.running()
    if running is None:
        raise NotUp(devnet.path)
    try:
        deployment = load_deployment(devnet.deployment)
    except ConfigurationError as error:
        raise StateUnusable(devnet.deployment, str(error)) from error
    with JsonRpc(running.rpc) as rpc:
        yield Sender(rpc, devnet.operator()), deployment


def _reserved_as_root(rpc: JsonRpc, deployment: Deployment, did: str) -> list[bytes]:
    """The attributes by which the DID may act as a Root TAO, as each was last revised; the latest first."""
    last: dict[bytes, object] = {}
    for said in payloads_of(rpc, deployment, ["issuer.attribute.metadata"]):
        attribute = said["attributeId"]
        if said["did"] == did and isinstance(attribute, bytes):
            last.pop(attribute, None)
            last[attribute] = said["issuerType"]
    return [one for one, kind in reversed(last.items()) if kind == ISSUER_TYPES["RootTAO"]]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_SCHEMA + 1)
    except OSError as error:
        raise NotAsked(f"{file} cannot be read: {error.strerror or error}") from error
