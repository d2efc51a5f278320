"""Sealed micro-credentials in a world, and whom a verifier trusts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credentials.securing.jades_signing import seal

from .credential_makers import micro_credential
from .ledger import Actor, Key
from .securing.certificates import IDENTIFIER, Sealer, sealer
from .world import SCHEMA_URL, World

ORGANISATION = {
    "id": "urn:epass:org:1",
    "legalName": {"en": "University of Somewhere"},
    "eIDASIdentifier": {"notation": IDENTIFIER},
}


@dataclass(frozen=True)
class Trusted:
    """`credentials.ports.SealAnchors` over a tuple."""

    kept: tuple[bytes, ...]

    def certificates(self) -> tuple[bytes, ...]:
        """Of the port."""
        return self.kept


def seal_key(world: World, actor: Actor, of: Sealer | None = None) -> Key:
    """Record the key of a seal as one of `actor`, by its thumbprint."""
    return world.add_key(actor, key=world.key((of or sealer()).private))  # type: ignore[arg-type]


def sealed_credential(
    world: World,
    issuer: Mapping[str, Any] | str,
    *,
    of: Sealer | None = None,
    kid: str | None = None,
    awarding_body: object = None,
    terms: Mapping[str, Any] | None = None,
    **overrides: Any,
) -> bytes:
    """A micro-credential under a seal, whose issuer and awarding body are as given."""
    of = of or sealer()
    members = micro_credential(
        identifier=world.identifier(), issuer="", now=world.moment, schema=SCHEMA_URL, **overrides
    )
    members["issuer"] = issuer
    if terms is not None:
        members["termsOfUse"] = dict(terms)
    if awarding_body is not None:
        members["credentialSubject"]["hasClaim"]["awardedBy"] = {"awardingBody": awarding_body}
    return seal(members, key=of.private, certificates=of.x5c, at=world.moment, kid=kid).encode()
