"""An application that was written for EBSI's own hosts asks our node, and nothing in it is changed.

Its credentials name `https://api-pilot.ebsi.eu`; its environment names the front on this desk (`HTTPS_PROXY`,
`NODE_EXTRA_CA_CERTS`). What is asked of the node, and that nothing is asked of anybody else, is all there is.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from did.methods.ebsi import new_did
from node.client.status_lists import create, places_of, set_status
from node.client.status_publication import publish
from tests.ebsi_clients.clients import ClientRefused, EbsiClients, ebsi_clients
from tests.foreign.conftest import played_abroad
from tests.foreign.degrees import issue
from tests.ledger import DeployedState
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket

HOST = "api-pilot.ebsi.eu"
ORIGIN = f"https://{HOST}"
COMMAND = (sys.executable, "-m", "devnet.cli", "front")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The play whose credentials name EBSI's host, and an application that knows no other."""

    play: Play
    clients: EbsiClients

    @property
    def time(self) -> int:
        return self.play.world.ledger.ledger.time()


@pytest.fixture(scope="module")
def unchanged(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unchanged]:
    folder = tmp_path_factory.mktemp("unchanged")
    settings = {"origins": (ORIGIN,), "trusted_proxies": ("127.0.0.1/32",)}
    with played_abroad(deployed_state, folder, **settings) as play:
        front = subprocess.Popen(
            [
                *COMMAND,
                HOST,
                "--node",
                play.world.url,
                "--port",
                "0",
                "--authority",
                folder / "ca.pem",
                "--json",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert front.stdout is not None
        try:
            told = json.loads(front.stdout.readline())
            environment = {"HTTPS_PROXY": told["proxy"], "NODE_EXTRA_CA_CERTS": told["authority"]}
            with ebsi_clients({"ebsiAuthority": HOST}, **environment) as clients:
                yield Unchanged(play, clients)
        finally:
            front.send_signal(signal.SIGTERM)
            front.wait(30)
            front.stdout.close()


def put(play: Play) -> None:
    publish(play.open("KTU"), "revoked", now=play.now, at_once=True, patience=play.patience)


def test_dids_are_resolved_under_ebsis_own_address(unchanged: Unchanged) -> None:
    registry, did = f"{ORIGIN}/did-registry/v5/identifiers", unchanged.play.issuers["KTU"].did
    assert unchanged.clients.resolve(did, registry=registry)["didDocument"]["id"] == did
    unknown = unchanged.clients.resolve(new_did(b"\7" * 16), registry=registry)
    assert unknown["didResolutionMetadata"]["error"] == "notFound"


def test_credentials_that_name_ebsis_host_are_verified_and_refused(
    unchanged: Unchanged, tmp_path: Path
) -> None:
    play, clients = unchanged.play, unchanged.clients
    create(play.open("KTU"), "revoked")
    put(play)
    kept, lost = (one.path.read_text() for one in issue(play, tmp_path / "out", 2, lists=["revoked"]))
    verified = clients.verify_credential(kept, validAt=unchanged.time)
    for url in (
        verified["credentialSchema"]["id"],
        verified["termsOfUse"]["id"],
        verified["credentialStatus"]["statusListCredential"],
    ):
        assert url.startswith(f"{ORIGIN}/trusted-")
    issuer = play.open("KTU")
    set_status(issuer, places_of(issuer, lost.encode(), purpose="revocation"), purpose="revocation")
    put(play)
    with pytest.raises(ClientRefused, match="The credential is revoked"):
        clients.verify_credential(lost, validAt=unchanged.time)
    clients.verify_credential(kept, validAt=unchanged.time)


def test_no_other_host_is_reached(unchanged: Unchanged) -> None:
    """A registry of another name is refused by the front, and never looked for elsewhere."""
    did = unchanged.play.issuers["KTU"].did
    told = unchanged.clients.resolve(
        did, registry="https://api-conformance.ebsi.eu/did-registry/v5/identifiers"
    )
    assert told["didDocument"] is None
    assert told["didResolutionMetadata"]["error"] in {"internalServerError", "unknownError"}
