"""did:web: listed hosts alone, within bounds of size and time, remembered for a minute."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from credentials.errors import Unavailable
from credentials.securing.jose import sign_compact
from credentials.verdict import ISSUER, SIGNATURE, Outcome
from credentials.verification import verify
from did.methods.web import MAX_DOCUMENT_BYTES
from did.syntax import Did, parse_did
from node.config import Settings
from node.foreign.didkit_client import DidkitProcess
from node.foreign.ports import foreign_ports
from node.foreign.proofs import DidkitProofs
from node.foreign.web_dids import REMEMBERED_SECONDS, ListedWebDids
from tests.credentials.world import World
from tests.node.foreign.didkit_desk import DidkitDesk
from tests.node.foreign.signers import KINDS, members, signer

pytestmark = pytest.mark.enable_socket

Answer = Callable[[BaseHTTPRequestHandler], None]


class Host:
    """A web server on loopback that answers as it is told, and counts."""

    def __init__(self) -> None:
        self.answer: Answer = lambda handler: _send(handler, self.document())
        self.asked: list[str] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                host.answer(self)

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def listed(self) -> str:
        """The host as an operator lists it."""
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def did(self) -> Did:
        """Its did:web."""
        return parse_did(f"did:web:127.0.0.1%3A{self.server.server_port}")

    def document(self) -> bytes:
        """Its document, with one key."""
        return _document(self.did)

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def _document(did: str, curve: str = "Ed25519") -> bytes:
    public = {name: value for name, value in signer(curve).jwk.items() if name != "d"}
    method = {"id": f"{did}#1", "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": public}
    return json.dumps(
        {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
            "id": did,
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
        }
    ).encode()


def _send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


def test_a_listed_host_is_asked_once_a_minute(host: Host) -> None:
    now = [0.0]
    web_dids = ListedWebDids([host.listed], monotonic=lambda: now[0])
    for now[0] in (0.0, REMEMBERED_SECONDS - 1):
        assert web_dids.did_document(host.did).id == host.did
    assert host.asked == ["/.well-known/did.json"]
    now[0] = REMEMBERED_SECONDS
    web_dids.did_document(host.did)
    assert len(host.asked) == 2


def test_a_host_that_is_not_listed_is_not_asked(host: Host) -> None:
    for hosts in ([], ["uni.example"], ["127.0.0.1"]):
        with pytest.raises(Unavailable, match="did_web_hosts"):
            ListedWebDids(hosts).did_document(host.did)
    assert host.asked == []


@pytest.mark.parametrize("did", ["did:web:UNI.example", "did:web:uni.example:..:x", "did:key:z6Mk"])
def test_what_is_no_did_web_leads_nowhere(did: str) -> None:
    with pytest.raises(Unavailable, match="leads nowhere"):
        ListedWebDids(["uni.example"]).did_document(Did(did))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda handler: _send(handler, b"", 404), "answered 404"),
        (lambda handler: _send(handler, b"", 302, Location="https://elsewhere.example/"), "answered 302"),
        (lambda handler: _send(handler, b"x" * (MAX_DOCUMENT_BYTES + 1)), "more than 65536 bytes"),
        (lambda handler: _send(handler, b"\xff"), "something else"),
        (lambda handler: _send(handler, b'{"id": "did:web:other.example"}'), "its id is another one"),
        (lambda handler: handler.connection.close(), "could not be reached"),
    ],
    ids=["absent", "redirect", "large", "no JSON", "another", "closed"],
)
def test_what_is_served_wrongly_is_told_and_asked_again_soon(
    host: Host, answer: Answer, sentence: str
) -> None:
    now = [0.0]
    web_dids = ListedWebDids([host.listed], monotonic=lambda: now[0])
    right, host.answer = host.answer, answer
    for _ in range(2):
        with pytest.raises(Unavailable, match=sentence):
            web_dids.did_document(host.did)
    assert len(host.asked) == 1
    host.answer, now[0] = right, 6.0
    assert web_dids.did_document(host.did).id == host.did


def test_a_host_that_sends_for_ever_is_given_up(host: Host) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(200):
            handler.wfile.write(b"H")
            time.sleep(0.05)

    host.answer = drip
    with pytest.raises(Unavailable, match="in time"):
        ListedWebDids([host.listed]).did_document(host.did)


def test_only_so_many_documents_are_remembered() -> None:
    asked: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        name = request.url.path.removesuffix("/did.json").removeprefix("/")
        return httpx.Response(200, content=_document(f"did:web:uni.example:{name}"))

    web_dids = ListedWebDids(["uni.example"], connect=_connect(respond))
    for number in [*range(257), 0]:
        web_dids.did_document(Did(f"did:web:uni.example:{number}"))
    assert asked.count("/0/did.json") == 2
    assert asked.count("/256/did.json") == 1


def _connect(respond: Callable[[httpx.Request], httpx.Response]) -> Callable[[], httpx.Client]:
    return lambda: httpx.Client(transport=httpx.MockTransport(respond))


def test_a_jwt_of_a_did_web_issuer_is_judged_by_the_settings(host: Host) -> None:
    by = signer()
    made = members(host.did)
    payload = {
        "iss": host.did,
        "sub": made["credentialSubject"]["id"],
        "jti": made["id"],
        "nbf": 1704067200,
        "vc": made,
    }
    header = {"typ": "JWT", "kid": f"{host.did}#1"}
    jwt = sign_compact(header=header, payload=json.dumps(payload).encode(), key=by.private)
    world = World()
    policy = world.policy("accreditation", "anchor", "timeline", "schema")
    for hosts, outcome in (((host.listed,), "valid"), ((), "indeterminate")):
        ports = foreign_ports(Settings(did_web_hosts=hosts))
        asked = world.ports(web_dids=ports.web_dids, proofs=ports.proofs)
        verdict = verify(jwt.encode(), at=None, policy=policy, ports=asked)
        assert (verdict.outcome, verdict.result(ISSUER).outcome is Outcome.PASSED) == (outcome, bool(hosts))
        ports.close()


@pytest.mark.parametrize(("curve", "kind"), [(curve, kind) for curve in KINDS for kind in KINDS[curve]])
def test_an_embedded_proof_of_a_did_web_issuer_is_judged_by_the_document_that_we_fetched(
    desk: DidkitDesk, curve: str, kind: str
) -> None:
    """didkit would fetch by itself: it finds our document, and no network."""
    did = "did:web:uni.example:music"
    by, document = signer(curve), _document(did, curve)
    desk.serve({"uni.example/music/did.json": document.decode()})
    credential = desk.issue(members(did, kind), by.jwk, f"{did}#1", kind)
    desk.serve({})
    assert not desk.accepts(credential)
    connect = _connect(lambda _: httpx.Response(200, content=document))
    web_dids = ListedWebDids(["uni.example"], connect=connect)
    proofs = DidkitProofs(DidkitProcess(seconds=20), web_dids)
    world = World()
    policy = world.policy("accreditation", "anchor", "timeline", "schema")
    ports = world.ports(web_dids=web_dids, proofs=proofs)
    verdict = verify(json.dumps(credential).encode(), at=None, policy=policy, ports=ports)
    assert (verdict.outcome, verdict.result(SIGNATURE).outcome) == ("valid", Outcome.PASSED)
    credential["credentialSubject"]["degree"]["name"] = "Master of Music"
    verdict = verify(json.dumps(credential).encode(), at=None, policy=policy, ports=ports)
    assert verdict.result(SIGNATURE).outcome is Outcome.FAILED
    proofs.close()


def test_an_embedded_proof_where_the_host_has_a_port_is_not_judged(host: Host) -> None:
    proofs = DidkitProofs(DidkitProcess(), ListedWebDids([host.listed]))
    proof = {"type": "Ed25519Signature2018", "verificationMethod": f"{host.did}#1"}
    with pytest.raises(Unavailable, match="has a port"):
        proofs.verify_proof({**members(host.did), "proof": proof})


@pytest.mark.parametrize("value", ["https://uni.example", "Uni.example", "uni.example/x", "a b"])
def test_a_listed_host_is_a_host(value: str) -> None:
    with pytest.raises(ValueError, match="host name"):
        Settings(did_web_hosts=(value,))
