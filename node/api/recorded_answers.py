"""Answers that rest on the record alone: made once for each state of the log, and told again from memory.

A path, a query, a media type and the log's root say everything about such an answer but what the time of day
changes, and of that it says until when it holds. Whoever holds it already gets 304, and nothing is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from fastapi import Request, Response

from node.api.caching import IMMUTABLE, REVALIDATE, json_bytes, matches, weak_tag
from node.api.forms import NodeOf
from node.api.negotiation import negotiate
from node.services.view import View, viewing

JSON_MEDIA = "application/json"
_AROUND = 1024
"""Octets that an answer takes beside its body and its URL."""


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
    headers: Mapping[str, str]
    since: int
    until: int | None
    octets: int

    def holds_at(self, seconds: int) -> bool:
        return self.since <= seconds and (self.until is None or seconds < self.until)


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
        url = str(request.url)
        key = (view.cursor.root if view.cursor else None, url, media)
        present = int(view.present.timestamp())
        kept: _Kept = node.memory.answers.get(
            key, lambda: _kept(make(view), media, url), holds=lambda one: one.holds_at(present)
        )
    if matches(request, kept.headers["ETag"]):
        return Response(status_code=304, headers=kept.headers)
    return Response(kept.body, media_type=media, headers=kept.headers)


def _kept(content: Content, media_type: str, url: str) -> _Kept:
    body = content.body if isinstance(content.body, bytes) else json_bytes(content.body)
    headers = {
        "ETag": weak_tag(media_type.encode() + b"\n" + body),
        "Cache-Control": IMMUTABLE if content.immutable else REVALIDATE,
        "Vary": "Accept",
    }
    if content.recorded is not None:
        headers["Last-Modified"] = formatdate(content.recorded, usegmt=True)
    octets = len(body) + len(url) + _AROUND
    return _Kept(body, headers, content.since, content.until, octets)
