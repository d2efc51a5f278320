import base64
import hashlib
import json
from typing import Any

import pytest

from anchoring.digest import secured_digest
from credentials.errors import MalformedCredential, UnusableCertificate
from credentials.moments import parse_moment
from credentials.securing.reading import read_secured
from did.base64url import encode_base64url

from .certificates import sealer
from .credentials import AT, EBSI, LEARNER, SECONDS, members_1_1, members_2_0, signed, vc_jwt
from .reading_seals import not_judged, read_seal, refusal, verifies
from .sealed import ISSUER, URN, header_of, members, sealed

SEALER, RSA = sealer(), sealer(rsa=True)
FORMS = ("compact", "flattened", "general")
NAME = f"ni:///sha-256;{encode_base64url(hashlib.sha256(SEALER.x5c[0]).digest())}"
TOKEN = {"tstTokens": [{"val": base64.b64encode(b"a time stamp").decode()}]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("of", [SEALER, RSA], ids=["ES256", "RS256"])
def test_a_seal_is_read_and_verified_in_every_serialisation(of: Any, form: str) -> None:
    document = sealed(of=of, form=form)
    secured, seal = read_seal(document)
    assert (secured.mechanism, secured.algorithm) == ("jades", "RS256" if of is RSA else "ES256")
    assert secured.digest == secured_digest(sealed(of=of, form=form)).digest or of is SEALER
    assert secured.digest == secured_digest(document).digest
    assert secured.credential.issuer == secured.verification_method == seal.name
    assert secured.credential.members == members()
    assert (seal.named_issuer, seal.sealed_at) == (URN, parse_moment(AT, name=""))
    assert (seal.kid, seal.bound, seal.added, seal.signed_properties) == (None, False, (), ())
    assert (secured.not_before, secured.issued_at, secured.expires) == (None, SECONDS, None)
    assert verifies(document)


def test_a_seal_without_a_did_is_named_by_the_hash_of_its_certificate() -> None:
    assert read_seal(sealed())[1].name == NAME


def test_one_signature_has_one_digest_in_every_serialisation() -> None:
    compact = sealed(of=RSA)
    protected, payload, signature = compact.decode().split(".")
    part = {"protected": protected, "signature": signature}
    for document in (
        {"payload": payload, **part},
        {"payload": payload, "signatures": [part]},
        {"payload": payload, "signatures": [part | {"header": {"etsiU": []}}]},
    ):
        assert read_secured(json.dumps(document).encode()).digest == read_secured(compact).digest


@pytest.mark.parametrize("form", ["flattened", "general"])
def test_a_payload_that_is_not_encoded_is_signed_as_it_stands(form: str) -> None:
    text = json.dumps(members(name="Dots. And “quotes”, and\\slashes"), ensure_ascii=False)
    document = sealed(text, form=form, encoded=False)
    secured, _ = read_seal(document)
    assert secured.jws is not None
    assert secured.jws.payload == text.encode()
    assert verifies(document)


def test_a_payload_that_is_not_encoded_does_not_stand_between_dots() -> None:
    assert "no signed document" in refusal(sealed(encoded=False))
    assert "JSON serialisation only" in refusal(sealed("A-Z_09", encoded=False))


def test_a_certificate_that_is_elsewhere_is_not_fetched() -> None:
    assert "x5c" in not_judged(sealed(x5c=None, x5u="https://university.example/seal.pem"))


def test_what_is_no_chain_is_no_seal() -> None:
    texts = header_of(SEALER)["x5c"]
    assert "32768 bytes" in refusal(sealed(x5c=texts * 50))
    for x5c in (texts * 6, texts[::-1], ["AAAA"], []):
        with pytest.raises(UnusableCertificate):
            read_secured(sealed(x5c=x5c))


def test_a_signature_has_a_bounded_length() -> None:
    protected, payload, _ = sealed().decode().split(".")
    assert "not a seal" in refusal(f"{protected}.{payload}.{'A' * 1500}".encode())


def test_what_is_sealed_is_the_credential_itself() -> None:
    for payload, reason in (
        ("[]", "unusable"),
        ("{", "unusable"),
        ('{"a":1,"a":2}', "unusable"),
        (json.dumps({"vc": members()}), "with vc in it"),
        (json.dumps({"vp": {}} | members()), "with vp in it"),
        (json.dumps(members(proof={"type": "x"})), "with proof in it"),
        (json.dumps(members(type=["X"])), "VerifiableCredential"),
        (json.dumps(members(issuer=["a", "b"])), "exactly one"),
        (json.dumps(members(issuer={"id": "no URI"})), "no URI"),
        (json.dumps(members(issuer="did:web:")), "no DID"),
        (json.dumps(members(iss="urn:another")), "iss"),
        (json.dumps(members(exp="soon")), "exp"),
        (json.dumps(members(status="revoked")), "status"),
        (json.dumps(members_1_1(issued=None)), "did:ebsi"),
    ):
        assert reason in refusal(sealed(payload))
    assert "presentation" in not_judged(sealed(members(type=["VerifiablePresentation"])))


def test_claims_beside_the_credential_count_as_in_a_jwt() -> None:
    claims = {"iss": URN, "sub": LEARNER, "nbf": SECONDS, "iat": SECONDS + 5, "exp": SECONDS + 9}
    secured, _ = read_seal(sealed(members(**claims)))
    assert (secured.not_before, secured.issued_at, secured.expires) == (SECONDS, SECONDS + 5, SECONDS + 9)
    assert read_seal(sealed(members(iat=SECONDS - 5)))[0].issued_at == SECONDS


def test_the_claim_status_of_a_seal_is_taken_beside_the_entries_of_the_credential() -> None:
    entry = {"id": "https://university.example/status#3", "type": "StatusList2021Entry"}
    claim = {"status_list": {"idx": 7, "uri": "https://university.example/list"}}
    secured, _ = read_seal(sealed(members(credentialStatus=entry, status=claim)))
    assert [status["type"] for status in secured.credential.statuses] == [
        "StatusList2021Entry", "TokenStatusListEntry",
    ]  # fmt: skip
    assert secured.credential.statuses[1]["idx"] == 7


def test_the_issuer_may_be_a_did_or_any_uri() -> None:
    for issuer in (EBSI, {"id": EBSI}, URN, ISSUER, "https://university.example"):
        named = issuer if isinstance(issuer, str) else issuer["id"]
        secured, seal = read_seal(sealed(members(issuer=issuer)))
        assert (seal.named_issuer, secured.credential.issuer) == (named, NAME)
    assert read_seal(sealed(members_2_0(URN)))[0].credential.version == "2.0"


def test_what_was_added_since_is_reported_and_changes_nothing() -> None:
    components = [
        encode_base64url(json.dumps({"sigTst": TOKEN}).encode()),
        {"rVals": {}},
        {"\x1b[2J": {}},
        {"a": 1, "b": 2},
        "e30",
        "#",
        encode_base64url(b"[]"),
        7,
    ]
    document = sealed(form="general", unprotected={"etsiU": components})
    secured, seal = read_seal(document)
    assert seal.added == ("sigTst", "rVals", *["unreadable"] * 6)
    assert verifies(document)
    assert secured.issued_at == SECONDS
    others: tuple[Any, ...] = ("sigTst", {"a": 1}, [{}] * 65)
    for unreadable in others:
        assert read_seal(sealed(form="general", unprotected={"etsiU": unreadable}))[1].added == (
            "unreadable",
        )


@pytest.mark.parametrize("form", ["flattened", "general"])
def test_what_an_unprotected_header_says_is_signed_by_nobody(form: str) -> None:
    given: tuple[dict[str, Any], ...] = ({"kid": "x"}, {"etsiU": [], "x5c": []}, {"\x1b[2J": 1})
    for words in given:
        assert "signed by nobody" in not_judged(sealed(form=form, unprotected=words))
    assert verifies(sealed(form=form, unprotected={}))


def test_another_jws_in_json_is_what_it_is_in_its_compact_form() -> None:
    compact = vc_jwt()
    protected, payload, signature = compact.decode().split(".")
    part = {"protected": protected, "signature": signature}
    for document in ({"payload": payload, **part}, {"payload": payload, "signatures": [part]}):
        secured = read_secured(json.dumps(document).encode())
        assert secured.mechanism == "vc-jwt"
        assert secured.digest == read_secured(compact).digest
    added = {"payload": payload, **part, "header": {"etsiU": []}}
    assert "etsiU" in not_judged(json.dumps(added).encode())


def test_a_key_that_a_did_names_makes_a_jwt_whatever_certificates_come_with_it() -> None:
    assert read_secured(signed(members_2_0(), typ="vc+jwt", x5c=["AAAA"])).mechanism == "vc-jose"


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("form", ["compact", "general", "unencoded"])
def test_no_changed_byte_is_ever_good(form: str, part: int) -> None:
    text = "general" if form == "unencoded" else form
    document = sealed(form=text, encoded=form != "unencoded")
    if text == "compact":
        parts = document.decode().split(".")
    else:
        whole = json.loads(document)
        one = whole["signatures"][0]
        parts = [one["protected"], whole["payload"], one["signature"]]
    step = max(1, len(parts[part]) // 60)
    for place in range(0, len(parts[part]), step):
        changed = list(parts)
        old = parts[part][place]
        changed[part] = f"{parts[part][:place]}{'A' if old != 'A' else 'B'}{parts[part][place + 1 :]}"
        if text == "compact":
            forged = ".".join(changed).encode()
        else:
            signatures = [{"protected": changed[0], "signature": changed[2]}]
            forged = json.dumps({"payload": changed[1], "signatures": signatures}).encode()
        try:
            good = verifies(forged)
        except MalformedCredential:
            good = False
        assert not good
