"""A learner with a key: whom credentials are made out to, and who shows them to whoever asks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from credentials.model import CONTEXT_1_1, CONTEXT_2_0
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.securing.jose import sign_compact
from credentials.securing.sd_jwt_issuing import present
from credentials.securing.signing_key import signing_key
from did.methods.key import did_key_jcs_from_jwk
from node.client.issuing import Signer
from node.client.keys import new_key

_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verifier tells whoever shows something: a nonce and its own name; and when that is."""

    nonce: str
    audience: str
    now: datetime


class Wallet:
    """A learner whose DID is its key, in EBSI's form for natural persons."""

    def __init__(self) -> None:
        """Make a fresh key, which is kept nowhere."""
        key = new_key("P-256", random=os.urandom)
        self.public_jwk = dict(key.public_jwk)
        self.did = did_key_jcs_from_jwk(self.public_jwk)
        fragment = self.did.removeprefix("did:key:")
        self._signer = Signer(self.did, f"{self.did}#{fragment}", signing_key(key.private_key))

    def presentation(self, credentials: Sequence[str], asked: Asked) -> str:
        """Return a VP JWT of the data model 1.1 that shows compact JWTs."""
        identifier, seconds = uuid4().urn, int(asked.now.timestamp())
        claims = {
            "iss": self.did,
            "sub": self.did,
            "aud": asked.audience,
            "nonce": asked.nonce,
            "jti": identifier,
            "iat": seconds,
            "nbf": seconds,
            "exp": seconds + int(_LIFE.total_seconds()),
            "vp": {
                "@context": [CONTEXT_1_1],
                "id": identifier,
                "type": ["VerifiablePresentation"],
                "holder": self.did,
                "verifiableCredential": list(credentials),
            },
        }
        header = {"kid": self._signer.kid, "typ": "JWT"}
        return sign_compact(header=header, payload=json.dumps(claims).encode(), key=self._signer.key)

    def json_ld_presentation(self, credentials: Sequence[Mapping[str, Any]], asked: Asked) -> str:
        """Return a presentation of the data model 2.0 with a proof, over credentials with theirs."""
        members = {
            "@context": [CONTEXT_2_0],
            "id": uuid4().urn,
            "type": ["VerifiablePresentation"],
            "holder": self.did,
            "verifiableCredential": list(credentials),
        }
        proved = sign_data_integrity(
            members,
            key=self._signer.key,
            verification_method=self._signer.kid,
            cryptosuite="ecdsa-jcs-2019",
            created=asked.now,
            expires=asked.now + _LIFE,
            purpose="authentication",
            challenge=asked.nonce,
            domain=asked.audience,
        )
        return json.dumps(proved, ensure_ascii=False, indent=1)

    def shown(self, sd_jwt: str, asked: Asked, *, withheld: Sequence[str]) -> str:
        """Return the SD-JWT with key binding, and without the claims of these names."""
        return present(
            sd_jwt,
            show=lambda disclosure: disclosure.name not in withheld,
            holder=self._signer.key,
            nonce=asked.nonce,
            audience=asked.audience,
            issued_at=int(asked.now.timestamp()),
        )
