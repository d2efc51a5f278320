"""didkit and our own JOSE agree on VC-JWTs of did:key issuers: on good ones, and on each spoilt one."""

import json
import random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from credentials.errors import CredentialsError
from credentials.securing.jose import sign_compact, verify_compact
from did.base64url import encode_base64url
from did.jwk import Jwk, jwk_from_public_key
from did.resolution import resolve
from tests.node.foreign.didkit_desk import DidkitDesk, DidkitRefused
from tests.node.foreign.signers import members, signer

CREDENTIALS = 25


def _payload(did: str, number: int) -> dict[str, Any]:
    made = members(did, id=f"urn:uuid:3978344f-8596-4c3a-a978-8fcaba39{number:04x}")
    subject = made["credentialSubject"]["id"]
    return {"iss": did, "sub": subject, "jti": made["id"], "nbf": 1704067200 + number, "vc": made}


def _ours(jwt: str, jwk: Jwk) -> bool:
    try:
        verify_compact(jwt, jwk=jwk)
    except CredentialsError:
        return False
    return True


def _theirs(desk: DidkitDesk, jwt: str) -> bool:
    try:
        return desk.accepts(jwt)
    except DidkitRefused:
        return False


def _spoilt(jwt: str, seed: int) -> str:
    """The JWT with one bit of its payload's or signature's text changed, still base64url."""
    chance = random.Random(seed)
    header, payload, signature = jwt.split(".")
    if chance.random() < 0.5:  # a digit of the claim `nbf`, so that the payload stays JSON
        claims = json.loads(_decoded(payload))
        claims["nbf"] -= chance.randint(1, 1000)
        payload = encode_base64url(json.dumps(claims, separators=(",", ":")).encode())
    else:
        place = chance.randrange(len(signature) - 2)  # the last one may hold bits that mean nothing
        other = chance.choice([c for c in "ABCDwxyz0189-_" if c != signature[place]])
        signature = signature[:place] + other + signature[place + 1 :]
    return f"{header}.{payload}.{signature}"


def _decoded(part: str) -> bytes:
    from did.base64url import decode_base64url

    return decode_base64url(part, max_bytes=100_000)


@pytest.mark.parametrize("curve", ["Ed25519", "P-256", "secp256k1"])
def test_both_accept_what_we_sign_and_refuse_what_is_spoilt(desk: DidkitDesk, curve: str) -> None:
    for number in range(CREDENTIALS):
        by = signer(curve, secret=1000 + number)
        document = resolve(by.did, changes_of=lambda _: (), now=0).did_document
        assert document is not None
        (method,) = document.verification_methods("assertionMethod")
        assert method.id == by.kid
        payload = json.dumps(_payload(by.did, number), separators=(",", ":")).encode()
        jwt = sign_compact(header={"typ": "JWT", "kid": by.kid}, payload=payload, key=by.private)
        assert (_ours(jwt, method.public_key_jwk), _theirs(desk, jwt)) == (True, True)
        spoilt = _spoilt(jwt, number)
        assert (_ours(spoilt, method.public_key_jwk), _theirs(desk, spoilt)) == (False, False)


@pytest.mark.parametrize("curve", ["Ed25519", "P-256", "secp256k1"])
def test_both_accept_what_didkit_signs(desk: DidkitDesk, curve: str) -> None:
    for number in range(CREDENTIALS):
        by = signer(curve, secret=2000 + number)
        options = {
            "proofFormat": "jwt",
            "proofPurpose": "assertionMethod",
            "verificationMethod": by.kid,
        }
        made = members(by.did)
        jwt = desk.call("issue_credential", json.dumps(made), json.dumps(options), json.dumps(by.jwk))
        assert (_ours(jwt, {k: v for k, v in by.jwk.items() if k != "d"}), _theirs(desk, jwt)) == (True, True)
        spoilt = _spoilt(jwt, number)
        public = {name: value for name, value in by.jwk.items() if name != "d"}
        assert (_ours(spoilt, public), _theirs(desk, spoilt)) == (False, False)


class _Ps256:
    """An RSA key as a signing key: PS256, which the product verifies and never makes."""

    alg = "PS256"

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        self.public_jwk = jwk_from_public_key(key.public_key())

    def sign(self, signing_input: bytes) -> bytes:
        return self._key.sign(signing_input, PSS(MGF1(SHA256()), 32), SHA256())


def test_both_agree_on_ps256(desk: DidkitDesk) -> None:
    key = _Ps256(generate_private_key(65537, 2048))
    did = desk.call("key_to_did", "jwk", json.dumps(key.public_jwk))
    for number in range(CREDENTIALS):
        payload = json.dumps(_payload(did, number), separators=(",", ":")).encode()
        jwt = sign_compact(header={"typ": "JWT", "kid": f"{did}#0"}, payload=payload, key=key)
        assert (_ours(jwt, key.public_jwk), _theirs(desk, jwt)) == (True, True)
        spoilt = _spoilt(jwt, number)
        assert (_ours(spoilt, key.public_jwk), _theirs(desk, spoilt)) == (False, False)
