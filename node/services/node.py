"""What every service of a running node works with, made once at its start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from credentials.ports import Proofs, WebDids
from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.client.keys import PrivateKey
from node.config import Deployment, Settings, load_deployment
from node.db.session import open_engine, upgrade
from node.foreign.issuers_lists import IssuersLists
from node.foreign.ports import foreign_ports
from node.foreign.proofs import DidkitProofs
from node.foreign.qr_client import QrProcess
from node.foreign.rdf_client import RdfProcess
from node.foreign.seal_anchors import KeptAnchors, read_seal_anchors
from node.services.log_tree import LogTree
from node.services.memory import Memory
from node.services.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its settings, its ledger, its database and its clock.

    Attributes:
        settings: what the operator chose.
        deployment: which ledger and contracts.
        engine: the database.
        ledger: JSON-RPC to the ledger.
        registries: the contracts behind `ledger`.
        clock: the present, aware UTC.
        log: the log's tree, shared by all threads.
        memory: what was derived before, shared likewise.
        holder: the name under which this process follows the ledger.
        web_dids: how did:web is resolved while verifying; None: not at all.
        proofs: how embedded proofs of the older kinds are judged; None: not at all.
        canonical: how RDF is canonicalised, which newer proofs are made over; None: not at all.
        seal_anchors: whom the operator trusts to say whose seal is whose.
        issuers_lists: how lists on issuers' own servers are read; None: not at all. Never to verify.
        qr_codes: reads QR codes in photographs, in a process that the first of them starts.
        opened_keys: signing keys by name, as this process could open them; None: it could not.
    """

    settings: Settings
    deployment: Deployment
    engine: Engine
    ledger: LedgerClient
    registries: Registries
    clock: Callable[[], datetime]
    log: LogTree
    memory: Memory
    holder: str
    web_dids: WebDids | None = None
    proofs: Proofs | None = None
    canonical: RdfProcess | None = None
    seal_anchors: KeptAnchors = field(default_factory=KeptAnchors)
    issuers_lists: IssuersLists | None = None
    qr_codes: QrProcess = field(default_factory=QrProcess)
    opened_keys: Remembered[PrivateKey | None] = field(default_factory=lambda: Remembered(64))

    def close(self) -> None:
        """Let connections, files and what runs beside the node go."""
        if isinstance(self.proofs, DidkitProofs):
            self.proofs.close()
        if self.canonical is not None:
            self.canonical.close()
        self.qr_codes.close()
        self.ledger.close()
        self.engine.dispose()


def open_node(settings: Settings, *, clock: Callable[[], datetime], holder: str) -> Node:
    """Return a node with its database at the newest tables; the ledger is not asked for anything yet.

    Args:
        settings: what the operator chose.
        clock: the present, aware UTC.
        holder: a name for this process that no other has.

    Raises:
        ConfigurationError: the deployment file, the database or a certificate that is to be trusted cannot
            be used; one line says why.
    """
    deployment = load_deployment(settings.deployment)
    seal_anchors = read_seal_anchors(settings.seal_anchors)
    engine = open_engine(settings.database)
    upgrade(engine)
    ledger = LedgerClient(settings.ledger_urls, consensus=settings.consensus)
    foreign = foreign_ports(settings)
    return Node(
        settings=settings,
        deployment=deployment,
        engine=engine,
        ledger=ledger,
        registries=Registries(ledger, deployment),
        clock=clock,
        log=LogTree(),
        memory=Memory(),
        holder=holder,
        web_dids=foreign.web_dids,
        proofs=foreign.proofs,
        canonical=foreign.canonical,
        seal_anchors=seal_anchors,
        issuers_lists=foreign.issuers_lists,
    )
