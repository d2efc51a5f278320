import copy
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from credentials.errors import CredentialsError, InvalidSignature, Unavailable, UnfitKey
from credentials.securing.data_integrity import verify_proof
from credentials.securing.data_integrity_proof import read_proof
from credentials.securing.reading import read_secured
from did.multibase import decode_base58btc, encode_base58btc

from .credentials import proof
from .data_integrity_cases import (
    CANONICAL,
    OVER_JSON,
    SUITES_AND_KEYS,
    document,
    signed_by,
    signer,
    text_of,
    verify_document,
)
from .keys import rsa_key

Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("model", ["1.1", "2.0"])
@pytest.mark.parametrize(("suite", "alg"), SUITES_AND_KEYS)
def test_what_is_signed_verifies_by_its_key_and_by_no_other(suite: str, alg: str, model: str) -> None:
    by = signer(alg)
    secured = signed_by(by, suite, document(by, model=model))
    verify_document(secured, by=by)
    wrong = copy.deepcopy(secured)
    value = bytearray(decode_base58btc(wrong["proof"]["proofValue"]))
    value[-1] ^= 1
    wrong["proof"]["proofValue"] = encode_base58btc(bytes(value))
    with pytest.raises(InvalidSignature):
        verify_document(wrong, by=by)


@pytest.mark.parametrize(("suite", "alg"), SUITES_AND_KEYS)
def test_a_key_of_another_type_cannot_have_made_it(suite: str, alg: str) -> None:
    secured, by = signed_by(signer(alg), suite), signer(alg)
    for other in {"EdDSA", "ES256", "ES384", "ES256K"} - {alg}:
        with pytest.raises((UnfitKey, InvalidSignature)) as refused:
            verify_document(secured, by=by, jwk=signer(other).jwk)
        if "ecdsa" not in suite or other in {"EdDSA", "ES256K"}:
            assert isinstance(refused.value, UnfitKey)


@pytest.mark.parametrize(
    ("claimed", "alg"),
    [
        ("ecdsa-jcs-2019", "EdDSA"),
        ("ecdsa-rdfc-2019", "EdDSA"),
        ("eddsa-jcs-2022", "ES256"),
        ("eddsa-rdfc-2022", "ES384"),
        ("Ed25519Signature2020", "ES256"),
        ("ecdsa-jcs-2019", "ES256K"),
    ],
)
def test_a_suite_is_not_signed_with_a_key_of_another(claimed: str, alg: str) -> None:
    with pytest.raises(UnfitKey, match=claimed):
        signed_by(signer(alg), claimed)


@pytest.mark.parametrize("jwk", [{}, {"kty": "oct", "k": "x"}, {"kty": "EC"}])
def test_a_key_that_is_none_verifies_nothing(jwk: dict[str, str]) -> None:
    by = signer()
    with pytest.raises(UnfitKey):
        verify_document(signed_by(by, "eddsa-jcs-2022"), by=by, jwk=jwk)


def test_an_rsa_key_has_no_suite_here() -> None:
    from did.jwk import jwk_from_public_key

    by = signer()
    with pytest.raises(UnfitKey, match="RSA"):
        verify_document(
            signed_by(by, "eddsa-jcs-2022"), by=by, jwk=jwk_from_public_key(rsa_key().public_key())
        )


@pytest.mark.parametrize(("suite", "alg"), SUITES_AND_KEYS)
@pytest.mark.parametrize(
    "edit",
    [
        lambda d: d.update(name="forged"),
        lambda d: d["credentialSubject"].update(finalGrade="A+"),
        lambda d: d.pop("validFrom"),
        lambda d: d["proof"].update(created="2026-11-21T10:00:01Z"),
        lambda d: d["proof"].update(expires="2999-01-01T00:00:00Z"),
        lambda d: d["proof"].pop("created"),
        lambda d: d["proof"].update(id="urn:x"),
        lambda d: d["proof"].update(domain="example.org"),
        lambda d: d["proof"].update(challenge="7"),
        lambda d: d["proof"].update(nonce="7"),
        lambda d: d["proof"].update(proofPurpose="authentication"),
    ],
    ids=range(11),
)
def test_no_word_of_document_or_proof_can_be_changed(suite: str, alg: str, edit: Edit) -> None:
    by = signer(alg)
    from credentials.moments import parse_moment

    secured = signed_by(by, suite, created=parse_moment("2026-11-21T10:00:00Z", name="now"))
    verify_document(secured, by=by)
    edit(secured)
    with pytest.raises(InvalidSignature):
        verify_document(secured, by=by)


