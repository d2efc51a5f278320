"""A country in which two universities anchored and revoked for half a year, and a node that serves it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

import httpx
import pytest

from node.app import application
from node.indexer.list_changes import ListChanges
from tests.credentials.ledger import DAY, Actor
from tests.credentials.world import TI, Country, World, country
from tests.node.api.world import served
from tests.node.projected import node_of


def busy() -> tuple[Country, Actor]:
    """A country with a second university; both anchor and revoke for half a year, the other one little."""
    home = country()
    world, small = home.world, home.world.actor("Small University")
    world.accredit(small, home.tao, TI)
    for month in range(6):
        for actor, sizes in ((home.university, (30, 15)), (small, (12 if month == 3 else 2,))):
            for size in sizes:
                anchor(world, actor, size)
            url = world.list_url(actor)
            world.publish_list(actor, url, set_bits=range((12 if actor is not small else 1) * (month + 1)))
        if month == 4:
            world.revoke(small, home.tao)
            world.publish_list(home.university, world.list_url(home.university, "other"), held=False)
        world.wait(31 * DAY)
    return home, small


def anchor(world: World, actor: Actor, size: int) -> None:
    """A batch of so many credentials, of which nothing else is known."""
    root = sha256(world.secret()).digest()
    world.write("anchor.batch", did=actor.did, attributeId=actor.attribute_id, root=root, size=size)


@pytest.fixture(scope="module", name="made")
def busy_country() -> tuple[Country, Actor]:
    return busy()


@pytest.fixture(scope="module", name="http")
def busy_node(
    made: tuple[Country, Actor], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    with node_of(made[0].world, tmp_path_factory.mktemp("node")) as node:
        ListChanges(node.engine).step(datetime(2026, 11, 22, tzinfo=UTC))
        with (
            served(application(node)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
        ):
            yield client
