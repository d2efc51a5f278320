"""A node whose origin is its own address, as code of others needs it that follows the URLs in credentials."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import httpx
import pytest

from did.multibase import decode_base58btc
from node.app import application, listen, server_of
from node.background import Background
from node.client.api import Node
from node.client.onboarding import create_profile
from node.services.node import open_node
from tests.ledger import DeployedState, resume
from tests.node.api.world import Clock, World, settings_for
from tests.node.client.conftest import SCHEMA, Play, keystore_in

DEGREE_SCHEMA = b"""{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {"credentialSubject": {"type": "object", "required": ["id", "title"]}},
  "required": ["credentialSubject"]
}"""


@pytest.fixture(scope="module")
def abroad(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Council (Root TAO, accepted) → Agency (TAO) → KTU (TI), and a schema for degrees."""
    with played_abroad(deployed_state, tmp_path_factory.mktemp("abroad")) as play:
        yield play


@contextmanager
def played_abroad(deployed_state: DeployedState, folder: Path, **given: Any) -> Iterator[Play]:
    """The play of `abroad`, kept in `folder`; `given` are settings of the node, in place of its own."""
    home = folder / "Council"  # its DID is known before the node that accepts it runs
    accepted = create_profile(home, node_url="http://127.0.0.1:1", keystore=keystore_in(home)).did
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with resume(deployed_state, folder / "ledger.json") as ledger:
        ledger.ledger.mine()  # to its first block after a resume the engine gives a false blockhash
        clock = Clock(ledger.ledger.time())
        settings = settings_for(
            ledger.ledger.url,
            ledger.deployment,
            folder / "node",
            **{"origins": (url,), "root_taos": (accepted,)} | given,
        )
        node = open_node(settings, clock=clock, holder="test")
        background, server = Background(node), server_of(application(node))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                sleep(0.005)
            with httpx.Client(base_url=url, trust_env=False, timeout=60) as http, Node(url) as asked:
                made = World(ledger, node, clock, url, http, background)
                made.follow()
                yield _people(Play(made, asked, folder))
        finally:
            server.should_exit = True
            thread.join()
            listening.close()
            background.stop()
            node.close()


def _people(play: Play) -> Play:
    council = play.root("Council")
    play.operator(council).write(
        "insertSchema", schemaId=decode_base58btc(SCHEMA), schema=DEGREE_SCHEMA, metadata=b"{}"
    )
    play.join("Agency")
    play.accredit("Council", "Agency", "TAO")
    play.member("Agency", "KTU")
    return play
