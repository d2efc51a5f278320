"""The presentation that asks for an access token, and where in it the credential is (ebsi-api section 8)."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from credentials.model import CONTEXT_1_1
from credentials.securing.jose import sign_compact
from did.base64url import encode_base64url
from node.client.issuing import Signer

LIFE = timedelta(minutes=4)
"""How long a presentation counts; a node takes none of more than five minutes, by its own clock."""


def sign_presentation(
    credentials: Sequence[str],
    *,
    signer: Signer,
    audience: str,
    now: datetime,
    random: Callable[[int], bytes],
) -> str:
    """A VP JWT by `signer`, for one audience and one use.

    Args:
        credentials: compact JWTs whose subject is the signer's DID; none for most scopes.
        signer: the holder.
        audience: the authorisation server, by its issuer URL.
        now: the time of signing.
        random: the operating system's randomness; the nonce takes 32 bytes, the id 16.
    """
    identifier = f"urn:uuid:{UUID(bytes=random(16), version=4)}"
    seconds = int(now.timestamp())
    claims = {
        "iss": signer.did,
        "sub": signer.did,
        "aud": audience,
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + int(LIFE.total_seconds()),
        "jti": identifier,
        "nonce": encode_base64url(random(32)),
        "vp": {
            "@context": [CONTEXT_1_1],
            "id": identifier,
            "type": ["VerifiablePresentation"],
            "holder": signer.did,
            "verifiableCredential": list(credentials),
        },
    }
    payload = json.dumps(claims, separators=(",", ":")).encode()
    return sign_compact(header={"kid": signer.kid, "typ": "JWT"}, payload=payload, key=signer.key)


def presentation_submission(definition: str, *, descriptors: Sequence[str], identifier: bytes) -> str:
    """Where the one credential of a presentation is, as JSON (Presentation Exchange 2 section 6).

    Args:
        definition: id of the presentation definition.
        descriptors: ids of its input descriptors; none where no credential is asked for.
        identifier: 16 random bytes.
    """
    nested = {"format": "jwt_vc", "path": "$.vp.verifiableCredential[0]"}
    places = [
        {"id": name, "format": "jwt_vp", "path": "$", "path_nested": {"id": name, **nested}}
        for name in descriptors
    ]
    submission = {
        "id": str(UUID(bytes=identifier, version=4)),
        "definition_id": definition,
        "descriptor_map": places,
    }
    return json.dumps(submission, separators=(",", ":"))
