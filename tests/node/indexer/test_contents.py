"""List credentials from peers, by the digest that the ledger names: honest ones, and every kind of other."""

import logging
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text

from node.db.cursor import drop_projection
from node.db.payloads import keep_payload, kept_payload
from node.db.published_lists import digests_not_at_hand
from node.db.session import reading, writing
from node.indexer import peers as module
from node.indexer.contents import MAX_BYTES, MEDIA_TYPE, ContentCopier
from tests.node.indexer.conftest import Desk
from tests.node.indexer.test_leaves import Answer, dripping, peer, serving, serving_for_ever
from tests.node.registrations import ROOT_TAO, Actor

pytestmark = pytest.mark.enable_socket

LIST = b"header.payload.signature"
DIGEST = sha256(LIST).digest()
LARGEST, TOO_LARGE = b"x" * MAX_BYTES, b"x" * (MAX_BYTES + 1)


def held(engine: Engine, digest: bytes) -> bytes | None:
    with reading(engine) as connection:
        found = kept_payload(connection, digest)
    return found[0] if found else None


def published(desk: Desk, *digests: bytes) -> None:
    university = desk.registrar.issuer()
    for digest in digests:
        desk.registrar.publish_list(university, digest)
    desk.follow()


def another_issuer(desk: Desk) -> Actor:
    """Somebody else who may publish lists."""
    actor = desk.registrar.actor("academy")
    desk.registrar.accredit(actor, ROOT_TAO)
    desk.registrar.accept(actor, b"header.of another.signature")
    return actor


