"""What the client makes of an accreditation is what a verifier abroad asks of one."""

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import jsonschema_rs
import pytest

from credentials.securing.reading import read_secured
from credentials.securing.signing_key import signing_key
from credentials.verdict import Outcome
from devnet.schemas import COVERED, SCHEMA, TYPES
from node.client.accreditation_credential import sign_accreditation
from node.client.issuer import Issuer
from node.client.issuing import Signer
from tests.credentials.accredited_country import Accredited, judge, organisations
from tests.credentials.credential_makers import ORIGIN, SCHEMAS
from tests.credentials.ledger import Actor
from tests.credentials.world import ROOT_TAO, TAO, TI


@dataclass
class Accreditor:
    """As much of an `Issuer` as signs: its keys lie in memory."""

    actor: Actor

    @property
    def did(self) -> str:
        """Of the actor."""
        return self.actor.did

    def signer(self) -> Signer:
        """With the actor's key."""
        return Signer(self.actor.did, self.actor.kid, signing_key(self.actor.key.private))


def _accredit(home: Accredited, child: Actor, parent: Actor, issuer_type: int, name: str) -> None:
    """Sign first and record then, as the client does."""
    attribute_id = os.urandom(32)
    text = sign_accreditation(
        cast("Issuer", Accreditor(parent)),
        did=child.did,
        issuer_type=name,
        attribute_id=attribute_id,
        parent=None if issuer_type == ROOT_TAO else parent.attribute_id,
        name=child.name,
        accredited_for=[COVERED],
        expires=home.world.moment + timedelta(days=365),
        now=home.world.moment,
        origin=ORIGIN,
        random=os.urandom,
    )
    home.world.accredit(child, parent, issuer_type, attribute_id=attribute_id, text=text.encode())


def test_what_the_client_signs_and_the_demo_covers_is_accredited_abroad() -> None:
    home = organisations()
    schema_id = home.world.register_schema(SCHEMA)
    _accredit(home, home.root, home.root, ROOT_TAO, "RootTAO")
    _accredit(home, home.tao, home.root, TAO, "TAO")
    _accredit(home, home.university, home.tao, TI, "TI")
    document = home.world.issue(
        home.university,
        types=("VerifiableCredential", "VerifiableAttestation", *TYPES),
        schema=f"{SCHEMAS}/0x{schema_id.hex()}",
    )
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.PASSED, None)
    assert [link["name"] for link in result.evidence["links"]] == ["University", "Ministry", "Root TAO"]


@pytest.mark.parametrize(("issuer_type", "name"), [(TAO, "TAO"), (TI, "TI")])
def test_what_the_client_signs_conforms_to_ebsis_own_schema(
    issuer_type: int, name: str, vectors: Path
) -> None:
    home = organisations()
    _accredit(home, home.root, home.root, ROOT_TAO, "RootTAO")
    _accredit(home, home.tao, home.root, issuer_type, name)
    text = home.world.record.revisions_of(home.tao.did, home.tao.attribute_id)[-1].body
    assert text is not None
    members = read_secured(text).credential.members
    folder = vectors / "ebsi"
    schema = json.loads((folder / "vcdm1.1-accreditation-schema-1.3.0" / "schema.json").read_bytes())
    attestation = json.loads((folder / "vcdm1.1-attestation-schema-1.3.0" / "schema.json").read_bytes())
    assert schema["allOf"][0]["$ref"].endswith("attestation-schema/schema.json")
    schema["allOf"][0] = {**attestation, "$id": "urn:attestation"}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    validator.validate(dict(members))
    assert not validator.is_valid({**members, "credentialStatus": {"type": "Other"}})
