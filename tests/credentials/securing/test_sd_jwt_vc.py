"""SD-JWTs as credentials: by their `vct`, or W3C's; what may not be withheld, and what is not judged."""

import json
from typing import Any

import pytest

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import SD_JWT_VC, VCT, Credential, Reference
from credentials.moments import ledger_moment
from credentials.securing.reading import read_secured
from credentials.securing.sd_jwt import SdJwt
from credentials.securing.sd_jwt_issuing import Selectively, present
from credentials.securing.sd_jwt_vc import is_sd_jwt_vc
from credentials.securing.token_status import TOKEN_STATUS_LIST_ENTRY

from .credentials import AT, WEB, members_1_1, members_2_0, vc_jwt
from .sd_jwts import CLAIMS, ISSUER, KID, by_hand, digest, disclosure, issued, named, presented
from .sd_jwts import VCT as TYPE


def read(text: str) -> Credential:
    """The credential of an SD-JWT."""
    secured = read_secured(text.encode())
    assert secured.mechanism == "sd-jwt-vc"
    return secured.credential


def _with(**claims: Any) -> dict[str, Any]:
    whole = CLAIMS | claims
    return {name: value for name, value in whole.items() if value is not None}


def _refusal(text: str) -> str:
    with pytest.raises(MalformedCredential) as caught:
        read_secured(text.encode())
    assert not isinstance(caught.value, NotJudged)
    return caught.value.reason


def _not_judged(text: str) -> str:
    with pytest.raises(NotJudged) as caught:
        read_secured(text.encode())
    return caught.value.reason


def test_claims_of_an_sd_jwt_vc_are_a_credential_of_the_type_vct() -> None:
    secured = read_secured(issued().encode())
    credential = secured.credential
    assert (credential.version, credential.types, credential.issuer) == (SD_JWT_VC, (TYPE,), ISSUER)
    assert credential.schemas == (Reference(TYPE, VCT),)
    assert credential.valid_from == credential.issued == ledger_moment(1_795_000_000)
    assert credential.valid_until == ledger_moment(1_900_000_000)
    (subject,) = credential.subjects
    assert (subject["id"], subject["degree"]) == ("did:key:zHolder", {"name": "Master", "ects": 120})
    assert "cnf" not in subject
    assert (secured.verification_method, secured.algorithm) == (KID, "ES256")
    assert isinstance(secured.parts, SdJwt)


def test_what_is_withheld_is_not_there() -> None:
    credential = read(presented(show=named("degree")))
    (subject,) = credential.subjects
    assert "id" not in subject
    assert subject["degree"] == {"ects": 120}


def test_a_claim_named_id_is_not_the_subject_s_did() -> None:
    (subject,) = read(issued(_with(sub=None, id="did:key:zSomebody"))).subjects
    assert "id" not in subject


@pytest.mark.parametrize("typ", ["dc+sd-jwt", "vc+sd-jwt", "application/DC+SD-JWT"])
def test_either_name_of_its_type_is_taken(typ: str) -> None:
    assert read(issued(typ=typ)).version == SD_JWT_VC


@pytest.mark.parametrize("typ", [None, 7, "JWT", "vc+jwt", "example+sd-jwt", "kb+jwt"])
def test_an_sd_jwt_made_for_something_else_is_not_judged(typ: object) -> None:
    assert "of the type" in _not_judged(issued(typ=typ))
    assert "of the type" in _not_judged(vc_jwt().decode() + "~")


def test_its_header_alone_tells_that_it_is_one() -> None:
    assert is_sd_jwt_vc(issued(typ="vc+sd-jwt").encode())
    assert is_sd_jwt_vc(presented().encode() + b"rubbish~")
    for text in (vc_jwt() + b"~", issued(typ=None).encode(), b"a~b", b"\xe9~", b"eyJhbGciOiJub25lIn0.e30.~"):
        assert not is_sd_jwt_vc(text)


