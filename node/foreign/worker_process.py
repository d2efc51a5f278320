"""A program of ours in a process apart: started when needed, ended when silent, never left behind.

It says `ready`, then answers each JSON line with one, until its input ends.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, ClassVar, Final, TypeVar

from credentials.errors import Busy, Unavailable

SECONDS = 1.9
"""For one question, from the asking on."""
STARTING_SECONDS = 5.0
"""Until a new process says that it is ready: a fraction of a second, but on a busy machine."""
WAITING_SECONDS = 0.4
"""For the question before one's own."""
_OF_THE_START = 0.6
"""The part of the time for a question in which a new process must be ready; the rest is for the answer."""
_AT_ONCE = 5
"""One is judged, the others wait; more are turned away."""
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2"}
"""All that the process gets: fewer reserved addresses, so that a bound on them means something."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work:
    """Why a question got no answer, in the words of what was asked."""

    too_many: str
    others_first: str
    starting: str
    out_of_time: str


PROOFS: Final = Work(
    too_many="Too many embedded proofs are being judged: ask again.",
    others_first="Other embedded proofs are being judged: ask again.",
    starting="What judges embedded proofs is being started: ask again.",
    out_of_time="The proof could not be judged in the time there is.",
)


class WorkerProcess:
    """One process for all threads: a question starts it, `close` ends it, or the end of this process.

    Attributes:
        module: our program, as Python finds it.
        name: begins the name of its folder.
        most_answer_bytes: of one line; a longer one is no answer.
        waiting_seconds: for which a question waits at most until it is its turn.
        work: what it does, for the sentences of those that it cannot do it for.
    """

    module: ClassVar[str]
    name: ClassVar[str]
    most_answer_bytes: ClassVar[int]
    waiting_seconds: ClassVar[float] = WAITING_SECONDS
    work: ClassVar[Work] = PROOFS

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        starting_seconds: float = STARTING_SECONDS,
        command: Sequence[str] | None = None,
    ) -> None:
        """Take the bounds; nothing is started yet.

        Args:
            seconds: after which a question ends, and with it a process that owes an answer.
            starting_seconds: after which a process that is not ready is ended, whoever waits for it.
            command: what is started instead of our program.
        """
        self._command = command or (sys.executable, "-I", "-m", self.module)
        self._seconds = seconds
        self._starting_seconds = starting_seconds
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._running: _Running | None = None

    @property
    def pid(self) -> int | None:
        """The process's id; None if none is running."""
        running = self._running
        if running is None or running.process.poll() is not None:
            return None
        return running.process.pid

    def _answer_to(self, question: object, *, read: Callable[[Any], T]) -> T:
        """What `read` makes of the answer to `question`; a new process may come up for the next to ask.

        Args:
            question: what JSON can hold.
            read: raises ValueError, TypeError or KeyError for what is no answer; the process is then ended.

        Raises:
            Busy: others ask, or too many, or the process was not ready in time.
            Unavailable: it did not answer, or ended.
        """
        asked_at = time.monotonic()
        line = json.dumps(question) + "\n"
        if not self._places.acquire(blocking=False):
            raise Busy(self.work.too_many)
        try:
            if not self._turn.acquire(timeout=self.waiting_seconds):
                raise Busy(self.work.others_first)
            try:
                return self._exchange(line.encode(), asked_at, read)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process; the next question would start another."""
        with self._turn:
            self._end()

    def _exchange(self, line: bytes, asked_at: float, read: Callable[[Any], T]) -> T:
        if self._running is None:
            self._running = _Running(
                self._command, self.name, self.most_answer_bytes, seconds=self._starting_seconds
            )
        running = self._running
        if not running.is_up(within=self._seconds * _OF_THE_START - (time.monotonic() - asked_at)):
            raise Busy(self.work.starting)
        said = running.told(line, seconds=self._seconds - (time.monotonic() - asked_at))
        try:
            return read(json.loads(said))
        except (ValueError, TypeError, KeyError):
            self._end()
            raise Unavailable(self.work.out_of_time) from None

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.end()


class _Running:
    """A started process, its pipes and its folder; a thread of its own waits until it is ready.

    One that is not ready in time is killed, and then says nothing.
    """

    def __init__(self, command: Sequence[str], name: str, most_answer_bytes: int, *, seconds: float) -> None:
        self._most_answer_bytes = most_answer_bytes
        self._folder = tempfile.TemporaryDirectory(prefix=f"ankyra-{name}-")
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what it prints may hold what it was given
            cwd=self._folder.name,
            env=_ENVIRONMENT,
            start_new_session=True,  # Ctrl-C reaches the node, which then ends this
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.asked: IO[bytes] = self.process.stdin
        self.answers: IO[bytes] = self.process.stdout
        self._coming_up = threading.Thread(
            target=self.told, args=(b"",), kwargs={"seconds": seconds}, daemon=True
        )
        self._coming_up.start()

    def is_up(self, *, within: float) -> bool:
        """Whether within so many seconds it was ready, or had ended."""
        self._coming_up.join(max(0.0, within))
        return not self._coming_up.is_alive()

    def told(self, line: bytes, *, seconds: float) -> bytes:
        """The line that it says after `line`, in time; else nothing, and it is dead or dying."""
        silence = threading.Timer(seconds, self.process.kill)
        silence.daemon = True
        silence.start()
        try:
            self.asked.write(line)
            self.asked.flush()
            said = self.answers.readline(self._most_answer_bytes)
        except OSError:
            return b""
        finally:
            silence.cancel()
        return said if said.endswith(b"\n") else b""

    def end(self) -> None:
        """Kill and reap it; its folder goes too."""
        self.process.kill()
        self.process.wait()
        self._coming_up.join()
        for pipe in (self.asked, self.answers):
            with suppress(OSError):
                pipe.close()
        self._folder.cleanup()
