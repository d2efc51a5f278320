"""Presentations are told by their content, and read strictly."""

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import MalformedPresentation, PresentationNotJudged, TooManyCredentials
from credentials.presentation import MOST_CREDENTIALS, Presentation
from credentials.presentation_reading import read_presentation
from did.base64url import encode_base64url
from tests.credentials.credential_makers import CONTEXTS
from tests.credentials.presentations import AUDIENCE, NONCE, Wallet, enveloped, presentation
from tests.credentials.world import World

TOKEN = b"eyJ.eyJ.sig"
OTHER = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
PROOF = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2026-11-21T10:00:00Z",
    "expires": "2026-11-21T10:05:00Z",
    "proofPurpose": "authentication",
    "challenge": NONCE,
    "domain": AUDIENCE,
    "proofValue": "z" + "1" * 64,
}


@pytest.fixture(scope="module")
def wallet() -> Wallet:
    return Wallet(World())


def read(document: bytes) -> Presentation:
    found = read_presentation(document)
    assert found is not None
    return found


def refused(document: bytes) -> str:
    with pytest.raises(MalformedPresentation) as caught:
        read_presentation(document)
    return caught.value.reason


def json_ld(wallet: Wallet, *credentials: Any, version: str = "2.0", **over: Any) -> bytes:
    proof = {**PROOF, "verificationMethod": wallet.kid}
    members = presentation(wallet.did, credentials, version=version) | {"proof": proof} | over
    return json.dumps({name: value for name, value in members.items() if value is not None}).encode()


@pytest.mark.parametrize(("version", "form"), [("1.1", "vp-jwt"), ("2.0", "vp-jose")])
def test_a_jwt_of_either_model_is_read(wallet: Wallet, version: str, form: str) -> None:
    found = read(b" " + wallet.shows(TOKEN, TOKEN, version=version) + b"\n")
    assert (found.form, found.version, found.holder) == (form, version, wallet.did)
    assert found.credentials == (TOKEN, TOKEN)
    assert (found.nonce, found.audiences) == (NONCE, (AUDIENCE,))
    assert (found.verification_method, found.algorithm) == (wallet.kid, "ES256")
    assert (found.not_before, found.expires) == (wallet.world.now, wallet.world.now + 300)
    assert found.id is not None
    assert found.jws is not None


@pytest.mark.parametrize(
    ("version", "typ"),
    [
        ("1.1", None),
        ("1.1", "jwt"),
        ("2.0", None),
        ("2.0", "JWT"),
        ("2.0", "application/vp+jwt"),
        ("2.0", "vp+ld+jwt"),
        ("2.0", "VP+JWT"),
    ],
)
def test_its_type_is_told_by_what_it_holds(wallet: Wallet, version: str, typ: str | None) -> None:
    assert read(wallet.shows(TOKEN, version=version, header={"typ": typ})).version == version


def test_what_may_be_left_out_may_be_left_out(wallet: Wallet) -> None:
    claims = dict.fromkeys(("nonce", "aud", "iat", "exp"))
    found = read(wallet.shows(claims=claims, vp={"id": None, "holder": None, "verifiableCredential": None}))
    assert (found.nonce, found.audiences, found.not_before, found.expires, found.id) == (
        None, (), None, None, None,
    )  # fmt: skip
    assert (found.holder, found.credentials) == (wallet.did, ())


def test_a_single_credential_need_not_stand_in_a_list(wallet: Wallet) -> None:
    assert read(wallet.shows(vp={"verifiableCredential": TOKEN.decode()})).credentials == (TOKEN,)


def test_a_presentation_in_an_envelope_is_read(wallet: Wallet) -> None:
    token = wallet.shows(TOKEN, version="2.0").decode()
    envelope = enveloped(token, media_type="application/vp+jwt", kind="Presentation")
    assert read(json.dumps(envelope).encode()) == read(token.encode())
    twice = json.dumps(enveloped("a.b.c", kind="Presentation")).encode()
    assert refused(twice) == "there is no presentation in the envelope"
    assert "an envelope has" in refused(json.dumps({**envelope, "holder": OTHER}).encode())
    assert "an envelope has" in refused(json.dumps({**envelope, "id": 7}).encode())


