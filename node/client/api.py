"""One node's API over HTTP: bounded answers, no redirects, problems and silence as errors of this room."""

import ssl
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import httpx

from node.client.errors import NodeProblem, NodeUnreachable, NoNode, UnexpectedAnswer, Unusable
from node.client.problems import problem_in, read_json, rpc_problem
from node.client.profile import Deployment

MAX_ANSWER = 32 * 1024 * 1024
"""Bytes of one JSON answer; a thousand entries with full payloads stay below."""

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For what is asked in the clear alone: reading whom else one could trust takes longer than asking."""
_OK = range(200, 300)
_SERVER_ERRORS, _TOO_MANY_REQUESTS = frozenset(range(500, 600)) - {501}, 429
"""501 is not of a proxy that misses its node, but of a server that knows no such method: no node at all."""
_CHUNK = 256 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, already within bounds."""

    status: int
    content: bytes
    headers: Mapping[str, str]


class Node:
    """A node at `url`. Every answer is material to check, never a fact."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """Nothing is asked yet.

        Args:
            url: http or https, without query.
            transport: another way to reach the node than sockets.

        Raises:
            Unusable: no such URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise Unusable(f"`{url}` is no address of a node; give one like https://registry.example.org")
        self.url = url.rstrip("/")
        self._client = httpx.Client(
            timeout=_TIMEOUT,
            transport=transport,
            follow_redirects=False,
            trust_env=parts.hostname not in _LOOPBACK,
            verify=True if parts.scheme == "https" else _TRUSTING_NOBODY,
            headers={"User-Agent": "ankyra"},
        )

    def close(self) -> None:
        """Connections are given back."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what the client asks for ----------------------------------------------------------------------------

    def deployment(self) -> Deployment:
        """The ledger and contracts that this node says it follows.

        Raises:
            ClientError: no answer, or not of that form.
        """
        return _deployment(self.get("/v1/deployment"), source=f"{self.url}/v1/deployment")

    def resolve(self, did: str) -> Mapping[str, Any] | None:
        """The DID document as this node projects it, or None where it knows none.

        Raises:
            ClientError: no answer, or not of that form.
        """
        try:
            document = self.get(f"/1.0/identifiers/{quote(did)}").get("didDocument")
        except NodeProblem as problem:
            if problem.status in {404, 410}:
                return None
            raise
        if document is not None and not isinstance(document, dict):
            raise UnexpectedAnswer(f"{self.url}: the DID document of {did} is no object")
        return document

    def rpc(
        self, service: str, method: str, params: Mapping[str, Any], *, token: str | None = None
    ) -> object:
        """The `result` of one JSON-RPC call to an EBSI service (EBSI APIs, two-step writes).

        Args:
            service: such as `did-registry/v5`.
            method: the contract's function, or `sendSignedTransaction`.
            params: its one parameter object.
            token: access token, if the service asks for one.

        Raises:
            NodeProblem: the service refused; its message in words.
            NodeUnreachable: no answer.
        """
        return self._rpc(f"/{service}/jsonrpc", method, [dict(params)], token=token)

    def ledger(self, method: str, params: list[Any]) -> object:
        """The `result` of one call that the node passes to its ledger.

        Raises:
            NodeProblem: refused; revert data, if any, is in `data`.
            NodeUnreachable: no answer.
        """
        return self._rpc("/ledger/v4/blockchains/besu", method, params)

    def json_rpc(self, method: str, params: list[Any]) -> object:
        """The `result` of one call to the JSON-RPC of a ledger node that is itself at this URL.

        Raises:
            NodeProblem: refused.
            NodeUnreachable: no answer.
        """
        return self._rpc("", method, params)

    def readiness(self) -> dict[str, Any]:
        """What `/readyz` says, whether the node is ready or not.

        Raises:
            ClientError: no answer, or not of that form.
        """
        found = self._object("/readyz", self.request("GET", "/readyz", accepted=(200, 503)))
        if not isinstance(found.get("ready"), bool):
            raise NoNode(self.url, "/readyz", "the answer does not say whether it is ready")
        return found

    # -- how it is asked -------------------------------------------------------------------------------------

    def get(self, path: str, *, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at `path`.

        Raises:
            NodeProblem: the node refused.
            NodeUnreachable: no answer.
            NoNode: not an answer that a node gives.
            UnexpectedAnswer: too large.
        """
        return self._object(path, self.request("GET", path, params=params))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object that answers `body`.

        Raises:
            ClientError: as `get`.
        """
        return self._object(path, self.request("POST", path, body=body))

    def put(self, path: str, content: bytes, *, media_type: str) -> dict[str, Any]:
        """The JSON object that answers `content`.

        Raises:
            ClientError: as `get`.
        """
        return self._object(path, self.request("PUT", path, content=content, media_type=media_type))

    def post_form(self, path: str, form: Mapping[str, str], *, limit: int) -> dict[str, Any]:
        """The JSON object that answers a form, of at most `limit` bytes.

        Raises:
            ClientError: as `get`.
        """
        content, media_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        answer = self.request("POST", path, content=content, media_type=media_type, limit=limit)
        return self._object(path, answer)

    def request(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        media_type: str = "application/json",
        limit: int = MAX_ANSWER,
        accepted: Collection[int] = _OK,
        token: str | None = None,
    ) -> Answer:
        """A whole answer with a status of success, or with one of those accepted.

        Raises:
            ClientError: as `get`.
        """
        received = bytearray()
        sent: dict[str, Any] = {"json": body} if content is None else {"content": content}
        headers = {} if content is None else {"Content-Type": media_type}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with self._client.stream(
                verb, self.url + path, params=params, headers=headers, **sent
            ) as response:
                for chunk in response.iter_bytes(_CHUNK):
                    received += chunk
                    if len(received) > limit:
                        raise UnexpectedAnswer(f"{self.url}{path} answers with more than {limit} bytes")
                answer = Answer(response.status_code, bytes(received), dict(response.headers))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise NodeUnreachable(self.url, str(error) or type(error).__name__) from None
        if answer.status not in accepted:
            raise self._problem(path, answer)
        return answer

    def stream(self, path: str, *, limit: int) -> Iterator[bytes]:
        """The bytes at `path`, in pieces, at most `limit` of them.

        Raises:
            ClientError: as `get`, also while iterating.
        """
        seen = 0
        try:
            with self._client.stream("GET", self.url + path) as response:
                if response.status_code not in _OK:
                    content = b"".join(_bounded(response, limit=_CHUNK))
                    answer = Answer(response.status_code, content, dict(response.headers))
                    raise self._problem(path, answer)
                for chunk in response.iter_bytes(_CHUNK):
                    seen += len(chunk)
                    if seen > limit:
                        raise UnexpectedAnswer(f"{self.url}{path} answers with more than {limit} bytes")
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise NodeUnreachable(self.url, str(error) or type(error).__name__) from None

    def _rpc(self, path: str, method: str, params: list[Any], *, token: str | None = None) -> object:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._object(path, self.request("POST", path, body=body, token=token))
        error = answer.get("error")
        if error is not None:
            raise rpc_problem(_OK.start, error)
        return answer.get("result")

    def _object(self, path: str, answer: Answer) -> dict[str, Any]:
        value = read_json(answer.content)
        if not isinstance(value, dict):
            raise NoNode(self.url, path, "the answer is no JSON object")
        return value

    def _problem(self, path: str, answer: Answer) -> NodeProblem | NoNode:
        problem = problem_in(answer.status, answer.content)
        if problem is not None:
            return problem
        if answer.status in _SERVER_ERRORS or answer.status == _TOO_MANY_REQUESTS:  # a proxy before a node
            return NodeProblem(answer.status, title="no reason given", detail="")
        return NoNode(self.url, path, f"it answers with status {answer.status}")


def _deployment(answer: Mapping[str, Any], *, source: str) -> Deployment:
    name, chain_id, log = answer.get("name"), answer.get("chainId"), answer.get("registryLog")
    contracts = answer.get("contracts")
    if not isinstance(name, str) or type(chain_id) is not int or not isinstance(log, str):
        raise UnexpectedAnswer(f"{source} lacks a name, a chain id or a log")
    if not isinstance(contracts, dict) or not all(isinstance(value, str) for value in contracts.values()):
        raise UnexpectedAnswer(f"{source} lacks the addresses of the contracts")
    return Deployment(name, chain_id, log, contracts)


def _bounded(response: httpx.Response, *, limit: int) -> Iterator[bytes]:
    seen = 0
    for chunk in response.iter_bytes(limit):
        seen += len(chunk)
        if seen > limit:
            return
        yield chunk
