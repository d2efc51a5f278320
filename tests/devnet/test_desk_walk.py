"""The walk of docs/operating.md, line by line in a shell: what a newcomer copies is what works."""

import contextlib
import os
import re
import signal
import subprocess
import sysconfig
from pathlib import Path

import pytest

from devnet.commands import environment
from devnet.node_process import free_ports
from devnet.toolchain import ROOT

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(900)]

_SECTION = "## A network of your own on a desk"


def test_the_walk_from_an_empty_folder_to_a_checked_file_works_as_it_is_written(tmp_path: Path) -> None:
    ledger, node = free_ports(2)
    script = (
        _walk()
        .replace("127.0.0.1:8080", f"127.0.0.1:{node}")
        .replace("127.0.0.1:8545", f"127.0.0.1:{ledger}")
    )
    script = script.replace("ankyra-devnet up\n", f"ankyra-devnet up --port {ledger}\n")
    settings = {"ANKYRA_LEDGER_URLS": f"http://127.0.0.1:{ledger}", "ANKYRA_PORT": str(node)}
    paths = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    surroundings = {**environment(settings), "HOME": str(tmp_path / "nobody"), "PATH": paths}
    walking = subprocess.Popen(
        ["bash", "-eu", "-c", script],
        cwd=tmp_path,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaint = walking.communicate(timeout=840)
        assert walking.returncode == 0, f"{said}\n{complaint}"
    finally:
        _end(walking, tmp_path / "desk", surroundings)
    told = " ".join(said.split())
    assert told.count("diploma.txt is intact") == 2, said
    assert "learner.jwt: Genuine, in force, and issued by somebody accredited." in told
    assert "learner.jwt: Revoked, by the list that its issuer published on" in told
    assert (
        "by University of my desk, accredited by Agency of my desk, up to the Root TAO Council of my desk"
        in told
    )


def _walk() -> str:
    """The section's blocks, one after the other."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = page.partition(_SECTION)[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 5, "the page has lost its walk"
    return "".join(blocks)


def _end(walking: subprocess.Popen[str], desk: Path, surroundings: dict[str, str]) -> None:
    """Leave no process of a walk that broke off."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(walking.pid, signal.SIGTERM)
    walking.communicate(timeout=30)
    if desk.is_dir():
        devnet = Path(sysconfig.get_path("scripts")) / "ankyra-devnet"
        subprocess.run([str(devnet), "reset", "--yes"], cwd=desk, env=surroundings, check=True, timeout=60)