def test_without_times_it_has_none() -> None:
    credential = read(issued(_with(iat=None, nbf=None, exp=None)))
    assert (credential.valid_from, credential.valid_until, credential.issued) == (None, None, None)


def test_a_token_status_list_is_handed_on() -> None:
    status = {"status_list": {"idx": 3, "uri": "https://a.example/1"}}
    (entry,) = read(issued(_with(status=status))).statuses
    assert entry == {"type": TOKEN_STATUS_LIST_ENTRY, "idx": 3, "uri": "https://a.example/1"}


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "status"])
def test_what_decides_is_not_for_the_holder_to_withhold(name: str) -> None:
    claims = _with() | {name: Selectively(CLAIMS.get(name, {"status_list": {}}))}
    assert f"withhold the claim {name}" in _refusal(issued(claims))


def test_nor_is_a_part_of_it() -> None:
    assert "withhold the claim status" in _refusal(issued(_with(status={"status_list": Selectively({})})))
    hidden = by_hand({**_plain(), "cnf": {"_sd": ["x"]}})
    assert "withhold the claim cnf" in _refusal(hidden)


def test_when_it_was_issued_is_not_for_the_holder_to_withhold() -> None:
    """Play the holder who shows it, and the one who keeps it back."""
    text = issued(_with(iat=Selectively(1_795_000_000)))
    assert "(iat)" in _not_judged(text)
    assert "(iat)" in _not_judged(present(text, show=lambda _one: False))
    assert "(iat)" in _not_judged(present(issued(_with(iat=None)), show=lambda _one: False))


@pytest.mark.parametrize(
    "name",
    [
        *("validFrom", "validUntil", "issuanceDate", "expirationDate"),
        *("credentialStatus", "credentialSchema", "termsOfUse"),
    ],
)
def test_no_member_of_the_w_3_c_stands_unread_among_its_claims(name: str) -> None:
    assert f"({name})" in _not_judged(issued(_with(**{name: AT})))


def _plain() -> dict[str, Any]:
    return {"iss": ISSUER, "vct": TYPE, "iat": 1_795_000_000}


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"vct": None}, "(vct)"),
        ({"vct": 7}, "(vct)"),
        ({"vct": "a\x00b"}, "(vct)"),
        ({"iss": 7}, "(iss) is no text"),
        ({"iss": "did:web:"}, "no DID"),
        ({"sub": 7}, "(sub)"),
        ({"sub": ""}, "(sub)"),
        ({"cnf": "x"}, "(cnf)"),
        ({"exp": 1}, "ends before"),
        ({"iat": "now"}, "iat"),
        ({"status": []}, "status"),
        ({"vc": {}}, "claim vc"),
        ({"vp": {}}, "claim vc"),
        ({"proof": {}}, "claim vc"),
    ],
)
def test_claims_that_no_issuer_writes_are_refused(claims: dict[str, Any], word: str) -> None:
    assert word in _refusal(issued(_with(**claims)))


def test_a_key_is_named_by_kid_and_by_no_certificate() -> None:
    assert "(kid)" in _refusal(issued(kid=None))
    assert "(x5c)" in _not_judged(issued(x5c=["AA"]))


@pytest.mark.parametrize("iss", [None, "https://issuer.example"])
def test_an_issuer_that_is_no_did_is_not_judged(iss: str | None) -> None:
    assert "(iss)" in _not_judged(issued(_with(iss=iss)))


def test_other_hashes_are_not_judged_and_other_texts_refused() -> None:
    assert "md5" in _not_judged(by_hand({**_plain(), "_sd_alg": "md5"}))
    assert "not an SD-JWT" in _refusal(issued() + disclosure("salt", "a", 1) + "~")
    assert "not an SD-JWT" in _refusal(issued() + "AA.AA.AA")
    assert "neither an SD-JWT" in _refusal(issued() + "é")
    assert "not accepted" in _refusal("eyJhbGciOiJIUzI1NiJ9.e30.AA~")
    assert "not signed" in _refusal("eyJhbGciOiJub25lIn0.e30.~")
    assert _refusal("~")


