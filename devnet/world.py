"""The stage: one ledger with a past, two nodes of two countries, the operator, the cast, and the clock.

Time on the stage is the ledger's. The play begins three weeks ago, each of its acts on a day of its own, and
arrives at the present before it ends.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.errors import AnchoringError
from devnet.actors import SCRYPT_N, Cast
from devnet.chain import Ledger, start_ledger
from devnet.databases import POSTGRESQL, SQLITE
from devnet.deploy import deploy, take_office, write_deployment
from devnet.errors import NotFollowed
from devnet.node_process import NodeProcess
from devnet.postgres import Cluster
from devnet.sender import Sender
from node.accounts import Account
from node.artifacts import load_artifact
from node.client.api import Node
from node.client.errors import NodeProblem, NodeUnreachable
from node.config import Deployment

DAYS = 21
_DAY = 86_400  # seconds
_PATIENCE = 30.0  # seconds for a node to follow what is on the ledger


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be played.

    Attributes:
        present: seconds since 1970; the play begins `DAYS` before.
        members: names of the universities that take part.
        credentials: digests in the great batch, other documents included.
        micro_credentials: credentials with a status, half of them of each data model.
        samples: documents that others made, anchored among them.
        scrypt_n: cost of the key envelopes.
        database: what the nodes store in, one of `devnet.databases.DATABASES`.
    """

    present: int
    members: tuple[str, ...]
    credentials: int
    micro_credentials: int = 1_000
    samples: tuple[Path, ...] = ()
    scrypt_n: int = SCRYPT_N
    database: str = SQLITE

    def day(self, number: float) -> datetime:
        """Return the moment so many days after the beginning."""
        return datetime.fromtimestamp(self.present - int((DAYS - number) * _DAY), UTC)


class World:
    """Everything that the steps act on and look at."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        ledger: Ledger,
        *,
        ports: tuple[int, int],
        cluster: Cluster | None = None,
    ) -> None:
        """Prepare the stage; no contract is deployed and no node runs yet.

        Args:
            plan: what shall be played.
            folder: for all files of the play.
            ledger: running, at the plan's beginning.
            ports: of the first and the second node.
            cluster: a running server in which each node has a database of its own; None: files.
        """
        self.plan = plan
        self.database_name = "SQLite" if cluster is None else f"PostgreSQL {cluster.version}"
        self.folder = folder
        self.ledger = ledger
        self.operator = Sender(ledger.rpc, Account.create(os.urandom(32)))
        self.deployment: Deployment | None = None
        self.deployment_file = folder / "deployment.json"
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        self.home, self.abroad = (
            NodeProcess(
                name,
                folder / "nodes" / name.lower(),
                port=ports[place],
                ledger_url=ledger.url,
                deployment=self.deployment_file,
                peers=(urls[1 - place],),
                database_url=None if cluster is None else cluster.create(name.lower()),
            )
            for place, name in enumerate(("Kaunas", "Trento"))
        )
        self.cast = Cast(folder, node_url=self.home.url, scrypt_n=plan.scrypt_n)
        self.checkpoint_file = folder / "kept.checkpoint"
        self.audit_folder = folder / "audit"

    @property
    def nodes(self) -> tuple[NodeProcess, NodeProcess]:
        """The first node and the second."""
        return self.home, self.abroad

    # --- the clock ------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the ledger's present, aware UTC."""
        return datetime.fromtimestamp(self.ledger.time(), UTC)

    def walk(self, day: float) -> datetime:
        """Return the ledger's present once it is so many days after the beginning."""
        self.ledger.walk(int(self.plan.day(day).timestamp()))
        return self.now()

    def arrive(self) -> datetime:
        """Return the ledger's present once it is everybody's."""
        self.ledger.arrive(int(time.time()))
        return self.now()

    # --- the ledger -----------------------------------------------------------------------------------------

    def deploy(self) -> None:
        """Put the contracts on the ledger, write the file that names them, and let the operator take office.

        Raises:
            DevnetError: the ledger or a contract refused.
        """
        self.deployment = deploy(self.operator)
        write_deployment(self.deployment_file, self.deployment, operator=self.operator.address)
        take_office(self.operator, self.deployment)

    def address(self, contract: str) -> str:
        """Return where a contract is."""
        assert self.deployment is not None, "the first step deploys"
        return self.deployment.address(contract)

    def operate(self, contract: str, function: str, *arguments: object) -> None:
        """Call a contract as the operator.

        Raises:
            TransactionRefused: the contract refused, in words.
        """
        self.operator.transact(contract, self.address(contract), function, *arguments)

    def operate_together(self, contract: str, function: str, calls: Iterable[Sequence[object]]) -> None:
        """Call a contract's function several times as the operator, with these arguments, in one go.

        Raises:
            TransactionRefused: the contract refused one of them, in words; those before stand.
        """
        address, fragment = self.address(contract), load_artifact(contract).function(function)
        self.operator.send_many([(address, fragment.encode(arguments)) for arguments in calls])

    def log_size(self) -> int:
        """Return how many entries the ledger's own log has."""
        (size,) = self.operator.call("RegistryLog", self.address("RegistryLog"), "size")
        return int(size)

    # --- the nodes ------------------------------------------------------------------------------------------

    def follow(self) -> int:
        """Return the log's size once every running node has followed all of it.

        Raises:
            NotFollowed: a node does not come so far.
        """
        size = self.log_size()
        deadline = time.monotonic() + _PATIENCE
        for node in self.nodes:
            while node.running and (seen := followed(node.api)) < size:
                if time.monotonic() > deadline:
                    raise NotFollowed(node.name, size=seen, expected=size)
                time.sleep(0.02)
        return size

    def trust(self, root_tao: str) -> None:
        """Let both nodes judge by this Root TAO, from their next start on."""
        for node in self.nodes:
            node.settings["ANKYRA_ROOT_TAOS"] = root_tao

    def close(self) -> None:
        """End both nodes and give connections back."""
        self.cast.close()
        for node in self.nodes:
            node.stop()
            node.api.close()


