"""A world made once, copied for each fault: fifty issuers, a node at work, a good and a bad credential."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from eth_account import Account

from devnet.chain import start_ledger
from devnet.node_process import free_ports
from devnet.sender import Sender
from node.client.batches import anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import issue_credentials
from node.client.credential_payloads import Payload
from node.client.issuer import Issuer
from node.client.patience import Patience
from node.client.status_lists import create, places_of, set_status
from node.client.status_publication import publish
from node.config import Deployment, load_deployment
from tests.crash.cast import SCHEMA, Member
from tests.crash.peer import Peer
from tests.crash.processes import Program
from tests.crash.stage import OPERATOR_KEY, Stage, stage
from tests.faults.proxy import Proxy, proxied

CLIENTS = 50
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
_LIST = "revocation"
_PATIENCE = Patience(attempts=600, first=0.05, longest=0.2)


@dataclass(frozen=True, slots=True)
class Template:
    """What every world begins with."""

    folder: Path
    deployment: Deployment
    members: tuple[Member, ...]
    good: bytes
    revoked: bytes

    @property
    def ledger_state(self) -> Path:
        """The ledger as it was left."""
        return self.folder / "ledger.json"

    @property
    def node_folder(self) -> Path:
        """The node's folder as it was left."""
        return self.folder / "node"


@dataclass(slots=True)
class World:
    """A copy: the stage, the way to its ledger, and the two credentials that are asked about."""

    stage: Stage
    proxy: Proxy
    good: bytes
    revoked: bytes

    @property
    def clients(self) -> list[Member]:
        """The issuers that submit."""
        return self.stage.members[1:]


def make_template(folder: Path, program: Program) -> Template:
    """The world that the others are copied from."""
    with stage(folder, universities=CLIENTS, program=program) as world:
        world.start_node()
        assert world.await_node()
        university = world.members[1]
        with university.open(patience=_PATIENCE) as issuer:
            _await_followed(issuer, world.ledger.height())
            good, revoked = _two_credentials(issuer, university, folder / "issued", world.ledger.time())
        _await_final(world)
        world.stop_node()
        world.ledger.save(folder / "ledger.json")
        return Template(folder, world.deployment, tuple(world.members), good, revoked)


@contextmanager
def world_of(
    template: Template,
    folder: Path,
    program: Program,
    *,
    database_url: str = "",
    node_folder: Path | None = None,
    start: bool = True,
    **settings: str,
) -> Iterator[World]:
    """A world like the template, its node at work behind a proxy; every process ends with the block.

    Args:
        template: is copied.
        folder: empty.
        program: starts the node.
        database_url: of the node, which then follows anew; a copy of the template's SQLite file if empty.
        node_folder: where the node keeps what it keeps.
        start: whether the node is started.
        settings: of the node, by variable without `ANKYRA_`.
    """
    shutil.copy(template.ledger_state, folder / "ledger.json")
    shutil.copytree(template.folder / "profiles", folder / "profiles")
    home = node_folder or folder / "node"
    shutil.copytree(template.node_folder, home, dirs_exist_ok=True)
    (port,) = free_ports(1)
    with ExitStack() as down:
        ledger = start_ledger(
            state=folder / "ledger.json",
            timestamp=int(time.time()),
            automine=False,
            log=folder / "ledger.log",
        )
        down.callback(lambda: made.ledger.kill())  # noqa: PLW0108 - a test may put another in its place
        proxy = down.enter_context(proxied(ledger.url))
        given = {
            "LEDGER_URLS": proxy.url,
            "DEPLOYMENT": str(template.folder / "deployment.json"),
            "DATA_DIR": str(home),
            "DATABASE_URL": database_url,
            "ROOT_TAOS": template.members[0].did,
            "FINALITY_DEPTH": "2",
            "POLL_INTERVAL": "0.2",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        } | settings
        made = Stage(
            folder=folder,
            ledger=ledger,
            deployment=load_deployment(template.folder / "deployment.json"),
            operator=Sender(ledger.rpc, Account.from_key(OPERATOR_KEY)),
            members=[
                replace(member, folder=folder / "profiles" / member.name) for member in template.members
            ],
            program=program,
            url=f"http://127.0.0.1:{port}",
            settings={f"ANKYRA_{name}": value for name, value in given.items() if value},
            peer=Peer(""),
        )
        down.enter_context(made.at_work())
        if start:
            made.start_node()
            assert made.await_node(), (folder / "node.log").read_text()
        yield World(made, proxy, template.good, template.revoked)


def _await_followed(issuer: Issuer, block: int) -> None:
    """Return once the node is there: it gives tokens to those whom it knows, as what it knows them."""
    for _ in issuer.patience.tries():
        if (issuer.node.get("/v1/issuers", params={"limit": "1"})["asOf"]["block"] or 0) >= block:
            return
    raise AssertionError(f"block {block} is not followed")


def _two_credentials(issuer: Issuer, member: Member, out: Path, now: int) -> tuple[bytes, bytes]:
    """Two anchored credentials, of which the second is revoked in a published list."""
    at = datetime.fromtimestamp(now, UTC)
    create(issuer, _LIST)
    publish(issuer, _LIST, now=at)
    terms = Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=member.attribute_id,
        now=at,
        model="1.1",
        types=("MicroCredential",),
        schema=SCHEMA,
    )
    payloads = [Payload(f"{n}", f"{n}", {"subject": {"id": LEARNER, "n": n}}) for n in range(2)]
    issued = issue_credentials(issuer, payloads, out=out, terms=terms, lists=(_LIST,))
    anchor_files(issuer, [out])
    good, revoked = (one.path.read_bytes() for one in issued)
    set_status(issuer, places_of(issuer, revoked, purpose="revocation"), purpose="revocation")
    publish(issuer, _LIST, now=at, at_once=True)
    return good, revoked


def _await_final(world: Stage) -> None:
    height = world.ledger.height()
    while world.ledger.height() < height + 4:
        time.sleep(0.05)
    time.sleep(0.5)
