"""Pages of lists: opaque cursors under /v1, numbered pages with four links under EBSI's paths."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request

from node.api.errors import InvalidParameter
from node.api.parameters import LARGEST, size_parameter

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000
EBSI_DEFAULT_SIZE = 10
EBSI_MAX_SIZE = 50
_MAX_CURSOR = 64
_CURSOR = re.compile(rb"after:([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list under /v1 is asked for.

    Attributes:
        limit: items, 1 to `MAX_LIMIT`.
        after: the place that the previous page ended at; None for the first page.
    """

    limit: int
    after: int | None


def page(
    limit: Annotated[
        str | None, Query(description=f"Items, 1 to {MAX_LIMIT}; {DEFAULT_LIMIT} if not given.")
    ] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> Page:
    """Return the page that the query asks for.

    Raises:
        InvalidParameter: limit or cursor is malformed.
    """
    count = DEFAULT_LIMIT if limit is None else size_parameter(limit, name="limit")
    if not 1 <= count <= MAX_LIMIT:
        raise InvalidParameter(f"limit must be from 1 to {MAX_LIMIT}.")
    return Page(limit=count, after=None if cursor is None else _read_cursor(cursor))


PageQuery = Annotated[Page, Depends(page)]


def cursor_after(place: int) -> str:
    """Return the opaque cursor for what follows `place`."""
    return base64.urlsafe_b64encode(b"after:%d" % place).decode().rstrip("=")


def _read_cursor(text: str) -> int:
    match = _CURSOR.fullmatch(_decoded(text))
    if match is None or int(match[1]) > LARGEST or cursor_after(int(match[1])) != text:
        raise InvalidParameter("cursor is not one that this node gave.")
    return int(match[1])


def _decoded(text: str) -> bytes:
    if len(text) > _MAX_CURSOR:
        return b""
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


@dataclass(frozen=True, slots=True)
class EbsiPage:
    """Which page of an EBSI collection is asked for (ebsi-api section 1.3).

    Attributes:
        number: from 1; EBSI calls it `page[after]`.
        size: items in a page, 1 to 50.
    """

    number: int
    size: int

    @property
    def offset(self) -> int:
        """How many items stand before this page."""
        return (self.number - 1) * self.size


def ebsi_page(
    after: Annotated[str | None, Query(alias="page[after]", description="Page number, from 1.")] = None,
    size: Annotated[str | None, Query(alias="page[size]", description="Items in a page, 1 to 50.")] = None,
) -> EbsiPage:
    """Return the page that `page[after]` and `page[size]` ask for.

    Raises:
        InvalidParameter: one of them is out of bounds; the detail is EBSI's JSON array in a string.
    """
    complaints = []
    number = _whole(after, default=1)
    count = _whole(size, default=EBSI_DEFAULT_SIZE)
    if count is None:
        complaints.append("page[size] must be an integer number")
    elif count > EBSI_MAX_SIZE:
        complaints.append(f"page[size] must not be greater than {EBSI_MAX_SIZE}")
    elif count < 1:
        complaints.append("page[size] must not be less than 1")
    if number is None:
        complaints.append("page[after] must be an integer number")
    elif number < 1:
        complaints.append("page[after] must not be less than 1")
    if complaints or number is None or count is None:
        raise InvalidParameter(json.dumps(complaints))
    return EbsiPage(number=number, size=count)


EbsiPageQuery = Annotated[EbsiPage, Depends(ebsi_page)]


def _whole(text: str | None, *, default: int) -> int | None:
    if text is None:
        return default
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else None  # noqa: PLR2004 -- nine digits number any page


def ebsi_collection(
    request: Request, asked: EbsiPage, *, items: Sequence[dict[str, Any]], total: int
) -> dict[str, Any]:
    """Return EBSI's envelope of one page; its four links are always there, filters repeated in each."""
    last = max(1, -(-total // asked.size))
    link = _linking(request, asked)
    return {
        "self": link(asked.number),
        "items": list(items),
        "total": total,
        "pageSize": asked.size,
        "links": {
            "first": link(1),
            "prev": link(max(1, min(asked.number - 1, last))),
            "next": link(min(asked.number + 1, last)),
            "last": link(last),
        },
    }


def ebsi_stream(
    request: Request, asked: EbsiPage, *, items: Sequence[dict[str, Any]], more: bool
) -> dict[str, Any]:
    """Return the envelope that EBSI's next versions give a page: without `total`, and so without `last`.

    Args:
        request: whose URL the links repeat.
        asked: the page.
        items: on it.
        more: whether a page follows.
    """
    link = _linking(request, asked)
    return {
        "self": link(asked.number),
        "items": list(items),
        "pageSize": asked.size,
        "links": {
            "first": link(1),
            "prev": link(max(1, asked.number - 1)),
            "next": link(asked.number + 1 if more else asked.number),
        },
    }


def here(request: Request) -> str:
    """Return the URL of a request without its query: what an item's `href` begins with."""
    return str(request.url.replace(query=""))


def _linking(request: Request, asked: EbsiPage) -> Callable[[int], str]:
    """How the URL of a page is made of its number: with brackets as they are, as EBSI writes them."""
    filters = "".join(
        f"&{quote(name)}={quote(value, safe=':/')}"
        for name, value in request.query_params.items()
        if not name.startswith("page[")
    )
    base, size = here(request), asked.size

    def link(number: int) -> str:
        return f"{base}?page[after]={number}&page[size]={size}{filters}"

    return link
