"""Whose seal it is: the DID whose document has the certificate's key (protocol section 7, check 1).

Only DIDs of this ledger count, since only they anchor. Which one it is if several have the key, anybody could
decide by recording somebody else's: what the seal or the credential names counts first, then who anchored it.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from did.errors import DidError
from did.jwk import Jwk, required_members, thumbprint
from did.syntax import Did, parse_did_url

from .errors import KeyRefused, Unavailable
from .keys import ASSERTION, keys_of
from .ports import Ports
from .securing.seal import Seal
from .securing.secured import SecuredCredential

_EBSI: Final = "did:ebsi:"


def seal_of(secured: SecuredCredential) -> Seal | None:
    """The seal of a sealed credential; None if something else secures it."""
    return secured.parts if isinstance(secured.parts, Seal) else None


def unbound_seal_of(secured: SecuredCredential) -> Seal | None:
    """The seal of a credential that is nobody's but its certificate's: no DID has its key."""
    seal = seal_of(secured)
    return None if seal is None or seal.bound else seal


def with_sealer(secured: SecuredCredential, ports: Ports) -> SecuredCredential:
    """A sealed credential with the DID for its issuer whose key sealed it; as it is if there is none.

    Raises:
        Unavailable: several DIDs have the key, and nothing tells whose seal it is.
    """
    seal = unbound_seal_of(secured)
    if seal is None or ports.record.size == 0:
        return secured
    sealer = _sealer(secured, seal, ports)
    if sealer is None:
        return secured
    did, kid = sealer
    return replace(
        secured,
        credential=replace(secured.credential, issuer=did),
        verification_method=kid,
        parts=replace(seal, bound=True),
    )


def _sealer(secured: SecuredCredential, seal: Seal, ports: Ports) -> tuple[str, str] | None:
    jwk = seal.chain.seal.jwk
    for did in _named(seal):
        kid = _key_of(ports, did, jwk)
        if kid is not None:
            return did, kid
    found = _with_key(ports, jwk)
    if len(found) < 2:  # noqa: PLR2004  nothing to choose between
        return found[0] if found else None
    anchors = [
        (anchor.index, sealer)
        for sealer in found
        for anchor in ports.record.anchors_of(sealer[0], secured.digest)
    ]
    if anchors:
        return min(anchors)[1]
    accredited = [sealer for sealer in found if ports.record.attributes_of(sealer[0])]
    if len(accredited) == 1:
        return accredited[0]
    raise Unavailable(
        f"The key of its seal is in the documents of {len(found)} DIDs, and nothing tells whose seal it is."
    )


def _named(seal: Seal) -> Iterable[str]:
    """DIDs of this ledger that the seal or the credential names: by the key's name, then as its issuer."""
    for name in (seal.kid, seal.named_issuer):
        if name is not None and name.startswith(_EBSI):
            try:
                yield parse_did_url(name).did
            except DidError:
                continue


def _with_key(ports: Ports, jwk: Jwk) -> tuple[tuple[str, str], ...]:
    """DIDs under whose name the key was recorded, each with the DID URL of it."""
    name = thumbprint(jwk)

    def look() -> tuple[tuple[str, str], ...]:
        kids = {did: _key_of(ports, did, jwk) for did in ports.record.dids_with_method(name)}
        return tuple((did, kid) for did, kid in kids.items() if kid is not None)

    return ports.cache.get(("sealers", ports.record.state, name), look)


def _key_of(ports: Ports, did: str, jwk: Jwk) -> str | None:
    """The DID URL under which a DID ever had the key for asserting; None if it had not."""
    try:
        histories = keys_of(ports, Did(did), index_before=None)
    except KeyRefused:
        return None
    wanted = required_members(jwk)
    for history in histories:
        asserting = any(interval.relationship == ASSERTION for interval in history.intervals)
        if asserting and history.jwk is not None and required_members(history.jwk) == wanted:
            return f"{did}#{history.v_method_id}"
    return None
