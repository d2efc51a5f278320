"""What issuers handed in is checked too; a rebuild mends everything in one run, and goes on after an end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from anchoring.merkle import MerkleTree
from node.db.leaves import store_leaves
from node.db.session import reading, writing
from node.indexer import extending
from node.upkeep import check_node, checking, rebuild_node
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, people
from tests.node.api.status_lists import MadeList, add_proxy, publish, put
from tests.node.api.world import World, batch_body, digests, world
from tests.node.told import Interrupting, Told

pytestmark = pytest.mark.enable_socket
LEAVES = digests(*range(300))


@pytest.fixture(scope="module")
def two(
    deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """A node with a batch, two lists and a batch that waits; and its peer. Neither follows by itself."""
    folder = tmp_path_factory.mktemp("contents")
    with resume(deployed_state, folder / "ledger.json") as ledger, world(ledger, folder / "one") as one:
        people(one)
        one.anchor(KAUNAS, LEAVES)
        add_proxy(one, KAUNAS)
        publish(one, MadeList(KAUNAS, ledger.ledger.time(), (7,), name="published"))
        waiting = MadeList(KAUNAS, ledger.ledger.time(), (9,), name="waiting")
        assert put(one, waiting.jwt).status_code == 200
        assert one.http.post("/v1/batches", json=batch_body(KAUNAS, digests("waits"))).status_code == 202
        one.background._follower.release()
        with world(ledger, folder / "two", peers=(one.url,)) as other:
            other.background._follower.release()
            yield one, other


def peer_settings(one: World, other: World) -> Any:
    """Settings of the first node, which asks the second for what it lacks."""
    return one.node.settings.model_copy(update={"peers": (other.url,)})


def test_what_issuers_handed_in_is_sound(two: tuple[World, World]) -> None:
    told = Told()
    report = check_node(two[0].node.settings, clock=two[0].clock, progress=told)
    assert report.differences == ()
    parts = {"contents": 2, "lists handed in": 2, "batches handed in": 2}
    assert {name: told.parts[name] for name in parts} == {name: (n, n) for name, n in parts.items()}
    assert told.parts["kept transactions"] == told.parts["transactions read again"]
    assert told.parts["kept transactions"][0] >= 3


WAITING = "hash not in (select credential_digest from status_publication)"
DAMAGES = {  # the damage, and the table that is named
    f"update payload set body = 'x' where not {WAITING}": "payload",  # noqa: S608 - above
    f"delete from payload where not {WAITING}": "status_upload",  # noqa: S608 - likewise
    "update status_upload set bits = bits + 1": "status_upload",
    "update kept_transaction set nonce = nonce + 1": "kept_transaction",
    "update kept_transaction set sender = hash": "kept_transaction",
    "update kept_transaction set function = 'other'": "kept_transaction",
    "update kept_transaction set contract = 'Other'": "kept_transaction",
    "update kept_transaction set state = 'lost'": "kept_transaction",
    "update kept_transaction set block_number = null": "kept_transaction",
    "update kept_transaction set block_hash = hash": "kept_transaction",
}
KEPT = (
    "select hash, body from payload order by hash",
    "select hash, url, purpose, bits, valid_from, valid_until from status_upload order by 1",
    "select hash, raw, sender, nonce, contract, function from kept_transaction order by 1",
)


@pytest.mark.databases("sqlite")  # a value of another type, and the row's id
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_and_mended_and_nothing_is_lost(two: tuple[World, World], damage: str) -> None:
    one, other = two
    for each in (other, one):
        each.follow()
        each.background._follower.release()
    name = DAMAGES[damage]
    before = kept_rows(one)
    with writing(one.node.engine) as connection:
        if name == "payload":
            damage = damage.replace("'x'", "cast('x' as blob)")
        assert connection.execute(text(damage)).rowcount
    found = check_node(one.node.settings, clock=one.clock).differences
    assert {each.difference.table for each in found} == {name}
    report = rebuild_node(peer_settings(one, other), clock=one.clock)
    assert (report.mended, report.whole) == (len(found), True), report.sentence
    assert kept_rows(one) == before


def kept_rows(made: World) -> list[Any]:
    with reading(made.node.engine) as connection:
        return [connection.execute(text(query)).all() for query in KEPT]


DROPPED = {
    f"update payload set body = hash where {WAITING}": "payload",  # noqa: S608 - above
    "update kept_transaction set raw = hash": "kept_transaction",
    "update submission set jws = 'x'": "submission",
    "update submission set attribute_id = root": "submission",
}


def test_what_only_its_issuer_can_mend_is_dropped_to_be_handed_in_again(
    deployed_state: DeployedState, tmp_path: Path
) -> None:
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "one") as made:
        people(made)
        made.anchor(KAUNAS, LEAVES)
        add_proxy(made, KAUNAS)
        one = MadeList(KAUNAS, ledger.ledger.time(), (9,)).jwt
        for damage, table in DROPPED.items():
            assert put(made, one).status_code == 200
            made.follow()
            made.background._follower.release()
            count = text(f"select count(*) from {table}")  # noqa: S608 - the names above
            with writing(made.node.engine) as connection:
                before = connection.execute(count).scalar_one()
                assert connection.execute(text(damage)).rowcount == before
            found = check_node(made.node.settings, clock=made.clock).differences
            assert {each.difference.table for each in found} == {table}
            report = rebuild_node(made.node.settings, clock=made.clock)
            assert report.whole, report.sentence
            with reading(made.node.engine) as connection:
                assert connection.execute(count).scalar_one() == 0
            handed_in = made.http.post("/v1/batches", json=batch_body(KAUNAS, digests(damage)))
            assert handed_in.status_code == 202, handed_in.text
            assert check_node(made.node.settings, clock=made.clock).differences == ()


def test_more_differences_than_are_named_are_mended_in_one_run(
    two: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(checking, "MOST", 40)
    count = 50
    with writing(one.node.engine) as connection:
        for number in range(count):
            leaf = digests(f"leaf {number}")[0]
            root = MerkleTree.from_leaves(leaf).root
            store_leaves(connection, root=root, size=1, leaves=leaf)
        flooded = "select id from batch_blob order by id desc limit :count"
        connection.execute(
            text(f"update batch_tile set hashes = :b where level = 0 and blob_id in ({flooded})"),  # noqa: S608 - above
            {"b": bytes(32), "count": count},
        )
    report = check_node(one.node.settings, clock=one.clock)
    assert len(report.differences) == 40
    assert "or more" in report.sentence
    told = Told()
    rebuilt = rebuild_node(peer_settings(one, other), clock=one.clock, progress=told)
    assert rebuilt.mended >= count
    assert rebuilt.whole, rebuilt.sentence
    assert told.parts["damaged batches"] == (count, count)
    assert check_node(one.node.settings, clock=one.clock).differences == ()


def test_leaves_of_no_batch_are_dropped(two: tuple[World, World]) -> None:
    one, _ = two
    with writing(one.node.engine) as connection:
        connection.execute(text("insert into batch_leaf values (1, 4000, 0)"))
    named = {each.difference.key for each in check_node(one.node.settings, clock=one.clock).differences}
    assert named == {"4000"}
    assert rebuild_node(one.node.settings, clock=one.clock).whole


@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_rebuild_goes_on_where_it_was(
    two: tuple[World, World], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    _, made = two
    monkeypatch.setattr(extending, "MAX_RANGE", 10)
    for _ in range(20):  # the engine has no state of the blocks that it was started with: they must be old
        made.ledger.ledger.mine()
    with writing(made.node.engine) as connection:
        connection.execute(text("update entry set payload_hash = hash where entry_index = 3"))
    with pytest.raises(KeyboardInterrupt):
        rebuild_node(
            made.node.settings, clock=made.clock, progress=Interrupting("blocks followed", times=times)
        )
    with reading(made.node.engine) as connection:
        reached = connection.execute(text("select block_number from cursor")).scalar_one()
    told = First()
    report = rebuild_node(made.node.settings, clock=made.clock, progress=told)
    assert report.whole, report.sentence
    assert report.mended == 0
    assert told.first["blocks followed"] > reached


class First(Told):
    """How far each part of the work was said to be first."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[str, int] = {}

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        super().reach(what, done, total)
        self.first.setdefault(what, done)


def test_a_check_beside_a_writer_finds_nothing(two: tuple[World, World]) -> None:
    one, _ = two

    class Anchoring(Told):
        """Another batch comes while the check is at work."""

        def reach(self, what: str, done: int, total: int | None = None) -> None:
            if what == "look-up rows" and what not in self.parts:
                one.anchor(KAUNAS, digests("beside a check"))
            super().reach(what, done, total)

    told = Anchoring()
    assert check_node(one.node.settings, clock=one.clock, progress=told).differences == ()
    one.background._follower.release()
