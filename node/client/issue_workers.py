"""Processes that make credentials side by side, one for each core; they end with the one that started them.

What they need to sign goes to them through a pipe. They keep nothing, and a chunk that one of them owed is
made again by the next run.
"""

import multiprocessing
import os
import signal
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, Protocol, Self

from node.client.course_credential import CourseCredentials
from node.client.errors import Unusable
from node.client.issue_forms import Securing
from node.client.issue_signing import Made, Maker, Work

MOST_WORKERS: Final = 64
_ENDED: Final = "a process that signs has ended; the same command goes on where it stopped"
_PATIENCE: Final = 5.0
"""Seconds for a process that has been told to end."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A process could not make a chunk: nothing that a row says is to blame."""

    reason: str


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

    def __init__(self, course: CourseCredentials, securing: Securing, *, workers: int) -> None:
        """Start them.

        Args:
            course: what rows become credentials by.
            securing: how they are secured.
            workers: processes.
        """
        self._started: list[tuple[BaseProcess, Connection]] = []
        self._owing: deque[Connection] = deque()
        self._idle: deque[Connection] = deque()
        context = multiprocessing.get_context("spawn")  # a copy of this process would have its threads' locks
        try:
            for _ in range(workers):
                here, there = context.Pipe()
                process = context.Process(target=_serve, args=(there,), daemon=True)
                process.start()
                there.close()
                self._started.append((process, here))
                self._idle.append(here)
                here.send((course, securing))
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
            process.join(_PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()


def _send(worker: Connection, order: Work | tuple[Path, int]) -> None:
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


def _serve(connection: Connection) -> None:
    """Make chunk after chunk until the other end is closed, or its process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt ends this by its pipe
    with suppress(EOFError, ConnectionError), connection:
        course, securing = connection.recv()
        maker: Maker | None = None
        while True:
            order = connection.recv()
            try:
                maker = maker or Maker(course, securing)
                if isinstance(order, Work):
                    made: Made | Failed = maker.make(order)
                else:
                    maker.write_lines(*order)
                    made = Made()
            except OSError as error:
                made = Failed(f"cannot write {error.filename or 'files'}: {error.strerror or error}")
            except Exception as error:  # noqa: BLE001 - told by the process that people see, in one line
                made = Failed(f"{type(error).__name__}: {error}")
            connection.send(made)
