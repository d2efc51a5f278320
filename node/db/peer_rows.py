"""The table of what other nodes say of the log."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class PeerRow(SQLModel, table=True):
    """One peer when its checkpoint was last held against the log here; all rows are written together."""

    __tablename__ = "peer"

    position: int = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    size: int | None = Field(sa_type=WHOLE)
    seen_at: int = Field(sa_type=WHOLE)  # seconds of the clock
