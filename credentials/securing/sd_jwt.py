"""SD-JWT in its compact form (RFC 9901 sections 4 and 7): an issuer's JWT, disclosures, a key binding JWT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedSdJwt
from did.errors import InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk

from .disclosures import MAX_DISCLOSURES, Disclosed, Disclosure, disclose, hash_named, parse_disclosure
from .jose import ParsedJws, parse_compact, verify_parsed
from .key_binding import KeyBinding, parse_key_binding

MAX_SIZE: Final = 1024 * 1024
"""Bytes of an SD-JWT with everything that stands behind its `~`."""
SEPARATOR: Final = "~"


@dataclass(frozen=True, slots=True)
class SdJwt:
    """An SD-JWT whose parts belong together; no signature has been verified.

    Attributes:
        jws: the issuer's JWT.
        payload: its claims, with digests.
        disclosures: those presented, each of which stands for one digest.
        disclosed: the claims with the disclosures in their places.
        hash_name: by which digests are made.
        bound: what a key binding JWT is over: the issuer's JWT and the disclosures, each with its `~`.
        key_binding: None if there is none.
        size: bytes of the whole.
    """

    jws: ParsedJws
    payload: Mapping[str, Any]
    disclosures: tuple[Disclosure, ...]
    disclosed: Disclosed
    hash_name: str
    bound: str
    key_binding: KeyBinding | None
    size: int

    @property
    def lacks_claims(self) -> bool:
        """Whether at its top level a digest stands that nothing shown meets: of any claim, or a decoy."""
        return "" in self.disclosed.withheld


def parse_sd_jwt(text: str) -> SdJwt:
    """The parts of the SD-JWT `text`, if each disclosure stands for exactly one digest (section 7.1).

    Args:
        text: the issuer's JWT, `~`, each disclosure with a `~`, and a key binding JWT or nothing.

    Raises:
        MalformedSdJwt: it is too long, has too many disclosures, or its parts do not belong together: also
            where a disclosure stands for nothing that the issuer signed.
        UnknownHash: its digests are made by a hash that is not taken here.
        MalformedJws: the issuer's JWT is none.
        AlgorithmRefused: that is unsigned, or signed by an algorithm that is not taken here.
    """
    if len(text) > MAX_SIZE:
        raise MalformedSdJwt(f"it has more than {MAX_SIZE} characters")
    behind = text.count(SEPARATOR)
    if not 0 < behind <= MAX_DISCLOSURES + 1:
        raise MalformedSdJwt(f"it has no ~, or more than {MAX_DISCLOSURES} disclosures")
    front, *texts, last = text.split(SEPARATOR)
    jws = parse_compact(front)
    payload = claims_of(jws)
    hash_name = hash_named(payload)
    if len(set(texts)) != len(texts):
        raise MalformedSdJwt("a disclosure stands in it twice")
    disclosures = tuple(parse_disclosure(one) for one in texts)
    disclosed = disclose(payload, disclosures, hash_name=hash_name)
    if len(disclosed.used) != len(disclosures):
        raise MalformedSdJwt("a disclosure stands for nothing that the issuer signed")
    return SdJwt(
        jws=jws,
        payload=payload,
        disclosures=disclosures,
        disclosed=disclosed,
        hash_name=hash_name,
        bound=text[: len(text) - len(last)],
        key_binding=parse_key_binding(last) if last else None,
        size=len(text),
    )


def claims_of(jws: ParsedJws) -> dict[str, Any]:
    """The claims of a JWT, strictly parsed.

    Raises:
        MalformedSdJwt: its payload is no strict JSON object.
    """
    try:
        return parse_object(jws.payload, max_bytes=MAX_SIZE)
    except InvalidJson as error:
        raise MalformedSdJwt(f"what its JWT holds is unusable: {error.reason}") from error


def verify_sd_jwt(text: str, *, jwk: Jwk) -> Mapping[str, Any]:
    """The disclosed claims of the SD-JWT `text`, which the key `jwk` signed; who shows it is not judged.

    Args:
        text: an SD-JWT, with or without key binding.
        jwk: the issuer's public key, found by the caller.

    Raises:
        MalformedSdJwt: it is no SD-JWT within the bounds, or something in it is not the issuer's.
        UnknownHash: its digests are made by a hash that is not taken here.
        MalformedJws: the issuer's JWT is none.
        AlgorithmRefused: its algorithm is not taken here.
        UnfitKey: the key is none for it.
        InvalidSignature: it is not signed by that key.
    """
    parsed = parse_sd_jwt(text)
    verify_parsed(parsed.jws, jwk=jwk)
    return parsed.disclosed.members
