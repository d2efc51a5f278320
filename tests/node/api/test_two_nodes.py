"""Two nodes in two countries: the second copies leaves by (did, root, size), re-hashes them, and agrees."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, digests, world

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def abroad(own: World, tmp_path: Path) -> Iterator[World]:
    """A second node on the same ledger, whose peer is the first."""
    with world(own.ledger, tmp_path / "abroad", peers=(own.url,)) as second:
        yield second


def test_the_second_node_answers_from_its_own_copy(own: World, abroad: World) -> None:
    leaves = digests(*range(600))
    state = own.anchor(KAUNAS, leaves)
    abroad.follow()
    path = f"/v1/batches/{KAUNAS.did}/{state['root']}/{state['size']}"
    assert abroad.ok(path)["leaves"] == "held"
    assert abroad.get(path + "/leaves").content == b"".join(leaves)
    mine, theirs = (one.ok(f"/v1/anchors/{leaves[300].hex()}") for one in (own, abroad))
    assert mine["anchors"] == theirs["anchors"]
    for line in ("/v1/log/checkpoint", "/v1/log/digest"):
        assert own.get(line).text == abroad.get(line).text


def test_a_batch_handed_in_at_a_second_node_is_one_batch(own: World, abroad: World) -> None:
    from tests.node.api.world import batch_body

    leaves = digests("handed in twice")
    own.anchor(KAUNAS, leaves)
    late = abroad.http.post("/v1/batches", json=batch_body(KAUNAS, leaves))
    assert (late.status_code, late.json()["code"]) == (503, "nodeBehind")
    abroad.follow()
    again = abroad.http.post("/v1/batches", json=batch_body(KAUNAS, leaves))
    assert (again.status_code, again.json()["state"], again.json()["leaves"]) == (202, "anchored", "held")
