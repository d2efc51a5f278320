"""Credentials as a university's client issues them."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from did.jwk import jwk_from_public_key
from did.methods.key import did_key_jcs_from_jwk
from node.client.credential_drafts import Terms
from node.client.credential_issuing import Issued, accreditation_to_issue, issue_credentials
from node.client.credential_payloads import Payload
from node.client.issuer import Issuer
from tests.node.client.conftest import SCHEMA, Play

LEARNER = did_key_jcs_from_jwk(jwk_from_public_key(derive_private_key(11, SECP256R1()).public_key()))
"""A natural person as EBSI names one."""


def issue(play: Play, out: Path, count: int, *, lists: Sequence[str] = (), **given: Any) -> list[Issued]:
    """`count` micro-credentials of the data model 1.1, signed by KTU."""
    issuer: Issuer = play.open("KTU")
    terms = Terms(
        issuer=issuer.did,
        origin=issuer.registry_origin(),
        attribute_id=accreditation_to_issue(issuer),
        now=play.now,
        types=("MicroCredential",),
        schema=SCHEMA,
        valid_until=play.now + timedelta(days=3650),
    )
    payloads = [
        Payload(
            f"{number}", f"line {number}", {"subject": {"id": LEARNER, "title": f"Course {number}"}} | given
        )
        for number in range(count)
    ]
    return issue_credentials(issuer, payloads, out=out, terms=terms, lists=lists)
