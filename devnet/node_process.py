"""A node of the play: `ankyra node serve` as its own process, with its own settings, database and folder."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from devnet.child import Child
from devnet.commands import Command, ankyra, environment, program
from devnet.errors import PortInUse, StartFailed
from node.client.api import Node
from node.client.errors import NodeUnreachable

HOST = "127.0.0.1"
FINALITY_DEPTH = 2
_POLL_SECONDS = "0.2"
_START_SECONDS = 60.0
_LISTENING = "Listening on "


class NodeProcess:
    """A node that can be started, stopped, checked and rebuilt, and asked over HTTP while it runs."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        port: int,
        ledger_url: str,
        deployment: Path,
        peers: Sequence[str],
        database_url: str | None = None,
    ) -> None:
        """Make the node's folder; nothing is started.

        Args:
            name: what people call it.
            folder: for its database and its log.
            port: to listen on.
            ledger_url: JSON-RPC of the ledger that it follows.
            deployment: file that names the contracts.
            peers: URLs of the nodes that it copies leaves from.
            database_url: of its database; a file in its folder if not given.
        """
        folder.mkdir(parents=True)
        self.name = name
        self.folder = folder
        self.url = f"http://{HOST}:{port}"
        self.api = Node(self.url)
        self._port = port
        self._child: Child | None = None
        self.settings = {
            "ANKYRA_LEDGER_URLS": ledger_url,
            "ANKYRA_DEPLOYMENT": str(deployment),
            "ANKYRA_DATA_DIR": str(folder),
            "ANKYRA_DATABASE_URL": database_url or f"sqlite:///{folder / 'node.sqlite3'}",
            "ANKYRA_PEERS": ",".join(peers),
            "ANKYRA_FINALITY_DEPTH": str(FINALITY_DEPTH),
            "ANKYRA_POLL_INTERVAL": _POLL_SECONDS,
            "ANKYRA_HOST": HOST,
            "ANKYRA_PORT": str(port),
        }

    @property
    def database_url(self) -> str:
        """Where the node stores."""
        return self.settings["ANKYRA_DATABASE_URL"]

    @property
    def running(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """The process's id; 0 while it does not run."""
        return self._child.pid if self._child is not None else 0

    def launch(self) -> None:
        """Start the process; `await_ready` says when it answers.

        Raises:
            PortInUse: another program listens on the node's port.
            ToolMissing: the `ankyra` command is not installed.
        """
        check_port(self._port)
        self._child = Child(
            f"the node {self.name}",
            [str(program()), "node", "serve"],
            env=environment(self.settings),
            cwd=self.folder,
            log=self.folder / "node.log",
        )

    def await_ready(self) -> None:
        """Return once the node answers.

        Raises:
            StartFailed: it ended, or does not answer in time.
        """
        if self._child is None:
            raise StartFailed(f"the node {self.name}", "nobody started it")
        self._child.wait_for_line(lambda line: line.startswith(_LISTENING), seconds=_START_SECONDS)

    def start(self) -> None:
        """Start the node, unless it runs, and wait until it answers.

        Raises:
            DevnetError: as `launch` and `await_ready`.
        """
        if not self.running:
            self.launch()
        self.await_ready()

    def stop(self) -> None:
        """End the process in order; its database stays."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def answers(self) -> bool:
        """Whether anybody answers at the node's URL."""
        try:
            self.api.request("GET", "/healthz")
        except NodeUnreachable:
            return False
        return True

    def command(self, *words: str) -> Command:
        """Return what `ankyra node WORDS` came to, over this node's database.

        Raises:
            DevnetError: as `commands.ankyra`.
        """
        return ankyra("node", *words, cwd=self.folder, settings=self.settings)


def check_port(port: int) -> None:
    """Return if nobody listens on `port` of 127.0.0.1.

    Raises:
        PortInUse: somebody does.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortInUse(port) from error


def free_ports(count: int) -> list[int]:
    """Return `count` ports of 127.0.0.1 that nobody listens on now."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
