"""The process that keeps a devnet up: it owns the ledger, deploys once, saves, and goes on after a crash.

Blocks follow a transaction until it is final and then come once a minute: an idle devnet neither grows nor
heats, and yet finality always arrives.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from devnet.chain import Ledger, start_ledger
from devnet.deploy import deploy, take_office, write_deployment
from devnet.errors import AlreadyRunning, DevnetError, StateUnusable
from devnet.folder import DEFAULT_PORT, DevnetFolder, Running
from devnet.sender import Sender
from node.config import load_deployment
from node.errors import ConfigurationError

TRAILING_BLOCKS = 4
QUIET_SECONDS = 60
_PATIENCE = 2.0  # who only looks whether the folder is in use holds it for an instant


def keep(folder: DevnetFolder, *, port: int, stopped: threading.Event) -> None:
    """Keep the devnet of `folder` up until `stopped`.

    Raises:
        AlreadyRunning: another process keeps it.
        PortInUse: `port` is taken.
        StateUnusable: the folder's files do not fit together, or cannot be written.
        LedgerUnreachable: the engine died.
    """
    folder.make()
    with folder.held(seconds=_PATIENCE) as free:
        if not free:
            raise AlreadyRunning(folder.path)
        folder.drop_drafts()
        if folder.deployment.exists() != folder.state.exists():
            folder.deployment.unlink(missing_ok=True)  # the first deployment was interrupted: it begins anew
            folder.state.unlink(missing_ok=True)
        with start_ledger(port=port, state=folder.state, log=folder.engine_log) as ledger:
            _deploy_once(folder, ledger)
            with folder.announced(Running(os.getpid(), ledger.pid, ledger.url)):
                _beat(ledger, stopped)


def _deploy_once(folder: DevnetFolder, ledger: Ledger) -> None:
    if not folder.deployment.exists():
        operator = Sender(ledger.rpc, folder.operator())
        deployment = deploy(operator)
        take_office(operator, deployment)
        ledger.save()
        write_deployment(folder.deployment, deployment, operator=operator.address)
    try:
        log = load_deployment(folder.deployment).registry_log
    except ConfigurationError as error:
        raise StateUnusable(folder.deployment, str(error)) from error
    if ledger.rpc.request("eth_getCode", log, "latest") == "0x":
        raise StateUnusable(
            folder.state, "the saved ledger does not hold the contracts: `ankyra-devnet reset` begins anew"
        )


def _beat(ledger: Ledger, stopped: threading.Event) -> None:
    seen, trailing, quiet = ledger.height(), TRAILING_BLOCKS, 0
    while not stopped.wait(1.0):
        height = ledger.height()
        if height != seen:
            trailing = TRAILING_BLOCKS
        quiet += 1
        if trailing or quiet >= QUIET_SECONDS:
            height = ledger.mine()
            trailing, quiet = max(trailing - 1, 0), 0
            ledger.save()
        seen = height


def main() -> int:
    """Keep a devnet until SIGTERM; the last line printed says why it could not."""
    parser = argparse.ArgumentParser(prog="python -m devnet.keeper", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    chosen = parser.parse_args()
    stopped = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stopped.set())
    try:
        keep(DevnetFolder(chosen.dir), port=chosen.port, stopped=stopped)
    except DevnetError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
