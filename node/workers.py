"""Several processes that serve one socket: started, watched, started again, ended in order.

Each worker has its own connections to the database and the ledger, and its own process for embedded proofs;
one of them follows the ledger, and another when that one is gone. A worker ends by itself when the pipe from
this process does, so none is left behind, however this process ends.
"""

import json
import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from node.config import Settings, load_deployment
from node.db.lease import release_lease
from node.db.session import open_engine, upgrade, writing
from node.errors import NodeError

USAGE, GAVE_UP = 2, 1
READY = b"ready\n"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client counts in files that all workers read."""
_BEGIN = (
    "import json, sys; said = json.loads(sys.stdin.buffer.readline()); sys.path[:] = said['path']; "
    "from node.worker import work; sys.exit(work(said))"
)
_SETTLED = 10.0  # seconds after which a worker's end is not the fault of its beginning
_QUICK_ENDS = 5  # one after another, with which a worker is given up unless others serve
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0  # seconds before one is started again
_LAST_SECONDS = 45.0  # for requests and background work to end, then SIGKILL
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOG = logging.getLogger("node.workers")


@dataclass(slots=True)
class _Worker:
    """One place for a worker, and the process that has it; times of the monotonic clock."""

    number: int
    holder: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    due: float = 0.0
    ready: bool = False
    quick_ends: int = 0

    def settled(self, now: float) -> bool:
        return self.process is not None and self.ready and now - self.started_at >= _SETTLED


class Workers:
    """`settings.workers` processes behind one listening socket."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        """Take what they serve; none is started yet.

        Args:
            settings: what the operator chose.
            listening: bound, and listening.
        """
        self._settings, self._listening = settings, listening
        self._workers = [_Worker(number) for number in range(settings.workers)]
        self._selector = selectors.DefaultSelector()
        self._metrics = Path()
        self._stopping = self._was_ready = False
        self._code = 0

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit code: 2 if none can begin, 1 if they keep ending.

        Raises:
            NodeError: the deployment file or the database cannot be used; none was started.
        """
        # Here, and once: a worker waits a minute for another that upgrades, and its end would end them all.
        _prepare(self._settings)
        with (
            tempfile.TemporaryDirectory(prefix="ankyra-metrics-", ignore_cleanup_errors=True) as folder,
            self._woken(),
        ):
            self._metrics = Path(folder)
            try:
                while not self._stopping:
                    self._start_those_due()
                    self._wait()
                    self._look()
            finally:
                self._end()
        return self._code

    def _start_those_due(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.process is None and worker.due <= now:
                self._start(worker, now)

    def _start(self, worker: _Worker, now: float) -> None:
        process = subprocess.Popen(  # noqa: S603 - this very program again
            [sys.executable, "-P", "-c", _BEGIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {METRICS_FOLDER: str(self._metrics)},
            pass_fds=(self._listening.fileno(),),
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others in order
        )
        assert process.stdin is not None
        assert process.stdout is not None
        worker.holder = f"worker-{process.pid}-{time.time_ns():x}"  # process ids come again
        said = {
            "path": sys.path,
            "settings": self._settings.model_dump(mode="json"),
            "socket": self._listening.fileno(),
            "holder": worker.holder,
        }
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(said).encode() + b"\n")
            process.stdin.flush()
        self._selector.register(process.stdout, selectors.EVENT_READ, worker)
        worker.process, worker.started_at, worker.ready = process, now, False

    def _wait(self) -> None:
        """Return when something happened, or when a worker is to be started."""
        dues = [worker.due for worker in self._workers if worker.process is None]
        timeout = max(0.0, min(dues) - time.monotonic()) if dues else None
        for key, _ in self._selector.select(timeout):
            if isinstance(key.data, _Worker):
                self._heard(key.data)
            else:
                numbers = self._wakeup.recv(64)
                self._stopping = self._stopping or any(number in _SIGNALS for number in numbers)

    def _heard(self, worker: _Worker) -> None:
        assert worker.process is not None
        assert worker.process.stdout is not None
        if os.read(worker.process.stdout.fileno(), 64) != READY:
            self._selector.unregister(worker.process.stdout)  # it has ended, or is about to
            return
        worker.ready = True
        if not self._was_ready:
            self._was_ready = True
            sys.stdout.write(f"Listening on {address(self._listening)}\n")
            sys.stdout.flush()

    def _look(self) -> None:
        """Take note of the workers that have ended."""
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is not None:
                self._ended(worker, worker.process)

    def _ended(self, worker: _Worker, process: "subprocess.Popen[bytes]") -> None:
        now, code = time.monotonic(), process.returncode
        self._forget(worker, process)
        if self._stopping:
            return
        worker.quick_ends = 0 if now - worker.started_at >= _SETTLED else worker.quick_ends + 1
        pause = min(_FIRST_PAUSE * 2**worker.quick_ends, _LONGEST_PAUSE)
        worker.due = now + pause
        if code == USAGE and not self._was_ready:
            self._stopping, self._code = True, USAGE
        elif worker.quick_ends >= _QUICK_ENDS and not any(one.settled(now) for one in self._workers):
            _LOG.error("workers keep ending (exit code %s): given up", code)
            self._stopping, self._code = True, GAVE_UP
        else:
            _LOG.warning("worker %s ended (%s): another in %.1f s", worker.number, _why(code), pause)
            self._free_lease(worker.holder)

    def _forget(self, worker: _Worker, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(KeyError, ValueError):
            self._selector.unregister(process.stdout)
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.close()
        worker.process, worker.ready = None, False

    def _free_lease(self, holder: str) -> None:
        """On SQLite the lease of who is surely gone would run on; elsewhere its lock went with it."""
        if make_url(self._settings.database).get_backend_name() == "sqlite":
            threading.Thread(target=_free, args=(self._settings.database, holder), daemon=True).start()

    def _end(self) -> None:
        """Every worker has ended: in order, or by SIGKILL after a while."""
        running = [worker for worker in self._workers if worker.process is not None]
        for worker in running:
            assert worker.process is not None
            with suppress(ProcessLookupError):
                worker.process.terminate()
        deadline = time.monotonic() + _LAST_SECONDS
        for worker in running:
            assert worker.process is not None
            try:
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            self._forget(worker, worker.process)

    @contextmanager
    def _woken(self) -> Iterator[None]:
        """Signals, and the end of a worker, are bytes that the selector sees."""
        self._wakeup, written = socket.socketpair()
        with self._wakeup, written, self._selector:
            self._wakeup.settimeout(0)
            written.settimeout(0)
            self._selector.register(self._wakeup, selectors.EVENT_READ)
            earlier = signal.set_wakeup_fd(written.fileno())
            handlers = {number: signal.signal(number, _noted) for number in (*_SIGNALS, signal.SIGCHLD)}
            try:
                yield
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(earlier)


def address(listening: socket.socket) -> str:
    """The URL at which a listening socket is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _noted(_number: int, _frame: object) -> None:
    """The byte in the socket pair says it."""


def _prepare(settings: Settings) -> None:
    load_deployment(settings.deployment)  # a wrong one is told before anything is made
    engine = open_engine(settings.database)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def _why(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _free(database: str, holder: str) -> None:
    with suppress(NodeError, SQLAlchemyError):  # it runs out by itself
        engine = open_engine(database)
        with writing(engine) as connection:
            release_lease(connection, holder=holder)
        engine.dispose()
