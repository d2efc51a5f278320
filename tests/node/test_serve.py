"""`node.app.serve` as operators meet it: one line where they must mend something, else an orderly end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.ledger import DeployedLedger
from tests.node.api.world import settings_for

pytestmark = pytest.mark.enable_socket
PROGRAM = """
import sys
from node.app import serve
from node.config import load_settings
sys.exit(serve(load_settings()))
"""


def start(
    folder: Path, ledger_url: str, *, port: int = 0, deployment: Path | None = None, **more: str
) -> "subprocess.Popen[str]":
    named = {
        "ANKYRA_PORT": str(port),
        "ANKYRA_LEDGER_URLS": ledger_url,
        "ANKYRA_DEPLOYMENT": str(deployment or folder / "deployment.json"),
        "ANKYRA_DATA_DIR": str(folder),
    }
    named |= {f"ANKYRA_{name.upper()}": value for name, value in more.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANKYRA_")}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=kept | named, stdout=pipe, stderr=pipe, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(deployed: DeployedLedger, tmp_path: Path, number: signal.Signals) -> None:
    deployed.ledger.mine()
    settings_for(deployed.ledger.url, deployed.deployment, tmp_path)
    node = start(tmp_path, deployed.ledger.url)
    assert node.stdout
    line = node.stdout.readline()
    assert line.startswith("Listening on http://127.0.0.1:")
    url = line.removeprefix("Listening on ").strip()
    with httpx.Client(base_url=url, trust_env=False) as http:
        assert http.get("/healthz").json() == {"status": "ok"}
        deadline = time.monotonic() + 60
        while http.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline, http.get("/readyz").text
            time.sleep(0.05)
        assert http.get("/v1/deployment").json()["chainId"] == deployed.deployment.chain_id
    node.send_signal(number)
    _, logged = node.communicate(timeout=60)
    assert node.returncode == 0, logged
    assert all(isinstance(json.loads(line), dict) for line in logged.splitlines())


def one_line(node: "subprocess.Popen[str]") -> str:
    """The only line that the program wrote before it ended with exit code 2."""
    said, complained = node.communicate(timeout=60)
    assert (node.returncode, said) == (2, ""), complained
    (line,) = complained.splitlines()
    return line


def test_a_port_in_use_is_one_clear_line(deployed: DeployedLedger, tmp_path: Path) -> None:
    settings_for(deployed.ledger.url, deployed.deployment, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = one_line(start(tmp_path, deployed.ledger.url, port=port))
    assert f"127.0.0.1:{port}" in line
    assert "another program" in line


def test_a_missing_deployment_file_is_one_clear_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.json"
    assert str(missing) in one_line(start(tmp_path, "http://127.0.0.1:1", deployment=missing))


def test_a_database_that_cannot_be_opened_is_one_clear_line(deployed: DeployedLedger, tmp_path: Path) -> None:
    settings_for(deployed.ledger.url, deployed.deployment, tmp_path)
    (tmp_path / "node.sqlite3").mkdir()
    assert "database" in one_line(start(tmp_path, deployed.ledger.url))
