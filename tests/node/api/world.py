"""A whole small world for the API's tests: a real ledger, a real database, a real server, real keys."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from eth_account import Account
from fastapi import FastAPI

from anchoring.batch import Batch
from credentials.securing.jose import sign_compact
from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
from did.methods.ebsi import new_did
from node.app import application, listen, server_of
from node.background import Background
from node.config import Deployment, Settings
from node.services.node import Node, open_node
from tests.databases import database_setting
from tests.ledger import DeployedLedger
from tests.node.api.minting import DIDS_OF, Minted

FOREVER = 4_000_000_000
ROOT_TAO, TAO, TI, REVOKED = 1, 2, 3, 4


class Clock:
    """The node's clock, as a test wants it."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def pass_by(self, seconds: int) -> None:
        self.seconds += seconds


@dataclass(slots=True)
class Actor:
    """An organisation with a ledger key and a credential key, both made of its number."""

    number: int
    name: str
    did: str = field(init=False)
    ledger_secret: bytes = field(init=False)
    attribute_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.did = new_did(hashlib.sha256(b"did %d" % self.number).digest()[:16])
        self.ledger_secret = hashlib.sha256(b"ledger %d" % self.number).digest()
        self.attribute_id = hashlib.sha256(b"attribute %d" % self.number).digest()
        self.credential_key = derive_private_key(
            int.from_bytes(hashlib.sha256(b"credential %d" % self.number).digest(), "big") >> 1, SECP256R1()
        )

        DIDS_OF[self.address.lower()] = self.did

    credential_key: Any = field(init=False)

    @property
    def account(self) -> Any:
        return Account.from_key(self.ledger_secret)

    @property
    def address(self) -> str:
        return str(self.account.address)

    @property
    def public_point(self) -> bytes:
        return b"\x04" + bytes(self.account._key_obj.public_key.to_bytes())


def register(ledger: DeployedLedger, actor: Actor) -> None:
    """Put the actor's DID on the ledger: its ledger key `l`, its credential key `c`."""
    sender, now = ledger.sender(actor.ledger_secret), ledger.ledger.time()
    at = ledger.deployment.address("DidRegistry")
    base = json.dumps({"@context": ["https://www.w3.org/ns/did/v1"]})
    jwk = json.dumps(dict(jwk_from_public_key(actor.credential_key.public_key()))).encode()
    ledger_key = ("l", actor.public_point, True, now, FOREVER)
    for function, *arguments in (
        ("insertDidDocument", actor.did, base, *ledger_key),
        ("addVerificationMethod", actor.did, "c", jwk, False),
        ("addVerificationRelationship", actor.did, "authentication", "c", now, FOREVER),
        ("addVerificationRelationship", actor.did, "assertionMethod", "c", now, FOREVER),
    ):
        sender.transact("DidRegistry", at, function, *arguments)


def accredit(
    ledger: DeployedLedger, by: Actor | None, actor: Actor, kind: int, *, name: str | None = None
) -> None:
    """Give the actor its attribute; the operator (None) makes a Root TAO."""
    sender = ledger.operator if by is None else ledger.sender(by.ledger_secret)
    at = ledger.deployment.address("TrustedIssuersRegistry")
    tao = by or actor
    given = (actor.did, actor.attribute_id, kind, tao.did, tao.attribute_id)
    sender.transact("TrustedIssuersRegistry", at, "setAttributeMetadata", *given)
    if name is not None:
        record(ledger, actor, accreditation_jwt(tao, actor, name))


def record(ledger: DeployedLedger, actor: Actor, body: bytes) -> None:
    """Let the actor record its accreditation's JWT."""
    at = ledger.deployment.address("TrustedIssuersRegistry")
    ledger.sender(actor.ledger_secret).transact(
        "TrustedIssuersRegistry", at, "setAttributeData", actor.did, actor.attribute_id, body
    )


def accreditation_jwt(tao: Actor, actor: Actor, name: str) -> bytes:
    """A JWT in which `tao` says that the actor is called `name`."""
    claims = {"iss": tao.did, "sub": actor.did, "vc": {"credentialSubject": {"id": actor.did, "name": name}}}
    header = {"kid": f"{tao.did}#c", "typ": "JWT"}
    return sign_compact(header=header, payload=json.dumps(claims).encode(), key=tao.credential_key).encode()


