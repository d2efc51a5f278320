"""What people bring to the pages: credentials of a university on a real ledger, good ones and others."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from anchoring.digest import file_hash, secured_digest
from credentials.securing.jades_signing import seal
from devnet.content import certificate, subjects
from devnet.seal_certificates import seal_certificates
from did.base64url import decode_base64url, encode_base64url
from node.client.batches import anchor_batch, anchor_files
from node.client.credential_drafts import Terms
from node.client.credential_issuing import accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.issuing import credential_members, sign_credential
from node.client.status_lists import create, places_of, set_status
from node.client.status_publication import publish
from tests.foreign.conftest import played_abroad
from tests.foreign.degrees import LEARNER
from tests.ledger import DeployedState
from tests.node.client.conftest import SCHEMA, Play

UNIVERSITY = "KTU"
TITLE = "Digital Content for Public Audiences"
"""Of the course that every credential here is for."""
_LISTS = ("revoked", "suspended")
_VALID, _REVOKED, _SUSPENDED = range(3)


@dataclass(frozen=True, slots=True)
class Cast:
    """A node with a university, and what its people hold; each document is a file's bytes.

    Attributes:
        play: the node, its ledger and whoever writes there.
        valid: a micro-credential in force.
        revoked: one that was revoked.
        suspended: one that is suspended.
        altered: the valid one, with more credits than were signed.
        sealed: a European Digital Credential under a JAdES seal.
        unaccredited: one that somebody signed whom nobody accredited.
        binary: a PDF without a signature, whose own digest is anchored.
    """

    play: Play
    valid: bytes
    revoked: bytes
    suspended: bytes
    altered: bytes
    sealed: bytes
    unaccredited: bytes
    binary: bytes

    @property
    def url(self) -> str:
        """The node's address, without a slash at its end."""
        return self.play.world.url

    @property
    def did(self) -> str:
        """Of the university."""
        return self.play.issuers[UNIVERSITY].did

    @property
    def digest(self) -> str:
        """Of the valid one."""
        return self.digest_of("valid")

    def digest_of(self, name: str) -> str:
        """Of one of the documents, by its name here."""
        return secured_digest(getattr(self, name)).digest.hex()


@contextmanager
def cast(deployed_state: DeployedState, folder: Path) -> Iterator[Cast]:
    """Council → Agency → KTU on a ledger of their own, and all that their people hold."""
    with played_abroad(deployed_state, folder) as play:
        issued = _issued(play, folder / "issued")
        binary = certificate(awarding_body=UNIVERSITY, now=play.now)
        sealed = _sealed(play)
        issuer = play.open(UNIVERSITY)
        leaves = [secured_digest(sealed).digest, file_hash(binary)]
        anchor_batch(
            issuer,
            Batch.from_digests(leaves),
            attribute_id=play.attributes[UNIVERSITY],
            until="anchored",
            patience=play.patience,
        )
        _set(play, "revoked", "revocation", issued[_REVOKED])
        _set(play, "suspended", "suspension", issued[_SUSPENDED])
        unaccredited = _unaccredited(play)
        play.world.follow()
        yield Cast(
            play,
            issued[_VALID],
            issued[_REVOKED],
            issued[_SUSPENDED],
            _altered(issued[_VALID]),
            sealed,
            unaccredited,
            binary,
        )


def _said(play: Play, count: int, *, name: str = UNIVERSITY) -> list[dict[str, Any]]:
    """What is said of learners; `title` is what the play's schema asks for."""
    did = play.issuers[name].did
    said = subjects(count, did=did, awarding_body=name, holders=(LEARNER,), now=play.now)
    return [one | {"title": TITLE} for one in said]


def _issued(play: Play, out: Path) -> Sequence[bytes]:
    """Micro-credentials with a place in either list, anchored; nobody is revoked or suspended yet."""
    issuer = play.open(UNIVERSITY)
    create(issuer, "revoked", purpose="revocation", kind="BitstringStatusList")
    create(issuer, "suspended", purpose="suspension", kind="BitstringStatusList")
    for name in _LISTS:
        _publish(play, name)
    terms = Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=accreditation_to_issue(issuer),
        now=play.now,
        model="2.0",
        types=("MicroCredential",),
        schema=SCHEMA,
    )
    payloads = [Payload(f"{at}", f"{at}", {"subject": said}) for at, said in enumerate(_said(play, 3))]
    made = issue_credentials(play.open(UNIVERSITY), payloads, out=out, terms=terms, lists=_LISTS)
    anchor_files(play.open(UNIVERSITY), [out], until="anchored", patience=play.patience)
    return [one.path.read_bytes() for one in made]


def _set(play: Play, name: str, purpose: Any, credential: bytes) -> None:
    issuer = play.open(UNIVERSITY)
    set_status(issuer, places_of(issuer, credential, purpose=purpose), purpose=purpose)
    _publish(play, name)


def _publish(play: Play, name: str) -> None:
    publish(play.open(UNIVERSITY), name, now=play.now, at_once=True, patience=play.patience)


def _members(play: Play, name: str) -> dict[str, Any]:
    (said,) = _said(play, 1, name=name)
    registry = play.issuers[UNIVERSITY].registry_origin()
    return credential_members(
        identifier=os.urandom(16),
        types=("MicroCredential",),
        issuer=play.issuers[name].did,
        subject=said,
        schema=f"{registry}/trusted-schemas-registry/v3/schemas/{SCHEMA}",
        now=play.now,
        expires=None,
    )


def _sealed(play: Play) -> bytes:
    signer = play.open(UNIVERSITY).signer()
    return seal(
        _members(play, UNIVERSITY),
        key=signer.key,
        certificates=seal_certificates(signer.key.public_jwk, organisation=UNIVERSITY, now=play.now),
        at=play.now,
        kid=signer.kid,
    ).encode()


def _unaccredited(play: Play) -> bytes:
    """Somebody with a DID and a key signs; nobody has accredited it."""
    stranger = play.join("Stranger")
    return sign_credential(_members(play, "Stranger"), signer=stranger.signer()).encode()


def _altered(credential: bytes) -> bytes:
    """Somebody made more of it: three credits became thirty."""
    header, payload, signature = credential.split(b".")
    said = decode_base64url(payload.decode(), max_bytes=len(payload))
    more = said.replace(b'"point":"3"', b'"point":"30"')
    assert more != said
    return b".".join((header, encode_base64url(more).encode(), signature))
