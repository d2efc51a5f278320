import pytest

from credentials.errors import MalformedCredential
from credentials.securing.embedded_proof import read_embedded_proof
from credentials.securing.reading import read_secured

from .credentials import EBSI, LEARNER, WEB, json_ld, proof


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
