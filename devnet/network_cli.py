"""`ankyra-devnet network`: the operator of a deployment on a ledger that others run (Besu, for one)."""

from __future__ import annotations

import json
import os
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from devnet.errors import NotAsked
from devnet.office_cli import HashAlgorithmName
from node.client.errors import PassphraseMissing
from node.client.passphrase import read_passphrase

if TYPE_CHECKING:
    from devnet.network import NetworkFolder  # takes a second to load, which --help need not spend

SCHEMA = "ankyra-network/1"

app = typer.Typer(
    name="network",
    help="The contracts on a ledger that others run: deploy, decide, close.\n\n"
    "The operator's key is in the folder; its passphrase comes from ANKYRA_PASSPHRASE_FILE, "
    "ANKYRA_PASSPHRASE or a prompt.\n\nExample: ankyra-devnet network account --dir ./operator",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Option("--dir", help="Folder of the operator's key and deployment.json.")]
Rpc = Annotated[str, typer.Option("--rpc", help="JSON-RPC of a ledger node that takes transactions.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def account(*, folder: Folder, as_json: AsJson = False) -> None:
    """Make the operator's key if there is none; print its account and where its log will be.

    Example:
        ankyra-devnet network account --dir ./operator
    """
    from devnet.network import log_address

    desk = _desk(folder, rpc="")
    operator, log = str(desk.operator().address), log_address(desk)
    if as_json:
        print(json.dumps({"schema": SCHEMA, "operator": operator, "registryLog": log}, indent=2))
        return
    print(f"operator      {operator}")
    print(f"registry log  {log}")


@app.command()
def deploy(
    *,
    folder: Folder,
    rpc: Rpc,
    name: Annotated[str, typer.Option("--name", help="First part of the log's origin.")],
    after: Annotated[
        Path | None,
        typer.Option("--after", help="deployment.json of the closed log that this one continues."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Deploy the contracts and write deployment.json into the folder; what was cut off goes on.

    Example:
        ankyra-devnet network deploy --dir ./operator --rpc http://127.0.0.1:8545 --name registry.example
    """
    from devnet.network import deploy_network

    desk = _desk(folder, rpc=rpc)
    made = deploy_network(desk, name=name, after=after)
    if as_json:
        print(json.dumps({"schema": SCHEMA, "deployment": str(desk.deployment), "name": made.name}, indent=2))
        return
    print(f"{desk.deployment}: {made.name}/{made.chain_id}/{made.registry_log.lower()}")
    print("Give this file to every node: ANKYRA_DEPLOYMENT")


@app.command()
def close(
    successor: Annotated[str, typer.Argument(help="Address of the log that continues this one.")],
    *,
    folder: Folder,
    rpc: Rpc,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Close the log for ever, in favour of its successor: nothing is appended to it any more.

    Example:
        ankyra-devnet network close 0x5FbDB2315678afecb367f032d93F642f64180aa3 --dir ./operator --rpc http://127.0.0.1:8545
    """
    from devnet.network import close_log

    digits = successor.removeprefix("0x")
    if len(digits) != 40 or not all(digit in "0123456789abcdefABCDEF" for digit in digits):  # noqa: PLR2004 - 20 bytes
        raise NotAsked(f"{successor} is no address: 0x and 40 hexadecimal digits")
    if not yes and not (sys.stdin.isatty() and typer.confirm("This cannot be undone. Close the log?")):
        raise NotAsked("not closed: confirm, or give --yes")
    closed = close_log(_desk(folder, rpc=rpc), successor="0x" + digits)
    if as_json:
        said = {"origin": closed.origin, "size": closed.size, "root": closed.root.hex()}
        print(json.dumps({"schema": SCHEMA, **said}, indent=2))
        return
    print(f"closed: {closed.origin}, {closed.size} entries, root {closed.root.hex()}")


@app.command()
def appoint(
    did: Annotated[str, typer.Argument(help="The did:ebsi that becomes a Root TAO.")],
    *,
    folder: Folder,
    rpc: Rpc,
    as_json: AsJson = False,
) -> None:
    """Reserve an attribute for a Root TAO, as the operator; its holder accepts it.

    For a DID that has one already nothing is changed, and that one is printed.

    Example:
        ankyra-devnet network appoint did:ebsi:zZeKyEJfUTGwajhNyNX928z --dir ./operator --rpc http://127.0.0.1:8545
    """
    from devnet import office

    attribute_id = office.appoint(_desk(folder, rpc=rpc), did).attribute_id
    if as_json:
        print(json.dumps({"schema": SCHEMA, "did": did, "attributeId": attribute_id.hex()}, indent=2))
        return
    print(f"{did} may become a Root TAO; its holder accepts with `ankyra issuer accept --root`:")
    print(attribute_id.hex())


@app.command()
def schema(
    file: Annotated[Path, typer.Argument(help="A JSON Schema.")],
    *,
    folder: Folder,
    rpc: Rpc,
    as_json: AsJson = False,
) -> None:
    """Register a JSON Schema, as the operator; accreditations name it by the id that is printed.

    The id is that of its bytes: the same file again changes nothing, and prints the same id.

    Example:
        ankyra-devnet network schema micro-credential.json --dir ./operator --rpc http://127.0.0.1:8545
    """
    from devnet import office

    name = office.register_schema(_desk(folder, rpc=rpc), file)
    print(json.dumps({"schema": SCHEMA, "schemaId": name}, indent=2) if as_json else name)


@app.command()
def hash_algorithm(
    name: HashAlgorithmName = "sha-256",
    *,
    folder: Folder,
    rpc: Rpc,
    as_json: AsJson = False,
) -> None:
    """Insert a hash algorithm, as the operator; timestamps name it by the number that is printed.

    One that is there already is left as it is, and its number printed again.

    Example:
        ankyra-devnet network hash-algorithm sha-256 --dir ./operator --rpc http://127.0.0.1:8545
    """
    from devnet.hash_algorithms import insert_hash_algorithm

    number = insert_hash_algorithm(_desk(folder, rpc=rpc), name)
    said = {"schema": SCHEMA, "hashAlgorithmId": number, "ianaName": name}
    print(json.dumps(said, indent=2) if as_json else number)


def _desk(folder: Path, *, rpc: str) -> NetworkFolder:
    prompt = (lambda: getpass("Passphrase of the operator's key: ")) if sys.stdin.isatty() else None
    try:
        passphrase = read_passphrase(file=None, environment=os.environ, prompt=prompt)
    except PassphraseMissing as error:
        raise NotAsked(str(error)) from error
    from devnet.network import NetworkFolder

    return NetworkFolder(folder, rpc=rpc, passphrase=passphrase)
