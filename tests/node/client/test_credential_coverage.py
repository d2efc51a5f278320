"""What could only be refused abroad is refused before it is signed, in one sentence."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from node.client.credential_drafts import Terms
from node.client.credential_issuing import issue_credentials
from node.client.credential_payloads import Payload
from node.client.errors import Refused
from node.client.issuer import Issuer
from node.client.status_list_record import load_record
from node.client.status_lists import create
from tests.node.client.conftest import SCHEMA, Play
from tests.node.client.verdicts import LEARNER

pytestmark = pytest.mark.enable_socket
UNREGISTERED = "z3MgUFUkb722uq4x3dv5yAJmnNmzDFeK5UC8x83QoeLJM"


def refused(issuer: Issuer, terms: Terms, out: Path, *, lists: tuple[str, ...] = (), count: int = 1) -> str:
    payloads = [Payload(f"p-{n}", f"line {n}", {"subject": {"id": LEARNER}}) for n in range(count)]
    with pytest.raises(Refused, match="nothing was issued: ") as error:
        issue_credentials(issuer, payloads, out=out, terms=terms, lists=lists)
    assert not out.exists()
    return str(error.value)


def test_a_type_that_the_accreditation_does_not_cover_is_refused_with_what_it_covers(
    issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    create(issuer, "spared")
    said = refused(
        issuer, replace(terms, types=("Diploma",)), tmp_path / "out", lists=("spared",), count=1000
    )
    assert "line 0 and 999 more: The issuer is accredited, but not for Diploma by this schema." in said
    assert f"It is accredited for: MicroCredential by {SCHEMA}" in said
    assert load_record(issuer.folder, "spared").allotted.count() == 0


def test_a_schema_that_nobody_registered_is_refused(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    said = refused(issuer, replace(terms, schema=UNREGISTERED), tmp_path / "out")
    assert f"line 0: the schema {UNREGISTERED} is not registered" in said


def test_an_accreditation_that_is_not_the_issuers_is_refused(
    play: Play, issuer: Issuer, terms: Terms, tmp_path: Path
) -> None:
    for attribute_id in (bytes(32), play.attributes["Agency"]):
        said = refused(issuer, replace(terms, attribute_id=attribute_id), tmp_path / "out")
        assert f"{attribute_id.hex()} is no accreditation of {issuer.did}" in said


def test_an_origin_that_is_not_the_registrys_is_refused(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    said = refused(issuer, replace(terms, origin="https://registry.example"), tmp_path / "out")
    assert said.endswith(f"knows this registry as {terms.origin}, not as https://registry.example")


def test_an_accreditation_that_has_ended_is_refused(issuer: Issuer, terms: Terms, tmp_path: Path) -> None:
    later = replace(terms, now=terms.now + timedelta(days=366))
    assert f"the accreditation {terms.attribute_id.hex()} ended on " in refused(
        issuer, later, tmp_path / "out"
    )


def test_an_accreditation_that_was_revoked_is_refused(play: Play, terms: Terms, tmp_path: Path) -> None:
    from node.client.accreditation import revoke

    member = play.member("Agency", "Turku")
    attribute_id = play.attributes["Turku"]
    revoke(play.issuers["Agency"], did=member.did, attribute_id=attribute_id)
    play.world.follow()
    own = replace(terms, issuer=member.did, attribute_id=attribute_id, now=play.now)
    said = refused(member, own, tmp_path / "out")
    assert f"the accreditation {attribute_id.hex()} is not in force" in said
