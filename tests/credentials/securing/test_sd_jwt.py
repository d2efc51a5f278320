"""SD-JWTs as a whole: what belongs together, what was appended, bounds; foreign code as second opinion."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from credentials.errors import (
    AlgorithmRefused,
    CredentialsError,
    InvalidSignature,
    MalformedJws,
    MalformedSdJwt,
    UnknownHash,
)
from credentials.securing.disclosures import MAX_DISCLOSURES
from credentials.securing.key_binding import verify_key_binding
from credentials.securing.sd_jwt import MAX_SIZE, parse_sd_jwt, verify_sd_jwt
from credentials.securing.sd_jwt_issuing import Selectively, issue_sd_jwt, present
from did.base64url import encode_base64url

from .keys import PRIVATE_KEYS
from .sd_jwts import (
    AUDIENCE,
    HOLDER,
    HOLDER_JWK,
    ISSUER_JWK,
    KID,
    NONCE,
    Salts,
    by_hand,
    digest,
    disclosure,
    everything,
    issued,
    named,
    presented,
)

ISSUED = issued(decoys=2)
SHOWN = presented(ISSUED)
DEGREE = {"name": "Master", "ects": 120}


def _refusal(text: str) -> str:
    with pytest.raises(MalformedSdJwt) as caught:
        parse_sd_jwt(text)
    return caught.value.reason


def _read(text: str) -> Any:
    return verify_sd_jwt(text, jwk=ISSUER_JWK)


def test_all_is_read_back_that_was_issued() -> None:
    for text in (ISSUED, SHOWN, issued()):
        claims = _read(text)
        assert claims["degree"] == DEGREE
        assert claims["skills"] == ["reading", "writing", ["arithmetic"]]
        assert claims.keys() == {"iss", "vct", "iat", "nbf", "exp", "cnf", "sub", "degree", "skills"}


def test_a_holder_shows_what_it_likes() -> None:
    claims = _read(presented(ISSUED, show=named("degree")))
    assert claims["degree"] == {"ects": 120}
    assert claims["skills"] == ["writing"]
    assert "sub" not in claims


def test_what_lies_in_something_withheld_is_withheld_with_it() -> None:
    shown = parse_sd_jwt(present(ISSUED, show=named("name", "sub")))
    assert [one.name for one in shown.disclosures] == ["sub"]
    assert shown.key_binding is None


def test_what_was_shown_once_is_shown_to_the_next() -> None:
    again = presented(SHOWN, show=named("sub"), nonce="another")
    parsed = parse_sd_jwt(again)
    assert parsed.key_binding is not None
    assert (parsed.key_binding.nonce, len(parsed.disclosures)) == ("another", 1)


@pytest.mark.parametrize("name", ["sha-256", "sha-384", "sha-512"])
@pytest.mark.parametrize("alg", ["ES256", "ES384", "ES256K", "EdDSA"])
def test_any_key_and_hash_issues_and_binds(alg: str, name: str) -> None:
    text = issue_sd_jwt(
        {"a": Selectively("x"), "b": [Selectively({"c": 1})]},
        header={"typ": "dc+sd-jwt", "kid": KID},
        key=PRIVATE_KEYS[alg],
        salt=Salts(),
        hash_name=name,
        decoys=1,
    )
    parsed = parse_sd_jwt(presented(text, holder=PRIVATE_KEYS[alg]))
    assert parsed.disclosed.members == {"a": "x", "b": [{"c": 1}]}
    assert (parsed.hash_name, parsed.jws.alg) == (name, alg)


def test_decoys_hide_how_much_there_is() -> None:
    payload = parse_sd_jwt(ISSUED).payload
    assert len(payload["_sd"]) == 4
    assert payload["_sd"] == sorted(payload["_sd"])
    assert parse_sd_jwt(ISSUED).disclosed.withheld == {"", "degree"}


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_no_claim_has_a_reserved_name(name: str) -> None:
    for claims in ({name: 1}, {"a": {name: Selectively(1)}}):
        with pytest.raises(MalformedSdJwt, match="no claim"):
            issued(claims)


def test_a_hash_that_is_not_known_makes_no_digests() -> None:
    with pytest.raises(UnknownHash):
        issue_sd_jwt({}, header={}, key=PRIVATE_KEYS["ES256"], salt=Salts(), hash_name="md5")


# -- what does not belong together ---------------------------------------------------------------------------


def test_a_disclosure_that_anybody_appended_is_refused() -> None:
    """The library that RFC 9901 came with takes it."""
    forged = f"{ISSUED}{disclosure('salt', 'grade', 'A+')}~"
    assert "nothing that the issuer signed" in _refusal(forged)
    assert "nothing that the issuer signed" in _refusal(f"{by_hand({'a': 1})}{disclosure('salt', 'b', 2)}~")


def test_a_disclosure_without_that_in_which_it_lies_is_refused() -> None:
    front, *texts, _ = ISSUED.split("~")
    within = next(text for text in texts if json.loads(_decoded(text))[1] == "name")
    assert "nothing that the issuer signed" in _refusal(f"{front}~{within}~")


def _decoded(text: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_disclosure_twice_is_refused() -> None:
    front, first, rest = ISSUED.split("~", 2)
    assert "twice" in _refusal(f"{front}~{first}~{first}~{rest}")


def test_a_digest_twice_is_refused() -> None:
    text = disclosure("salt", "a", 1)
    assert "twice" in _refusal(by_hand({"_sd": [digest(text), digest(text)]}, [text]))


@pytest.mark.parametrize("end", ["", "~~", "~", "a~", "~a"])
def test_parts_stand_between_single_separators(end: str) -> None:
    with pytest.raises(CredentialsError):
        parse_sd_jwt(ISSUED[:-1] + end if not end else ISSUED + end)


def test_a_jwt_without_separator_is_none() -> None:
    assert "no ~" in _refusal(ISSUED.partition("~")[0])


@pytest.mark.parametrize("payload", [b"[]", b'{"a":1,"a":2}', b"\xff"])
def test_a_payload_that_is_no_strict_object_is_refused(payload: bytes) -> None:
    front = ".".join([ISSUED.split(".", maxsplit=1)[0], encode_base64url(payload), "AA"])
    assert "what its JWT holds" in _refusal(front + "~")


@pytest.mark.parametrize("alg", ["none", "HS256", "ES512", None])
def test_an_unsigned_one_is_refused(alg: str | None) -> None:
    front, _, rest = ISSUED.partition(".")
    header = encode_base64url(json.dumps({"alg": alg, "typ": "dc+sd-jwt", "kid": KID}).encode())
    assert front != header
    with pytest.raises(AlgorithmRefused):
        parse_sd_jwt(f"{header}.{rest}")
    with pytest.raises(MalformedJws):
        parse_sd_jwt("~")


def test_another_key_has_not_signed_it() -> None:
    with pytest.raises(InvalidSignature):
        verify_sd_jwt(ISSUED, jwk=HOLDER_JWK)


def test_10_000_disclosures_are_refused_before_any_is_looked_at() -> None:
    texts = [disclosure("salt", f"m{number}", number) for number in range(MAX_DISCLOSURES)]
    whole = by_hand({"_sd": [digest(text) for text in texts]}, texts)
    assert len(_read(whole)) == MAX_DISCLOSURES
    assert f"more than {MAX_DISCLOSURES}" in _refusal(f"{whole}AA~AA")
    assert f"more than {MAX_DISCLOSURES}" in _refusal(ISSUED + "AA~" * 10_000)
    assert f"more than {MAX_SIZE}" in _refusal(ISSUED + "A" * MAX_SIZE)


def test_no_flipped_character_survives() -> None:
    """One bit of each character of the issuer's JWT and of the disclosures, one after the other."""
    text = issued({"sub": Selectively("me"), "list": [Selectively(7)], "iss": "did:web:a"})
    for place, character in enumerate(text[:-1]):
        flipped = text[:place] + chr(ord(character) ^ 1) + text[place + 1 :]
        with pytest.raises(CredentialsError):
            _read(flipped)


