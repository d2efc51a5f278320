"""Key binding JWTs: a holder shows an SD-JWT to one asker, at one time (RFC 9901 section 4.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import (
    AlgorithmRefused,
    InvalidSignature,
    MalformedCredential,
    MalformedJws,
    MalformedSdJwt,
)
from credentials.expected import audiences_of
from credentials.plain_text import MAX_ADDRESS, is_plain
from did.errors import InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk

from .claims import numeric_date
from .disclosures import digest_of
from .jose import Limits, ParsedJws, parse_compact, sign_compact, verify_parsed
from .signing_key import PrivateKey

TYPE: Final = "kb+jwt"
_MAX_PAYLOAD: Final = 32 * 1024
_LIMITS: Final = Limits(payload=_MAX_PAYLOAD)


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """What a key binding JWT says, by the rules of its form; its signature has not been verified.

    Attributes:
        jws: its parts.
        sd_hash: the digest of what it was made for, in base64url.
        nonce: that the asker gave.
        audiences: whom it was made for, one or more.
        issued_at: `iat`, in seconds.
        not_before: `nbf`, in seconds; None if absent.
        expires: `exp`, in seconds; None if absent.
    """

    jws: ParsedJws
    sd_hash: str
    nonce: str
    audiences: tuple[str, ...]
    issued_at: int
    not_before: int | None
    expires: int | None


def parse_key_binding(text: str) -> KeyBinding:
    """The key binding JWT that `text` is.

    Raises:
        MalformedSdJwt: it is no JWT of the type `kb+jwt` within the bounds, or a claim that it has to have is
            missing or of another kind.
    """
    try:
        jws = parse_compact(text, limits=_LIMITS)
        return _read(jws, parse_object(jws.payload, max_bytes=_MAX_PAYLOAD))
    except (MalformedJws, AlgorithmRefused) as error:
        raise MalformedSdJwt(f"behind the last ~ stands no key binding JWT: {error}") from error
    except InvalidJson as error:
        raise MalformedSdJwt(f"what its key binding JWT holds is unusable: {error.reason}") from error
    except MalformedCredential as error:
        raise MalformedSdJwt(f"in its key binding JWT {error.reason}") from error


def _read(jws: ParsedJws, claims: Mapping[str, Any]) -> KeyBinding:
    if jws.header.get("typ") != TYPE:
        raise MalformedSdJwt(f"what stands behind the last ~ is not of the type {TYPE}")
    sd_hash, nonce, issued_at = claims.get("sd_hash"), claims.get("nonce"), numeric_date(claims, "iat")
    audiences = audiences_of(claims.get("aud"))
    if not is_plain(sd_hash, most=MAX_ADDRESS) or not is_plain(nonce, most=MAX_ADDRESS):
        raise MalformedSdJwt("its key binding JWT has no sd_hash or no nonce")
    if not audiences or issued_at is None:
        raise MalformedSdJwt("its key binding JWT does not say for whom (aud) or when (iat) it was made")
    return KeyBinding(
        jws, sd_hash, nonce, audiences, issued_at, numeric_date(claims, "nbf"), numeric_date(claims, "exp")
    )


def verify_key_binding(binding: KeyBinding, *, bound: str, hash_name: str, jwk: Jwk) -> None:
    """Return if the key `jwk` signed the binding, and for exactly this presentation (section 7.3).

    Args:
        binding: as parsed.
        bound: the issuer's JWT and the disclosures, each with its `~`.
        hash_name: by which the SD-JWT makes its digests.
        jwk: the key that the issuer named for the holder (`cnf`); never one from the binding.

    Raises:
        UnfitKey: the key is none, or not one for the algorithm.
        InvalidSignature: it was not signed by that key, or for other disclosures or another credential.
    """
    verify_parsed(binding.jws, jwk=jwk)
    if binding.sd_hash != digest_of(bound, hash_name=hash_name):
        raise InvalidSignature(binding.jws.alg)


def sign_key_binding(
    bound: str, *, hash_name: str, nonce: str, audience: str, issued_at: int, key: PrivateKey
) -> str:
    """The SD-JWT with a key binding JWT behind it.

    Args:
        bound: the issuer's JWT and the disclosures to be shown, each with its `~`.
        hash_name: by which the SD-JWT makes its digests.
        nonce: that the asker gave.
        audience: the asker's name.
        issued_at: seconds.
        key: the holder's.

    Raises:
        UnfitKey: no algorithm here signs with the key.
    """
    claims = {
        "iat": issued_at,
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest_of(bound, hash_name=hash_name),
    }
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return bound + sign_compact(header={"typ": TYPE}, payload=payload, key=key)