def test_json_with_a_proof_is_read(wallet: Wallet) -> None:
    credential = {"@context": [CONTEXTS["2.0"]], "type": "VerifiableCredential"}
    found = read(json_ld(wallet, credential, enveloped("a.b.c")))
    assert (found.form, found.holder, found.id) == ("embedded-proof", wallet.did, found.id)
    assert (json.loads(found.credentials[0]), found.credentials[1]) == (credential, b"a.b.c")
    assert (found.nonce, found.audiences, found.algorithm) == (NONCE, (AUDIENCE,), "eddsa-jcs-2022")
    assert found.not_before is not None
    assert found.expires == found.not_before + 300
    assert found.document is not None
    bare = {"type": "JsonWebSignature2020", "verificationMethod": wallet.kid}
    bare |= {"proofPurpose": "authentication"}
    older = read(json_ld(wallet, version="1.1", proof=[bare], holder={"id": wallet.did}))
    assert (older.algorithm, older.nonce, older.audiences) == ("JsonWebSignature2020", None, ())
    assert (older.not_before, older.expires, older.holder) == (None, None, wallet.did)


def test_json_without_a_proof_is_read_as_unsigned(wallet: Wallet) -> None:
    found = read(json_ld(wallet, TOKEN, version="1.1", proof=None))
    assert (found.form, found.holder, found.verification_method) == ("unsigned", wallet.did, None)
    assert read(json_ld(wallet, proof=None, holder=None)).holder is None


def test_ebsis_own_example_is_read_as_unsigned(vectors: Path) -> None:
    example = vectors / "ebsi" / "vcdm1.1-presentation-schema-1.0.3" / "examples_example.json"
    found = read(example.read_bytes())
    assert (found.form, found.version, found.holder) == ("unsigned", "1.1", "did:ebsi:00012345")
    assert [one[:1] for one in found.credentials] == [b"{", b"{", b"e"]


@pytest.mark.parametrize(
    "document",
    [
        *(b"", b"{", b"{}", b"[]", b"\xff", b"a.b.c", b"\x89PNG\r\n", b'{"a":' * 40 + b"1" + b"}" * 40),
        b'{"type": ["VerifiableCredential"], "proof": {}}',
        b" " * (1024 * 1024 + 1),
    ],
    ids=lambda document: repr(document[:20]),
)
def test_what_is_no_presentation_is_none(document: bytes) -> None:
    assert read_presentation(document) is None


