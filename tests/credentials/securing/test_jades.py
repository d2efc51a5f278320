import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anchoring.digest import secured_digest
from credentials.errors import CredentialsError, MalformedCredential, NotJudged, UnusableCertificate
from credentials.moments import parse_moment
from credentials.securing.jades import SEAL_ALGORITHMS
from credentials.securing.jades_header import is_payload_encoded
from credentials.securing.jose import verify_parsed
from credentials.securing.reading import read_secured
from credentials.securing.seal import Seal
from credentials.securing.secured import SecuredCredential
from did.base64url import encode_base64url

from .certificates import sealer
from .credentials import AT, EBSI, LEARNER, SECONDS, members_1_1, members_2_0, signed, vc_jwt
from .sealed import ISSUER, URN, header_of, members, sealed

SEALER, RSA = sealer(), sealer(rsa=True)
FORMS = ("compact", "flattened", "general")
NAME = f"ni:///sha-256;{encode_base64url(hashlib.sha256(SEALER.x5c[0]).digest())}"
TOKEN = {"tstTokens": [{"val": base64.b64encode(b"a time stamp").decode()}]}


def _read(document: bytes) -> tuple[SecuredCredential, Seal]:
    secured = read_secured(document)
    assert isinstance(secured.parts, Seal)
    return secured, secured.parts


def _given(header: Mapping[str, Any]) -> dict[str, Any]:
    return dict(header)


def _verifies(document: bytes) -> bool:
    secured, seal = _read(document)
    assert secured.jws is not None
    try:
        verify_parsed(secured.jws, jwk=seal.chain.seal.jwk, algorithms=SEAL_ALGORITHMS)
    except CredentialsError:
        return False
    return True


def _refusal(document: bytes) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(document)
    assert not isinstance(refused.value, NotJudged)
    assert refused.value.reason.isprintable()
    return refused.value.reason


def _not_judged(document: bytes) -> str:
    with pytest.raises(NotJudged) as refused:
        read_secured(document)
    assert refused.value.reason.isprintable()
    return refused.value.reason


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("of", [SEALER, RSA], ids=["ES256", "RS256"])
def test_a_seal_is_read_and_verified_in_every_serialisation(of: Any, form: str) -> None:
    document = sealed(of=of, form=form)
    secured, seal = _read(document)
    assert (secured.mechanism, secured.algorithm) == ("jades", "RS256" if of is RSA else "ES256")
    assert secured.digest == secured_digest(sealed(of=of, form=form)).digest or of is SEALER
    assert secured.digest == secured_digest(document).digest
    assert secured.credential.issuer == secured.verification_method == seal.name
    assert secured.credential.members == members()
    assert (seal.named_issuer, seal.sealed_at) == (URN, parse_moment(AT, name=""))
    assert (seal.kid, seal.bound, seal.added, seal.signed_properties) == (None, False, (), ())
    assert (secured.not_before, secured.issued_at, secured.expires) == (None, SECONDS, None)
    assert _verifies(document)


def test_a_seal_without_a_did_is_named_by_the_hash_of_its_certificate() -> None:
    assert _read(sealed())[1].name == NAME


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
    secured, _ = _read(document)
    assert secured.jws is not None
    assert secured.jws.payload == text.encode()
    assert _verifies(document)


def test_a_payload_that_is_not_encoded_does_not_stand_between_dots() -> None:
    assert "no signed document" in _refusal(sealed(encoded=False))
    assert "JSON serialisation only" in _refusal(sealed("A-Z_09", encoded=False))


def test_a_critical_property_has_to_be_known_and_there() -> None:
    for crit, reason in (
        (["exp"], "not known: 'exp'"),
        (["sigT", "http://example.org/x"], "not known"),
        (["\x1b[2J"], "not known"),
        (["sigT", "adoTst"], "adoTst, which the header does not have"),
        ([], "no list of names"),
        ("sigT", "no list of names"),
        ([f"n{number}" for number in range(17)], "no list of names"),
        ([7], "different names"),
        (["sigT", "sigT"], "different names"),
        ([["sigT"]], "different names"),
    ):
        assert reason in _refusal(sealed(crit=crit, exp=7))
    assert _verifies(sealed(crit=["sigT", "adoTst"], adoTst=TOKEN))
    assert _verifies(sealed(crit=["iat"], sigT=None, iat=SECONDS))


