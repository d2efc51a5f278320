import itertools
from typing import Any

import pytest

from credentials.errors import InvalidSignature, MalformedCredential, NotJudged, UnfitKey
from credentials.securing.data_integrity import verify_proof
from credentials.securing.proof_sets import MAX_PROOFS, read_proofs

from .credentials import proof
from .data_integrity_cases import CANONICAL, Signer, document, signed_by, signer

ISSUER, WITNESS = signer("EdDSA"), signer("ES256")


def _all_good(secured: dict[str, Any]) -> None:
    proofs = read_proofs(secured["proof"], of=ISSUER.did)
    for one in proofs.all:
        by: Signer = ISSUER if one.owner == ISSUER.did else WITNESS
        verify_proof(one, document=secured, jwk=by.jwk, canonical=CANONICAL, previous=proofs.covered_by(one))


def _set() -> dict[str, Any]:
    return signed_by(ISSUER, "eddsa-rdfc-2022", signed_by(WITNESS, "ecdsa-jcs-2019", document(ISSUER)))


def _chain() -> dict[str, Any]:
    first = signed_by(ISSUER, "eddsa-jcs-2022", proof_id="urn:uuid:1")
    second = signed_by(WITNESS, "ecdsa-rdfc-2019", first, proof_id="urn:uuid:2", previous=["urn:uuid:1"])
    return signed_by(ISSUER, "eddsa-rdfc-2022", second, previous=["urn:uuid:1", "urn:uuid:2"])


def test_the_principal_proof_is_the_first_of_whom_the_document_is_about() -> None:
    proofs = read_proofs(_set()["proof"], of=ISSUER.did)
    assert (proofs.principal.algorithm, [one.algorithm for one in proofs.further]) == (
        "eddsa-rdfc-2022",
        ["ecdsa-jcs-2019"],
    )


def test_every_proof_of_a_set_is_over_the_document_alone() -> None:
    secured = _set()
    _all_good(secured)
    _all_good({**secured, "proof": secured["proof"][1:]})
    _all_good({**secured, "proof": secured["proof"][::-1]})
    with pytest.raises(InvalidSignature):
        _all_good({**secured, "name": "forged"})


def test_a_proof_of_a_chain_covers_those_before_it() -> None:
    secured = _chain()
    _all_good(secured)
    for place, name in itertools.product((0, 1), ("created", "expires")):
        changed = [dict(one) for one in secured["proof"]]
        changed[place][name] = "2026-11-21T10:00:00Z"
        proofs = read_proofs(changed, of=ISSUER.did)
        last = proofs.further[-1]
        with pytest.raises(InvalidSignature):
            verify_proof(
                last,
                document={**secured, "proof": changed},
                jwk=ISSUER.jwk,
                canonical=CANONICAL,
                previous=proofs.covered_by(last),
            )


def test_a_proof_taken_out_of_the_middle_of_a_chain_is_missed() -> None:
    secured = _chain()
    with pytest.raises(MalformedCredential, match="follows one that is not there"):
        read_proofs([secured["proof"][0], secured["proof"][2]], of=ISSUER.did)
    # The last ones can be taken away: nothing says that anybody followed.
    _all_good({**secured, "proof": secured["proof"][:2]})


def test_a_chain_cannot_be_turned_into_a_set() -> None:
    secured = _chain()
    del secured["proof"][2]["previousProof"]
    with pytest.raises(InvalidSignature):
        _all_good(secured)


@pytest.mark.parametrize(
    ("previous", "word"),
    [
        ({0: "urn:0"}, "circle"),
        ({0: "urn:1", 1: "urn:0"}, "circle"),
        ({0: "urn:1", 1: "urn:2", 2: ["urn:0"]}, "circle"),
        ({1: "urn:9"}, "not there"),
        ({1: ["urn:0", "urn:0"]}, "twice"),
    ],
)
def test_a_chain_has_a_beginning(previous: dict[int, Any], word: str) -> None:
    made = signed_by(ISSUER, "eddsa-jcs-2022")["proof"]
    proofs = [{**made, "id": f"urn:{number}"} for number in range(3)]
    for place, value in previous.items():
        proofs[place]["previousProof"] = value
    with pytest.raises(MalformedCredential, match=word):
        read_proofs(proofs, of=ISSUER.did)


def test_two_proofs_of_one_id_are_refused() -> None:
    made = {**signed_by(ISSUER, "eddsa-jcs-2022")["proof"], "id": "urn:1"}
    with pytest.raises(MalformedCredential, match="one id"):
        read_proofs([made, made], of=ISSUER.did)


def test_a_proof_that_is_there_twice_is_refused() -> None:
    made = signed_by(ISSUER, "eddsa-rdfc-2022")["proof"]
    for again in (made, {**made, "id": "urn:1"}):
        with pytest.raises(MalformedCredential, match="are the same"):
            read_proofs([made, again], of=ISSUER.did)


def test_a_document_without_a_proof_of_its_issuer_is_refused() -> None:
    secured = signed_by(WITNESS, "ecdsa-jcs-2019", document(ISSUER))
    with pytest.raises(MalformedCredential, match="another DID"):
        read_proofs(secured["proof"], of=ISSUER.did)


def test_an_older_proof_among_several_is_not_judged() -> None:
    older = proof(type="JsonWebSignature2020")
    with pytest.raises(NotJudged, match="'JsonWebSignature2020' among several"):
        read_proofs([signed_by(ISSUER, "eddsa-jcs-2022")["proof"], older], of=ISSUER.did)


@pytest.mark.parametrize("value", [[], None, 7, [7], [[]]])
def test_what_is_no_proof_is_refused(value: Any) -> None:
    with pytest.raises(MalformedCredential, match="no object"):
        read_proofs(value, of=ISSUER.did)


def test_there_are_only_so_many_proofs() -> None:
    secured = signed_by(ISSUER, "eddsa-jcs-2022")
    for number in range(MAX_PROOFS - 1):
        secured = signed_by(ISSUER, "eddsa-jcs-2022", secured, proof_id=f"urn:{number}")
    _all_good(secured)
    with pytest.raises(MalformedCredential, match=f"at most {MAX_PROOFS} proofs"):
        signed_by(ISSUER, "eddsa-jcs-2022", secured)
    with pytest.raises(MalformedCredential, match=f"more than {MAX_PROOFS} proofs"):
        read_proofs([*secured["proof"], secured["proof"][0]], of=ISSUER.did)


def test_nothing_is_signed_by_an_unknown_suite_or_after_a_proof_that_is_not_there() -> None:
    with pytest.raises(UnfitKey, match="'ecdsa-sd-2023' is not known"):
        signed_by(ISSUER, "ecdsa-sd-2023")
    with pytest.raises(MalformedCredential, match="no proof 'urn:1' to follow"):
        signed_by(ISSUER, "eddsa-jcs-2022", previous=["urn:1"])
