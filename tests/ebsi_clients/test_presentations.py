"""EBSI's presentation client at our node: people and organisations show what our client issued."""

import pytest

from node.client.issuing import sign_credential
from tests.ebsi_clients.clients import ClientRefused, EbsiClients
from tests.ebsi_clients.people import course_credential, legal_entity, natural_person, presentation, shown_for
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket


def audience(play: Play) -> str:
    return f"{play.world.url}/authorisation/v4"


def course(play: Play) -> str:
    return sign_credential(course_credential(play, "KTU"), signer=play.issuers["KTU"].signer())


def test_a_learner_presents_a_credential_that_our_client_issued(clients: EbsiClients, abroad: Play) -> None:
    learner, jwt, times = natural_person(11), course(abroad), shown_for(abroad)
    shown = clients.create_presentation(presentation(learner, jwt), learner, audience(abroad), **times)
    verified = clients.verify_presentation(shown, audience(abroad), validAt=times["validAt"])
    assert (verified["holder"], verified["verifiableCredential"]) == (learner["did"], [jwt])


@pytest.mark.parametrize("ledger_key", [False, True], ids=["ES256", "ES256K"])
def test_an_organisation_presents_itself_with_either_key(
    clients: EbsiClients, abroad: Play, *, ledger_key: bool
) -> None:
    holder, times = legal_entity(abroad.issuers["KTU"], ledger_key=ledger_key), shown_for(abroad)
    shown = clients.create_presentation(presentation(holder), holder, audience(abroad), **times)
    assert (
        clients.verify_presentation(shown, audience(abroad), validAt=times["validAt"])["holder"]
        == holder["did"]
    )


def test_only_the_ledger_key_may_invoke_capabilities(clients: EbsiClients, abroad: Play) -> None:
    times = shown_for(abroad) | {"proofPurpose": "capabilityInvocation"}
    for_ledger, for_credentials = (
        legal_entity(abroad.issuers["KTU"], ledger_key=one) for one in (True, False)
    )
    clients.create_presentation(presentation(for_ledger), for_ledger, audience(abroad), **times)
    with pytest.raises(ClientRefused):
        clients.create_presentation(presentation(for_credentials), for_credentials, audience(abroad), **times)


def test_somebody_elses_credential_is_not_presented(clients: EbsiClients, abroad: Play) -> None:
    other, times = natural_person(12), shown_for(abroad)
    shown = presentation(other, course(abroad))
    with pytest.raises(ClientRefused):
        clients.create_presentation(shown, other, audience(abroad), **times)
    forced = clients.create_presentation(shown, other, audience(abroad), **times, skipValidation=True)
    with pytest.raises(ClientRefused):
        clients.verify_presentation(forced, audience(abroad), validAt=times["validAt"])


def test_a_presentation_holds_for_its_audience_and_its_time_alone(clients: EbsiClients, abroad: Play) -> None:
    holder, times = legal_entity(abroad.issuers["KTU"]), shown_for(abroad)
    shown = clients.create_presentation(presentation(holder), holder, audience(abroad), **times)
    for heard, at in (("https://other.example", times["validAt"]), (audience(abroad), times["exp"] + 1)):
        with pytest.raises(ClientRefused):
            clients.verify_presentation(shown, heard, validAt=at)
