"""The node's signing keys as they are kept: sealed, in the database that all its processes share."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from node.db.tables import NODE_KEY


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One signing key; texts are JSON, times seconds of the node's clock.

    Attributes:
        kid: its RFC 7638 thumbprint.
        public_jwk: its public half.
        envelope: its private half, sealed.
        created_at: when it was made.
        retires_at: from then on nothing signed with it counts; None while it may sign.
    """

    kid: str
    public_jwk: str
    envelope: str
    created_at: int
    retires_at: int | None


def keys_in_force(connection: Connection, *, now: int) -> list[StoredKey]:
    """Keys whose signatures count at `now`, the newest first."""
    counts = or_(NODE_KEY.c.retires_at.is_(None), NODE_KEY.c.retires_at > now)
    query = select(NODE_KEY).where(counts).order_by(NODE_KEY.c.created_at.desc(), NODE_KEY.c.kid)
    return [_stored(row) for row in connection.execute(query)]


def key_in_force(connection: Connection, kid: str, *, now: int) -> StoredKey | None:
    """The key of this name, if its signatures count at `now`."""
    row = connection.execute(select(NODE_KEY).where(NODE_KEY.c.kid == kid)).first()
    if row is None or (row.retires_at is not None and row.retires_at <= now):
        return None
    return _stored(row)


def keep_key(connection: Connection, key: StoredKey) -> None:
    """The key is kept; those that retired before it was made are gone."""
    retired = NODE_KEY.c.retires_at <= key.created_at
    connection.execute(delete(NODE_KEY).where(retired))
    row = {name: getattr(key, name) for name in NODE_KEY.c.keys()}  # noqa: SIM118 - columns, by name
    connection.execute(insert(NODE_KEY).values(row))


def retire_others(connection: Connection, kid: str, *, at: int) -> None:
    """Every key but `kid` retires at `at`, if it does not before."""
    later = or_(NODE_KEY.c.retires_at.is_(None), NODE_KEY.c.retires_at > at)
    others = update(NODE_KEY).where(NODE_KEY.c.kid != kid).where(later)
    connection.execute(others.values(retires_at=at))


def _stored(row: Row[tuple[object, ...]]) -> StoredKey:
    return StoredKey(
        kid=row.kid,
        public_jwk=row.public_jwk,
        envelope=row.envelope,
        created_at=row.created_at,
        retires_at=row.retires_at,
    )
