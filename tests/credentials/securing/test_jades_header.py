import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import example
from hypothesis import given as drawn
from hypothesis import strategies as st

from credentials.errors import MalformedCredential
from credentials.securing.jades import SEAL_ALGORITHMS
from credentials.securing.jades_header import is_payload_encoded
from credentials.securing.reading import read_secured
from did.base64url import encode_base64url

from .certificates import sealer
from .credentials import AT, EBSI, SECONDS
from .reading_seals import given, not_judged, read_seal, refusal, verifies
from .sealed import header_of, members, sealed

SEALER, RSA = sealer(), sealer(rsa=True)
FORMS = ("compact", "flattened", "general")
NAME = f"ni:///sha-256;{encode_base64url(hashlib.sha256(SEALER.x5c[0]).digest())}"
TOKEN = {"tstTokens": [{"val": base64.b64encode(b"a time stamp").decode()}]}


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
        assert reason in refusal(sealed(crit=crit, exp=7))
    assert verifies(sealed(crit=["sigT", "adoTst"], adoTst=TOKEN))
    assert verifies(sealed(crit=["iat"], sigT=None, iat=SECONDS))


@pytest.mark.parametrize("name", ["srAts", "sigPId", "sigD"])
def test_a_critical_property_that_would_have_to_be_judged_is_told(name: str) -> None:
    assert name in not_judged(sealed(crit=["sigT", name], **given({name: {}})))


@pytest.mark.parametrize("b64", [0, "false", {}])
def test_b64_is_true_or_false_and_critical(b64: object) -> None:
    assert "b64" in refusal(sealed(form="flattened", b64=b64, crit=["b64", "sigT"]))
    assert "b64" in refusal(sealed(form="flattened", b64=True))
    assert "b64" in refusal(sealed(form="flattened", b64=False))
    assert verifies(sealed(form="flattened", b64=True, crit=["b64", "sigT"]))


def test_an_encoding_that_nobody_declared_is_not_taken_for_one() -> None:
    for header in ({"b64": False}, {"b64": 0, "crit": ["b64"]}, {"b64": True, "crit": ["sigT"], "sigT": AT}):
        with pytest.raises(MalformedCredential, match="b64"):
            is_payload_encoded(header)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256K", "RS512", 7, None, "\x1b[2J"])
def test_only_algorithms_of_certificates_are_accepted(alg: object) -> None:
    assert refusal(sealed(alg=alg))


def test_an_algorithm_of_another_key_verifies_nothing() -> None:
    for alg in SEAL_ALGORITHMS - {"ES256"}:
        assert not verifies(sealed(alg=alg))
    for alg in SEAL_ALGORITHMS - {"RS256"}:
        assert not verifies(sealed(of=RSA, alg=alg))


def test_a_public_key_is_no_secret_of_a_symmetric_algorithm() -> None:
    assert "HS256" in refusal(sealed(alg="HS256"))


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
        assert reason in refusal(sealed(**given(changes)))
    secured, seal = read_seal(sealed(sigT=None, crit=None, iat=SECONDS + 7))
    assert secured.issued_at == int(seal.sealed_at.timestamp()) == SECONDS + 7


def test_a_seal_says_by_a_digest_which_certificate_is_its_own() -> None:
    other = encode_base64url(hashlib.sha256(SEALER.x5c[1]).digest())
    assert "which certificate is its own" in refusal(sealed(**given({"x5t#S256": None})))
    for wrong in (other, "", 7, NAME):
        assert "another certificate" in refusal(sealed(**given({"x5t#S256": wrong})))


def test_other_digests_of_certificates_are_held_against_them_too() -> None:
    s384, s512 = (
        {"digAlg": name, "digVal": encode_base64url(digest(SEALER.x5c[0]).digest())}
        for name, digest in (("S384", hashlib.sha384), ("S512", hashlib.sha512))
    )
    above = {"digAlg": "S256", "digVal": encode_base64url(hashlib.sha256(SEALER.x5c[1]).digest())}
    for good in ({"x5t#o": s512}, {"sigX5ts": [s384]}, {"sigX5ts": [s384, above]}):
        assert verifies(sealed(**given({"x5t#S256": None} | good)))
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
        assert reason in refusal(sealed(**given(bad)))
    assert "S224" in not_judged(sealed(**given({"x5t#o": s512 | {"digAlg": "S224"}})))


def test_a_seal_made_for_something_else_is_not_judged() -> None:
    for typ in ("vp+jwt", "kb+jwt", "dc+sd-jwt", "application/xml", "\x1b[2J"):
        assert "type" in not_judged(sealed(typ=typ))
    assert "typ" in refusal(sealed(typ=7))
    assert "elsewhere" in not_judged(sealed(sigD={"mId": "x"}))
    kinds: tuple[str | None, ...] = (None, "JOSE", "application/jose+json", "vc+jwt")
    for kind in kinds:
        assert verifies(sealed(typ=kind))


def test_the_name_of_the_key_is_kept() -> None:
    assert read_seal(sealed(kid=f"{EBSI}#key-1"))[1].kid == f"{EBSI}#key-1"
    for kid in ("", 7, "\x1b[2J", "k" * 5000):
        assert "kid" in refusal(sealed(kid=kid))


def test_signed_properties_are_reported() -> None:
    given: dict[str, Any] = {"srCms": [{"commId": {"id": "urn:x"}}], "sigPl": {"addressCountry": "LU"}}
    assert read_seal(sealed(**given, adoTst=TOKEN, sigPId={}))[1].signed_properties == (
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
    assert "adoTst" in refusal(sealed(adoTst=stamps))


def test_a_header_of_no_json_is_no_seals() -> None:
    for header in (b"[]", b"{", b'{"sigT":1,"sigT":2}'):
        document = b".".join(encode_base64url(part).encode() for part in (header, b"{}", bytes(64)))
        assert refusal(document)
    assert refusal(b"\xff.e30.AA")
    assert refusal(b"#.e30.AA")
    assert refusal(sealed()[:-3] + b"\xff")


@drawn(
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
