"""What published lists newly mark: counted beside the list before once both are at hand, never guessed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from anchoring.bitstring import BitString
from anchoring.token_status_list import TokenStatusList
from credentials.status_list_token import sign_status_list_token
from node.db.session import writing
from node.db.statistics import Marked
from node.db.tables import LIST_CHANGE, PAYLOAD
from node.indexer import list_changes
from node.indexer.list_changes import AGAIN, ListChanges
from node.services.node import Node
from node.services.statistics import figures_in, newest_month
from node.services.view import viewing
from tests.credentials.ledger import Actor
from tests.credentials.world import Country, World, country
from tests.node.projected import node_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def marked(node: Node) -> Marked:
    """What all lists of the month marked."""
    with viewing(node) as view:
        month = newest_month(view)
        return figures_in(view, first=month, last=month)[0].marked


def counted(home: Country, folder: Path, publish: Callable[[World, Actor], None]) -> Marked:
    """What is known once everything at hand was counted."""
    publish(home.world, home.university)
    with node_of(home.world, folder) as node:
        ListChanges(node.engine).step(NOW)
        return marked(node)


def test_places_that_were_not_marked_before_are_counted(tmp_path: Path) -> None:
    def publish(world: World, actor: Actor) -> None:
        first, other = world.list_url(actor), world.list_url(actor, "2")
        world.publish_list(actor, first, set_bits=[1, 2, 3])
        world.publish_list(actor, first, set_bits=[1, 2, 3, 100, 131_071])
        world.publish_list(actor, other, set_bits=[7])
        world.publish_list(actor, first, set_bits=[1, 2, 3, 100, 131_071])

    assert counted(country(), tmp_path, publish) == Marked(revoked=6)


def test_a_suspension_that_ended_and_began_again_counts_twice(tmp_path: Path) -> None:
    def publish(world: World, actor: Actor) -> None:
        for bits in ([5, 6], [6], [5, 6]):
            world.publish_list(actor, world.list_url(actor), purpose="suspension", set_bits=bits)

    assert counted(country(), tmp_path, publish) == Marked(suspended=3)


def test_a_token_tells_revoked_from_suspended(tmp_path: Path) -> None:
    def publish(world: World, actor: Actor) -> None:
        bits = BitString.empty(1_048_576, size=2).with_set([1, 2], status=1)
        for more in ([3], [3, 4, 5]):
            url = world.list_url(actor)
            token = sign_status_list_token(
                TokenStatusList(bits.with_set(more, status=2)),
                sub=url,
                issued_at=world.now,
                kid=f"{actor.did}#{actor.key.fragment}",
                key=actor.key.private,
            )
            world.publish_list(actor, url, purpose="status_list", text=token.encode())

    assert counted(country(), tmp_path, publish) == Marked(revoked=2, suspended=3)


def test_a_list_of_another_purpose_marks_neither(tmp_path: Path) -> None:
    def publish(world: World, actor: Actor) -> None:
        kind = "BitstringStatusList"
        world.publish_list(actor, world.list_url(actor), kind=kind, purpose="refresh", set_bits=[1])

    assert counted(country(), tmp_path, publish) == Marked()


def test_what_is_no_list_of_its_issuer_stays_unknown(tmp_path: Path) -> None:
    def publish(world: World, actor: Actor) -> None:
        url = world.list_url(actor)
        world.publish_list(actor, url, text=b"no list")
        stranger = world.actor("Stranger")
        world.publish_list(stranger, url, set_bits=[1], published_by=actor)
        world.publish_list(actor, url, set_bits=[1])  # beside a list that cannot be counted
        world.publish_list(actor, url, set_bits=[1, 2])

    assert counted(country(), tmp_path, publish) == Marked(revoked=1, unknown=3)


def test_a_list_that_is_not_at_hand_is_counted_when_it_came(tmp_path: Path) -> None:
    home = country()
    world, actor = home.world, home.university
    url = world.list_url(actor)
    world.publish_list(actor, url, set_bits=[1])
    missing = world.publish_list(actor, url, set_bits=[1, 2, 3], held=False)
    world.publish_list(actor, url, set_bits=[1, 2, 3, 4])
    with node_of(world, tmp_path) as node:
        changes = ListChanges(node.engine)
        assert changes.step(NOW) == 1
        assert marked(node) == Marked(revoked=1, unknown=2)
        with writing(node.engine) as connection:
            row = {"hash": sha256(missing).digest(), "media_type": "application/vc+jwt", "body": missing}
            connection.execute(insert(PAYLOAD).values(row))
        assert changes.step(NOW + AGAIN - timedelta(seconds=1)) == 0
        assert changes.step(NOW + AGAIN) == 2
        assert changes.step(NOW + 2 * AGAIN) == 0
        assert marked(node) == Marked(revoked=4)


def test_many_publications_are_counted_in_several_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_changes, "_AT_ONCE", 2)
    home = country()
    for last in range(5):
        home.world.publish_list(
            home.university, home.world.list_url(home.university), set_bits=range(last + 1)
        )
    with node_of(home.world, tmp_path) as node:
        changes = ListChanges(node.engine)
        assert [changes.step(NOW) for _ in range(4)] == [2, 2, 1, 0]
        assert marked(node) == Marked(revoked=5)
        with writing(node.engine) as connection:
            connection.execute(delete(LIST_CHANGE))
        assert ListChanges(node.engine).step(NOW) == 2  # by a process that begins anew
