from typing import Any

import pytest

from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.reading import read_secured

from .credentials import (
    AT,
    EBSI,
    END,
    END_SECONDS,
    ID,
    LEARNER,
    SECONDS,
    WEB,
    claims_of,
    members_1_1,
    members_2_0,
    signed,
)

LATER, LATER_SECONDS = "2026-12-01T10:00:00Z", 1_796_119_200
SUBJECTS = [{"id": LEARNER}, {"id": "did:web:other.example"}]


def _refusal(payload: dict[str, Any]) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(signed(payload))
    return refused.value.reason


def test_the_claims_are_kept_beside_the_credential() -> None:
    secured = read_secured(signed(claims_of(members_1_1(expirationDate=END), iat=SECONDS + 0.75)))
    assert (secured.not_before, secured.issued_at, secured.expires) == (SECONDS, SECONDS, END_SECONDS)
    assert read_secured(signed(claims_of(members_1_1(), iat=None))).issued_at is None


def test_a_time_before_1970_is_rounded_down() -> None:
    dates = dict.fromkeys(("issuanceDate", "issued", "validFrom"), "1969-12-31T23:59:58.5Z")
    assert read_secured(signed(claims_of(members_1_1(**dates), nbf=-1.5))).not_before == -2


@pytest.mark.parametrize("vc", [None, "text", 7, [members_1_1()], True])
def test_the_claim_vc_is_one_object(vc: object) -> None:
    assert "vc is no object" in _refusal({**claims_of(members_1_1()), "vc": vc})


@pytest.mark.parametrize(
    "name", ["@context", "type", "issuer", "credentialSubject", "validFrom", "validUntil"]
)
def test_a_second_credential_beside_the_claim_vc_is_refused(name: str) -> None:
    members = members_2_0(validUntil=END)
    assert "another one beside it" in _refusal(claims_of(members_1_1(), **{name: members[name]}))


@pytest.mark.parametrize(
    "name", ["issuanceDate", "expirationDate", "credentialStatus", "credentialSchema", "termsOfUse"]
)
def test_nothing_that_decides_stands_unread_beside_the_claim_vc(name: str) -> None:
    assert "another one beside it" in _refusal(claims_of(members_1_1(), **{name: END}))


@pytest.mark.parametrize("name", ["status", "exp", "nbf", "iat"])
def test_no_claim_that_decides_stands_unread_within_the_claim_vc(name: str) -> None:
    with pytest.raises(NotJudged, match=rf"\({name}\)"):
        read_secured(signed(claims_of(members_1_1(**{name: 1}))))


def test_a_credential_of_2_0_is_none_for_the_claim_vc() -> None:
    assert "1.1 only" in _refusal(claims_of(members_2_0()))


@pytest.mark.parametrize("iss", ["did:web:other.example", f"{EBSI}#key-1", "", 7, [EBSI]])
def test_iss_is_the_issuer(iss: object) -> None:
    assert "iss is not the issuer" in _refusal(claims_of(members_1_1(), iss=iss))
    assert "iss is not the issuer" in _refusal(claims_of(members_1_1(WEB), iss=iss))


@pytest.mark.parametrize("jti", ["urn:uuid:other", "", 7, [ID]])
def test_jti_is_the_id(jti: object) -> None:
    assert "jti is not the id" in _refusal(claims_of(members_1_1(), jti=jti))


def test_a_jti_names_no_id_that_is_not_there() -> None:
    assert "jti" in _refusal(claims_of(members_1_1(WEB, id=None)))
    assert "jti" in _refusal({**claims_of(members_1_1(WEB, id=None)), "jti": None})


@pytest.mark.parametrize("sub", ["did:web:other.example", "", 7, [LEARNER]])
def test_sub_is_the_subject(sub: object) -> None:
    assert "sub is not the id" in _refusal(claims_of(members_1_1(), sub=sub))


def test_sub_names_no_subject_that_has_no_id_and_none_of_several() -> None:
    nameless = {"name": "Ona"}
    assert "sub is not the id" in _refusal(claims_of(members_1_1(credentialSubject=nameless)))
    assert "several" in _refusal(claims_of(members_1_1(credentialSubject=SUBJECTS)))
    for subject in (nameless, SUBJECTS):
        claims = claims_of(members_1_1(credentialSubject=subject), sub=None)
        assert read_secured(signed(claims)).mechanism == "vc-jwt"


@pytest.mark.parametrize("name", ["iss", "jti", "nbf"])
def test_a_legal_entity_of_ebsi_repeats_issuer_id_and_beginning(name: str) -> None:
    assert _refusal(claims_of(members_1_1(), **{name: None})) == f"the JWT does not say its {name}"


def test_others_repeat_the_issuer_alone() -> None:
    claims = claims_of(members_1_1(WEB), jti=None, nbf=None, iat=None, sub=None)
    assert read_secured(signed(claims)).not_before is None
    assert _refusal(claims_of(members_1_1(WEB), iss=None)) == "the JWT does not say its iss"


@pytest.mark.parametrize("nbf", [SECONDS - 1, SECONDS + 1, 0, -1])
def test_nbf_is_the_beginning_to_the_second(nbf: int) -> None:
    assert "(nbf)" in _refusal(claims_of(members_1_1(), nbf=nbf))


def test_nbf_is_either_date_where_they_differ() -> None:
    members = members_1_1(WEB, validFrom=LATER)
    for nbf in (SECONDS, LATER_SECONDS):
        assert read_secured(signed(claims_of(members, nbf=nbf))).not_before == nbf
    assert "(nbf)" in _refusal(claims_of(members, nbf=SECONDS + 1))


def test_fractions_of_a_second_are_left_out_of_the_comparison() -> None:
    dates = dict.fromkeys(("issuanceDate", "issued", "validFrom"), AT.replace("Z", ".9Z"))
    assert read_secured(signed(claims_of(members_1_1(**dates)))).not_before == SECONDS


def test_exp_is_the_end() -> None:
    assert "(exp)" in _refusal(claims_of(members_1_1(expirationDate=END), exp=END_SECONDS + 1))
    assert "(exp)" in _refusal(claims_of(members_1_1(validUntil=END), exp=END_SECONDS - 1))
    assert (
        read_secured(signed(claims_of(members_1_1(validUntil=END), exp=END_SECONDS))).expires == END_SECONDS
    )
    assert read_secured(signed(claims_of(members_1_1(expirationDate=END), exp=None))).expires is None


def test_an_exp_alone_ends_what_no_legal_entity_of_ebsi_issued() -> None:
    assert "the credential does not" in _refusal(claims_of(members_1_1(), exp=END_SECONDS))
    assert read_secured(signed(claims_of(members_1_1(WEB), exp=END_SECONDS))).expires == END_SECONDS