WRONG: dict[str, Answer] = {
    "one changed byte": serving(b"H" + LIST[1:]),
    "a byte more": serving(LIST + b"\n"),
    "nothing": serving(b""),
    "not found": serving(b"", status=404),
    "elsewhere": serving(b"", status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "compressed": serving(LIST, headers={"Content-Encoding": "gzip"}),
}


def test_peers_that_serve_something_else_are_passed_over(desk: Desk) -> None:
    published(desk, DIGEST)
    for answer in WRONG.values():
        with peer(answer) as (wrong, asked):
            alone = ContentCopier(desk.engine, [wrong])
            assert alone.step(desk.clock()) == 0
            alone.close()
        assert asked == [f"/v1/payloads/{DIGEST.hex()}"]
        assert held(desk.engine, DIGEST) is None
    with peer(WRONG["one changed byte"]) as (wrong, _), peer(serving(LIST)) as (right, _):
        both = ContentCopier(desk.engine, ["http://127.0.0.1:9", wrong, right])
        assert both.step(desk.clock()) == 1
        assert both.step(desk.clock()) == 0
        both.close()
    with reading(desk.engine) as connection:
        assert kept_payload(connection, DIGEST) == (LIST, MEDIA_TYPE)


def test_a_peer_without_an_end_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    published(desk, DIGEST)
    monkeypatch.setattr(module, "_DEADLINE", 0.3)
    for answer in (serving_for_ever, dripping):
        with peer(answer) as (url, _):
            copier = ContentCopier(desk.engine, [url])
            assert copier.step(desk.clock()) == 0
            copier.close()
    assert held(desk.engine, DIGEST) is None


def test_two_mebibytes_are_copied_and_not_one_byte_more(desk: Desk) -> None:
    published(desk, sha256(LARGEST).digest(), sha256(TOO_LARGE).digest())
    for content, copied in ((TOO_LARGE, 0), (LARGEST, 1)):
        with peer(serving(content)) as (url, _):
            copier = ContentCopier(desk.engine, [url])
            assert copier.step(desk.clock()) == copied
            copier.close()
    assert held(desk.engine, sha256(LARGEST).digest()) == LARGEST


def test_the_newest_is_copied_first_and_one_that_is_named_twice_once(desk: Desk) -> None:
    digests = [sha256(b"%d" % number).digest() for number in range(3)]
    published(desk, digests[0], digests[1], digests[2], digests[0])
    with peer(serving(b"", status=404)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        copier.step(desk.clock())
        copier.close()
    assert asked == [f"/v1/payloads/{digests[number].hex()}" for number in (0, 2, 1)]


def test_more_missing_than_are_tried_at_once_are_all_tried(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.indexer.contents._TRIED_AT_ONCE", 2)
    digests = [sha256(b"%d" % number).digest() for number in range(5)]
    published(desk, *digests)
    with peer(serving(b"", status=404)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        for expected in (2, 4, 5, 5):
            copier.step(desk.clock())
            assert len(asked) == expected
        copier.close()
    assert len(set(asked)) == 5


def test_who_serves_none_of_many_lists_keeps_nobody_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Play the attack: one publisher names many digests of nothing, all newer than another's list."""
    monkeypatch.setattr("node.indexer.contents._TRIED_OF_ONE", 2)
    published(desk, DIGEST)
    flood = another_issuer(desk)
    desk.registrar.publish_list(flood, DIGEST)
    for number in range(6):
        desk.registrar.publish_list(flood, sha256(b"%d" % number).digest())
    desk.follow()
    with peer(serving(LIST)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        assert copier.step(desk.clock()) == 1
        copier.close()
    assert len(asked) == 3
    assert held(desk.engine, DIGEST) == LIST


def test_the_newest_of_each_publisher_comes_before_anybodys_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.indexer.contents._TRIED_AT_ONCE", 3)
    older, newer = desk.registrar.issuer(), another_issuer(desk)
    digests = [sha256(b"%d" % number).digest() for number in range(5)]
    for publisher, digest in zip((older, older, newer, newer, newer), digests, strict=True):
        desk.registrar.publish_list(publisher, digest)
    desk.follow()
    with peer(serving(b"", status=404)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        copier.step(desk.clock())
        copier.close()
    assert asked == [f"/v1/payloads/{digests[number].hex()}" for number in (4, 1, 3)]


def test_a_step_that_ended_before_the_last_publication_goes_on_where_it_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.indexer.contents._LOOKED_AT_ONCE", 2)
    university = desk.registrar.issuer()
    for digest in (DIGEST, *(sha256(b"%d" % number).digest() for number in range(4))):
        desk.registrar.publish_list(university, digest)
    desk.follow()
    later = sha256(LARGEST).digest()
    with peer(serving(LIST)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        assert [copier.step(desk.clock()) for _ in range(4)] == [0, 0, 1, 0]
        desk.registrar.publish_list(university, later)
        desk.follow()
        for _ in range(3):
            copier.step(desk.clock())
        copier.close()
    assert asked[5:] == [f"/v1/payloads/{later.hex()}"]


def test_who_had_nothing_is_asked_again_less_and_less_often(desk: Desk) -> None:
    published(desk, DIGEST)
    with peer(serving(b"", status=404)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        now = desk.clock()
        for second in range(40):
            copier.step(now + timedelta(seconds=second))
        copier.close()
    assert len(asked) == 6  # after 0, 1, 3, 7, 15, 31 seconds


def test_what_is_at_hand_or_named_by_nobody_is_asked_of_nobody(desk: Desk) -> None:
    with peer(serving(LIST)) as (url, asked):
        copier = ContentCopier(desk.engine, [url])
        assert copier.step(desk.clock()) == 0  # nothing was followed yet
        published(desk, DIGEST)
        with writing(desk.engine) as connection:
            assert keep_payload(connection, LIST, media_type="text/plain") == DIGEST
        for _ in range(3):
            assert copier.step(desk.clock()) == 0
        assert asked == []
        copier.close()


def test_a_copier_that_missed_nothing_sees_what_comes_later(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.follow()
    with peer(serving(LIST)) as (url, _):
        copier = ContentCopier(desk.engine, [url])
        assert copier.step(desk.clock()) == 0
        desk.registrar.publish_list(university, DIGEST)
        desk.follow()
        assert copier.step(desk.clock()) == 1
        copier.close()


def test_lists_survive_a_projection_that_is_followed_anew(desk: Desk) -> None:
    published(desk, DIGEST)
    with writing(desk.engine) as connection:
        keep_payload(connection, LIST, media_type=MEDIA_TYPE)
        drop_projection(connection)
    desk.follow()
    with reading(desk.engine) as connection:
        assert digests_not_at_hand(connection, limit=8) == []
        assert connection.execute(text("SELECT count(*) FROM payload")).scalar() == 1


def test_the_log_names_the_peer_and_neither_list_nor_issuer(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    published(desk, DIGEST)
    with (
        peer(serving(b"another")) as (wrong, _),
        peer(serving(LIST)) as (right, _),
        caplog.at_level(logging.INFO, logger="node"),
    ):
        copier = ContentCopier(desk.engine, ["http://127.0.0.1:9/key", wrong, right])
        assert copier.step(desk.clock()) == 1
        copier.close()
    assert all(url in line for url, line in zip(["127.0.0.1:9:", wrong, right], caplog.messages, strict=True))
    for secret in (DIGEST.hex(), "did:ebsi", "key"):
        assert secret not in caplog.text
