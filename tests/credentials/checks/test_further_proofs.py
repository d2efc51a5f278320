"""Check 2 over documents with embedded proofs: by did:ebsi, by DIDs that are their keys, by several."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from credentials.checks.further_proofs import proofs_of
from credentials.checks.signature import check_signature
from credentials.errors import Unavailable
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.verdict import ANCHOR, FORMAT, SIGNATURE, TIMELINE, VALIDITY, CheckResult, Outcome
from did.document import DidDocument
from did.methods.web import document_of_did_web
from did.syntax import Did
from tests.credentials.cases import case_of, verdict_on
from tests.credentials.ledger import DAY, Actor
from tests.credentials.securing.credentials import WEB, members_2_0
from tests.credentials.securing.data_integrity_cases import CANONICAL, SUITES_AND_KEYS, signed_by, signer
from tests.credentials.securing.keys import PRIVATE_KEYS
from tests.credentials.world import Country, country

WITNESS = signer("ES384")


@pytest.fixture
def home() -> Country:
    return country()


def _members(home: Country) -> dict[str, Any]:
    return members_2_0(home.university.did)


def _signed(actor: Actor, unsecured: Mapping[str, Any], suite: str, **options: Any) -> dict[str, Any]:
    return sign_data_integrity(
        unsecured,
        **{
            "key": actor.key.private,
            "verification_method": actor.kid,
            "cryptosuite": suite,
            "canonical": CANONICAL,
            **options,
        },
    )


def _check(home: Country, document: Mapping[str, Any], **others: Any) -> CheckResult:
    given = {"canonical": CANONICAL, **others}
    return check_signature(case_of(home.world, json.dumps(document).encode(), **given))


@pytest.mark.parametrize(("suite", "alg"), SUITES_AND_KEYS)
def test_an_ebsi_issuers_proof_passes_by_its_recorded_key(home: Country, suite: str, alg: str) -> None:
    home.world.add_key(home.university, key=home.world.key(PRIVATE_KEYS[alg]))
    document = _signed(home.university, _members(home), suite)
    result = _check(home, document)
    assert (result.check, result.outcome) == (SIGNATURE, Outcome.PASSED)
    assert result.evidence["algorithm"] == suite
    assert result.evidence["notBefore"] < result.evidence["judgedAt"]
    assert "proofs" not in result.evidence
    forged = _check(home, {**document, "name": "forged"})
    assert (forged.outcome, forged.reason) == (Outcome.FAILED, "signature_mismatch")


def test_a_key_that_ended_before_the_anchor_is_refused(home: Country) -> None:
    document = _signed(home.university, _members(home), "ecdsa-jcs-2019")
    home.world.wait(20_000 * DAY)
    assert _check(home, document).reason == "no_longer_valid"


def test_a_key_that_is_not_the_suites_is_unfit(home: Country) -> None:
    document = _signed(home.university, _members(home), "ecdsa-jcs-2019")
    document["proof"]["cryptosuite"] = "eddsa-jcs-2022"
    result = _check(home, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unfit_key")


def test_without_a_port_a_proof_over_rdf_is_not_determinable(home: Country) -> None:
    document = _signed(home.university, _members(home), "ecdsa-rdfc-2019")
    with pytest.raises(Unavailable, match="canonicalises no RDF"):
        _check(home, document, canonical=None)


class _Served:
    """A did:web document with one Multikey and one JWK under assertionMethod, as its host serves it."""

    def did_document(self, did: Did) -> DidDocument:
        multikey, jwk = signer("EdDSA"), signer("ES256")
        methods: list[dict[str, object]] = [
            {
                "id": f"{did}#m",
                "type": "Multikey",
                "publicKeyMultibase": multikey.did.removeprefix("did:key:"),
            },
            {"id": f"{did}#j", "type": "JsonWebKey", "publicKeyJwk": dict(jwk.jwk)},
        ]
        served = {
            "id": did,
            "verificationMethod": [{**method, "controller": did} for method in methods],
            "assertionMethod": [f"{did}#m", f"{did}#j"],
        }
        return document_of_did_web(did, json.dumps(served).encode())


@pytest.mark.parametrize(
    ("suite", "alg", "name"), [("eddsa-jcs-2022", "EdDSA", "m"), ("ecdsa-rdfc-2019", "ES256", "j")]
)
def test_a_did_web_issuers_proof_is_by_a_multikey_or_a_jwk_of_its_document(
    home: Country, suite: str, alg: str, name: str
) -> None:
    document = signed_by(signer(alg), suite, members_2_0(WEB), verification_method=f"{WEB}#{name}")
    assert _check(home, document, web_dids=_Served()).outcome is Outcome.PASSED
    other = {"m": "j", "j": "m"}[name]
    document["proof"]["verificationMethod"] = f"{WEB}#{other}"
    assert _check(home, document, web_dids=_Served()).reason == "unfit_key"


# --- sets and chains ----------------------------------------------------------------------------------------


def _set(home: Country, **options: Any) -> dict[str, Any]:
    return _signed(
        home.university, signed_by(WITNESS, "ecdsa-jcs-2019", _members(home), **options), "ecdsa-rdfc-2019"
    )


def test_every_proof_of_a_set_has_to_verify(home: Country) -> None:
    document = _set(home)
    result = _check(home, document)
    assert result.outcome is Outcome.PASSED
    assert result.sentence.endswith("All of its 2 proofs are good.")
    assert [one["verificationMethod"] for one in result.evidence["proofs"]] == [
        home.university.kid,
        WITNESS.kid,
    ]
    document["proof"][0]["created"] = "2026-11-21T10:00:00Z"
    result = _check(home, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "signature_mismatch")
    assert "A further proof" in result.sentence


def test_a_chain_passes_whole_and_fails_with_any_link_changed(home: Country) -> None:
    first = _signed(home.university, _members(home), "ecdsa-jcs-2019", proof_id="urn:uuid:1")
    chain = signed_by(WITNESS, "ecdsa-rdfc-2019", first, previous=["urn:uuid:1"])
    assert _check(home, chain).outcome is Outcome.PASSED
    chain["proof"][1].pop("previousProof")
    assert _check(home, chain).outcome is Outcome.FAILED


class _Counted:
    """Canonical RDF that keeps what it was asked, question by question."""

    def __init__(self) -> None:
        self.asked: list[Sequence[Mapping[str, Any]]] = []

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        self.asked.append(documents)
        return CANONICAL.canonical_rdf(documents)


def test_all_proofs_of_a_set_put_one_question_in_which_the_document_stands_once(home: Country) -> None:
    document = signed_by(WITNESS, "ecdsa-jcs-2019", _members(home))
    for number in range(6):
        document = _signed(home.university, document, "ecdsa-rdfc-2019", proof_id=f"urn:{number}")
    counted = _Counted()
    assert _check(home, document, canonical=counted).outcome is Outcome.PASSED
    (question,) = counted.asked
    assert len(question) == 6 + 1
    assert [one for one in question if "credentialSubject" in one] == [_members(home)]


def test_all_proofs_of_a_chain_put_one_question(home: Country) -> None:
    document = _signed(home.university, _members(home), "ecdsa-rdfc-2019", proof_id="urn:0")
    for number in range(1, 4):
        options: dict[str, Any] = {"proof_id": f"urn:{number}", "previous": [f"urn:{number - 1}"]}
        document = signed_by(WITNESS, "ecdsa-rdfc-2019", document, **options)
    counted = _Counted()
    assert _check(home, document, canonical=counted).outcome is Outcome.PASSED
    (question,) = counted.asked
    assert len(question) == 4 + 4
    document["proof"][1]["created"] = "2026-11-21T10:00:00Z"
    assert _check(home, document).reason == "signature_mismatch"


def test_a_set_over_rdf_is_not_determinable_without_a_port(home: Country) -> None:
    with pytest.raises(Unavailable, match="canonicalises no RDF"):
        _check(home, _set(home), canonical=None)


def test_a_further_proof_is_by_a_key_of_its_own_did(home: Country) -> None:
    document = _set(home)
    document["proof"][0]["verificationMethod"] = signer("ES256").kid
    result = _check(home, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "signature_mismatch")
    document["proof"][0]["verificationMethod"] = signer("EdDSA").kid
    assert _check(home, document).reason == "unfit_key"
    document["proof"][0]["verificationMethod"] = WITNESS.kid + "x"
    result = _check(home, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "unknown_key")
    assert "by no key in force" in result.sentence


def test_a_key_of_a_further_proof_may_have_been_in_force_at_an_anchor_that_is_not_at_hand(
    home: Country,
) -> None:
    document = _set(home)
    document["proof"][0]["verificationMethod"] = WITNESS.kid + "x"
    case = case_of(home.world, json.dumps(document).encode(), canonical=CANONICAL)
    with pytest.raises(Unavailable, match="in force earlier"):
        check_signature(replace(case, more_unseen=True))


def test_a_further_proof_by_a_method_that_nobody_resolves_is_not_determinable(home: Country) -> None:
    document = _set(home)
    document["proof"][0]["verificationMethod"] = "did:ion:abc#key"
    with pytest.raises(Unavailable, match="did:ion"):
        _check(home, document)


# --- the verdict --------------------------------------------------------------------------------------------


def test_a_proof_ends_when_it_says_so_and_begins_when_it_was_made(home: Country) -> None:
    world = home.world
    options = {"created": world.moment, "expires": world.moment.replace(year=2027)}
    document = json.dumps(_signed(home.university, _members(home), "ecdsa-jcs-2019", **options)).encode()
    world.anchor(home.university, [document])
    now = verdict_on(world, document, canonical=CANONICAL)
    assert now.result(FORMAT).evidence["mechanism"] == "data-integrity"
    assert (now.result(VALIDITY).outcome, now.result(ANCHOR).outcome) == (Outcome.PASSED, Outcome.PASSED)
    world.wait(400 * DAY)
    assert verdict_on(world, document, canonical=CANONICAL).result(VALIDITY).reason == "expired"


def test_a_proof_of_the_future_was_not_issued_yet(home: Country) -> None:
    made = home.world.moment.replace(year=2999)
    document = _signed(home.university, _members(home), "ecdsa-jcs-2019", created=made)
    verdict = verdict_on(home.world, json.dumps(document).encode())
    assert verdict.result(TIMELINE).reason == "not_issued_yet"


@pytest.mark.parametrize("bound", [{"challenge": "7"}, {"domain": "example.org"}])
def test_a_credential_bound_to_a_challenge_or_a_domain_is_not_judged(
    home: Country, bound: dict[str, str]
) -> None:
    document = _signed(home.university, _members(home), "ecdsa-jcs-2019", **bound)
    verdict = verdict_on(home.world, json.dumps(document).encode())
    assert (verdict.outcome, verdict.result(FORMAT).reason) == ("indeterminate", "not_judged")


def test_only_embedded_proofs_are_such(home: Country) -> None:
    assert proofs_of(case_of(home.world, home.credential)) is None
