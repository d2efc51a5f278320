"""Who issued a credential is told by the record, and only where nothing speaks against it."""

import copy
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from node.client.credential_summary import summary_in
from node.web.verify_accredited import accredited_in
from tests.credentials.cases import verdict_on
from tests.credentials.ledger import Actor
from tests.credentials.micro_credentials import ELM
from tests.credentials.sealing import ORGANISATION, seal_key, sealed_credential
from tests.credentials.world import TI, Country, country
from tests.node.web.verifying_desk import Desk, Documents, desk_over, text_of

pytestmark = pytest.mark.enable_socket


def test_the_accredited_issuer_stands_beside_what_the_credential_claims(desk: Desk) -> None:
    shown = text_of(desk.judged("valid"))
    told = desk.verdict(desk.made.of["valid"])
    name = next(
        one["evidence"]["links"][0]["name"] for one in told["checks"] if one["name"] == "accreditation"
    )
    assert f"{name} Issued by {name} (accredited) As of" in shown.partition("What was checked")[0]
    assert f"Issuer {name} did:ebsi:" in shown.partition("On the record")[2]


def test_an_awarding_body_that_the_record_does_not_know_is_told_as_a_claim(tmp_path: Path) -> None:
    home = country()
    subject = copy.deepcopy(ELM["credentialSubject"])
    subject["hasClaim"]["awardedBy"]["awardingBody"] = {"legalName": {"en": "University of Oxford"}}
    document = home.world.issue(home.university, subject=subject)
    home.world.anchor(home.university, [document])
    made = Documents(home, datetime.fromtimestamp(home.world.now, UTC), {"claims": document})
    with desk_over(made, tmp_path) as desk:
        shown = text_of(desk.judged("claims"))
    assert "✔ Valid" in shown
    assert "University of Oxford (as it says itself) Issued by University (accredited)" in shown


@pytest.mark.parametrize("kind", ["altered", "unaccredited", "not anchored", "a binary"])
def test_nobody_is_called_the_issuer_of_what_is_not_genuine(desk: Desk, kind: str) -> None:
    assert "(accredited)" not in text_of(desk.judged(kind))


def test_what_was_revoked_still_has_its_issuer(desk: Desk) -> None:
    assert "(accredited)" in text_of(desk.judged("revoked"))


def _sealed(home: Country, issuer: Any, *, by: Actor, awarding_body: object = None) -> Any:
    document = sealed_credential(home.world, issuer, awarding_body=awarding_body)
    home.world.anchor(by, [document])
    verdict = verdict_on(home.world, document)
    return accredited_in(verdict, summary_in(document, language="en"))


def test_a_seal_is_its_sealers() -> None:
    home = country()
    seal_key(home.world, home.university)
    found = _sealed(home, ORGANISATION, by=home.university)
    assert (found.name, found.sealed, found.members) == ("University", True, ())


def test_a_seal_for_a_member_names_both() -> None:
    home = country()
    service = home.world.actor("Service")
    home.world.accredit(service, home.tao, TI)
    seal_key(home.world, service)
    found = _sealed(home, service.did, by=service, awarding_body={"id": home.tao.did, "legalName": "Ours"})
    assert (found.name, found.for_whom) == ("Service", "Ministry")


RECEIPT = {"version": 1, "entry": {}, "batch": {}, "log": {}, "checkpoint": ""}
MISFITS = {
    "receipt": (json.dumps(RECEIPT), "This is a receipt", "that the receipt stands beside"),
    "lines": (
        '{"row":1,"credential":"a.b.c"}\n{"row":2,"credential":"a.b.d"}\n',
        "a line of",
        "one line of it",
    ),
    "export": ('{"credential":{"type":["VerifiableCredential"]}}', "nobody signed", "that it was made from"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_file_that_belongs_to_a_credential_is_told_for_what_it_is(desk: Desk, name: str) -> None:
    document, what, instead = MISFITS[name]
    page = desk.hand_in(("document", ("file.json", document.encode()))).text
    assert re.search(r'<div class="verdict notice unsure">\s*<p class="outcome unsure">', page)
    head = text_of(page).partition("What was checked")[0]
    assert "! Nothing to judge" in head
    assert what in head
    assert instead in head
    assert "Not valid" not in head
    assert desk.verdict(document.encode())["outcome"] == "invalid"


@pytest.mark.parametrize(
    "document", ['{"a":1}', '{"credential":{"proof":{}}}', '{"row":1,"credential":1}', "{}\n{}", "x"]
)
def test_what_is_not_known_is_not_valid(desk: Desk, document: str) -> None:
    page = desk.hand_in(("document", ("file.json", document.encode()))).text
    assert "Not valid This is not a credential that can be read" in text_of(page)