@pytest.mark.parametrize("name", ["srAts", "sigPId", "sigD"])
def test_a_critical_property_that_would_have_to_be_judged_is_told(name: str) -> None:
    assert name in _not_judged(sealed(crit=["sigT", name], **_given({name: {}})))


@pytest.mark.parametrize("b64", [0, "false", {}])
def test_b64_is_true_or_false_and_critical(b64: object) -> None:
    assert "b64" in _refusal(sealed(form="flattened", b64=b64, crit=["b64", "sigT"]))
    assert "b64" in _refusal(sealed(form="flattened", b64=True))
    assert "b64" in _refusal(sealed(form="flattened", b64=False))
    assert _verifies(sealed(form="flattened", b64=True, crit=["b64", "sigT"]))


def test_an_encoding_that_nobody_declared_is_not_taken_for_one() -> None:
    for header in ({"b64": False}, {"b64": 0, "crit": ["b64"]}, {"b64": True, "crit": ["sigT"], "sigT": AT}):
        with pytest.raises(MalformedCredential, match="b64"):
            is_payload_encoded(header)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256K", "RS512", 7, None, "\x1b[2J"])
def test_only_algorithms_of_certificates_are_accepted(alg: object) -> None:
    assert _refusal(sealed(alg=alg))


def test_an_algorithm_of_another_key_verifies_nothing() -> None:
    for alg in SEAL_ALGORITHMS - {"ES256"}:
        assert not _verifies(sealed(alg=alg))
    for alg in SEAL_ALGORITHMS - {"RS256"}:
        assert not _verifies(sealed(of=RSA, alg=alg))


def test_a_public_key_is_no_secret_of_a_symmetric_algorithm() -> None:
    assert "HS256" in _refusal(sealed(alg="HS256"))


def test_a_seal_says_once_when_it_was_made() -> None:
    for changes, reason in (
        ({"sigT": None, "crit": None}, "once"),
        ({"iat": SECONDS}, "once"),
        ({"sigT": "2026-11-21T10:00:00+00:00"}, "not in UTC"),
        ({"sigT": "2026-11-21"}, "sigT"),
        ({"sigT": 7}, "sigT"),
        ({"sigT": None, "crit": None, "iat": 7.5}, "seconds"),
        ({"sigT": None, "crit": None, "iat": True}, "seconds"),
        ({"sigT": None, "crit": None, "iat": -1}, "seconds"),
        ({"sigT": None, "crit": None, "iat": 2**63}, "seconds"),
        ({"sigT": None, "crit": None, "iat": "7"}, "seconds"),
    ):
        assert reason in _refusal(sealed(**_given(changes)))
    secured, seal = _read(sealed(sigT=None, crit=None, iat=SECONDS + 7))
    assert secured.issued_at == int(seal.sealed_at.timestamp()) == SECONDS + 7


def test_a_seal_says_by_a_digest_which_certificate_is_its_own() -> None:
    other = encode_base64url(hashlib.sha256(SEALER.x5c[1]).digest())
    assert "which certificate is its own" in _refusal(sealed(**_given({"x5t#S256": None})))
    for wrong in (other, "", 7, NAME):
        assert "another certificate" in _refusal(sealed(**_given({"x5t#S256": wrong})))


def test_other_digests_of_certificates_are_held_against_them_too() -> None:
    s384, s512 = (
        {"digAlg": name, "digVal": encode_base64url(digest(SEALER.x5c[0]).digest())}
        for name, digest in (("S384", hashlib.sha384), ("S512", hashlib.sha512))
    )
    above = {"digAlg": "S256", "digVal": encode_base64url(hashlib.sha256(SEALER.x5c[1]).digest())}
    for good in ({"x5t#o": s512}, {"sigX5ts": [s384]}, {"sigX5ts": [s384, above]}):
        assert _verifies(sealed(**_given({"x5t#S256": None} | good)))
    for bad, reason in (
        ({"x5t#o": s512 | {"digVal": "AAAA"}}, "another certificate"),
        ({"x5t#o": {"digAlg": "S512"}}, "no digest"),
        ({"x5t#o": {"digAlg": 7, "digVal": "AAAA"}}, "no digest"),
        ({"x5t#o": "S512"}, "no digest"),
        ({"sigX5ts": []}, "no list"),
        ({"sigX5ts": {}}, "no list"),
        ({"sigX5ts": [s384, above, above]}, "no list"),
        ({"sigX5ts": [above]}, "another certificate"),
        ({"sigX5ts": [s384, s384]}, "another certificate"),
    ):
        assert reason in _refusal(sealed(**_given(bad)))
    assert "S224" in _not_judged(sealed(**_given({"x5t#o": s512 | {"digAlg": "S224"}})))


def test_a_certificate_that_is_elsewhere_is_not_fetched() -> None:
    assert "x5c" in _not_judged(sealed(x5c=None, x5u="https://university.example/seal.pem"))


def test_what_is_no_chain_is_no_seal() -> None:
    texts = header_of(SEALER)["x5c"]
    assert "32768 bytes" in _refusal(sealed(x5c=texts * 50))
    for x5c in (texts * 6, texts[::-1], ["AAAA"], []):
        with pytest.raises(UnusableCertificate):
            read_secured(sealed(x5c=x5c))


def test_a_seal_made_for_something_else_is_not_judged() -> None:
    for typ in ("vp+jwt", "kb+jwt", "dc+sd-jwt", "application/xml", "\x1b[2J"):
        assert "type" in _not_judged(sealed(typ=typ))
    assert "typ" in _refusal(sealed(typ=7))
    assert "elsewhere" in _not_judged(sealed(sigD={"mId": "x"}))
    kinds: tuple[str | None, ...] = (None, "JOSE", "application/jose+json", "vc+jwt")
    for kind in kinds:
        assert _verifies(sealed(typ=kind))


def test_a_signature_has_a_bounded_length() -> None:
    protected, payload, _ = sealed().decode().split(".")
    assert "not a seal" in _refusal(f"{protected}.{payload}.{'A' * 1500}".encode())


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
        (json.dumps(members_1_1(issued=None)), "did:ebsi"),
    ):
        assert reason in _refusal(sealed(payload))
    assert "presentation" in _not_judged(sealed(members(type=["VerifiablePresentation"])))


