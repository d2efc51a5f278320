"""One page of a collection as EBSI tells it: each member by its name, with its URL (ebsi-api section 1.3)."""

from collections.abc import Callable
from urllib.parse import quote

from fastapi import Request

from node.api.pagination import EbsiPage, ebsi_collection, here
from node.api.recorded_answers import Content
from node.services.listed_names import ListedNames


def listed_content(
    request: Request, page: EbsiPage, found: ListedNames, *, member: str, spell: Callable[[bytes], str]
) -> Content:
    """Return a page of members that have names.

    Args:
        request: whose URL the members' begin with.
        page: that was asked for.
        found: what stands on it.
        member: under which each item has its name.
        spell: how a name is written.
    """
    base, names = here(request), [spell(name) for name in found.names]
    items = [{member: name, "href": f"{base}/{quote(name, safe=':')}"} for name in names]
    return Content(ebsi_collection(request, page, items=items, total=found.total), recorded=found.recorded)


def hexadecimal(name: bytes) -> str:
    """Return a name as EBSI spells hashes: `0x` and lower-case hexadecimal digits."""
    return "0x" + name.hex()


def counted_content(request: Request, page: EbsiPage, *, total: int, member: str) -> Content:
    """Return a page of members that are the numbers from 0 up to `total`.

    Args:
        request: whose URL the members' begin with.
        page: that was asked for.
        total: how many there are.
        member: under which each item has its number.
    """
    base, shown = here(request), range(min(page.offset, total), min(page.offset + page.size, total))
    items = [{member: number, "href": f"{base}/{number}"} for number in shown]
    return Content(ebsi_collection(request, page, items=items, total=total))
