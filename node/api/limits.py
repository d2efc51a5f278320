"""ASGI layer before every route: what one client may ask in a minute, and how slowly it may send a body."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from node.api.clients import Clients, is_local
from node.api.errors import BodyTooSlow, TooManyRequests
from node.api.problems import known_problem
from node.api.rate import Rate

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

HEALTH = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by those who watch the node: never refused for what others do."""
GRACE = 20.0
"""Seconds that a body may take however short it is."""
SLOWEST = 16_384
"""Bytes of a body that must come in each further second of waiting: 128 kbit/s."""

VERIFICATION = 5
"""Units of judging one credential, alone or in a presentation."""
LEDGER_CALL = 5
"""Units of one call to the ledger, alone or in a batch."""
LONG = 0.5
"""Seconds of judging that are in the price."""
LONG_SECOND = 6_000
"""Units of each further second: what is hard to judge keeps others waiting, and shows only then."""
LONGEST_WAIT = 5.0
"""Seconds that a stream waits at most before each further block while its client owes."""
_SPEND = "ankyra.spend"
_OWE = "ankyra.owe"
_WAIT = "ankyra.wait"

COSTS = (
    ("POST", "/v1/verifications", VERIFICATION),
    ("POST", "/", VERIFICATION),
    ("POST", "/authorisation/v4/token", 10),
    ("POST", "/v1/batches", 50),
    ("PUT", "/v1/status-lists", 50),
    ("POST", "/ledger/v4/blockchains/besu", LEDGER_CALL),
    ("GET", "/v1/log/digest", 50),
    ("GET", "/v1/history", 5),
    ("GET", "/v1/anchors/", 5),
    ("GET", "/anchors/", 5),
    ("GET", "/registry", 10),
    ("GET", "/registry/", 5),
    ("GET", "/statistics", 10),
    ("GET", "/v1/statistics", 10),
)
"""Method, path (or its beginning, if that ends in a slash) and price of what costs more than one unit."""


class Limited:
    """Refuses who asks too much (RFC 6585 section 4), and gives up on who sends too slowly.

    Programs on the node's own machine that come directly are its operator's, and not counted.
    """

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], *, rate: Rate, clients: Clients
    ) -> None:
        self._app = app
        self._rate = rate
        self._clients = clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other kinds of connections pass unseen."""
        if scope["type"] != "http" or scope["path"] in HEALTH:
            await self._app(scope, receive, send)
            return
        now = asyncio.get_running_loop().time()
        if not is_local(scope):
            spend = partial(self._spend, self._clients.name(scope))
            try:
                spend(cost(scope), now=now)
            except TooManyRequests as error:
                await known_problem(Request(scope), error)(scope, receive, send)
                return
            scope[_SPEND] = spend
            scope[_OWE] = partial(self._rate.owe, self._clients.name(scope))
            scope[_WAIT] = partial(self._rate.take, self._clients.name(scope), 0)
        incoming = _Incoming(receive)
        await self._app(scope, incoming.receive, incoming.watching(send))

    def _spend(self, client: str, units: float, *, now: float) -> None:
        wait = self._rate.take(client, units, now=now)
        if wait:
            raise TooManyRequests(self._rate.per_minute, retry_after=math.ceil(wait))


def spend_further(request: Request, units: int) -> None:
    """Return if the client may spend so much more on this request, whose price shows in its body only.

    Raises:
        TooManyRequests: it may not, and nothing further is spent.
    """
    spend = request.scope.get(_SPEND)
    if spend is not None:
        spend(units, now=asyncio.get_running_loop().time())


def owe_for(request: Request, seconds: float) -> None:
    """Let the client have spent what judging took beyond `LONG`; it has its answer all the same."""
    owe = request.scope.get(_OWE)
    if owe is not None and seconds > LONG:
        owe(LONG_SECOND * (seconds - LONG), now=asyncio.get_running_loop().time())


async def paid(request: Request, blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Hand on an answer's blocks: their client owes for the time of making them, and waits while it owes.

    The first `LONG` seconds are in the price. However many streams a client has, they together take no more
    of the node than it may spend.
    """
    loop, spent = asyncio.get_running_loop(), 0.0
    owe, wait = request.scope.get(_OWE), request.scope.get(_WAIT)
    while True:
        began = loop.time()
        block = await run_in_threadpool(next, blocks, None)
        if block is None:
            return
        took = loop.time() - began
        spent += took
        if owe is not None and wait is not None and spent > LONG:
            owe(LONG_SECOND * min(took, spent - LONG), now=loop.time())
            await asyncio.sleep(min(LONGEST_WAIT, wait(now=loop.time())))
        yield block


def cost(scope: Scope) -> int:
    """Return the price of a request in units; most cost one."""
    for method, path, price in COSTS:
        if scope["method"] == method and _covers(path, scope["path"]):
            return price
    return 1


def _covers(path: str, asked: str) -> bool:
    return asked.startswith(path) if path.endswith("/") and path != "/" else asked == path


class _Incoming:
    """A request's body on its way: the time waited for it is bounded by what came."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waited = 0.0
        self._came = 0
        self._whole = False
        self._answered = False

    async def receive(self) -> Any:
        """Return the next event of the request.

        Raises:
            BodyTooSlow: the body comes slower than `SLOWEST`, and nothing was answered yet.
        """
        if self._whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(GRACE + self._came / SLOWEST - self._waited):
                message = await self._receive()
        except TimeoutError as error:
            if self._answered:
                return {"type": "http.disconnect"}
            raise BodyTooSlow(round(loop.time() - began + self._waited, 1)) from error
        self._waited += loop.time() - began
        self._came += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        return message

    def watching(self, send: Send) -> Send:
        """Return `send`, noting when the answer begins."""

        async def watched(message: Any) -> None:
            self._answered = True
            await send(message)

        return watched