@given(
    st.text(alphabet="~.eyJ0-_ \x00é", max_size=20)
    | st.binary(max_size=20).map(lambda one: one.decode("latin-1"))
)
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    for whole in (text, f"{ISSUED}{text}", f"{text}~", text + ISSUED):
        try:
            parse_sd_jwt(whole)
        except CredentialsError:
            continue
        assert whole == ISSUED


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner | inner.map(Selectively), max_size=3)
        | st.dictionaries(st.sampled_from("abcd"), inner | inner.map(Selectively), max_size=3)
    ),
    max_leaves=4,
)


def _plain(value: Any, shown: set[str] | None) -> Any:
    """A slow twin: the claims with everything that may be withheld, or with nothing of it."""
    if isinstance(value, Selectively):
        return _plain(value.value, shown)
    if isinstance(value, list):
        return [_plain(one, shown) for one in value if shown is None or not isinstance(one, Selectively)]
    if isinstance(value, dict):
        return {
            name: _plain(one, shown)
            for name, one in value.items()
            if shown is None or not isinstance(one, Selectively)
        }
    return value


@settings(max_examples=20)
@given(st.dictionaries(st.sampled_from("abcd"), _JSON | _JSON.map(Selectively), max_size=3))
def test_whatever_is_hidden_is_shown_whole_or_not_at_all(claims: dict[str, Any]) -> None:
    text = issued(claims, decoys=1)
    assert _read(text) == _plain(claims, None)
    assert _read(present(text, show=lambda _one: False)) == _plain(claims, set())


