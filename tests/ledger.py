"""A real ledger with the contracts on it, for every room's tests (`deployed` in conftest)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from eth_account import Account

from devnet.chain import Ledger, start_ledger
from devnet.deploy import deploy, take_office
from devnet.sender import Sender
from node.config import Deployment

DEPLOYED_AT = 1_790_000_000
"""Ledger time of the deployment, in seconds since 1970 (September 2026)."""
_MINED_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class DeployedState:
    """What `deploy_once` left behind."""

    path: Path
    deployment: Deployment
    operator_key: bytes


@dataclass(frozen=True, slots=True)
class DeployedLedger:
    """One test's ledger, and the operator who holds the policies."""

    ledger: Ledger
    deployment: Deployment
    operator: Sender

    def sender(self, key: bytes) -> Sender:
        """Return another account: that of the 32-byte `key`."""
        return Sender(self.ledger.rpc, Account.from_key(key))

    def await_mined(self) -> None:
        """An engine that mines by itself takes a moment after it has taken a transaction."""
        rpc = self.ledger.rpc
        deadline = monotonic() + _MINED_SECONDS
        while rpc.request("anvil_getAutomine") and int(rpc.request("txpool_status")["pending"], 16):
            assert monotonic() < deadline, "the engine does not mine what it took"
            sleep(0.01)


def deploy_once(path: Path) -> DeployedState:
    """Return the state of a ledger with the contracts deployed and an operator, saved to `path`."""
    key = bytes(range(1, 33))
    with start_ledger(timestamp=DEPLOYED_AT) as ledger:
        operator = Sender(ledger.rpc, Account.from_key(key))
        deployment = deploy(operator)
        take_office(operator, deployment)
        ledger.save(path)
    return DeployedState(path, deployment, key)


@contextmanager
def resume(saved: DeployedState, state: Path) -> Iterator[DeployedLedger]:
    """Yield a ledger that goes on from `saved`, kept in `state`, at DEPLOYED_AT + 60."""
    shutil.copy(saved.path, state)
    ledger = start_ledger(state=state, timestamp=DEPLOYED_AT + 60)
    try:
        yield DeployedLedger(
            ledger, saved.deployment, Sender(ledger.rpc, Account.from_key(saved.operator_key))
        )
    finally:
        ledger.kill()  # nothing to save
