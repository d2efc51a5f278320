import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

from credentials.errors import HandedInWrapped, MalformedCredential, NotJudged
from credentials.securing.reading import MAX_SIZE, read_secured
from did.jwk import jwk_from_public_key

from .credentials import (
    AT,
    EBSI,
    LEARNER,
    claims_of,
    compact,
    json_ld,
    members_1_1,
    members_2_0,
    proof,
    signed,
    vc_jose,
    vc_jwt,
)

GOOD = {"vc-jwt": vc_jwt(), "vc-jose": vc_jose(), "embedded-proof": json_ld()}


def _refusal(document: bytes) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(document)
    return refused.value.reason


@pytest.mark.parametrize("mechanism", ["vc-jwt", "vc-jose"])
def test_a_jwt_is_told_by_its_content_and_anchored_as_it_stands(mechanism: str) -> None:
    text = GOOD[mechanism]
    secured = read_secured(b" \r\n\t" + text + b"\n")
    assert secured.mechanism == mechanism
    assert secured.digest == hashlib.sha256(text).digest()
    assert secured.verification_method == f"{EBSI}#key-1"
    assert secured.algorithm == "ES256"
    assert secured.jws is not None
    assert secured.document is None
    assert secured.credential.issuer == EBSI


def test_a_document_with_a_proof_is_told_by_its_content() -> None:
    secured = read_secured(GOOD["embedded-proof"])
    assert (secured.mechanism, secured.algorithm) == ("ed25519-signature-2020", "Ed25519Signature2020")
    assert secured.document == json.loads(GOOD["embedded-proof"])
    assert secured.jws is None
    assert secured.digest == read_secured(json.dumps(secured.document, indent=2).encode()).digest


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "application/vc+jwt", "VC+JWT", "vc+ld+jwt"])
def test_the_type_of_a_vc_jose_may_be_spelled_in_several_ways(typ: str | None) -> None:
    assert read_secured(signed(members_2_0(), typ=typ)).mechanism == "vc-jose"


@pytest.mark.parametrize("typ", [None, "JWT", "application/jwt"])
def test_the_type_of_a_vc_jwt_may_be_absent(typ: str | None) -> None:
    assert read_secured(signed(claims_of(members_1_1()), typ=typ, cty="x")).mechanism == "vc-jwt"


@pytest.mark.parametrize("typ", ["vp+jwt", "vc+sd-jwt", "dc+sd-jwt", "kb+jwt", "openid4vci-proof+jwt"])
def test_a_jwt_made_for_another_purpose_is_no_credential(typ: str) -> None:
    with pytest.raises(NotJudged, match="is not judged"):
        read_secured(signed(claims_of(members_1_1()), typ=typ))


def test_no_text_of_a_stranger_commands_a_terminal() -> None:
    escape = "\x1b]0;owned\x07"
    for document in (
        signed(claims_of(members_1_1()), typ=escape),
        vc_jwt(id=f"urn:{escape}"),
        vc_jwt(id="urn:\u202edesrever"),
        vc_jwt(type=["VerifiableCredential", escape]),
        vc_jwt(issuer=f"did:web:{escape}"),
        vc_jwt(issuanceDate=escape),
        json_ld(proof=proof(cryptosuite=escape)),
        json_ld(proof=proof(verificationMethod=f"{LEARNER}#{escape}")),
        compact(_header(alg=escape), b"{}"),
    ):
        assert _refusal(document).isprintable()


def test_a_type_that_is_no_text_is_refused() -> None:
    assert "typ" in _refusal(signed(claims_of(members_1_1()), typ=7))


def test_forms_that_nothing_here_judges_are_named() -> None:
    for document, word in {
        vc_jwt() + b"~": "SD-JWT",
        signed({"iss": LEARNER, "vp": {}}): "presentation",
        signed({**claims_of(members_1_1()), "vp": {}}): "presentation",
        signed(members_2_0(type=["VerifiablePresentation"]), typ="vc+jwt"): "presentation",
        json_ld(type=["VerifiablePresentation"]): "presentation",
    }.items():
        with pytest.raises(NotJudged, match=word):
            read_secured(document)


@pytest.mark.parametrize("typ", ["vp+jwt", "application/vp+ld+jwt"])
def test_a_presentation_by_its_type_is_told_to_be_unwrapped(typ: str) -> None:
    with pytest.raises(HandedInWrapped, match="a presentation in the place of a credential is not judged"):
        read_secured(signed(members_2_0(type=["VerifiablePresentation"]), typ=typ))


def test_a_jws_in_json_that_is_none_is_refused() -> None:
    assert "no signature" in _refusal(b'{"payload":"e30","signatures":[]}')
    assert "no protected header" in _refusal(b'{"payload":"e30","protected":"e30","signature":"AA"}')


