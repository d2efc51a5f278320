"""The projection's tables by which DIDs are found: who controls them, and which keys they have for what."""

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class DidControllerRow(SQLModel, table=True):
    """A DID took a controller, or let it go; the last row of the two counts."""

    __tablename__ = "did_controller"
    __table_args__ = (Index("ix_did_controller", "controller", "did", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    controller: str = Field(sa_type=Text)
    added: bool


class KeyIntervalRow(SQLModel, table=True):
    """From its entry on, a verification method stands under a relationship in [not_before, not_after).

    The last row of a DID, method and relationship counts. Seconds; above 2^63 - 1 they are kept as 2^63 - 1.
    """

    __tablename__ = "key_interval"
    __table_args__ = (Index("ix_key_interval_method", "v_method_id", "did", "relationship", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    v_method_id: str = Field(sa_type=Text)
    relationship: str = Field(sa_type=Text)
    not_before: int = Field(sa_type=WHOLE)
    not_after: int = Field(sa_type=WHOLE)
