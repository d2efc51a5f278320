"""A status list published: signed, handed in, put on the ledger, seen at the node (protocol section 3).

A run that was cut off goes on where it stopped: what was signed is on disk before anybody sees it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from anchoring.status_list import BITSTRING_STATUS_LIST, StatusList
from credentials.model import CONTEXT_1_1, CONTEXT_2_0, Version
from node.client.accreditation import own_attribute
from node.client.errors import NodeProblem, StillWaiting
from node.client.issuer import Issuer
from node.client.issuing import SCHEMA_TYPES, Signer, rfc3339, sign_credential
from node.client.patience import Patience
from node.client.status_list_record import (
    Edition,
    StatusListRecord,
    load_record,
    locked,
    save_record,
)
from node.client.vc_jose import sign_vc_jose

MAX_LIST = 2 * 1024 * 1024
"""Bytes of a list credential."""
LIST_SCHEMA = "z7DmpwC9doRxZrtQ9PBjz8qQgGWqojkGExELnrw1x8qdi"
"""EBSI's schema of status list credentials of 2024-01."""

_CONTEXT_2021 = "https://w3id.org/vc/status-list/2021/v1"
_NOT_THERE = (404, 503)
_WAITED = Patience(attempts=240, first=0.05, longest=0.5)

Progress = Callable[[str], None]
"""Told `signed`, `kept`, `sent`, `shown`, each when it is done."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a list.

    Attributes:
        record: the list as it is kept now.
        changed: whether anything was published by this run.
        next_due: when it is to be published next, aware UTC.
    """

    record: StatusListRecord
    changed: bool
    next_due: datetime


def publish(
    issuer: Issuer,
    name: str,
    *,
    now: datetime,
    at_once: bool = False,
    progress: Progress = lambda _stage: None,
    patience: Patience = _WAITED,
) -> Published:
    """The list is published if it is due, or at once; its node gives it to everybody.

    Args:
        issuer: accredited now or once: who lost an accreditation must still be able to revoke.
        name: of a list that the profile keeps.
        now: aware; before the list is due (`is_due`) nothing happens.
        at_once: whether to publish all the same. Whoever compares two lists then sees who changed.
        progress: told of each stage.
        patience: how long to wait until the node shows the list.

    Raises:
        StatusListUnknown: the profile keeps no such list.
        StillWaiting: patience ended; the same command goes on later.
        ClientError: the node, the ledger or the keystore refused.
    """
    issuer.outbox.begin(f"publish {name}")
    with locked(issuer.folder, name, act="publish"):
        record = load_record(issuer.folder, name)
        if record.pending is not None and _shows(issuer, record.url, record.pending):
            record = _finish(issuer, name, record.pending)  # the run before was cut off after this
            if record.unpublished == 0 and not is_due(issuer, record, now=now):
                return Published(record, changed=False, next_due=record.schedule.next_after(now))
        if not at_once and not is_due(issuer, record, now=now):
            return Published(record, changed=False, next_due=record.schedule.next_after(now))
        edition = _prepared(issuer, name, now=now)
        progress("signed")
        issuer.node.put("/v1/status-lists", edition.credential.encode(), media_type="application/vc+jwt")
        progress("kept")
        _put_on_ledger(issuer, record, edition)
        progress("sent")
        for _ in patience.tries():
            if _shows(issuer, record.url, edition):
                break
        else:
            raise StillWaiting(
                f"the list {name} is on the ledger, and {issuer.node.url} does not show it yet"
            )
        record = _finish(issuer, name, edition)
        progress("shown")
        return Published(record, changed=True, next_due=record.schedule.next_after(now))


def is_due(issuer: Issuer, record: StatusListRecord, *, now: datetime) -> bool:
    """Whether the list is to be published now: by its schedule, or since it was interrupted, or lost.

    A reorganisation of the ledger may take a publication back, and a node may lose what it kept.

    Raises:
        ClientError: the node does not answer as it should.
    """
    if record.pending is not None or record.published is None or record.next_publication(now) is None:
        return True
    return not _shows(issuer, record.url, record.published)


