"""Presentations as wallets make them, true and false: JWTs of both data models, and what they show."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from credentials.expected import Expected
from credentials.securing.jose import sign_compact
from did.methods.jwk import did_jwk_from_jwk

from .credential_makers import CONTEXTS
from .ledger import Key
from .world import World

NONCE, AUDIENCE = "n-0S6_WzA2Mj", "https://verifier.example"
ASKED = Expected(nonce=NONCE, audience=AUDIENCE)
Members = dict[str, Any]


class Wallet:
    """A learner with a key of its own, whose DID is that key."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key: Key = world.key()
        self.did: str = did_jwk_from_jwk(self.key.jwk)
        self.kid = f"{self.did}#0"

    def subject(self, **more: Any) -> Members:
        """A credential's subject: this learner, and what was achieved."""
        return {"id": self.did, "type": "Person", "hasClaim": {"title": {"en": "Creative Teamwork"}}, **more}

    def shows(
        self,
        *credentials: Any,
        version: str = "1.1",
        claims: Mapping[str, Any] | None = None,
        vp: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        key: Key | None = None,
    ) -> bytes:
        """A presentation as a JWT; `claims`, `vp` and `header` are laid over it (None takes one away)."""
        members = presentation(self.did, credentials, version=version)
        said: Members = {"iss": self.did, "aud": AUDIENCE, "nonce": NONCE}
        said |= {"iat": self.world.now, "exp": self.world.now + 300}
        payload = said | {"vp": _laid(members, vp)} if version == "1.1" else said | _laid(members, vp)
        typ = "JWT" if version == "1.1" else "vp+jwt"
        return sign_compact(
            header=_laid({"kid": self.kid, "typ": typ}, header),
            payload=json.dumps(_laid(payload, claims)).encode(),
            key=(self.key if key is None else key).private,
        ).encode()


def presentation(holder: str, credentials: Sequence[Any], *, version: str = "1.1") -> Members:
    """The members of an unsigned presentation; tokens are put into it as its data model has them."""
    wrap = (lambda token: token) if version == "1.1" else enveloped
    return {
        "@context": [CONTEXTS[version]],
        "id": "urn:uuid:7d7e0b1e-6a4c-4f4e-9f52-4f0c2f4f9d11",
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": [
            wrap(one.decode()) if isinstance(one, bytes) else one for one in credentials
        ],
    }


def enveloped(token: str, *, media_type: str = "application/vc+jwt", kind: str = "Credential") -> Members:
    """A token in an envelope of the data model 2.0."""
    return {
        "@context": [CONTEXTS["2.0"]],
        "id": f"data:{media_type},{token}",
        "type": f"EnvelopedVerifiable{kind}",
    }


def _laid(members: Members, over: Mapping[str, Any] | None) -> Members:
    return {name: value for name, value in (members | dict(over or {})).items() if value is not None}
