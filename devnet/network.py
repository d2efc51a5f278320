"""The contracts on a ledger that others run: deployed, continued by a successor, closed for ever.

The operator's account deploys and nothing else in between, since the contracts' addresses follow from its
nonce. So it is made for that, and a deployment that was cut off goes on where it stopped. The folder holds
the account's key in the envelope of an issuer's, the block at which the deployment began, and, once all
stands, `deployment.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eth_account import Account

from anchoring.checkpoint import origin
from anchoring.entry import Entry
from anchoring.kinds import known_kind
from devnet.chain import write_state
from devnet.deploy import (
    NOT_GRANTED,
    POLICIES,
    constructor_arguments,
    contracts_of,
    creation,
    write_deployment,
)
from devnet.errors import NotAsked, StateUnusable
from devnet.folder import Running
from devnet.rpc import JsonRpc
from devnet.sender import Sender
from node.artifacts import CONTRACTS, load_artifact
from node.chain.logs import ENTRY_TOPIC, decode_event
from node.client.errors import KeystoreError
from node.client.keystore import Keystore
from node.config import Deployment, load_deployment
from node.errors import ConfigurationError

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

_CLOSE = "LOG:close"
_POLICIES = "TrustedPoliciesRegistry"
_ADDRESS = 20  # bytes
_RANGE = 1_000  # blocks in one question for events; ledger nodes bound it


class NetworkFolder:
    """The operator's files of one deployment on a ledger that others run."""

    def __init__(self, path: Path, *, rpc: str, passphrase: str) -> None:
        """Name the files below `path`; nothing is read or made yet.

        Args:
            path: for this deployment alone.
            rpc: JSON-RPC of a ledger node that takes transactions.
            passphrase: of the operator's key.
        """
        self.path = path.absolute()
        self.deployment = self.path / "deployment.json"
        self.begun = self.path / "first-block"
        self.rpc, self._folder = rpc, self.path / "operator"
        self._keys = Keystore(self._folder, passphrase=passphrase)

    def running(self) -> Running:
        """Return where the ledger answers; its processes are others'."""
        return Running(pid=0, ledger_pid=0, rpc=self.rpc)

    def operator(self) -> LocalAccount:
        """Return the operator's account, made on the first call.

        Raises:
            StateUnusable: the key cannot be read, opened or written.
        """
        try:
            names = sorted(path.stem for path in self._folder.glob("*.json"))
            key = self._keys.open(names[0]) if names else self._keys.create("secp256k1")[0]
        except (OSError, KeystoreError) as error:
            raise StateUnusable(self._folder, str(error)) from error
        account: LocalAccount = Account.from_key(key.scalar)
        return account


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A log that another continues: its origin, and its size and root, final once it is closed."""

    origin: str
    size: int
    root: bytes


def deploy_network(folder: NetworkFolder, *, name: str, after: Path | None = None) -> Deployment:
    """Return the deployment, once contracts and policies are on the ledger and the folder names them.

    Cut off and done again, it goes on; once it is whole it changes nothing.

    Args:
        folder: of this deployment; its account must have sent nothing else.
        name: the first part of the log's origin.
        after: `deployment.json` of the log that this one continues, closed in favour of this one.

    Raises:
        NotAsked: the account has sent something else, or the predecessor is not closed in favour of this log.
        TransactionRefused: a constructor or the policies registry refused.
        LedgerUnreachable: the ledger does not answer.
    """
    with JsonRpc(folder.rpc) as rpc:
        operator = Sender(rpc, folder.operator())
        at = contracts_of(operator.address, first_nonce=0)
        before = ("", 0, bytes(32))
        if after is not None:
            closed = closed_log(rpc, _load(after), successor=at["RegistryLog"])
            before = (closed.origin, closed.size, closed.root)
        first_block = _first_block(folder, operator)
        _create(operator, at, before)
        deployment = Deployment(
            name=name,
            chain_id=int(rpc.request("eth_chainId"), 16),
            registry_log=at["RegistryLog"],
            contracts={contract: address for contract, address in at.items() if contract != "RegistryLog"},
            first_block=first_block,
        )
        _take_office(operator, deployment)
    write_deployment(folder.deployment, deployment, operator=operator.address)
    return deployment


def log_address(folder: NetworkFolder) -> str:
    """Return where the log of this folder's deployment is, or will be."""
    return contracts_of(str(folder.operator().address), first_nonce=0)["RegistryLog"]