def test_what_holds_no_credential_is_refused() -> None:
    assert "no credential" in _refusal(signed({"iss": EBSI, "sub": LEARNER}))
    assert "nothing secures it" in _refusal(json.dumps(members_1_1()).encode())
    assert "nothing secures it" in _refusal(json.dumps({"type": ["VerifiableCredential", 7]}).encode())
    assert "nothing in it" in _refusal(b" \n")
    assert _refusal(b"") == _refusal(b" \n")


def test_a_megabyte_of_brackets_is_refused_before_it_is_read() -> None:
    """Play the attack: twenty thousand towers of lists, which took seconds to read, to print and to hash."""
    tower: list[Any] = []
    for _ in range(26):
        tower = [tower]
    towers = [tower] * 18_000
    for document in (json_ld(evidence=towers), signed({"vc": members_1_1(evidence=towers[:9_000])})):
        assert len(document) < MAX_SIZE
        assert "arrays and objects" in _refusal(document)


def test_nothing_is_secured_twice() -> None:
    assert "twice" in _refusal(signed(claims_of(members_1_1(proof=proof()))))
    assert "twice" in _refusal(signed(members_2_0(proof=proof()), typ="vc+jwt"))
    assert "at once" in _refusal(json_ld(signature="AA"))


def test_1_mib_is_read_and_one_byte_more_is_not() -> None:
    room = MAX_SIZE - len(vc_jwt()) - 1000
    text = vc_jwt(credentialSubject={"id": LEARNER, "name": "a" * (room * 3 // 4)})
    assert MAX_SIZE - 2000 < len(text) <= MAX_SIZE
    full = text.ljust(MAX_SIZE)
    assert read_secured(full).mechanism == "vc-jwt"
    assert "more than 1048576 bytes" in _refusal(full + b" ")


def _deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize("levels", [33, 10_000, 300_000])
def test_nesting_10_000_deep_is_refused(levels: int) -> None:
    assert "deeper" in _refusal(signed(b'{"vc":' + _deep(levels) + b"}"))
    assert "deeper" in _refusal(compact(b'{"alg":' + _deep(levels) + b"}", b"{}")) or levels > 12_000
    assert "deeper" in _refusal(b'{"proof":' + _deep(levels) + b"}")


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 5000, "01", "+1"]
)
def test_numbers_that_are_none_are_refused(number: str) -> None:
    claims = json.dumps(claims_of(members_1_1(), nbf="N"))
    assert "unusable" in _refusal(signed(claims.replace('"N"', number).encode()))
    assert _refusal(json_ld(proof=proof(created="N")).replace(b'"N"', number.encode()))


@pytest.mark.parametrize("name", ["nbf", "iat", "exp"])
@pytest.mark.parametrize(
    "value", [True, False, "1795255200", [1_795_255_200], {}, 2**53 + 2, -(2**64), 1e300]
)
def test_times_are_numbers_of_seconds(name: str, value: object) -> None:
    text = signed(claims_of(members_1_1(), **{name: value}))
    assert _refusal(text) == f"the claim {name} is no number of seconds"


def test_a_time_of_null_is_not_an_absent_one() -> None:
    assert "exp" in _refusal(signed({**claims_of(members_1_1()), "exp": None}))


@pytest.mark.parametrize(
    "text",
    [
        b'{"iss":"did:web:a","iss":"did:web:b","vc":{}}',
        b'{"vc":{"issuer":"did:web:a","issuer":"did:web:b"}}',
        b'{"vc":{},"vc":{}}',
        b"[]",
        b"7",
        b"",
        b"\xff",
        b'{"vc":"\\ud800"}',
    ],
)
def test_a_payload_that_two_readers_could_read_differently_is_refused(text: bytes) -> None:
    assert "unusable" in _refusal(signed(text))


def test_a_member_twice_in_a_document_is_refused() -> None:
    assert "twice" in _refusal(json_ld().replace(b'"issuer":', b'"issuer": "did:web:b", "issuer":', 1))


def _header(**members: Any) -> dict[str, Any]:
    return {"alg": "ES256", "kid": f"{EBSI}#key-1", "typ": "JWT"} | members


@pytest.mark.parametrize("alg", ["none", "NONE", "HS256", "HS512", "ES512", "A256KW", "", None, 7])
def test_unsigned_and_symmetric_credentials_are_refused(alg: object) -> None:
    payload = json.dumps(claims_of(members_1_1())).encode()
    for signature in (bytes(64), bytes(32), b""):
        assert "is not accepted" in _refusal(compact(_header(alg=alg), payload, signature))


def test_a_mac_under_the_issuers_public_key_is_no_signature() -> None:
    payload = json.dumps(claims_of(members_1_1())).encode()
    signing_input = compact(_header(alg="HS256"), payload).rpartition(b".")[0]
    key = derive_private_key(1234567, SECP256R1()).public_key()
    for known in (
        json.dumps(jwk_from_public_key(key)).encode(),
        key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    ):
        mac = hmac.digest(known, signing_input, "sha256")
        assert "'HS256' is not accepted" in _refusal(compact(_header(alg="HS256"), payload, mac))


@pytest.mark.parametrize(
    "members",
    [
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": "exp"},
        {"b64": False},
        {"b64": True},
        {"b64": False, "crit": ["b64"]},
    ],
)
def test_no_extension_of_jws_is_understood(members: dict[str, Any]) -> None:
    payload = json.dumps(claims_of(members_1_1())).encode()
    assert "no extension is understood" in _refusal(compact(_header(**members), payload))


@pytest.mark.parametrize("kid", [None, "", 7, [f"{EBSI}#key-1"], f"{EBSI}#\x1b[2J", f"{EBSI}#" + "k" * 4096])
def test_a_jwt_names_its_key(kid: object) -> None:
    assert "(kid)" in _refusal(compact(_header(kid=kid), json.dumps(claims_of(members_1_1())).encode()))
    assert "(kid)" in _refusal(signed(claims_of(members_1_1()), kid=None))


def test_a_certificate_chain_and_a_long_kid_fit_into_the_header() -> None:
    payload = json.dumps(claims_of(members_1_1())).encode()
    chain = ["M" * 8000] * 3
    text = signed(
        payload, kid="did:key:z" + "2" * 700, x5c=chain, jwk={"kty": "EC"}, jku="https://evil.example"
    )
    assert read_secured(text).jws is not None
    assert "more than 32768 bytes" in _refusal(compact(_header(x5c=["M" * 33_000]), payload))


@pytest.mark.parametrize(
    "text",
    [
        b"a.b",
        b"a.b.c.d",
        GOOD["vc-jwt"] + b"=",
        GOOD["vc-jwt"].replace(b".", b". ", 1),
        GOOD["vc-jwt"].replace(b".", b"..", 1),
        GOOD["vc-jwt"].rpartition(b".")[0] + b".",
        b"\xef\xbb\xbf" + GOOD["embedded-proof"],
        GOOD["vc-jwt"][:-1] + b"\xc3\xa9",
        b"<xml/>",
        b"%PDF-1.7",
        b"[" + GOOD["embedded-proof"] + b"]",
        b"{",
    ],
    ids=range(12),
)
def test_another_text_is_no_credential(text: bytes) -> None:
    assert _refusal(text)


@given(st.binary(max_size=300) | st.text(alphabet='{}[]":,.~ \neyJ0123', max_size=80).map(str.encode))
@example(b'{"proof":[]}')
@example(b'{"proof":{"type":"T","jws":"x"},"@context":[[]]}')
def test_arbitrary_bytes_are_refused_in_our_own_words(document: bytes) -> None:
    with pytest.raises(MalformedCredential):
        read_secured(document)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from([AT, EBSI, LEARNER, "did:ebsi:z#k", "VerifiableCredential"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "type", "a"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_OTHER_NAMES = {"proof", "vp", "termsOfUse", "validUntil", "expirationDate", "credentialStatus", "kid", "typ"}
_NAMES = sorted({*members_1_1(), *members_2_0(), *claims_of({}), "exp", *_OTHER_NAMES})


@given(
    changes=st.dictionaries(st.sampled_from(_NAMES), _VALUES, min_size=1, max_size=3),
    form=st.sampled_from(["vc", "claims", "header", "vc-jose", "json-ld", "proof"]),
)
def test_altered_members_are_read_or_refused_in_our_own_words(changes: dict[str, Any], form: str) -> None:
    documents = {
        "vc": lambda: signed(claims_of(members_1_1() | changes)),
        "claims": lambda: signed(json.dumps(claims_of(members_1_1()) | changes).encode()),
        "header": lambda: compact(_header(**changes), json.dumps(claims_of(members_1_1())).encode()),
        "vc-jose": lambda: compact(_header(typ="vc+jwt"), json.dumps(members_2_0() | changes).encode()),
        "json-ld": lambda: json.dumps(json.loads(json_ld()) | changes).encode(),
        "proof": lambda: json_ld(proof=proof() | changes),
    }
    try:
        secured = read_secured(documents[form]())
    except MalformedCredential:
        return
    assert secured.credential.issuer.startswith("did:")
    assert len(secured.digest) == 32


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_altered_bytes_are_read_or_refused_in_our_own_words(mechanism: str, data: st.DataObject) -> None:
    text = GOOD[mechanism]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(begin + 4, len(text))))
    altered = text[:begin] + data.draw(st.binary(max_size=4)) + text[end:]
    try:
        read_secured(altered)
    except MalformedCredential:
        return
    assert altered.strip()
