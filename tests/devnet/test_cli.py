"""`ankyra-devnet`: up, down, status, reset; one line for each obstacle, and no process left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devnet.folder import DevnetFolder, Running
from devnet.node_process import free_ports

pytestmark = pytest.mark.enable_socket


class Desk:
    """Runs the command as a person would, for one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def argv(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "devnet.cli", arguments[0], "--dir", str(self.folder), *arguments[1:]]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.argv(*arguments), capture_output=True, text=True, check=False, timeout=120)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "devnet")
    yield made
    if running := DevnetFolder(made.folder).running():
        os.kill(running.pid, signal.SIGTERM)
        _wait_until_gone(running.pid)


def test_a_devnet_survives_a_kill_and_ends_without_a_trace(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "ledger.json").write_text("left by a first deployment that was interrupted")
    first = desk.json("up", "--port", "0")
    assert first["running"] is True
    assert desk.json("up")["pid"] == first["pid"], "a second start leaves the first alone"
    os.kill(first["pid"], signal.SIGKILL)
    _wait_until_gone(first["ledgerPid"])
    assert desk.run("status").returncode == 4
    cut_off = desk.folder / f".ledger.json.{'0a' * 16}.tmp"
    cut_off.write_text("what a keeper leaves that is killed while it saves")
    again = desk.json("up", "--port", "0")
    assert not cut_off.exists()
    assert again["registryLog"] == first["registryLog"]
    assert again["entries"] == first["entries"] > 0
    assert again["block"] >= first["block"] - 1, "what was saved is there"
    assert desk.json("down")["running"] is False
    _wait_until_gone(again["pid"])
    _wait_until_gone(again["ledgerPid"])
    assert desk.json("down")["running"] is False, "ending twice is no error"
    cut_off.write_text("and one that is killed last")
    (desk.folder / "operator" / f".key.json.{'0a' * 16}.tmp").write_text("so too where its keys are")
    desk.json("reset", "--yes")
    assert not desk.folder.exists()


def test_the_word_of_a_killed_keeper_is_forgotten_before_the_next_one_speaks(desk: Desk) -> None:
    folder = DevnetFolder(desk.folder)
    folder.make()
    # A killed keeper that nobody waited for still has a process id: so has this process.
    with folder.announced(Running(os.getpid(), os.getpid(), "http://127.0.0.1:9")):
        with folder.held() as free:
            assert free
        assert folder.running() is None
        with folder.held() as free:  # the next keeper, not yet ready
            assert free
            assert folder.running() is None


def test_a_devnet_that_is_up_elsewhere_is_not_said_to_be_on_the_port_asked_for(desk: Desk) -> None:
    first = desk.json("up", "--port", "0")
    other, port = free_ports(1)[0], first["rpc"].rpartition(":")[2]
    refused = desk.run("up", "--port", str(other))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert first["rpc"] in refused.stderr
    assert f"not on port {other}" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    again = desk.run("up", "--port", port)
    assert (again.returncode, again.stderr) == (0, "")
    assert "was up already" in again.stdout
    assert desk.json("up", "--port", "0")["pid"] == first["pid"], "any port is this one too"


def test_two_starts_at_once_give_one_devnet(desk: Desk) -> None:
    starts = [
        subprocess.Popen(
            desk.argv("up", "--port", "0", "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0], said
    assert len({json.loads(out)["pid"] for out, _ in said}) == 1
    assert desk.json("down")["running"] is False
    with DevnetFolder(desk.folder).held() as free:
        assert free, "the start that came second does not take over from the first"


def test_a_port_in_use_is_one_line_and_leaves_no_process(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = desk.run("up", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    with DevnetFolder(desk.folder).held() as free:
        assert free


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("")
    done = Desk(taken).run("up")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(taken) in done.stderr


def test_a_damaged_ledger_is_one_line_with_the_way_out(desk: Desk) -> None:
    desk.folder.mkdir()
    for name in ("ledger.json", "deployment.json"):
        (desk.folder / name).write_text("{")
    done = desk.run("up", "--port", "0")
    assert done.returncode == 2
    assert "ankyra-devnet reset" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupted_start_leaves_no_process(desk: Desk) -> None:
    with subprocess.Popen(
        desk.argv("up", "--port", "0"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as start:
        deadline = time.monotonic() + 60
        while not (desk.folder / "keeper.log").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        start.send_signal(signal.SIGINT)
        assert start.wait(60) == 130
    with DevnetFolder(desk.folder).held(seconds=30) as free:
        assert free
    assert desk.run("status").returncode == 4


def test_the_operator_s_key_is_sealed_and_its_own(desk: Desk) -> None:
    folder = DevnetFolder(desk.folder)
    folder.make()
    account = folder.operator()
    assert DevnetFolder(desk.folder).operator().address == account.address
    assert (desk.folder / "operator.passphrase").stat().st_mode & 0o777 == 0o600
    assert desk.folder.stat().st_mode & 0o777 == 0o700
    everything = b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file())
    assert account.key.hex().removeprefix("0x").encode() not in everything


def test_reset_leaves_what_is_not_its_own(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "deployment.json").write_text("{}")
    (desk.folder / "notes.txt").write_text("mine")
    desk.json("reset", "--yes")
    assert [path.name for path in desk.folder.iterdir()] == ["notes.txt"]


def test_reset_asks_before_it_forgets(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "deployment.json").write_text("{}")
    done = subprocess.run(desk.argv("reset"), input="n\n", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith("ankyra-devnet: not confirmed: nothing was changed\n")
    assert (desk.folder / "deployment.json").exists()


@pytest.mark.parametrize("command", ["up", "down", "status", "reset", "appoint", "schema", "hash-algorithm"])
def test_every_command_explains_itself(desk: Desk, command: str) -> None:
    said = desk.run(command, "--help").stdout
    assert said.partition("Example:\n")[2].lstrip().startswith(f"ankyra-devnet {command}")
    assert "[default: (" not in said
    assert "--json" in said


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("up", "--port", "99999"), "ankyra-devnet up --help"),
        (("up", "--nowhere"), "ankyra-devnet up --help"),
        (("appoint",), "ankyra-devnet appoint --help"),
        (("schema", "a", "b"), "ankyra-devnet schema --help"),
        (("network", "deploy"), "ankyra-devnet network deploy --help"),
        (("downwards",), "ankyra-devnet --help"),
    ],
    ids=" ".join,
)
def test_misuse_is_one_line_that_says_where_help_is(arguments: tuple[str, ...], where: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "devnet.cli", *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ankyra-devnet: ")
    assert done.stderr.endswith(f"; see {where}\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_group_alone_shows_its_help_as_misuse() -> None:
    for group in ((), ("network",)):
        done = subprocess.run(
            [sys.executable, "-m", "devnet.cli", *group], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr.startswith("Usage: ankyra-devnet")) == (2, True)


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail(f"process {pid} is still there")
