"""Issuing and presenting SD-JWTs (RFC 9901 sections 4 and 6): what `parse_sd_jwt` accepts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedSdJwt
from did.base64url import encode_base64url

from .disclosures import (
    DIGESTS,
    HASH_ALGORITHM,
    IN_ARRAY,
    RESERVED,
    Disclosure,
    digest_of,
    disclose,
    hash_named,
)
from .jose import sign_compact
from .key_binding import sign_key_binding
from .sd_jwt import SEPARATOR, SdJwt, parse_sd_jwt
from .signing_key import PrivateKey

SALT_LENGTH: Final = 16
"""Bytes of a salt (section 9.3)."""


@dataclass(frozen=True, slots=True)
class Selectively:
    """A member's value, or an element of an array, that the holder may withhold."""

    value: Any


def issue_sd_jwt(
    claims: Mapping[str, Any],
    *,
    header: Mapping[str, Any],
    key: PrivateKey,
    salt: Callable[[], bytes],
    hash_name: str = "sha-256",
    decoys: int = 0,
) -> str:
    """An SD-JWT with all of its disclosures, and no key binding.

    Args:
        claims: whose values and elements may be `Selectively`, at any depth.
        header: of the JWT, such as `typ` and `kid`.
        key: the issuer's.
        salt: gives 16 random bytes, others each time.
        hash_name: `sha-256`, `sha-384` or `sha-512`.
        decoys: digests of nothing that are added wherever members may be withheld.

    Raises:
        MalformedSdJwt: a claim has a reserved name.
        UnknownHash: there is no such hash here.
        UnfitKey: no algorithm here signs with the key.
        MalformedJws: header or payload are beyond the bounds, or no JSON.
    """
    hiding = _Hiding(hash_named({HASH_ALGORITHM: hash_name}), salt, decoys)
    payload = {**hiding.members_of(claims), HASH_ALGORITHM: hash_name}
    front = sign_compact(header=header, payload=_printed(payload), key=key)
    return SEPARATOR.join([front, *hiding.texts, ""])


def present(
    sd_jwt: str,
    *,
    show: Callable[[Disclosure], bool],
    holder: PrivateKey | None = None,
    nonce: str = "",
    audience: str = "",
    issued_at: int = 0,
) -> str:
    """The SD-JWT with some of its disclosures, and with key binding if a holder's key is given.

    Args:
        sd_jwt: as issued, or as presented before.
        show: whether to disclose; what lies in something that is withheld is withheld with it.
        holder: the key that the issuer named (`cnf`).
        nonce: that the asker gave.
        audience: the asker's name.
        issued_at: seconds.

    Raises:
        MalformedSdJwt: it is no SD-JWT within the bounds.
        MalformedJws: the issuer's JWT is none.
        AlgorithmRefused: that is unsigned, or its algorithm is not taken here.
        UnfitKey: no algorithm here signs with the holder's key.
    """
    parsed = parse_sd_jwt(sd_jwt)
    bound = _shown(parsed, show)
    if holder is None:
        return bound
    return sign_key_binding(
        bound, hash_name=parsed.hash_name, nonce=nonce, audience=audience, issued_at=issued_at, key=holder
    )


def _shown(parsed: SdJwt, show: Callable[[Disclosure], bool]) -> str:
    chosen = [disclosure for disclosure in parsed.disclosures if show(disclosure)]
    met = disclose(parsed.payload, chosen, hash_name=parsed.hash_name).used
    front = parsed.bound.partition(SEPARATOR)[0]
    return SEPARATOR.join([front, *(one.text for one in chosen if one.text in met), ""])


class _Hiding:
    """One walk through claims, which leaves digests behind and keeps the disclosures."""

    __slots__ = ("_decoys", "_hash_name", "_salt", "texts")

    def __init__(self, hash_name: str, salt: Callable[[], bytes], decoys: int) -> None:
        self._hash_name, self._salt, self._decoys = hash_name, salt, decoys
        self.texts: list[str] = []

    def members_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """The members with digests, sorted so that their order says nothing, for those to be withheld."""
        plain: dict[str, Any] = {}
        digests: list[str] = []
        for name, value in members.items():
            if name in RESERVED:
                raise MalformedSdJwt(f"{name} is the name of no claim")
            if isinstance(value, Selectively):
                digests.append(self._hide(name, self._value_of(value.value)))
            else:
                plain[name] = self._value_of(value)
        if digests:
            digests += [self._decoy() for _ in range(self._decoys)]
            plain[DIGESTS] = sorted(digests)
        return plain

    def _value_of(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.members_of(value)
        if isinstance(value, list):
            return [self._element_of(one) for one in value]
        return value

    def _element_of(self, value: Any) -> Any:
        if isinstance(value, Selectively):
            return {IN_ARRAY: self._hide(self._value_of(value.value))}
        return self._value_of(value)

    def _hide(self, *what: Any) -> str:
        text = encode_base64url(_printed([self._new_salt(), *what]))
        self.texts.append(text)
        return digest_of(text, hash_name=self._hash_name)

    def _decoy(self) -> str:
        return digest_of(self._new_salt(), hash_name=self._hash_name)

    def _new_salt(self) -> str:
        return encode_base64url(self._salt())


def _printed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
