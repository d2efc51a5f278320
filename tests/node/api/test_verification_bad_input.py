"""Each bad input as the one fault of a credential sent to a node: what finds it, and the next is served."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from devnet.toolchain import ROOT
from node.app import application
from tests.credentials.world import Country
from tests.node.api.bad_credentials import BAD, POISON, VALID, Said, bad_country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket


@dataclass
class Desk:
    """A node to which the attacks are sent."""

    home: Country
    documents: dict[str, bytes]
    http: httpx.Client

    def said(self, document: bytes) -> Said:
        """What the verdict comes to, with its whole sentence."""
        answer = self.http.post("/v1/verifications", content=document)
        assert answer.status_code == 200, answer.text
        verdict = answer.json()
        for outcome in ("failed", "not_determinable"):
            for check in verdict["checks"]:
                if check["required"] and check["outcome"] == outcome:
                    assert verdict["sentence"] == check["sentence"]
                    return Said(verdict["outcome"], check["name"], check["reason"], verdict["sentence"])
        return Said(verdict["outcome"], words=verdict["sentence"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home, documents = bad_country()
    with (
        node_of(home.world, tmp_path_factory.mktemp("bad")) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield Desk(home, documents, http)


@pytest.mark.parametrize("name", BAD)
def test_each_fault_is_found_by_its_check_and_the_next_request_is_served(desk: Desk, name: str) -> None:
    said, expected = desk.said(desk.documents[name]), BAD[name][1]
    assert said[:3] == expected[:3]
    assert expected.words in said.words
    assert desk.said(desk.home.credential)[:3] == VALID[:3]


def test_no_verdict_costs_two_seconds_or_200_megabytes() -> None:
    """Seconds of the processor, not of the clock: a busy machine decides nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.node.api.bad_credentials"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert {*BAD, POISON} < set(told["seconds"])
    assert {name: cost for name, cost in told["seconds"].items() if cost >= 2} == {}
    assert told["grown"] < 200 * 1024
    assert told["workers"]["seconds"] < 20
    assert told["workers"]["largest"] < 512 * 1024
    assert told["served"] == "valid"
