"""The six contracts onto a ledger, the file that names them, and the operator's first policies.

The log is created last, at an address that the registries already know: creation addresses follow from the
deployer's nonce. So the deployer sends nothing else in between.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from eth_abi.abi import encode

from devnet.chain import write_state
from devnet.errors import StateUnusable
from devnet.sender import Sender, created_address
from node.artifacts import CONTRACTS, load_artifact
from node.config import Deployment

NAME = "ankyra-devnet"
POLICIES = {
    "TIR:insertIssuer": "Insert an issuer",
    "TIR:updateIssuer": "Repair an issuer's registration",
    "TIR:setAttributeMetadata": "Appoint a Root TAO, or grant and revoke any accreditation",
    "TSR:insertSchema": "Insert a schema",
    "TSR:updateSchema": "Add a revision of a schema",
    "TSR:updateMetadata": "Change the metadata of a schema's revision",
    "TS:insertHashAlgorithm": "Insert a hash algorithm",
    "TS:updateHashAlgorithm": "Change a hash algorithm",
    "LOG:close": "Close the log for ever, naming its successor",
}
NOT_GRANTED = frozenset({"LOG:close"})
"""Policies that the operator inserts but does not take: closing cannot be undone."""


def deploy(
    operator: Sender,
    *,
    name: str = NAME,
    predecessor_origin: str = "",
    predecessor_size: int = 0,
    predecessor_root: bytes = bytes(32),
) -> Deployment:
    """Return where the six contracts are, once they are on the ledger; `operator` is the first operator.

    Args:
        operator: a fresh account; it deploys.
        name: the first part of the log's origin.
        predecessor_origin: of the log that this one continues, or empty.
        predecessor_size: entries of that log.
        predecessor_root: 32 bytes, its root.

    Raises:
        TransactionRefused: a constructor refused.
        StateUnusable: a contract is not where the registries expect the log.
    """
    at = contracts_of(operator.address, first_nonce=operator.nonce())
    constructors = constructor_arguments(
        at, operator.address, (predecessor_origin, predecessor_size, predecessor_root)
    )
    created = operator.send_many((None, creation(contract, constructors[contract])) for contract in CONTRACTS)
    for contract, receipt in zip(CONTRACTS, created, strict=True):
        if receipt["contractAddress"].lower() != at[contract].lower():
            raise StateUnusable(
                Path(contract), "another transaction of the operator came in between: deploy anew"
            )
    return Deployment(
        name=name,
        chain_id=int(operator.rpc.request("eth_chainId"), 16),
        registry_log=at["RegistryLog"],
        contracts={contract: address for contract, address in at.items() if contract != "RegistryLog"},
        first_block=int(created[0]["blockNumber"], 16),
    )


def contracts_of(operator: str, *, first_nonce: int) -> dict[str, str]:
    """Return where the six contracts will be if `operator` creates them one after the other."""
    return {contract: created_address(operator, first_nonce + n) for n, contract in enumerate(CONTRACTS)}


def constructor_arguments(
    at: Mapping[str, str], operator: str, predecessor: tuple[str, int, bytes]
) -> dict[str, tuple[object, ...]]:
    """Return what each contract's constructor is given.

    Args:
        at: as `contracts_of` says.
        operator: the first one.
        predecessor: origin, size and root (32 bytes) of the log that this one continues, or empty, 0, zeros.
    """
    policies, dids, issuers = at["TrustedPoliciesRegistry"], at["DidRegistry"], at["TrustedIssuersRegistry"]
    schemas, anchors, log = at["TrustedSchemasRegistry"], at["AnchorRegistry"], at["RegistryLog"]
    return {
        "TrustedPoliciesRegistry": (operator, log),
        "DidRegistry": (log,),
        "TrustedIssuersRegistry": (dids, policies, log),
        "TrustedSchemasRegistry": (policies, log),
        "AnchorRegistry": (dids, issuers, policies, log),
        "RegistryLog": (policies, dids, issuers, schemas, anchors, *predecessor),
    }


def take_office(operator: Sender, deployment: Deployment) -> None:
    """Insert the `POLICIES`; grant the operator those it needs.

    Raises:
        TransactionRefused: somebody else is the operator, or the policies are there already.
    """
    registry = deployment.address("TrustedPoliciesRegistry")
    insert = load_artifact("TrustedPoliciesRegistry").function("insertPolicy")
    grant = load_artifact("TrustedPoliciesRegistry").function("insertUserAttributes")
    taken = [policy for policy in POLICIES if policy not in NOT_GRANTED]
    calls = [insert.encode([policy, description]) for policy, description in POLICIES.items()]
    calls.append(grant.encode([operator.address, taken]))
    operator.send_many((registry, data) for data in calls)


def write_deployment(path: Path, deployment: Deployment, *, operator: str) -> None:
    """Make `path` name the deployment, whole or not at all; `node.config.load_deployment` reads it.

    Raises:
        StateUnusable: the file cannot be written.
    """
    named = {
        "name": deployment.name,
        "chainId": deployment.chain_id,
        "registryLog": deployment.registry_log,
        "contracts": deployment.contracts,
        "firstBlock": deployment.first_block,
        "operator": operator,
    }
    write_state(path, (json.dumps(named, indent=2) + "\n").encode())


def creation(contract: str, arguments: tuple[object, ...]) -> bytes:
    """Return the creation code of `contract` with its constructor's arguments."""
    artifact = load_artifact(contract)
    constructor = next(item for item in artifact.raw["abi"] if item["type"] == "constructor")
    return artifact.bytecode + encode([part["type"] for part in constructor["inputs"]], arguments)
