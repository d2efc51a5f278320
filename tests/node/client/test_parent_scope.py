"""What an accreditor gives, held against what it has, at a node that shows its own accreditation."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.securing.jose import sign_compact
from node.client.accreditation_credential import AccreditedFor
from node.client.errors import Refused
from node.client.issuer import Issuer
from node.client.keys import new_key
from node.client.onboarding import create_profile
from node.client.parent_scope import check_within_parent
from tests.node.client.answers import node_with
from tests.node.client.conftest import SCHEMA, keystore_in

PARENT = bytes(range(32))
ORIGIN = "https://registry.example.org"
ENDS = datetime(2030, 1, 1, tzinfo=UTC)
OWN = AccreditedFor(SCHEMA, ("Diploma", "MicroCredential"))
LITHUANIA = "http://publications.europa.eu/resource/authority/atu/LTU"
Accreditor = Callable[..., Issuer]


@pytest.fixture
def accreditor(tmp_path: Path) -> Accreditor:
    """Opens an issuer whose node shows this of its accreditation."""
    keystore = keystore_in(tmp_path)
    did = create_profile(tmp_path, node_url="https://node.example", keystore=keystore).did

    def opened(*, body: str | None = None, **subject: Any) -> Issuer:
        given = {"accreditedFor": [OWN.members(origin=ORIGIN)]} | subject
        claims = {"vc": {"credentialSubject": given, "expirationDate": ENDS.isoformat()}}
        key = new_key("P-256", random=os.urandom).private_key
        signed = sign_compact(header={"kid": "k"}, payload=json.dumps(claims).encode(), key=key)
        shown = {"issuerType": "TAO", "body": signed if body is None else body}
        path = f"/trusted-issuers-registry/v5/issuers/{did}/attributes/{PARENT.hex()}"
        node = node_with({path: {"attribute": shown}, "/v1/deployment": {"origins": [ORIGIN]}})
        return Issuer(tmp_path, keystore=keystore, node=node)

    return opened


def check(issuer: Issuer, *scope: AccreditedFor, expires: datetime = ENDS) -> None:
    check_within_parent(issuer, parent=PARENT, accredited_for=scope, expires=expires)


@pytest.mark.parametrize(
    "given",
    [
        OWN,
        replace(OWN, types=("Diploma",)),
        replace(OWN, limit_jurisdiction=(LITHUANIA,)),
        replace(OWN, types=("VerifiableCredential", "VerifiableAttestation", "Diploma")),
    ],
)
def test_what_lies_within_may_be_given(accreditor: Accreditor, given: AccreditedFor) -> None:
    check(accreditor(), given)


@pytest.mark.parametrize(
    "given",
    [
        replace(OWN, types=("Diploma", "DoctoralDegree")),
        replace(OWN, schema_id="z3MgUFUkb722uq4x3dv5yAJmnNmzDFeK5UC8x83QoeLJM"),
        replace(OWN, limit_jurisdiction=("http://publications.europa.eu/resource/authority/atu/USA",)),
        replace(OWN, limit_jurisdiction=(*OWN.limit_jurisdiction, "https://example.org/moon")),
    ],
)
def test_what_exceeds_it_is_refused(accreditor: Accreditor, given: AccreditedFor) -> None:
    with pytest.raises(Refused, match="does not cover this"):
        check(accreditor(), OWN, given)


def test_an_end_after_ones_own_is_refused(accreditor: Accreditor) -> None:
    with pytest.raises(Refused, match="ends on 2030-01-01, before 2030-01-02"):
        check(accreditor(), OWN, expires=ENDS + timedelta(days=1))


def test_a_root_that_names_no_bounds_may_give_anything(accreditor: Accreditor) -> None:
    check(accreditor(accreditedFor=None), replace(OWN, types=("Anything",)))


@pytest.mark.parametrize("schema", ["", "z", "MicroCredential", "../x"])
def test_a_schema_id_that_is_none_is_refused(accreditor: Accreditor, schema: str) -> None:
    with pytest.raises(Refused, match="by these ids"):
        check(accreditor(), replace(OWN, schema_id=schema))


@pytest.mark.parametrize("body", ["", "a.b.c", "e30.e30.AA"])
def test_without_an_accreditation_of_ones_own_that_can_be_read_nothing_is_given(
    accreditor: Accreditor, body: str
) -> None:
    with pytest.raises(Refused):
        check(accreditor(body=body), OWN)