def test_a_credential_or_an_unreadable_jwt_is_none(wallet: Wallet) -> None:
    assert read_presentation(wallet.world.issue(wallet.world.actor("University"))) is None
    header, _, signature = wallet.shows().decode().split(".")
    assert read_presentation(f"{header}.{encode_base64url(b'{')}.{signature}".encode()) is None


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"claims": {"iss": OTHER}}, "one and the same DID"),
        ({"claims": {"sub": OTHER}}, "one and the same DID"),
        ({"vp": {"holder": OTHER}}, "one and the same DID"),
        ({"vp": {"holder": [OTHER]}}, "one and the same DID"),
        ({"claims": {"iss": 7}, "vp": {"holder": 7}}, "one and the same DID"),
        ({"claims": {"iss": "me"}, "vp": {"holder": "me"}}, "no DID"),
        ({"claims": {"iss": None}, "vp": {"holder": None}}, "does not name its holder"),
        ({"claims": {"jti": "urn:other"}}, "jti"),
        ({"vp": {"id": 7}}, "no text"),
        ({"claims": {"nonce": 7}}, "nonce"),
        ({"claims": {"nonce": ""}}, "nonce"),
        ({"claims": {"nonce": "n" * 257}}, "nonce"),
        ({"claims": {"aud": 7}}, "aud"),
        ({"claims": {"exp": "soon"}}, "exp"),
        ({"header": {"kid": None}}, "kid"),
        ({"header": {"typ": "vc+jwt"}}, "typ"),
        ({"header": {"typ": "vp+jwt"}}, "another beside"),
        ({"claims": {"verifiableCredential": []}}, "another beside"),
        ({"claims": {"vp": "text"}}, "no object"),
        ({"vp": {"@context": None}}, "data model 1.1 or 2.0"),
        ({"vp": {"@context": []}}, "data model 1.1 or 2.0"),
        ({"vp": {"@context": [7]}}, "data model 1.1 or 2.0"),
        ({"vp": {"type": "Presentation"}}, "data model 1.1 or 2.0"),
        ({"vp": {"@context": [CONTEXTS["2.0"]]}}, "one of 2.0"),
        ({"vp": {"proof": {}}}, "secured twice"),
        ({"vp": {"verifiableCredential": [7]}}, "no credential"),
        ({"version": "2.0", "vp": {"verifiableCredential": ["a.b.c"]}}, "no credential"),
        ({"version": "2.0", "vp": {"@context": [CONTEXTS["1.1"]]}}, "one of 2.0"),
    ],
    ids=repr,
)
def test_a_rule_that_is_broken_is_named(wallet: Wallet, over: dict[str, Any], words: str) -> None:
    assert words in refused(wallet.shows(**over))


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"holder": None}, "another DID than its holder"),
        ({"holder": OTHER}, "another DID than its holder"),
        ({"proof": []}, "no object"),
        ({"proof": 7}, "no object"),
        ({"proof": {**PROOF}}, "verificationMethod"),
        ({"proof": {"verificationMethod": "did:key:z#z"}}, "by what it was made"),
        ({"proof": {"proofPurpose": "assertionMethod"}}, "purpose"),
        ({"proof": {"type": "Old", "cryptosuite": None, "domain": 7}}, "domain"),
        ({"proof": {"type": "Old", "cryptosuite": None, "challenge": 7}}, "nonce"),
        ({"proof": {"created": "now"}}, "created"),
        ({"type": ["VerifiablePresentation"], "@context": "x"}, "data model 1.1 or 2.0"),
    ],
    ids=repr,
)
def test_a_rule_that_a_document_breaks_is_named(wallet: Wallet, over: dict[str, Any], words: str) -> None:
    proof = over.get("proof")
    if isinstance(proof, dict) and "verificationMethod" not in proof and proof != PROOF:
        merged = {**PROOF, "verificationMethod": wallet.kid, **proof}
        over = over | {"proof": {name: value for name, value in merged.items() if value is not None}}
    assert words in refused(json_ld(wallet, **over))


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"proof": [{}, {}]}, "several proofs"),
        ({"proof": {"previousProof": "urn:uuid:1"}}, "covers another"),
        ({"proof": {"cryptosuite": "bbs-2023"}}, ""),
        ({"@context": [CONTEXTS["2.0"], {"a": "urn:a"}]}, "written into it"),
        ({"@included": []}, "keywords"),
        ({"https://w3id.org/x": 1}, "keywords"),
    ],
    ids=repr,
)
def test_a_form_that_is_not_judged_is_no_forgery(wallet: Wallet, over: dict[str, Any], words: str) -> None:
    if isinstance(over.get("proof"), dict):
        over = {"proof": {**PROOF, "verificationMethod": wallet.kid, **over["proof"]}}
    with pytest.raises(PresentationNotJudged) as caught:
        read_presentation(json_ld(wallet, **over))
    assert words in caught.value.reason


@pytest.mark.parametrize(
    "envelope",
    [
        {"id": "data:application/vc+jwt;base64,YQ"},
        {"id": "data:application/vc+jwt,"},
        {"id": "data:application/vc+jwt,a b"},
        {"id": "https://example.org/1"},
        {"id": "data:application/vc+jwt,a.b.c", "credentialSubject": {"id": OTHER}},
    ],
    ids=repr,
)
def test_an_envelope_says_nothing_of_its_own(wallet: Wallet, envelope: dict[str, Any]) -> None:
    shown = {"type": ["EnvelopedVerifiableCredential"], **envelope}
    assert "an envelope has" in refused(wallet.shows(shown, version="2.0"))


def test_more_credentials_than_are_judged_together_are_counted_and_refused(wallet: Wallet) -> None:
    assert len(read(wallet.shows(*[TOKEN] * MOST_CREDENTIALS)).credentials) == MOST_CREDENTIALS
    with pytest.raises(TooManyCredentials) as caught:
        read_presentation(wallet.shows(*[TOKEN] * 10_000))
    assert (caught.value.count, caught.value.most) == (10_000, MOST_CREDENTIALS)