def test_claims_beside_the_credential_count_as_in_a_jwt() -> None:
    claims = {"iss": URN, "sub": LEARNER, "nbf": SECONDS, "iat": SECONDS + 5, "exp": SECONDS + 9}
    secured, _ = _read(sealed(members(**claims)))
    assert (secured.not_before, secured.issued_at, secured.expires) == (SECONDS, SECONDS + 5, SECONDS + 9)
    assert _read(sealed(members(iat=SECONDS - 5)))[0].issued_at == SECONDS


def test_the_issuer_may_be_a_did_or_any_uri() -> None:
    for issuer in (EBSI, {"id": EBSI}, URN, ISSUER, "https://university.example"):
        named = issuer if isinstance(issuer, str) else issuer["id"]
        secured, seal = _read(sealed(members(issuer=issuer)))
        assert (seal.named_issuer, secured.credential.issuer) == (named, NAME)
    assert _read(sealed(members_2_0(URN)))[0].credential.version == "2.0"


def test_the_name_of_the_key_is_kept() -> None:
    assert _read(sealed(kid=f"{EBSI}#key-1"))[1].kid == f"{EBSI}#key-1"
    for kid in ("", 7, "\x1b[2J", "k" * 5000):
        assert "kid" in _refusal(sealed(kid=kid))


