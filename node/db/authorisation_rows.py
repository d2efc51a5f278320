"""Rows of the authorisation server: its signing keys, sealed, and the nonces of presentations it has seen.

Nothing of them is read off the ledger; times are seconds of the node's clock.
"""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class NodeKeyRow(SQLModel, table=True):
    """A key that signs tokens: its public half, and its private half in a sealed envelope.

    `retires_at` is the time from which nothing signed with it counts; None while it may sign.
    """

    __tablename__ = "node_key"

    kid: str = Field(primary_key=True, sa_type=Text)
    public_jwk: str = Field(sa_type=Text)
    envelope: str = Field(sa_type=Text)
    created_at: int = Field(sa_type=WHOLE)
    retires_at: int | None = Field(sa_type=WHOLE)


class UsedNonceRow(SQLModel, table=True):
    """A presentation that was taken, by SHA-256 over its holder and its nonce, until it expires by itself."""

    __tablename__ = "used_nonce"

    digest: bytes = Field(primary_key=True)
    expires_at: int = Field(sa_type=WHOLE, index=True)