@contextmanager
def open_world(plan: Plan, folder: Path, *, ports: tuple[int, int]) -> Iterator[World]:
    """Give a stage on a ledger of its own; every process ends with the block.

    Args:
        plan: what shall be played.
        folder: empty, for all files of the play.
        ports: of the two nodes.

    Raises:
        DevnetError: the ledger, or the server of the nodes' databases, cannot be started.
    """
    start = int(plan.day(0).timestamp())
    with (
        start_ledger(timestamp=start, block_time=1, log=folder / "ledger.log") as ledger,
        Cluster() if plan.database == POSTGRESQL else nullcontext() as cluster,
    ):
        world = World(plan, folder, ledger, ports=ports, cluster=cluster)
        try:
            yield world
        finally:
            world.close()


def checkpoint_at(node: Node, *, size: int | None = None) -> Checkpoint:
    """Return the three lines that a node shows, of an earlier size if one is given.

    Raises:
        ClientError: the node refuses or does not answer.
        AnchoringError: it shows something else.
    """
    params = None if size is None else {"size": str(size)}
    return parse_checkpoint(node.request("GET", "/v1/log/checkpoint", params=params).content)


def followed(node: Node) -> int:
    """Return how many entries a node has followed; 0 where it shows none."""
    with contextlib.suppress(NodeProblem, NodeUnreachable, AnchoringError):
        return checkpoint_at(node).size
    return 0


def items(node: Node, path: str, **params: str) -> list[Mapping[str, Any]]:
    """Return all items of a paged list.

    Raises:
        ClientError: the node refuses or does not answer.
    """
    found: list[Mapping[str, Any]] = []
    asked = {"limit": "1000", **params}
    while True:
        page = node.get(path, params=asked)
        found += cast("list[Mapping[str, Any]]", page["items"])
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]