# -- W3C's --------------------------------------------------------------------------------------------------


def _w3c(members: dict[str, Any] | None = None, **header: Any) -> str:
    return issued(members_2_0(WEB) if members is None else members, **({"typ": "vc+sd-jwt"} | header))


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "vc+ld+json+sd-jwt"])
def test_a_credential_of_the_w3c_is_the_whole_of_the_claims(typ: str) -> None:
    subject = {"id": "did:key:zHolder", "name": Selectively("Ona"), "skills": [Selectively("a"), "b"]}
    text = _w3c(members_2_0(WEB, credentialSubject=subject), typ=typ)
    assert read(text).subjects[0]["name"] == "Ona"
    credential = read(present(text, show=lambda _one: False))
    assert credential.version == "2.0"
    assert credential.subjects == ({"id": "did:key:zHolder", "skills": ["b"]},)


def test_decoys_beside_what_is_withheld_of_a_subject_are_taken() -> None:
    text = issued(
        members_2_0(WEB, credentialSubject={"id": "did:key:zHolder", "name": Selectively("Ona")}),
        typ="vc+sd-jwt",
        decoys=3,
    )
    assert read(text).subjects[0]["name"] == "Ona"


@pytest.mark.parametrize(
    "member",
    ["id", "validUntil", "credentialStatus", "credentialSchema", "termsOfUse", "evidence"],
)
def test_no_member_of_a_credential_is_kept_back(member: str) -> None:
    members = members_2_0(
        WEB,
        validUntil="2027-11-21T10:00:00Z",
        credentialStatus={"type": "X"},
        termsOfUse={"type": "Y"},
        evidence={"type": "Z"},
    )
    text = _w3c(members | {member: Selectively(members[member])})
    assert read(text).version == "2.0"
    assert "at its top level" in _not_judged(present(text, show=lambda _one: False))


def test_no_entry_of_what_decides_is_kept_back() -> None:
    members = members_2_0(WEB, credentialStatus=[{"type": "X"}, Selectively({"type": "Y"})])
    text = _w3c(members)
    assert len(read(text).statuses) == 2
    assert "within its credentialStatus" in _not_judged(present(text, show=lambda _one: False))


def test_its_statuses_are_those_of_both_places() -> None:
    members = members_2_0(WEB, credentialStatus={"type": "X"}, status={"status_list": {"idx": 1, "uri": "u"}})
    assert [entry["type"] for entry in read(_w3c(members)).statuses] == ["X", TOKEN_STATUS_LIST_ENTRY]


def test_it_is_of_one_model_only() -> None:
    assert "context" in _not_judged(_w3c(typ="dc+sd-jwt"))
    assert "context" in _not_judged(_w3c(members_2_0(WEB, vct=TYPE)))
    assert "2.0 only" in _refusal(_w3c(members_1_1(WEB)))
    assert "not the issuer" in _refusal(_w3c(members_2_0(WEB, iss="did:web:other")))
    assert "issuer" in _refusal(_w3c(members_2_0(WEB, issuer="urn:a:b")))
    assert "web address" in _not_judged(_w3c(members_2_0(WEB, issuer="https://a.example")))
    assert "withhold the claim cnf" in _refusal(_w3c(members_2_0(WEB) | {"cnf": Selectively({})}))


def test_every_presentation_of_it_has_one_digest() -> None:
    whole, less = issued(), presented(show=named("sub"))
    assert read_secured(whole.encode()).digest == read_secured(less.encode()).digest
    assert read_secured(f" {less}\n".encode()).digest == read_secured(whole.encode()).digest


def test_a_claim_without_its_digest_is_an_ordinary_one() -> None:
    text = disclosure("salt", "a", AT)
    credential = read(by_hand({**_plain(), "_sd": [digest(text)]}, [text]))
    assert json.dumps(credential.subjects[0]) == json.dumps({"a": AT})
