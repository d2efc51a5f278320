"""A real ledger and a real node, and issuers made, accredited and registered by the client alone."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from did.multibase import decode_base58btc
from did.syntax import parse_ebsi_did
from node.client.accreditation import (
    ISSUER_TYPES,
    Accreditation,
    Role,
    accept,
    accept_root,
    accredit,
)
from node.client.accreditation_credential import AccreditedFor
from node.client.api import Node
from node.client.challenge import answer_challenge, new_challenge
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue
from node.client.documents import receipt_path
from node.client.issuer import Issuer
from node.client.keys import new_key
from node.client.keystore import Keystore
from node.client.onboarding import create_profile, register
from node.client.outbox import Outbox
from node.client.papers import keep_paper
from node.client.patience import Patience
from node.client.writes import METHODS
from node.services.invitations import invite
from tests.ledger import DeployedState, resume
from tests.node.api.world import World, world
from tests.node.client import issuing, learners
from tests.node.client.paper_ledger import Office, PaperLedger

WEAK_N = 2
SCHEMA = learners.SCHEMA
SCOPE = (AccreditedFor(SCHEMA, ("MicroCredential",)),)

plan, issue, small_chunks = issuing.plan, issuing.issue, issuing.small_chunks


def keystore_in(folder: Path) -> Keystore:
    return Keystore(folder / "keys", passphrase="pass", scrypt_n=WEAK_N)


@dataclass(frozen=True)
class Operator:
    """The ledger's operator, at the ledger itself."""

    world: World

    def write(self, method: str, **values: object) -> None:
        """Call the contract function; parameters by EBSI's names."""
        ledger, called = self.world.ledger, METHODS[method]
        arguments = [values.pop(name) for name in called.parameters]
        assert not values
        address = ledger.deployment.address(called.contract)
        ledger.operator.transact(called.contract, address, method, *arguments)
        self.world.follow()


@dataclass
class Play:
    """A world and the people in it; waiting for the node makes it follow and the ledger go on."""

    world: World
    node: Node
    folder: Path
    issuers: dict[str, Issuer] = field(default_factory=dict)
    attributes: dict[str, bytes] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.world.ledger.ledger.time(), UTC)

    def pass_by(self, span: timedelta) -> None:
        """Let the ledger's clock and the node's go on."""
        ledger = self.world.ledger.ledger
        ledger.walk(ledger.time() + int(span.total_seconds()) + 1)
        self.world.follow()

    @property
    def patience(self) -> Patience:
        return Patience(attempts=40, sleep=self._pass)

    @property
    def expires(self) -> datetime:
        """The end of an issuer's accreditation."""
        return self.end_of("TI")

    def end_of(self, issuer_type: str) -> datetime:
        """An end that lies before that of who accredits."""
        return self.now + timedelta(days={"RootTAO": 40 * 365, "TAO": 30 * 365, "TI": 365}[issuer_type])

    def _pass(self, _seconds: float) -> None:
        self.world.ledger.ledger.mine()
        self.world.follow()

    def keystore(self, name: str) -> Keystore:
        return keystore_in(self.folder / name)

    def open(self, name: str) -> Issuer:
        """The issuer as a new process would see it."""
        folder = self.folder / name
        return Issuer(
            folder,
            keystore=self.keystore(name),
            node=self.node,
            patience=self.patience,
            clock=self.world.clock,
        )

    def join(self, name: str) -> Issuer:
        """A registered issuer."""
        if not (self.folder / name).exists():
            create_profile(self.folder / name, node_url=self.world.url, keystore=self.keystore(name))
        self.issuers[name] = self.open(name)
        self.issuers[name].change(node=self.world.url)
        self.invite(self.issuers[name])
        register(self.issuers[name], now=self.now)
        return self.issuers[name]

    def invite(self, issuer: Issuer) -> None:
        """The node's operator invites the issuer to register itself."""
        keep_paper(issuer.folder, "invitation", invite(self.world.node, parse_ebsi_did(issuer.did)))

    def root(self, name: str) -> Issuer:
        """A Root TAO: the operator reserves, it accredits itself."""
        issuer = self.join(name)
        attribute_id = self.appoint(issuer.did)
        accept_root(
            issuer,
            attribute_id=attribute_id,
            name=name,
            accredited_for=SCOPE,
            expires=self.end_of("RootTAO"),
            now=self.now,
        )
        self.world.follow()
        self.attributes[name] = attribute_id
        return issuer

    def operator(self, _issuer: Issuer | None = None) -> "Operator":
        """Writes as the ledger's operator, who has no DID and needs no node."""
        return Operator(self.world)

    def appoint(self, did: str) -> bytes:
        """The attribute that the operator reserved for a Root TAO."""
        attribute_id = os.urandom(32)
        self.operator().write(
            "setAttributeMetadata",
            did=did,
            revisionId=attribute_id,
            issuerType=ISSUER_TYPES["RootTAO"],
            taoDid=did,
            attributeIdTao=attribute_id,
        )
        return attribute_id

    def accredit(self, by: str, name: str, role: Role) -> Accreditation:
        """The issuer `name` is accredited by `by`, by challenge, answer and acceptance."""
        tao, issuer = self.issuers[by], self.issuers[name]
        challenge = new_challenge(tao.did, random=os.urandom)
        made = accredit(
            tao,
            did=issuer.did,
            role=role,
            name=name,
            accredited_for=SCOPE,
            expires=self.end_of(role),
            challenge=challenge,
            answer=answer_challenge(challenge, signer=issuer.signer(), now=self.now),
            now=self.now,
        )
        self.world.follow()
        assert accept(issuer, made.credential) == made.attribute_id
        self.world.follow()
        self.attributes[name] = made.attribute_id
        return made

    def member(self, by: str, name: str) -> Issuer:
        """A registered and accredited university."""
        self.join(name)
        self.accredit(by, name, "TI")
        return self.issuers[name]


