"""Content kept by its SHA-256, beside the payloads that stand in entries."""

from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from node.db.tables import PAYLOAD


def kept_payload(connection: Connection, content_hash: bytes) -> tuple[bytes, str] | None:
    """The content and its media type, if it is kept."""
    row = connection.execute(select(PAYLOAD).where(PAYLOAD.c.hash == content_hash)).first()
    return (row.body, row.media_type) if row else None


def keep_payload(connection: Connection, content: bytes, *, media_type: str) -> bytes:
    """The content is kept; the hash under which it is. What is kept already stays as it is."""
    content_hash = sha256(content).digest()
    known = connection.execute(select(PAYLOAD.c.hash).where(PAYLOAD.c.hash == content_hash)).first()
    if known is None:  # no other writer is at work
        row = {"hash": content_hash, "media_type": media_type, "body": content}
        connection.execute(insert(PAYLOAD).values(row))
    return content_hash


def drop_payload(connection: Connection, content_hash: bytes) -> None:
    """The content is kept no longer."""
    connection.execute(delete(PAYLOAD).where(PAYLOAD.c.hash == content_hash))
