"""Proofs over RDF, by the real processor: what others signed, what we sign, what a holder could rewrite."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from credentials.errors import CredentialsError, InvalidSignature, Unavailable
from credentials.securing.data_integrity import verify_proof
from credentials.securing.data_integrity_proof import read_proof
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.verdict import FORMAT, SIGNATURE, Outcome, Verdict
from credentials.verification import verify
from did.methods.key import jwk_from_did_key
from did.multibase import encode_base58btc
from node.foreign.rdf_client import RdfProcess
from tests.credentials.securing.data_integrity_cases import SUITES_AND_KEYS, Signer
from tests.credentials.securing.data_integrity_cases import signer as signer_for
from tests.credentials.world import World
from tests.did.foreign_vectors import load
from tests.node.foreign.badges import badge
from tests.node.foreign.didkit_desk import DidkitDesk, DidkitRefused
from tests.node.foreign.signers import signer

ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def rdf() -> Iterator[RdfProcess]:
    made = RdfProcess(seconds=60, starting_seconds=60)  # a busy machine must not decide
    yield made
    made.close()


def judged(document: dict[str, Any] | bytes, rdf: RdfProcess) -> Verdict:
    """The verdict, by a policy that asks nothing that needs the ledger."""
    world = World()
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    policy = world.policy("accreditation", "anchor", "timeline", "schema")
    return verify(text, at=None, policy=policy, ports=world.ports(canonical=rdf))


def _signed(by: Signer, suite: str, rdf: RdfProcess, *, model: str = "2.0", **others: Any) -> dict[str, Any]:
    made = badge(by.did, model=model, **others)
    if model == "1.1" or suite == "Ed25519Signature2020":
        made["@context"].append(ED25519_2020 if suite == "Ed25519Signature2020" else DATA_INTEGRITY)
    return sign_data_integrity(
        made, key=by.private, verification_method=by.kid, cryptosuite=suite, canonical=rdf
    )


@pytest.mark.parametrize("model", ["1.1", "2.0"])
@pytest.mark.parametrize(("suite", "alg"), SUITES_AND_KEYS)
def test_what_is_signed_is_valid_and_what_is_altered_is_not(
    rdf: RdfProcess, suite: str, alg: str, model: str
) -> None:
    document = _signed(signer_for(alg), suite, rdf, model=model)
    verdict = judged(document, rdf)
    assert (verdict.outcome, verdict.result(SIGNATURE).outcome) == ("valid", Outcome.PASSED), verdict.sentence
    document["credentialSubject"]["achievement"]["name"] = "Data for Ministers"
    assert judged(document, rdf).result(SIGNATURE).reason == "signature_mismatch"


def _doubled(document: dict[str, Any]) -> None:
    subject = document["credentialSubject"]
    document["credentialSubject"] = [subject, copy.deepcopy(subject)]


def _in_two_halves(document: dict[str, Any]) -> None:
    subject = document["credentialSubject"]
    document["credentialSubject"] = [{"id": subject["id"], "type": subject.pop("type")}, subject]


def _moved(document: dict[str, Any]) -> None:
    issuer = document["issuer"]
    document["credentialSubject"]["achievement"]["creator"] = {"id": issuer["id"], "url": "https://x.example"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.update(finalGrade="A+"),
        lambda d: d["credentialSubject"].update(finalGrade="A+ (forged)"),
        lambda d: d["type"].append("DoctoralDegree"),
        lambda d: d.update(evidence=[]),
        lambda d: d.update(refreshService=None),
        lambda d: d["@context"].append("https://nobody.example/v1"),
        lambda d: d["credentialSubject"]["achievement"]["alignment"].append({}),
        _doubled,
        _in_two_halves,
        _moved,
    ],
    ids=range(10),
)
def test_what_no_signature_covers_is_never_taken_for_signed(rdf: RdfProcess, edit: Edit) -> None:
    """⚑ Of these, canonical RDF drops or merges most, and the proof would stay good."""
    document = _signed(signer_for("EdDSA"), "eddsa-rdfc-2022", rdf)
    edit(document)
    result = judged(document, rdf).result(SIGNATURE)
    assert result.outcome is Outcome.NOT_DETERMINABLE, result.sentence


def test_an_unknown_context_is_named(rdf: RdfProcess) -> None:
    document = _signed(signer_for("EdDSA"), "eddsa-rdfc-2022", rdf)
    document["@context"].append("https://nobody.example/v1")
    assert "'https://nobody.example/v1'" in judged(document, rdf).result(SIGNATURE).sentence


@pytest.mark.parametrize("suite", ["ecdsa-rdfc-2019", "Ed25519Signature2020"])
def test_no_changed_character_survives(rdf: RdfProcess, suite: str) -> None:
    """Every 13th character of a small credential, every sixth of its proof."""
    by = signer_for("ES256" if suite == "ecdsa-rdfc-2019" else "EdDSA")
    document = _signed(by, suite, rdf, skills=1)
    text = json.dumps(document, separators=(",", ":")).encode()
    assert judged(text, rdf).outcome == "valid"
    start = text.index(b'"proof":{')
    for place in [*range(0, start, 13), *range(start, len(text), 6)]:
        changed = bytearray(text)
        changed[place] ^= 1
        assert judged(bytes(changed), rdf).outcome != "valid", text[place - 20 : place + 20]


def test_a_chain_over_rdf_covers_the_proofs_before(rdf: RdfProcess) -> None:
    by, witness = signer_for("EdDSA"), signer_for("ES256")
    first = sign_data_integrity(
        badge(by.did),
        key=by.private,
        verification_method=by.kid,
        cryptosuite="eddsa-rdfc-2022",
        canonical=rdf,
        proof_id="urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544",
    )
    chain = sign_data_integrity(
        first,
        key=witness.private,
        verification_method=witness.kid,
        cryptosuite="ecdsa-rdfc-2019",
        canonical=rdf,
        previous=["urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"],
    )
    assert judged(chain, rdf).outcome == "valid"
    # Another proof of the same issuer under the same name is not the one that was followed.
    again = sign_data_integrity(
        {**first, "proof": []},
        key=by.private,
        verification_method=by.kid,
        cryptosuite="eddsa-jcs-2022",
        proof_id="urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544",
    )
    assert judged({**chain, "proof": [again["proof"], chain["proof"][1]]}, rdf).outcome == "invalid"


# --- what others signed -------------------------------------------------------------------------------------

SIGNED = [
    "w3c-vc-di-eddsa/eddsa-rdfc-2022/signedDataInt.json",
    "w3c-vc-di-eddsa/eddsa-jcs-2022/signedJCS.json",
    "w3c-vc-di-eddsa/Ed25519Signature2020/signedEdSig.json",
    "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256/signedECDSAP256.json",
    "w3c-vc-di-ecdsa/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json",
]
WITH_CITIZENSHIP = [
    "w3c-vc-di-eddsa/eddsa-rdfc-2022/employ/signedDataInt.json",
    "w3c-vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ/signedECDSAP256.json",
]


def _verify(document: dict[str, Any], rdf: RdfProcess) -> None:
    proof = read_proof(document["proof"])
    verify_proof(proof, document=document, jwk=jwk_from_did_key(proof.owner), canonical=rdf)


@pytest.mark.parametrize("name", SIGNED)
def test_what_w3c_signed_verifies_and_altered_does_not(rdf: RdfProcess, name: str) -> None:
    document = load(name)
    _verify(document, rdf)
    document["credentialSubject"]["alumniOf"] += "!"
    with pytest.raises(InvalidSignature):
        _verify(document, rdf)


@pytest.mark.parametrize("suite", ["rdfc", "jcs"])
def test_what_w3c_signed_with_p384_verifies(rdf: RdfProcess, suite: str) -> None:
    """These have no signed document among the vectors: it is put together of its parts."""
    texts = load("w3c-vc-di-ecdsa/text-vectors.json")
    folder, kind = f"ecdsa-{suite}-2019-p384", "JCS" if suite == "jcs" else ""
    document = load("w3c-vc-di-ecdsa/unsigned.json")
    multikey = load("w3c-vc-di-ecdsa/p384KeyPair.json")["publicKeyMultibase"]
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": f"ecdsa-{suite}-2019",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{multikey}#{multikey}",
        "proofPurpose": "assertionMethod",
        **({"@context": document["@context"]} if suite == "jcs" else {}),
        "proofValue": texts[f"{folder}/sigBTC58{kind}ECDSAP384.txt"].strip(),
    }
    _verify({**document, "proof": proof}, rdf)
    value = bytes.fromhex(texts[f"{folder}/sigHex{kind}ECDSAP384.txt"].strip())
    assert encode_base58btc(value) == proof["proofValue"]


@pytest.mark.parametrize("name", WITH_CITIZENSHIP)
def test_what_w3c_signed_under_a_context_that_is_not_shipped_is_not_determinable(
    rdf: RdfProcess, name: str
) -> None:
    with pytest.raises(Unavailable, match="citizenship"):
        _verify(load(name), rdf)


@pytest.mark.parametrize("folder", ["employ", "prc"])
def test_what_w3c_signed_for_selective_disclosure_is_not_judged(rdf: RdfProcess, folder: str) -> None:
    document = load(f"w3c-vc-di-ecdsa/ecdsa-sd-2023/{folder}/addSignedSDBase.json")
    with pytest.raises(CredentialsError, match="'ecdsa-sd-2023' is not judged"):
        _verify(document, rdf)


def test_a_status_entry_with_a_relative_address_is_refused_though_it_was_signed(rdf: RdfProcess) -> None:
    document = load("w3c-bitstring-status-list/invalidStatusListCredentialId.json")
    verdict = judged(document, rdf)
    assert verdict.outcome != "valid"
    assert verdict.result(FORMAT).outcome is Outcome.PASSED


# --- a second opinion ---------------------------------------------------------------------------------------


def test_didkit_and_we_agree_on_ed25519signature2020(desk: DidkitDesk, rdf: RdfProcess) -> None:
    by = signer()
    made = badge(by.did, model="1.1")
    made["@context"].append(ED25519_2020)
    theirs = desk.issue(made, by.jwk, by.kid, "Ed25519Signature2020")
    ours = sign_data_integrity(
        made,
        key=by.private,
        verification_method=by.kid,
        cryptosuite="Ed25519Signature2020",
        canonical=rdf,
        created=datetime(2026, 1, 1, tzinfo=UTC),  # didkit asks for it
    )
    for document in (theirs, ours):
        assert (judged(document, rdf).outcome, desk.accepts(document)) == ("valid", True)
        for name in ("name", "id"):
            spoilt = {**document, name: document[name] + "x"}
            assert (judged(spoilt, rdf).outcome, _accepted(desk, spoilt)) == ("invalid", False)


def _accepted(desk: DidkitDesk, document: dict[str, Any]) -> bool:
    try:
        return desk.accepts(document)
    except DidkitRefused:
        return False
