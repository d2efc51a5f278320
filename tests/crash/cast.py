"""Issuers with profiles, put on the ledger in bulk: who is killed or left waiting must first be somebody."""

import json
import os
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from eth_account import Account

from devnet.sender import Call, Sender
from did.multibase import decode_base58btc
from node.artifacts import load_artifact
from node.client.accreditation import ISSUER_TYPES
from node.client.accreditation_credential import AccreditedFor, sign_accreditation
from node.client.api import Node
from node.client.issuer import Issuer
from node.client.keystore import Keystore
from node.client.onboarding import (
    BASE_DOCUMENT,
    CREDENTIAL_RELATIONSHIPS,
    KEY_LIFE,
    create_profile,
    public_key_bytes,
)
from node.client.patience import Patience
from node.config import Deployment

PASSPHRASE = "pass"
WEAK_N = 2
ORIGIN = "https://registry.ankyra.invalid"
SCHEMA = "zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD"
SCOPE = (AccreditedFor(SCHEMA, ("MicroCredential",)),)
COUNCIL = "council"
_VALIDITY = timedelta(days=365)
_TLS = ssl.create_default_context()
"""One for all: to load the system's certificates anew for each issuer takes longer than its work."""


@dataclass(frozen=True, slots=True)
class Member:
    """One organisation: its profile's folder, its DID and its accreditation."""

    name: str
    folder: Path
    did: str
    attribute_id: bytes
    address: str
    node_url: str

    def open(self, *, node_url: str | None = None, patience: Patience | None = None) -> Issuer:
        """The issuer as a new process would see it."""
        keystore = keystore_in(self.folder)
        node = Node(node_url or self.node_url, transport=httpx.HTTPTransport(verify=_TLS))
        return Issuer(self.folder, keystore=keystore, node=node, patience=patience)


def keystore_in(folder: Path) -> Keystore:
    """Keys sealed as cheaply as can be: they are thrown away."""
    return Keystore(folder / "keys", passphrase=PASSPHRASE, scrypt_n=WEAK_N)


def new_member(folder: Path, name: str, *, node_url: str) -> Member:
    """A profile with its keys; the ledger has not heard of it."""
    profile = create_profile(folder / name, node_url=node_url, keystore=keystore_in(folder / name))
    key = keystore_in(folder / name).open(profile.ledger_key)
    return Member(name, folder / name, profile.did, os.urandom(32), key.address, node_url)


def enter(
    operator: Sender, deployment: Deployment, folder: Path, *, universities: int, node_url: str, now: int
) -> list[Member]:
    """The council, which is a Root TAO, and its universities, all registered and accredited on the ledger.

    Args:
        operator: of the ledger.
        deployment: its contracts.
        folder: for the profiles.
        universities: how many there shall be.
        node_url: the node that the profiles name.
        now: the ledger's time, seconds.
    """
    names = [COUNCIL, *(f"university-{number:02}" for number in range(universities))]
    members = [new_member(folder, name, node_url=node_url) for name in names]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda member: _register(operator, deployment, member, now), members))
    council, at = members[0], datetime.fromtimestamp(now, UTC)
    issuers = deployment.address("TrustedIssuersRegistry")
    grant = load_artifact("TrustedIssuersRegistry").function("setAttributeMetadata")
    record = load_artifact("TrustedIssuersRegistry").function("setAttributeData")
    root = [council.did, council.attribute_id, ISSUER_TYPES["RootTAO"], council.did, council.attribute_id]
    operator.send(issuers, grant.encode(root))
    granted = (
        [member.did, member.attribute_id, ISSUER_TYPES["TI"], council.did, council.attribute_id]
        for member in members[1:]
    )
    _send(sender_of(operator, council), [(issuers, grant.encode(given)) for given in granted])

    def accept(member: Member) -> None:
        credential = _accreditation(council, member, at)
        body = [member.did, member.attribute_id, credential.encode()]
        _send(sender_of(operator, member), [(issuers, record.encode(body))])

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(accept, members))
    schemas = load_artifact("TrustedSchemasRegistry").function("insertSchema")
    schema = [decode_base58btc(SCHEMA), b'{"type": "object"}', b"{}"]
    operator.send(deployment.address("TrustedSchemasRegistry"), schemas.encode(schema))
    return members


def sender_of(operator: Sender, member: Member) -> Sender:
    """The member's ledger account, to write without any node."""
    with member.open() as issuer:
        key = issuer.keystore.open(issuer.profile.ledger_key)
    return Sender(operator.rpc, Account.from_key(key.scalar))


def _register(operator: Sender, deployment: Deployment, member: Member, now: int) -> None:
    with member.open() as issuer:
        keys = issuer.keystore.open_all((issuer.profile.ledger_key, issuer.profile.credential_key))
    ledger_key, credential_key = keys
    until = now + int(KEY_LIFE.total_seconds())
    registry = deployment.address("DidRegistry")
    base = json.loads(BASE_DOCUMENT)
    dids = load_artifact("DidRegistry")
    calls: list[tuple[str, list[object]]] = [
        (
            "insertDidDocument",
            [member.did, json.dumps(base), ledger_key.kid, ledger_key.point, True, now, until],
        ),
        ("addVerificationMethod", [member.did, credential_key.kid, public_key_bytes(credential_key), False]),
    ]
    calls += [
        ("addVerificationRelationship", [member.did, name, credential_key.kid, now, until])
        for name in CREDENTIAL_RELATIONSHIPS
    ]
    encoded: list[Call] = [(registry, dids.function(name).encode(given)) for name, given in calls]
    _send(sender_of(operator, member), encoded)


def _send(sender: Sender, calls: list[Call]) -> None:
    """The calls are on the ledger: the engine overlooks, once in a while, what came while it made a block."""
    sender.send_many(calls, mine=True)


def _accreditation(council: Member, member: Member, now: datetime) -> str:
    root = member is council
    with council.open() as issuer:
        return sign_accreditation(
            issuer,
            did=member.did,
            issuer_type="RootTAO" if root else "TI",
            attribute_id=member.attribute_id,
            parent=None if root else council.attribute_id,
            name=member.name,
            accredited_for=SCOPE,
            expires=now + _VALIDITY,
            now=now,
            origin=ORIGIN,
            random=os.urandom,
        )
