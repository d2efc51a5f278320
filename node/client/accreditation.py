"""Accreditations given, accepted and revoked: an attribute on the ledger, a credential that fits it."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from node.client.accreditation_credential import (
    ORIGIN,
    AccreditedFor,
    check_accreditation,
    sign_accreditation,
)
from node.client.api import Node
from node.client.atomic import make_private_folder, replace_file
from node.client.challenge import verify_answer
from node.client.errors import NodeProblem, Refused, UnexpectedAnswer
from node.client.issuer import Issuer

__all__ = [
    "ISSUER_TYPES",
    "ORIGIN",
    "Accreditation",
    "AccreditedFor",
    "Role",
    "accept",
    "accept_root",
    "accredit",
    "check_accreditation",
    "own_attribute",
    "revoke",
]

Role = Literal["TAO", "TI"]
ISSUER_TYPES = {"RootTAO": 1, "TAO": 2, "TI": 3, "Revoked": 4}
_NOT_FOUND = 404
_ATTRIBUTE_ID = re.compile(r"(?:0x)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Accreditation:
    """What an accreditor hands over: the credential, and what it reserved for it."""

    did: str
    attribute_id: bytes
    issuer_type: str
    credential: str


def accredit(
    issuer: Issuer,
    *,
    did: str,
    role: Role,
    name: str,
    accredited_for: Sequence[AccreditedFor],
    expires: datetime,
    challenge: str,
    answer: str,
    now: datetime,
    attribute_id_tao: bytes | None = None,
    origin: str | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> Accreditation:
    """`did` has an attribute of that role, and its holder a credential to accept it with.

    Args:
        issuer: a Root TAO or TAO.
        did: who is to be accredited.
        role: TAO may accredit others, TI may issue credentials.
        name: of the organisation, as the accreditor states it.
        accredited_for: scope.
        expires: end of the credential's validity.
        challenge: what `did` was asked.
        answer: the JWS that answers it.
        now: time of issue.
        attribute_id_tao: 32 bytes, the accreditor's own accreditation; found by the node if not given.
        origin: of the URLs inside the credential; None: the one that the issuer's node names.
        random: the operating system's randomness.

    Raises:
        Refused: the answer does not hold, or the accreditor has no accreditation to accredit with.
        ClientError: the node, the ledger or the keystore refused.
    """
    verify_answer(answer, challenge=challenge, did=did, node=issuer.node, now=now)
    issuer.open_keys()
    parent = attribute_id_tao or own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO"))
    attribute_id = random(32)
    credential = sign_accreditation(
        issuer,
        did=did,
        issuer_type=role,
        attribute_id=attribute_id,
        parent=parent,
        name=name,
        accredited_for=accredited_for,
        expires=expires,
        now=now,
        origin=origin or issuer.registry_origin(),
        random=random,
    )
    # Kept before the ledger hears of it, so that no interruption leaves an attribute without its credential.
    issued = issuer.folder / "issued"
    make_private_folder(issued)
    replace_file(issued / f"{attribute_id.hex()}.jwt", credential.encode() + b"\n", mode=0o600)
    _set_metadata(issuer, did=did, attribute_id=attribute_id, issuer_type=role, parent=parent)
    return Accreditation(did, attribute_id, role, credential)


def accept(issuer: Issuer, credential: str) -> bytes:
    """The attribute id under which the ledger now holds the credential that accredits this issuer.

    Raises:
        Refused: it is for somebody else, or not signed by who it says.
        ClientError: the node, the ledger or the keystore refused.
    """
    attribute_id = check_accreditation(credential, did=issuer.did, node=issuer.node)
    issuer.writer().write(
        "setAttributeData",
        did=issuer.did,
        attributeId=attribute_id,
        attributeData=credential.strip().encode("ascii"),
    )
    return attribute_id


def accept_root(
    issuer: Issuer,
    *,
    attribute_id: bytes,
    name: str,
    accredited_for: Sequence[AccreditedFor],
    expires: datetime,
    now: datetime,
    origin: str | None = None,
    random: Callable[[int], bytes] = os.urandom,
) -> Accreditation:
    """A Root TAO states of itself what it accredits for, in the attribute that an operator reserved for it.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    credential = sign_accreditation(
        issuer,
        did=issuer.did,
        issuer_type="RootTAO",
        attribute_id=attribute_id,
        parent=None,
        name=name,
        accredited_for=accredited_for,
        expires=expires,
        now=now,
        origin=origin or issuer.registry_origin(),
        random=random,
    )
    issuer.writer().write(
        "setAttributeData",
        did=issuer.did,
        attributeId=attribute_id,
        attributeData=credential.encode("ascii"),
    )
    return Accreditation(issuer.did, attribute_id, "RootTAO", credential)


def revoke(issuer: Issuer, *, did: str, attribute_id: bytes, attribute_id_tao: bytes | None = None) -> None:
    """The attribute is revoked from now on; what was anchored under it before stays.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    parent = attribute_id_tao or own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO"))
    _set_metadata(issuer, did=did, attribute_id=attribute_id, issuer_type="Revoked", parent=parent)


def own_attribute(node: Node, did: str, *, types: Sequence[str]) -> bytes:
    """The latest attribute of `did` that is of one of these types now.

    Raises:
        Refused: there is none.
        ClientError: the node does not answer as it should.
    """
    try:
        attributes = node.get(f"/v1/issuers/{did}").get("attributes")
    except NodeProblem as problem:
        if problem.status != _NOT_FOUND:
            raise
        raise Refused(
            f"{did} is not accredited yet: ask your TAO for an accreditation, and record it with "
            "`ankyra issuer accept`"
        ) from None
    if not isinstance(attributes, list):
        raise UnexpectedAnswer(f"{node.url}/v1/issuers lists no attributes")
    fit = [item for item in attributes if isinstance(item, Mapping) and item.get("issuerType") in types]
    if not fit:
        raise Refused(f"{did} has no accreditation as {' or '.join(types)} in force")
    match = _ATTRIBUTE_ID.fullmatch(str(fit[-1].get("attributeId")))
    if match is None:
        raise UnexpectedAnswer(f"{node.url}/v1/issuers names an attribute that is none")
    return bytes.fromhex(match[1])


def _set_metadata(issuer: Issuer, *, did: str, attribute_id: bytes, issuer_type: str, parent: bytes) -> None:
    issuer.writer().write(
        "setAttributeMetadata",
        did=did,
        revisionId=attribute_id,
        issuerType=ISSUER_TYPES[issuer_type],
        taoDid=issuer.did,
        attributeIdTao=parent,
    )
