"""Processes that make credentials side by side, one for each core; they end with the one that started them.

What they need to sign goes to them through a pipe. They keep nothing, and a chunk that one of them owed is
made again by the next run.
"""

import os
import subprocess
import sys
from collections import deque
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Final, Protocol, Self

from node.client.course_credential import CourseCredentials
from node.client.errors import Unusable
from node.client.issue_forms import Securing
from node.client.issue_signing import Failed, Made, Maker, Work

MOST_WORKERS: Final = 64
_ENDED: Final = "a process that signs has ended; the same command goes on where it stopped"
_PATIENCE: Final = 5.0
"""Seconds for a process that has been told to end."""


class Makers(Protocol):
    """Somebody who makes credentials, in the order in which they are asked for."""

    @property
    def is_full(self) -> bool:
        """Whether a chunk has to be taken back before another is handed in."""

    @property
    def owed(self) -> int:
        """Chunks that were handed in and not taken back."""

    def hand_in(self, work: Work) -> None:
        """The chunk is being made."""

    def take_back(self) -> Made:
        """What became of the chunk that was handed in first."""

    def make_now(self, work: Work) -> Made:
        """What becomes of a chunk that was just taken back, handed in again."""

    def write_lines(self, path: Path, offset: int) -> None:
        """The lines of the chunk that was just taken back are in a file, from an offset on."""


class HereMaker:
    """Makes credentials in this process, as soon as they are asked for."""

    def __init__(self, maker: Maker) -> None:
        """Take who makes them."""
        self._maker = maker
        self._made: deque[Made] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    @property
    def is_full(self) -> bool:
        """Whether something was made and not taken back."""
        return bool(self._made)

    @property
    def owed(self) -> int:
        """Chunks that were not taken back."""
        return len(self._made)

    def hand_in(self, work: Work) -> None:
        """The chunk is made.

        Raises:
            OSError: files cannot be written.
        """
        self._made.append(self._maker.make(work))

    def take_back(self) -> Made:
        """What became of the chunk that was handed in first."""
        return self._made.popleft()

    def make_now(self, work: Work) -> Made:
        """What becomes of a chunk.

        Raises:
            OSError: files cannot be written.
        """
        return self._maker.make(work)

    def write_lines(self, path: Path, offset: int) -> None:
        """The lines of the chunk that was just taken back are in a file, from an offset on.

        Raises:
            OSError: they cannot be written.
        """
        self._maker.write_lines(path, offset)


class WorkerPool:
    """Processes that take turns, so that what they make comes back in its order."""

    def __init__(
        self, course: CourseCredentials, securing: Securing, *, workers: int, held: int | None = None
    ) -> None:
        """Start them.

        Args:
            course: what rows become credentials by.
            securing: how they are secured.
            workers: processes.
            held: descriptor of a locked file, which stays locked until the last of them has ended: one that
                is still writing when its run was killed must not meet the next run.

        Raises:
            Unusable: one ended at once.
        """
        self._started: list[tuple[subprocess.Popen[bytes], Connection]] = []
        self._owing: deque[Connection] = deque()
        self._idle: deque[Connection] = deque()
        try:
            for _ in range(workers):
                process, connection = _start(() if held is None else (held,))
                self._started.append((process, connection))
                self._idle.append(connection)
                _send(connection, (course, securing))
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """All processes have ended."""
        self._end()

    @property
    def is_full(self) -> bool:
        """Whether every process has a chunk."""
        return not self._idle

    @property
    def owed(self) -> int:
        """Chunks that were not taken back."""
        return len(self._owing)

    def hand_in(self, work: Work) -> None:
        """The chunk is being made by the process that waits longest.

        Raises:
            Unusable: a process ended.
        """
        worker = self._idle.popleft()
        self._owing.append(worker)
        _send(worker, work)

    def take_back(self) -> Made:
        """What became of the chunk that was handed in first.

        Raises:
            Unusable: a process ended, or could not write.
        """
        worker = self._owing.popleft()
        made = _answer(worker)
        self._idle.append(worker)
        return made

    def make_now(self, work: Work) -> Made:
        """What becomes of a chunk that was just taken back, handed in again.

        Raises:
            Unusable: a process ended, or could not write.
        """
        worker = self._idle[-1]
        _send(worker, work)
        return _answer(worker)

    def write_lines(self, path: Path, offset: int) -> None:
        """The lines of the chunk that was just taken back are in a file, from an offset on.

        Millions of bytes, which the process writes that made them: they are copied once.

        Raises:
            Unusable: a process ended, or could not write.
        """
        worker = self._idle[-1]
        _send(worker, (path, offset))
        _answer(worker)

    def _end(self) -> None:
        for _, connection in self._started:
            connection.close()
        for process, _ in self._started:
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(held: tuple[int, ...]) -> tuple[subprocess.Popen[bytes], Connection]:
    """A process that loads what makes credentials and nothing else, which `multiprocessing` would not."""
    here, there = Pipe()
    with there:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-m", "node.client.issue_worker", str(there.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(there.fileno(), *held),
            start_new_session=True,  # an interrupt ends it by its pipe
        )
    return process, here


def _send(worker: Connection, order: tuple[CourseCredentials, Securing] | Work | tuple[Path, int]) -> None:
    try:
        worker.send(order)
    except OSError:
        raise Unusable(_ENDED) from None


def _answer(worker: Connection) -> Made:
    try:
        made: Made | Failed = worker.recv()
    except (EOFError, OSError):
        raise Unusable(_ENDED) from None
    if isinstance(made, Failed):
        raise Unusable(made.reason)
    return made


def cores() -> int:
    """Cores that this process may use."""
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)))