# -- other people's vectors, other people's code -------------------------------------------------------------


def test_the_examples_of_the_ietf_are_read_as_they_say(vectors: Path) -> None:
    examples = json.loads((vectors / "ietf-sd-jwt" / "vectors.json").read_bytes())
    presented_ones = [example for example in examples if "sd_jwt" in example]
    assert len(presented_ones) >= 2
    for example in presented_ones:
        text = example["sd_jwt"]
        assert verify_sd_jwt(text, jwk=example["issuer_jwk"]) == example["verified"]
        parsed = parse_sd_jwt(text)
        if "nonce" not in example:
            continue
        assert parsed.key_binding is not None
        assert parsed.key_binding.nonce == example["nonce"]
        assert parsed.key_binding.audiences == (example["aud"],)
        holder = parsed.payload["cnf"]["jwk"]
        verify_key_binding(parsed.key_binding, bound=parsed.bound, hash_name=parsed.hash_name, jwk=holder)


def test_the_reference_library_reads_what_is_issued_here() -> None:
    key = JWK.from_pyca(PRIVATE_KEYS["ES256"].public_key())  # type: ignore[union-attr] # no raw secret
    for text in (SHOWN, presented(ISSUED, show=named("degree", "name"))):
        verifier = SDJWTVerifier(text, lambda _issuer, _header: key, AUDIENCE, NONCE)
        assert verifier.get_verified_payload() == _read(text)


def test_what_the_reference_library_issues_is_read_here() -> None:
    claims = {"iss": "did:web:a", SDObj("a"): {SDObj("b"): [SDObj(1), 2]}, "c": [SDObj({SDObj("d"): 3})]}
    issuer, holder = JWK.from_pyca(PRIVATE_KEYS["ES256"]), JWK.from_pyca(HOLDER)
    text = SDJWTIssuer(claims, issuer, holder, add_decoy_claims=True).sd_jwt_issuance
    read = dict(_read(text))
    assert read.pop("cnf")["jwk"].items() >= HOLDER_JWK.items()
    assert read == {"iss": "did:web:a", "a": {"b": [1, 2]}, "c": [{"d": 3}]}
    verifier = SDJWTVerifier(presented(text), lambda _issuer, _header: issuer, AUDIENCE, NONCE)
    assert verifier.get_verified_payload() == _read(text)
    assert present(text, show=everything) == text
