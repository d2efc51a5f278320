"""Status lists as an issuer of the API's tests makes them, signs them and publishes them."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx

from anchoring.bitstring import BitString
from anchoring.status_list import StatusList
from credentials.securing.jose import sign_compact
from tests.node.api.world import Actor, World, rpc, sign

ORIGIN = "https://registry.ankyra.invalid"
PROXY_DATA = f'{{"prefix":"{ORIGIN}","headers":{{}},"testSuffix":""}}'
PROXY_ID = sha256(PROXY_DATA.encode()).digest()
TIR = "/trusted-issuers-registry/v5"
LIST_SCHEMA = "/trusted-schemas-registry/v3/schemas/z7DmpwC9doRxZrtQ9PBjz8qQgGWqojkGExELnrw1x8qdi"
SERVICE = "/v1/status-lists/jsonrpc"


def path_of(actor: Actor, name: str = "revocation") -> str:
    return f"{TIR}/issuers/{actor.did}/proxies/0x{PROXY_ID.hex()}/{name}"


def rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class MadeList:
    """One list credential; `change` replaces members of the credential, `claims` registered ones."""

    actor: Actor
    now: int
    revoked: tuple[int, ...] = ()
    name: str = "revocation"
    origin: str = ORIGIN
    lasts: int = 86_400
    change: dict[str, Any] = field(default_factory=dict)
    kid: str = ""
    key: Any = None

    @property
    def url(self) -> str:
        return self.origin + path_of(self.actor, self.name)

    @property
    def valid_until(self) -> int:
        return self.now + self.lasts

    @property
    def members(self) -> dict[str, Any]:
        bits = BitString.empty(131_072).with_set(self.revoked)
        subject = StatusList("StatusList2021", ("revocation",), bits, id=f"{self.url}#list").to_subject()
        at = rfc3339(self.now)
        return {
            "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/vc/status-list/2021/v1"],
            "id": self.url,
            "type": ["VerifiableCredential", "VerifiableAttestation", "StatusList2021Credential"],
            "issuer": self.actor.did,
            "issuanceDate": at,
            "issued": at,
            "validFrom": at,
            "expirationDate": rfc3339(self.valid_until),
            "credentialSubject": subject,
            "credentialSchema": {
                "id": ORIGIN + LIST_SCHEMA,
                "type": "FullJsonSchemaValidator2021",
            },
        } | self.change

    @property
    def jwt(self) -> bytes:
        members = self.members
        claims = {
            "iss": members["issuer"],
            "sub": members["credentialSubject"].get("id"),
            "jti": members["id"],
            "nbf": self.now,
            "iat": self.now,
            "exp": self.valid_until,
            "vc": members,
        }
        header = {"kid": self.kid or f"{self.actor.did}#c", "typ": "JWT"}
        payload = json.dumps(claims).encode()
        return sign_compact(
            header=header, payload=payload, key=self.key or self.actor.credential_key
        ).encode()

    @property
    def digest(self) -> str:
        return sha256(self.jwt).hexdigest()

    def params(self, **change: Any) -> dict[str, Any]:
        """The parameters that publish it."""
        return {
            "from": self.actor.address,
            "did": self.actor.did,
            "attributeId": "0x" + self.actor.attribute_id.hex(),
            "url": self.url,
            "purpose": "revocation",
            "bits": 131_072,
            "credentialDigest": "0x" + self.digest,
            "validFrom": self.now,
            "validUntil": self.valid_until,
        } | change


def put(made: World, content: bytes, media_type: str = "application/jwt") -> httpx.Response:
    return made.http.put("/v1/status-lists", content=content, headers={"content-type": media_type})


def send(made: World, actor: Actor, service: str, method: str, params: dict[str, Any]) -> httpx.Response:
    """Both steps of a write, and follow."""
    built = rpc(made.http, service, method, params)
    if built.status_code != 200:
        return built
    unsigned = built.json()["result"]
    signed = {"unsignedTransaction": unsigned, "signedRawTransaction": sign(unsigned, actor.ledger_secret)}
    sent = rpc(made.http, service, "sendSignedTransaction", signed)
    assert sent.status_code == 200, sent.text
    made.follow()
    return sent


def add_proxy(made: World, actor: Actor) -> None:
    sent = send(
        made,
        actor,
        TIR + "/jsonrpc",
        "addIssuerProxy",
        {"from": actor.address, "did": actor.did, "proxyData": PROXY_DATA},
    )
    assert sent.status_code == 200, sent.text


def publish(made: World, one: MadeList) -> None:
    kept = put(made, one.jwt)
    assert kept.status_code == 200, kept.text
    sent = send(made, one.actor, SERVICE, "publishStatusList", one.params())
    assert sent.status_code == 200, sent.text


def publish_elsewhere(made: World, one: MadeList, **change: Any) -> None:
    """Straight to the ledger, past every node."""
    given = one.params(**change)
    at = made.ledger.deployment.address("AnchorRegistry")
    made.ledger.sender(one.actor.ledger_secret).transact(
        "AnchorRegistry",
        at,
        "publishStatusList",
        given["did"],
        one.actor.attribute_id,
        given["url"],
        given["purpose"],
        given["bits"],
        bytes.fromhex(given["credentialDigest"][2:]),
        given["validFrom"],
        given["validUntil"],
    )
    made.follow()
