"""Processes of the `ankyra` program that are started within a tenth of a second and killed at will."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from devnet.commands import environment

_START_SECONDS = 120.0
_LOG_BYTES = 1 << 20


@dataclass(slots=True)
class Process:
    """One run of the program. `code` is set when it has ended; a signal is a negative number."""

    argv: tuple[str, ...]
    log: Path
    pid: int | None = None
    code: int | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the signal, unless it has ended."""
        self.begun.wait(_START_SECONDS)
        if self.pid is not None and not self.over.is_set():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait(self, seconds: float | None = None) -> int | None:
        """The exit code, or None when `seconds` pass before."""
        self.over.wait(seconds)
        return self.code

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL

    @property
    def output(self) -> str:
        """The end of what it printed, and what the runs before printed to the same file."""
        if not self.log.exists():
            return ""
        return self.log.read_bytes()[-_LOG_BYTES:].decode(errors="replace")


class Program:
    """Starts processes of the program; all of them end with this one."""

    def __init__(self) -> None:
        """Load the program once, in a process that forks for every run."""
        self._forking = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.preloaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path.cwd(),
            env=environment(),
            start_new_session=True,  # Ctrl-C reaches the runner alone, which ends its processes in order
        )
        self._ids = itertools.count(1)
        self._runs: dict[int, Process] = {}
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="processes", daemon=True)
        self._listener.start()
        if not self._ready.wait(_START_SECONDS) or self._forking.poll() is not None:
            self.close()
            raise RuntimeError("the program cannot be loaded")

    def start(self, *argv: str, cwd: Path, log: Path, settings: Mapping[str, str] | None = None) -> Process:
        """A new process of `ankyra ARGV`; `settings` are its only `ANKYRA_*` variables."""
        process = Process(tuple(argv), log)
        with self._lock:
            number = next(self._ids)
            self._runs[number] = process
            asked = {
                "id": number,
                "argv": list(argv),
                "env": environment(settings),
                "cwd": str(cwd),
                "log": str(log),
            }
            assert self._forking.stdin
            self._forking.stdin.write(json.dumps(asked).encode() + b"\n")
            self._forking.stdin.flush()
        process.begun.wait(_START_SECONDS)
        return process

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        log: Path,
        settings: Mapping[str, str] | None = None,
        seconds: float = 120.0,
    ) -> Process:
        """A process that has ended, if need be by SIGKILL after `seconds`."""
        process = self.start(*argv, cwd=cwd, log=log, settings=settings)
        if process.wait(seconds) is None:
            process.kill()
            process.wait(_START_SECONDS)
        return process

    def close(self) -> None:
        """End every process that still runs."""
        if self._forking.stdin and not self._forking.stdin.closed:
            self._forking.stdin.close()
        self._forking.wait(_START_SECONDS)
        self._listener.join(_START_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def _listen(self) -> None:
        assert self._forking.stdout
        with self._forking.stdout as said:
            for line in said:
                told = json.loads(line)
                if "ready" in told:
                    self._ready.set()
                    continue
                process = self._runs[told["id"]]
                if "pid" in told:
                    process.pid = told["pid"]
                    process.begun.set()
                else:
                    process.code = told["ended"]
                    process.over.set()
        self._forking.wait()
        self._ready.set()
        for process in self._runs.values():
            process.begun.set()
            process.over.set()