def list_credential(record: StatusListRecord, *, signer: Signer, now: datetime) -> str:
    """The list's credential as a compact JWT: of the data model 1.1 as EBSI has it, or of 2.0.

    It holds from the beginning of the present period for two: the next list comes before it ends.

    Args:
        record: whose statuses are to be published.
        signer: the list's issuer.
        now: aware.

    Raises:
        Refused: the signer is another DID.
    """
    valid_from, valid_until = record.schedule.validity(now)
    begins, ends = rfc3339(valid_from), rfc3339(valid_until)
    subject = StatusList(record.kind, (record.purpose,), record.bits, id=f"{record.url}#list").to_subject()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(record.url))
    model: Version = "2.0" if record.kind == BITSTRING_STATUS_LIST else "1.1"
    common: dict[str, Any] = {
        "id": record.url,
        "issuer": signer.did,
        "credentialSubject": subject,
        "validFrom": begins,
        "validUntil": ends,
        "credentialSchema": {
            "id": f"{origin}/trusted-schemas-registry/v3/schemas/{LIST_SCHEMA}",
            "type": SCHEMA_TYPES[model],
        },
    }
    if model == "2.0":
        types = ["VerifiableCredential", "VerifiableAttestation", "BitstringStatusListCredential"]
        return sign_vc_jose({"@context": [CONTEXT_2_0], "type": types, **common}, signer=signer)
    types = ["VerifiableCredential", "VerifiableAttestation", "StatusList2021Credential"]
    dates = {"issuanceDate": begins, "issued": rfc3339(now), "expirationDate": ends}
    return sign_credential(
        {"@context": [CONTEXT_1_1, _CONTEXT_2021], "type": types, **common, **dates}, signer=signer
    )


def _prepared(issuer: Issuer, name: str, *, now: datetime) -> Edition:
    """The edition to publish, on disk: the one of a run that was cut off, if it still says what is so."""
    issuer.open_keys()
    with locked(issuer.folder, name):
        record = load_record(issuer.folder, name)
        valid_from, valid_until = record.schedule.validity(now)
        pending = record.pending
        if pending is not None and (pending.bits, pending.valid_until) == (record.bits, valid_until):
            return pending
        edition = Edition(
            credential=list_credential(record, signer=issuer.signer(), now=now),
            signed_at=now.astimezone(UTC).replace(microsecond=0),
            valid_from=valid_from,
            valid_until=valid_until,
            bits=record.bits,
        )
        save_record(issuer.folder, replace(record, pending=edition))
    return edition


def _put_on_ledger(issuer: Issuer, record: StatusListRecord, edition: Edition) -> None:
    issuer.writer().write(
        "publishStatusList",
        did=issuer.did,
        attributeId=own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO", "TI", "Revoked")),
        url=record.url,
        purpose=record.purpose,
        bits=len(record.bits),
        credentialDigest=_digest(edition),
        validFrom=int(edition.valid_from.timestamp()),
        validUntil=int(edition.valid_until.timestamp()),
    )


def _shows(issuer: Issuer, url: str, edition: Edition) -> bool:
    """Whether the node gives exactly this list to whoever asks for its URL."""
    try:
        answer = issuer.node.request("GET", urlsplit(url).path, limit=MAX_LIST)
    except NodeProblem as problem:
        if problem.status in _NOT_THERE:
            return False
        raise
    return sha256(answer.content).digest() == _digest(edition)


def _finish(issuer: Issuer, name: str, edition: Edition) -> StatusListRecord:
    with locked(issuer.folder, name):
        record = replace(load_record(issuer.folder, name), published=edition, pending=None)
        save_record(issuer.folder, record)
    return record


def _digest(edition: Edition) -> bytes:
    return sha256(edition.credential.encode()).digest()
