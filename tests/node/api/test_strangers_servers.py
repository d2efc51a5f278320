"""Lists on issuers' own servers, over real TLS: `strangers_servers.py` is played in a network of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.node.api.own_network import furnish, inside, refusal

PLAY = Path(__file__).with_name("strangers_servers.py")


@pytest.mark.databases("sqlite")
def test_lists_are_fetched_from_public_servers_alone_and_verified(tmp_path: Path) -> None:
    furnish(tmp_path)
    refused = refusal(tmp_path)
    if refused is not None:
        pytest.skip(f"the kernel gives this user no network of its own: {refused}")
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--no-header"]
    environment = os.environ | {
        "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        "OWN_NETWORK": str(tmp_path),
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        inside(tmp_path, *pytest_alone, str(PLAY)),
        cwd=PLAY.parents[3],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
