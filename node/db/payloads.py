"""Content kept by its SHA-256, beside the payloads that stand in entries."""

from sqlalchemy import Connection, select

from node.db.tables import PAYLOAD


def kept_payload(connection: Connection, content_hash: bytes) -> tuple[bytes, str] | None:
    """The content and its media type, if it is kept."""
    row = connection.execute(select(PAYLOAD).where(PAYLOAD.c.hash == content_hash)).first()
    return (row.body, row.media_type) if row else None
