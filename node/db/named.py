"""Organisations by the beginning of a word of their names."""

from sqlalchemy import Connection, select

from node.db.tables import NAME_WORD


def dids_by_word(connection: Connection, beginning: bytes, *, limit: int) -> tuple[list[str], bool]:
    """DIDs of which a name with a word that begins so was ever stated, and whether there are more.

    Args:
        connection: to the database.
        beginning: folded as `name_words` folds.
        limit: rows that are looked at, of which several may be of one DID.
    """
    query = select(NAME_WORD.c.did).where(NAME_WORD.c.word >= beginning)
    behind = _behind(beginning)
    if behind is not None:
        query = query.where(NAME_WORD.c.word < behind)
    rows = connection.execute(query.order_by(NAME_WORD.c.word, NAME_WORD.c.did).limit(limit + 1))
    found = list(rows.scalars())
    return list(dict.fromkeys(found[:limit])), len(found) > limit


def _behind(beginning: bytes) -> bytes | None:
    """The smallest bytes behind all that begin so; None if there are none."""
    kept = beginning.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1]) if kept else None
