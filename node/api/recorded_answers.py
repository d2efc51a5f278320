"""Answers that rest on the record alone: made once for each state of the log, and told again from memory.

A URL, what the client accepts and the log's root say everything about such an answer but what the time of day
changes, and of that it says until when it holds. Whoever holds it already gets 304, and nothing is made.
"""

from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from node.api.caching import IMMUTABLE, REVALIDATE, json_bytes, matches, weak_tag
from node.api.forms import NodeOf
from node.api.negotiation import negotiate
from node.api.parameters import StrictRoute
from node.services.node import Node
from node.services.view import View, viewing

JSON_MEDIA = "application/json"
_AROUND = 2048
"""Octets that an answer takes beside its body, its URL and its path, what the client accepts included."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer says.

    Attributes:
        body: JSON members, or the document's own bytes.
        recorded: time of the newest entry that it rests on, in ledger seconds; None if it rests on none.
        since: from when on it says this, in seconds, even if nothing else is recorded.
        until: from when on it says something else; None: never by itself.
        immutable: its path names it by hash.
    """

    body: bytes | Mapping[str, Any]
    recorded: int | None = None
    since: int = 0
    until: int | None = None
    immutable: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer as it is sent; `octets` are what it takes in memory, its key included."""

    body: bytes
    media_type: str
    headers: Mapping[str, str]
    since: int
    until: int | None
    octets: int

    def holds_in(self, view: View) -> bool:
        """Whether the time of day has not changed it."""
        seconds = int(view.present.timestamp())
        return self.since <= seconds and (self.until is None or seconds < self.until)


class RecordedRoute(StrictRoute):
    """A route that tells who holds an answer so before anything else is done.

    The same question was answered before, so nothing of it has to be checked again.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler behind the look at what the client holds."""
        handler = super().get_route_handler()

        async def asked(request: Request) -> Response:
            if "if-none-match" in request.headers and request.method == "GET":
                unchanged = await run_in_threadpool(_unchanged, request)
                if unchanged is not None:
                    return unchanged
            return await handler(request)

        return asked


def recorded_answer(
    request: Request, node: NodeOf, make: Callable[[View], Content], *, media_type: str | None = None
) -> Response:
    """Return what `make` says of the record as it is now, or 304 if the client holds the same.

    Args:
        request: whose URL and headers say what is asked for.
        node: whose record.
        make: reads the answer; called only if no answer to the same question is at hand.
        media_type: what was negotiated; None: the answer is `application/json` or none.

    Raises:
        NotAcceptable: the client takes no JSON, and nothing else was negotiated.
    """
    media = negotiate(request, (JSON_MEDIA,)) if media_type is None else media_type
    with viewing(node, aging=False) as view:
        kept: _Kept = node.memory.answers.get(
            _question(view, request),
            lambda: _kept(make(view), media, str(request.url)),
            holds=lambda one: one.holds_in(view),
        )
    if matches(request, kept.headers["ETag"]):
        return Response(status_code=304, headers=kept.headers)
    return Response(kept.body, media_type=kept.media_type, headers=kept.headers)


def _unchanged(request: Request) -> Response | None:
    """304, if what was answered before still holds and the client has it."""
    node: Node = request.app.state.node
    with viewing(node, aging=False) as view:
        kept: _Kept | None = node.memory.answers.peek(_question(view, request))
        if kept is None or not kept.holds_in(view) or not matches(request, kept.headers["ETag"]):
            return None
    return Response(status_code=304, headers=kept.headers)


def _question(view: View, request: Request) -> Hashable:
    root = view.cursor.root if view.cursor else None
    # The path too: two that differ are one URL where a name holds "?", and another one the "%3F" for it.
    return root, str(request.url), request.scope["path"], request.headers.get("accept", "")


def _kept(content: Content, media_type: str, url: str) -> _Kept:
    body = content.body if isinstance(content.body, bytes) else json_bytes(content.body)
    headers = {
        "ETag": weak_tag(media_type.encode() + b"\n" + body),
        "Cache-Control": IMMUTABLE if content.immutable else REVALIDATE,
        "Vary": "Accept",
    }
    if content.recorded is not None:
        headers["Last-Modified"] = formatdate(content.recorded, usegmt=True)
    octets = len(body) + 2 * len(url) + _AROUND
    return _Kept(body, media_type, headers, content.since, content.until, octets)
