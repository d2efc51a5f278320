"""Real processes killed by SIGKILL on both sides: what was typed again stands on the ledger once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.node.api.world import settings_for
from tests.node.cli.conftest import Type
from tests.node.cli.test_cut_off import profile, transactions
from tests.node.client.conftest import Play
from tests.node.client.credentials import signed_credential

pytestmark = pytest.mark.enable_socket
PROGRAM = "import sys; from node.cli.app import main; main()"
_SECONDS = 120


def environment(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANKYRA_")}
    return kept | given


@pytest.fixture
def credentials(living: Play, tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "a.jwt").write_text(signed_credential(living.issuers["KTU"].signer(), now=living.now))
    living.issuers["KTU"].outbox.end_command()
    return folder


@pytest.fixture
def serving(living: Play, tmp_path: Path) -> "Callable[..., object]":
    """Runs a node process of its own on the same ledger, until the block ends or it is killed."""
    ledger = living.world.ledger
    home = tmp_path / "node"
    settings_for(ledger.ledger.url, ledger.deployment, home)
    root_taos = living.issuers["Council"].did

    @contextmanager
    def run(failpoint: str = "") -> "Iterator[tuple[subprocess.Popen[str], str]]":
        named = {
            "ANKYRA_PORT": "0",
            "ANKYRA_LEDGER_URLS": ledger.ledger.url,
            "ANKYRA_DEPLOYMENT": str(home / "deployment.json"),
            "ANKYRA_DATA_DIR": str(home),
            "ANKYRA_ROOT_TAOS": root_taos,
            "ANKYRA_FAILPOINT": failpoint,
        }
        with (home / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, "node", "serve"],
                env=environment(**named),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            assert process.stdout is not None
            line = process.stdout.readline()
            try:
                yield process, line.removeprefix("Listening on ").strip()
            finally:
                process.terminate()
                process.communicate(timeout=_SECONDS)

    return run


@pytest.mark.parametrize("place", ["client-signed", "client-sent"])
def test_a_killed_command_is_typed_again(living: Play, type_in: Type, credentials: Path, place: str) -> None:
    command = ("batch", "anchor", str(credentials), *profile(living, "KTU"), "--json")
    sent = transactions(living, "KTU")
    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command],
        env=environment(ANKYRA_FAILPOINT=place, ANKYRA_PASSPHRASE="pass"),
        capture_output=True,
        check=False,
        timeout=_SECONDS,
    )
    assert killed.returncode == -signal.SIGKILL
    listed = json.loads(type_in("outbox", "list", *profile(living, "KTU"), "--json").out)["transactions"]
    assert [one["state"] for one in listed][-1] == "signed"
    typed = type_in(*command)
    assert typed.code == 0, typed.err
    assert json.loads(typed.out)["state"] == "final"
    assert transactions(living, "KTU") == sent + 1


@pytest.mark.parametrize("place", ["transaction-kept"])  # `make crash` goes through all places
def test_a_node_killed_under_a_command_is_started_again_and_the_command_typed_again(
    living: Play, type_in: Type, credentials: Path, serving: Callable[..., object], place: str
) -> None:
    sent = transactions(living, "KTU")
    command = ("batch", "anchor", credentials, *profile(living, "KTU"), "--json")
    with serving(place) as (process, url):  # type: ignore[attr-defined]  # a context manager
        await_ready(type_in, url)
        typed = type_in(*command, "--node", url)
        assert typed.code == 4
        assert "goes on where it stopped" in typed.err
        assert process.wait(_SECONDS) == -signal.SIGKILL
    with serving() as (_, url):  # type: ignore[attr-defined]  # a context manager
        await_ready(type_in, url)
        typed = type_in(*command, "--node", url)
        assert typed.code == 0, typed.err
        assert json.loads(typed.out)["state"] == "final"
    assert transactions(living, "KTU") == sent + 1


def await_ready(type_in: Type, url: str) -> None:
    for _ in range(600):
        if type_in("node", "status", "--node", url, "--json").code == 0:
            return
    pytest.fail("the node does not become ready")


def test_an_outbox_is_listed_resumed_and_one_is_not_replaced_that_does_not_wait(
    living: Play, type_in: Type, credentials: Path
) -> None:
    own = profile(living, "KTU")
    assert type_in("batch", "anchor", credentials, *own).code == 0
    listed = json.loads(type_in("outbox", "list", "--all", *own, "--json").out)["transactions"]
    last = listed[-1]
    assert (last["function"], last["state"]) == ("anchorBatch", "mined")
    resumed = type_in("outbox", "resume", *own, "--json")
    assert resumed.code == 0, resumed.err
    refused = type_in("outbox", "replace", last["nonce"], *own)
    assert (refused.code, "waits in the outbox" in refused.err) == (1, True)
    assert type_in("outbox", "list", *own).code == 0
