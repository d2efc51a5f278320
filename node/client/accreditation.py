"""Accreditations given, accepted and revoked: an attribute on the ledger, a credential that fits it."""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from node.client.accreditation_credential import (
    ORIGIN,
    AccreditedFor,
    check_accreditation,
    check_terms,
    sign_accreditation,
)
from node.client.api import Node
from node.client.atomic import make_private_folder, replace_file
from node.client.begun import Begun
from node.client.challenge import verify_answer
from node.client.errors import AnotherChallenge, MalformedDraft, NodeProblem, Refused, UnexpectedAnswer
from node.client.issuer import Issuer
from node.client.parent_scope import check_within_parent
from node.client.standing import Attribute, attribute_of, attributes_of

__all__ = [
    "ISSUER_TYPES",
    "ORIGIN",
    "Accreditation",
    "AccreditedFor",
    "Role",
    "accept",
    "accept_root",
    "accredit",
    "begun_accreditation",
    "check_accreditation",
    "check_may_accredit",
    "own_attribute",
    "revoke",
]

Role = Literal["TAO", "TI"]
ISSUER_TYPES = {"RootTAO": 1, "TAO": 2, "TI": 3, "Revoked": 4}
_ACCREDITING = ("RootTAO", "TAO")
_NOT_FOUND = 404
_DAY = 86_400  # seconds
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

    The same again is the same attribute, until what was begun of it is forgotten.

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
        Unusable: terms that no accreditation has.
        Refused: the answer does not hold, or the accreditor has no accreditation that covers this one.
        ClientError: the node, the ledger or the keystore refused.
    """
    check_terms(name=name, accredited_for=accredited_for, expires=expires, now=now)
    try:
        verify_answer(answer, challenge=challenge, did=did, node=issuer.node, now=now)
    except AnotherChallenge:
        _check_not_given(issuer, did=did, role=role)
        raise
    issuer.open_keys()
    issuer.outbox.begin(f"accredit {did} {challenge}")
    begun = begun_accreditation(issuer.folder, did=did, role=role, challenge=challenge)
    kept = _Reserved.load(begun) or _Reserved(
        random(32), attribute_id_tao or own_attribute(issuer.node, issuer.did, types=_ACCREDITING)
    )
    check_within_parent(issuer, parent=kept.parent, accredited_for=accredited_for, expires=expires)
    if kept.recorded_at is None:
        kept.save(begun)  # before the ledger hears of it: the same command again reserves the same attribute
        recorded_at = _set_metadata(
            issuer, did=did, attribute_id=kept.attribute_id, issuer_type=role, parent=kept.parent
        )
        kept = replace(kept, recorded_at=recorded_at)
        kept.save(begun)
    assert kept.recorded_at is not None
    credential = sign_accreditation(
        issuer,
        did=did,
        issuer_type=role,
        attribute_id=kept.attribute_id,
        parent=kept.parent,
        name=name,
        accredited_for=accredited_for,
        expires=expires,
        now=max(
            now, datetime.fromtimestamp(kept.recorded_at, UTC)
        ),  # never before its metadata (protocol 7.5)
        origin=origin or issuer.registry_origin(),
        random=random,
    )
    issued = issuer.folder / "issued"
    make_private_folder(issued)
    replace_file(issued / f"{kept.attribute_id.hex()}.jwt", credential.encode() + b"\n", mode=0o600)
    return Accreditation(did, kept.attribute_id, role, credential)


def _check_not_given(issuer: Issuer, *, did: str, role: Role) -> None:
    """Return unless this issuer accredited the DID: the challenge that it answered is forgotten then."""
    for one in reversed(attributes_of(issuer.node, did)):
        kept = issuer.folder / "issued" / f"{one.attribute_id.hex()}.jwt"
        if one.issuer_type == role and kept.exists():
            raise Refused(
                f"{did} is accredited as {role} already, attribute {one.attribute_id.hex()}: the credential "
                f"to send is kept in {kept}; for another one, run the same without --answer first"
            )


def check_may_accredit(issuer: Issuer, *, accredited_for: Sequence[AccreditedFor], expires: datetime) -> None:
    """Return if the issuer is accredited to accredit, for all of this and until then.

    Args:
        issuer: that would accredit.
        accredited_for: scope.
        expires: end of validity.

    Raises:
        Refused: it is no Root TAO or TAO, or its own accreditation does not cover this.
        ClientError: the node does not answer as it should.
    """
    parent = own_attribute(issuer.node, issuer.did, types=_ACCREDITING)
    check_within_parent(issuer, parent=parent, accredited_for=accredited_for, expires=expires)


def begun_accreditation(folder: Path, *, did: str, role: str, challenge: str) -> Begun:
    """What `accredit` keeps of an accreditation until its credential is handed over; forget it then.

    Args:
        folder: of the accreditor's profile.
        did: who is accredited.
        role: as what.
        challenge: that was answered: another one begins another accreditation.
    """
    return Begun(folder, "accredit", did, role, challenge)


@dataclass(frozen=True, slots=True)
class _Reserved:
    """An attribute reserved for somebody, and when the ledger recorded that, in its seconds."""

    attribute_id: bytes
    parent: bytes
    recorded_at: int | None = None

    @classmethod
    def load(cls, begun: Begun) -> "_Reserved | None":
        kept = begun.load()
        if kept is None:
            return None
        try:
            recorded_at = None if kept["recordedAt"] is None else int(kept["recordedAt"])
            return cls(bytes.fromhex(kept["attributeId"]), bytes.fromhex(kept["parent"]), recorded_at)
        except (LookupError, TypeError, ValueError) as error:
            raise MalformedDraft(f"what was begun of an accreditation cannot be read: {error}") from None

    def save(self, begun: Begun) -> None:
        begun.save(
            {
                "attributeId": self.attribute_id.hex(),
                "parent": self.parent.hex(),
                "recordedAt": self.recorded_at,
            }
        )


def accept(issuer: Issuer, credential: str) -> bytes:
    """The attribute id under which the ledger now holds the credential that accredits this issuer.

    Raises:
        Refused: it is for somebody else, or not signed by who it says.
        ClientError: the node, the ledger or the keystore refused.
    """
    attribute_id = check_accreditation(credential, did=issuer.did, node=issuer.node)
    _record(issuer, attribute_id, credential.strip())
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

    The same again within a day is the same credential.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    origin = origin or issuer.registry_origin()
    scope = json.dumps([item.members(origin=origin) for item in accredited_for])
    begun = Begun(issuer.folder, "accept-root", attribute_id.hex(), name, scope, expires.isoformat())
    kept = begun.load() or {}
    seconds, signed_at, credential = int(now.timestamp()), kept.get("signedAt"), kept.get("credential")
    if not isinstance(credential, str) or type(signed_at) is not int or not 0 <= seconds - signed_at <= _DAY:
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
            origin=origin,
            random=random,
        )
        begun.save({"credential": credential, "signedAt": seconds})
    _record(issuer, attribute_id, credential)
    return Accreditation(issuer.did, attribute_id, "RootTAO", credential)


def revoke(issuer: Issuer, *, did: str, attribute_id: bytes, attribute_id_tao: bytes | None = None) -> None:
    """The attribute is revoked from now on; what was anchored under it before stays.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    parent = attribute_id_tao or own_attribute(issuer.node, issuer.did, types=_ACCREDITING)
    issuer.outbox.begin(f"revoke {attribute_id.hex()}")
    _set_metadata(issuer, did=did, attribute_id=attribute_id, issuer_type="Revoked", parent=parent)


