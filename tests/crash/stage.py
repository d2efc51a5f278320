"""The stage of a crash run: a ledger that mines on, a node to be killed, issuers, a peer with leaves."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from eth_account import Account

from anchoring.batch import Batch
from devnet.chain import Ledger, start_ledger
from devnet.deploy import deploy, take_office, write_deployment
from devnet.node_process import free_ports
from devnet.sender import Sender
from node.artifacts import load_artifact
from node.config import Deployment
from tests.crash.cast import Member, enter, sender_of
from tests.crash.peer import Peer, serve_peer
from tests.crash.processes import Process, Program

OPERATOR_KEY = bytes(range(1, 33))
FINALITY_DEPTH = 2
BLOCK_SECONDS = 0.25
_READY_SECONDS = 60.0


@dataclass(slots=True)
class Stage:
    """One world in which a run plays."""

    folder: Path
    ledger: Ledger
    deployment: Deployment
    operator: Sender
    members: list[Member]
    program: Program
    url: str
    settings: dict[str, str]
    peer: Peer
    mining: threading.Lock = field(default_factory=threading.Lock)
    node: Process | None = None
    starts: int = 0
    aside: list[Batch] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def council(self) -> Member:
        """The Root TAO."""
        return self.members[0]

    @property
    def node_folder(self) -> Path:
        """The node's own folder."""
        return Path(self.settings["ANKYRA_DATA_DIR"])

    # --- the node -------------------------------------------------------------------------------------------

    def start_node(self, failpoint: str = "") -> Process:
        """A new node process over the same database; it dies at the failpoint, if one is named."""
        self.starts += 1
        armed = {"ANKYRA_FAILPOINT": failpoint} if failpoint else {}
        self.node = self.program.start(
            "node",
            "serve",
            cwd=self.folder,
            log=self.folder / "node.log",
            settings=self.settings | armed,
        )
        return self.node

    def await_node(self, seconds: float = _READY_SECONDS) -> bool:
        """Whether the node came to answer; False if it ended first.

        Raises:
            TimeoutError: it neither answers nor ends.
        """
        assert self.node is not None
        deadline = time.monotonic() + seconds
        with httpx.Client(base_url=self.url, trust_env=False, timeout=5) as http:
            while not self.node.over.is_set():
                try:
                    http.get("/healthz")
                except httpx.HTTPError:
                    if time.monotonic() > deadline:
                        raise TimeoutError("the node does not answer") from None
                    time.sleep(0.02)
                else:
                    return True
        return False

    def stop_node(self) -> int | None:
        """The exit code of the node, asked to end in order."""
        if self.node is None:
            return None
        self.node.kill(signal.SIGTERM)
        return self.node.wait(_READY_SECONDS)

    # --- the ledger -----------------------------------------------------------------------------------------

    def reorganise(self, depth: int) -> None:
        """The last blocks are replaced by empty ones; what they held is gone, unless it is sent again."""
        with self.mining:
            self.ledger.reorg(depth)
            # The engine's clock goes on from the new blocks: left behind, it finds new keys too new.
            self.ledger.rpc.request("anvil_setTime", int(time.time()))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """A block whenever it is time, while the block runs; the node, if one runs, ends with it."""
        miner = threading.Thread(target=self._mine_on, name="miner", daemon=True)
        miner.start()
        try:
            yield
        finally:
            self.stopping.set()
            miner.join(10)
            if self.node is not None:
                self.node.kill()

    def _mine_on(self) -> None:
        while not self.stopping.wait(BLOCK_SECONDS):
            with self.mining:
                self.ledger.mine()

    def anchor_aside(self, member: Member, leaves: bytes) -> Batch:
        """A batch that its issuer anchored without this node; only the peer holds its leaves."""
        batch = Batch.from_digests(leaves[at : at + 32] for at in range(0, len(leaves), 32))
        self.peer.hold(member.did, batch)
        call = load_artifact("AnchorRegistry").function("anchorBatch")
        data = call.encode([member.did, member.attribute_id, batch.root, batch.size])
        sender_of(self.operator, member).send(self.deployment.address("AnchorRegistry"), data)
        self.aside.append(batch)
        return batch


@contextmanager
def stage(
    folder: Path, *, universities: int, database_url: str = "", program: Program | None = None
) -> Iterator[Stage]:
    """A stage whose node is not started yet; every process ends with the block.

    Args:
        folder: empty, for all files of the run.
        universities: issuers beside the council; the last one works without the node.
        database_url: of the node; its own SQLite file if empty.
        program: loaded already, and left so.
    """
    with ExitStack() as down:
        ledger = down.enter_context(start_ledger(automine=True, log=folder / "ledger.log"))
        operator = Sender(ledger.rpc, Account.from_key(OPERATOR_KEY))
        deployment = deploy(operator)
        take_office(operator, deployment)
        named = folder / "deployment.json"
        write_deployment(named, deployment, operator=operator.address)
        program = program or down.enter_context(Program())
        port, peer_port = free_ports(2)
        url = f"http://127.0.0.1:{port}"
        members = enter(
            operator,
            deployment,
            folder / "profiles",
            universities=universities,
            node_url=url,
            now=ledger.time(),
        )
        ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - the engine's own call
        peer = down.enter_context(serve_peer(peer_port))
        made = Stage(
            folder=folder,
            ledger=ledger,
            deployment=deployment,
            operator=operator,
            members=members,
            program=program,
            url=url,
            settings=_settings(folder, ledger, named, port, peer, members[0].did, database_url),
            peer=peer,
        )
        made.node_folder.mkdir()
        with made.at_work():
            yield made


def _settings(
    folder: Path, ledger: Ledger, named: Path, port: int, peer: Peer, root: str, database_url: str
) -> dict[str, str]:
    settings: Mapping[str, str] = {
        "ANKYRA_LEDGER_URLS": ledger.url,
        "ANKYRA_DEPLOYMENT": str(named),
        "ANKYRA_DATA_DIR": str(folder / "node"),
        "ANKYRA_DATABASE_URL": database_url,
        "ANKYRA_PEERS": peer.url,
        "ANKYRA_ROOT_TAOS": root,
        "ANKYRA_FINALITY_DEPTH": str(FINALITY_DEPTH),
        "ANKYRA_POLL_INTERVAL": "0.05",
        "ANKYRA_HOST": "127.0.0.1",
        "ANKYRA_PORT": str(port),
    }
    return {name: value for name, value in settings.items() if value}
