"""The projection's table by which organisations are found: words of the names stated of them."""

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class NameWordRow(SQLModel, table=True):
    """A word of the name that an accreditation states of `did`; bytes, so that every database orders alike.

    It says where to look. Whether the name counts its signature decides (`organisation_names`).
    """

    __tablename__ = "name_word"
    __table_args__ = (Index("ix_name_word", "word", "did"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    word: bytes
