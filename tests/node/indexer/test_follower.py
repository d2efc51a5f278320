"""Following a real ledger into a real database."""

from itertools import pairwise

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import DBAPIError

from anchoring.history import History
from node.chain.client import LedgerClient
from node.chain.headers import head, log_state
from node.db.batches import anchored_batch
from node.db.cursor import drop_projection, read_cursor, read_window
from node.db.dids import registered_at
from node.db.digest import projection_digest
from node.db.entries import entry_at, find_entries, log_size
from node.db.issuers import latest_revision, revisions
from node.db.lease import note_alarm, note_sight, read_sighting
from node.db.schemas import latest_schema, schema_document
from node.db.session import reading, writing
from node.db.tables import ENTRY, PROJECTION
from node.errors import StaleCursor
from node.indexer.follower import Step
from node.indexer.projection import take_back
from tests.node.db.refusing import REASON, refusing
from tests.node.indexer.conftest import Desk
from tests.node.registrations import REVOKED, TI, some_leaves

pytestmark = pytest.mark.enable_socket


def digest(desk: Desk, engine: Engine | None = None) -> tuple[int, bytes]:
    with reading(engine or desk.engine) as connection:
        size = log_size(connection)
        return size, projection_digest(connection, size=size)


def test_what_is_on_the_ledger_is_in_the_projection(desk: Desk) -> None:
    university = desk.registrar.issuer()
    leaves = some_leaves(300)
    root = desk.registrar.anchor(university, leaves)
    desk.registrar.insert_schema(b"\x07" * 32, b'{"type":"object"}')
    assert desk.follow() is Step.IDLE
    with reading(desk.engine) as connection:
        assert registered_at(connection, university.did) is not None
        batch = anchored_batch(connection, did=university.did, root=root, size=300)
        assert batch is not None
        assert batch.attribute_id == university.attribute_id
        assert batch.leaves == "unavailable"
        standing = latest_revision(connection, university.did, university.attribute_id)
        assert standing is not None
        assert standing.issuer_type == TI
        assert standing.body == b"header.payload.signature"
        root_did = standing.root_tao
        first = revisions(connection, root_did)[0]
        assert (first.did, first.tao, first.root_tao) == (root_did, root_did, root_did)
        schema = latest_schema(connection, b"\x07" * 32)
        assert schema is not None
        assert schema_document(connection, schema) == b'{"type":"object"}'


def test_the_entries_kept_make_the_ledgers_root(desk: Desk) -> None:
    desk.registrar.issuer()
    desk.follow()
    history = History()
    with reading(desk.engine) as connection:
        for kept in find_entries(connection, limit=10_000):
            history.append(kept.entry)
            assert kept.hash == kept.entry.hash
        cursor = read_cursor(connection)
    newest = head(desk.client)
    state = log_state(desk.client, desk.deployed.deployment.registry_log, block_hash=newest.hash)
    assert cursor is not None
    assert (cursor.size, cursor.root) == (state.size, state.root) == (history.size, history.root())
    assert cursor.block_hash == newest.hash


