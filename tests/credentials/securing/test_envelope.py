import json
from typing import Any

import pytest

from credentials.errors import HandedInWrapped, MalformedCredential, NotJudged
from credentials.securing.reading import read_secured
from tests.credentials.presentations import enveloped

from .credentials import LEARNER, json_ld, signed, vc_jose, vc_jwt
from .sd_jwts import issued


def _refusal(document: bytes) -> str:
    with pytest.raises(MalformedCredential) as refused:
        read_secured(document)
    return refused.value.reason


@pytest.mark.parametrize(
    "token", [vc_jwt(), vc_jose(), issued().encode()], ids=["vc-jwt", "vc-jose", "sd-jwt"]
)
def test_a_token_in_an_envelope_is_read_as_if_handed_in_itself(token: bytes) -> None:
    members = enveloped(token.decode())
    for kind in (members["type"], [members["type"]]):
        assert read_secured(json.dumps({**members, "type": kind}).encode()) == read_secured(token)


def test_what_is_in_an_envelope_keeps_the_rules_of_what_it_is() -> None:
    shown = signed({"iss": LEARNER, "vp": {}}).decode()
    with pytest.raises(HandedInWrapped, match="a presentation in the place of a credential"):
        read_secured(json.dumps(enveloped(shown)).encode())
    for token in ("abc", "a.b.c", vc_jwt().decode() + "~~"):
        assert _refusal(json.dumps(enveloped(token)).encode()) == _refusal(token.encode())


def test_an_envelope_holds_one_token_and_nothing_that_nobody_signed() -> None:
    token = vc_jose().decode()
    said: list[dict[str, Any]] = [{"name": "Doctor"}, {"credentialSubject": {}}, {"payload": "e30"}]
    for more in said:
        assert "alone" in _refusal(json.dumps({**enveloped(token), **more}).encode())
    for address in (None, 7, ["data:application/vc+jwt,a"], token, f"https://a.example/{token}"):
        assert "alone" in _refusal(json.dumps({**enveloped(token), "id": address}).encode())
    for address in (
        "data:application/vc+cose;base64,0oRD",
        "data:text/plain,abc",
        "data:application/json,{}",
    ):
        with pytest.raises(NotJudged, match="anything else than one token"):
            read_secured(json.dumps({**enveloped(token), "id": address}).encode())
    with pytest.raises(HandedInWrapped, match="an envelope that is secured itself"):
        read_secured(json_ld(type="EnvelopedVerifiableCredential"))
