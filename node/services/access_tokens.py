"""Access tokens: given to whom a presentation entitles, read with each write (ebsi-api sections 1.4, 8)."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from credentials.case import SKEW
from credentials.errors import (
    AlgorithmRefused,
    CredentialsError,
    MalformedCredential,
    MalformedJws,
)
from credentials.securing.claims import read_claims
from credentials.securing.jose import Limits, ParsedJws, parse_compact, verify_parsed
from did.errors import DidError, InvalidDid, InvalidJson
from did.json_text import parse_object
from did.syntax import Did, parse_ebsi_did
from node.services.authorisation_errors import AccessRefused, ScopeRefused
from node.services.authorisation_scopes import OPENID, Scope, read_scope
from node.services.node import Node
from node.services.node_keys import TOKEN_LIFE, public_key_of, signing_key
from node.services.presentations import Presentation

MAX_TOKEN: Final = 8192
"""Characters; one of ours has some 700."""
_LIMITS: Final = Limits(header=1024, payload=4096, signature=128)
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_ALGORITHMS: Final = frozenset({"ES256"})


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid access token gives: to whom, and for what.

    Attributes:
        subject: the DID that writes.
        scope: that was asked for.
    """

    subject: Did
    scope: Scope


def give_tokens(node: Node, scope: Scope, presentation: Presentation) -> dict[str, Any]:
    """The token answer (RFC 6749 section 5.1) with an access token and an id token.

    Args:
        node: whose key signs.
        scope: that the presentation entitles to.
        presentation: checked.

    Raises:
        ConfigurationError: no signing key can be had.
        DatabaseUnavailable: the database does not answer.
    """
    key, now = signing_key(node), int(node.clock().timestamp())
    common = {"iss": presentation.audience, "sub": presentation.holder, "iat": now, "exp": now + TOKEN_LIFE}
    granted = f"{OPENID} {scope.name}"
    access = common | {"aud": presentation.audience, "scp": granted, "jti": _identifier()}
    # For the client, and never for a registry: another audience, and no scope.
    identity = common | {"aud": presentation.holder, "nonce": presentation.nonce, "jti": _identifier()}
    return {
        "access_token": key.sign(access),
        "id_token": key.sign(identity),
        "token_type": "Bearer",
        "scope": granted,
        "expires_in": TOKEN_LIFE,
    }


def read_access(node: Node, token: str, *, audiences: Collection[str]) -> Access:
    """What the access token gives, if a key of this node signed it for this node and it has not expired.

    Args:
        node: whose keys count.
        token: as it stands after `Bearer`.
        audiences: the names of this node's authorisation server.

    Raises:
        AccessRefused: it does not count; the sentence says why.
        DatabaseUnavailable: the database does not answer.
    """
    jws = _parsed(token)
    jwk = public_key_of(node, str(jws.header["kid"]))
    if jwk is None:
        raise AccessRefused("Invalid JWT: it is signed with no key of this authorisation server that counts")
    try:
        verify_parsed(jws, jwk=jwk, algorithms=_ALGORITHMS)
        claims = parse_object(jws.payload, max_bytes=_LIMITS.payload)
        times = read_claims(claims, header=jws.header)
    except InvalidJson as error:
        raise AccessRefused(f"Invalid JWT: {error.reason}") from error
    except (CredentialsError, DidError) as error:
        raise AccessRefused("Access Token signature validation failed") from error
    now = int(node.clock().timestamp())
    if claims.get("iss") != claims.get("aud") or claims.get("iss") not in audiences:
        raise AccessRefused("Invalid JWT: iss and aud must be this authorisation server")
    if times.expires is None or times.expires <= now:
        raise AccessRefused("Invalid JWT: it has expired")
    if times.issued_at is None or times.issued_at > now + SKEW:
        raise AccessRefused("Invalid JWT: it was issued in the future")
    try:
        return Access(parse_ebsi_did(str(claims.get("sub"))), read_scope(str(claims.get("scp"))))
    except (InvalidDid, ScopeRefused) as error:
        raise AccessRefused("Invalid JWT: it names no subject, or no scope of this node") from error


def _parsed(token: str) -> ParsedJws:
    if len(token) > MAX_TOKEN:
        raise AccessRefused(f"Invalid JWT: longer than {MAX_TOKEN} characters")
    try:
        jws = parse_compact(token, limits=_LIMITS)
    except AlgorithmRefused as error:
        raise AccessRefused("Invalid JWT: the alg must be ES256") from error
    except (MalformedJws, MalformedCredential) as error:
        raise AccessRefused(f"Invalid JWT: {error}") from error
    if not isinstance(jws.header.get("kid"), str) or not jws.header["kid"]:
        raise AccessRefused("Invalid JWT: empty or missing kid")
    if jws.header.keys() != _HEADER or jws.header["typ"] != "JWT" or jws.alg not in _ALGORITHMS:
        raise AccessRefused("Invalid JWT: its header must be alg ES256, kid and typ JWT, and nothing else")
    return jws


def _identifier() -> str:
    return f"urn:uuid:{UUID(bytes=secrets.token_bytes(16), version=4)}"
