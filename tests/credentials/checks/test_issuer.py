from dataclasses import replace
from typing import Any

import pytest

from credentials.case import Case
from credentials.checks.issuer import check_issuer
from credentials.errors import KeyRefused, Unavailable
from credentials.keys import document_of
from credentials.verdict import ISSUER, CheckResult, Outcome
from did.document import DidDocument, document_of_one_key
from did.methods.ebsi import new_did
from did.methods.jwk import did_jwk_from_jwk
from did.multibase import encode_base58btc, encode_varint
from did.syntax import Did
from tests.credentials.cases import case_of
from tests.credentials.securing.credentials import LEARNER
from tests.credentials.world import Country, World, country

STRANGER = new_did(bytes(16))
WEB = Did("did:web:university.example")
ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
RSA = f"did:key:{encode_base58btc(encode_varint(0x1205) + bytes(270))}"


@pytest.fixture
def home() -> Country:
    return country()


def _by(case: Case, issuer: str) -> Case:
    """The same case of a credential by another issuer."""
    return replace(case, secured=replace(case.secured, credential=replace(case.credential, issuer=issuer)))


def _check(home: Country, issuer: str, **ports: Any) -> CheckResult:
    return check_issuer(_by(case_of(home.world, home.world.issue(home.university), **ports), issuer))


def test_a_registered_issuer_passes_with_the_entry_that_registered_it(home: Country) -> None:
    result = check_issuer(case_of(home.world, home.credential))
    assert (result.check, result.outcome) == (ISSUER, Outcome.PASSED)
    index = result.evidence["registeredByEntry"]
    assert home.world.log[index][:2] == ("did.inserted", home.world.log[index][1])
    assert result.evidence["did"] == home.university.did
    assert result.evidence["registeredAt"].endswith("Z")
    assert result.sentence == f"{home.university.did} has been registered since 2026-11-21."


def test_an_issuer_that_nobody_registered_fails(home: Country) -> None:
    result = _check(home, STRANGER)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "issuer_unknown")
    assert STRANGER in result.sentence


def test_an_issuer_registered_only_after_the_anchor_fails(home: Country) -> None:
    late = home.world.actor("Late University")
    result = check_issuer(_by(case_of(home.world, home.credential), late.did))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "issuer_unknown")


def test_a_record_that_no_contract_could_have_written_fails(home: Country) -> None:
    world, did = home.world, home.university.did
    changes = world.record.changes[did]
    changes.append(replace(changes[0], index=len(world.log)))
    world.record.alterations += 1
    result = _check(home, did)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unusable_key")


def test_an_anchor_that_is_not_at_hand_could_show_that_it_was_known_then(home: Country) -> None:
    world, did = home.world, home.university.did
    unheld = world.issue(home.university)
    world.anchor(home.university, [unheld], held=False)
    changes = world.record.changes[did]
    changes.append(replace(changes[0], index=len(world.log)))
    result = check_issuer(case_of(world, unheld))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")


def test_an_unseen_batch_after_a_broken_record_cures_nothing(home: Country) -> None:
    world, did = home.world, home.university.did
    changes = world.record.changes[did]
    changes.insert(1, replace(changes[0], index=changes[0].index + 1))
    unheld = world.issue(home.university)
    world.anchor(home.university, [unheld], held=False)
    assert check_issuer(case_of(world, unheld)).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "did",
    [
        LEARNER,
        did_jwk_from_jwk(ED25519),
    ],
)
def test_a_did_that_is_its_key_resolves_to_itself(home: Country, did: str) -> None:
    result = _check(home, did)
    assert (result.outcome, result.evidence) == (Outcome.PASSED, {"did": did})


def test_a_did_that_is_no_key_does_not_resolve(home: Country) -> None:
    result = _check(home, "did:key:x")
    assert (result.outcome, result.reason) == (Outcome.FAILED, "issuer_unknown")


class _Host:
    def did_document(self, did: Did) -> DidDocument:
        if did != WEB:
            raise Unavailable("The host does not answer.")
        return document_of_one_key(did, fragment="key-1", jwk=ED25519, relationships=["assertionMethod"])


def test_a_did_web_resolves_where_its_host_answers(home: Country) -> None:
    assert _check(home, WEB, web_dids=_Host()).outcome is Outcome.PASSED
    with pytest.raises(Unavailable, match="does not answer"):
        _check(home, "did:web:other.example", web_dids=_Host())


@pytest.mark.parametrize("did", [WEB, "did:ion:abc", RSA])
def test_what_cannot_be_resolved_here_is_unknown_and_not_absent(home: Country, did: str) -> None:
    with pytest.raises(Unavailable):
        _check(home, did)


def test_documents_are_of_their_did_or_refused() -> None:
    ports = World().ports(web_dids=_Host())
    for did in (WEB, Did(LEARNER)):
        assert document_of(ports, did).id == did
    with pytest.raises(KeyRefused, match="does not resolve"):
        document_of(ports, Did("did:jwk:AA"))
