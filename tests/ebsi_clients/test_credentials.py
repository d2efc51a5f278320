"""EBSI's credential client at our node: it verifies, refuses and creates as against EBSI's own registries."""

import json
from datetime import timedelta
from typing import Any

import pytest

from credentials.securing.jose import sign_compact
from node.client.issuing import rfc3339, sign_credential
from node.client.onboarding import create_profile
from node.client.status_lists import create, places_of, set_status
from node.client.status_publication import publish
from tests.ebsi_clients.clients import ClientRefused, EbsiClients
from tests.ebsi_clients.people import course_credential, legal_entity
from tests.foreign.degrees import LEARNER, issue
from tests.node.client.conftest import SCHEMA, Play

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def listed(abroad: Play, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two credentials in a published status list, neither of them revoked yet."""
    create(abroad.open("KTU"), "revoked")
    put(abroad)
    kept, lost = issue(abroad, tmp_path_factory.mktemp("listed") / "out", 2, lists=["revoked"])
    return kept.path.read_text(), lost.path.read_text()


def put(play: Play) -> None:
    publish(play.open("KTU"), "revoked", now=play.now, at_once=True, patience=play.patience)


def schema_url(play: Play, name: str) -> str:
    return f"{play.world.url}/trusted-schemas-registry/v3/schemas/{name}"


def asked(play: Play) -> int:
    """The time of the ledger, by which our people's credentials are dated."""
    return play.world.ledger.ledger.time()


def refusal(clients: EbsiClients, play: Play, jwt: str, **options: Any) -> str:
    with pytest.raises(ClientRefused) as refused:
        clients.verify_credential(jwt, **{"validAt": asked(play)} | options)
    return str(refused.value)


def signed_by(play: Play, name: str, **change: Any) -> str:
    return sign_credential(course_credential(play, "KTU", **change), signer=play.issuers[name].signer())


def test_a_credential_that_our_client_issued_is_verified(
    clients: EbsiClients, abroad: Play, listed: tuple[str, str]
) -> None:
    verified = clients.verify_credential(listed[0], validAt=asked(abroad))
    assert verified["issuer"] == abroad.issuers["KTU"].did
    assert verified["credentialStatus"]["type"] == "StatusList2021Entry"


def test_a_revoked_credential_is_refused_by_the_same_process_at_once(
    clients: EbsiClients, abroad: Play, listed: tuple[str, str]
) -> None:
    kept, lost = listed
    issuer = abroad.open("KTU")
    clients.verify_credential(lost, validAt=asked(abroad))
    set_status(issuer, places_of(issuer, lost.encode(), purpose="revocation"), purpose="revocation")
    put(abroad)
    assert refusal(clients, abroad, lost) == "The credential is revoked"
    clients.verify_credential(lost, validAt=asked(abroad), skipStatusValidation=True)
    clients.verify_credential(kept, validAt=asked(abroad))


def test_a_credential_is_refused_before_its_time(clients: EbsiClients, abroad: Play) -> None:
    begins = abroad.now + timedelta(days=30)
    dates = dict.fromkeys(("issuanceDate", "validFrom"), rfc3339(begins))
    jwt = signed_by(abroad, "KTU", **dates)
    assert "is not valid before" in refusal(clients, abroad, jwt)
    clients.verify_credential(jwt, validAt=int(begins.timestamp()) + 1)


def test_a_credential_is_refused_after_its_time(clients: EbsiClients, abroad: Play) -> None:
    ends = abroad.now + timedelta(days=30)
    jwt = signed_by(abroad, "KTU", expirationDate=rfc3339(ends))
    clients.verify_credential(jwt, validAt=asked(abroad))
    assert "is not valid after" in refusal(clients, abroad, jwt, validAt=int(ends.timestamp()) + 1)


def test_an_issuer_whom_nobody_accredited_is_refused(clients: EbsiClients, abroad: Play) -> None:
    stranger = abroad.join("Stranger")
    abroad.world.follow()
    credential = course_credential(abroad, "KTU", issuer=stranger.did)
    jwt = sign_credential(credential, signer=stranger.signer())
    assert "is not a trusted issuer" in refusal(clients, abroad, jwt)


def test_an_issuer_that_was_never_registered_is_refused(clients: EbsiClients, abroad: Play) -> None:
    create_profile(abroad.folder / "Nobody", node_url=abroad.world.url, keystore=abroad.keystore("Nobody"))
    nobody = abroad.open("Nobody")
    jwt = sign_credential(course_credential(abroad, "KTU", issuer=nobody.did), signer=nobody.signer())
    assert "notFound" in refusal(clients, abroad, jwt)


def test_a_credential_signed_by_another_than_its_issuer_is_refused(
    clients: EbsiClients, abroad: Play
) -> None:
    """KTU is named as the issuer, and the key is the Agency's, under its own name and under KTU's."""
    credential, agency = course_credential(abroad, "KTU"), legal_entity(abroad.issuers["Agency"])
    claims = {
        "iss": credential["issuer"],
        "sub": credential["credentialSubject"]["id"],
        "jti": credential["id"],
    }
    seconds = int(abroad.now.timestamp())
    claims |= {"iat": seconds, "nbf": seconds, "vc": credential}
    key = abroad.issuers["Agency"].signer().key
    for kid, why in (
        (agency["kid"], "did and kid don't match"),
        (legal_entity(abroad.issuers["KTU"])["kid"], "Invalid signature"),
    ):
        jwt = sign_compact(header={"kid": kid, "typ": "JWT"}, payload=json.dumps(claims).encode(), key=key)
        assert why in refusal(clients, abroad, jwt)


def test_a_type_that_the_issuer_may_not_issue_is_refused(clients: EbsiClients, abroad: Play) -> None:
    types = ["VerifiableCredential", "VerifiableAttestation", "DoctoralDegree"]
    assert "not accredited to issue" in refusal(clients, abroad, signed_by(abroad, "KTU", type=types))


def test_a_subject_that_breaks_the_registered_schema_is_refused(clients: EbsiClients, abroad: Play) -> None:
    untitled = signed_by(abroad, "KTU", credentialSubject={"id": LEARNER})
    assert "missing the required field 'title'" in refusal(clients, abroad, untitled)
    clients.verify_credential(signed_by(abroad, "KTU"), validAt=asked(abroad))


def test_a_schema_that_is_not_registered_is_refused(clients: EbsiClients, abroad: Play) -> None:
    schema = {"id": schema_url(abroad, "0x" + "ab" * 32), "type": "FullJsonSchemaValidator2021"}
    assert "not found" in refusal(clients, abroad, signed_by(abroad, "KTU", credentialSchema=schema))


def test_every_accreditation_of_the_chain_is_verified(clients: EbsiClients, abroad: Play) -> None:
    for name in ("Agency", "KTU"):
        did, attribute = abroad.issuers[name].did, abroad.attributes[name].hex()
        path = f"/trusted-issuers-registry/v5/issuers/{did}/attributes/{attribute}"
        jwt = abroad.world.ok(path)["attribute"]["body"]
        told = clients.verify_credential(jwt, validAt=asked(abroad))
        assert told["credentialSubject"]["id"] == did


def test_a_roots_own_authorisation_names_no_certificate_which_their_client_asks_for(
    clients: EbsiClients, abroad: Play
) -> None:
    """A Root TAO stands on the ledger's word alone; nobody's chain leads their client to look at this one."""
    did, attribute = abroad.issuers["Council"].did, abroad.attributes["Council"].hex()
    path = f"/trusted-issuers-registry/v5/issuers/{did}/attributes/{attribute}"
    jwt = abroad.world.ok(path)["attribute"]["body"]
    assert "missing the required field 'termsOfUse'" in refusal(clients, abroad, jwt)


def test_what_their_client_creates_is_verified_by_it_and_by_us(clients: EbsiClients, abroad: Play) -> None:
    schema = {"id": schema_url(abroad, SCHEMA), "type": "FullJsonSchemaValidator2021"}
    payload = course_credential(
        abroad, "KTU", credentialSchema=schema
    )  # of KTU's accreditation, which we ask for
    issuer = legal_entity(abroad.issuers["KTU"])
    jwt = clients.create_credential(payload, issuer, validAt=asked(abroad))
    assert clients.verify_credential(jwt, validAt=asked(abroad))["id"] == payload["id"]
    answer = abroad.world.http.post(
        "/v1/verifications", content=jwt.encode(), headers={"Content-Type": "application/vc+jwt"}
    )
    assert answer.json()["outcome"] == "valid"


def test_their_client_creates_nothing_for_the_unaccredited(clients: EbsiClients, abroad: Play) -> None:
    council = legal_entity(abroad.issuers["Council"])
    payload = course_credential(abroad, "KTU", issuer=council["did"])
    with pytest.raises(ClientRefused):
        clients.create_credential(payload, legal_entity(abroad.issuers["KTU"]), validAt=asked(abroad))


def trust_chain(play: Play, name: str) -> str:
    """What this organisation says of itself: that it authorises those who begin a chain of trust."""
    did, schema = play.issuers[name].did, schema_url(play, SCHEMA)
    types = ["VerifiableCredential", "VerifiableAttestation", "VerifiableAuthorisationForTrustChain"]
    scope = {"schemaId": schema, "types": types, "limitJurisdiction": "https://example.org/all"}
    subject = {"id": did, "accreditedFor": [scope], "reservedAttributeId": play.attributes[name].hex()}
    credential = course_credential(
        play,
        "KTU",
        issuer=did,
        type=[*types[:2], "VerifiableAccreditation", "VerifiableAccreditationToAttest"],
        expirationDate=rfc3339(play.expires),
        credentialSubject=subject,
        credentialSchema={"id": schema, "type": "FullJsonSchemaValidator2021"},
    )
    del credential["termsOfUse"]
    return sign_credential(credential, signer=play.issuers[name].signer())


def test_who_accredits_itself_needs_a_policy_of_the_registry(clients: EbsiClients, abroad: Play) -> None:
    asking = {"validateAccreditationWithoutTermsOfUse": True}
    told = clients.verify_credential(trust_chain(abroad, "Council"), validAt=asked(abroad), **asking)
    assert told["issuer"] == abroad.issuers["Council"].did
    why = refusal(clients, abroad, trust_chain(abroad, "Agency"), **asking)
    assert "Invalid self attestation" in why
