"""`ankyra-devnet`: a ledger with the contracts on it, in the background of this desk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table
from typer.exceptions import TyperException

from devnet import office_cli
from devnet.errors import (
    DevnetError,
    LedgerUnreachable,
    NotUp,
    StartFailed,
    StateUnusable,
    StopFailed,
    TransactionRefused,
    UpElsewhere,
)
from devnet.folder import DEFAULT, DEFAULT_PORT, DevnetFolder, Running
from devnet.front_cli import front
from devnet.interruption import interrupted_afterwards
from devnet.network_cli import app as network
from devnet.options import SCHEMA, AsJson, Folder
from node.cli.entry import INTERRUPTED
from node.cli.examples import keep_examples

REFUSED, USAGE, UNREACHABLE = 1, 2, 4
_START_SECONDS, _STOP_SECONDS = 60.0, 30.0
_INTERRUPTION = "interrupted; run the same command again"

app = typer.Typer(
    name="ankyra-devnet",
    help="A ledger on this desk, with Ankyra's contracts on it.\n\nExample: ankyra-devnet up",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(network, name="network")
app.command()(office_cli.appoint)
app.command()(office_cli.schema)
app.command()(office_cli.hash_algorithm)
app.command()(front)

Port = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65_535,
        show_default=False,
        help=f"Port of the ledger on 127.0.0.1; 0: any free one [default: {DEFAULT_PORT}].",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def up(*, folder: Folder = DEFAULT, port: Port = None, as_json: AsJson = False) -> None:
    """Start the ledger in the background, or find it running; deploy the contracts the first time.

    Example:
        ankyra-devnet up --port 8545
    """
    devnet = DevnetFolder(folder)
    devnet.make()
    found = devnet.running()
    running = found or _start(devnet, DEFAULT_PORT if port is None else port)
    if port and urlsplit(running.rpc).port != port:  # also where another start was first
        raise UpElsewhere(devnet.path, rpc=running.rpc, port=port)
    if found and not as_json:
        print("The devnet was up already.")
    _show(devnet, running, as_json=as_json)


@app.command()
def down(*, folder: Folder = DEFAULT, as_json: AsJson = False) -> None:
    """Save the ledger and end it; no process stays behind.

    Example:
        ankyra-devnet down
    """
    devnet = DevnetFolder(folder)
    _stop(devnet)
    _show(devnet, None, as_json=as_json)


@app.command()
def status(*, folder: Folder = DEFAULT, as_json: AsJson = False) -> None:
    """Show whether the ledger is up, where it answers and what it holds; exit code 4 when it is down.

    Example:
        ankyra-devnet status --json
    """
    devnet = DevnetFolder(folder)
    running = devnet.running()
    _show(devnet, running, as_json=as_json)
    if running is None:
        raise typer.Exit(UNREACHABLE)


@app.command()
def reset(*, folder: Folder = DEFAULT, yes: Yes = False, as_json: AsJson = False) -> None:
    """End the ledger and forget everything on it, the operator's key included.

    Nodes that followed it follow a ledger that is no more: give them new folders too.

    Example:
        ankyra-devnet reset --yes
    """
    devnet = DevnetFolder(folder)
    if not yes and devnet.path.exists():
        typer.confirm(f"Forget the ledger in {devnet.path}?", abort=True, err=True)
    _stop(devnet)
    devnet.clear()
    _show(devnet, None, as_json=as_json)


def _start(devnet: DevnetFolder, port: int) -> Running:
    """Return the devnet once its keeper, in a session of its own, says that it is ready."""
    keeper = [sys.executable, "-m", "devnet.keeper", "--dir", str(devnet.path), "--port", str(port)]
    process: subprocess.Popen[bytes] | None = None
    deadline = time.monotonic() + _START_SECONDS
    try:
        with devnet.keeper_log.open("a", encoding="utf-8") as log, interrupted_afterwards():
            process = subprocess.Popen(
                keeper, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
        while time.monotonic() < deadline:
            ended = process.poll() is not None
            running = devnet.running()
            if running is not None:
                return running
            if ended and _free(devnet):  # not free: a start at the same time was first, and comes up
                break
            time.sleep(0.05)
    except BaseException:
        if process is not None:
            process.terminate()  # interrupted: nothing stays behind
            process.wait(_STOP_SECONDS)
        raise
    if process.poll() is None:
        process.terminate()
    said = devnet.keeper_log.read_text(encoding="utf-8", errors="replace")
    raise StartFailed("the devnet", said)


def _stop(devnet: DevnetFolder) -> None:
    running = devnet.running()
    if running is None:
        return
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while devnet.running() is not None or not _free(devnet):
        if time.monotonic() > deadline:
            raise StopFailed(running.pid)
        time.sleep(0.05)


def _free(devnet: DevnetFolder) -> bool:
    with devnet.held() as free:
        return free


def _show(devnet: DevnetFolder, running: Running | None, *, as_json: bool) -> None:
    said = _report(devnet, running)
    if as_json:
        print(json.dumps(said, indent=2))
        return
    if running is None:
        print("down" + (f" (the ledger is kept in {devnet.path})" if devnet.state.exists() else ""))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in said.items():
        if name != "schema":
            table.add_row(name, str(value))
    Console(soft_wrap=True).print(table)


def _report(devnet: DevnetFolder, running: Running | None) -> Mapping[str, object]:
    if running is None:
        return {"schema": SCHEMA, "running": False, "folder": str(devnet.path)}
    from devnet.rpc import JsonRpc  # these take a second, which only a running devnet is worth
    from node.artifacts import load_artifact
    from node.config import load_deployment
    from node.errors import ConfigurationError

    try:
        deployment = load_deployment(devnet.deployment)
    except ConfigurationError as error:
        raise StateUnusable(devnet.deployment, str(error)) from error
    size = load_artifact("RegistryLog").function("size")
    with JsonRpc(running.rpc, timeout=10) as rpc:
        head, entries = rpc.batch(
            [
                ("eth_getBlockByNumber", ("latest", False)),
                (
                    "eth_call",
                    ({"to": deployment.registry_log, "data": "0x" + size.encode([]).hex()}, "latest"),
                ),
            ]
        )
    return {
        "schema": SCHEMA,
        "running": True,
        "folder": str(devnet.path),
        "rpc": running.rpc,
        "chainId": deployment.chain_id,
        "registryLog": deployment.registry_log,
        "deployment": str(devnet.deployment),
        "block": int(head["number"], 16),
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(head["timestamp"], 16))),
        "entries": size.decode_outputs(bytes.fromhex(entries.removeprefix("0x")))[0],
        "pid": running.pid,
        "ledgerPid": running.ledger_pid,
    }


def main() -> None:
    """Run `ankyra-devnet`: 0 done, 1 the contract refused, 2 not possible as asked, 4 no ledger answers."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line; every failure is one line on standard error."""
    try:
        code = app(args=arguments, prog_name="ankyra-devnet", standalone_mode=False)
    except TyperException as error:
        return _misused(error)
    except KeyboardInterrupt:
        return _say(_INTERRUPTION, INTERRUPTED)
    except typer.Abort as error:  # typer's word for an interruption too
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            return _say(_INTERRUPTION, INTERRUPTED)
        return _say("not confirmed: nothing was changed", USAGE)
    except DevnetError as error:
        return _say(str(error), _code(error))
    return int(code) if isinstance(code, int) else 0


def _misused(error: TyperException) -> int:
    message, context = error.format_message(), getattr(error, "ctx", None)
    if message.startswith("Usage: "):  # a group without a command: the message is its help
        print(message, file=sys.stderr)
        return USAGE
    where = context.command_path if context is not None else "ankyra-devnet"
    return _say(f"{message.rstrip('.')}; see {where} --help", USAGE)


def _say(line: str, code: int) -> int:
    print(f"ankyra-devnet: {line}", file=sys.stderr)
    return code


def _code(error: DevnetError) -> int:
    if isinstance(error, TransactionRefused):
        return REFUSED
    return UNREACHABLE if isinstance(error, LedgerUnreachable | NotUp) else USAGE


keep_examples(app)

if __name__ == "__main__":
    main()