@pytest.fixture(scope="module")
def play(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Council (Root TAO, accepted) → Agency (TAO) → KTU (TI), and a schema; tests of one module share it."""
    folder = tmp_path_factory.mktemp("play")
    home = folder / "Council"  # its DID is known before the node that accepts it runs
    accepted = create_profile(home, node_url="http://127.0.0.1:1", keystore=keystore_in(home)).did
    with (
        resume(deployed_state, folder / "ledger.json") as ledger,
        world(ledger, folder / "node", root_taos=(accepted,)) as made,
        Node(made.url) as node,
    ):
        playing = Play(made, node, folder)
        playing.root("Council")
        playing.operator().write(
            "insertSchema", schemaId=decode_base58btc(SCHEMA), schema=b'{"type": "object"}', metadata=b"{}"
        )
        playing.join("Agency")
        playing.accredit("Council", "Agency", "TAO")
        playing.member("Agency", "KTU")
        yield playing


@pytest.fixture
def files(tmp_path: Path, play: Play) -> Callable[[int], Path]:
    """Makes a folder of signed credentials and one unsigned file."""
    from tests.node.client.credentials import signed_credential

    def make(count: int, seed: str = "") -> Path:
        folder = tmp_path / f"files{seed}"
        folder.mkdir()
        signer = play.issuers["KTU"].signer()
        for number in range(count):
            (folder / f"{number}.jwt").write_text(signed_credential(signer, now=play.now))
        (folder / "diploma.pdf").write_bytes(b"%PDF-1.7 unsigned " + os.urandom(8))
        return folder

    return make


@pytest.fixture(scope="module")
def anchored(play: Play, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of three anchored credentials for each data model; no test changes them."""
    from tests.node.client.verdicts import anchor, issue

    made = tmp_path_factory.mktemp("issued")
    for model in ("1.1", "2.0"):
        issue(play, "KTU", made / model, count=3, model=model)
        anchor(play, "KTU", made / model)
    return {model: made / model for model in ("1.1", "2.0")}


@pytest.fixture(params=["1.1", "2.0"])
def jwt(anchored: dict[str, Path], request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an anchored credential, without its receipt."""
    path = tmp_path / "credential.jwt"
    path.write_bytes((anchored[request.param] / "1.jwt").read_bytes())
    return path


@pytest.fixture
def one(anchored: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of an anchored credential with its receipt."""
    path = tmp_path / "credential.jwt"
    source = anchored["1.1"] / "1.jwt"
    path.write_bytes(source.read_bytes())
    receipt_path(path).write_bytes(receipt_path(source).read_bytes())
    return path


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A profile's outbox at a ledger on paper."""
    return Office(PaperLedger(), Outbox(tmp_path / "outbox"), new_key("secp256k1", random=os.urandom))


@pytest.fixture
def issuer(play: Play) -> Issuer:
    """The university of the play, which may issue."""
    return play.open("KTU")


@pytest.fixture
def terms(play: Play, issuer: Issuer) -> Terms:
    """What its credentials say, unless a test wants something else."""
    return Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=accreditation_to_issue(issuer),
        now=play.now,
        types=("MicroCredential",),
        schema=SCHEMA,
    )
