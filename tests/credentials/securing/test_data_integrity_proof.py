import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.data_integrity_proof import read_proof

from .data_integrity_cases import signed_by, signer

PROOF = signed_by(signer(), "eddsa-jcs-2022")["proof"]


def _proof(**changes: Any) -> dict[str, Any]:
    members = {**PROOF, **changes}
    return {name: value for name, value in members.items() if value is not None}


def test_a_proof_is_read_by_its_members() -> None:
    members = _proof(
        created="2026-11-21T10:00:00Z",
        expires="2027-11-21T10:00:00+01:00",
        id="urn:uuid:1",
        previousProof="urn:uuid:0",
        domain=["a.example", "b.example"],
        challenge="7",
        nonce="8",
    )
    proof = read_proof(members)
    assert proof.suite is not None
    assert (proof.suite.name, proof.algorithm, len(proof.value)) == ("eddsa-jcs-2022", "eddsa-jcs-2022", 64)
    assert proof.created == datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert proof.expires == datetime(2027, 11, 21, 9, tzinfo=UTC)
    assert (proof.id, proof.previous) == ("urn:uuid:1", ("urn:uuid:0",))
    assert (proof.domain, proof.challenge) == (("a.example", "b.example"), "7")
    assert (proof.owner, proof.purpose, proof.members) == (signer().did, "assertionMethod", members)


def test_a_proof_of_an_older_kind_is_left_to_others() -> None:
    proof = read_proof(_proof(type="JsonWebSignature2020", cryptosuite=None, jws="a..b", proofValue=None))
    assert (proof.suite, proof.algorithm, proof.value) == (None, "JsonWebSignature2020", b"")


@pytest.mark.parametrize(
    "cryptosuite", ["ecdsa-sd-2023", "bbs-2023", "eddsa-2022", "Ed25519Signature2020", "EDDSA-JCS-2022"]
)
def test_a_cryptosuite_that_is_not_known_is_named_and_not_judged(cryptosuite: str) -> None:
    with pytest.raises(NotJudged, match=f"cryptosuite '{cryptosuite}' is not judged"):
        read_proof(_proof(cryptosuite=cryptosuite))


def test_a_data_integrity_proof_names_its_cryptosuite() -> None:
    with pytest.raises(NotJudged, match="cryptosuite"):
        read_proof(_proof(cryptosuite=None))


def test_a_type_that_is_its_suite_names_no_other() -> None:
    with pytest.raises(MalformedCredential, match="names a cryptosuite"):
        read_proof(_proof(type="Ed25519Signature2020"))
    assert read_proof(_proof(type="Ed25519Signature2020", cryptosuite=None)).suite is not None


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"proofValue": None}, "value"),
        ({"proofValue": 7}, "value"),
        ({"proofValue": "u-base64"}, "value"),
        ({"proofValue": "z0"}, "value"),
        ({"created": "yesterday"}, "created"),
        ({"created": "2026-11-21"}, "created"),
        ({"expires": 7}, "expires"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"challenge": ["7"]}, "challenge"),
        ({"challenge": "\x1b[2J"}, "challenge"),
        ({"nonce": {}}, "nonce"),
        ({"domain": []}, "domain"),
        ({"domain": [7]}, "domain"),
        ({"domain": ["a"] * 17}, "domain"),
        ({"previousProof": {}}, "previousProof"),
        ({"verificationMethod": "https://example.org"}, "DID URL"),
        ({"cryptosuite": 7}, "cryptosuite"),
    ],
)
def test_a_member_of_another_kind_is_refused(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(MalformedCredential, match=word):
        read_proof(_proof(**changes))


def test_a_member_that_nobody_knows_is_not_judged() -> None:
    with pytest.raises(NotJudged, match="'remark'"):
        read_proof(_proof(remark="x"))


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "@context",
                "type",
                "cryptosuite",
                "created",
                "expires",
                "proofValue",
                "verificationMethod",
                "proofPurpose",
                "previousProof",
                "domain",
                "id",
                "x",
            ]
        ),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=8)
        | st.lists(st.text(max_size=4), max_size=3)
        | st.just("eddsa-jcs-2022")
        | st.just("DataIntegrityProof"),
        max_size=6,
    )
)
def test_whatever_a_proof_holds_it_is_read_or_refused(changes: dict[str, Any]) -> None:
    members = json.loads(json.dumps(_proof() | changes))
    with suppress(MalformedCredential):
        assert read_proof(members).verification_method == members["verificationMethod"]
