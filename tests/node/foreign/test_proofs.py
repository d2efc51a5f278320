"""Embedded proofs: what didkit accepts and a verdict must not, each played; then what both accept."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from credentials.errors import InvalidSignature, Unavailable
from credentials.securing.jose import sign_compact
from credentials.verdict import ISSUER, SIGNATURE, STATUS, VALIDITY, Outcome, Verdict
from credentials.verification import verify
from node.foreign.didkit_client import DidkitProcess
from node.foreign.json_ld import CONTEXTS, CREDENTIALS_V1, MAX_VALUES
from node.foreign.proofs import DidkitProofs
from tests.credentials.world import World
from tests.node.foreign.didkit_desk import DidkitDesk
from tests.node.foreign.signers import KINDS, Signer, members, signer

STATUS_LIST_CONTEXT = "https://w3id.org/vc/status-list/2021/v1"
STATUS_ENTRY = {
    "id": "https://uni.example/status#7",
    "type": "StatusList2021Entry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://uni.example/status",
}
Edit = Callable[[dict[str, Any]], object]


def judged(document: dict[str, Any] | str, proofs: DidkitProofs) -> Verdict:
    """The verdict, by a policy that asks nothing that needs the ledger."""
    world = World()
    text = document if isinstance(document, str) else json.dumps(document)
    policy = world.policy("accreditation", "anchor", "timeline", "schema")
    return verify(text.encode(), at=None, policy=policy, ports=world.ports(proofs=proofs))


def edited(document: dict[str, Any], edit: Edit) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    edit(changed)
    return changed


@pytest.fixture(scope="module")
def degree(desk: DidkitDesk) -> dict[str, Any]:
    """A credential with a status entry and an end, signed by didkit."""
    by = signer()
    made = members(by.did, credentialStatus=STATUS_ENTRY, expirationDate="2025-01-01T00:00:00Z")
    made["@context"].append(STATUS_LIST_CONTEXT)
    return desk.issue(made, by.jwk, by.kid, "Ed25519Signature2018")


@pytest.mark.parametrize("method", ["key", "jwk"])
@pytest.mark.parametrize(("curve", "kind"), [(curve, kind) for curve in KINDS for kind in KINDS[curve]])
def test_a_proof_of_each_kind_is_judged_and_no_altered_word_survives(
    desk: DidkitDesk, proofs: DidkitProofs, method: str, curve: str, kind: str
) -> None:
    by = signer(curve, method=method)
    document = desk.issue(members(by.did, kind), by.jwk, by.kid, kind)
    verdict = judged(document, proofs)
    assert (verdict.outcome, verdict.result(SIGNATURE).outcome) == ("valid", Outcome.PASSED)
    document["credentialSubject"]["degree"]["name"] = "Master of Music"
    assert judged(document, proofs).result(SIGNATURE).outcome is Outcome.FAILED


# --- what didkit accepts ------------------------------------------------------------------------------------


def test_an_expired_credential_passes_didkit_and_fails_here(
    desk: DidkitDesk, proofs: DidkitProofs, degree: dict[str, Any]
) -> None:
    assert desk.accepts(degree)
    verdict = judged(degree, proofs)
    assert verdict.result(SIGNATURE).outcome is Outcome.PASSED
    assert (verdict.outcome, verdict.result(VALIDITY).outcome) == ("invalid", Outcome.FAILED)


def test_a_credential_of_the_future_passes_didkit_and_fails_here(
    desk: DidkitDesk, proofs: DidkitProofs
) -> None:
    by = signer()
    made = members(by.did, issuanceDate="2999-01-01T00:00:00Z")
    document = desk.issue(made, by.jwk, by.kid, "Ed25519Signature2018")
    assert desk.accepts(document)
    assert judged(document, proofs).result(VALIDITY).outcome is Outcome.FAILED


def test_a_status_that_nobody_looks_at_passes_didkit_and_is_not_determinable_here(
    desk: DidkitDesk, proofs: DidkitProofs
) -> None:
    by = signer()
    made = members(by.did, credentialStatus=STATUS_ENTRY)
    made["@context"].append(STATUS_LIST_CONTEXT)
    document = desk.issue(made, by.jwk, by.kid, "Ed25519Signature2018")
    assert desk.accepts(document)
    verdict = judged(document, proofs)
    assert verdict.result(SIGNATURE).outcome is Outcome.PASSED
    assert (verdict.outcome, verdict.result(STATUS).outcome) == ("indeterminate", Outcome.NOT_DETERMINABLE)


def _jwt(by: Signer, *, iss: str, issuer: str) -> str:
    """A VC-JWT signed by `by`, whose claims name whomever one likes."""
    made = members(issuer)
    payload = {
        "iss": iss,
        "sub": made["credentialSubject"]["id"],
        "jti": made["id"],
        "nbf": 1704067200,
        "vc": made,
    }
    return sign_compact(
        header={"typ": "JWT", "kid": by.kid}, payload=json.dumps(payload).encode(), key=by.private
    )


def test_a_jwt_by_somebody_else_than_the_issuer_passes_didkit_and_fails_here(
    desk: DidkitDesk, proofs: DidkitProofs
) -> None:
    other = signer(secret=8)
    forged = _jwt(other, iss=other.did, issuer=signer(secret=7).did)
    assert desk.accepts(forged)
    assert judged(forged, proofs).outcome == "invalid"


def test_any_key_passes_didkit_if_it_is_told_which_and_never_here(
    desk: DidkitDesk, proofs: DidkitProofs
) -> None:
    issuer, other = signer(secret=7).did, signer(secret=8)
    forged = _jwt(other, iss=issuer, issuer=issuer)
    assert desk.accepts(forged, verificationMethod=other.kid)
    assert judged(forged, proofs).outcome == "invalid"


def test_a_proof_that_names_a_key_of_somebody_else_fails(
    proofs: DidkitProofs, degree: dict[str, Any]
) -> None:
    document = edited(degree, lambda d: d["proof"].update(verificationMethod=signer(secret=8).kid))
    assert judged(document, proofs).outcome == "invalid"
    with pytest.raises(InvalidSignature):
        proofs.verify_proof(document)


def test_only_the_first_of_several_proofs_counts_for_didkit_and_none_here(
    desk: DidkitDesk, proofs: DidkitProofs, degree: dict[str, Any]
) -> None:
    bad = {**degree["proof"], "jws": degree["proof"]["jws"][:-4] + "AAAA"}
    document = {**degree, "proof": [degree["proof"], bad]}
    assert desk.accepts(document)
    assert judged(document, proofs).outcome != "valid"
    with pytest.raises(Unavailable, match="set of several proofs"):
        proofs.verify_proof(document)
    proofs.verify_proof({**degree, "proof": [degree["proof"]]})


def _rename_status(document: dict[str, Any]) -> None:
    document["https://www.w3.org/2018/credentials#credentialStatus"] = document.pop("credentialStatus")


def _rename_end(document: dict[str, Any]) -> None:
    document["https://www.w3.org/2018/credentials#expirationDate"] = {
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        "@value": document.pop("expirationDate"),
    }


def _hide_status_in_a_context(document: dict[str, Any]) -> None:
    alias = {"@id": "https://www.w3.org/2018/credentials#credentialStatus", "@type": "@id"}
    document["@context"].append({"remark": alias})
    document["remark"] = document.pop("credentialStatus")


@pytest.mark.parametrize(
    "edit",
    [
        _rename_status,
        _rename_end,
        _hide_status_in_a_context,
        lambda document: document["type"].append("DoctoralDegreeCredential"),
        lambda document: document["credentialSubject"]["degree"].update(type=["BachelorDegree", "PhD"]),
        lambda document: document.update(holder="me"),
        lambda document: document.update(refreshService=None),
    ],
    ids=["status", "end", "alias", "type", "inner type", "relative", "null"],
)
def test_what_no_signature_covers_passes_didkit_and_is_not_judged_here(
    desk: DidkitDesk, proofs: DidkitProofs, degree: dict[str, Any], edit: Edit
) -> None:
    """⚑ A status under its full IRI is signed as before, and no reader of the text finds it."""
    document = edited(degree, edit)
    assert desk.accepts(document)
    assert judged(document, proofs).result(SIGNATURE).outcome is Outcome.NOT_DETERMINABLE


# --- what is not judged -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda d: d["@context"].append("https://nobody.example/v1"), "not known here, and none is fetched"),
        (lambda d: d.update({"@context": CREDENTIALS_V1}), "data model 1.1 alone"),
        (lambda d: d.update({"@context": d["@context"][1:]}), "data model 1.1 alone"),
        (lambda d: d.update(remark="x"), "could not be judged"),
        (lambda d: d["credentialSubject"].update(id="_:b0"), "id that is none"),
        (lambda d: d["credentialSubject"].update(id=7), "id that is none"),
        (lambda d: d["credentialSubject"].update(id=d["id"]), "names a part of it too"),
        (lambda d: d["credentialSubject"].update(degree=[[{"name": "x"}]]), "list in a list"),
        (lambda d: d["credentialSubject"].update(degree=[]), "empty member"),
        (lambda d: d.update(name=["x"] * MAX_VALUES), "too many to try"),
        (lambda d: d.update(name="x" * 40_000), "bytes of credential"),
        (lambda d: d.update(name="\ud800"), "half of a surrogate pair"),
        (lambda d: d["proof"].update(type="DataIntegrityProof"), "type DataIntegrityProof"),
        (lambda d: d["proof"].update(type=7), "type 7"),
        (lambda d: d["proof"].update(challenge="x"), "a member that is not judged"),
        (lambda d: d.pop("proof"), "set of several proofs"),
        (lambda d: d.update(issuer="https://uni.example"), "issuers that are DIDs"),
        (lambda d: d.update(issuer={"name": "x"}), "issuers that are DIDs"),
        (lambda d: d.update(issuer={"id": "did:ion:abc"}), "did:ion are not judged"),
        (lambda d: d.update(issuer="did:web:uni.example"), "resolves no did:web"),
        (lambda d: d.update(credentialSubject="x"), "could not be judged"),
    ],
    ids=range(21),
)
def test_whatever_else_is_sent_is_not_judged_with_a_sentence(
    proofs: DidkitProofs, degree: dict[str, Any], edit: Edit, sentence: str
) -> None:
    with pytest.raises(Unavailable, match=sentence):
        proofs.verify_proof(edited(degree, edit))


@pytest.mark.parametrize("kind", KINDS["Ed25519"])
def test_no_changed_character_survives(desk: DidkitDesk, proofs: DidkitProofs, kind: str) -> None:
    """Every character of the proof, every seventh of the rest."""
    by = signer()
    text = json.dumps(desk.issue(members(by.did, kind), by.jwk, by.kid, kind), separators=(",", ":"))
    start = text.index('"proof":{')
    assert judged(text, proofs).outcome == "valid"
    for place in [*range(0, start, 7), *range(start, len(text))]:
        changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        assert judged(changed, proofs).outcome != "valid", changed[place - 20 : place + 20]


def test_as_many_values_as_there_may_be_are_tried(desk: DidkitDesk, proofs: DidkitProofs) -> None:
    by = signer()
    made = members(by.did)
    made["credentialSubject"]["degree"] = [
        {"type": "BachelorDegree", "name": f"Bachelor {number}"} for number in range((MAX_VALUES - 6) // 2)
    ]
    proofs.verify_proof(desk.issue(made, by.jwk, by.kid, "Ed25519Signature2018"))


def test_a_graph_that_is_dear_to_order_ends_in_time_and_the_next_one_is_judged(
    desk: DidkitDesk, degree: dict[str, Any]
) -> None:
    """Nameless nodes that look alike are what canonicalisation takes longest over."""
    bounded = DidkitProofs(DidkitProcess(seconds=5), None)
    nested: dict[str, Any] = {"name": "x"}
    for _ in range(5):
        nested = {"degree": [nested, copy.deepcopy(nested)]}
    document = edited(degree, lambda d: d["credentialSubject"].update(degree=nested))
    with pytest.raises((InvalidSignature, Unavailable)):
        bounded.verify_proof(document)
    by = signer()
    bounded.verify_proof(desk.issue(members(by.did), by.jwk, by.kid, "Ed25519Signature2018"))
    bounded.close()


@pytest.mark.parametrize("context", sorted(CONTEXTS - {CREDENTIALS_V1}))
def test_didkit_holds_every_context_that_is_let_through(
    desk: DidkitDesk, proofs: DidkitProofs, context: str
) -> None:
    by = signer()
    made = members(by.did, type=["VerifiableCredential"], credentialSubject={"id": "did:example:a"})
    made["@context"] = [CREDENTIALS_V1, context]
    proofs.verify_proof(desk.issue(made, by.jwk, by.kid, "Ed25519Signature2018"))


def test_an_issuer_may_be_an_object(desk: DidkitDesk, proofs: DidkitProofs) -> None:
    by = signer()
    document = desk.issue(
        {**members(by.did), "issuer": {"id": by.did}}, by.jwk, by.kid, "Ed25519Signature2018"
    )
    verdict = judged(document, proofs)
    assert verdict.result(ISSUER).outcome is Outcome.PASSED
    assert verdict.outcome == "valid"
