"""Keys beside the two of a profile: that of an e-seal, recorded by its certificate; and any of them ended."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credentials.securing.algorithms import ALGORITHMS
from credentials.securing.certificate import read_chain
from credentials.securing.jades import SEAL_ALGORITHMS
from did.jwk import thumbprint
from node.client.errors import Refused, StillWaiting, Unusable
from node.client.issuer import Issuer
from node.client.issuing import rfc3339
from node.client.onboarding import await_document, jwk_bytes

_ASSERTING: Final = "assertionMethod"
_KINDS: Final = frozenset(ALGORITHMS[name].key_type for name in SEAL_ALGORITHMS)
LEAST_LIFE: Final = timedelta(minutes=1)
"""A key ends so much later at the earliest: the ledger refuses to end one before its next block."""


@dataclass(frozen=True, slots=True)
class RecordedKey:
    """The key of a certificate, as the DID document has it.

    Attributes:
        kid: DID URL.
        organisation: that the certificate names, if it does.
        until: the end of the key, aware UTC; None if it was recorded before, and ends when it was said then.
    """

    kid: str
    organisation: str | None
    until: datetime | None


def record_seal_key(
    issuer: Issuer, certificate: bytes, *, now: datetime, until: datetime | None = None
) -> RecordedKey:
    """The DID document has the key of the certificate under `assertionMethod`: what it seals is the issuer's.

    Cut off and done again, it goes on; one that is there already is left as it is.

    Args:
        issuer: registered.
        certificate: DER, of the seal.
        now: the key is valid from then on.
        until: when it ends; with the certificate if not given.

    Raises:
        Unusable: nothing seals with such a key, or it would end within a minute, or after the certificate.
        Refused: the DID has had the key for assertions, and it has ended: that is for ever.
        UnusableCertificate: it is none that a seal could be verified by (`credentials.errors`).
        ClientError: the node, the ledger or the keystore refused.
    """
    seal = read_chain([b64encode(certificate).decode()]).seal
    if seal.jwk.get("crv", seal.jwk["kty"]) not in _KINDS:
        raise Unusable(f"the key of the certificate is of no kind that seals: {', '.join(sorted(_KINDS))}")
    kid, end = f"{issuer.did}#{thumbprint(seal.jwk)}", until or seal.not_after
    if kid in (issuer.node.resolve(issuer.did) or {}).get(_ASSERTING, ()):
        return RecordedKey(kid, seal.organisation, None)
    if not now + LEAST_LIFE <= end <= seal.not_after:
        raise Unusable(
            f"the key would end at {rfc3339(end)}: give a time that is to come, and not after the end of the "
            f"certificate, {rfc3339(seal.not_after)}"
        )
    record_key(issuer, seal.jwk, now=now, until=end)
    return RecordedKey(kid, seal.organisation, end)


def record_key(issuer: Issuer, jwk: Mapping[str, str], *, now: datetime, until: datetime) -> str:
    """The DID URL of a public key, which the DID document has under `assertionMethod`.

    Cut off and done again, it goes on.

    Args:
        issuer: registered.
        jwk: the key, of another curve than a ledger's.
        now: it is valid from then on.
        until: when it ends.

    Raises:
        Refused: the DID has had the key for assertions, and it has ended: that is for ever.
        ClientError: the node, the ledger or the keystore refused.
    """
    name = thumbprint(jwk)
    kid = f"{issuer.did}#{name}"
    issuer.outbox.begin(f"record key {name}")
    writer = issuer.writer()
    writer.write_once(
        "addVerificationMethod",
        did=issuer.did,
        vMethodId=name,
        publicKey=jwk_bytes(jwk),
        isSecp256k1=False,
    )
    writer.write_once(
        "addVerificationRelationship",
        did=issuer.did,
        name=_ASSERTING,
        vMethodId=name,
        notBefore=int(now.timestamp()),
        notAfter=int(until.timestamp()),
    )
    if not await_document(issuer, lambda document: kid in document.get(_ASSERTING, ())):
        raise Refused(
            f"{kid} is on the ledger and not under {_ASSERTING} now: either it was there before and has "
            "ended, which is for ever, or the node has not followed yet: ankyra did show"
        )
    return kid


def end_key(issuer: Issuer, key: str, *, now: datetime, at: datetime | None = None) -> datetime:
    """The moment at which a key of the issuer's DID ends; one in the past revokes it.

    Args:
        issuer: registered.
        key: its name in the DID document, or its DID URL.
        now: the present.
        at: the moment; as soon as the ledger takes it if not given.

    Raises:
        Unusable: the profile still needs it: that one is replaced instead.
        StillWaiting: the ledger has it, and the node does not show it yet.
        ClientError: the node, the ledger or the keystore refused.
    """
    name = key.removeprefix(f"{issuer.did}#")
    for own, use in ((issuer.profile.ledger_key, "ledger"), (issuer.profile.credential_key, "credential")):
        if name == own:
            raise Unusable(
                f"{name} is the {use} key of this profile: ankyra did rotate --{use}-key replaces it"
            )
    kid = f"{issuer.did}#{name}"
    end = at or now + LEAST_LIFE
    issuer.outbox.begin(f"end key {name}")
    function = "expireVerificationMethod" if end > now else "revokeVerificationMethod"
    issuer.writer().write(function, did=issuer.did, vMethodId=name, notAfter=int(end.timestamp()))
    if end <= now and not await_document(issuer, lambda document: kid not in document.get(_ASSERTING, ())):
        raise StillWaiting(f"the revocation of {kid} is on the ledger; the node has not followed yet")
    return end
