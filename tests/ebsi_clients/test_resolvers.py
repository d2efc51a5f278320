"""EBSI's DID resolver and key resolver at our node: what is there, what is not, and what is no DID."""

import pytest

from did.methods.ebsi import new_did
from node.client.issuing import Signer, sign_credential
from tests.ebsi_clients.clients import ClientRefused, EbsiClients
from tests.ebsi_clients.people import course_credential, legal_entity, natural_person
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket

_MEDIA_TYPES = ("application/did+ld+json", "application/did+json")


def registry(play: Play) -> str:
    return f"{play.world.url}/did-registry/v5/identifiers"


def test_the_document_that_our_client_registered_is_resolved(clients: EbsiClients, abroad: Play) -> None:
    issuer = abroad.issuers["KTU"]
    told = clients.resolve(issuer.did, registry=registry(abroad))
    document, key = told["didDocument"], legal_entity(issuer)
    assert told["didResolutionMetadata"] == {"contentType": _MEDIA_TYPES[0]}
    assert (document["id"], document["controller"]) == (issuer.did, [issuer.did])
    assert key["kid"] in document["assertionMethod"]
    assert legal_entity(issuer, ledger_key=True)["kid"] in document["capabilityInvocation"]
    methods = {one["id"]: one for one in document["verificationMethod"]}
    assert methods[key["kid"]]["publicKeyJwk"] == key["publicKeyJwk"]


def test_both_representations_are_the_same_but_for_the_context(clients: EbsiClients, abroad: Play) -> None:
    did = abroad.issuers["KTU"].did
    with_context, without = (
        clients.resolve(did, registry=registry(abroad), accept=media)["didDocument"] for media in _MEDIA_TYPES
    )
    assert with_context.pop("@context")[0] == "https://www.w3.org/ns/did/v1"
    assert with_context == without


def test_a_url_within_the_document_resolves_the_document(clients: EbsiClients, abroad: Play) -> None:
    key = legal_entity(abroad.issuers["KTU"])
    assert clients.resolve(key["kid"], registry=registry(abroad))["didDocument"]["id"] == key["did"]


def test_a_did_that_nobody_registered_is_not_found_in_our_words(clients: EbsiClients, abroad: Play) -> None:
    unknown = new_did(b"\7" * 16)
    told = clients.resolve(unknown, registry=registry(abroad))
    assert told["didDocument"] is None
    assert told["didResolutionMetadata"]["error"] == "notFound"
    assert unknown in told["didResolutionMetadata"]["message"]


@pytest.mark.parametrize("did", ["did:ebsi:zzz", "did:ebsi:x", "did:ebsi:z" + "1" * 22])
def test_what_is_no_did_is_refused_by_them_and_by_us(clients: EbsiClients, abroad: Play, did: str) -> None:
    told = clients.resolve(did, registry=registry(abroad))
    assert (told["didDocument"], told["didResolutionMetadata"]["error"]) == (None, "invalidDid")
    answer = abroad.world.get(f"/did-registry/v5/identifiers/{did}")
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")


def test_a_node_that_is_away_is_not_a_did_that_is_unknown(clients: EbsiClients, abroad: Play) -> None:
    told = clients.resolve(abroad.issuers["KTU"].did, registry="http://127.0.0.1:9/nobody")
    assert told["didResolutionMetadata"]["error"] == "internalServerError"


def test_their_key_resolver_and_ours_name_and_resolve_a_person_alike(
    clients: EbsiClients, abroad: Play
) -> None:
    person = natural_person(11)
    assert clients.name_key(person["publicKeyJwk"]) == person["did"]
    theirs = clients.resolve(person["did"], registry=registry(abroad))["didDocument"]
    ours = abroad.world.ok(f"/1.0/identifiers/{person['did']}")["didDocument"]
    assert ours["id"] == theirs["id"] == person["did"]
    for document in (theirs, ours):
        (method,) = document["verificationMethod"]
        assert (method["id"], method["publicKeyJwk"]) == (person["kid"], person["publicKeyJwk"])
        assert document["assertionMethod"] == document["authentication"] == [person["kid"]]


@pytest.mark.parametrize("ledger_key", [False, True], ids=["ES256", "ES256K"])
def test_what_our_client_signs_is_verified_with_the_resolved_key(
    clients: EbsiClients, abroad: Play, *, ledger_key: bool
) -> None:
    issuer = abroad.issuers["KTU"]
    key = legal_entity(issuer, ledger_key=ledger_key)
    document = clients.resolve(issuer.did, registry=registry(abroad))["didDocument"]
    (jwk,) = (one["publicKeyJwk"] for one in document["verificationMethod"] if one["id"] == key["kid"])
    profile = issuer.profile
    opened = issuer.keystore.open(profile.ledger_key if ledger_key else profile.credential_key)
    credential = course_credential(abroad, "KTU")
    jwt = sign_credential(credential, signer=Signer.of(issuer.did, opened))
    told = clients.verify_jwt(jwt, jwk, algorithm=key["alg"])
    assert (told["header"]["kid"], told["claims"]["vc"]) == (key["kid"], credential)


def test_a_key_on_no_curve_that_ebsi_knows_has_no_name(clients: EbsiClients) -> None:
    with pytest.raises(ClientRefused):
        clients.name_key({"kty": "EC", "crv": "P-256"})
