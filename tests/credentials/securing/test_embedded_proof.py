from typing import Any

import pytest

from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.embedded_proof import read_embedded_proof
from credentials.securing.reading import read_secured

from .credentials import EBSI, END, ID, LEARNER, WEB, json_ld, proof


def _refusal(document: bytes) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(document)
    return refused.value.reason


def test_a_list_of_one_proof_is_that_proof() -> None:
    secured = read_secured(json_ld(proof=[proof()]))
    assert secured.verification_method == proof()["verificationMethod"]


def test_a_data_integrity_proof_is_named_by_its_cryptosuite() -> None:
    named = proof(type="DataIntegrityProof", cryptosuite="eddsa-rdfc-2022")
    assert read_secured(json_ld(proof=named)).algorithm == "eddsa-rdfc-2022"


@pytest.mark.parametrize("value", ["text", 7, [], [7], {}, {"type": "T"}, {"type": 7, "proofValue": "z"}])
def test_a_proof_is_an_object_with_a_type_and_a_value(value: object) -> None:
    assert _refusal(json_ld(proof=value))


@pytest.mark.parametrize("method", [None, 7, {"id": f"{LEARNER}#k"}, "", "https://example.org/key", "#key"])
def test_a_proof_names_its_key_by_a_did_url(method: object) -> None:
    assert "DID URL" in _refusal(json_ld(proof=proof(verificationMethod=method)))


@pytest.mark.parametrize("other", [EBSI, WEB, LEARNER + "x"])
def test_a_proof_by_somebody_else_is_refused(other: str) -> None:
    assert "another DID" in _refusal(json_ld(proof=proof(verificationMethod=f"{other}#key")))


@pytest.mark.parametrize("purpose", [None, "authentication", "https://w3id.org/security#assertionMethod", 7])
def test_a_proof_is_made_to_assert(purpose: object) -> None:
    assert "assertionMethod" in _refusal(json_ld(proof=proof(proofPurpose=purpose)))


@pytest.mark.parametrize("cryptosuite", [7, "", "\x1b[2J", "c" * 257])
def test_a_cryptosuite_is_a_short_name(cryptosuite: object) -> None:
    assert "cryptosuite" in _refusal(json_ld(proof=proof(cryptosuite=cryptosuite)))


def test_a_proof_that_is_no_object_is_refused_whoever_asks() -> None:
    with pytest.raises(MalformedCredential, match="no object"):
        read_embedded_proof({"proof": []}, digest=bytes(32))


_CREDENTIALS = "https://www.w3.org/2018/credentials"
_DATE = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": END}


@pytest.mark.parametrize(
    "hidden",
    [
        {f"{_CREDENTIALS}#expirationDate": _DATE},
        {"cred:expirationDate": _DATE},
        {"@included": [{"id": ID, "type": "VerifiableCredential", "expirationDate": END}]},
        {"@nest": {"expirationDate": END}},
        {"@context": [f"{_CREDENTIALS}/v1", {"note": f"{_CREDENTIALS}#expirationDate"}], "note": END},
        {"evidence": {"id": ID, "expirationDate": END}},
        {"evidence": [{"type": "T", "of": {"id": ID, "expirationDate": END}}]},
        {"evidence": {"@id": ID, "expirationDate": END}},
        {"evidence": {"type": "T", "@reverse": {}}},
        {"evidence": {"@context": {"note": f"{_CREDENTIALS}#expirationDate"}}},
    ],
    ids=range(10),
)
def test_no_member_is_hidden_from_readers_of_json_by_rewriting_json_ld(hidden: dict[str, Any]) -> None:
    with pytest.raises(NotJudged):
        read_secured(json_ld(**hidden))


@pytest.mark.parametrize("name", ["status", "exp", "nbf", "iat"])
def test_no_claim_of_a_jwt_stands_unread_in_a_document(name: str) -> None:
    with pytest.raises(NotJudged, match=rf"\({name}\)"):
        read_secured(json_ld(**{name: 1}))


def test_values_may_be_written_as_json_ld_has_them() -> None:
    name = {"@value": "Ona", "@language": "lt"}
    subject = {"id": LEARNER, "name": name, "of": ["a", {"@list": [{"a": 1}]}]}
    secured = read_secured(
        json_ld(credentialSubject=subject, proof=proof(**{"@context": "https://example.org"}))
    )
    assert secured.credential.subjects == (subject,)
    assert read_secured(json_ld(WEB, id=None, proof=proof(WEB))).credential.id is None
