from collections.abc import Iterator

import httpx
import pytest

from node.client.api import MAX_ANSWER, Node
from node.client.errors import NodeProblem, NodeUnreachable, NoNode, UnexpectedAnswer, Unusable
from tests.node.client.answers import body_of, node_that, node_with

DEPLOYMENT = {
    "name": "devnet",
    "chainId": 31337,
    "registryLog": "0x" + "ab" * 20,
    "contracts": {"DidRegistry": "0x" + "cd" * 20},
    "origins": [],
}


@pytest.mark.parametrize(
    "url", ["", "node.example", "ftp://node.example", "http://", "http://n/?q=1", "http://n/#f"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Unusable):
        Node(url)


def test_a_problem_keeps_its_words_and_its_code() -> None:
    problem = {"title": "Conflict", "status": 409, "detail": "not accredited now", "code": "notAccredited"}
    node = node_that(lambda _: httpx.Response(409, json=problem))
    with pytest.raises(NodeProblem, match="not accredited now") as refusal:
        node.get("/v1/batches")
    assert (refusal.value.status, refusal.value.code) == (409, "notAccredited")


def test_a_json_rpc_refusal_keeps_its_message_and_revert_data() -> None:
    error = {"code": 3, "message": "did already exists", "data": "0x1234"}
    node = node_that(lambda _: httpx.Response(400, json={"jsonrpc": "2.0", "id": 1, "error": error}))
    with pytest.raises(NodeProblem, match="did already exists") as refusal:
        node.rpc("did-registry/v5", "insertDidDocument", {})
    assert refusal.value.data == "0x1234"


def test_a_call_is_one_object_in_params() -> None:
    seen: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.path, body_of(request)))
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    assert node_that(answer).rpc("did-registry/v5", "updateBaseDocument", {"did": "x"}) == "0x1"
    body = {"jsonrpc": "2.0", "id": 1, "method": "updateBaseDocument", "params": [{"did": "x"}]}
    assert seen == [("/did-registry/v5/jsonrpc", body)]


def test_silence_is_unreachable_not_invalid() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NodeUnreachable):
        node_that(answer).get("/")


def test_an_answer_that_breaks_off_is_unreachable() -> None:
    class Broken(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b"{"
            raise httpx.ReadError("gone")

    node = node_that(lambda _: httpx.Response(200, stream=Broken()))
    with pytest.raises(NodeUnreachable):
        node.get("/")
    with pytest.raises(NodeUnreachable):
        list(node.stream("/leaves", limit=100))


def test_an_endless_answer_is_cut_off() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield bytes(1 << 20)

    node = node_that(lambda _: httpx.Response(200, stream=Endless()))
    with pytest.raises(UnexpectedAnswer, match=str(MAX_ANSWER)):
        node.get("/")
    with pytest.raises(UnexpectedAnswer):
        list(node.stream("/leaves", limit=32))


def test_a_redirect_is_not_followed() -> None:
    node = node_that(lambda _: httpx.Response(302, headers={"Location": "https://elsewhere.example"}))
    with pytest.raises(NoNode, match="302"):
        node.get("/")


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
@pytest.mark.parametrize("content", [b"<html>", b"{}", b'{"error": "x"}', b'{"detail": "Not Found"}'])
def test_what_answers_otherwise_than_a_node_is_no_node(status: int, content: bytes) -> None:
    node = node_that(lambda _: httpx.Response(status, content=content))
    with pytest.raises(NoNode, match="is not an Ankyra node or does not serve /v1/x"):
        node.get("/v1/x")


def test_a_proxy_that_reaches_no_node_tells_of_an_outage() -> None:
    with pytest.raises(NodeProblem) as problem:
        node_that(lambda _: httpx.Response(502, content=b"<html>")).get("/v1/x")
    assert problem.value.status == 502


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        node_that(lambda _: httpx.Response(200, content=content)).get("/")


def test_a_deployment_is_read() -> None:
    deployment = node_with({"/v1/deployment": DEPLOYMENT}).deployment()
    assert deployment.chain_id == 31337
    assert deployment.address("RegistryLog") == "0x" + "ab" * 20
    assert deployment.address("DidRegistry") == "0x" + "cd" * 20


@pytest.mark.parametrize(
    "change",
    [{"chainId": "31337"}, {"chainId": True}, {"name": None}, {"contracts": []}, {"contracts": {"A": 1}}],
)
def test_a_strange_deployment_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UnexpectedAnswer):
        node_with({"/v1/deployment": {**DEPLOYMENT, **change}}).deployment()


def test_an_unknown_did_is_none_and_other_problems_are_not() -> None:
    assert node_with({}).resolve("did:ebsi:zZeKyEJfUTGwajhNyNX928z") is None
    broken = node_that(lambda _: httpx.Response(500, json={"title": "Internal"}))
    with pytest.raises(NodeProblem):
        broken.resolve("did:ebsi:zZeKyEJfUTGwajhNyNX928z")


def test_a_node_that_is_not_ready_still_says_why() -> None:
    node = node_that(lambda _: httpx.Response(503, json={"ready": False, "ledger": "unreachable"}))
    assert node.readiness() == {"ready": False, "ledger": "unreachable"}
