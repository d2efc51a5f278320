"""JSON-RPC to the ledger: one call, or many in one request; the first endpoint that answers is kept to."""

import itertools
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Any, Self

import httpx

from node.chain.endpoints import endpoint_name
from node.config import Consensus
from node.errors import LedgerAnswerTooLarge, LedgerRefused, LedgerUnavailable, MalformedLedgerAnswer

MAX_ANSWER = 256 * 1024 * 1024  # bytes; 20,000 log entries are about 30 MB
BATCH = 200  # calls in one request
_LIMIT_EXCEEDED = -32005
Call = tuple[str, Sequence[object]]


@dataclass(slots=True)
class _First:
    """Which endpoint is asked first; shared by clients of the same endpoints."""

    place: int = 0
    lock: Lock = field(default_factory=Lock)


class LedgerClient:
    """A ledger behind one or more endpoints, tried in turn; safe to share between threads."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        timeout: float = 20.0,
        transport: httpx.BaseTransport | None = None,
        consensus: Consensus = "ethereum",
    ) -> None:
        """Take the endpoints; nothing is sent yet.

        Args:
            urls: at least one.
            timeout: seconds for one request.
            transport: instead of the network.
            consensus: how the ledger hashes its headers.
        """
        self.urls, self.consensus, self._timeout = tuple(urls), consensus, timeout
        self._max_answer, self._seconds = MAX_ANSWER, float("inf")
        # A proxy named in the environment is for the outside; the ledger is the operator's own.
        self._http = httpx.Client(timeout=timeout, transport=transport, trust_env=False)
        self._ids = itertools.count(1)
        self._first = _First()

    def request(self, method: str, *params: object) -> Any:
        """What the ledger answers to one call.

        Raises:
            LedgerUnavailable: no endpoint answered.
            LedgerRefused: the endpoint answered with an error.
            MalformedLedgerAnswer: the answer is not JSON-RPC.
        """
        call = self._call((method, params))
        return _result(method, call["id"], self._post(call))

    def batch(self, calls: Iterable[Call]) -> list[Any]:
        """What the ledger answers to each call, in their order.

        Raises:
            LedgerUnavailable: no endpoint answered.
            LedgerRefused: one of the calls was answered with an error.
            MalformedLedgerAnswer: an answer is missing or not JSON-RPC.
        """
        return [_result(call["method"], call["id"], answer) for call, answer in self._answers(calls)]

    def outcomes(self, calls: Iterable[Call]) -> list[Any | LedgerRefused]:
        """What the ledger answers to each call, in their order; the error where it refuses one.

        Raises:
            LedgerUnavailable: no endpoint answered.
            MalformedLedgerAnswer: an answer is missing or not JSON-RPC.
        """
        return [_outcome(call["method"], call["id"], answer) for call, answer in self._answers(calls)]

    @property
    def first(self) -> str:
        """The endpoint that is asked first: the last one that answered, or that was to be kept to."""
        with self._first.lock:
            return self.urls[self._first.place]

    def keep_to(self, url: str) -> None:
        """`url`, one of `urls`, is asked first from now on, until it does not answer."""
        with self._first.lock:
            self._first.place = self.urls.index(url)

    def only(self, url: str, *, timeout: float | None = None) -> "LedgerClient":
        """A client for one of the endpoints alone, over this one's connections, which it may not outlive.

        Args:
            url: one of `urls`.
            timeout: seconds for one request, if not this one's.
        """
        alone = object.__new__(LedgerClient)
        alone.__dict__.update(self.__dict__)
        alone.urls, alone._first = (url,), _First()
        alone._timeout = self._timeout if timeout is None else timeout
        return alone

    def bounded(self, *, seconds: float, max_answer: int) -> "LedgerClient":
        """A client for the same endpoints and over the same connections, for what strangers ask.

        Args:
            seconds: for the whole of one request to one endpoint.
            max_answer: bytes.
        """
        strict = object.__new__(LedgerClient)
        strict.__dict__.update(self.__dict__)
        strict._timeout = strict._seconds = seconds
        strict._max_answer = max_answer
        return strict

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _call(self, call: Call) -> dict[str, Any]:
        method, params = call
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _answers(self, calls: Iterable[Call]) -> Iterator[tuple[dict[str, Any], Any]]:
        wanted = list(calls)
        for start in range(0, len(wanted), BATCH):
            part = [self._call(call) for call in wanted[start : start + BATCH]]
            answers = self._post(part)
            if not isinstance(answers, list):
                raise MalformedLedgerAnswer("a batch was not answered with a list")
            named = [answer for answer in answers if isinstance(answer, dict)]
            by_id = {answer["id"]: answer for answer in named if isinstance(answer.get("id"), int)}
            yield from ((call, by_id.get(call["id"])) for call in part)

    def _post(self, content: object) -> Any:
        body = json.dumps(content).encode()
        reasons = []
        for attempt in range(len(self.urls)):
            with self._first.lock:
                place = (self._first.place + attempt) % len(self.urls)
            try:
                answer = self._read(self.urls[place], body)
            except (httpx.HTTPError, httpx.InvalidURL, _Unusable) as error:
                reasons.append(f"{endpoint_name(self.urls[place])}: {_reason(error)}")
                continue
            with self._first.lock:
                self._first.place = place
            return answer
        raise LedgerUnavailable("the ledger does not answer (" + "; ".join(reasons) + ")")

    def _read(self, url: str, body: bytes) -> Any:
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        until = time.monotonic() + self._seconds
        with self._http.stream("POST", url, content=body, headers=headers, timeout=self._timeout) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise _Unusable("a content encoding that was not asked for")  # it would unpack past the bound
            parts, length = [], 0
            for part in response.iter_bytes():
                length += len(part)
                if length > self._max_answer:
                    raise LedgerAnswerTooLarge(self._max_answer)
                if time.monotonic() > until:
                    raise _Unusable("too slow")
                parts.append(part)
        # Some engines give JSON-RPC errors the status 4xx; without a JSON body an error status is an outage.
        try:
            answer = json.loads(b"".join(parts))
        except (ValueError, RecursionError):
            raise _Unusable(f"HTTP {response.status_code}, no JSON") from None
        if _has_had_enough(answer):
            raise _Unusable("limit exceeded")
        return answer


class _Unusable(Exception):
    """An endpoint answered, and not as a ledger."""


def _has_had_enough(answer: Any) -> bool:
    """Whether an endpoint refuses for the number of calls (EIP-1474), which is no word on any of them."""
    said = answer if isinstance(answer, list) else [answer]
    errors = [one.get("error") for one in said if isinstance(one, dict)]
    return any(isinstance(error, dict) and error.get("code") == _LIMIT_EXCEEDED for error in errors)


def _reason(error: Exception) -> str:
    """Return why an endpoint did not answer; what httpx says of a wrong URL repeats the URL."""
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return type(error).__name__
    return str(error) or type(error).__name__


def _outcome(method: str, identifier: int, answer: Any) -> Any | LedgerRefused:
    try:
        return _result(method, identifier, answer)
    except LedgerRefused as error:
        return error


def _result(method: str, identifier: int, answer: Any) -> Any:
    if not isinstance(answer, dict) or answer.get("id") not in (identifier, None):
        raise MalformedLedgerAnswer(f"{method}: no answer to this call")
    error = answer.get("error")
    if error is not None:
        if not isinstance(error, dict):
            raise MalformedLedgerAnswer(f"{method}: an error without a code")
        code = error.get("code")
        raise LedgerRefused(
            method,
            code=code if isinstance(code, int) else 0,
            reason=str(error.get("message", "no reason given"))[:1_000],
            data=error.get("data"),
        )
    if "result" not in answer:
        raise MalformedLedgerAnswer(f"{method}: neither result nor error")
    return answer["result"]
