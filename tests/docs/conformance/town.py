"""A node on a ledger that holds something of everything, and the names of what it holds."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from did.base64url import decode_base64url, encode_base64url
from did.methods.ebsi import new_did
from did.multibase import encode_base58btc
from node.client.accreditation import accredit
from node.client.challenge import answer_challenge, new_challenge
from node.client.issuer import Issuer
from node.client.issuing import rfc3339
from node.client.keys import PrivateKey
from node.client.onboarding import create_profile
from node.client.status_lists import create
from node.client.status_publication import publish
from tests.foreign.conftest import played_abroad
from tests.ledger import DeployedState
from tests.node.client.conftest import SCOPE, Play

SCHEMA = b'{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'
METADATA = b'{"name": "Walk"}'
DOCUMENT_HASH = hashlib.sha256(b"a document").digest()
OTHER_HASH = hashlib.sha256(b"another").digest()
ALGORITHM = (256, "sha-256", "2.16.840.1.101.3.4.2.1", 1, "sha2-256")
HELD = (
    *("TPR:operator", "TSR:insertSchema", "TSR:updateSchema", "TSR:updateMetadata"),
    *("TS:insertHashAlgorithm", "TS:updateHashAlgorithm"),
)
SLEEPING_POLICY = "WALK:sleeping"
_OPERATOR = PrivateKey("secp256k1", bytes(range(1, 33)))
LISTED = {"id": "#listed", "type": "Registry", "serviceEndpoint": "https://listed.example"}
_LIST = "walk"
_IN_A_RECORD = b"\x12\x20"  # multihash: SHA-256, 32 bytes


@dataclass(frozen=True, slots=True)
class Town:
    """The node, its people, and what the page's `{names}` stand for."""

    play: Play
    values: Mapping[str, str]
    accreditation: str
    """The Applicant's, which it has not accepted."""
    accepted: str
    """KTU's."""

    def issuer(self, name: str) -> Issuer:
        """One of Council, Agency and KTU, or the Newcomer, who is not registered."""
        return self.play.issuers[name]

    def key(self, name: str) -> PrivateKey:
        """The ledger key of one of them."""
        issuer = self.issuer(name)
        return issuer.keystore.open(issuer.profile.ledger_key)

    @property
    def now(self) -> int:
        """Seconds since 1970, by the ledger."""
        return self.play.world.ledger.ledger.time()


@contextmanager
def town(deployed_state: DeployedState, folder: Path) -> Iterator[Town]:
    """Accredited people, a status list, a schema with metadata, policies, timestamps and a record."""
    with played_abroad(deployed_state, folder) as play:
        _write_more(play)
        accreditation = _reserve(play, play.join("Applicant"))
        play.world.follow()
        values = _values(play)
        play.world.http.auth = httpx.Auth()  # each line says which token it brings
        own = "/trusted-issuers-registry/v5/issuers/{did}/attributes/{attribute_id}".format(**values)
        yield Town(play, values, accreditation, play.world.ok(own)["attribute"]["body"])


def _write_more(play: Play) -> None:
    ktu = play.open("KTU")
    create(ktu, _LIST)
    publish(ktu, _LIST, now=play.now, at_once=True, patience=play.patience)
    ktu.writer().write("addController", did=ktu.did, controller=play.issuers["Agency"].did)
    ktu.writer().write("updateBaseDocument", did=ktu.did, baseDocument=base_document("listed", LISTED))
    ledger = play.world.ledger
    operator = ledger.operator

    def transact(contract: str, function: str, *arguments: Any) -> None:
        operator.transact(contract, ledger.deployment.address(contract), function, *arguments)

    transact("TrustedSchemasRegistry", "insertSchema", hashlib.sha256(SCHEMA).digest(), SCHEMA, METADATA)
    transact("TrustedPoliciesRegistry", "insertPolicy", SLEEPING_POLICY, "Nobody holds it.")
    transact("TrustedPoliciesRegistry", "deactivatePolicy", SLEEPING_POLICY)
    transact("AnchorRegistry", "insertHashAlgorithm", *ALGORITHM)
    ledger_key = ktu.keystore.open(ktu.profile.ledger_key)
    transact("TrustedPoliciesRegistry", "insertUserAttributes", ledger_key.address, list(HELD))
    create_profile(play.folder / "Newcomer", node_url=play.world.url, keystore=play.keystore("Newcomer"))
    play.issuers["Newcomer"] = play.open("Newcomer")
    sender = ledger.sender(ledger_key.scalar)
    at = ledger.deployment.address("AnchorRegistry")
    hashes, data = [DOCUMENT_HASH, OTHER_HASH], [b"{}", b"{}"]
    sender.transact("AnchorRegistry", at, "timestampRecordHashes", [0, 0], hashes, data, b"{}")


