"""A child process that never outlives its parent, however the parent ends.

A watcher in `sh` reads a pipe whose other end only the parent holds. A full line means an orderly end; end of
file means that the parent is gone, SIGKILL included, and the child is ended. Unlike PR_SET_PDEATHSIG this is
portable and does not depend on the thread that started the child.
"""

from __future__ import annotations

import collections
import contextlib
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from devnet.errors import StartFailed

_GUARD = """
exec 3<&0
( read -r _ <&3 && exit
  kill -SIGNAL $$
  for _ in 1 2 3 4 5 6 7 8 9 10; do sleep 0.3; kill -0 $$ || exit; done
  kill -KILL $$ ) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"""
_KEPT_LINES = 200


class Child:
    """A running program whose output is drained and whose end is certain."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log: Path | None = None,
        user: str | None = None,
        ends_with: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start `argv`.

        Args:
            name: what people call it in messages.
            argv: program and arguments.
            env: the whole environment; None inherits.
            cwd: working folder; None inherits.
            log: a file that receives a copy of the output; replaced at the start.
            user: whose rights it runs with, where it must not be root's; None: this process's.
            ends_with: the signal that asks the program to end.
        """
        self.name = name
        self._ends_with = ends_with
        self._lines: collections.deque[str] = collections.deque(maxlen=_KEPT_LINES)
        self._said = threading.Condition()
        self._ended = False
        self._log = log
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD.replace("SIGNAL", ends_with.name[3:]), name, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=None if env is None else dict(env),
            cwd=cwd,
            **rights_of(user),
            start_new_session=True,  # Ctrl-C reaches the parent alone, which then ends its children in order
        )
        self._drainer = threading.Thread(target=self._drain, name=f"drain {name}", daemon=True)
        self._drainer.start()

    @property
    def pid(self) -> int:
        """The program's own process id: the guard replaces itself by the program."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    @property
    def output(self) -> str:
        """The last lines that it printed."""
        with self._said:
            return "\n".join(self._lines)

    def wait_for_line(self, wanted: Callable[[str], bool], *, seconds: float) -> str:
        """Return the first line that is `wanted`, among those printed already and those to come.

        Raises:
            StartFailed: the program ended, or `seconds` passed, without such a line.
        """
        deadline = time.monotonic() + seconds
        with self._said:
            while True:
                for line in self._lines:
                    if wanted(line):
                        return line
                left = deadline - time.monotonic()
                if self._ended or left <= 0 or not self._said.wait(left):
                    raise StartFailed(self.name, "\n".join(self._lines))

    def stop(self, *, seconds: float = 10.0) -> int:
        """Return the exit code after an orderly end, or after SIGKILL when `seconds` passed in vain."""
        if self.running:
            self._process.send_signal(self._ends_with)
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._reap()

    def kill(self) -> int:
        """Return the exit code after SIGKILL: what a power cut looks like."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        return self._reap()

    def wait(self, *, seconds: float | None = None) -> int | None:
        """Return the exit code once the program has ended, or None when `seconds` pass before."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return self._reap()

    def __enter__(self) -> Self:
        """Return the child itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def _reap(self) -> int:
        code = self._process.wait()
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                pipe.write("done\n")  # the watcher must not signal a process id that is no longer ours
                pipe.flush()
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._drainer.join(timeout=5)
        return code

    def _drain(self) -> None:
        assert self._process.stdout is not None
        with contextlib.ExitStack() as stack:
            copy = stack.enter_context(self._log.open("w", encoding="utf-8")) if self._log else None
            stack.enter_context(self._process.stdout)
            for line in self._process.stdout:
                if copy:
                    copy.write(line)
                    copy.flush()
                with self._said:
                    self._lines.append(line.rstrip("\n"))
                    self._said.notify_all()
        with self._said:
            self._ended = True
            self._said.notify_all()


def rights_of(user: str | None) -> dict[str, Any]:
    """The arguments of `subprocess` that give a program the rights of `user` alone; None: this process's."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": ()}
