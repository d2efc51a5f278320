"""The demo as its own process: it plays, reports, serves, refuses in one line, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from devnet.demo import INTERRUPTED, OTHER_PORTS, USAGE
from devnet.forms import FORMS
from devnet.members import ANCHORING, ROOT_TAO, TAO
from devnet.node_process import free_ports
from devnet.report import SCHEMA
from devnet.scenarios import STEPS
from devnet.toolchain import ROOT

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

_SMALL = ("--members", "2", "--credentials", "16")
_PATIENCE = 30.0  # seconds for processes and files of a killed demo to go


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a demo whose temporary files lie in `folder`; end it with the block."""
    folder.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name != "ANKYRA_VECTORS"}
    process = subprocess.Popen(
        [sys.executable, "-m", "devnet.demo", *_SMALL, *arguments],
        cwd=ROOT,
        env={**kept, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def test_a_play_is_reported_served_and_leaves_nothing_behind(tmp_path: Path) -> None:
    first, second = free_ports(2)
    report = tmp_path / "report.json"
    ports = ("--ports", str(first), str(second))
    with demo(tmp_path / "tmp", "--json", str(report), "--setup-seconds", "7", *ports) as process:
        said = _until(process, "Ctrl-C ends all")
        (asked,) = re.findall(r"curl -s (http://\S+)", said)
        children = _descendants(process.pid)
        (anchor,) = httpx.get(asked, trust_env=False).json()["anchors"]
        assert anchor["issuer"]["name"] == ANCHORING
        assert [link["name"] for link in anchor["accreditation"]["then"]["links"]] == [
            ANCHORING,
            TAO,
            ROOT_TAO,
        ]
        (history,) = re.findall(r"curl -s '(http://\S+kind=anchor\.batch)'", said)
        assert {entry["kind"] for entry in httpx.get(history, trust_env=False).json()["items"]} == {
            "anchor.batch"
        }
        (audit,) = re.findall(r"\S+/ankyra audit --node \S+ --rpc \S+", said)
        audited = subprocess.run(audit.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert audited.returncode == 0, audited.stderr
        _check_verdicts(said, tmp_path)
        _check_pages(said)
        for name in FORMS.values():
            assert re.search(rf"^  {re.escape(name)} .* passed 0 1 2 3", said, re.MULTILINE), name
        (page,) = re.findall(r"(http://\S+/docs)", said)
        assert httpx.get(page, trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    _check_report(json.loads(report.read_text(encoding="utf-8")), first, second)
    assert "ANKYRA_VECTORS is unset" in said
    assert "stored in SQLite" in said
    assert len(children) >= 3
    _await_nothing_left(children, tmp_path / "tmp")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder below which PostgreSQL may work with the rights of another user, as it does for root."""
    with TemporaryDirectory(prefix="ankyra-test-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def test_a_play_on_postgresql_holds_and_leaves_nothing_behind(tmp_path: Path, open_folder: Path) -> None:
    report = tmp_path / "report.json"
    first, second = free_ports(2)
    given = ("--database", "postgres", "--json", str(report), "--setup-seconds", "7", "--once")
    with demo(open_folder / "tmp", *given, "--ports", str(first), str(second)) as process:
        _until(process, "accredited")
        children = _descendants(process.pid)
        said, complaint = process.communicate(timeout=500)
        assert process.returncode == 0, said + complaint
    told = json.loads(report.read_text(encoding="utf-8"))
    _check_report(told, first, second)
    assert re.fullmatch(r"PostgreSQL \d+", told["database"])
    assert f"stored in {told['database']}" in said
    _await_nothing_left(children, open_folder / "tmp")


def _check_verdicts(said: str, folder: Path) -> None:
    """The lines that the summary prints to copy say what it says of them, once all has been played."""
    on_micro_credentials = re.findall(r"\S+/ankyra verify \S+-2\.0/\S*micro-credential-\S+ --node .+", said)
    told = [
        subprocess.run(line.split(), cwd=folder, capture_output=True, text=True, check=False).returncode
        for line in on_micro_credentials
    ]
    assert told == [0, 1, 0], "in force, revoked, and as of the day before"
    for line in re.findall(r"\S+/ankyra verify \S+/forms/\S+ --node .+", said):
        verified = subprocess.run(line.split(), cwd=folder, capture_output=True, text=True, check=False)
        assert verified.returncode == 0, line
    (file, url) = re.findall(r"--data-binary @(\S+) (http://\S+/v1/verifications)", said)[0]
    headers = {"Content-Type": "application/vc+jwt"}
    answer = httpx.post(url, content=Path(file).read_bytes(), headers=headers, trust_env=False)
    assert answer.json()["outcome"] == "valid"


def _check_pages(said: str) -> None:
    """The pages are where the summary says, and the first says of the credentials what it should."""
    told = re.search(r"In a browser:.*\n +(http://\S+/)\n +(\S+)\n +(\S+)\n.*\n((?: +http://\S+\n)+)", said)
    assert told is not None
    page, in_force, revoked, pages = told.groups()
    for address in (page, *pages.split()):
        answer = httpx.get(address, trust_env=False)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for file, tone in ((in_force, "good"), (revoked, "bad")):
        handed_in = {"document": (Path(file).name, Path(file).read_bytes())}
        answer = httpx.post(page, files=handed_in, trust_env=False, timeout=30)
        assert f'class="verdict notice {tone}"' in answer.text


def test_a_killed_demo_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    ports = ("--ports", *map(str, free_ports(2)))
    with demo(tmp_path / "tmp", "--once", *ports) as process:
        _until(process, "accredited")
        children = _descendants(process.pid)
        process.kill()
    assert len(children) >= 3
    _await_nothing_left(children, tmp_path / "tmp")


def test_an_interrupted_play_says_so_in_one_line(tmp_path: Path) -> None:
    ports = ("--ports", *map(str, free_ports(2)))
    with demo(tmp_path / "tmp", "--once", *ports) as process:
        _until(process, f"{len(STEPS)} steps")
        while len(children := _descendants(process.pid)) < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == INTERRUPTED
    assert complaint.strip().splitlines() == [
        "demo: interrupted; every process has ended and its files are gone"
    ]
    _await_nothing_left(children, tmp_path / "tmp")


def test_a_port_in_use_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = _refusal(tmp_path, "--ports", str(port), str(free_ports(1)[0]))
    assert f"port {port} on 127.0.0.1 is in use" in line
    assert OTHER_PORTS in line


def test_a_report_that_cannot_be_written_is_refused_before_the_play(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    ports = map(str, free_ports(2))
    assert str(missing) in _refusal(tmp_path, "--json", str(missing / "report.json"), "--ports", *ports)


def test_a_report_at_a_folder_or_where_nothing_can_be_made_is_refused_before_the_play(tmp_path: Path) -> None:
    ports = tuple(map(str, free_ports(2)))
    assert "this is a folder" in _refusal(tmp_path, "--json", str(tmp_path), "--ports", *ports)
    nowhere = "/proc/report.json"  # a folder that is there, and refuses even its owner
    assert nowhere in _refusal(tmp_path, "--json", nowhere, "--ports", *ports)


def test_no_place_for_temporary_files_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _NO_PLACE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == USAGE
    assert "accredited" not in done.stdout
    assert done.stderr.startswith("demo: ")
    assert "no place for temporary files" in done.stderr
    assert done.stderr.count("\n") == 1


_NO_PLACE = """
import tempfile
from devnet.demo import main
from devnet.node_process import free_ports
tempfile.tempdir = "/proc/nowhere"
raise SystemExit(main(["--once", "--ports", *map(str, free_ports(2))]))
"""


def _check_report(report: dict[str, object], first: int, second: int) -> None:
    assert list(report) == ["schema", "ok", "seconds", "ledger", "database", "nodes", "steps"]
    assert (report["schema"], report["ok"]) == (SCHEMA, True)
    seconds, ledger, steps = report["seconds"], report["ledger"], report["steps"]
    assert isinstance(seconds, dict)
    assert seconds["setup"] == 7
    assert seconds["scenario"] > 0
    assert isinstance(ledger, dict)
    assert list(ledger) == ["chain_id", "rpc", "registry_log"]
    assert report["nodes"] == [
        {"name": "Kaunas", "url": f"http://127.0.0.1:{first}"},
        {"name": "Trento", "url": f"http://127.0.0.1:{second}"},
    ]
    assert isinstance(steps, list)
    assert [step["id"] for step in steps] == [step.id for step in STEPS]
    for step in steps:
        assert list(step) == ["id", "expected", "observed", "ok", "seconds"]
        assert step["ok"]
        assert step["expected"] == step["observed"]


def _refusal(folder: Path, *arguments: str) -> str:
    """The one line with which a demo that cannot begin ends."""
    with demo(folder / "tmp", "--once", *arguments) as process:
        said, complaint = process.communicate(timeout=60)
        assert (process.returncode, said) == (USAGE, "")
    assert complaint.startswith("demo: ")
    assert complaint.count("\n") == 1
    return complaint


def _until(process: subprocess.Popen[str], words: str) -> str:
    """What the demo printed up to the line that holds `words`."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    assert process.stderr is not None
    pytest.fail(f"the demo ended without {words!r}: {''.join(lines)}{process.stderr.read()}")


def _descendants(pid: int) -> list[int]:
    """The processes below `pid`, whatever session they are in."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, fresh = [], [pid]
    while fresh:
        fresh = [child for child, parent in parents.items() if parent in fresh]
        found += fresh
    return found


def _await_nothing_left(processes: list[int], folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if not any(_runs(pid) for pid in processes) and not any(folder.iterdir()):
            return
        time.sleep(0.1)
    left = [pid for pid in processes if _runs(pid)]
    pytest.fail(f"left behind: processes {left}, files {list(folder.iterdir())}")


def _runs(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
