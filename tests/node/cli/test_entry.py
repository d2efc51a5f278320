"""An interruption is one line and exit code 130 from the first moment on, while modules are still read in."""

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENTRIES = {"ankyra": "node.cli.entry", "ankyra-devnet": "devnet.entry"}
PROGRAM = """
import os, signal, sys
wanted = sys.argv.pop(1)
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from {entry} import main
main()
"""


def ran(entry: str, *arguments: str, ignoring: bool = False) -> subprocess.CompletedProcess[str]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignoring else signal.default_int_handler)
    try:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM.replace("{entry}", entry), *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("ankyra", "typer"),
        ("ankyra", "httpx"),
        ("ankyra", "node.cli.verify"),
        ("ankyra-devnet", "typer"),
        ("ankyra-devnet", "devnet.network_cli"),
    ],
)
def test_interrupted_while_modules_are_read_in_it_is_one_line(name: str, module: str) -> None:
    ended = ran(ENTRIES[name], module, "--help")
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr.splitlines() == [f"{name}: interrupted; run the same command again"]


@pytest.mark.parametrize("name", ENTRIES)
def test_where_interruptions_are_ignored_the_command_goes_on(name: str) -> None:
    ended = ran(ENTRIES[name], "typer", "--help", ignoring=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"Usage: {name}")


@pytest.mark.parametrize("name", ENTRIES)
def test_the_installed_command_begins_where_nothing_large_is_read_in(name: str) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts[name] == f"{ENTRIES[name]}:main"
    program = f"import sys; import {ENTRIES[name]}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert not names & {"typer", "rich", "httpx", "cryptography", "asyncio", "json"}
