"""Answers with validators (RFC 9110 section 13) and lifetimes (RFC 9111): immutable ones for a year."""

import hashlib
import json
from typing import Any

from fastapi import Request, Response

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
"""A cache may keep the answer, and asks whether it still holds before it uses it again."""


def json_bytes(value: Any) -> bytes:
    """Return `value` as compact UTF-8 JSON, members in the order in which they were put."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def json_answer(
    request: Request,
    value: dict[str, Any],
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a mutable answer with a weak ETag, or 304 if the client holds the same content.

    `asOf` tells how fresh the answer is and is no part of its content: it moves with each block, and an ETag
    over it would never match twice.
    """
    body = json_bytes(value)
    held = body if "asOf" not in value else json_bytes({n: item for n, item in value.items() if n != "asOf"})
    tag = weak_tag(held)
    common = {"ETag": tag, "Cache-Control": REVALIDATE, "Vary": "Accept"} | (headers or {})
    if status == 200 and matches(request, tag):  # noqa: PLR2004 -- RFC 9110's OK
        return Response(status_code=304, headers=common)
    return Response(body, status_code=status, media_type=media_type, headers=common)


def text_answer(request: Request, content: bytes, *, media_type: str) -> Response:
    """Return mutable content as it is, with a strong ETag, or 304 if the client holds the same."""
    return _as_it_is(request, content, media_type=media_type, cached=REVALIDATE)


def immutable_answer(request: Request, body: bytes, *, media_type: str) -> Response:
    """Return an answer that can never change, because its path names its content by hash."""
    return _as_it_is(request, body, media_type=media_type, cached=IMMUTABLE)


def _as_it_is(request: Request, content: bytes, *, media_type: str, cached: str) -> Response:
    tag = f'"{_digest(content)}"'
    headers = {"ETag": tag, "Cache-Control": cached}
    if matches(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def immutable_headers(tag: str) -> dict[str, str]:
    """Return the headers of a streamed answer that can never change, under a strong ETag of its own name."""
    return {"ETag": f'"{tag}"', "Cache-Control": IMMUTABLE}


def not_modified(request: Request, tag: str) -> Response | None:
    """Return 304 if the client already holds the immutable answer of this `tag`."""
    return Response(status_code=304, headers=immutable_headers(tag)) if matches(request, f'"{tag}"') else None


def weak_tag(content: bytes) -> str:
    """Return a weak ETag of `content` (RFC 9110 section 8.8.3)."""
    return f'W/"{_digest(content)}"'


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def matches(request: Request, tag: str) -> bool:
    """Return whether the client holds `tag`, compared weakly, as RFC 9110 section 13.1.2 asks for."""
    asked = request.headers.get("if-none-match")
    if asked is None:
        return False
    if asked == tag:
        return True
    candidates = [candidate.strip().removeprefix("W/") for candidate in asked.split(",")]
    return "*" in candidates or tag.removeprefix("W/") in candidates
