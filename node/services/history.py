"""The log as it can be searched: entries by issuer, subject and kind, each with a sentence for people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from node.db.entries import StoredEntry, find_entries, stream_entries
from node.services.node import Node
from node.services.view import AsOf, viewing


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
    """Return at most `limit` entries behind log index `after` that meet `query`."""
    with viewing(node) as view:
        start = query.start if after is None else max(query.start, after + 1)
        found = find_entries(
            view.connection,
            start=start,
            stop=_stop(query, view.size),
            limit=limit + 1,
            did=query.issuer,
            subject=query.subject,
            kinds=query.kinds,
        )
        more = len(found) > limit
        entries = found[:limit]
        return HistoryPage(
            entries=entries, next_after=entries[-1].entry.index if more else None, as_of=view.as_of
        )


def history_stream(node: Node, query: HistoryQuery) -> Iterator[StoredEntry]:
    """Yield all entries that meet `query`, in log order, of one state of the database."""
    with viewing(node) as view:
        yield from stream_entries(
            view.connection,
            start=query.start,
            stop=_stop(query, view.size),
            did=query.issuer,
            subject=query.subject,
            kinds=query.kinds,
        )


def _stop(query: HistoryQuery, size: int) -> int:
    return size if query.stop is None else min(query.stop, size)
