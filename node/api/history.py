"""`GET /v1/history`: what happened, in log order, filtered, paged or streamed."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import StreamingResponse

from anchoring.entry import KINDS, entry_to_json
from anchoring.sentences import sentence
from did.syntax import parse_ebsi_did
from node.api.caching import json_answer, json_bytes
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf, as_of, fields
from node.api.negotiation import negotiate
from node.api.pagination import PageQuery, cursor_after
from node.api.parameters import StrictRoute, hash_parameter, size_parameter
from node.db.entries import StoredEntry
from node.services.history import HistoryQuery, history_page, history_stream

NDJSON = "application/x-ndjson"

router = APIRouter(route_class=StrictRoute, tags=["History"])


@router.get("/v1/history", response_model=None)
def get_history(
    request: Request,
    node: NodeOf,
    page: PageQuery,
    issuer: Annotated[str | None, Query(description="A did:ebsi.")] = None,
    subject: Annotated[str | None, Query(description="64 hexadecimal characters.")] = None,
    kind: Annotated[str | None, Query(description="One kind, or the first part of several: `did`.")] = None,
    start: Annotated[str | None, Query(alias="from", description="Smallest log index.")] = None,
    stop: Annotated[str | None, Query(alias="to", description="Largest log index.")] = None,
) -> Response:
    """All matching entries of the log, oldest first; `Accept: application/x-ndjson` streams them unpaged."""
    query = HistoryQuery(
        issuer=None if issuer is None else parse_ebsi_did(issuer),
        subject=None if subject is None else hash_parameter(subject, name="subject"),
        kinds=() if kind is None else _kinds(kind),
        start=0 if start is None else size_parameter(start, name="from"),
        stop=None if stop is None else size_parameter(stop, name="to") + 1,
    )
    if negotiate(request, ("application/json", NDJSON)) == NDJSON:
        return StreamingResponse(
            _lines(history_stream(node, query)), media_type=NDJSON, headers={"Cache-Control": "no-store"}
        )
    found = history_page(node, query, limit=page.limit, after=page.after)
    value = {
        "items": [entry_form(item) for item in found.entries],
        "next": None if found.next_after is None else cursor_after(found.next_after),
        "asOf": as_of(found.as_of),
    }
    return json_answer(request, value)


def entry_form(found: StoredEntry) -> dict[str, Any]:
    """Return an entry with its place on the ledger, its decoded fields and a sentence."""
    return entry_to_json(found.entry) | {
        "blockNumber": found.block_number,
        "transactionHash": "0x" + found.transaction_hash.hex(),
        "issuer": found.did,
        "fields": fields(found.entry.fields),
        "sentence": sentence(found.entry),
    }


def _kinds(text: str) -> tuple[str, ...]:
    chosen = tuple(name for name in KINDS if name == text or name.startswith(text + "."))
    if not chosen:
        raise InvalidParameter(f"No entries are of the kind {text[:64]!r}.")
    return chosen


def _lines(entries: Iterator[StoredEntry]) -> Iterator[bytes]:
    for found in entries:
        yield json_bytes(entry_form(found)) + b"\n"