def close_log(folder: NetworkFolder, *, successor: str) -> Predecessor:
    """Return what the log came to: it is closed for ever, and names the log at `successor` as its own.

    Args:
        folder: of the log that ends.
        successor: 0x-address, as `log_address` of the new deployment's folder says.

    Raises:
        NotAsked: it was closed before, in favour of another.
        TransactionRefused: the operator may not.
        LedgerUnreachable: the ledger does not answer.
    """
    deployment = _load(folder.deployment)
    registry = deployment.address(_POLICIES)
    with JsonRpc(folder.rpc) as rpc:
        operator = Sender(rpc, folder.operator())
        (closed,) = operator.call("RegistryLog", deployment.registry_log, "closed")
        if not closed:
            address = operator.address
            (may,) = operator.call(_POLICIES, registry, "hasAttribute", address, _CLOSE)
            if not may:
                operator.transact(_POLICIES, registry, "insertUserAttributes", address, [_CLOSE])
            operator.transact(_POLICIES, registry, "closeLog", successor)
        return closed_log(rpc, deployment, successor=successor)


def closed_log(rpc: JsonRpc, deployment: Deployment, *, successor: str) -> Predecessor:
    """Return what the deployment's log came to, if it was closed in favour of the log at `successor`.

    Raises:
        NotAsked: it is open, or was closed in favour of another.
    """
    log = deployment.registry_log
    last = _closing_entry(rpc, deployment)
    if last is None:
        raise NotAsked(f"the log {log} is open: close it first, in favour of {successor}")
    named = "0x" + last.payload[-_ADDRESS:].hex()
    if named != successor.lower():
        raise NotAsked(f"the log {log} was closed in favour of {named}, not of {successor}")
    call = load_artifact("RegistryLog").function("root").encode(())
    root = rpc.request("eth_call", {"to": log, "data": "0x" + call.hex()}, "latest")
    return Predecessor(
        origin=origin(deployment.name, deployment.chain_id, bytes.fromhex(log[2:])),
        size=last.index + 1,
        root=bytes.fromhex(root.removeprefix("0x")),
    )


def _closing_entry(rpc: JsonRpc, deployment: Deployment) -> Entry | None:
    """Return the log's last entry if it closed the log; looked for from the newest block backwards."""
    log = deployment.registry_log
    closed = load_artifact("RegistryLog").function("closed")
    said = rpc.request("eth_call", {"to": log, "data": "0x" + closed.encode(()).hex()}, "latest")
    if not int(said, 16):
        return None
    topics = ["0x" + ENTRY_TOPIC.hex(), None, "0x" + known_kind("log.closed").code.hex()]
    newest = int(rpc.request("eth_blockNumber"), 16)
    for last in range(newest, deployment.first_block - 1, -_RANGE):
        first = max(deployment.first_block, last - _RANGE + 1)
        asked = {"address": log, "topics": topics, "fromBlock": hex(first), "toBlock": hex(last)}
        if found := rpc.request("eth_getLogs", asked):
            return decode_event(found[0], log.lower()).entry
    return None


def _create(operator: Sender, at: Mapping[str, str], before: tuple[str, int, bytes]) -> None:
    """Create the contracts that are not there yet: the account's transaction n creates contract n."""
    codes = operator.rpc.batch(("eth_getCode", (at[name], "latest")) for name in CONTRACTS)
    there = [code != "0x" for code in codes]
    done = sum(there)
    missing = len(CONTRACTS) - done
    if there != [True] * done + [False] * missing or (missing and operator.nonce() != done):
        raise NotAsked(
            f"the account {operator.address} has sent other transactions: deploy from a folder of its own"
        )
    arguments = constructor_arguments(at, operator.address, before)
    operator.send_many((None, creation(name, arguments[name])) for name in CONTRACTS[done:])


def _first_block(folder: NetworkFolder, operator: Sender) -> int:
    """Return the block at which the deployment was begun, kept before anything is sent; 0 if it was lost."""
    try:
        return int(folder.begun.read_text(encoding="ascii"))
    except FileNotFoundError:
        first = 0 if operator.nonce() else int(operator.rpc.request("eth_blockNumber"), 16)
        write_state(folder.begun, b"%d\n" % first)
        return first
    except (OSError, ValueError) as error:
        raise StateUnusable(folder.begun, str(error)) from error


def _take_office(operator: Sender, deployment: Deployment) -> None:
    """Insert the policies that are not there yet, and take those that the operator needs."""
    registry = deployment.address(_POLICIES)
    insert = load_artifact(_POLICIES).function("insertPolicy")
    calls = [insert.encode([policy, description]) for policy, description in POLICIES.items()]
    operator.send_many((registry, call) for call in calls if operator.refusal(registry, call) is None)
    needed = [policy for policy in POLICIES if policy not in NOT_GRANTED]
    (taken,) = operator.call(_POLICIES, registry, "hasAttribute", operator.address, needed[-1])
    if not taken:
        operator.transact(_POLICIES, registry, "insertUserAttributes", operator.address, needed)


def _load(path: Path) -> Deployment:
    try:
        return load_deployment(path)
    except ConfigurationError as error:
        raise StateUnusable(path, str(error)) from error
