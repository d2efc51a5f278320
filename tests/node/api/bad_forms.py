"""Credentials whose one fault is how they are written: the university signs whatever stands in them."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from did.base64url import decode_base64url, encode_base64url
from tests.credentials.world import Country

Attack = Callable[[Country], bytes]


def _parts(home: Country) -> tuple[dict[str, Any], bytes]:
    header, payload, _signature = home.credential.decode().split(".")
    members = json.loads(decode_base64url(header, max_bytes=1 << 15))
    return members, decode_base64url(payload, max_bytes=1 << 20)


def _written(home: Country, header: Mapping[str, Any], payload: bytes, *, encoded: bool = True) -> bytes:
    """A compact JWS that the university signed, whatever stands in it."""
    body = encode_base64url(payload).encode() if encoded else payload
    signing_input = encode_base64url(json.dumps(header).encode()).encode() + b"." + body
    private = home.university.key.private
    assert isinstance(private, EllipticCurvePrivateKey)
    r, s = decode_dss_signature(private.sign(signing_input, ECDSA(SHA256())))
    return signing_input + b"." + encode_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big")).encode()


def header_with(**changes: object) -> Attack:
    """The header has these members too."""

    def attack(home: Country) -> bytes:
        header, payload = _parts(home)
        return _written(home, header | changes, payload)

    return attack


def payload_with(old: bytes, new: bytes) -> Attack:
    """The payload reads `new` wherever it read `old`."""

    def attack(home: Country) -> bytes:
        header, payload = _parts(home)
        assert old in payload
        return _written(home, header, payload.replace(old, new))

    return attack


def unsigned(home: Country) -> bytes:
    """The algorithm none, and no signature."""
    header, payload = _parts(home)
    head = json.dumps(header | {"alg": "none"}).encode()
    return f"{encode_base64url(head)}.{encode_base64url(payload)}.".encode()


def mac_under_the_public_key(home: Country) -> bytes:
    """The public key is no secret: whoever takes it for one would take this for signed."""
    header, payload = _parts(home)
    head = json.dumps(header | {"alg": "HS256"}).encode()
    signing_input = f"{encode_base64url(head)}.{encode_base64url(payload)}"
    key = json.dumps(dict(home.university.key.jwk)).encode()
    mac = hmac.digest(key, signing_input.encode(), "sha256")
    return f"{signing_input}.{encode_base64url(mac)}".encode()


def payload_not_encoded(home: Country) -> bytes:
    """RFC 7797: the payload as it stands, under a signature that is good."""
    header, payload = _parts(home)
    return _written(home, header | {"b64": False, "crit": ["b64"]}, payload.replace(b".", b""), encoded=False)


def signed_by_another_type_of_key(home: Country) -> bytes:
    """Ed25519 under the name of the university's P-256 key."""
    key = home.world.key(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    return home.world.issue(home.university, key=key, header={"kid": home.university.kid})


def two_issuers(home: Country) -> bytes:
    """The credential names two, the claim one of them."""
    both = json.dumps([home.university.did, home.tao.did]).encode()
    header, payload = _parts(home)
    old = json.dumps(home.university.did).encode()
    return _written(home, header, payload.replace(b'"issuer":' + old, b'"issuer":' + both))


def did_url_as_issuer(home: Country) -> bytes:
    """The issuer is a key and not its holder."""
    header, payload = _parts(home)
    return _written(home, header, payload.replace(home.university.did.encode(), home.university.kid.encode()))


def exactly_a_mebibyte(home: Country) -> bytes:
    """White space up to the bound."""
    return home.credential.ljust(1_048_576)


def issued_in(year: int) -> Attack:
    """At the end of that year."""
    moment = datetime(year, 12, 31, tzinfo=UTC)
    return lambda home: home.world.issue(home.university, at=int(moment.timestamp()))
