"""The process that lends didkit: bounded in time, memory and callers, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.errors import Busy, Unavailable
from node.foreign.didkit_client import DidkitProcess
from node.foreign.didkit_worker import MEMORY_BYTES

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
READY_AND_SLEEPS = (sys.executable, "-c", "print('ready', flush=True); import time; time.sleep(600)")
ENDS = (sys.executable, "-c", "raise SystemExit(1)")
BABBLES = (sys.executable, "-c", "print('not an answer', flush=True); import time; time.sleep(600)")
_TELLING = """
import json, os
print("ready", flush=True)
input()
print(json.dumps({"errors": sorted(os.environ), "survivor": None}), flush=True)
input()
"""
TELLS_ENVIRONMENT = (sys.executable, "-c", _TELLING)


@pytest.fixture
def didkit() -> Iterator[DidkitProcess]:
    made = DidkitProcess(seconds=20)  # a busy machine must not decide
    yield made
    made.close()


def _gone(pid: int) -> bool:
    """Whether the process ends within some seconds."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text("utf-8"):
            return True
        time.sleep(0.05)
    return False


def test_nothing_is_started_before_it_is_needed_and_nothing_is_left_after_the_close(
    didkit: DidkitProcess,
) -> None:
    pids = [didkit.pid]
    assert didkit.ask("{}", [], {}).errors[0].startswith("unreadable")
    pids.append(didkit.pid)
    didkit.close()
    pids.append(didkit.pid)
    before, running, after = pids
    assert (before, after) == (None, None)
    assert running is not None
    assert _gone(running)


def test_one_process_answers_many_questions_and_a_killed_one_is_followed_by_another(
    didkit: DidkitProcess,
) -> None:
    for _ in range(3):
        didkit.ask("{}", [], {})
    first = didkit.pid
    didkit.ask("{}", [], {})
    assert didkit.pid == first
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Unavailable):
        didkit.ask("{}", [], {})
    assert didkit.ask("{}", [], {}).errors
    assert didkit.pid != first


@pytest.mark.parametrize(
    "command",
    [READY_AND_SLEEPS, ENDS, BABBLES],
    ids=["falls asleep", "ends", "babbles"],
)
def test_a_process_that_gives_no_answer_is_ended(command: tuple[str, ...]) -> None:
    didkit = DidkitProcess(seconds=1, starting_seconds=20, command=command)
    large = "x" * 1_000_000  # more than a pipe holds, and nobody reads
    assert "in the time there is" in _once_it_is_up(didkit, large)
    assert didkit.pid is None


def test_who_asks_while_a_process_starts_is_told_so_and_it_answers_whoever_asks_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    program = (
        f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n{_TELLING}"
    )
    didkit = DidkitProcess(seconds=20, starting_seconds=60, command=(sys.executable, "-c", program))
    monkeypatch.setattr("node.foreign.worker_process._OF_THE_START", 0.01)
    pids = []
    for _ in range(2):
        with pytest.raises(Busy, match="being started"):
            didkit.ask("{}", [], {})
        pids.append(didkit.pid)
    go.touch()
    monkeypatch.setattr("node.foreign.worker_process._OF_THE_START", 0.9)
    assert didkit.ask("{}", [], {}).survivor is None
    pids.append(didkit.pid)
    didkit.close()
    assert pids[0] is not None
    assert len(set(pids)) == 1


def test_a_process_that_never_comes_up_is_ended_and_followed_by_another() -> None:
    didkit = DidkitProcess(seconds=0.2, starting_seconds=1, command=SLEEPS)
    with pytest.raises(Busy, match="being started"):
        didkit.ask("{}", [], {})
    first = didkit.pid
    assert first is not None
    assert _gone(first)
    assert "in the time there is" in _once_it_is_up(didkit, "{}")
    with pytest.raises(Busy, match="being started"):
        didkit.ask("{}", [], {})
    second = didkit.pid
    didkit.close()
    assert second not in {None, first}


def test_a_process_that_is_starting_ends_with_the_close() -> None:
    didkit = DidkitProcess(seconds=0.2, starting_seconds=600, command=SLEEPS)
    with pytest.raises(Busy, match="being started"):
        didkit.ask("{}", [], {})
    starting = didkit.pid
    didkit.close()
    assert starting is not None
    assert _gone(starting)
    assert didkit.pid is None


def _once_it_is_up(didkit: DidkitProcess, document: str) -> str:
    """Why it was not judged, asked as often as it takes for the process to be up."""
    while True:
        with pytest.raises(Unavailable) as caught:
            didkit.ask(document, [], {})
        if not isinstance(caught.value, Busy):
            return caught.value.sentence


def test_callers_beyond_the_queue_are_turned_away_at_once() -> None:
    didkit = DidkitProcess(seconds=3, starting_seconds=3, command=SLEEPS)
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(Unavailable) as caught:
            didkit.ask("{}", [], {})
        assert isinstance(caught.value, Busy)
        told.append(caught.value.sentence)

    callers = [threading.Thread(target=ask) for _ in range(12)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(told) == len(callers)
    didkit.close()
    assert sum("Too many" in sentence for sentence in told) == 7
    assert sum("Other embedded proofs" in sentence for sentence in told) == 4


def test_it_gets_nothing_of_the_node_s_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKYRA_PASSPHRASE", "secret")
    didkit = DidkitProcess(seconds=20, command=TELLS_ENVIRONMENT)
    assert set(didkit.ask("{}", [], {}).errors) <= {"MALLOC_ARENA_MAX", "LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    didkit.close()


def test_its_memory_is_bounded(didkit: DidkitProcess) -> None:
    didkit.ask("{}", [], {})
    limits = Path(f"/proc/{didkit.pid}/limits")
    if not limits.exists():
        pytest.skip("this system does not show the limits of a process")
    bound = next(line for line in limits.read_text("utf-8").splitlines() if "address space" in line)
    assert str(MEMORY_BYTES) in bound


def test_it_ends_with_a_parent_that_is_killed_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    program = (
        "import sys; from node.foreign.didkit_client import DidkitProcess\n"
        "didkit = DidkitProcess(seconds=20); didkit.ask('{}', [], {}); print(didkit.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert list(tmp_path.iterdir())
        parent.kill()
    assert _gone(child)
    assert list(tmp_path.iterdir()) == []