def _reserve(play: Play, applicant: Issuer) -> str:
    """An accreditation by the Agency for the applicant to accept."""
    agency = play.issuers["Agency"]
    challenge = new_challenge(agency.did, random=os.urandom)
    made = accredit(
        agency,
        did=applicant.did,
        role="TI",
        name="Applicant",
        accredited_for=SCOPE,
        expires=play.expires,
        challenge=challenge,
        answer=answer_challenge(challenge, signer=applicant.signer(), now=play.now),
        now=play.now,
    )
    return made.credential


def _values(play: Play) -> dict[str, str]:
    ktu, world = play.open("KTU"), play.world
    proxies = world.ok(f"/trusted-issuers-registry/v5/issuers/{ktu.did}/proxies")["items"]
    key = ktu.keystore.open(ktu.profile.ledger_key)
    attribute = play.attributes["KTU"].hex()
    attributes = f"/trusted-issuers-registry/v5/issuers/{ktu.did}/attributes"
    record = _record_id(play)
    return {
        "did": ktu.did,
        "unknown_did": new_did(b"\7" * 16),
        "malformed_did": "did:ebsi:x",
        "method_id": ktu.profile.credential_key,
        "now": rfc3339(play.now),
        "attribute_id": attribute,
        "revision_id": world.ok(f"{attributes}/{attribute}")["attribute"]["hash"],
        "unknown_hash": "ab" * 32,
        "proxy_id": proxies[0]["proxyId"],
        "list_path": _LIST,
        "schema_id": encode_base58btc(hashlib.sha256(SCHEMA).digest()),
        "schema_hash": hashlib.sha256(SCHEMA).hexdigest(),
        "schema_revision_id": "0x" + hashlib.sha256(SCHEMA).hexdigest(),
        "metadata_id": "0x" + hashlib.sha256(METADATA).hexdigest(),
        "policy_name": "TSR:insertSchema",
        "operator": _OPERATOR.address,
        "timestamper": key.address,
        "unknown_address": "0x" + "ab" * 20,
        "timestamp_id": timestamp_id(DOCUMENT_HASH),
        "unknown_timestamp_id": timestamp_id(b"nobody's"),
        "record_id": record,
        "record_hash": "0x" + decode_base64url(record[1:], max_bytes=32).hex(),
        "unknown_record_id": "u" + encode_base64url(b"\7" * 32),
    }


def timestamp_id(value: bytes) -> str:
    """The id of a hash's timestamp: multibase, multihash, SHA-256 of the hash (ebsi-api section 6)."""
    return "u" + encode_base64url(_IN_A_RECORD + hashlib.sha256(value).digest())


def _record_id(play: Play) -> str:
    found = play.world.get("/timestamp/v4/records")
    return str(found.json()["items"][0]["recordId"]) if found.status_code == 200 else "u"


def base_document(note: str, *services: Mapping[str, str]) -> str:
    """What a DID document says beside its keys."""
    base = {"@context": ["https://www.w3.org/ns/did/v1"], "note": note, "service": list(services)}
    return json.dumps(base)
