"""Key binding JWTs: for one presentation, by one key; whatever else stands in one is refused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from credentials.errors import CredentialsError, InvalidSignature, MalformedSdJwt, UnfitKey
from credentials.securing.jose import sign_compact
from credentials.securing.key_binding import KeyBinding, parse_key_binding, verify_key_binding
from credentials.securing.sd_jwt import parse_sd_jwt
from did.base64url import encode_base64url
from did.jwk import Jwk

from .keys import PRIVATE_KEYS
from .sd_jwts import AUDIENCE, HOLDER, HOLDER_JWK, ISSUER_JWK, NONCE, PRESENTED, issued, presented

ISSUED = issued()
SHOWN = presented(ISSUED)
CLAIMS: dict[str, Any] = {"iat": PRESENTED, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": "AA"}


def _verify(text: str, jwk: Jwk = HOLDER_JWK) -> KeyBinding:
    parsed = parse_sd_jwt(text)
    assert parsed.key_binding is not None
    verify_key_binding(parsed.key_binding, bound=parsed.bound, hash_name=parsed.hash_name, jwk=jwk)
    return parsed.key_binding


def _made(claims: Mapping[str, Any] | None = None, /, **header: Any) -> str:
    payload = json.dumps(CLAIMS if claims is None else claims).encode()
    return sign_compact(header={"typ": "kb+jwt"} | header, payload=payload, key=HOLDER)


def _refusal(text: str) -> str:
    with pytest.raises(MalformedSdJwt) as caught:
        parse_key_binding(text)
    return caught.value.reason


def test_a_holder_binds_what_it_shows_to_one_asker() -> None:
    binding = _verify(SHOWN)
    assert (binding.nonce, binding.audiences, binding.issued_at) == (NONCE, (AUDIENCE,), PRESENTED)
    assert (binding.not_before, binding.expires) == (None, None)


def test_several_audiences_and_limits_are_read() -> None:
    binding = parse_key_binding(_made(CLAIMS | {"aud": ["a", "b"], "nbf": 1, "exp": 2.5}))
    assert (binding.audiences, binding.not_before, binding.expires) == (("a", "b"), 1, 2)


def test_it_binds_no_other_disclosures() -> None:
    """Play a verifier that forwards less than it was shown, and one that puts it behind another's."""
    front, first, rest = SHOWN.split("~", 2)
    assert first
    with pytest.raises(InvalidSignature):
        _verify(presented(issued(decoys=1)).rpartition("~")[0] + "~" + SHOWN.rpartition("~")[2])
    last = SHOWN.rpartition("~")[2]
    shorter = "~".join([front, *[text for text in rest.split("~")[:-1] if _stands_alone(front, text)], last])
    with pytest.raises(InvalidSignature):
        _verify(shorter)


def _stands_alone(front: str, text: str) -> bool:
    try:
        parse_sd_jwt(f"{front}~{text}~")
    except MalformedSdJwt:
        return False
    return True


def test_another_key_has_not_bound_it() -> None:
    with pytest.raises(InvalidSignature):
        _verify(SHOWN, ISSUER_JWK)
    with pytest.raises(InvalidSignature):
        _verify(presented(ISSUED, holder=PRIVATE_KEYS["ES256"]))
    with pytest.raises(UnfitKey):
        _verify(presented(ISSUED, holder=PRIVATE_KEYS["EdDSA"]))


def test_no_flipped_character_survives() -> None:
    start = SHOWN.rindex("~") + 1
    for place in range(start, len(SHOWN)):
        flipped = SHOWN[:place] + chr(ord(SHOWN[place]) ^ 1) + SHOWN[place + 1 :]
        with pytest.raises(CredentialsError):
            _verify(flipped)


@pytest.mark.parametrize("typ", [None, "JWT", "kb+JWT", "application/kb+jwt", "dc+sd-jwt", 7])
def test_no_jwt_made_for_another_purpose_binds(typ: object) -> None:
    assert "not of the type kb+jwt" in _refusal(_made(typ=typ))


@pytest.mark.parametrize("name", ["iat", "aud", "nonce", "sd_hash"])
@pytest.mark.parametrize("value", [None, "", {}, [], [7], "\x1b[2J", "x" * 5000, True])
def test_each_of_its_claims_is_there_and_of_its_kind(name: str, value: object) -> None:
    claims = CLAIMS | {name: value}
    assert "key binding JWT" in _refusal(_made(claims))
    del claims[name]
    assert "key binding JWT" in _refusal(_made(claims))


def test_what_is_no_jwt_within_the_bounds_is_none() -> None:
    assert "no key binding JWT" in _refusal("a.b")
    assert "no key binding JWT" in _refusal(_made().replace(".", "..", 1))
    assert "no key binding JWT" in _refusal(_made(CLAIMS | {"x": "x" * 40_000}))
    header = encode_base64url(b'{"alg":"none","typ":"kb+jwt"}')
    assert "not accepted" in _refusal(f"{header}.{_made().partition('.')[2]}")
    signed = _made().split(".")
    assert "unusable" in _refusal(f"{signed[0]}.{encode_base64url(b'[]')}.{signed[2]}")
