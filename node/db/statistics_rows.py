"""Rows that statistics are read from: running counts that entries make, and what published lists changed."""

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class TallyRow(SQLModel, table=True):
    """Counts up to an entry that changes one of them, that entry included (ADR 0021).

    `batches`, `credentials` and `publications` are those of `did` within `month`; what begins with `all_` is
    everybody's since the log began.
    """

    __tablename__ = "tally"
    __table_args__ = (Index("ix_tally_did", "did", "month", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    month: int = Field(sa_type=WHOLE)  # `months.month_at` of the entry's time
    batches: int = Field(sa_type=WHOLE)
    credentials: int = Field(sa_type=WHOLE)  # sizes of the batches together
    publications: int = Field(sa_type=WHOLE)  # of status lists
    all_issuers: int = Field(sa_type=WHOLE)
    all_batches: int = Field(sa_type=WHOLE)
    all_credentials: int = Field(sa_type=WHOLE)
    all_given: int = Field(sa_type=WHOLE)  # accreditations that came into force
    all_revoked: int = Field(sa_type=WHOLE)  # accreditations
    all_publications: int = Field(sa_type=WHOLE)


class ListChangeRow(SQLModel, table=True):
    """What one publication of a status list newly marked; no row: its content was not at hand yet.

    It is derived from contents that digests on the ledger name: it goes with its entry when the log is taken
    back, and is no part of the projection, since nodes hold different contents. Both counts are None if a
    content is no list that could be counted.
    """

    __tablename__ = "list_change"

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    number: int = Field(unique=True, sa_type=WHOLE)  # in the order in which changes came to be known, from 1
    did: str = Field(sa_type=Text)
    revoked: int | None = Field(sa_type=WHOLE)
    suspended: int | None = Field(sa_type=WHOLE)
