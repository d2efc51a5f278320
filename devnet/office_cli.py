"""`ankyra-devnet appoint`, `schema` and `hash-algorithm`: what the operator of a devnet decides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from devnet.errors import NotAsked
from devnet.folder import DEFAULT, DevnetFolder
from devnet.options import SCHEMA, AsJson, Folder

HashAlgorithmName = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name at IANA, such as sha-256, sha-512 or sha3-256.")
]


def appoint(
    did: Annotated[str, typer.Argument(help="The did:ebsi that becomes a Root TAO.")],
    *,
    attribute: Annotated[
        str | None, typer.Option(help="Attribute id, 64 hexadecimal digits; random if not given.")
    ] = None,
    folder: Folder = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Reserve an attribute for a Root TAO, as the operator; its holder accepts it.

    For a DID that has one already nothing is changed, and that one is printed.

    Example:
        ankyra-devnet appoint did:ebsi:zZeKyEJfUTGwajhNyNX928z
    """
    from devnet import office  # takes a second, which `status` need not spend

    try:
        chosen = None if attribute is None else bytes.fromhex(attribute.removeprefix("0x"))
    except ValueError:
        raise NotAsked("--attribute is 64 hexadecimal digits") from None
    made = office.appoint(DevnetFolder(folder), did, attribute_id=chosen)
    attribute_id = made.attribute_id.hex()
    if as_json:
        said = {"schema": SCHEMA, "did": did, "attributeId": attribute_id, "rpc": made.rpc}
        print(json.dumps(said, indent=2))
        return
    before = " already: nothing was changed" if made.before else ""
    print(f"{did} may become a Root TAO{before}. Its holder accepts:")
    print(
        f"ankyra issuer accept --root {attribute_id} "
        "--name NAME --schema SCHEMA --type TYPE --valid-until DATE"
    )


def schema(
    file: Annotated[Path, typer.Argument(help="A JSON Schema.")],
    *,
    folder: Folder = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Register a JSON Schema, as the operator; accreditations name it by the id that is printed.

    The id is that of its bytes: the same file again changes nothing, and prints the same id.

    Example:
        ankyra-devnet schema micro-credential.json
    """
    from devnet import office

    name = office.register_schema(DevnetFolder(folder), file)
    print(json.dumps({"schema": SCHEMA, "schemaId": name}, indent=2) if as_json else name)


def hash_algorithm(
    name: HashAlgorithmName = "sha-256",
    *,
    folder: Folder = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Insert a hash algorithm, as the operator; timestamps name it by the number that is printed.

    One that is there already is left as it is, and its number printed again.

    Example:
        ankyra-devnet hash-algorithm
        ankyra-devnet hash-algorithm sha3-256 --json
    """
    from devnet.hash_algorithms import insert_hash_algorithm

    number = insert_hash_algorithm(DevnetFolder(folder), name)
    said = {"schema": SCHEMA, "hashAlgorithmId": number, "ianaName": name}
    print(json.dumps(said, indent=2) if as_json else number)