def test_signed_properties_are_reported() -> None:
    given: dict[str, Any] = {"srCms": [{"commId": {"id": "urn:x"}}], "sigPl": {"addressCountry": "LU"}}
    assert _read(sealed(**given, adoTst=TOKEN, sigPId={}))[1].signed_properties == (
        "srCms", "sigPl", "adoTst", "sigPId",
    )  # fmt: skip


@pytest.mark.parametrize(
    "stamps",
    [
        [],
        {},
        {"tstTokens": []},
        {"tstTokens": [{"val": "A"}] * 17},
        {"tstTokens": ["AAAA"]},
        {"tstTokens": [{"val": 7}]},
        {"tstTokens": [{"val": ""}]},
        {"tstTokens": [{"val": "###"}]},
        {"tstTokens": [{"val": "é"}]},
    ],
)
def test_time_stamps_have_their_form(stamps: object) -> None:
    assert "adoTst" in _refusal(sealed(adoTst=stamps))


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
    secured, seal = _read(document)
    assert seal.added == ("sigTst", "rVals", *["unreadable"] * 6)
    assert _verifies(document)
    assert secured.issued_at == SECONDS
    others: tuple[Any, ...] = ("sigTst", {"a": 1}, [{}] * 65)
    for unreadable in others:
        assert _read(sealed(form="general", unprotected={"etsiU": unreadable}))[1].added == ("unreadable",)


@pytest.mark.parametrize("form", ["flattened", "general"])
def test_what_an_unprotected_header_says_is_signed_by_nobody(form: str) -> None:
    given: tuple[dict[str, Any], ...] = ({"kid": "x"}, {"etsiU": [], "x5c": []}, {"\x1b[2J": 1})
    for words in given:
        assert "signed by nobody" in _not_judged(sealed(form=form, unprotected=words))
    assert _verifies(sealed(form=form, unprotected={}))


def test_another_jws_in_json_is_what_it_is_in_its_compact_form() -> None:
    compact = vc_jwt()
    protected, payload, signature = compact.decode().split(".")
    part = {"protected": protected, "signature": signature}
    for document in ({"payload": payload, **part}, {"payload": payload, "signatures": [part]}):
        secured = read_secured(json.dumps(document).encode())
        assert secured.mechanism == "vc-jwt"
        assert secured.digest == read_secured(compact).digest
    added = {"payload": payload, **part, "header": {"etsiU": []}}
    assert "etsiU" in _not_judged(json.dumps(added).encode())


def test_a_key_that_a_did_names_makes_a_jwt_whatever_certificates_come_with_it() -> None:
    assert read_secured(signed(members_2_0(), typ="vc+jwt", x5c=["AAAA"])).mechanism == "vc-jose"


def test_a_header_of_no_json_is_no_seals() -> None:
    for header in (b"[]", b"{", b'{"sigT":1,"sigT":2}'):
        document = b".".join(encode_base64url(part).encode() for part in (header, b"{}", bytes(64)))
        assert _refusal(document)
    assert _refusal(b"\xff.e30.AA")
    assert _refusal(b"#.e30.AA")
    assert _refusal(sealed()[:-3] + b"\xff")


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
            good = _verifies(forged)
        except MalformedCredential:
            good = False
        assert not good


@given(
    st.dictionaries(
        st.sampled_from(
            ["alg", "crit", "b64", "x5c", "x5t#S256", "x5t#o", "sigX5ts", "sigT", "iat", "typ", "kid"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("S256"),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=4,
    )
)
@example({"x5c": {}})
@example({"crit": ["b64"], "b64": False})
def test_no_header_does_more_than_be_refused(changes: dict[str, Any]) -> None:
    header = encode_base64url(json.dumps(header_of(SEALER) | changes).encode())
    payload = json.dumps(members())
    for document in (
        f"{header}.{encode_base64url(payload.encode())}.AAAA".encode(),
        json.dumps({"payload": payload, "protected": header, "signature": "AAAA"}).encode(),
    ):
        try:
            assert read_secured(document).credential.issuer
        except MalformedCredential as refused:
            assert refused.reason.isprintable()  # noqa: PT017 - both ends are good