@pytest.mark.parametrize(
    ("suite", "claimed", "alg"),
    [
        ("eddsa-jcs-2022", "eddsa-rdfc-2022", "EdDSA"),
        ("eddsa-rdfc-2022", "eddsa-jcs-2022", "EdDSA"),
        ("ecdsa-jcs-2019", "ecdsa-rdfc-2019", "ES384"),
    ],
)
def test_a_proof_of_one_suite_is_none_of_another(suite: str, claimed: str, alg: str) -> None:
    by = signer(alg)
    secured = signed_by(by, suite)
    secured["proof"]["cryptosuite"] = claimed
    with pytest.raises(InvalidSignature):
        verify_document(secured, by=by)


@pytest.mark.parametrize(("suite", "alg"), OVER_JSON)
def test_no_changed_byte_of_a_document_signed_as_json_survives(suite: str, alg: str) -> None:
    """Every third byte of the proof, every eleventh of the rest."""
    by = signer(alg)
    text = text_of(signed_by(by, suite))
    verify_document(json.loads(text), by=by)
    start = text.index(b'"proof":')
    for place in [*range(0, start, 11), *range(start, len(text), 3)]:
        changed = bytearray(text)
        changed[place] ^= 1
        with pytest.raises(CredentialsError):
            verify_document(dict(read_secured(bytes(changed)).document or {}), by=by)


# --- contexts -----------------------------------------------------------------------------------------------


def test_a_context_added_behind_those_that_json_was_signed_with_is_not_judged() -> None:
    """⚑ The suites over JSON let a document have more contexts than its proof; those are nobody's."""
    by = signer()
    secured = signed_by(by, "eddsa-jcs-2022")
    secured["@context"] = [*secured["@context"], "https://example.org/v1"]
    with pytest.raises(Unavailable, match="contexts that its proof does not cover"):
        verify_document(secured, by=by)
    secured["@context"] = secured["@context"][::-1]
    with pytest.raises(InvalidSignature):
        verify_document(secured, by=by)
    del secured["@context"]
    with pytest.raises(InvalidSignature):
        verify_document(secured, by=by)


def test_without_a_context_in_its_proof_the_documents_own_are_signed_as_json() -> None:
    by = signer()
    unsecured = document(by)
    del unsecured["@context"]
    secured = signed_by(by, "eddsa-jcs-2022", unsecured)
    assert "@context" not in secured["proof"]
    verify_document(secured, by=by)
    with pytest.raises(InvalidSignature):
        verify_document({**secured, "@context": ["https://example.org"]}, by=by)


def test_a_proof_over_rdf_has_the_documents_contexts_alone() -> None:
    by = signer()
    secured = signed_by(by, "eddsa-rdfc-2022")
    secured["proof"]["@context"] = secured["@context"]
    verify_document(secured, by=by)
    secured["proof"]["@context"] = ["https://example.org"]
    with pytest.raises(Unavailable, match="brings other contexts"):
        verify_document(secured, by=by)
    del secured["@context"]
    with pytest.raises(Unavailable, match="no context"):
        verify_document(secured, by=by)


# --- what cannot be judged ----------------------------------------------------------------------------------


def test_without_a_port_nothing_over_rdf_is_judged() -> None:
    by = signer()
    secured = signed_by(by, "eddsa-rdfc-2022")
    with pytest.raises(Unavailable, match="canonicalises no RDF"):
        verify_proof(read_proof(secured["proof"]), document=secured, jwk=by.jwk, canonical=None)


def test_an_older_proof_is_not_verified_here() -> None:
    by = signer()
    older = proof(by.did, type="JsonWebSignature2020")
    with pytest.raises(Unavailable, match="JsonWebSignature2020 are not verified here"):
        verify_document({**document(by), "proof": older}, by=by)


def test_a_number_without_a_canonical_form_is_not_judged() -> None:
    by = signer()
    with pytest.raises(Unavailable, match="no canonical form"):
        signed_by(by, "eddsa-jcs-2022", document(by, level=2**60))


def test_both_are_canonicalised_in_one_go() -> None:
    """A node has one process for it: two questions would wait twice."""
    asked: list[int] = []

    class _Counted:
        def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
            asked.append(len(documents))
            return CANONICAL.canonical_rdf(documents)

    by = signer()
    secured = signed_by(by, "eddsa-rdfc-2022")
    verify_proof(read_proof(secured["proof"]), document=secured, jwk=by.jwk, canonical=_Counted())
    assert asked == [2]
