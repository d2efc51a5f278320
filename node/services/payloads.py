"""Content by its SHA-256: payloads of entries and whatever else is kept by its hash."""

from dataclasses import dataclass

from node.db.entries import entry_by_payload
from node.db.payloads import kept_payload
from node.services.errors import PayloadNotFound
from node.services.node import Node
from node.services.view import viewing


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes and their media type."""

    content: bytes
    media_type: str


def payload_by_hash(node: Node, content_hash: bytes) -> Payload:
    """Return the content with this SHA-256.

    Raises:
        PayloadNotFound: nothing with this hash is kept here.
    """
    with viewing(node) as view:
        kept = kept_payload(view.connection, content_hash)
        if kept is not None:
            return Payload(content=kept[0], media_type=kept[1])
        found = entry_by_payload(view.connection, content_hash)
    if found is None:
        raise PayloadNotFound
    return Payload(content=found.entry.payload, media_type="application/octet-stream")
