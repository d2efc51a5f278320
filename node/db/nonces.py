"""Nonces of presentations, each of which counts once: what every process of one database agrees on."""

from sqlalchemy import Connection, delete, insert, select

from node.db.tables import USED_NONCE


def use_nonce(connection: Connection, digest: bytes, *, now: int, expires_at: int) -> bool:
    """Whether this is the first use; it is remembered until `expires_at`, and what expired is forgotten.

    Args:
        connection: of a transaction that writes, so that no other one does.
        digest: 32 bytes, of holder and nonce.
        now: seconds.
        expires_at: seconds; from then on the presentation is refused everywhere for its own expiry.
    """
    connection.execute(delete(USED_NONCE).where(USED_NONCE.c.expires_at <= now))
    if connection.execute(select(USED_NONCE.c.digest).where(USED_NONCE.c.digest == digest)).first():
        return False
    connection.execute(insert(USED_NONCE).values(digest=digest, expires_at=expires_at))
    return True
