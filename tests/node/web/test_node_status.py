"""The node's page tells what `/readyz` tells, and the checkpoint of its log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, people
from tests.node.api.world import World as Living
from tests.node.api.world import digests, world
from tests.node.web.alliance import Seen

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def own(deployed_state: DeployedState, tmp_path: Path) -> Iterator[Living]:
    """A node that follows a real ledger."""
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "node") as made:
        people(made)
        yield made


def seen(made: Living) -> Seen:
    answer = made.get("/node")
    assert answer.status_code == 200, answer.text
    page = Seen(str(answer.url))
    page.feed(answer.text)
    return page


def test_the_page_says_how_the_node_fares(own: Living) -> None:
    ready = own.ok("/readyz")
    page = seen(own)
    facts = page.facts()
    assert "This node is up to date" in page.text
    assert own.get("/v1/log/checkpoint").text.strip() in page.text
    assert facts["Size"] == f"{ready['size']:,}"
    assert facts["Was something final ever taken back?"] == "✓ never"
    assert [row[0] for row in page.rows[1:]] == [one["name"] for one in ready["endpoints"]]
    assert "agrees" in page.rows[1][1]
    own.clock.pass_by(3600)
    assert "This node is behind" in seen(own).text


def test_a_ledger_that_does_not_answer_is_said(own: Living) -> None:
    own.ledger.ledger.kill()
    own.background.step()
    page = seen(own)
    assert "The ledger does not answer" in page.text
    assert "does not answer" in page.rows[1][1]


def test_what_stopped_the_follower_is_said(own: Living) -> None:
    own.background.stop()
    own.clock.pass_by(3600)
    assert "stopped" in seen(own).facts()["Following"]


def test_peers_have_the_same_log_or_say_nothing(own: Living, tmp_path: Path) -> None:
    peers = (own.url, f"{own.url}/nothing", "http://127.0.0.1:9")
    with world(own.ledger, tmp_path / "abroad", peers=peers) as abroad:
        abroad.background.compare()
        size = own.ok("/readyz")["size"]
        rows = seen(abroad).rows[-3:]
        assert [(row[1].strip().partition(" ")[2], row[2]) for row in rows] == [
            ("has the same log", f"{size:,}"),
            ("serves no checkpoint", "?"),
            ("does not answer", "?"),
        ]
        own.anchor(KAUNAS, digests("what the other has not seen"))
        abroad.clock.pass_by(61)
        abroad.follow()
        abroad.background.compare()
        assert seen(abroad).rows[-3][2] == f"{size + 1:,}"
    assert "named no peers" in seen(own).text
