"""Connections, bounded before HTTP is read: how many, how long a head may take, how slowly an answer is read.

A connection that sends nothing, sends a byte now and then, or never reads what it asked for costs a file
handle and memory; without these bounds a stranger with a thousand of them stops a node.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from node.api.clients import Clients, counted
from node.api.errors import (
    ApiError,
    HeadTooLarge,
    HeadTooSlow,
    MalformedRequest,
    TooManyClients,
    TooManyConnections,
)
from node.api.limits import HEALTH
from node.api.problems import known_problem

MAX_HEAD: Final = 32_768
"""Bytes of request line and headers; also of what frames a body beside its bytes."""
MAX_HEADERS: Final = 100
_STATUS_TEXTS: Final = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large"}


@dataclass(slots=True)
class Limits:
    """Bounds of the connections of one server.

    Attributes:
        connections: of all clients; beyond them the answer is a problem.
        of_one_client: likewise of one client; trusted proxies stand for many and are not counted.
        spare: connections beyond either bound that are told so; yet further ones are closed unheard.
        head_seconds: from the first byte of a request, or the connection's beginning, to the end of its head.
        linger_seconds: for the rest of a body after it was answered.
        stall_seconds: for which an answer may stand still; asked again after as many.
        slowest_reader: bytes that must be taken in each second beyond `stall_seconds` of waiting.
    """

    connections: int = 1000
    of_one_client: int = 256
    spare: int = 64
    head_seconds: float = 15.0
    linger_seconds: float = 30.0
    stall_seconds: float = 30.0
    slowest_reader: int = 16_384


@dataclass(slots=True)
class Doors:
    """Who is connected to one server; used on its event loop alone, so that no lock is needed."""

    clients: Clients
    limits: Limits = field(default_factory=Limits)
    open: int = 0
    by_client: Counter[str] = field(default_factory=Counter)

    def protocol(self, **given: Any) -> "BoundedConnection":
        """Return the protocol of a new connection; the server calls this as its protocol class."""
        return BoundedConnection(self, **given)

    def enter(self, host: str) -> str:
        """Count a connection and return the name under which it is counted; empty for a trusted proxy."""
        name = "" if self.clients.trusts(host) else counted(host)
        self.open += 1
        if name:
            self.by_client[name] += 1
        return name

    def leave(self, name: str) -> None:
        """Count it no more."""
        self.open -= 1
        if name:
            self.by_client[name] -= 1
            if not self.by_client[name]:
                del self.by_client[name]

    def refusal(self, name: str) -> ApiError | None:
        """Why the connection just counted is not served, if so."""
        if name and self.by_client[name] > self.limits.of_one_client:
            return TooManyConnections(self.limits.of_one_client)
        return TooManyClients() if self.open > self.limits.connections else None

    def is_crowded(self, name: str) -> bool:
        """Whether even a refusal is too much."""
        own = self.by_client[name] if name else 0
        limits = self.limits
        return own > limits.of_one_client + limits.spare or self.open > limits.connections + limits.spare


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's connection within `Limits`."""

    def __init__(self, doors: Doors, **given: Any) -> None:
        super().__init__(**given)
        self._doors = doors
        self._limits = doors.limits
        self._name: str | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._refused: ApiError = MalformedRequest()
        self._begun = self._in_head = self._in_message = False
        self._framing = self._headers_seen = 0
        self._stalled = self._since = 0.0
        self._taken = self._unread = 0

    # --- the connection -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Begin, unless there are too many."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self._name = self._doors.enter(host)
        if self._doors.is_crowded(self._name):
            transport.abort()
            return
        refusal = self._doors.refusal(self._name)
        if refusal is not None:
            self.app = _refusing(self.app, refusal)
        self._expect(self._limits.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and make room."""
        self._cancel_timers()
        if self._name is not None:
            self._doors.leave(self._name)
            self._name = None
        super().connection_lost(exc)

    # --- what comes -----------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Read on; a head that does not end, and framing without a body, are cut short."""
        if self.transport.is_closing():
            return
        self._begun = False
        super().data_received(data)
        if not self._begun:
            self._count(len(data))
        if self._deadline is None and (self._in_head or not (self._in_message or self._is_answering())):
            self._expect(self._limits.head_seconds, self._head_is_late)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._begun = self._in_head = self._in_message = True
        self._framing = self._headers_seen = 0

    def on_url(self, url: bytes) -> None:
        """A part of the request's target."""
        super().on_url(url)
        self._bound(len(self.url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header, or one trailer behind a body in chunks."""
        self._headers_seen += len(name) + len(value)
        self._bound(len(self.url) + self._headers_seen, len(self.headers) + 1)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: what follows is the body's time."""
        self._in_head = False
        self._cancel_deadline()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body, which pays for its framing."""
        self._framing -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_message = False
        self._cancel_deadline()
        super().on_message_complete()
        if not self._is_answering():
            self._expect(self._limits.head_seconds, self._head_is_late)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words, instead of which ours are sent
        """Answer what cannot be read as a request, and close."""
        if not self._is_answering():
            self._write_problem(self._refused)
        self._close()

    # --- what goes ------------------------------------------------------------------------------------------

    def on_response_complete(self) -> None:
        """The answer is written; a body that nobody wanted may end in its own time, but not in any."""
        super().on_response_complete()
        if self._in_message and not self._in_head and not self.pipeline and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._expect(self._limits.linger_seconds, self._close)
        if self.transport.is_closing() and self._watch is None:
            self._look_again()

    def pause_writing(self) -> None:
        """More waits to be read than is buffered gladly: from now on it is watched."""
        super().pause_writing()
        if self._watch is None:
            self._look_again()

    def resume_writing(self) -> None:
        """It was read."""
        super().resume_writing()
        if self._watch is not None and not self.transport.is_closing():
            self._watch.cancel()
            self._watch = None
            self._note_taken()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came after the last answer: close, and see to it that the rest is read or dropped."""
        self._close()

    # --- within ---------------------------------------------------------------------------------------------

    def _bound(self, length: int, headers: int = 0) -> None:
        if length > MAX_HEAD or headers > MAX_HEADERS:
            self._refused = HeadTooLarge(MAX_HEAD)
            raise self._refused  # the parser stops, and `send_400_response` is called

    def _count(self, length: int) -> None:
        self._framing += length
        if self._in_message and self._framing > MAX_HEAD and not self.transport.is_closing():
            self._refused = HeadTooLarge(MAX_HEAD)
            self.send_400_response("")

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def _head_is_late(self) -> None:
        if self._is_answering():
            self._expect(self._limits.head_seconds, self._head_is_late)
        elif self._in_head:
            self._refused = HeadTooSlow(self._limits.head_seconds)
            self.send_400_response("")
        else:
            self._close()

    def _write_problem(self, error: ApiError) -> None:
        request = Request({"type": "http", "method": "GET", "path": "/", "headers": []})
        answer = known_problem(request, error)
        first = f"HTTP/1.1 {answer.status_code} {_STATUS_TEXTS[answer.status_code]}".encode()
        lines = (first, *_lines(answer), b"connection: close", b"", bytes(answer.body))
        self.transport.write(b"\r\n".join(lines))

    def _close(self) -> None:
        """Close once what is written was read, for which the time is bounded."""
        if not self.transport.is_closing():
            self.transport.close()
        if self._watch is None:
            self._look_again()

    def _look_again(self) -> None:
        self._unread, self._since = self.transport.get_write_buffer_size(), self.loop.time()
        self._watch = self.loop.call_later(self._limits.stall_seconds, self._look)

    def _look(self) -> None:
        self._watch = None
        self._note_taken()
        if self._unread:
            self._look_again()

    def _note_taken(self) -> None:
        """Abort if answers are read more slowly than `slowest_reader`, over the whole connection."""
        left, now = self.transport.get_write_buffer_size(), self.loop.time()
        self._stalled += now - self._since
        self._taken += max(0, self._unread - left)
        self._unread = left
        if self._stalled > self._limits.stall_seconds + self._taken / self._limits.slowest_reader:
            self._unread = 0
            self.transport.abort()

    def _expect(self, seconds: float, otherwise: Callable[[], None]) -> None:
        self._cancel_deadline()
        self._deadline = self.loop.call_later(seconds, otherwise)

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cancel_timers(self) -> None:
        self._cancel_deadline()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


def _refusing(app: Any, error: ApiError) -> ASGIApp:
    """Return an application that answers every request with `error`, but to those who watch the node."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in HEALTH:
            await app(scope, receive, send)
            return
        answer = known_problem(Request(scope), error)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)

    return refuse


def _lines(answer: Response) -> list[bytes]:
    return [name + b": " + value for name, value in answer.raw_headers]
