"""Answers that rest on the record alone: made once for each state of the log, and told again from memory.

A URL, what the client accepts and the log's root say everything about such an answer but what the time of day
changes, and of that it says until when it holds. Whoever holds it already gets 304, and nothing is made. How
old the answer is (`asOf`) is written behind what is remembered, each time anew.
"""

from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from fastapi import Request, Response

from node.api.caching import IMMUTABLE, REVALIDATE, json_bytes, matches, weak_tag
from node.api.forms import NodeOf, as_of
from node.api.negotiation import negotiate
from node.api.parameters import StrictRoute
from node.api.shared_reading import SharedReading
from node.services.node import Node
from node.services.view import RecordState, View, viewing

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
        status: the answer's.
        aged: the answer has a last member `asOf`, which is no part of this; the body is a JSON object then.
    """

    body: bytes | Mapping[str, Any]
    recorded: int | None = None
    since: int = 0
    until: int | None = None
    immutable: bool = False
    status: int = 200
    aged: bool = False


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer as it is sent; `octets` are what it takes in memory, its key included."""

    body: bytes
    media_type: str
    headers: Mapping[str, str]
    since: int
    until: int | None
    status: int
    aged: bool
    octets: int

    def holds_in(self, state: RecordState) -> bool:
        """Whether the time of day has not changed it."""
        seconds = int(state.present.timestamp())
        return self.since <= seconds and (self.until is None or seconds < self.until)

    def answer(self, request: Request, state: RecordState) -> Response:
        """The response, in this state of the record; 304 if the client has the same."""
        if self.status == 200 and matches(request, self.headers["ETag"]):  # noqa: PLR2004 -- RFC 9110's OK
            return Response(status_code=304, headers=self.headers)
        body = self.body
        if self.aged:
            body = body[:-1] + b',"asOf":' + json_bytes(as_of(state.as_of)) + b"}"
        return Response(body, status_code=self.status, media_type=self.media_type, headers=self.headers)


class RecordedRoute(StrictRoute):
    """A route that tells again what it told before while the record is the same, before all else is done.

    The same question was answered before, so nothing of it has to be checked again.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler behind the look at what is remembered."""
        handler = super().get_route_handler()

        async def asked(request: Request) -> Response:
            if request.method == "GET":
                told = await _told_before(request)
                if told is not None:
                    return told
            return await handler(request)

        return asked


def recorded_answer(
    request: Request,
    node: NodeOf,
    make: Callable[[View], Content],
    *,
    media_type: str | None = None,
    aging: bool = False,
) -> Response:
    """Return what `make` says of the record as it is now, or 304 if the client holds the same.

    Args:
        request: whose URL and headers say what is asked for.
        node: whose record.
        make: reads the answer; called only if no answer to the same question is at hand.
        media_type: what was negotiated; None: the answer is `application/json` or none.
        aging: whether the answer is `aged`.

    Raises:
        NotAcceptable: the client takes no JSON, and nothing else was negotiated.
    """
    media = negotiate(request, (JSON_MEDIA,)) if media_type is None else media_type
    with viewing(node, aging=aging) as view:
        request.app.state.shared_reading.last = RecordState(
            cursor=view.cursor, sighting=view.sighting, now=view.now
        )
        kept: _Kept = node.memory.answers.get(
            _question(view, request),
            lambda: _kept(make(view), media, str(request.url)),
            holds=lambda one: one.holds_in(view),
        )
        return kept.answer(request, view)


async def _told_before(request: Request) -> Response | None:
    """What was answered before, if the record is the same and the time of day has not changed it."""
    node: Node = request.app.state.node
    shared: SharedReading = request.app.state.shared_reading
    if shared.last is None or node.memory.answers.peek(_question(shared.last, request)) is None:
        return None  # it was not asked lately: the state is read where the answer is made
    state = await shared.state()
    kept: _Kept | None = node.memory.answers.peek(_question(state, request))
    return None if kept is None or not kept.holds_in(state) else kept.answer(request, state)


def _question(state: RecordState, request: Request) -> Hashable:
    root = state.cursor.root if state.cursor else None
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
    return _Kept(
        body,
        media_type,
        headers,
        since=content.since,
        until=content.until,
        status=content.status,
        aged=content.aged,
        octets=len(body) + 2 * len(url) + _AROUND,
    )
