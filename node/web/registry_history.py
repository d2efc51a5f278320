"""`/registry/history`: the log, newest first, by kind, issuer, subject and time; the same as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from starlette.responses import StreamingResponse

from did.methods.ebsi import ledger_seconds
from did.syntax import parse_ebsi_did
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.api.limits import paid
from node.api.parameters import hash_parameter, size_parameter
from node.db.entries import StoredEntry, size_at_time
from node.services.history import HistoryQuery, history_sheet, history_stream
from node.services.organisation_names import names_of
from node.services.view import View, viewing
from node.web.asked_times import Asked, asked_time, filled
from node.web.entry_csv import HEADING, csv_line
from node.web.entry_kinds import KIND_GROUPS, KIND_WORDS, kinds_of
from node.web.entry_rows import entry_row
from node.web.pages import HEADERS, page, page_router
from node.web.places import PlaceQuery

PAGE = 50
"""Entries on one page."""
CSV = "text/csv; charset=utf-8; header=present"
_BLOCK = 65_536  # bytes of CSV that are handed on at once

router = page_router()


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page was asked for, as it was written.

    Attributes:
        kind: a kind, or the first part of several.
        issuer: a DID.
        subject: 64 hexadecimal characters.
        start: a time from which on entries are wanted, or the smallest log index.
        stop: a time up to which they are, or the largest log index.
    """

    kind: str | None
    issuer: str | None
    subject: str | None
    start: Asked | int | None
    stop: Asked | int | None

    def asked(self) -> dict[str, str]:
        """The query that asks for the same."""
        given = {
            "kind": self.kind,
            "issuer": self.issuer,
            "subject": self.subject,
            "from": _written(self.start),
            "to": _written(self.stop),
        }
        return {name: value for name, value in given.items() if value is not None}

    def query_in(self, view: View) -> HistoryQuery:
        """The question to the log, times read as places in it."""
        stop = self.stop
        if isinstance(stop, Asked):
            stop = size_at_time(view.connection, ledger_seconds(stop.instant))
        elif stop is not None:
            stop += 1
        start = self.start
        if isinstance(start, Asked):
            start = size_at_time(view.connection, ledger_seconds(start.begin - timedelta(seconds=1)))
        return HistoryQuery(
            issuer=None if self.issuer is None else parse_ebsi_did(self.issuer),
            subject=None if self.subject is None else hash_parameter(self.subject, name="subject"),
            kinds=kinds_of(self.kind),
            start=start or 0,
            stop=stop,
        )


def filters(
    kind: Annotated[str | None, Query(description="One kind, or the first part of several.")] = None,
    issuer: Annotated[str | None, Query(description="A did:ebsi.")] = None,
    subject: Annotated[str | None, Query(description="64 hexadecimal characters.")] = None,
    start: Annotated[str | None, Query(alias="from", description="A day, a time or a log index.")] = None,
    stop: Annotated[str | None, Query(alias="to", description="Likewise; inclusive.")] = None,
) -> Filters:
    """Return the filters that the query asks for.

    Raises:
        InvalidParameter: a time or an index is malformed, or the two are the wrong way round.
    """
    found = Filters(
        kind=filled(kind),
        issuer=filled(issuer),
        subject=filled(subject),
        start=_place(start, name="from"),
        stop=_place(stop, name="to"),
    )
    begin, end = found.start, found.stop
    if isinstance(begin, Asked) and isinstance(end, Asked) and begin.begin > end.instant:
        raise InvalidParameter("from must not be later than to.")
    return found


FilterQuery = Annotated[Filters, Depends(filters)]


@router.get("/registry/history")
def get_history(request: Request, node: NodeOf, asked: FilterQuery, place: PlaceQuery) -> Response:
    """Entries that meet the filters, newest first."""
    with viewing(node) as view:
        found = history_sheet(view, asked.query_in(view), limit=PAGE, place=place)
        names = names_of(view, {one.did for one in found.items if one.did is not None})
        as_of = view.as_of
    return page(
        request,
        "registry/history.html",
        asked=asked.asked(),
        days=not isinstance(asked.start, int) and not isinstance(asked.stop, int),
        sheet=found,
        rows=[entry_row(one) for one in found.items],
        names=names,
        groups=KIND_GROUPS,
        kinds=KIND_WORDS,
        as_of=as_of,
    )


@router.get("/registry/history.csv")
def get_csv(request: Request, node: NodeOf, asked: FilterQuery) -> Response:
    """All entries that meet the filters, oldest first, as the API's history has them (RFC 4180)."""
    with viewing(node) as view:
        query = asked.query_in(view)
    return StreamingResponse(
        paid(request, _blocks(history_stream(node, query))),
        media_type=CSV,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": 'attachment; filename="history.csv"',
            "X-Content-Type-Options": HEADERS["X-Content-Type-Options"],
        },
    )


def _blocks(entries: Iterator[StoredEntry]) -> Iterator[bytes]:
    """The lines, a block at a time: one by one they would cost more than what is in them."""
    block = bytearray(csv_line(HEADING))
    for found in entries:
        block += csv_line(entry_row(found).cells())
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _place(text: str | None, *, name: str) -> Asked | int | None:
    written = filled(text)
    if written is not None and written.isascii() and written.isdecimal():
        return size_parameter(written, name=name)
    return asked_time(written, name=name)


def _written(place: Asked | int | None) -> str | None:
    return place.text if isinstance(place, Asked) else None if place is None else str(place)
