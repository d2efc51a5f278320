"""`/registry/entries/{index}`: one entry of the log, every field of it, and its neighbours."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from anchoring.entry import KINDS, MAX_TIME
from node.api.errors import NotFound
from node.api.forms import NodeOf, fields
from node.api.parameters import size_parameter
from node.db.entries import StoredEntry
from node.services.entry_context import entry_context
from node.services.organisation_names import names_of
from node.services.view import viewing
from node.web.entry_rows import entry_row
from node.web.pages import page, page_router

router = page_router()

_NAMED = {"did": "did", "taoDid": "did", "controller": "did", "credentialDigest": "payload"}
_TIMES = frozenset({"notBefore", "notAfter", "validFrom", "validUntil"})
_LONG = 200  # characters of a text that is shown in a box of its own


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of a payload.

    Attributes:
        name: as the ledger calls it.
        abi_type: its type there.
        value: as the API writes it.
        shown: how a page writes it: did, time, batch, payload, text, long, number, list or code.
        text: of bytes that are a text, that text.
    """

    name: str
    abi_type: str
    value: Any
    shown: str
    text: str | None = None


@router.get("/registry/entries/{index}")
def get_entry(index: str, request: Request, node: NodeOf) -> Response:
    """One entry: decoded fields, hash, place on the ledger, neighbours, and where its proof is."""
    wanted = size_parameter(index, name="entry")
    with viewing(node) as view:
        context = entry_context(view, wanted)
        if context is None:
            raise NotFound(f"The log has no entry {wanted} here: it has {view.size} entries, the first is 0.")
        found = context.found
        names = names_of(view, set() if found.did is None else {found.did})
        size, as_of = view.size, view.as_of
    return page(
        request,
        "registry/entry.html",
        context=context,
        row=entry_row(found),
        shown=shown_fields(found),
        block_hash=found.block_hash.hex(),
        payload_hash=found.entry.payload_hash.hex(),
        name=names.get(found.did) if found.did else None,
        size=size,
        as_of=as_of,
    )


def shown_fields(found: StoredEntry) -> list[ShownField]:
    """Return the fields of an entry's payload for a page, in the ledger's order."""
    decoded = found.entry.fields
    written = fields(decoded)
    return [
        _shown(abi_type, name, decoded[name], written[name])
        for abi_type, name in KINDS[found.entry.kind].fields
    ]


def _shown(abi_type: str, name: str, decoded: object, written: Any) -> ShownField:
    if abi_type == "bytes" and isinstance(decoded, bytes):
        return _bytes(name, decoded, written)
    return ShownField(name, abi_type, written, _way(name, decoded, written))


def _way(name: str, decoded: object, written: Any) -> str:
    """How a page writes the value."""
    if name in _NAMED:
        return _NAMED[name]
    if name in _TIMES and isinstance(decoded, int) and 0 < decoded <= MAX_TIME:
        return "time"
    if isinstance(written, list):
        return "list"
    if not isinstance(written, str):
        return "number"
    return "code" if isinstance(decoded, bytes) else "long" if len(written) > _LONG else "text"


def _bytes(name: str, decoded: bytes, written: str) -> ShownField:
    """Bytes that are a text (a JWT, JSON) are shown as one."""
    try:
        text = decoded.decode()
    except UnicodeDecodeError:
        return ShownField(name, "bytes", written, "code")
    readable = bool(text) and all(character.isprintable() or character in "\n\r\t" for character in text)
    return ShownField(name, "bytes", written, "long" if readable else "code", text if readable else None)
