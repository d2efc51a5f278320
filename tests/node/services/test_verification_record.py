from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from credentials.ports import Record
from did.syntax import Did
from node.db.cursor import drop_projection
from node.db.leaves import drop_blob
from node.db.session import writing
from node.db.tables import BATCH_TILE, PAYLOAD
from node.services import verification_record
from node.services.verification_record import KeptContents, ViewRecord
from node.services.view import viewing
from tests.credentials.record_suite import SUITE, Crowd, crowded
from tests.credentials.world import country
from tests.node.projected import node_of


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return crowded()


@pytest.fixture(scope="module")
def record(crowd: Crowd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    with node_of(crowd.world, tmp_path_factory.mktemp("crowd")) as node, viewing(node) as view:
        yield ViewRecord(view)


@pytest.mark.parametrize("promise", SUITE, ids=lambda promise: promise.__name__)
def test_a_view_keeps_each_promise(
    promise: Callable[[Record, Crowd], None], record: Record, crowd: Crowd
) -> None:
    promise(record, crowd)
    promise(record, crowd)  # what is remembered is the same


def test_an_empty_database_has_a_state_and_knows_nothing(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node:
        with writing(node.engine) as connection:
            drop_projection(connection)
        with viewing(node) as view:
            record = ViewRecord(view)
            assert (record.size, record.state, record.time) == (0, b"", None)
            assert not record.changes_of(Did(home.university.did))
            assert not record.anchors_of(home.university.did, home.digest)
            assert record.batches_of(home.university.did, home.world.now).count == 0


def test_leaves_that_go_are_missed_at_once_though_the_state_is_the_same(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node:
        with viewing(node) as view:
            before = ViewRecord(view)
            assert before.anchors_of(home.university.did, home.digest)
            assert not before.batches_of(home.university.did, home.world.now).unavailable
        with writing(node.engine) as connection:
            drop_blob(connection, root=home.anchor.root, size=home.anchor.size)
        with viewing(node) as view:
            after = ViewRecord(view)
            assert after.state == before.state
            assert not after.anchors_of(home.university.did, home.digest)
            found = after.batches_of(home.university.did, home.world.now).unavailable
            assert [batch.index for batch in found] == [home.anchor.index]


def test_a_place_whose_path_does_not_lead_to_the_root_is_no_anchor(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node:
        with writing(node.engine) as connection:
            connection.execute(update(BATCH_TILE).values(hashes=home.digest * home.anchor.size))
        with viewing(node) as view:
            assert not ViewRecord(view).anchors_of(home.university.did, home.digest)
        with writing(node.engine) as connection:
            connection.execute(delete(BATCH_TILE))
        with viewing(node) as view:
            assert not ViewRecord(view).anchors_of(home.university.did, home.digest)


def test_of_many_anchors_the_earliest_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_record, "MOST_ANCHORS", 2)
    monkeypatch.setattr(verification_record, "MOST_UNAVAILABLE", 2)
    home = country()
    for held in (True, True, False, False, False):
        home.world.anchor(home.university, [home.credential, home.world.issue(home.university)], held=held)
    with node_of(home.world, tmp_path) as node, viewing(node) as view:
        record = ViewRecord(view)
        indexes = [anchor.index for anchor in record.anchors_of(home.university.did, home.digest)]
        every = [known.anchor.index for known in home.world.record.batches]
        assert indexes == every[:2]
        batches = record.batches_of(home.university.did, home.world.now)
        assert (batches.count, [one.index for one in batches.unavailable]) == (6, every[3:5])
        assert batches.unlisted == 1


def test_malformed_batches_are_counted(tmp_path: Path) -> None:
    home = country()
    world, university = home.world, home.university
    for _ in range(2):
        world.anchor(university, [world.issue(university) for _ in range(3)], malformed=True)
    with node_of(world, tmp_path) as node, viewing(node) as view:
        assert ViewRecord(view).batches_of(university.did, world.now).malformed == 2


def test_kept_content_is_hashed_again_before_it_is_believed(tmp_path: Path) -> None:
    home = country()
    text = home.world.publish_list(home.university, home.world.list_url(home.university))
    (content_hash,) = home.world.contents.kept
    with node_of(home.world, tmp_path) as node:
        with viewing(node) as view:
            assert KeptContents(view).content(content_hash) == text
            assert KeptContents(view).content(bytes(32)) is None
        with writing(node.engine) as connection:
            connection.execute(update(PAYLOAD).values(body=text + b"x"))
        with viewing(node) as view:
            assert KeptContents(view).content(content_hash) is None
