"""The log as it can be searched: entries by issuer, subject and kind, each with a sentence for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from node.db.entries import StoredEntry, find_entries
from node.services.errors import HistoryReplaced
from node.services.node import Node
from node.services.sheets import NEWEST, Place, Sheet, sheet
from node.services.view import AsOf, View, viewing

PAGE_BYTES = 2_097_152
"""Payload in one page: written as hexadecimal and again as fields it is some eight times as long."""
_STREAMED = 250  # entries read at once for a stream


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which entries are asked for; what is None or empty does not narrow.

    Attributes:
        issuer: the DID that an entry is about.
        subject: 32 bytes.
        kinds: names of kinds.
        start: smallest log index.
        stop: the log index behind the largest.
    """

    issuer: str | None = None
    subject: bytes | None = None
    kinds: Sequence[str] = ()
    start: int = 0
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some entries in log order.

    Attributes:
        entries: at most as many as asked for.
        next_after: the log index after which the next page begins; None at the end.
        as_of: the state that they were read from.
    """

    entries: list[StoredEntry]
    next_after: int | None
    as_of: AsOf


def history_page(node: Node, query: HistoryQuery, *, limit: int, after: int | None) -> HistoryPage:
    """Return at most `limit` entries behind log index `after` that meet `query`, fewer if they are long."""
    with viewing(node) as view:
        start = query.start if after is None else max(query.start, after + 1)
        found = _find(view, query, start=start, size=view.size, limit=limit + 1)
        entries = _bounded(found[:limit])
        more = len(found) > len(entries)
        return HistoryPage(
            entries=entries, next_after=entries[-1].entry.index if more else None, as_of=view.as_of
        )


def history_sheet(
    view: View, query: HistoryQuery, *, limit: int, place: Place = NEWEST
) -> Sheet[StoredEntry]:
    """Return at most `limit` entries that meet `query`, newest first, and where there are more."""

    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> list[StoredEntry]:
        return _find(view, query, start=start, size=stop, limit=limit, newest_first=newest_first)

    stop = view.size if query.stop is None else min(query.stop, view.size)
    return sheet(find, lambda one: one.entry.index, start=query.start, stop=stop, limit=limit, place=place)


def history_stream(node: Node, query: HistoryQuery) -> Iterator[StoredEntry]:
    """Return all entries that meet `query`, in log order, of one state of the log.

    Raises:
        ProjectionDamaged: the database does not hash to what the ledger has.
        HistoryReplaced: while iterating, a reorganisation took that state back.
    """
    with viewing(node) as view:
        size, root = view.size, view.root_at(view.size)
    return _stream(node, query, size, root)


def _stream(node: Node, query: HistoryQuery, size: int, root: bytes) -> Iterator[StoredEntry]:
    start = query.start
    while True:
        # Between two pages nothing is held: slow readers would take every connection, the follower's too.
        with viewing(node) as view:
            if view.size < size or view.root_at(size) != root:
                raise HistoryReplaced
            page = _find(view, query, start=start, size=size, limit=_STREAMED)
        yield from page
        if len(page) < _STREAMED:
            return
        start = page[-1].entry.index + 1


def _find(
    view: View, query: HistoryQuery, *, start: int, size: int, limit: int, newest_first: bool = False
) -> list[StoredEntry]:
    return find_entries(
        view.connection,
        start=start,
        stop=size if query.stop is None else min(query.stop, size),
        limit=limit,
        did=query.issuer,
        subject=query.subject,
        kinds=query.kinds,
        newest_first=newest_first,
    )


def _bounded(entries: list[StoredEntry]) -> list[StoredEntry]:
    """The first entries whose payloads fit into a page together, at least one."""
    total = 0
    for count, found in enumerate(entries):
        total += len(found.entry.payload)
        if count and total > PAGE_BYTES:
            return entries[:count]
    return entries