def own_attribute(
    node: Node, did: str, *, types: Sequence[str], by: str | None = None, named: bytes | None = None
) -> bytes:
    """The latest attribute of `did` that is of one of these types now; the one that is named, if it is.

    Args:
        node: which is asked.
        did: of whom it is.
        types: of issuers.
        by: the DID that gave it; None for anybody.
        named: its id; None for the latest.

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
    if by is not None:
        fit = [item for item in fit if item.get("tao") == by]
    if named is not None:
        fit = [item for item in fit if item.get("attributeId") == named.hex()]
    if not fit:
        given = "" if by is None else f" by {by}"
        raise Refused(f"{did} has no accreditation as {' or '.join(types)}{given} in force")
    match = _ATTRIBUTE_ID.fullmatch(str(fit[-1].get("attributeId")))
    if match is None:
        raise UnexpectedAnswer(f"{node.url}/v1/issuers names an attribute that is none")
    return bytes.fromhex(match[1])


def _record(issuer: Issuer, attribute_id: bytes, credential: str) -> None:
    """The ledger holds the credential, and the node shows it, unless it lags for longer than patience lasts.

    Who reserved the attribute may have done so a moment ago: the node gives no token for it before it knows.
    """
    _await_attribute(issuer, attribute_id, lambda _: True)
    issuer.outbox.begin(f"accept {attribute_id.hex()}")
    issuer.writer().write_once(
        "setAttributeData",
        did=issuer.did,
        attributeId=attribute_id,
        attributeData=credential.encode("ascii"),
    )
    _await_attribute(issuer, attribute_id, lambda seen: seen.body != "")


def _await_attribute(issuer: Issuer, attribute_id: bytes, shows: Callable[[Attribute], bool]) -> None:
    for _ in issuer.patience.tries():
        seen = attribute_of(issuer.node, issuer.did, attribute_id)
        if seen is not None and shows(seen):
            return


def _set_metadata(issuer: Issuer, *, did: str, attribute_id: bytes, issuer_type: str, parent: bytes) -> int:
    """When the ledger recorded it, in its seconds."""
    recorded = issuer.writer().write(
        "setAttributeMetadata",
        did=did,
        revisionId=attribute_id,
        issuerType=ISSUER_TYPES[issuer_type],
        taoDid=issuer.did,
        attributeIdTao=parent,
    )
    assert recorded.time is not None  # it succeeded
    return recorded.time
