"""A list that was handed in stays while a transaction that publishes it may still be mined."""

import pytest
from sqlalchemy import Connection, Engine

from node.db.cursor import WINDOW
from node.db.kept_transactions import ANCHORED, EXPIRED, FAILED, keep
from node.db.payloads import keep_payload
from node.db.session import writing
from node.db.status_uploads import StatusUpload, drop_unpublished, keep_upload, publication_kept
from tests.node.db.kept import ALICE, BLIND, DID, at, follow, found, goes_blind, sees_head, to

CONTENT = b"a list credential"


def handed_in(connection: Connection) -> StatusUpload:
    """A list that may wait until 100, at a followed head."""
    digest = keep_payload(connection, CONTENT, media_type="application/vc+jwt")
    upload = StatusUpload(digest, DID, "https://lists.example/1", "revocation", 8, 1, 2)
    keep_upload(connection, upload, expires_at=100)
    follow(connection, None, 9)
    sees_head(connection, 9)
    return upload


def publication(connection: Connection, name: int, *, digest: bytes, did: str = DID, now: int = 10) -> bytes:
    made = keep(
        connection,
        transaction_hash=name.to_bytes(32, "big"),
        raw=b"call(" + digest + b")",
        sender=ALICE,
        nonce=name,
        contract="AnchorRegistry",
        function="publishStatusList",
        did=did,
        now=now,
        expires_at=1_000,
    )
    return made.hash


def test_a_list_without_a_transaction_is_dropped_in_time(engine: Engine) -> None:
    with writing(engine) as connection:
        handed_in(connection)
        assert drop_unpublished(connection, now=99) == 0
        assert drop_unpublished(connection, now=100) == 1


@pytest.mark.parametrize("blind", BLIND)
def test_no_list_is_dropped_while_nobody_knows_where_the_ledger_is(
    engine: Engine, blind: dict[str, object]
) -> None:
    with writing(engine) as connection:
        handed_in(connection)
        goes_blind(connection, blind)
        assert drop_unpublished(connection, now=1_000) == 0


def test_a_list_stays_while_its_publication_may_be_mined(engine: Engine) -> None:
    with writing(engine) as connection:
        upload = handed_in(connection)
        name = publication(connection, 1, digest=upload.hash)
        assert drop_unpublished(connection, now=1_000) == 0
        assert to(connection, name, FAILED, at(9))
        assert drop_unpublished(connection, now=1_000) == 0, "a reorg may take the failure back"
        follow(connection, 9, 9 + WINDOW)
        assert drop_unpublished(connection, now=1_000) == 1


def test_another_issuers_publication_keeps_no_list(engine: Engine) -> None:
    with writing(engine) as connection:
        upload = handed_in(connection)
        publication(connection, 1, digest=upload.hash, did="did:ebsi:zAnother")
        assert drop_unpublished(connection, now=1_000) == 1


def test_one_given_up_keeps_no_list(engine: Engine) -> None:
    with writing(engine) as connection:
        upload = handed_in(connection)
        assert to(connection, publication(connection, 1, digest=upload.hash), EXPIRED)
        assert drop_unpublished(connection, now=1_000) == 1


def test_the_newest_transaction_of_this_very_list_says_where_it_stands(engine: Engine) -> None:
    with writing(engine) as connection:
        upload = handed_in(connection)
        assert publication_kept(connection, upload) is None
        publication(connection, 1, digest=b"d" * 32, now=90)
        assert publication_kept(connection, upload) is None
        first = publication(connection, 2, digest=upload.hash, now=20)
        second = publication(connection, 3, digest=upload.hash, now=30)
        assert publication_kept(connection, upload) == found(connection, second)
        assert to(connection, first, ANCHORED, at(9))
        assert publication_kept(connection, upload) == found(connection, second)