def test_a_revoked_accreditation_keeps_its_history(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.accredit(university, REVOKED)
    desk.follow()
    with reading(desk.engine) as connection:
        types = [r.issuer_type for r in revisions(connection, university.did)]
    assert types == [TI, TI, REVOKED]


def test_following_step_by_step_and_at_once_gives_the_same_rows(desk: Desk) -> None:
    follower = desk.follower()
    desk.follow(follower)
    university = desk.registrar.issuer()
    desk.follow(follower)
    for at in range(3):
        desk.registrar.anchor(university, some_leaves(5, str(at)))
        desk.follow(follower)
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    assert digest(desk) == digest(desk, other)


def test_a_restart_goes_on_where_the_last_run_ended(desk: Desk) -> None:
    desk.follow(desk.follower("one"))
    university = desk.registrar.issuer()
    desk.gone()
    assert desk.follow(desk.follower("two")) is Step.IDLE
    with reading(desk.engine) as connection:
        assert registered_at(connection, university.did) is not None


def test_a_reorg_takes_rows_back_and_the_new_branch_takes_their_place(desk: Desk) -> None:
    follower = desk.follower()
    university = desk.registrar.issuer()
    desk.follow(follower)
    before = digest(desk)
    root = desk.registrar.anchor(university, some_leaves(10))
    desk.follow(follower)
    assert digest(desk) != before
    desk.deployed.ledger.reorg(1)
    desk.follow(follower)
    assert digest(desk) == before
    with reading(desk.engine) as connection:
        assert anchored_batch(connection, did=university.did, root=root, size=10) is None
    desk.registrar.anchor(university, some_leaves(10))
    assert desk.follow(follower) is Step.IDLE
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    assert digest(desk) == digest(desk, other)


def test_a_reorg_while_nobody_followed_is_found_at_the_start(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, some_leaves(10))
    desk.follow(desk.follower("one"))
    desk.deployed.ledger.reorg(4)
    desk.gone()
    desk.follow(desk.follower("two"))
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    assert digest(desk) == digest(desk, other)
    with reading(desk.engine) as connection:
        window = read_window(connection)
        assert all(later.parent_hash == block.hash for block, later in pairwise(window))


def test_another_ledger_under_the_same_address_raises_an_alarm_and_rows_stay(desk: Desk) -> None:
    ledger = desk.deployed.ledger
    desk.registrar.issuer()
    follower = desk.follower()
    fork = ledger.snapshot()
    ledger.mine(70)
    desk.follow(follower)
    before = digest(desk)
    ledger.revert(fork)
    ledger.rpc.request("anvil_setCoinbase", "0x" + "42" * 20)  # or empty blocks would be the same again
    ledger.mine(72)
    assert desk.follow(follower) is Step.ALARMED
    assert digest(desk) == before
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
    assert sighting is not None
    assert sighting.alarm == "reorg-too-deep"


def test_reads_go_on_while_the_ledger_is_away_and_say_since_when(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.follow(desk.follower())
    seen = desk.clock()
    desk.clock.walk(30)
    with LedgerClient(["http://127.0.0.1:9"]) as nobody:
        assert desk.follow(desk.follower(client=nobody)) is Step.UNREACHABLE
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
        assert registered_at(connection, university.did) is not None
    assert sighting is not None
    assert not sighting.ledger_reachable
    assert sighting.ledger_seen_at == seen
    assert desk.follow(desk.follower()) is Step.IDLE
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
    assert sighting is not None
    assert sighting.ledger_reachable


@pytest.mark.databases("sqlite")
def test_of_two_followers_one_works_and_one_waits_until_the_lease_runs_out(desk: Desk) -> None:
    one, two = desk.follower("one"), desk.follower("two")
    assert one.step() is Step.MOVED
    assert two.step() is Step.WAITS
    desk.clock.walk(10)
    one.step()
    desk.clock.walk(10)
    assert two.step() is Step.WAITS
    desk.clock.walk(6)  # one is dead: it has not renewed for 16 seconds
    desk.registrar.insert_policies(3)
    assert two.step() is Step.MOVED
    assert one.step() is Step.WAITS
    two.release()
    assert one.step() is Step.IDLE


def test_a_follower_that_lost_its_lease_without_noticing_writes_nothing(desk: Desk) -> None:
    one, two = desk.follower("one"), desk.follower("two")
    desk.follow(one)
    desk.registrar.insert_policies(3)
    with reading(desk.engine) as connection:
        stale = read_cursor(connection)
    desk.gone()
    desk.follow(two)
    after = digest(desk)
    assert stale is not None
    # what `one` would do from the cursor that it read before `two` moved it
    with pytest.raises(StaleCursor), writing(desk.engine) as connection:
        take_back(connection, expected=stale, to=stale.block_number - 1, root_of=lambda _: bytes(32))
    assert digest(desk) == after


def test_a_damaged_log_in_the_database_stops_the_follower(desk: Desk) -> None:
    desk.follow()
    with writing(desk.engine) as connection:
        connection.execute(ENTRY.update().where(ENTRY.c.entry_index == 3).values(hash=bytes(32)))
    desk.registrar.insert_policies(1)
    desk.gone()
    assert desk.follow(desk.follower("two")) is Step.ALARMED
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
        assert entry_at(connection, 4) is not None
    assert sighting is not None
    assert sighting.alarm == "database-damaged"


def test_dropping_the_projection_and_following_again_gives_the_same_rows(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, some_leaves(4))
    desk.follow()
    before = digest(desk)
    with writing(desk.engine) as connection:
        drop_projection(connection)
        for table in PROJECTION:
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
    desk.gone()
    desk.follow(desk.follower("two"))
    assert digest(desk) == before


def test_one_changed_byte_in_any_projection_table_changes_the_digest(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, some_leaves(4))
    desk.follow()
    before = digest(desk)
    for table in PROJECTION:
        with writing(desk.engine) as connection:
            filled = connection.execute(select(func.max(table.c.entry_index))).scalar()
            if filled is None:
                continue
            connection.execute(delete(table).where(table.c.entry_index == filled))
            changed = projection_digest(connection, size=before[0])
            connection.rollback()
        assert changed != before[1]


def test_a_write_that_failed_is_done_again_without_an_alarm(desk: Desk) -> None:
    follower = desk.follower()
    desk.follow(follower)
    desk.registrar.issuer()
    with refusing(desk.engine, "entry"), pytest.raises(DBAPIError, match=REASON):
        desk.follow(follower)
    assert follower.step() is Step.MOVED
    assert desk.follow(follower) is Step.IDLE


def test_who_lost_its_lease_leaves_no_alarm_behind(desk: Desk) -> None:
    desk.follow(desk.follower("one"))
    desk.gone()
    desk.follow(desk.follower("two"))
    with writing(desk.engine) as connection:
        note_alarm(connection, holder="one", name="root-mismatch", sentence="too late")
        note_sight(connection, holder="one", now=desk.clock(), head=None)
        sighting = read_sighting(connection)
    assert sighting is not None
    assert (sighting.alarm, sighting.ledger_reachable) == (None, True)
