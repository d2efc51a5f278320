"""A nonce counts once, until it would be refused for its age; and the keys that count, in their order."""

from threading import Barrier, Thread

from sqlalchemy import Engine, func, select

from node.db.node_keys import StoredKey, keep_key, key_in_force, keys_in_force, retire_others
from node.db.nonces import use_nonce
from node.db.session import reading, writing
from node.db.tables import NODE_KEY, USED_NONCE

ONE, OTHER = b"\1" * 32, b"\2" * 32


def test_a_nonce_counts_once(engine: Engine) -> None:
    with writing(engine) as connection:
        assert use_nonce(connection, ONE, now=100, expires_at=400)
        assert use_nonce(connection, OTHER, now=100, expires_at=400)
    with writing(engine) as connection:
        assert not use_nonce(connection, ONE, now=399, expires_at=500)


def test_what_expired_is_forgotten_with_the_next(engine: Engine) -> None:
    with writing(engine) as connection:
        assert use_nonce(connection, ONE, now=100, expires_at=400)
        assert use_nonce(connection, OTHER, now=400, expires_at=500)
        assert connection.execute(select(func.count()).select_from(USED_NONCE)).scalar() == 1


def test_of_two_at_once_one_counts(engine: Engine) -> None:
    first, barrier = list[bool](), Barrier(4)

    def use() -> None:
        barrier.wait()
        with writing(engine) as connection:
            first.append(use_nonce(connection, ONE, now=1, expires_at=9))

    threads = [Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first) == [False, False, False, True]


def a_key(kid: str, created_at: int) -> StoredKey:
    return StoredKey(kid=kid, public_jwk="{}", envelope="{}", created_at=created_at, retires_at=None)


def test_a_retired_key_counts_until_its_time_and_goes_with_the_next_one(engine: Engine) -> None:
    with writing(engine) as connection:
        keep_key(connection, a_key("old", 100))
        keep_key(connection, a_key("new", 200))
        retire_others(connection, "new", at=300)
    with reading(engine) as connection:
        assert [key.kid for key in keys_in_force(connection, now=299)] == ["new", "old"]
        assert [key.kid for key in keys_in_force(connection, now=300)] == ["new"]
        found = key_in_force(connection, "old", now=299)
        assert found is not None
        assert found.retires_at == 300
        assert key_in_force(connection, "old", now=300) is None
        assert key_in_force(connection, "none", now=0) is None
    with writing(engine) as connection:
        keep_key(connection, a_key("newest", 300))
        assert set(connection.execute(select(NODE_KEY.c.kid)).scalars()) == {"new", "newest"}


def test_a_key_retires_once(engine: Engine) -> None:
    with writing(engine) as connection:
        for at, kid in enumerate(("a", "b", "c")):
            keep_key(connection, a_key(kid, at))
            retire_others(connection, kid, at=100 + at)
        found = {key.kid: key.retires_at for key in keys_in_force(connection, now=0)}
    assert found == {"a": 101, "b": 102, "c": None}
