"""Authorisations to onboard that a node's operator gives: for the Root TAO, whom nobody else can invite yet.

Everybody below is invited by an accredited organisation, in a credential that it signs with a key of its DID.
These are signed with the node's own key, and count where that key is known: at processes of one database.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from credentials.case import SKEW
from credentials.errors import AlgorithmRefused, CredentialsError, MalformedJws
from credentials.model import CONTEXT_1_1
from credentials.securing.claims import read_claims
from credentials.securing.jose import parse_compact, verify_parsed
from did.errors import DidError, InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk, required_members
from did.syntax import Did
from node.services.authorisation_errors import NotEntitled
from node.services.node import Node
from node.services.node_keys import public_key_of, signing_key
from node.services.view import View

SERVER: Final = "/authorisation/v4"
"""Path of the authorisation server."""
LIFE: Final = timedelta(days=7)
_TYPES: Final = ["VerifiableCredential", "VerifiableAttestation", "VerifiableAuthorisationToOnboard"]
_MAX_CLAIMS: Final = 8192


def invite(node: Node, did: str, *, key: Jwk | None = None) -> str:
    """A JWT that entitles `did` to `didr_invite` at this node, while it is not registered.

    Args:
        node: whose key signs.
        did: who is invited, a did:ebsi.
        key: only who holds it can use the invitation (RFC 7800); whoever holds the invitation if None.

    Raises:
        DidError: the key is no public key.
        ConfigurationError: no signing key can be had.
        DatabaseUnavailable: the database does not answer.
    """
    now = node.clock()
    issuer = node.settings.origins[0] + SERVER
    identifier = f"urn:uuid:{UUID(bytes=secrets.token_bytes(16), version=4)}"
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": did,
        "jti": identifier,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "vc": {
            "@context": [CONTEXT_1_1],
            "id": identifier,
            "type": _TYPES,
            "issuer": issuer,
            "issuanceDate": _written(now),
            "issued": _written(now),
            "validFrom": _written(now),
            "expirationDate": _written(now + LIFE),
            "credentialSubject": {"id": did, "accreditedFor": []},
        },
    }
    if key is not None:
        claims["cnf"] = {"jwk": required_members(key)}
    return signing_key(node).sign(claims)


def is_of_a_node(text: str) -> bool:
    """Whether a credential names a node's key, and none of a DID, as its signer's."""
    try:
        kid = parse_compact(text).header.get("kid")
    except (MalformedJws, AlgorithmRefused):
        return False
    return isinstance(kid, str) and not kid.startswith("did:")


def read_invitation(view: View, text: str, *, holder: Did) -> dict[str, Any]:
    """The claims of an invitation of this node for the holder, which counts now.

    Raises:
        NotEntitled: it is none.
    """
    node = view.node
    jws = parse_compact(text)
    jwk = public_key_of(node, str(jws.header.get("kid")))
    if jwk is None or jws.header.keys() != {"alg", "kid", "typ"}:
        raise NotEntitled("The invitation is not signed with a key of this node that counts.")
    try:
        verify_parsed(jws, jwk=jwk, algorithms=("ES256",))
        claims = parse_object(jws.payload, max_bytes=_MAX_CLAIMS)
        times = read_claims(claims, header=jws.header)
    except InvalidJson as error:
        raise NotEntitled(f"The invitation cannot be read: {error.reason}.") from error
    except (CredentialsError, DidError) as error:
        raise NotEntitled("The invitation is not signed with a key of this node that counts.") from error
    members = claims.get("vc")
    subject = members.get("credentialSubject") if isinstance(members, dict) else None
    if not isinstance(subject, dict) or {claims.get("sub"), subject.get("id")} != {holder}:
        raise NotEntitled("The invitation is not about the holder of the presentation.")
    now = int(view.now.timestamp())
    if times.expires is None or times.expires <= now or (times.not_before or 0) > now + SKEW:
        raise NotEntitled("The invitation has expired.")
    return claims


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