def digests(*seeds: object) -> list[bytes]:
    """Some digests, ascending."""
    return sorted(hashlib.sha256(str(seed).encode()).digest() for seed in seeds)


def batch_body(actor: Actor, leaves: Sequence[bytes], **change: Any) -> dict[str, Any]:
    """The body that hands in a batch; `change` replaces members before signing, `jws` afterwards."""
    batch = Batch.from_digests(leaves) if leaves else None
    claims: dict[str, Any] = {
        "attributeId": actor.attribute_id.hex(),
        "did": actor.did,
        "from": actor.address,
        "root": batch.root.hex() if batch else "00" * 32,
        "size": len(leaves),
    }
    given = {"digests": encode_base64url(b"".join(leaves))} | change
    claims |= {name: given.pop(name) for name in list(given) if name in claims}
    header = {"kid": given.pop("kid", f"{actor.did}#c"), "typ": given.pop("typ", "ankyra-batch+jwt")}
    payload = rfc8785.dumps(given.pop("signs", claims))
    jws = sign_compact(header=header, payload=payload, key=given.pop("key", actor.credential_key))
    return claims | {"jws": jws} | given


def sign(unsigned: dict[str, str], secret: bytes, **change: Any) -> str:
    """The unsigned transaction, signed, as 0x hex; `change` replaces fields."""
    fields = {
        "to": unsigned["to"],
        "data": unsigned["data"],
        "value": 0,
        "nonce": int(unsigned["nonce"], 16),
        "chainId": int(unsigned["chainId"], 16),
        "gas": int(unsigned["gasLimit"], 16),
        "gasPrice": 0,
    }
    return "0x" + bytes(Account.sign_transaction(fields | change, secret).raw_transaction).hex()


@dataclass(slots=True)
class World:
    """A served node and its ledger."""

    ledger: DeployedLedger
    node: Node
    clock: Clock
    url: str
    http: httpx.Client
    background: Background

    def follow(self) -> None:
        """Let the node follow to the ledger's head, and send what it keeps."""
        self.ledger.await_mined()
        self.clock.seconds = max(self.clock.seconds, self.ledger.ledger.time())
        self.background.step()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def ok(self, path: str, **options: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.http.get(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def anchor(self, actor: Actor, leaves: Sequence[bytes]) -> dict[str, Any]:
        """Hand in a batch, sign and hand in its transaction, follow; return its state."""
        answer = self.http.post("/v1/batches", json=batch_body(actor, leaves))
        assert answer.status_code == 202, answer.text
        path = answer.headers["location"]
        signed = {"signedRawTransaction": sign(answer.json()["unsignedTransaction"], actor.ledger_secret)}
        sent = self.http.post(path + "/transaction", json=signed)
        assert sent.status_code == 202, sent.text
        self.follow()
        state: dict[str, Any] = self.ok(path)
        return state


def rpc(http: httpx.Client, path: str, method: str, *params: Any) -> httpx.Response:
    """One JSON-RPC call."""
    return http.post(path, json={"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)})


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve over a real socket and give the base URL."""
    server, listening = server_of(app), listen("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def settings_for(ledger_url: str, deployment: Deployment, folder: Path, **given: Any) -> Settings:
    """Settings of a node in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {
        "name": deployment.name,
        "chainId": deployment.chain_id,
        "registryLog": deployment.registry_log,
        "contracts": deployment.contracts,
        "firstBlock": deployment.first_block,
    }
    (folder / "deployment.json").write_text(json.dumps(named))
    return Settings(
        ledger_urls=(ledger_url,),
        deployment=folder / "deployment.json",
        data_dir=folder,
        **{"database_url": database_setting(folder)} | given,
    )


@contextmanager
def world(ledger: DeployedLedger, folder: Path, **given: Any) -> Iterator[World]:
    """Serve a node on `ledger`; it follows when the test says so."""
    ledger.ledger.mine()  # to its first block after a resume the engine gives a false blockhash
    clock = Clock(ledger.ledger.time())
    settings = settings_for(ledger.ledger.url, ledger.deployment, folder, **given)
    node = open_node(settings, clock=clock, holder="test")
    background = Background(node)
    try:
        with (
            served(application(node)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=60, auth=Minted(node, ledger)) as http,
        ):
            made = World(ledger, node, clock, url, http, background)
            made.follow()
            yield made
    finally:
        background.stop()
        node.close()
