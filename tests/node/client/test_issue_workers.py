"""The processes that make credentials: what becomes of a run when one of them, or its own process, ends."""

import fcntl
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from node.client.course_credential import CourseCredentials
from node.client.credential_drafts import Terms
from node.client.errors import Unusable
from node.client.issue_plan import Plan
from node.client.issue_signing import Kind, Work, kind_of
from node.client.issue_workers import WorkerPool
from tests.node.client.learners import rows

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def course(plan: Plan, terms: Terms) -> CourseCredentials:
    return CourseCredentials(plan.template, terms)


@pytest.fixture
def work(course: CourseCredentials) -> Work:
    said = [(row.number, course.read(row)) for row in rows(3)]
    kinds: dict[Kind, str | None] = {kind_of(course.draft_of(said[0][1], identifier=bytes(16))): None}
    return Work(rows=tuple((number, one.usual, one.given) for number, one in said), places=(), kinds=kinds)


def test_a_process_that_was_killed_is_told_in_words_and_the_others_end(
    course: CourseCredentials, plan: Plan, work: Work
) -> None:
    pool = WorkerPool(course, plan.securing, workers=2)
    first, second = (process for process, _ in pool._started)
    with pool:
        pool.hand_in(work)
        assert len(pool.take_back().digests) == 3 * 32
        os.kill(second.pid, signal.SIGKILL)
        second.wait()
        with pytest.raises(Unusable, match="the same command goes on"):
            pool.hand_in(work)
    assert first.returncode == 0


def test_a_process_that_is_killed_while_it_owes_a_chunk_is_told_in_words(
    course: CourseCredentials, plan: Plan, work: Work
) -> None:
    with WorkerPool(course, plan.securing, workers=1) as pool:
        pool.hand_in(work)
        pool.take_back()
        ((process, _),) = pool._started
        os.kill(process.pid, signal.SIGSTOP)
        pool.hand_in(work)
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(Unusable, match="the same command goes on"):
            pool.take_back()


def test_a_place_stays_locked_until_the_last_process_of_a_killed_run_has_ended(
    course: CourseCredentials, plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    journal = path.open("w")
    fcntl.flock(journal, fcntl.LOCK_EX)
    with path.open("w") as next_run:
        with WorkerPool(course, plan.securing, workers=2, held=journal.fileno()):
            journal.close()  # as the kernel does for a run that is killed
            with pytest.raises(BlockingIOError):
                fcntl.flock(next_run, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(next_run, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("said", [b"", b"\0\0", b"\0\0\x10\0begun"], ids=["nothing", "a size", "a part"])
def test_a_process_ends_quietly_when_the_other_end_is_gone_whatever_it_said(said: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-m", "node.client.issue_worker", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stderr=subprocess.PIPE,
        )
    with ours:
        ours.sendall(said)
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, b"")


def test_what_a_process_cannot_write_is_told_in_words_and_it_goes_on(
    course: CourseCredentials, plan: Plan, work: Work, tmp_path: Path
) -> None:
    with WorkerPool(course, plan.securing, workers=1) as pool:
        pool.hand_in(work)
        made = pool.take_back()
        with pytest.raises(Unusable, match=r"cannot write .*nowhere.*: No such file"):
            pool.write_lines(tmp_path / "nowhere" / "out.ndjson", 0)
        file = tmp_path / "out.ndjson"
        file.touch()
        pool.hand_in(work)
        assert pool.take_back().length == made.length
        pool.write_lines(file, 0)
        assert file.stat().st_size == made.length


def test_processes_end_with_the_one_that_started_them(
    course: CourseCredentials, plan: Plan, work: Work
) -> None:
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    killed = context.Process(target=_start_and_wait, args=(theirs, course, plan.securing, work))
    killed.start()
    theirs.close()
    started: list[int] = ours.recv()
    assert all(map(_runs, started))
    killed.kill()
    killed.join()
    deadline = time.monotonic() + 30
    while any(map(_runs, started)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(_runs, started))


def test_the_key_is_not_among_what_others_see_of_a_process(course: CourseCredentials, plan: Plan) -> None:
    with WorkerPool(course, plan.securing, workers=1) as pool:
        ((process, _),) = pool._started
        shown = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    assert b"node.client.issue_worker" in shown[0].split(b"\0")
    key = plan.securing.key
    for text in (key, key.hex().encode(), b64encode(key)):
        assert all(text not in one for one in shown)


def _start_and_wait(pipe: Connection, course: CourseCredentials, securing: object, work: Work) -> None:
    pool = WorkerPool(course, securing, workers=2)  # type: ignore[arg-type]
    pool.hand_in(work)
    pool.take_back()
    pipe.send([process.pid for process, _ in pool._started])
    pipe.recv()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
