"""Compact JWS (RFC 7515 section 7.1): parse strictly, verify, sign."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from credentials.errors import AlgorithmRefused, MalformedJws, UnfitKey
from did.base64url import base64url, decode_base64url
from did.errors import InvalidEncoding, InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk

from .algorithms import ALGORITHMS, verify_signature
from .signing_key import NistSigningKey, PrivateKey, signing_key

_PARTS = 3
_ES256 = "ES256"
_EXTENSIONS = ("crit", "b64")
_FAMILIAR = 1024  # characters: what a kid needs, not a chain of certificates


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a JWS's decoded parts, in bytes, held before anything is decoded: a header may hold `x5c`."""

    header: int = 32 * 1024
    payload: int = 1024 * 1024
    signature: int = 1024


DEFAULT_LIMITS = Limits()
DEFAULT_ALGORITHMS = frozenset(ALGORITHMS)


@dataclass(frozen=True, slots=True)
class ParsedJws:
    """The parts of a compact JWS; nothing about its signature has been checked."""

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes
    signing_input: bytes

    @property
    def alg(self) -> str:
        """The value of `alg`, which `parse_compact` has found among the known ones."""
        return str(self.header["alg"])


def parse_compact(jws: str, *, limits: Limits = DEFAULT_LIMITS) -> ParsedJws:
    """The parts of the compact JWS `jws`, whose text is the only one that encodes them.

    Args:
        jws: three base64url texts and two dots, nothing else.
        limits: bounds on each part, in bytes.

    Raises:
        MalformedJws: not three parts, not base64url, too long, a header that is no strict JSON object,
            or one with `crit` or `b64` (RFC 7797): no extension is understood here.
        AlgorithmRefused: `alg` is missing, `none`, symmetric, or unknown.
    """
    parts = jws.split(".", _PARTS)
    if len(parts) != _PARTS:
        raise MalformedJws("it has not three parts")
    try:
        header = (_familiar_header if len(parts[0]) <= _FAMILIAR else _header)(parts[0], limits.header)
        payload = decode_base64url(parts[1], max_bytes=limits.payload)
        signature = decode_base64url(parts[2], max_bytes=limits.signature)
    except (InvalidEncoding, InvalidJson) as error:
        raise MalformedJws(error.reason) from error
    return ParsedJws(header, payload, signature, jws[: -len(parts[2]) - 1].encode())


def verify_parsed(jws: ParsedJws, *, jwk: Jwk, algorithms: Collection[str] = DEFAULT_ALGORITHMS) -> None:
    """Return if the signature of `jws` is by the key `jwk`.

    Args:
        jws: what `parse_compact` returned.
        jwk: the signer's public key, found by the caller; never one from the header of `jws`.
        algorithms: those the caller accepts.

    Raises:
        AlgorithmRefused: the `alg` is not among `algorithms`.
        UnfitKey: the key is none, or not one for this algorithm.
        InvalidSignature: the signature is not by this key over these bytes.
    """
    if jws.alg not in algorithms:
        raise AlgorithmRefused(jws.alg)
    verify_signature(ALGORITHMS[jws.alg], jwk=jwk, signature=jws.signature, signing_input=jws.signing_input)


def verify_compact(
    jws: str,
    *,
    jwk: Jwk,
    algorithms: Collection[str] = DEFAULT_ALGORITHMS,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """The payload of `jws`, which the key `jwk` signed.

    Args:
        jws: a compact JWS.
        jwk: the signer's public key, found by the caller; never one from the header of `jws`.
        algorithms: those the caller accepts.
        limits: bounds on each part, in bytes.

    Raises:
        MalformedJws: the text is no compact JWS within the bounds.
        AlgorithmRefused: the `alg` is not among `algorithms`.
        UnfitKey: the key is none, or not one for this algorithm.
        InvalidSignature: the signature is not by this key over these bytes.
    """
    parsed = parse_compact(jws, limits=limits)
    verify_parsed(parsed, jwk=jwk, algorithms=algorithms)
    return parsed.payload


def sign_compact(*, header: Mapping[str, Any], payload: bytes, key: PrivateKey) -> str:
    """A compact JWS over `payload`, with `alg` set from the key; `parse_compact` accepts it.

    Args:
        header: further members of the protected header, such as `kid` and `typ`.
        payload: the bytes to sign, at most 1 MiB.
        key: a signing key, a private key of P-256, P-384, Ed25519 or secp256k1, or a secp256k1 secret.

    Raises:
        UnfitKey: no algorithm here signs with the key, or `header` names another `alg`.
        MalformedJws: the header or the payload is beyond the bounds, or the header is no JSON.
    """
    return CompactSigner(header=header, key=key).sign(payload).decode()


class CompactSigner:
    """Makes compact JWSs under one protected header, which is printed and looked at once."""

    __slots__ = ("_front", "_hashed", "_key")

    def __init__(self, *, header: Mapping[str, Any], key: PrivateKey) -> None:
        """Take what `sign_compact` takes.

        Raises:
            UnfitKey: no algorithm here signs with the key, or `header` names another `alg`.
            MalformedJws: the header is beyond the bounds, or no JSON.
        """
        self._key = signing_key(key)
        alg = self._key.alg
        if header.get("alg", alg) != alg:
            raise UnfitKey(f"the header names another algorithm than the key's {alg}")
        try:
            text = json.dumps(
                {"alg": alg, **header}, separators=(",", ":"), ensure_ascii=False, allow_nan=False
            ).encode()
            _check_header(parse_object(text, max_bytes=DEFAULT_LIMITS.header))
        except InvalidJson as error:
            raise MalformedJws(error.reason) from error
        except (TypeError, ValueError, RecursionError) as error:
            raise MalformedJws("a header that is no JSON") from error
        self._front = base64url(text) + b"."
        self._hashed = sha256(self._front)

    def sign(self, payload: bytes) -> bytes:
        """A compact JWS over `payload`, in ASCII.

        Raises:
            MalformedJws: the payload is beyond the bounds.
        """
        return self.sign_digested(payload)[0]

    def sign_digested(self, payload: bytes) -> tuple[bytes, bytes]:
        """A compact JWS over `payload`, in ASCII, and its SHA-256; ES256 hashes what both begin with once.

        Raises:
            MalformedJws: the payload is beyond the bounds.
        """
        if len(payload) > DEFAULT_LIMITS.payload:
            raise MalformedJws(f"a payload of more than {DEFAULT_LIMITS.payload} bytes")
        encoded = base64url(payload)
        hashed = self._hashed.copy()
        hashed.update(encoded)
        if isinstance(self._key, NistSigningKey) and self._key.alg == _ES256:
            signature = self._key.sign_hashed(hashed.digest())
        else:
            signature = self._key.sign(self._front + encoded)
        end = b"." + base64url(signature)
        hashed.update(end)
        return b"".join((self._front, encoded, end)), hashed.digest()


def _header(text: str, max_bytes: int) -> Mapping[str, Any]:
    header = parse_object(decode_base64url(text, max_bytes=max_bytes), max_bytes=max_bytes)
    _check_header(header)
    return MappingProxyType(header)


_familiar_header = lru_cache(maxsize=1024)(_header)
"""Credentials signed with one key have one header; what is refused is looked at each time."""


def _check_header(header: Mapping[str, Any]) -> None:
    for name in _EXTENSIONS:
        if name in header:
            raise MalformedJws(f"the header has {name}, and no extension is understood here")
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in ALGORITHMS:
        raise AlgorithmRefused(str(alg))
